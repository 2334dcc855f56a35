/* What a phone keeps: entries that wait to be sent, and the last tasks with their thumbnails. IndexedDB; where there is
   none, memory alone (`lasting()` is false then). */
const NAME = "firstline-work";
const STORES = { entries: { keyPath: "id", autoIncrement: true }, items: { keyPath: "account" }, thumbs: { keyPath: "url" } };
const memory = { entries: new Map(), items: new Map(), thumbs: new Map(), next: 1 };
let broken = false;

const opened = new Promise((resolve) => {
  const failed = () => { broken = true; resolve(null); };
  try {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => { for (const [name, how] of Object.entries(STORES)) asked.result.createObjectStore(name, how); };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = failed;
    asked.onblocked = failed;
  } catch {
    failed();
  }
});

export const lasting = async () => (await opened, !broken);

/* Everything that `work(store)` asks of one store, in one transaction; the answer of the request that it gives back. Rejects
   with QuotaExceededError where the phone is full: nothing of it is kept then. */
async function within(name, mode, work) {
  const db = await opened;
  if (!db) return work(inMemory(name)).result;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(name, mode, mode === "readwrite" ? { durability: "strict" } : {});
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => resolve(asked && asked.result);
    transaction.onabort = () => reject(transaction.error || (asked && asked.error));
  });
}

function inMemory(name) {
  const { keyPath } = STORES[name];
  const all = memory[name];
  const put = (value) => {
    if (value[keyPath] === undefined) value[keyPath] = memory.next++;
    all.set(value[keyPath], value);
    return { result: value[keyPath] };
  };
  return {
    add: put, put, get: (key) => ({ result: all.get(key) }), getAll: () => ({ result: Array.from(all.values()) }),
    delete: (key) => ({ result: all.delete(key) }),
  };
}

export const addEntry = (entry) => within("entries", "readwrite", (store) => store.add(entry));

/* Several entries at once, or none of them; `gone` are the numbers of those that go. */
export const putEntries = (entries, gone = []) => within("entries", "readwrite", (store) => {
  for (const id of gone) store.delete(id);
  return entries.map((entry) => store.put(entry)).at(-1) || {};
});

/* All entries of every account, oldest first. */
export const allEntries = async () => (await within("entries", "readonly", (store) => store.getAll())).sort((a, b) => a.id - b.id);

export const keepItems = (account, items, at) => within("items", "readwrite", (store) => store.put({ account, items, at }));
export const keptItems = (account) => within("items", "readonly", (store) => store.get(account));

/* Fetches and keeps the small pictures of `items` that are not kept yet, and forgets those of items that are gone. */
export async function keepThumbs(account, items) {
  const wanted = new Set(items.flatMap((item) => (item.photos || []).map((photo) => photo.thumbnail)));
  const kept = await within("thumbs", "readonly", (store) => store.getAll());
  for (const one of kept) if (!wanted.has(one.url)) await within("thumbs", "readwrite", (store) => store.delete(one.url));
  const known = new Set(kept.map((one) => one.url));
  for (const url of wanted) {
    if (known.has(url)) continue;
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.ok) { const blob = await answer.blob(); await within("thumbs", "readwrite", (store) => store.put({ url, account, blob })); }
  }
}

/* Address of a small picture -> an address that can be shown without the service. */
export async function shownThumbs(account) {
  const kept = await within("thumbs", "readonly", (store) => store.getAll());
  return new Map(kept.filter((one) => one.account === account).map((one) => [one.url, URL.createObjectURL(one.blob)]));
}

/* Signing out leaves nothing readable behind but what still waits to be sent: not what was sent already, either. */
export async function forget(account) {
  const own = (await allEntries()).filter((one) => one.account === account);
  const needed = new Set(own.filter((one) => one.state !== "sent").map((one) => one.after));
  await putEntries([], own.filter((one) => one.state === "sent" && !needed.has(one.id)).map((one) => one.id));
  await within("items", "readwrite", (store) => store.delete(account));
  for (const one of await within("thumbs", "readonly", (store) => store.getAll())) {
    if (one.account === account) await within("thumbs", "readwrite", (store) => store.delete(one.url));
  }
}
