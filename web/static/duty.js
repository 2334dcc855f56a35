/* Who has which cell of the township today: the worker, or the deputy while that one is away. */
import { get } from "./api.js";
import { el } from "./dom.js";
import { redraw } from "./redraw.js";
import { _ } from "./words.js";

/* Draws the table into `box`; returns {cells, away}. */
export async function dutyTable(box) {
  const { cells } = await get("/duty");
  const head = [_("Cell"), _("On duty today"), _("Leave and deputy"), _("Open items")];
  const table = el("table", { class: "duty" },
    el("thead", {}, el("tr", {}, head.map((words, at) => el("th", { scope: "col", class: at === 3 ? "num" : "" }, words)))),
    el("tbody", {}, cells.map(line)));
  redraw(box, cells.length ? [table] : [el("p", { class: "empty" }, _("This township has no cells."))]);
  return { cells: cells.length, away: cells.filter((one) => one.away || !one.worker).length };
}

function line(cell) {
  const today = cell.on_duty ? cell.on_duty_name : _("The township itself");
  const figures = cell.late ? _("{n}, {late} late", { n: cell.items, late: cell.late }) : String(cell.items);
  return el("tr", { class: cell.away || !cell.worker ? "away" : "", data: { grid: cell.grid } },
    el("th", { scope: "row" }, cell.name),
    el("td", {}, el("b", {}, today), cell.away && cell.on_duty ? [" ", el("span", { class: "tag work" }, _("deputy"))] : null, !cell.on_duty ? [" ", el("span", { class: "tag late" }, _("nobody there"))] : null),
    el("td", { class: "m" }, people(cell)),
    el("td", { class: "num" }, el("a", { href: `/?queue=&area=${encodeURIComponent(cell.grid)}&level=grid` }, figures)));
}

function people(cell) {
  if (!cell.worker) return _("No worker is named for this cell.");
  const leave = cell.away_from ? _("{name} is away {from} to {to}", { name: cell.worker_name, from: cell.away_from, to: cell.away_to }) : "";
  const deputy = cell.deputy ? _("deputy {name}", { name: cell.deputy_name }) : _("no deputy");
  return [leave, deputy].filter(Boolean).join(" · ");
}
