/* What the draft would do to the work: open items, those of a period of history, and everyone's load before and after. */
import { byId, el, say } from "./dom.js";
import { begin, jobLine } from "./planjobs.js";
import { showCells } from "./planmap.js";
import { stale } from "./plandiff.js";
import { called, nameOf, names, page, _ } from "./words.js";

const MOST = 30;
const card = byId("rehearsal");
const [box, out, form] = [card.querySelector(".job"), card.querySelector(".out"), card.querySelector("form")];
const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const one = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
const two = new Intl.NumberFormat(tag, { maximumFractionDigits: 3 });
const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit" });
const WHAT = ["township", "grid", "community", "handler", "worker"];

export function rehearsals(draftNow, started) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { from, to } = Object.fromEntries(new FormData(form));
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      started(await begin(draftNow(), "rehearse", { from: from ? `${from}T00:00` : null, to: to ? after(to) : null, move: byId("publish").querySelector("[name=move]:checked").value || null }));
    } catch (failure) {
      say(failure.message);
      button.disabled = false;
    }
  });
}

/* The day after, as the half-open period wants it. */
function after(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return `${next.toISOString().slice(0, 10)}T00:00`;
}

export function drawRehearsal(job, live) {
  form.querySelector("button").disabled = Boolean(job) && ["waiting", "running"].includes(job.state);
  const result = job && job.result;
  jobLine(box, job, result ? _("on Edition {n}", { n: result.edition }) : "");
  if (!result) return out.replaceChildren(...(job ? [] : [el("p", { class: "m" }, _("Replays the open items, and those of a period, against the draft: which change township, cell, handler or worker, and what each worker's load becomes. Without days: the last year."))]));
  return out.replaceChildren(...[
    stale(result, live),
    job.asked.move ? el("p", { class: "m" }, _("Items in work move as well, as chosen below.")) : null,
    result.demonstration ? el("p", { class: "m" }, _("Everything here is demonstration data.")) : null,
    figures(result), unstaffed(result), evenness(result), loads(result), items(result), csv(job),
  ].filter(Boolean));
}

function figures({ open, past, kept, period }) {
  const line = (title, counts, more) => el("tr", {}, el("th", { scope: "row" }, title, more ? el("span", { class: "m" }, more) : null), ...[counts.any, ...WHAT.map((what) => counts.changed[what] || 0)].map((n) => el("td", { class: "num" }, String(n))), el("td", { class: "num" }, `${counts.doubtful.before} → ${counts.doubtful.after}`));
  const days = period.from ? _("{from} to {to}", { from: dayOf.format(new Date(period.from)), to: dayOf.format(new Date(new Date(period.to) - 1)) }) : "";
  return el("div", { class: "scrolls" }, el("table", {}, el("thead", {}, el("tr", {}, ["", _("Any of these"), ...WHAT.map((what) => names.rehearsed[what]), _("Doubtful")].map((words) => el("th", { scope: "col" }, words)))),
    el("tbody", {}, line(_("Open items"), open, _("of {n}; {m} in work keep their lead", { n: open.total, m: kept })), line(_("Of the period"), past, [_("of {n}", { n: past.total }), days].filter(Boolean).join(", ")))));
}

function unstaffed({ unstaffed: none, idle }) {
  const lines = [none.length ? _("Nobody works in these cells yet: {cells}. Enter them in the staff list before they go live.", { cells: none.join(", ") }) : "",
    idle.length ? _("The staff list still has cells that are gone: {cells}.", { cells: idle.join(", ") }) : ""].filter(Boolean);
  return lines.length ? el("div", { class: "doubt" }, lines.map((words) => el("p", {}, words))) : null;
}

const sides = (both, format = one) => `${both.before === null ? "–" : format.format(both.before)} → ${both.after === null ? "–" : format.format(both.after)}`;

function evenness(result) {
  const rows = result.evenness.filter((each) => each.cv.before !== null || each.cv.after !== null).map((each) => el("tr", {},
    el("th", { scope: "row" }, `${nameOf("spread_of", each.of)} · ${nameOf("measures", each.measure)}`),
    el("td", { class: "num" }, sides(each.cv, two)), el("td", { class: "num" }, sides(each.most), el("span", { class: "m" }, named(result, each.worst.after)))));
  if (!rows.length) return null;
  return el("details", { open: true }, el("summary", {}, _("How evenly the load is spread")), el("div", { class: "scrolls" }, el("table", {},
    el("thead", {}, el("tr", {}, ["", _("Coefficient of variation (0 is even)"), _("The most that one has")].map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, rows))));
}

const named = (result, code) => (code && result.names[code] !== code && result.names[code]) || called(code);

function loads(result) {
  const moved = (load) => Math.abs((load.items.after || 0) - (load.items.before || 0)) + Math.abs((load.open.after || 0) - (load.open.before || 0));
  const tables = [["workers", _("Load of each worker that changes")], ["townships", _("Load of each township that changes")]].map(([which, title]) => {
    const changed = result[which].filter((load) => moved(load) > 0 || load.km2.before !== load.km2.after).sort((a, b) => moved(b) - moved(a));
    if (!changed.length) return null;
    const rows = changed.slice(0, MOST).map((load) => el("tr", {}, el("th", { scope: "row" }, load.name || load.code), el("td", { class: "num" }, sides(load.items)), el("td", { class: "num" }, sides(load.open)), el("td", { class: "num" }, sides(load.cells)), el("td", { class: "num" }, sides(load.km2, two))));
    return el("details", {}, el("summary", {}, `${title} (${changed.length})`), el("div", { class: "scrolls" }, el("table", {},
      el("thead", {}, el("tr", {}, ["", _("Items a month"), _("Open"), _("Cells"), "km²"].map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, rows)), more(changed.length)));
  }).filter(Boolean);
  return tables.length ? el("div", {}, tables) : null;
}

const more = (n) => (n > MOST ? el("p", { class: "m" }, _("and {n} more", { n: n - MOST })) : null);

function items(result) {
  const found = result.open_items;
  if (!found.length) return el("p", { class: "m" }, _("No open item changes."));
  const rows = found.slice(0, MOST).map((item) => el("tr", {},
    el("td", {}, el("a", { class: "num", href: `/?item=${encodeURIComponent(item.number)}` }, item.number), el("span", { class: "m" }, `${nameOf("categories", item.category)} · ${nameOf("statuses", item.status)}`)),
    el("td", {}, el("button", { type: "button", class: "link", on: { click: () => showCells([item.before.grid, item.after.grid].filter(Boolean)) } }, _("{from} → {to}", { from: place(result, item.before), to: place(result, item.after) })),
      el("span", { class: "m" }, [item.changes.map((what) => names.rehearsed[what] || what).join(", "), item.kept ? _("keeps its lead") : "", item.summonses.length ? _("{n} open summonses", { n: item.summonses.length }) : ""].filter(Boolean).join(" · ")))));
  return el("details", {}, el("summary", {}, _("Open items that change ({n})", { n: found.length })), el("div", { class: "scrolls" }, el("table", {},
    el("thead", {}, el("tr", {}, [_("Item"), _("From → to")].map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, rows)), more(found.length)));
}

const place = (result, side) => named(result, side.grid) || named(result, side.township) || _("no cell");

const csv = (job) => el("p", { class: "both" }, el("a", { class: "button", href: `/api/v1/plan/jobs/${job.id}/csv`, download: "" }, _("All items that change (CSV)")));
