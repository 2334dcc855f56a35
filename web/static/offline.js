/* The service worker of the grid worker's page. It keeps the page and its files, so that they open without a signal; the
   page itself keeps tasks and outbox. VERSION and ASSETS stand before this text: another version is another cache. It
   hears only what the page under /work asks for, the network always goes first, and it sends nothing of its own. */
const PAGE = "/work";
const CACHE = `firstline-work-${VERSION}`;
const PATIENCE_MS = 5000;
const kept = new Set(ASSETS);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ASSETS.map((address) => new Request(address, { cache: "no-cache" })));
  const page = await fetch(PAGE, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
  const old = page && page.ok ? null : await caches.match(PAGE);
  if (page && page.ok) await cache.put(PAGE, page);
  else if (old) await cache.put(PAGE, old);
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("firstline-work-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(page(request));
  else if (kept.has(address.pathname)) event.respondWith(file(request, address.pathname));
});

/* The page as the service gives it; as it was last seen where the service is not reached, or is in trouble. */
async function page(request) {
  const cache = await caches.open(CACHE);
  try {
    const fresh = await inTime(fetch(request));
    if (fresh.status === 200 && !fresh.redirected) await cache.put(PAGE, fresh.clone());
    if (fresh.status < 500) return fresh;
    return (await cache.match(PAGE)) || fresh;
  } catch (failure) {
    const old = await cache.match(PAGE);
    if (old) return old;
    throw failure;
  }
}

async function file(request, path) {
  try {
    const fresh = await inTime(fetch(request));
    if (fresh.ok || fresh.status === 304) return fresh;
    return (await caches.match(path)) || fresh;
  } catch (failure) {
    const old = await caches.match(path);
    if (old) return old;
    throw failure;
  }
}

function inTime(answer) {
  const late = new Promise((_, reject) => { setTimeout(() => reject(new Error("late")), PATIENCE_MS); });
  return Promise.race([answer, late]);
}
