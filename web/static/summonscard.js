/* A summons as a card: when, where, who is called and who has come; and what each side may do with it. */
import { post } from "./api.js";
import { el, say } from "./dom.js";
import { left, span, when } from "./times.js";
import { called, nameOf, names, page, _ } from "./words.js";

const GROUPS = { sent: "new", acknowledged: "work", present: "done", late: "late", absent: "late", excused: "off", substituted: "off" };

export const summonsPath = (summons) => `/summonses/${summons.id}`;
export const mine = (summons) => summons.calls.find((call) => call.department === page.account.unit);

export function stateTag(call) {
  return el("span", { class: `tag ${GROUPS[call.state] || "off"}` }, names.calls[call.state] || call.state);
}

/* One line for each called unit: its state as a word, how late, how far, by which proof, who came. */
function callLine(call) {
  const facts = [
    call.late_by_s ? _("{span} late", { span: span(call.late_by_s * 1000) }) : "",
    call.checked_in_at ? when(call.checked_in_at) : call.state === "acknowledged" ? when(call.acknowledged_at) : "",
    call.proof === "code" ? _("by code") : "",
    typeof call.distance_m === "number" ? _("{m} m from the place", { m: Math.round(call.distance_m) }) : "",
    call.attendee ? [call.attendee.name, call.attendee.post].filter(Boolean).join(" ") : "",
    call.in_time === false ? _("not acknowledged in time") : "",
    call.substitute ? _("{unit} comes instead", { unit: called(call.substitute) }) : "",
    call.reason,
  ];
  return el("li", { data: { unit: call.department } }, el("b", {}, called(call.department)), " ", stateTag(call),
    el("span", { class: "m num" }, facts.filter(Boolean).join(" · ")));
}

function taskLine(summons, task, after) {
  const may = !task.done_at && [summons.township.code, task.department].includes(page.account.unit) && page.account.role !== "leader";
  const rest = left(task);
  const done = task.done_at ? _("done {at}", { at: when(task.done_at) }) : rest.text;
  return el("li", {}, el("b", {}, called(task.department)), ` ${task.text} `, el("span", { class: `m num ${task.done_at ? "" : rest.state}` }, done),
    may ? el("button", { type: "button", data: { act: "done" }, on: { click: (event) => send(event.currentTarget, summons, `/tasks/${task.n}/done`, {}, after) } }, _("Done")) : null);
}

/* Words of a clash: the unit, when, how far away. */
export function clashText(clash) {
  const words = _("{unit} is called to another place at {at}, by {township}", { unit: called(clash.department), at: when(clash.meet_at), township: clash.township });
  const apart = typeof clash.distance_m === "number" ? _("{m} m apart", { m: clash.distance_m }) : "";
  return [words, apart].filter(Boolean).join(" · ");
}

/* `buttons`: nodes for the foot. `after` is called when something was done. */
export function summonsCard(summons, after, buttons = []) {
  const how = summons.figures;
  const rest = left({ due_at: summons.meet_at });
  const open = summons.state === "open";
  const clashes = summons.clashes.filter((clash) => page.account.role !== "department" || clash.department === page.account.unit); // each its own
  return el("article", { class: "task summons-box", data: { summons: String(summons.id) } },
    el("p", { class: "top" },
      el("span", {}, el("span", { class: "tag called" }, names.summonses[summons.state]), " ", el("span", { class: "m num" }, summons.number)),
      open ? el("span", { class: `clock num ${rest.state === "late" ? "late" : ""}` }, rest.state === "late" ? _("began {span} ago", { span: span(Date.now() - new Date(summons.meet_at)) }) : rest.text) : null),
    el("h2", { class: "num" }, when(summons.meet_at), " ", summons.place || nameOf("categories", summons.category)),
    el("p", { class: "m num" }, _("{called} called, {acknowledged} acknowledged, {come} come", how)),
    summons.moves ? el("p", { class: "m" }, _("Time or place was changed {n} times", { n: summons.moves })) : null,
    summons.note ? el("p", { class: "said" }, summons.note) : null,
    open && clashes.length ? el("ul", { class: "doubt" }, clashes.map((clash) => el("li", {}, clashText(clash)))) : null,
    el("ul", { class: "called-units" }, summons.calls.map(callLine)),
    summons.reason ? el("p", { class: "said" }, summons.reason) : null,
    summons.plan ? el("p", { class: "said" }, el("b", {}, _("Joint plan")), ` ${summons.plan}`) : null,
    summons.tasks.length ? el("ul", { class: "called-units" }, summons.tasks.map((task) => taskLine(summons, task, after))) : null,
    ...buttons);
}

/* Sends one act; says what was refused. Resolves to the answer, or null. */
export async function send(button, summons, path, body, after) {
  if (button) button.disabled = true;
  try {
    const answer = await post(`${summonsPath(summons)}${path}`, body);
    if (after) after(answer);
    return answer;
  } catch (failure) {
    say(refusal(failure));
    if (button) button.disabled = false;
    if (failure.status === 409 && after) after(null);
    return null;
  }
}

export function refusal(failure) {
  const { distance_m: distance, radius_m: radius } = failure.members || {};
  const known = {
    "too-far": () => _("You are {d} m from the meeting place; check-in counts within {r} m. Go nearer, or use the officer's code.", { d: Math.round(distance), r: Math.round(radius) }),
    "too-vague": () => _("Your position is not exact enough. Step outside and wait a moment, or use the officer's code."),
    "too-early": () => _("Check-in opens at {at}.", { at: when(failure.members.opens_at) }),
    "wrong-code": () => _("This is not the code of this minute. Ask the officer for the one shown now."),
    "throttled": () => _("Too many codes were tried. Wait {n} min, or check in by position.", { n: Math.ceil((failure.members.retry_after || 60) / 60) }),
    "wrong-state": () => _("The summons has changed meanwhile. Nothing was done."),
    "bad-arguments": () => failure.members.detail,
  };
  return known[failure.code] ? known[failure.code]() : failure.message;
}
