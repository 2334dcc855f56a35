/* The officer's forms around a summons: call units, conclude with a plan, another time, call it off. */
import { aside, form } from "./asks.js";
import { get, onceWord, post } from "./api.js";
import { el, say, soon } from "./dom.js";
import { clashText, refusal, summonsPath } from "./summonscard.js";
import { called, names, page, _ } from "./words.js";

const HALF_HOUR = 30 * 60000;
const parts = new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/* An instant as a datetime-local field shows it, in the city's zone. */
export function local(instant) {
  const found = Object.fromEntries(parts.formatToParts(instant).map((part) => [part.type, part.value]));
  return `${found.year}-${found.month}-${found.day}T${found.hour}:${found.minute}`;
}

/* The next working half-hour at least half an hour ahead, as the service's calendar has it. */
export const nextHalfHour = () => page.next_meeting || local(new Date(Math.ceil((Date.now() + HALF_HOUR) / HALF_HOUR) * HALF_HOUR));

/* A time without an offset is in the city's zone: so the service reads it. */
function time(name, label, value) {
  const input = el("input", { name, type: "datetime-local", value, required: true });
  return { node: el("label", {}, label, input), input, read: () => ({ [name]: input.value }) };
}

function line(name, label, value = "") {
  const input = el("input", { name, value, maxlength: 300, autocomplete: "off" });
  return { node: el("label", {}, label, input), input, read: () => ({ [name]: input.value.trim() || null }) };
}

function area(name, label, required = false) {
  const box = el("textarea", { name, rows: 3, required });
  return { node: el("label", {}, label, box), read: () => ({ [name]: box.value.trim() || null }) };
}

/* Every unit but the calling township: the proposed ones first, each with why; communities and townships are folded away. */
function units(item, proposed) {
  const box = (code, why = null, checked = false) => el("label", { class: "check" },
    el("input", { type: "checkbox", name: "departments", value: code, checked }), called(code), why ? el("span", { class: "why" }, why) : null);
  const named = new Set(proposed.map((one) => one.unit));
  const rest = Object.keys(names.units).filter((code) => code !== page.account.unit && !named.has(code));
  const far = rest.filter((code) => ["township", "community"].includes(names.unit_kinds[code]));
  const list = el("fieldset", { class: "units" }, el("legend", {}, _("Who is called")),
    proposed.map((one) => box(one.unit, whyText(one), one.chosen)),
    el("div", { class: "others" }, rest.filter((code) => !far.includes(code)).map((code) => box(code))),
    far.length ? el("details", {}, el("summary", {}, _("Communities and other townships ({n})", { n: far.length })), el("div", { class: "others" }, far.map((code) => box(code)))) : null);
  return { node: list, read: () => ({ departments: Array.from(list.querySelectorAll("input:checked"), (one) => one.value) }) };
}

function whyText({ why, times }) {
  const words = { handler: _("handles the item"), catalogue: _("named by the catalogue"), history: _("called {n} times for the like", { n: times }) };
  return why.map((one) => words[one]).join(", ");
}

/* What the service proposes for a summons on `item`; the item's own units where it does not answer. */
async function proposal(item) {
  const own = { meet_at: null, units: (item.handlers || []).filter((one) => one.unit !== page.account.unit).map((one) => ({ unit: one.unit, why: ["handler"], times: 0, chosen: true })) };
  return get(`/items/${encodeURIComponent(item.number)}/summonses/proposal`).catch(() => own);
}

/* The meeting place: the item's own, until another is picked on the map (where the page has one: `pick`). */
function spot(item, pick) {
  const words = el("span", { role: "status" }, item.location && typeof item.location.lon === "number" ? _("Meeting at the item's own place") : _("The item has no place yet: pick one on the map"));
  let picked = null;
  const again = el("button", { type: "button", data: { act: "spot" } }, _("Another place"));
  again.addEventListener("click", async () => {
    const found = await aside(() => pick(_("Click where the units shall meet."), picked || item.location));
    if (!found) return;
    picked = found;
    words.textContent = _("Meeting at the place you picked");
  });
  return { node: el("div", { class: "spot" }, words, pick ? again : null), read: () => (picked ? { lon: picked.lon, lat: picked.lat, datum: "wgs84" } : {}) };
}

