/* A grid worker's tasks on a phone: one card and one main button for each. */
import { act, get } from "./api.js";
import { askFor } from "./asks.js";
import { byId, el, say, soon } from "./dom.js";
import { follow } from "./live.js";
import { mark, nextDue, tag, urgencyTag } from "./marks.js";
import { languageLink, panes } from "./panes.js";
import { photographs } from "./photos.js";
import { surveyTasks } from "./survey.js";
import { left } from "./times.js";
import { called, nameOf, names, page, _ } from "./words.js";

const EARTH_M = 6371008.8;
const frame = window.firstlineMap;
const pins = window.L.layerGroup().addTo(frame.map);
let here = null;
let items = [];

const mine = (item) => (item.tasks || []).filter((task) => task.worker === page.account.name && task.state !== "void");

/* The task that is the worker's next on the item: one still open before one that is done. */
const current = (item) => mine(item).find((task) => ["offered", "taken"].includes(task.state)) || mine(item).at(-1);

/* What the one main button of a card does next, in the order of the work. */
const NEXT = ["take", "arrive", "settle", "verify", "done"];
const acts = askFor(() => refresh());

function next(item, task) {
  const own = { settle: "settle", verify: "verify", done: "confirm" };
  const action = NEXT.find((one) => (item.allowed || []).includes(one) && (!own[one] || own[one] === task.kind))
    || (task.state === "taken" && (item.allowed || []).includes("done") ? "done" : null);
  if (!action) return el("p", { class: "done" }, names.states.task[task.state] || task.state);
  const press = (event) => (action === "take" ? take(item, event.currentTarget) : acts[action](item));
  return el("button", { type: "button", class: "main big", data: { action }, on: { click: press } }, nameOf("actions", action));
}

async function refresh() {
  surveyTasks(refresh).then((cards) => byId("surveys").replaceChildren(...cards));
  try {
    items = (await get("/items", { limit: 100, status: "open" })).items.filter((item) => mine(item).length);
    draw();
  } catch (failure) {
    if (!items.length) byId("tasks").replaceChildren(el("p", { class: "empty" }, failure.message));
  }
}

function draw() {
  const order = (item) => (mine(item).some((task) => task.state === "offered") ? 0 : mine(item).some((task) => task.state === "taken") ? 1 : 2);
  const due = (item) => (nextDue(item) || { due_at: "9" }).due_at;
  const sorted = [...items].sort((a, b) => order(a) - order(b) || due(a).localeCompare(due(b)));
  if (!sorted.length) {
    byId("tasks").replaceChildren(el("p", { class: "empty" }, _("No tasks. What happens in your cell appears here by itself.")));
  } else byId("tasks").replaceChildren(...sorted.map(card));
  pins.clearLayers();
  for (const item of items) pin(item);
}

function card(item) {
  const task = current(item);
  const rest = left(nextDue(item));
  const place = item.location || {};
  const where = [place.address, distance(place), item.number].filter(Boolean).join(" · ");
  const offered = task.state === "offered" && (item.allowed || []).includes("take");
  return el("article", { class: "task", data: { number: item.number } },
    el("p", { class: "top" },
      el("span", {}, urgencyTag(item.urgency), " ", el("span", { class: "tag new" }, nameOf("tasks", task.kind)), " ", offered ? null : tag(item.status)),
      el("span", { class: `clock num ${rest.state}` }, rest.text)),
    el("h2", {}, nameOf("categories", item.category)),
    item.description ? el("p", { class: "said" }, item.description) : null,
    el("p", { class: "m num" }, where),
    item.resolution && item.resolution.grid ? el("p", { class: "m" }, called(item.resolution.grid)) : null,
    next(item, task),
    photographs(item, refresh, { camera: true }),
    typeof place.lon === "number" ? el("button", { type: "button", class: "big", on: { click: () => onMap(place) } }, _("Show on the map")) : null);
}

async function take(item, button) {
  button.disabled = true;
  try {
    await act(item.number, "take", { version: item.version });
    say(_("{number}: the task is yours.", { number: item.number }));
  } catch (failure) {
    say(failure.message);
  }
  refresh();
}

function pin(item) {
  const place = item.location || {};
  if (typeof place.lon !== "number") return;
  const icon = window.L.divIcon({ className: "pin", html: mark(item.status), iconSize: [22, 22] });
  window.L.marker([place.lat, place.lon], { icon, title: item.number }).addTo(pins).on("click", () => {
    show("tasks");
    const found = byId("tasks").querySelector(`[data-number="${CSS.escape(item.number)}"]`);
    if (found) found.scrollIntoView({ block: "start" });
  });
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
  if (!navigator.geolocation) return;
  const icon = window.L.divIcon({ className: "here", html: el("span"), iconSize: [18, 18] });
  const spot = window.L.marker([0, 0], { icon, interactive: false });
  navigator.geolocation.watchPosition(({ coords }) => {
    here = { lon: coords.longitude, lat: coords.latitude };
    spot.setLatLng([here.lat, here.lon]).addTo(frame.map);
    redraw();
  }, () => { here = null; }, { maximumAge: 30000, timeout: 20000 });
}

const redraw = soon(draw, 500, 5000);
const again = soon(refresh, 200, 1000);
const show = panes("tasks", (pane) => {
  byId("pane-tasks").hidden = pane !== "tasks";
  byId("pane-map").hidden = pane !== "map";
  if (pane === "map") {
    const unseen = !frame.map.getSize().x;
    frame.map.invalidateSize({ animate: false });
    if (unseen) frame.fit();
  }
});

document.addEventListener("open-item", (event) => {
  const found = byId("tasks").querySelector(`[data-number="${CSS.escape(event.detail)}"]`);
  if (!found) return;
  event.preventDefault();
  show("tasks");
  found.scrollIntoView({ block: "start" });
});

languageLink();
watchPosition();
follow({ item: again, reset: again, joined: refresh, edition: () => {}, notice: again });
setInterval(redraw, 30000);
