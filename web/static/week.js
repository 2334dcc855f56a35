/* A unit's calls as a calendar: the next seven days, what is overdue before them and what comes later after them. */
import { el } from "./dom.js";
import { redraw } from "./redraw.js";
import { dayName, dayOf, hourOf } from "./times.js";
import { mine, stateTag } from "./summonscard.js";
import { called, _ } from "./words.js";

const DAYS = 7;
const DAY_MS = 86400000;

/* Draws the open calls of `summonses` into `box`; `choose(summons)` shows one. */
export function week(box, summonses, choose, now = Date.now()) {
  const days = Array.from({ length: DAYS }, (_none, n) => new Date(now + n * DAY_MS));
  const keys = days.map(dayOf);
  const groups = new Map(keys.map((key) => [key, []]));
  const [past, later] = [[], []];
  for (const one of [...summonses].sort((a, b) => a.meet_at.localeCompare(b.meet_at))) {
    const key = dayOf(new Date(one.meet_at));
    (groups.get(key) || (key < keys[0] ? past : later)).push(one);
  }
  const day = (words, calls, kind = "") => el("li", { class: `day${calls.length ? "" : " free"}${kind}` }, el("h3", { class: "num" }, words),
    calls.length ? el("ul", {}, calls.map((one) => entry(one, choose))) : el("p", { class: "m" }, _("no call")));
  redraw(box, [
    ...(past.length ? [day(_("Before today"), past, " past")] : []),
    ...keys.map((key, n) => day(n ? dayName(days[n]) : _("Today, {day}", { day: dayName(days[n]) }), groups.get(key), n ? "" : " today")),
    ...(later.length ? [day(_("Later"), later)] : []),
  ]);
}

function entry(summons, choose) {
  const call = mine(summons);
  const at = new Date(summons.meet_at);
  return el("li", {}, el("button", { type: "button", data: { number: String(summons.id), act: "show-call" }, on: { click: () => choose(summons) } },
    el("b", { class: "num" }, hourOf(at)), " ", `${called(summons.township)} ${summons.place}`, call ? [" ", stateTag(call)] : null));
}
