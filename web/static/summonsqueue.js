/* The queue of open summonses: one row for each, the next first; a row opens its item. */
import { get } from "./api.js";
import { el } from "./dom.js";
import { when } from "./times.js";
import { called, nameOf, _ } from "./words.js";
import { look, view } from "./view.js";

const COME = ["present", "late"];
const HEARD = ["acknowledged", ...COME];

/* Rows for the list, the next meeting first. */
export async function summonsRows(signal) {
  const { summonses } = await get("/summonses", { state: "open", limit: 100 }, signal);
  return summonses.sort((a, b) => a.meet_at.localeCompare(b.meet_at)).map(row);
}

function row(summons) {
  const counted = (states) => summons.calls.filter((call) => states.includes(call.state)).length;
  const figures = { called: summons.calls.length, acknowledged: counted(HEARD), come: counted(COME) };
  const chosen = summons.number === view.item;
  return el("li", { class: `row summons-row${chosen ? " on" : ""}`, data: { number: summons.number } },
    el("button", { type: "button", "aria-current": chosen ? "true" : null, on: { click: () => look({ item: summons.number }, { push: true }) } },
      el("span", { class: "head" }, el("span", { class: "tag called" }, nameOf("summonses", summons.state)), " ", el("span", { class: "m num" }, `${summons.number} · ${when(summons.meet_at)}`)),
      el("span", { class: "clock num", data: { due: summons.meet_at } }, ""),
      el("span", { class: "words" }, `${called(summons.township)} · ${summons.place}`),
      el("span", { class: "m num" }, _("{called} called, {acknowledged} acknowledged, {come} come", figures))));
}
