/* The list on the left: queues as tabs, rows with the time left as their loudest word. */
import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { nextDue, tag, urgencyTag } from "./marks.js";
import { redraw } from "./redraw.js";
import { left } from "./times.js";
import { called, leadName, nameOf, names, unitName, _ } from "./words.js";
import { summonsRows } from "./summonsqueue.js";
import { listFilters, look, view } from "./view.js";

const [STEP, MOST] = [100, 500];
let limit = STEP; // grows as the reader asks for more, until another list is wanted
let lastAsked = "";
let shown = [];
let asked = null;

export const numbers = () => shown.map((item) => item.number);

/* Fetches and draws the list that the view asks for; `fresh` numbers flash once. */
export async function refresh(fresh = new Set()) {
  if (asked) asked.abort();
  asked = new AbortController();
  let answer;
  try {
    if (view.queue === "summonses") {
      drawn(await summonsRows(asked.signal), []);
      return;
    }
    const filters = listFilters();
    const wanted = JSON.stringify({ ...filters, from: view.since ? view.since : filters.from });
    if (wanted !== lastAsked) limit = STEP;
    lastAsked = wanted;
    answer = await get("/items", { ...filters, limit }, asked.signal);
  } catch (failure) {
    if (failure.name !== "AbortError") draw([], failure.message);
    return;
  }
  draw(answer.items, null, fresh, Boolean(answer.next));
}

/* The numbers on the tabs: what stands in each queue, whatever the filters. */
export async function recount() {
  const counts = await get("/queues").catch(() => ({}));
  for (const tab of byId("pane-list").querySelectorAll("[role=tab]")) {
    const number = tab.querySelector("b");
    if (number && tab.dataset.queue !== "summonses") number.textContent = counts[tab.dataset.queue] ?? "";
  }
  rare();
}

document.addEventListener("summonses-counted", (event) => {
  const number = byId("pane-list").querySelector("[data-queue=summonses] b");
  if (number) number.textContent = event.detail;
  rare();
});

/* A queue that is seldom used shows its tab while something stands in it, or while it is looked at. */
function rare() {
  for (const tab of byId("pane-list").querySelectorAll("[data-rare]")) {
    tab.hidden = view.queue !== tab.dataset.queue && !Number(tab.querySelector("b").textContent);
  }
}

function draw(items, failure, fresh = new Set(), more = false) {
  const rows = failure ? [el("li", { class: "empty" }, failure)] : items.map((item) => row(item, fresh.has(item.number)));
  drawn(more ? [...rows, rest(items.length)] : rows, items);
}

/* The list never ends without a word: the next hundred, or how to come to what is further down. */
function rest(n) {
  if (limit >= MOST) return el("li", { class: "empty more" }, _("These are the newest {n}. Search or filter to find older ones.", { n }));
  const ask = () => { limit += STEP; refresh(); };
  return el("li", { class: "more" }, el("button", { type: "button", data: { do: "more-rows" }, on: { click: ask } }, _("{n} shown; show more", { n })));
}

/* Puts the rows there; whoever adds something to them hears of it. */
function drawn(rows, items) {
  const list = byId("rows");
  const at = list.scrollTop;
  shown = items;
  redraw(list, rows.length ? rows : [el("li", { class: "empty" }, empty())]);
  list.scrollTop = at;
  document.dispatchEvent(new CustomEvent("rows-drawn", { detail: items }));
  for (const tab of byId("pane-list").querySelectorAll("[role=tab]")) {
    tab.setAttribute("aria-selected", String(tab.dataset.queue === view.queue));
  }
}

