/* The console: wires list, map, card, call and live stream together, and the keys. */
import { act } from "./api.js";
import { askFor } from "./asks.js";
import { callForm } from "./call.js";
import { show as showCard } from "./card.js";
import { byId, say, soon } from "./dom.js";
import { stopRing } from "./lasso.js";
import { follow } from "./live.js";
import { many } from "./many.js";
import * as chart from "./mapview.js";
import { languageLink, narrow, panes } from "./panes.js";
import "./mapset.js";
import { pick as pickPlace, stopPicking } from "./picking.js";
import { presence } from "./presence.js";
import * as queue from "./queue.js";
import { isComposing } from "./redraw.js";
import { summonses } from "./summonsmap.js";
import { ticking } from "./ticking.js";
import { look, onLook, view } from "./view.js";
import { _ } from "./words.js";

let item = null;
let fresh = new Set();
let first = true;

const showPane = panes(view.item ? "item" : "list", (pane) => { if (pane === "map") requestAnimationFrame(() => { chart.resized(); chart.items(); }); });

async function pick(words, start) {
  if (narrow()) showPane("map");
  return pickPlace(words, start);
}

async function locate(chosen) {
  const picked = await pick(_("Click the place of {number}.", { number: chosen.number }), chosen.location);
  if (!picked) return;
  try {
    const { lon, lat, accuracy_m: accuracy } = picked;
    changed(await act(chosen.number, "locate", { version: chosen.version, lon, lat, datum: "wgs84", ...(accuracy ? { accuracy_m: accuracy } : {}) }));
    say(_("{number}: the place is saved.", { number: chosen.number }));
  } catch (failure) {
    say(failure.message);
    card({ move: false });
  }
  if (narrow()) showPane("item");
}

const acts = { ...askFor((after) => changed(after)), locate, pick, photographed: () => changed(null) };

function changed(after) {
  if (after) chart.touch({ number: after.number, status: after.status, ...after.location });
  card({ move: false });
  refresh();
}

async function card({ move = true } = {}) {
  const found = await showCard(view.item, acts);
  if (found === undefined) return; // another is chosen meanwhile
  item = found;
  chart.point(item, { move });
}

const list = soon(() => { queue.refresh(fresh); fresh = new Set(); queue.recount(); }, 250, 1000);
const figures = soon(() => chart.density(), 400, 2000);
const pins = soon(summonses, 250, 1500);
const marks = soon(() => chart.items(), 600, 3000);

function refresh() {
  list();
  figures();
  marks();
}

const call = callForm(pick, (taken) => {
  fresh.add(taken.number);
  if (taken.location) chart.touch({ number: taken.number, status: taken.status, ...taken.location });
  look({ item: taken.number }, { push: true });
  refresh();
}, (number) => look({ item: number }, { push: true }));
const selected = many(() => { if (narrow()) showPane("map"); }, () => { card({ move: false }); refresh(); });
const tellPresence = presence(() => view.item);

onLook((now, before) => {
  if (now.item !== before.item) {
    queue.choose(now.item);
    card();
    tellPresence();
    if (now.item && narrow()) showPane("item");
  }
  if (["queue", "q", "status", "category", "since", "from", "to", "day", "hour", "area"].some((key) => now[key] !== before[key])) {
    queue.showFilters(chart.areaName);
    refresh();
    if (now.area && now.area !== before.area && narrow()) showPane("list");
  }
  if (now.layer !== before.layer || now.measure !== before.measure) {
    layerButtons();
    chart.density();
  }
});

function layerButtons() {
  for (const button of byId("layers").children) button.setAttribute("aria-pressed", String(button.dataset.layer === view.layer));
}

byId("layers").addEventListener("click", (event) => { if (event.target.dataset.layer) look({ layer: event.target.dataset.layer }); });
byId("pane-list").querySelector(".tabs").addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (tab) look({ queue: tab.dataset.queue });
});
byId("filters-toggle").addEventListener("click", () => {
  const open = byId("filters").toggleAttribute("hidden") === false;
  byId("filters-toggle").setAttribute("aria-expanded", String(open));
});
const search = soon(() => { if (!isComposing()) look({ q: byId("find").elements.q.value.trim(), ...(view.queue === "new" && byId("find").elements.q.value ? { queue: "" } : {}) }); }, 300, 900);
byId("find").addEventListener("input", search);
byId("find").addEventListener("compositionend", search);
byId("find").addEventListener("submit", (event) => { event.preventDefault(); search(); });
if (byId("new-call")) byId("new-call").addEventListener("click", call.open);
byId("show-keys").addEventListener("click", () => byId("keys").showModal());

const keys = {
  "/": () => { if (narrow()) showPane("list"); byId("find").elements.q.focus(); },
  n: call.open,
  j: () => step(1),
  k: () => step(-1),
  l: () => { if (item && item.allowed.includes("locate")) locate(item); },
  d: () => { if (item && item.allowed.includes("assign")) acts.assign(item); },
  x: () => selected.toggle(view.item, item),
  "?": () => byId("keys").showModal(),
};

function step(by) {
  const number = queue.neighbour(by);
  if (number) look({ item: number }, { push: false });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (!stopRing() && !stopPicking() && call.isOpen()) call.close();
    return;
  }
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]:not(.call)");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!key) return;
  event.preventDefault();
  key();
});

document.addEventListener("open-item", (event) => {
  event.preventDefault();
  look({ item: event.detail }, { push: true });
});

follow({
  item: (told) => {
    fresh.add(told.number);
    chart.stale();
    chart.touch(told);
    refresh();
    if (told.number === view.item) card({ move: false });
  },
  summons: (told) => {
    pins();
    if (told.number === view.item) card({ move: false });
  },
  notice: () => {},
  edition: (told) => chart.boundaries(told.id),
  reset: () => { chart.stale(); refresh(); pins(); card({ move: false }); },
  joined: () => {
    queue.refresh();
    queue.recount();
    chart.stale();
    chart.density();
    chart.items();
    summonses();
    card({ move: first });
    tellPresence();
    first = false;
  },
});

queue.filterForm(chart.areaName);
layerButtons();
languageLink();
chart.onMove(marks);
ticking();
