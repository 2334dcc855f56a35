/* A grid worker's phone: the own tasks as a list and on the map, the patrol's findings, and what waits to be sent. */
import { get } from "./api.js";
import { banner, byId, el, say, soon } from "./dom.js";
import { entryList } from "./entries.js";
import { aim, findings, locateFirst } from "./finding.js";
import { follow } from "./live.js";
import { mark, nextDue } from "./marks.js";
import { heed, load, outbox, pending, send } from "./outbox.js";
import { languageLink, panes } from "./panes.js";
import { forget, keepItems, keepThumbs, keptItems, lasting, shownThumbs } from "./phonestore.js";
import { surveyTasks } from "./survey.js";
import { left, when } from "./times.js";
import { page, _ } from "./words.js";
import { current, mine, taskCard } from "./workcard.js";

const EARTH_M = 6371008.8;
const PANES = ["tasks", "map", "finding", "outbox"];
const frame = window.firstlineMap;
const pins = window.L.layerGroup().addTo(frame.map);
let here = null;
let items = null;
let seen = "";
let stale = false;
let asked = 0;
let leaving = false;
const cardsDrawn = new Map();

/* The tasks as the service has them, and kept for when it is out of reach. Of several questions under way the last counts. */
async function refresh() {
  const turn = ++asked;
  surveyTasks(refresh).then((cards) => byId("surveys").replaceChildren(...cards));
  try {
    const found = await openTasks();
    if (turn !== asked) return;
    [items, seen, stale] = [found, new Date().toISOString(), false];
    draw();
    if (leaving) return;
    keep(found);
  } catch (failure) {
    if (turn !== asked) return;
    stale = true;
    if (items === null) await remember();
    if (items === null) byId("tasks").replaceChildren(el("p", { class: "empty" }, failure.message || ""));
    else draw();
  }
}

/* A phone that is full, or a picture that does not come, makes no list old. */
async function keep(found) {
  await keepItems(page.account.id, found, seen).catch(() => {});
  await keepThumbs(page.account.id, found).catch(() => {});
}

/* All open items with an own task; what the own patrol found stands between them. */
async function openTasks() {
  const found = [];
  for (let cursor = ""; cursor !== null;) {
    const part = await get("/items", { limit: 200, status: "open", cursor });
    found.push(...part.items.filter((item) => mine(item).length));
    cursor = part.next;
  }
  return found;
}

/* What this phone kept of the tasks. */
async function remember() {
  const kept = await keptItems(page.account.id).catch(() => null);
  if (!kept || items !== null) return;
  const thumbs = await shownThumbs(page.account.id);
  const photos = (item) => (item.photos || []).map((photo) => ({ ...photo, thumbnail: thumbs.get(photo.thumbnail) || photo.thumbnail }));
  if (items !== null) return;
  [items, seen, stale] = [kept.items.map((item) => ({ ...item, photos: photos(item) })), kept.at, true];
  draw();
}

function draw() {
  drawStrip();
  drawOutbox();
  if (items === null) return;
  byId("seen").textContent = stale ? _("As of {when}, from this phone", { when: when(seen) }) : "";
  const order = (item) => ({ offered: 0, taken: 0 }[current(item).state] ?? 1);
  const due = (item) => (nextDue(item) || { due_at: "9" }).due_at;
  const sorted = [...items].sort((a, b) => order(a) - order(b) || due(a).localeCompare(due(b)));
  const cards = sorted.map((item, n) => drawn(item, { first: n === 0 && order(item) === 0, far: distance(item.location || {}), changed: refresh, onMap }));
  keepFocus(byId("tasks"), cards.length ? cards : [el("p", { class: "empty" }, _("No tasks. What happens in your cell appears here by itself."))]);
  pins.clearLayers();
  for (const item of items) pin(item);
  outline();
}

/* The item's card: the one that is there already where nothing on it is different, so that no tap is lost. */
function drawn(item, how) {
  const waiting = outbox.entries.filter((one) => one.number === item.number).map((one) => [one.id, one.state, one.args, one.problem]);
  const sending = outbox.entries.some((one) => one.state === "sending" && one.kind === "photo" && one.number === item.number);
  const now = JSON.stringify([item, how.first, how.far, left(nextDue(item)).text, waiting, sending && outbox.share]);
  const old = cardsDrawn.get(item.number);
  if (!old || old.now !== now) cardsDrawn.set(item.number, { now, card: taskCard(item, how) });
  return cardsDrawn.get(item.number).card;
}