/* Calls units to the item; `done(summons)`. `pick(words, start)` lets another place be picked. */
export async function askSummon(item, done, pick = null) {
  const once = onceWord(); // sent again after a lost answer it calls nobody twice
  const found = await proposal(item);
  const who = units(item, found.units);
  const at = time("meet_at", _("When"), found.meet_at ? local(new Date(found.meet_at)) : nextHalfHour());
  const place = line("place", _("Where"), (item.location && item.location.address) || "");
  const warning = el("p", { class: "doubt", hidden: true, role: "status" });
  const look = soon(async () => {
    const departments = who.read().departments.join(",");
    const clashing = departments && at.input.value ? await get("/summonses/clashes", { departments, meet_at: at.input.value }).catch(() => null) : null;
    warning.textContent = clashing ? clashing.clashes.map(clashText).join("; ") : "";
    warning.hidden = !warning.textContent;
  }, 250);
  who.node.addEventListener("change", look);
  at.input.addEventListener("change", look);
  look();
  const fields = [who, at, place, spot(item, pick), area("note", _("What to bring, what for")), { node: warning, read: () => ({}) }];
  form(_("Call units to the spot"), fields, async (values) => {
    if (!values.departments.length) throw new Error(_("Choose who is called: one unit or more."));
    const made = await told(() => post(`/items/${encodeURIComponent(item.number)}/summonses`, values, { "Idempotency-Key": once }));
    say(_("{n} units are called.", { n: made.calls.length }));
    done(made);
  });
}

export function askConclude(summons, done) {
  const rows = el("div", { class: "fields" });
  const bound = [...new Set([...summons.calls.filter((call) => call.state !== "substituted").map((call) => call.department), page.account.unit])];
  const add = () => rows.append(taskRow(bound));
  const more = el("button", { type: "button", on: { click: add } }, _("Add a task"));
  const waiting = summons.calls.filter((call) => ["sent", "acknowledged"].includes(call.state)).map((call) => called(call.department));
  const warning = waiting.length ? el("p", { class: "doubt" }, _("Absent will be: {units}", { units: waiting.join(", ") })) : el("span");
  const tasks = { node: el("div", {}, rows, more, warning), read: () => ({ tasks: Array.from(rows.children, readTask).filter((task) => task.text) }) };
  form(_("Conclude"), [area("plan", _("Joint plan"), true), tasks], (values) => told(() => post(`${summonsPath(summons)}/conclude`, values)).then(done));
}

function taskRow(bound) {
  const tomorrow = local(new Date(Date.now() + 86400000));
  return el("div", { class: "task-row" },
    el("select", { "aria-label": _("Unit") }, bound.map((code) => el("option", { value: code }, called(code)))),
    el("input", { "aria-label": _("What is to be done"), placeholder: _("What is to be done"), maxlength: 400 }),
    el("input", { type: "datetime-local", "aria-label": _("Until"), value: tomorrow }));
}

function readTask(row) {
  const [unit, text, due] = row.children;
  return { department: unit.value, text: text.value.trim(), due_at: due.value };
}

export function askReschedule(summons, done) {
  const fields = [time("meet_at", _("When"), local(new Date(summons.meet_at))), line("place", _("Where"), summons.place), area("reason", _("Reason"))];
  form(_("Another time or place"), fields, (values) => told(() => post(`${summonsPath(summons)}/reschedule`, values)).then(done));
}

export function askCancel(summons, done) {
  form(_("Call it off"), [area("reason", _("Reason"), true)], (values) => told(() => post(`${summonsPath(summons)}/cancel`, values)).then(done));
}

/* `department` null: the unit excuses itself. */
export function askExcuse(summons, department, done) {
  const codes = Object.keys(names.units).filter((code) => !summons.calls.some((call) => call.department === code) && code !== summons.township.code);
  const select = el("select", { name: "substitute" }, el("option", { value: "" }, _("Nobody")), codes.map((code) => el("option", { value: code }, called(code))));
  const substitute = { node: el("label", {}, _("Who comes instead"), select), read: () => ({ substitute: select.value || null, department }) };
  form(department ? _("Excuse {unit}", { unit: called(department) }) : _("We cannot come"), [area("reason", _("Reason"), true), substitute],
    (values) => told(() => post(`${summonsPath(summons)}/excuse`, values)).then(done));
}

/* The form shows a refusal in the reader's words. */
async function told(act) {
  try {
    return await act();
  } catch (failure) {
    throw Object.assign(new Error(refusal(failure)), { members: failure.members });
  }
}
