/* What the reader looks at: queue, search, filters, layer and item. The address bar always holds it. */
import { names } from "./words.js";

const DEFAULTS = { queue: "new", q: "", status: "", category: "", since: "", layer: "grid", area: "", level: "", item: "" };
const ANY = Object.keys(names.statuses).join(",");
const AREA_LEVELS = ["grid", "township", "bbox"];
const HOURS = { "24h": 24, "7d": 168, "30d": 720 };

export const view = read();
const listeners = [];

function read() {
  const given = new URLSearchParams(location.search);
  const found = {};
  for (const [key, value] of Object.entries(DEFAULTS)) found[key] = given.get(key) ?? value;
  return found;
}

/* Changes the view; `push` leaves a step for the browser's Back. */
export function look(changes, { push = false } = {}) {
  const before = { ...view };
  Object.assign(view, changes);
  write(push);
  for (const listener of listeners) listener(view, before);
}

export const onLook = (listener) => listeners.push(listener);

function write(push) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(view)) if (value !== DEFAULTS[key]) search.set(key, value);
  const address = search.size ? `?${search}` : location.pathname;
  history[push ? "pushState" : "replaceState"](null, "", address);
}

window.addEventListener("popstate", () => {
  const before = { ...view };
  Object.assign(view, read());
  for (const listener of listeners) listener(view, before);
});

/* The filters that hold for the list and the map alike, as the API takes them. A search by words looks at every status. */
export function filters() {
  const status = view.status === "any" || (view.q && !view.status) ? ANY : view.status || "open";
  return { category: view.category, status, from: view.since ? since() : "", q: view.q };
}

/* The chosen area, for the list and the items on the map. The fills stay whole: by them another area is chosen. */
export function areaFilter() {
  return view.area && AREA_LEVELS.includes(view.level) ? { [view.level]: view.area } : {};
}

/* What the list asks for. */
export function listFilters() {
  const chosen = { ...filters(), ...areaFilter(), queue: view.queue };
  if (!view.status && (view.q || view.queue)) delete chosen.status;
  return chosen;
}

/* Rounded to the minute, so that repeated questions are the same one. */
function since() {
  const minute = 60000;
  return new Date(Math.floor(Date.now() / minute) * minute - HOURS[view.since] * 3600000).toISOString();
}
write(false);