/* Redrawn under a finger or a screen reader, the same button keeps the focus. */
function keepFocus(box, cards) {
  if (cards.length === box.children.length && cards.every((card, n) => card === box.children[n])) return;
  const held = document.activeElement;
  const card = box.contains(held) && held.closest("[data-number]");
  const way = card && ["action", "do", "stage", "photo"].find((name) => held.dataset[name]);
  box.replaceChildren(...cards);
  if (!way) return;
  const again = box.querySelector(`[data-number="${CSS.escape(card.dataset.number)}"] [data-${way}="${CSS.escape(held.dataset[way])}"]`);
  if (again) again.focus({ preventScroll: true });
}

function drawOutbox() {
  const count = pending().length;
  byId("waiting-count").hidden = !count;
  byId("waiting-count").textContent = count || "";
  const now = JSON.stringify([outbox.share, outbox.entries.map((one) => [one.id, one.state, one.number, one.args, one.problem])]);
  if (byId("outbox").dataset.now === now) return;
  byId("outbox").dataset.now = now;
  const list = entryList([...outbox.entries].reverse(), { all: true });
  byId("outbox").replaceChildren(el("div", { class: "task" }, list || el("p", { class: "empty" }, _("Nothing waits. What you do without a signal stands here until it is sent."))));
}

/* Why something waits, and what to do, over every part of the page. */
function drawStrip() {
  const strip = byId("strip");
  const [text, act, bad] = stripWords();
  strip.hidden = !text;
  strip.classList.toggle("bad", Boolean(bad));
  const now = `${text}${act ? act.textContent : ""}`;
  if (strip.dataset.now === now) return; // it is read out when it changes
  strip.dataset.now = now;
  strip.replaceChildren(el("span", {}, text), ...(act ? [act] : []));
}

function stripWords() {
  const n = pending().length;
  const refused = outbox.entries.filter((one) => one.state === "refused").length;
  const list = el("button", { type: "button", on: { click: () => show("outbox") } }, _("Show"));
  const login = el("a", { href: "/login?next=/work" }, _("Sign in"));
  const name = page.account.name;
  if (outbox.road === "signed-out") return n ? [_("You are signed out. {n} waiting to be sent: sign in again as {name}.", { n, name }), login, true] : [_("You are signed out."), login, true];
  if (outbox.road === "other-account") return [_("Another account is signed in on this phone. {n} waiting to be sent by {name} stay here until {name} signs in.", { n, name }), login, true];
  if (refused) return [_("{n} not accepted: decide what becomes of it.", { n: refused }), list, true];
  if (n && outbox.road === "offline") return [_("{n} waiting to be sent. They leave by themselves when the signal is back.", { n }), list];
  if (outbox.entries.some((one) => one.state === "sending")) return [_("{n} being sent", { n }), list];
  if (n) return [_("{n} waiting to be sent", { n }), list];
  if (outbox.others) return [_("{n} from another account wait on this phone. They leave when that account signs in here.", { n: outbox.others }), null];
  return ["", null];
}

function pin(item) {
  const place = item.location || {};
  if (typeof place.lon !== "number") return;
  const icon = window.L.divIcon({ className: "pin", html: mark(item.status), iconSize: [22, 22] });
  window.L.marker([place.lat, place.lon], { icon, title: item.number }).addTo(pins).on("click", () => reveal(item.number));
}

/* The worker's own cells, and those of the own tasks, are outlined. */
function outline() {
  const own = new Set([...page.cells, ...items.map((item) => (item.resolution && item.resolution.grid ? item.resolution.grid.code : ""))]);
  frame.layers.grids.eachLayer((area) => {
    const path = area.getElement && area.getElement();
    const is = own.has(area.feature.properties.code);
    if (path) path.classList.toggle("mine", is);
    if (is) area.bringToFront();
  });
}

function reveal(number) {
  const found = byId("tasks").querySelector(`[data-number="${CSS.escape(number)}"]`);
  if (!found) return false;
  show("tasks");
  found.scrollIntoView({ block: "start" });
  return true;
}