function empty() {
  if (view.q || view.category || view.status || view.since || view.area) return _("Nothing fits. Clear a filter or the search to see more.");
  if (view.queue === "unlocated") return _("Nothing waits for a place. An item that cannot be placed will stand here with the reason.");
  if (view.queue === "summonses") return _("No summons is open. Units that a township calls to a place will stand here.");
  if (["returns", "extensions", "suspensions"].includes(view.queue)) return _("Nobody waits for a decision here.");
  if (view.queue === "doubtful") return _("No place is in doubt. An item near a township's border will stand here.");
  if (view.queue === "late") return _("Nothing is late. An item whose deadline has passed will stand here.");
  if (view.queue === "near") return _("Nothing is nearly late.");
  if (view.queue === "dissatisfied") return _("Nobody contests an answer. What a citizen is not satisfied with will stand here.");
  if (view.queue === "unclassified") return _("Every item has its category.");
  return byId("call") ? _("Nothing here yet. Items appear by themselves as they come in; press N to enter a call.") : _("Nothing here yet. Items appear by themselves as they come in.");
}

function row(item, fresh) {
  const due = nextDue(item);
  const rest = left(due);
  const place = item.resolution || {};
  const unlocated = !place.township && place.reason;
  const main = (item.handlers || []).find((one) => one.role === "main");
  const where = [
    place.township ? called(place.township) : unlocated ? nameOf("reasons", place.reason) : leadName(item.lead),
    place.grid ? called(place.grid) : null,
    main ? _("Main: {unit}", { unit: unitName(main) }) : null,
  ].filter(Boolean).join(" · ");
  const chosen = item.number === view.item;
  return el(
    "li",
    { class: `row${chosen ? " on" : ""}${fresh ? " fresh" : ""}`, data: { number: item.number } },
    el(
      "button",
      { type: "button", "aria-current": chosen ? "true" : null, on: { click: () => look({ item: item.number }, { push: true }) } },
      el("span", { class: "head" }, tag(item.status), " ", urgencyTag(item.urgency), " ",
        el("span", { class: "m num" }, `${item.number} · ${nameOf("channels", item.channel)}`)),
      el("span", { class: `clock num ${rest.state}`, data: due ? { due: due.due_at, near: due.near_at || "" } : {} }, rest.text),
      el("span", { class: "words" }, item.description || nameOf("categories", item.category)),
      el("span", { class: "m" }, where),
    ),
  );
}

/* Marks the chosen row and brings it into sight. */
export function choose(number) {
  for (const line of byId("rows").querySelectorAll(".row")) {
    const chosen = line.dataset.number === number;
    line.classList.toggle("on", chosen);
    line.querySelector(":scope > button").toggleAttribute("aria-current", chosen);
    if (chosen) line.scrollIntoView({ block: "nearest" });
  }
}

/* The number after (`step` 1) or before (-1) the chosen one. */
export function neighbour(step) {
  const all = numbers();
  const at = all.indexOf(view.item);
  return all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
}

/* Fills the filters' choices and keeps view and form the same. */
export function filterForm(areaName) {
  const form = byId("filters");
  for (const [code, name] of Object.entries(names.statuses)) form.elements.status.append(el("option", { value: code }, name));
  const groups = new Map();
  for (const [code, name] of Object.entries(names.categories)) {
    const major = names.majors[code] || "";
    if (!groups.has(major)) groups.set(major, major ? el("optgroup", { label: major }) : form.elements.category);
    groups.get(major).append(el("option", { value: code }, name));
  }
  for (const [major, group] of groups) if (major) form.elements.category.append(group);
  form.addEventListener("change", () => {
    look({ status: form.elements.status.value, category: form.elements.category.value, since: form.elements.since.value });
  });
  showFilters(areaName);
}

export function showFilters(areaName) {
  const form = byId("filters");
  for (const field of ["status", "category", "since"]) form.elements[field].value = view[field];
  const q = byId("find").elements.q;
  if (q !== document.activeElement || q.value.trim() !== view.q) q.value = view.q; // never under the reader's typing
  const chips = byId("chips");
  chips.replaceChildren();
  if (view.area) {
    chips.append(el("button", { type: "button", on: { click: () => look({ area: "", level: "" }) } }, `${areaName(view.area, view.level)} ×`));
  }
  chips.hidden = !chips.children.length;
  byId("filters-toggle").classList.toggle("used", Boolean(view.status || view.category || view.since));
}
