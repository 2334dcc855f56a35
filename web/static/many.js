/* Many items at once: chosen in the list or ringed on the map, then assigned, merged into one, or put to a sweep. */
import { act, onceWord, post } from "./api.js";
import { assisting, form } from "./asks.js";
import { runMany } from "./bulk.js";
import { byId, el, say } from "./dom.js";
import { every } from "./everyitem.js";
import { ring } from "./lasso.js";
import { surveys } from "./surveys.js";
import { nameOf, names, page, _ } from "./words.js";
import { listFilters, view } from "./view.js";

const SETTLED = ["settled", "verified", "answered", "closed"];
const chosen = new Map(); // number -> the item as it was when it was chosen: what has changed since is refused, not overwritten
const bar = byId("many");
let shown = [];
let anchor = "";
let changed = () => {};

/* `showMap()` brings the map to the front, `after()` hears that items were changed. */
export function many(showMap, after) {
  if (!bar) return { toggle: () => {} };
  changed = after;
  document.addEventListener("rows-drawn", (event) => { shown = event.detail; decorate(); });
  const survey = surveys(() => [...chosen.values()]);
  const acts = { assign, merge, sweep, clear, survey, ring: async () => { showMap(); choose(await ring()); } };
  bar.addEventListener("click", (event) => { const button = event.target.closest("[data-many]"); if (button) acts[button.dataset.many](); });
  byId("many-all").addEventListener("change", (event) => (event.target.checked ? all() : clear()));
  tell();
  return { toggle };
}

/* One item more, or less; `item` is its card where it is not in the list. */
function toggle(number, item) {
  const one = shown.find((other) => other.number === number) || (item && item.number === number ? item : null);
  if (!one) return;
  set(one, !chosen.has(number));
  choose([]);
}

function decorate() {
  bar.hidden = view.queue === "summonses"; // its rows are summonses
  for (const row of byId("rows").querySelectorAll(".row[data-number]:not(.summons-row)")) {
    const { number } = row.dataset;
    let box = row.querySelector(":scope > .tick input");
    if (!box) {
      box = el("input", { type: "checkbox", "aria-label": _("Select {number}", { number }), on: { click: clicked } });
      row.prepend(el("label", { class: "tick" }, box));
    }
    box.checked = chosen.has(number);
  }
}

/* With Shift, everything from the last clicked row to this one becomes what this one became. */
function clicked(event) {
  const { number } = event.target.closest(".row").dataset;
  const [from, to] = [anchor, number].map((one) => shown.findIndex((item) => item.number === one));
  const range = event.shiftKey && from >= 0 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [shown[to]];
  for (const item of range) if (item) set(item, event.target.checked);
  anchor = number;
  decorate();
  tell();
}

function set(item, on) {
  if (on && !chosen.has(item.number)) chosen.set(item.number, item);
  else if (!on) chosen.delete(item.number);
}

function choose(items) {
  for (const item of items) set(item, true);
  decorate();
  tell();
}

function clear() {
  chosen.clear();
  decorate();
  tell();
}

/* Everything that the list stands for, not only the part that is drawn. */
async function all() {
  bar.querySelector(".count").textContent = _("Selecting");
  try {
    const found = await every(listFilters());
    choose(found);
    if (found.more) say(_("The newest {n} are selected; there are more.", { n: found.length }), 15000);
  } catch (failure) {
    say(failure.message);
    tell();
  }
}

function tell() {
  const n = chosen.size;
  bar.classList.toggle("some", n > 0);
  bar.querySelector(".count").textContent = n ? _("{n} selected", { n }) : _("Select all");
  for (const button of bar.querySelectorAll("[data-many]:not([data-many=ring], [data-many=survey])")) button.hidden = !n;
  byId("many-all").checked = n > 0;
  byId("many-all").indeterminate = n > 0 && shown.some((item) => !chosen.has(item.number));
}

/* Runs one act for each, leaves what was refused or not begun selected, and lets the page draw what has become of it. */
async function run(title, jobs, width) {
  const result = await runMany(title, jobs, width);
  for (const number of result.done) chosen.delete(number);
  decorate();
  tell();
  changed();
}

function assign() {
  const items = [...chosen.values()];
  const select = el("select", { name: "main" }, el("option", { value: "" }, _("The lead of each item")), Object.entries(names.units).map(([code, name]) => el("option", { value: code }, name)));
  const main = { node: el("label", {}, _("Main"), select), read: () => ({ main: select.value }) };
  form(_("Assign {n} items", { n: items.length }), [main, assisting()], async (values) => {
    const job = (item) => ({ number: item.number, run: () => act(item.number, "assign", { ...values, main: values.main || item.lead.code, version: item.version }) });
    setTimeout(() => run(_("Assign {n} items", { n: items.length }), items.map(job)));
  });
}

const inShort = (item) => [item.number, nameOf("categories", item.category), item.description].filter(Boolean).join(" · ").slice(0, 80);

function merge() {
  const items = [...chosen.values()].sort((a, b) => a.created_at.localeCompare(b.created_at));
  if (items.length < 2) return say(_("Select two items or more: all are merged into one of them."));
  const select = el("select", { name: "into" }, items.map((item) => el("option", { value: item.number }, inShort(item))));
  const field = { node: el("label", {}, _("The item that leads"), select), read: () => ({ into: select.value }) };
  return form(_("Merge {n} items into one", { n: items.length }), [field], async ({ into }) => {
    const others = items.filter((item) => item.number !== into);
    const jobs = others.map((item) => ({ number: item.number, run: () => act(item.number, "merge", { into, version: item.version }) }));
    setTimeout(async () => { await run(_("Merge {n} items into one", { n: items.length }), jobs, 1); chosen.delete(into); decorate(); tell(); });
  });
}

function sweep() {
  const items = [...chosen.values()];
  const sources = items.filter((item) => SETTLED.includes(item.status) && item.resolution.township);
  if (!sources.length) return say(_("A sweep begins with a settled item that has a place: select one of these too."));
  const select = el("select", { name: "from" }, sources.map((item) => el("option", { value: item.number }, inShort(item))));
  const field = { node: el("label", {}, _("The settled item that it begins with"), select), read: () => ({ from: select.value }) };
  const once = onceWord();
  return form(_("Open a sweep"), [field], async ({ from }) => {
    const source = sources.find((item) => item.number === from);
    const opened = await post("/sweeps", { from, area: { township: source.resolution.township.code } }, { "Idempotency-Key": once });
    const others = items.filter((item) => item.number !== from);
    const jobs = others.map((item) => ({ number: item.number, run: () => post(`/sweeps/${opened.id}/members`, { add: [item.number] }) }));
    chosen.delete(from);
    setTimeout(() => run(_("Put {n} items to the sweep", { n: others.length }), jobs, 1));
  });
}
