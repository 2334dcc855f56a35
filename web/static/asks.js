/* The small forms behind the buttons of the card: what an action needs is asked, sent, and a refusal is told. */
import { act, post } from "./api.js";
import { byId, el, say } from "./dom.js";
import { askMerge, askSplit } from "./joining.js";
import { meanwhile } from "./meanwhile.js";
import { leadName, nameOf, names, page, _ } from "./words.js";

const REVEALERS = ["dispatcher", "supervisor", "officer"];

/* `done(item)` is called with the item as it has become. */
export function askFor(done) {
  const send = (item, action, args = {}) => act(item.number, action, { version: item.version, ...args }).then((after) => {
    say(_("{number}: {action}", { number: item.number, action: nameOf("actions", action) }));
    done(after);
  }).catch((failure) => {
    if (failure.code === "changed" && byId("ask").open) item.version = failure.members.version; // what came is shown; sent again it is meant
    throw failure;
  });
  const atOnce = (action) => (item) => send(item, action).catch((failure) => { say(failure.message); done(null); });
  const asking = (action, ...fields) => (item) =>
    form(nameOf("actions", action), fields.map((field) => field(item)), (values) => send(item, action, values));
  const words = (action, name = "text", label = _("Text")) => asking(action, () => text(name, label));
  const reason = () => text("reason", _("Reason"));
  return {
    reveal: REVEALERS.includes(page.account.role) ? reveal : null,
    accept: atOnce("accept"),
    take: atOnce("take"),
    reply: words("reply"),
    comment: words("comment"),
    urge: words("urge"),
    supplement: words("supplement"),
    arrive: atOnce("arrive"),
    done: words("done", "note", _("What you found or did")),
    settle: words("settle", "note", _("What was done")),
    verify: asking("verify", () => grant(_("It is so"), _("Not so: back to work")), () => text("note", _("What you found"))),
    answer: words("answer", "text", _("What the citizen is told")),
    merge: askMerge(send),
    merged: done,
    unmerge: atOnce("unmerge"),
    split: askSplit(done),
    close: (item) => (item.contested_at ? words("close", "reason", _("Reason"))(item) : atOnce("close")(item)),
    follow_up: (item) => form(nameOf("actions", "follow_up"), rating(), (values) => send(item, "follow_up", values)),
    reopen: words("reopen", "reason", _("Reason")),
    request_return: asking("request_return", elsewhere, reason),
    decide_return: asking("decide_return", () => grant(), unit, reason),
    request_extension: asking("request_extension", until, reason),
    decide_extension: asking("decide_extension", () => grant(), reason),
    request_suspension: asking("request_suspension", until, reason),
    decide_suspension: asking("decide_suspension", () => grant(), reason),
    pause: words("pause", "reason", _("What the citizen has to say")),
    resume: atOnce("resume"),
    escalate: asking("escalate", until, reason),
    ordered: () => done(null),
    decline: asking("decline", ground),
    transfer: asking("transfer", () => line("to", _("To whom"))),
    classify: (item) => form(nameOf("actions", "classify"), [category(item), urgency(item)], (values) => send(item, "classify", values)),
    assign: (item) => form(nameOf("actions", "assign"), assignment(item), (values) => send(item, "assign", values)),
  };
}

/* The reporter unmasked, once a reason is given: it is written down. */
const reveal = (item) => new Promise((resolve) => {
  form(_("Show the reporter"), [text("reason", _("Reason (it is written down)"))], async (values) => {
    resolve(await post(`/items/${encodeURIComponent(item.number)}/reveal`, values));
  });
});

let latest = 0;

/* Shows the form; it stays open, with what was written, until the service has agreed or the reader gives up. */
export function form(title, fields, submit) {
  const dialog = byId("ask");
  const inner = dialog.querySelector("form");
  const fault = dialog.querySelector(".fault");
  const mine = ++latest;
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector(".fields").replaceChildren(...fields.map((field) => field.node));
  const button = dialog.querySelector("footer .main");
  button.textContent = title;
  button.disabled = false;
  fault.hidden = true;
  const tell = (...words) => {
    fault.replaceChildren(...words);
    fault.hidden = false;
  };
  inner.onsubmit = async (event) => {
    event.preventDefault();
    const missing = lacking(inner);
    if (missing) return tell(...pointOut(missing, missing.dataset.missing || _("Fill in “{field}” first.", { field: labelOf(missing) })));
    button.disabled = true;
    fault.hidden = true;
    try {
      await submit(Object.assign({}, ...fields.map((field) => field.read())));
      if (mine === latest) dialog.close();
    } catch (failure) {
      if (mine !== latest || !dialog.open) say(failure.message); // it was closed meanwhile, or is another form by now
      else tell(...(failure.code === "changed" ? meanwhile(failure.members.events || []) : refused(inner, failure)));
    } finally {
      if (mine === latest) button.disabled = false;
    }
    return undefined;
  };
  dialog.oncancel = (event) => {
    if (!written(inner) || dialog.dataset.warned === String(mine)) return;
    event.preventDefault(); // one Esc too many is not to cost what was written
    dialog.dataset.warned = String(mine);
    tell(_("Press Esc once more to drop what you wrote."));
  };
  dialog.querySelector("[data-do=close]").onclick = () => dialog.close();
  dialog.showModal();
}

/* The first field that must be filled in and is not. */
const lacking = (inner) => Array.from(inner.querySelectorAll("input, textarea, select")).find((field) => (field.required && !field.value.trim()) || (field.matches("select:not([multiple])") && field.selectedIndex < 0));

