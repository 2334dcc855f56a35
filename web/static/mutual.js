/* Mutual rating on a summons' card: two taps to rate, what each side gave, when the other's is seen, objecting. */
import { form } from "./asks.js";
import { post } from "./api.js";
import { el, say } from "./dom.js";
import { refusal, summonsPath } from "./summonscard.js";
import { when } from "./times.js";
import { called, names, page, _ } from "./words.js";

const LEVELS = [5, 4, 3, 2, 1];
const LOW = 2;

function levelName(level) {
  return { 5: _("very good"), 4: _("good"), 3: _("fair"), 2: _("poor"), 1: _("very poor") }[level];
}

/* Everything that a card of a concluded summons shows of its rating; `after` is called when something was done. */
export function mutualParts(summons, after) {
  if (summons.state !== "concluded") return [];
  const given = summons.ratings.map((rating) => ratingLine(summons, rating, after));
  const parts = [...summons.to_rate.map((unit) => rateRow(summons, unit, after)), ...given, ...awaited(summons)];
  return parts.length ? [el("section", { class: "mutual", "aria-label": _("Mutual rating") }, el("h3", {}, _("Mutual rating")), ...parts)] : [];
}

/* Tap a level, then send: every criterion starts at that level, and each can still be set apart. */
function rateRow(summons, unit, after) {
  const label = _("Rate {unit}, until {at}", { unit: called(unit), at: when(summons.rate_until) });
  const buttons = LEVELS.map((level) => el("button", { type: "button", data: { level: String(level), unit }, "aria-label": `${level} ${levelName(level)}`, on: { click: () => askRating(summons, unit, level, after) } }, el("b", {}, String(level)), levelName(level)));
  return el("div", { class: "levels-row", role: "group", "aria-label": label }, el("p", { class: "m" }, label), el("div", { class: "levels" }, buttons));
}

const sideOf = (summons) => (page.account.unit === summons.township.code ? "township" : "department");

function askRating(summons, unit, level, after) {
  const reason = el("textarea", { name: "reason", rows: 3, maxlength: 4000, data: { missing: _("Say why it was poor: the other side is to learn from it.") } });
  const words = el("span");
  const rows = names.criteria[sideOf(summons)].map(([code, name]) => criterion(code, name, level));
  const low = () => rows.some((row) => Object.values(row.read())[0] <= LOW);
  const look = () => { reason.required = low(); words.textContent = low() ? _("Reason (needed for 1 and 2)") : _("Reason"); };
  rows.forEach((row) => row.node.addEventListener("change", look));
  look();
  const all = { node: el("div", { class: "fields" }, rows.map((row) => row.node)), read: () => ({ criteria: Object.assign({}, ...rows.map((row) => row.read())) }) };
  const why = { node: el("label", {}, words, reason), read: () => {
    const text = reason.value.trim();
    if (low() && !text) throw new Error(_("Say why it was poor: the other side is to learn from it."));
    return { about: unit, reason: text || null };
  } };
  form(_("Rate {unit}", { unit: called(unit) }), [all, why], (values) => told(() => post(`${summonsPath(summons)}/ratings`, values)).then((done) => { say(_("Your rating is kept.")); after(done); }));
}

/* A radio group of five levels: arrow keys move in it, as in every radio group. */
function criterion(code, name, level) {
  const radios = LEVELS.map((one) => el("label", { class: "level" }, el("input", { type: "radio", name: `criterion-${code}`, value: String(one), checked: one === level }), el("b", {}, String(one)), el("span", {}, levelName(one))));
  const group = el("fieldset", { class: "levels" }, el("legend", {}, name), radios);
  return { node: group, read: () => ({ [code]: Number(group.querySelector("input:checked").value) }) };
}

/* What I gave while the other side's is not seen yet: until when. */
function awaited(summons) {
  const mine = summons.ratings.filter((one) => one.by === page.account.unit);
  const theirs = new Set(summons.ratings.filter((one) => one.about === page.account.unit).map((one) => one.by));
  return mine.filter((one) => !theirs.has(one.about) && new Date(one.visible_by) > new Date()).map((one) => el("p", { class: "m num" },
    _("What {unit} gives is visible when both have rated, at the latest {at}.", { unit: called(one.about), at: when(one.visible_by) })));
}

/* In the order of the rules; what they do not know any more comes last under its code. */
export function levels(side, criteria) {
  const known = new Map(names.criteria[side] || []);
  const codes = [...new Set([...known.keys(), ...Object.keys(criteria)])].filter((code) => code in criteria);
  return el("ul", { class: "given" }, codes.map((code) => [code, criteria[code]]).map(([code, level]) => el("li", {}, known.get(code) || code, " ", el("b", { class: level <= LOW ? "low" : "" }, `${level} ${levelName(level)}`))));
}

function ratingLine(summons, rating, after) {
  const objection = rating.objection;
  const free = rating.about === page.account.unit && summons.to_object.find((one) => one.by === rating.by);
  return el("div", { class: `rating${rating.counts ? "" : " aside"}`, data: { by: rating.by, about: rating.about } },
    el("p", {}, el("b", {}, _("{by} on {about}", { by: rating.by_name, about: rating.about_name })), " ", el("span", { class: "m num" }, when(rating.at))),
    levels(rating.side, rating.criteria),
    rating.reason ? el("p", { class: "said" }, rating.reason) : null,
    objection ? el("p", { class: "m" }, _("Objection"), " ", el("span", { class: `tag ${objection.state === "open" ? "work" : "done"}` }, names.objections[objection.state]), ` ${[objection.reason, objection.ruling].filter(Boolean).join(" · ")}`) : null,
    free ? el("button", { type: "button", data: { act: "object" }, on: { click: () => askObjection(summons, rating, after) } }, _("Object, until {at}", { at: when(free.until) })) : null);
}

/* A reason that is needed; the form says so in the reader's language. */
export function written(text) {
  if (!text.trim()) throw new Error(_("Write down the reason first."));
  return text.trim();
}

function askObjection(summons, rating, after) {
  const reason = el("textarea", { name: "reason", rows: 4, maxlength: 4000, required: true, data: { missing: _("Write down the reason first.") } });
  const field = { node: el("label", {}, _("Reason"), reason), read: () => ({ by: rating.by, reason: written(reason.value) }) };
  form(_("Object to the rating by {unit}", { unit: rating.by_name }), [field], (values) => told(() => post(`${summonsPath(summons)}/objections`, values)).then(() => { say(_("The supervisor decides on your objection.")); after(null); }));
}

/* The form shows a refusal in the reader's words. */
async function told(act) {
  try {
    return await act();
  } catch (failure) {
    throw new Error(refusal(failure));
  }
}
