/* The officer's forms around a summons: call units, conclude with a plan, another time, call it off. */
import { form } from "./asks.js";
import { get, post } from "./api.js";
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

/* Every unit but the calling township; those that handle the item are proposed. */
function units(item) {
  const proposed = new Set((item.handlers || []).map((one) => one.unit));
  const codes = Object.keys(names.units).filter((code) => code !== page.account.unit);
  const rank = (code) => (proposed.has(code) ? 0 : names.unit_kinds[code] === "township" || names.unit_kinds[code] === "community" ? 2 : 1);
  const boxes = codes.sort((a, b) => rank(a) - rank(b)).map((code) => el("label", { class: "check" },
    el("input", { type: "checkbox", name: "departments", value: code, checked: proposed.has(code) }), called(code)));
  const list = el("fieldset", { class: "units" }, el("legend", {}, _("Who is called")), boxes);
  return { node: list, read: () => ({ departments: Array.from(list.querySelectorAll("input:checked"), (box) => box.value) }) };
}

/* Calls units to the item; `done(summons)`. The item's own spot is the meeting place unless another is written. */
export function askSummon(item, done) {
  const who = units(item);
  const at = time("meet_at", _("When"), nextHalfHour());
  const place = line("place", _("Where"), (item.location && item.location.address) || "");
  const warning = el("p", { class: "doubt", hidden: true, role: "status" });
  const look = soon(async () => {
    const departments = who.read().departments.join(",");
    const found = departments && at.input.value ? await get("/summonses/clashes", { departments, meet_at: at.input.value }).catch(() => null) : null;
    warning.textContent = found ? found.clashes.map(clashText).join("; ") : "";
    warning.hidden = !warning.textContent;
  }, 250);
  who.node.addEventListener("change", look);
  at.input.addEventListener("change", look);
  look();
  form(_("Call units to the spot"), [who, at, place, area("note", _("What to bring, what for")), { node: warning, read: () => ({}) }], async (values) => {
    const made = await told(() => post(`/items/${encodeURIComponent(item.number)}/summonses`, values));
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
    throw new Error(refusal(failure));
  }
}
