/* A unit's open items with their clocks, those that press first; a row opens the item, or does what the page can. */
import { get } from "./api.js";
import { el } from "./dom.js";
import { nextDue, tag, urgencyTag } from "./marks.js";
import { redraw } from "./redraw.js";
import { left } from "./times.js";
import { called, nameOf, unitName, _ } from "./words.js";

const MOST = 100;
const FAR = "9999";
const FIRST = 10; // so that what stands below is not far
const unfolded = new Set();

/* What is late, then nearly late, then the newest: MOST of each at most, of all that is open in the reader's scope. */
async function pressing() {
  const [late, near, open] = await Promise.all([{ queue: "late" }, { queue: "near" }, { status: "open" }].map((more) => get("/items", { ...more, limit: MOST })));
  const found = new Map([...late.items, ...near.items, ...open.items].map((item) => [item.number, item]));
  return { items: [...found.values()], more: Boolean(late.next || near.next || open.next) };
}

const dueOf = (item) => (nextDue(item) || { due_at: FAR }).due_at;

/* Draws them into `box`; `own(item)` says which are meant, `buttons(item)` are a row's own. Returns {all, late}. */
export async function ownItems(box, { own, buttons, empty }) {
  const { items, more } = await pressing();
  const mine = items.filter(own).sort((a, b) => dueOf(a).localeCompare(dueOf(b)));
  const rows = mine.slice(0, unfolded.has(box.id) ? mine.length : FIRST).map((item) => row(item, buttons(item)));
  if (rows.length < mine.length) {
    const all = () => { unfolded.add(box.id); ownItems(box, { own, buttons, empty }); };
    rows.push(el("li", {}, el("button", { type: "button", class: "all", data: { do: "all-items" }, on: { click: all } }, _("Show all {n}", { n: mine.length }))));
  }
  if (!rows.length) rows.push(el("li", { class: "empty" }, empty));
  if (more && rows.length >= mine.length) rows.push(el("li", { class: "m more" }, el("a", { href: "/?queue=" }, _("There are more: all of them stand beside the map."))));
  redraw(box, rows);
  return { all: mine.length, late: mine.filter((item) => left(nextDue(item)).state === "late").length, more };
}

function row(item, buttons) {
  const due = nextDue(item);
  const rest = left(due);
  const main = (item.handlers || []).find((one) => one.role === "main");
  const where = [item.resolution && item.resolution.grid ? called(item.resolution.grid) : "", main ? _("Main: {unit}", { unit: unitName(main) }) : "", item.location && item.location.address];
  return el("li", { class: "own-item", data: { number: item.number } },
    el("a", { class: "open", href: `/?item=${encodeURIComponent(item.number)}` },
      el("span", { class: "head" }, tag(item.status), " ", urgencyTag(item.urgency), " ", el("span", { class: "m num" }, item.number)),
      el("span", { class: `clock num ${rest.state}`, data: due ? { due: due.due_at, near: due.near_at || "" } : {} }, rest.text),
      el("b", {}, nameOf("categories", item.category)),
      item.description ? el("span", { class: "said" }, item.description) : null,
      el("span", { class: "m" }, where.filter(Boolean).join(" · "))),
    buttons);
}