/* What a field is called in the form. */
function labelOf(field) {
  const label = field.labels && field.labels[0];
  return (label ? Array.from(label.childNodes).filter((node) => node !== field && !node.contains(field)).map((node) => node.textContent).join("") : field.getAttribute("aria-label") || "").trim();
}

function pointOut(field, words) {
  field.setAttribute("aria-invalid", "true");
  field.addEventListener("input", () => field.removeAttribute("aria-invalid"), { once: true });
  field.focus();
  return [words];
}

/* Why the service refused, in the reader's words: which field of the form it is, where it names one. */
function refused(inner, failure) {
  const named = ((failure.members && failure.members.errors) || []).map((one) => inner.elements[one.field]).find((field) => field && field.matches);
  if (!named || page.language === "en") return named ? pointOut(named, failure.message) : [failure.message];
  if (named.type === "datetime-local") return pointOut(named, _("“{field}” cannot be this time: it lies in the past, or too far ahead.", { field: labelOf(named) }));
  return pointOut(named, _("“{field}” cannot be accepted like this. Look at it once more.", { field: labelOf(named) }));
}

/* Whether somebody wrote words into the form. */
const written = (inner) => Array.from(inner.querySelectorAll("textarea")).some((area) => area.value.trim() && area.value !== area.defaultValue);

/* Puts the form aside while `act` runs; it comes back as it was. */
export async function aside(act) {
  const dialog = byId("ask");
  const mine = latest;
  dialog.close();
  const result = await act();
  if (mine === latest && !dialog.open) dialog.showModal();
  return result;
}

export function text(name, label) {
  const area = el("textarea", { name, rows: 4, required: true });
  return { node: el("label", {}, label, area), read: () => ({ [name]: area.value }) };
}

function choice(name, label, options, value, multiple = false) {
  const select = el("select", { name, multiple, size: multiple ? 6 : null }, options.map(([code, words]) => el("option", { value: code }, words)));
  if (value !== undefined) select.value = value;
  return { node: el("label", {}, label, select), select };
}

function line(name, label) {
  const input = el("input", { name, required: true, maxlength: 200 });
  return { node: el("label", {}, label, input), read: () => ({ [name]: input.value }) };
}

/* A day and time of the city's own zone: the service reads it so where none is named. */
export function until() {
  const input = el("input", { name: "until", type: "datetime-local", required: true });
  return { node: el("label", {}, _("Until"), input), read: () => ({ until: input.value }) };
}

/* What the citizen says of the answer on the telephone. */
function rating() {
  const level = choice("level", _("What the citizen says"), Object.entries(names.levels).reverse());
  const resolved = choice("resolved", _("Is the matter resolved?"), [["", _("Not said")], ["yes", _("Yes")], ["no", _("No")]]);
  const comment = el("textarea", { name: "comment", rows: 3 });
  return [
    { node: level.node, read: () => ({ level: Number(level.select.value) }) },
    { node: resolved.node, read: () => (resolved.select.value ? { resolved: resolved.select.value === "yes" } : {}) },
    { node: el("label", {}, _("In the citizen's words (needed where dissatisfied)"), comment), read: () => ({ comment: comment.value }) },
  ];
}

function grant(yes = _("Grant"), no = _("Refuse")) {
  const { node, select } = choice("grant", _("Decision"), [["yes", yes], ["no", no]]);
  return { node, read: () => ({ grant: select.value === "yes" }) };
}

function elsewhere() {
  const { node, select } = choice("unit", _("Whose it is"), [["", _("I do not know")], ...units()]);
  return { node, read: () => (select.value ? { unit: select.value } : {}) };
}

function ground() {
  const { node, select } = choice("ground", _("Ground"), Object.entries(names.grounds));
  return { node, read: () => ({ ground: select.value }) };
}

function category(item) {
  const options = Object.entries(names.categories).filter(([code]) => names.majors[code])
    .map(([code, name]) => [code, `${names.majors[code]} · ${name}`]);
  const { node, select } = choice("category", _("Category"), options, item.category);
  return { node, read: () => ({ category: select.value }) };
}

function urgency(item) {
  const { node, select } = choice("urgency", _("Urgency"), Object.entries(names.urgencies), item.urgency);
  return { node, read: () => ({ urgency: select.value }) };
}

/* A dispatcher names units, a township's officer one of its grid workers. */
const assignment = (item) => (page.account.role === "officer" ? [worker(item), task()] : [unit(item), assisting()]);

function worker(item) {
  const options = page.workers.map((one) => [one.worker, `${one.cell} · ${one.name}`]);
  const own = item.resolution.grid ? page.workers.find((one) => one.grid === item.resolution.grid.code) : null;
  const { node, select } = choice("worker", _("Grid worker"), options, own ? own.worker : undefined);
  return { node, read: () => ({ worker: select.value }) };
}

function task() {
  const { node, select } = choice("task", _("Task"), Object.entries(names.tasks), "settle");
  return { node, read: () => ({ task: select.value }) };
}

const units = () => Object.entries(names.units);

function unit(item) {
  const main = (item.handlers || []).find((one) => one.role === "main");
  const lead = item.lead ? [[item.lead.code, _("{unit} (the lead itself)", { unit: leadName(item.lead) })]] : [];
  const others = units().filter(([one]) => !lead.length || one !== lead[0][0]);
  const { node, select } = choice("main", _("Main"), [...lead, ...others], main ? main.unit : undefined);
  return { node, read: () => ({ main: select.value }) };
}

export function assisting() {
  const { node, select } = choice("assist", _("Assisting (any number)"), units(), undefined, true);
  return { node, read: () => ({ assist: Array.from(select.selectedOptions, (option) => option.value) }) };
}
