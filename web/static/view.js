/* What the reader looks at: queue, search, filters, layer and item. The address bar always holds it. */
import { names } from "./words.js";

const DEFAULTS = {
  queue: "new", q: "", status: "", category: "", since: "", from: "", to: "", day: "", hour: "", layer: "grid", measure: "", area: "", level: "", item: "", map: "",
};
const ANY = Object.keys(names.statuses).join(",");
const AREA_LEVELS = ["grid", "township", "bbox"];
const HOURS = { "24h": 24, "7d": 168, "30d": 720 };

/* What cannot be understood in an address is as if it were not there. */
const SHAPES = {
  since: /^(24h|7d|30d)$/, layer: /^(grid|township|heat|none)$/, measure: /^(km2|late)$/,
  from: /^\d{4}-\d\d-\d\dT\d\d:\d\d$/, to: /^\d{4}-\d\d-\d\dT\d\d:\d\d$/, day: /^\d{4}-\d\d-\d\d$/, hour: /^\d{1,2}$/, map: /^-?\d+(\.\d+)?,-?\d+(\.\d+)?,\d+(\.\d+)?$/,
};

export const view = read();
const listeners = [];

function read() {
  const given = new URLSearchParams(location.search);
  const found = {};
  for (const [key, value] of Object.entries(DEFAULTS)) found[key] = given.get(key) ?? value;
  for (const [key, form] of Object.entries(SHAPES)) if (!form.test(found[key])) found[key] = DEFAULTS[key];
  for (const key of ["from", "to", "day"]) if (found[key] && Number.isNaN(Date.parse(found[key]))) found[key] = "";
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
  const address = search.size ? `?${search}`.replaceAll("%2C", ",").replaceAll("%3A", ":") : location.pathname;
  history[push ? "pushState" : "replaceState"](null, "", address);
}

window.addEventListener("popstate", () => {
  const before = { ...view };
  Object.assign(view, read());
  for (const listener of listeners) listener(view, before);
});

/* The filters that hold for the list and the map alike, as the API takes them. A search by words looks at every status. */
export function filters() {
  const every = view.status === "any" || ((view.q || view.day) && !view.status);
  const status = every ? ANY : view.status || "open";
  return { category: view.category, status, ...period(), q: view.q };
}

/* Half-open, in the city's zone: the replayed day up to its hour, else the chosen span, else the last hours. */
export function period() {
  if (view.day) return { from: `${view.day}T00:00`, to: replayedTo() };
  return { from: view.from || (view.since ? since() : ""), to: view.to };
}

/* The hour of the day up to whose end is replayed, 0 to 23. */
export const replayedHour = () => Math.min(23, Math.max(0, Number(view.hour === "" ? 23 : view.hour) || 0));

/* The end of the replayed hour: hour 23 ends where the next day begins. */
function replayedTo() {
  const hour = replayedHour();
  if (hour < 23) return `${view.day}T${String(hour + 1).padStart(2, "0")}:00`;
  const next = new Date(`${view.day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return `${next.toISOString().slice(0, 10)}T00:00`;
}

/* The chosen area, for the list and the items on the map. The fills stay whole: by them another area is chosen. */
export function areaFilter() {
  return view.area && AREA_LEVELS.includes(view.level) ? { [view.level]: view.area } : {};
}

/* What the list asks for. */
export function listFilters() {
  const chosen = { ...filters(), ...areaFilter(), queue: view.queue };
  if (!view.status && ((view.q && !view.day) || view.queue)) delete chosen.status;
  return chosen;
}

/* Notes where the map stands, without a word to anybody: it is there already. */
export function noteMap(text) {
  view.map = text;
  write(false);
}

/* Rounded to the minute, so that repeated questions are the same one. */
function since() {
  const minute = 60000;
  return new Date(Math.floor(Date.now() / minute) * minute - HOURS[view.since] * 3600000).toISOString();
}
write(false);