function onMap(place) {
  show("map");
  requestAnimationFrame(() => frame.map.setView([place.lat, place.lon], 17, { animate: false }));
}

/* Great-circle distance from the worker's own position; nothing where that is not known. */
function distance(place) {
  if (!here || typeof place.lon !== "number") return "";
  const rad = (degrees) => (degrees * Math.PI) / 180;
  const a = Math.sin(rad(place.lat - here.lat) / 2) ** 2
    + Math.cos(rad(here.lat)) * Math.cos(rad(place.lat)) * Math.sin(rad(place.lon - here.lon) / 2) ** 2;
  const metres = 2 * EARTH_M * Math.asin(Math.sqrt(a));
  return metres < 1000 ? _("{n} m away", { n: Math.round(metres / 10) * 10 }) : _("{n} km away", { n: (metres / 1000).toFixed(1) });
}

function watchPosition() {
  if (!window.isSecureContext || !navigator.geolocation) return;
  const icon = window.L.divIcon({ className: "here", html: el("span"), iconSize: [18, 18] });
  const spot = window.L.marker([0, 0], { icon, interactive: false });
  navigator.geolocation.watchPosition(({ coords }) => {
    here = { lon: coords.longitude, lat: coords.latitude };
    spot.setLatLng([here.lat, here.lon]).addTo(frame.map);
    redraw();
  }, () => { here = null; }, { maximumAge: 30000, timeout: 20000 });
}

/* The first sight of the map is the worker's own cells. */
function fitOwn() {
  const own = [];
  frame.layers.grids.eachLayer((area) => { if (page.cells.includes(area.feature.properties.code)) own.push(area.getBounds()); });
  if (own.length) frame.map.fitBounds(own.reduce((all, one) => all.extend(one)), { padding: [24, 24], animate: false });
  else frame.fit();
}

const redraw = soon(draw, 100, 1000);
const again = soon(refresh, 200, 1000);
const show = panes("tasks", (pane) => {
  for (const name of PANES) byId(`pane-${name}`).hidden = pane !== name;
  if (pane !== "map") aim(false);
  if (pane === "finding") locateFirst();
  if (pane === "map") {
    const unseen = !frame.map.getSize().x;
    frame.map.invalidateSize({ animate: false });
    if (unseen) fitOwn();
    if (items) outline();
  }
  scrollTo(0, 0);
});

document.addEventListener("open-item", (event) => { if (reveal(event.detail)) event.preventDefault(); });

/* What the service answered is the item from now on; more may have come of it. */
heed((done) => {
  if (done && done.version && items) items = items.map((item) => (item.number === done.number && done.version >= item.version ? done : item)).filter((item) => mine(item).length);
  if (done) again();
  redraw();
});

async function keepOffline() {
  byId("insecure").hidden = window.isSecureContext;
  if (!(await lasting())) banner("memory", _("This browser keeps nothing: what waits to be sent is lost when the page is closed."));
  if (window.isSecureContext && navigator.storage && navigator.storage.persist) navigator.storage.persist();
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("/service-worker.js", { scope: "/work" }).catch(() => null);
}

/* Signing out takes the tasks off the phone; what waits to be sent stays for this account alone. */
function signOut() {
  const sheet = document.querySelector(".sign-out");
  sheet.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await reached())) { say(_("Signing out needs a signal. Until then your tasks stay on this phone."), 15000); return; }
    const n = pending().length;
    if (n && !confirm(_("{n} waiting to be sent. They stay on this phone, and leave when you sign in here again. Sign out?", { n }))) return;
    leaving = true; // what is on its way here just now is not kept again
    await forget(page.account.id).catch(() => {});
    if (window.caches) for (const name of await caches.keys()) await (await caches.open(name)).delete("/work");
    sheet.submit();
  });
}

const reached = () => get("/me").then(() => true, (failure) => failure.status !== 0);

languageLink();
findings(show, () => show("outbox"));
signOut();
watchPosition();
remember();
load().then(send);
keepOffline();
follow({ item: again, reset: again, joined: () => { refresh(); send(); }, edition: () => {}, notice: again });
setInterval(redraw, 30000);
