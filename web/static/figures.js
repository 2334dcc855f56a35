/* Figures of a period: each with its sentence, n of m, and the item numbers behind every part. */
import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { called, names, page, _ } from "./words.js";

const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 1 });
const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit" });
const moment = new Intl.DateTimeFormat(tag, { timeZone: page.zone, dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const words = (both) => both[page.language] || both.en;
const form = byId("figures-of");
let asked = {};

/* This month, unless the address bar says otherwise. */
function begin() {
  const given = new URLSearchParams(location.search);
  const today = dayOf.format(new Date());
  form.elements.from.value = given.get("from") || `${today.slice(0, 8)}01`;
  form.elements.to.value = given.get("to") || today;
  const townships = Object.entries(names.units).filter(([code]) => names.unit_kinds[code] === "township");
  byId("figures-townships").hidden = Boolean(page.account.unit) || !townships.length;
  form.elements.township.append(...townships.map(([code, name]) => el("option", { value: code }, name)));
  form.elements.township.value = given.get("township") || "";
  form.addEventListener("submit", (event) => { event.preventDefault(); count(); });
  count();
}

/* The day after, as the API's half-open period wants it. */
function after(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}

async function count() {
  const { from, to, township } = Object.fromEntries(new FormData(form));
  fault(from && to && from <= to ? "" : _("The last day is not before the first."));
  if (!byId("figures-fault").hidden) return;
  const search = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries({ from, to, township })) value ? search.set(name, value) : search.delete(name);
  history.replaceState(null, "", `?${search}${location.hash}`);
  asked = { from, to: after(to), township };
  byId("figures-about").textContent = _("Counting…");
  try {
    draw(await get("/kpi", asked));
  } catch (failure) {
    byId("figures-about").textContent = "";
    fault(failure.message);
  }
}

function fault(text) {
  byId("figures-fault").textContent = text;
  byId("figures-fault").hidden = !text;
}

function draw(answer) {
  const about = _("As of {at}. Items by their receipt, summonses by their opening, within the period.", { at: moment.format(new Date(answer.at)) });
  const shown = _("Everything here is demonstration data.");
  byId("figures-about").textContent = answer.demonstration ? `${about} ${shown}` : about;
  byId("figures-table").hidden = false;
  byId("figures-table").tBodies[0].replaceChildren(...answer.figures.map(row));
}

function row(figure) {
  const inside = figure.parts.filter((part) => ["yes", "no"].includes(part.part));
  const beside = figure.parts.filter((part) => !inside.includes(part));
  return el("tr", { data: { figure: figure.figure } },
    el("th", { scope: "row" }, words(figure.name), el("p", { class: "m" }, words(figure.sentence))),
    el("td", { class: "value num" }, value(figure)),
    el("td", {}, figure.kind === "rate" ? el("p", { class: "num" }, _("{n} of {m}", { n: figure.numerator, m: figure.denominator })) : null,
      el("p", { class: "parts" }, inside.map((part) => opener(figure, part))),
      figure.marks.map((mark) => el("p", { class: "m" }, `${words(mark.name)}: ${mark.n}`))),
    el("td", { class: beside.length ? "beside" : "beside none", data: { label: _("Beside it, in neither number") } },
      beside.length ? el("p", { class: "parts" }, beside.map((part) => opener(figure, part))) : el("span", { class: "m" }, "–")));
}

function value(figure) {
  if (figure.kind === "count") return String(figure.value);
  return figure.value === null ? el("span", { class: "m" }, _("nothing judged")) : percent.format(figure.value);
}

/* A part's number; where it holds anything, the button that shows the items behind it. */
function opener(figure, part) {
  const text = `${words(part.name)} ${part.n}`;
  if (!part.n) return el("span", { class: "m" }, text);
  const button = el("button", { type: "button", class: "part", "aria-expanded": "false", data: { part: part.part } }, text);
  button.addEventListener("click", () => open(button, figure, part));
  return button;
}

function open(button, figure, part) {
  const whole = button.closest("tr");
  const shown = button.getAttribute("aria-expanded") === "true";
  for (const other of whole.querySelectorAll("[aria-expanded=true]")) other.setAttribute("aria-expanded", "false");
  if (whole.nextElementSibling && whole.nextElementSibling.classList.contains("behind")) whole.nextElementSibling.remove();
  if (shown) return;
  button.setAttribute("aria-expanded", "true");
  const list = el("ul", { class: "numbers" });
  const cell = el("td", { colspan: "4" }, el("p", {}, `${words(figure.name)}: ${words(part.name)} (${part.n})`), list);
  whole.after(el("tr", { class: "behind" }, cell));
  pageOf(cell, list, figure, part, "");
}

async function pageOf(cell, list, figure, part, cursor) {
  try {
    const found = await get(`/kpi/${figure.figure}/items`, { ...asked, part: part.part, limit: 100, cursor });
    list.append(...found.items.map((one) => el("li", {}, el("a", { href: `/?item=${encodeURIComponent(one.number)}` }, one.number), one.unit ? ` ${called(one.unit)}` : null)));
    if (!found.next) return;
    const more = el("button", { type: "button" }, _("Show more"));
    more.addEventListener("click", () => { more.remove(); pageOf(cell, list, figure, part, found.next); });
    cell.append(more);
  } catch (failure) {
    cell.append(el("p", { class: "fault", role: "alert" }, failure.message));
  }
}

if (form) begin();
