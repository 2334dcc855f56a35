/* The outbox as people read it: each entry with its state, and what to do about one that was refused. */
import { form } from "./asks.js";
import { el, say } from "./dom.js";
import { again, asNote, drop, outbox } from "./outbox.js";
import { when } from "./times.js";
import { nameOf, _ } from "./words.js";

const STATES = () => ({ waiting: _("Waiting to be sent"), sending: _("Sending"), sent: _("Sent"), refused: _("Not accepted") });
const textOf = (one) => (one.args && (one.args.note || one.args.text)) || (one.body && one.body.description) || "";
const gone = (one) => ["not-found", "forbidden"].includes((one.problem || {}).code);
const previews = new Map();

export function title(one) {
  if (one.kind === "photo") return _("Photograph: {stage}", { stage: nameOf("photo_stages", one.stage) });
  if (one.kind === "finding") return _("Finding of the patrol");
  return one.args.help ? _("Call for help") : nameOf("actions", one.args.action);
}

/* The list of `entries`; empty for none. `all`: with the item's number, as the outbox shows it. */
export function entryList(entries, { all = false } = {}) {
  return entries.length ? el("ul", { class: "entries" }, entries.map((one) => line(one, all))) : null;
}

function line(one, all) {
  const facts = all ? [one.number, when(one.at)].filter(Boolean).join(" · ") : "";
  const words = textOf(one);
  return el("li", { class: `entry ${one.state}`, data: { entry: one.id, state: one.state } },
    el("p", {}, el("b", {}, title(one)), " ", el("span", { class: "state" }, STATES()[one.state])),
    facts ? el("p", { class: "m num" }, facts) : null,
    words ? el("p", { class: "said" }, words) : null,
    all && one.blob ? el("img", { src: preview(one), alt: "" }) : null,
    one.state === "sending" && one.kind === "photo" ? el("progress", { max: 1, value: outbox.share, "aria-label": title(one) }) : null,
    one.state === "refused" ? refusal(one) : null);
}

function preview(one) {
  if (!previews.has(one.id)) previews.set(one.id, URL.createObjectURL(one.blob));
  return previews.get(one.id);
}

function refusal(one) {
  const problem = one.problem || {};
  const errors = (problem.errors || []).map((error) => el("li", {}, error.field === "photo" ? _("Take a photograph of the finished work first, then send this again.") : error.detail));
  const came = (problem.events || []).map((event) => el("li", {}, [nameOf("actions", event.action), nameOf("roles", event.role), when(event.at), event.words].filter(Boolean).join(" · ")));
  return el("div", { class: "refusal", role: "alert" },
    el("p", { class: "why" }, said(problem)),
    errors.length ? el("ul", {}, errors) : null,
    came.length ? el("div", {}, el("p", {}, _("What others did since:")), el("ul", { class: "came" }, came)) : null,
    el("p", { class: "m" }, _("It is kept on this phone until you decide.")),
    el("div", { class: "choices" }, choices(one)));
}

function said(problem) {
  if (problem.code === "changed") return _("The item was changed while you had no signal. Look at what changed, then decide.");
  if (problem.code === "wrong-state") return _("The item no longer allows this: somebody was quicker.");
  if (["not-found", "forbidden"].includes(problem.code)) return _("This is no longer your task.");
  return problem.said || "";
}

function choices(one) {
  const button = (name, words, act, main = false) => el("button", { type: "button", class: main ? "main" : "", data: { do: name }, on: { click: act } }, words);
  const note = one.kind === "action" && one.args.action !== "comment" && !gone(one);
  return [
    button("again", one.problem.code === "changed" ? _("Send all the same") : _("Send again"), () => again(one), true),
    textOf(one) ? button("change", _("Change"), () => edit(one)) : null,
    note ? button("note", _("Keep as a note"), () => asNote(one, `${title(one)}${textOf(one) ? `: ${textOf(one)}` : ""}`)) : null,
    button("drop", _("Drop"), () => confirmDrop(one)),
  ];
}

function edit(one) {
  const field = one.kind === "finding" ? "description" : one.args.note !== undefined ? "note" : "text";
  const area = el("textarea", { name: field, rows: 4, required: true });
  area.value = textOf(one);
  form(_("Change"), [{ node: el("label", {}, title(one), area), read: () => ({ [field]: area.value.trim() }) }], (values) => again(one, values));
}

function confirmDrop(one) {
  const node = el("p", {}, _("It is deleted from this phone and never sent."));
  form(_("Drop"), [{ node, read: () => ({}) }], async () => { await drop(one); say(_("Dropped: {what}", { what: title(one) })); });
}
