/* The faults of a draft as a list that goes with the map: J and K or the arrow keys go through it, Enter chooses. */
import { byId, el } from "./dom.js";
import { drawFaults, showFault } from "./planmap.js";
import { names, page, _ } from "./words.js";
import { look, view } from "./planview.js";

const STEP = 200;
const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const size = new Intl.NumberFormat(tag, { maximumSignificantDigits: 3 });
const list = byId("faults");
let [all, kind, most, counts] = [[], "", STEP, null];

/* The result of a check; null: none yet. */
export function drawCheck(result, about) {
  counts = result;
  all = result ? result.faults.map((fault, n) => [n + 1, fault]) : [];
  [kind, most] = ["", STEP];
  byId("faults-about").textContent = result ? summary(result) : about;
  draw();
}

function summary({ errors, warnings }) {
  if (errors) return _("{n} errors keep it from being published; {m} warnings.", { n: errors, m: warnings });
  return warnings ? _("No error. {m} warnings, with which it may be published.", { m: warnings }) : _("Sound: no error, no warning.");
}

function draw() {
  const kinds = counts ? counts.kinds : [];
  byId("fault-kinds").replaceChildren(...(kinds.length > 1 ? kinds.map(chip) : []));
  const chosen = all.filter(([, fault]) => !kind || kindOf(fault) === kind);
  const lines = chosen.slice(0, most).map(line);
  const told = chosen.length ? chosen.length - lines.length : 0;
  if (told) lines.push(el("li", {}, el("button", { type: "button", class: "more", on: { click: () => { most += STEP; draw(); } } }, _("Show {n} more", { n: Math.min(STEP, told) }))));
  if (counts && !kind && counts.errors + counts.warnings > all.length) lines.push(el("li", { class: "m" }, _("These are the first {n} of {m}.", { n: all.length, m: counts.errors + counts.warnings })));
  if (counts && !all.length) lines.push(el("li", { class: "empty" }, _("Compare it with the live Edition and rehearse it, then publish.")));
  list.replaceChildren(...lines);
  drawFaults(chosen.slice(0, most), (n) => { look({ fault: String(n) }); focus(n); });
  mark();
}

const kindOf = (one) => `${one.kind} ${one.severity}`;

function chip(one) {
  const mine = kindOf(one) === kind;
  const button = el("button", { type: "button", "aria-pressed": String(mine), data: { kind: one.kind } }, `${title(one.kind)} `, el("b", { class: "num" }, String(one.n)));
  button.addEventListener("click", () => { kind = mine ? "" : kindOf(one); most = STEP; draw(); byId("fault-kinds").querySelector(`[data-kind=${one.kind}]`).focus(); });
  return button;
}

const title = (name) => (names.faults[name] || [name])[0];

function line([n, fault]) {
  const [what, todo] = names.faults[fault.kind] || [fault.kind, ""];
  const measured = [fault.size_m2 === null ? "" : `${size.format(fault.size_m2)} m²`, fault.size_m === null ? "" : _("{n} m wide", { n: size.format(fault.size_m) })].filter(Boolean).join(", ");
  const button = el("button", { type: "button", data: { n } },
    el("span", { class: `tag ${fault.severity === "error" ? "late" : "work"}` }, names.severities[fault.severity]), el("b", {}, what),
    measured ? el("span", { class: "num" }, measured) : null,
    el("span", { class: "codes" }, fault.codes.join(" · ")),
    page.language === "en" ? el("span", { class: "m" }, fault.detail) : null,
    el("span", { class: "m todo" }, todo),
    fault.lon === null ? null : el("span", { class: "m num" }, `${fault.lon.toFixed(7)}, ${fault.lat.toFixed(7)}`));
  button.addEventListener("click", () => look({ fault: String(n) }));
  return el("li", {}, button);
}

/* The chosen fault stands out in the list and on the map. */
export function mark() {
  const found = all.find(([n]) => String(n) === view.fault);
  for (const button of list.querySelectorAll("[data-n]")) {
    const mine = button.dataset.n === view.fault;
    button.toggleAttribute("aria-current", mine);
    if (mine) button.scrollIntoView({ block: "nearest" });
  }
  showFault(found ? found[0] : null, found ? found[1] : null);
}

function focus(n) {
  const button = list.querySelector(`[data-n="${n}"]`);
  if (button) button.focus({ preventScroll: false });
}

/* One on or back, for the keys. */
export function step(by) {
  const buttons = Array.from(list.querySelectorAll("[data-n]"));
  if (!buttons.length) return;
  const here = buttons.findIndex((one) => one.dataset.n === view.fault);
  const next = buttons[Math.min(buttons.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  next.focus();
  look({ fault: next.dataset.n });
}

list.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  step(by);
});
document.addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  step(by);
});
