/* How a status looks: a group (colour), a shape and a glyph, so that colour is never alone. */
import { el } from "./dom.js";
import { nameOf, page, _ } from "./words.js";

const GROUPS = {
  received: "new", dispatched: "new", accepted: "work", settled: "work", verified: "work", answered: "done", closed: "done",
  suspended: "off", merged: "off", declined: "off", transferred: "off",
};
const GLYPHS = { new: "", work: "", done: "✓", off: "–" };

export const groupOf = (status) => GROUPS[status] || "off";

export function tag(status) {
  return el("span", { class: `tag ${groupOf(status)}` }, nameOf("statuses", status));
}

export function urgencyTag(urgency) {
  return urgency && urgency !== "normal" ? el("span", { class: "tag late" }, nameOf("urgencies", urgency)) : null;
}

/* An item's mark: circle = new, square = in work, circle with a tick = answered, ring = off. */
export function mark(status) {
  return el("span", { class: `mark ${groupOf(status)}` }, GLYPHS[groupOf(status)]);
}

export const markWords = () => [
  ["dispatched", _("New")], ["accepted", _("In work")], ["answered", _("Answered")], ["suspended", _("Set aside")],
];

/* The deadline that counts now: the earliest that is still running, or was missed and is not met. */
export function nextDue(item) {
  const open = (item.deadlines || []).filter((one) => !one.met_at && (one.state === "running" || one.state === "late"));
  open.sort((a, b) => a.due_at.localeCompare(b.due_at));
  return open[0] || null;
}

export function sharesText(share) {
  return `${Math.round(share * 100)}${page.language === "zh" ? " %" : "%"}`;
}
