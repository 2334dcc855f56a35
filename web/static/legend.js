/* What the map's colours say: the measure, its classes, and the sentence with what is counted and for which time. */
import { el } from "./dom.js";
import { clockTime, moment } from "./times.js";
import { names, _ } from "./words.js";
import { replayedHour, view } from "./view.js";

const frame = window.firstlineMap;
const SHARES = [0, 0.001, 0.1, 0.2, 0.35, 0.5];
const SHARE_LABELS = ["0", "< 10 %", "10–20 %", "20–35 %", "35–50 %", "≥ 50 %"];

/* The figure that an area is coloured by; null where it says nothing, such as a share of no items. */
export function measured(figure) {
  if (view.measure === "km2" && view.layer !== "heat") return figure.per_km2;
  if (view.measure === "late" && view.layer !== "heat") return figure.count ? figure.late / figure.count : null;
  return figure.count;
}

/* The classes that suit these figures. */
export function scaleFor(found) {
  if (view.measure === "late" && view.layer !== "heat") return { ...frame.scales[0], lower: SHARES, labels: SHARE_LABELS };
  const largest = found.reduce((most, one) => Math.max(most, measured(one) || 0), 0);
  return frame.scales.find((one) => largest < 2 * one.lower[one.lower.length - 1]) || frame.scales[frame.scales.length - 1];
}

export function swatches(scale, colours) {
  const none = view.layer === "heat" ? [] : [swatch("", view.measure === "late" ? _("No items") : _("No data"), "no-data")];
  const first = view.layer === "heat" ? 1 : 0; // a bin without items is not drawn
  const labels = view.measure === "km2" && view.layer !== "heat" ? scale.lower.map((low, at) => (at + 1 < scale.lower.length ? `${low}–<${scale.lower[at + 1]}` : `≥ ${low}`)) : scale.labels;
  return el("ol", {}, colours.map((colour, at) => swatch(colour, labels[at])).slice(first), none);
}

function swatch(colour, label, kind = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  rect.setAttribute("width", "36");
  rect.setAttribute("height", "12");
  if (kind) rect.setAttribute("class", kind);
  else rect.setAttribute("fill", colour);
  svg.setAttribute("aria-hidden", "true");
  svg.append(rect);
  return el("li", { class: kind ? "no-data-swatch" : "" }, svg, label);
}

/* The legend's sentence: what is counted, by what, for which time. */
export function counted(areaName = (code) => code) {
  const every = view.status === "any" || ((view.q || view.day) && !view.status);
  const what = every ? _("Items") : view.status ? names.statuses[view.status] || view.status : _("Open items");
  const measure = view.layer === "none" || view.layer === "heat" ? "" : { "": "", km2: _("per km²"), late: _("share that is late") }[view.measure];
  const by = { grid: _("by cell"), township: _("by township"), heat: _("by square"), none: "" }[view.layer];
  const which = view.category ? names.categories[view.category] : "";
  const words = view.q ? _("with “{words}”", { words: view.q }) : "";
  const where = view.layer === "heat" && view.area ? _("in {area}", { area: areaName(view.area, view.level) }) : ""; // the fills stay whole
  return [which, words, [what, measure, by].filter(Boolean).join(" "), where, time()].filter(Boolean).join(" · ");
}

/* For which time: of receipt where a span is chosen. Each sentence ends with when it was asked. */
function time() {
  const at = ` (${clockTime(new Date())})`;
  if (view.day) return _("received on {day} from 00:00 to {hour}:00", { day: view.day, hour: String(replayedHour() + 1).padStart(2, "0") }) + at;
  const [from, to] = [view.from, view.to].map((one) => moment(one));
  if (view.from && view.to) return _("received from {from} to {to}", { from, to }) + at;
  if (view.from) return _("received since {from}", { from }) + at;
  if (view.to) {
    const since = { "24h": _("received in the last 24 hours"), "7d": _("received in the last 7 days"), "30d": _("received in the last 30 days") }[view.since];
    return [since, _("received before {to}", { to })].filter(Boolean).join(", ") + at;
  }
  return { "": _("now"), "24h": _("received in the last 24 hours"), "7d": _("received in the last 7 days"), "30d": _("received in the last 30 days") }[view.since] + at;
}
