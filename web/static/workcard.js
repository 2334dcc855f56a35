/* One task as a card: what is next, how much time is left, and one main button. */
import { form, text } from "./asks.js";
import { byId, el, say } from "./dom.js";
import { entryList } from "./entries.js";
import { foreseen } from "./foresee.js";
import { nextDue, tag, urgencyTag } from "./marks.js";
import { enqueue, outbox } from "./outbox.js";
import { photographs } from "./photos.js";
import { notKept, takePhoto } from "./taking.js";
import { left } from "./times.js";
import { called, nameOf, names, page, _ } from "./words.js";

/* What the one main button of a card does next, in the order of the work. */
const NEXT = ["take", "arrive", "settle", "verify", "done"];
const OWN = { settle: "settle", verify: "verify", done: "confirm" };
const me = page.account.name;

export const mine = (item) => (item.tasks || []).filter((task) => task.worker === me && task.state !== "void");

/* The task that is the worker's next on the item: one still open before one that is done. */
export const current = (item) => mine(item).find((task) => ["offered", "taken"].includes(task.state)) || mine(item).at(-1);

/* `first`: the one to do next. `far`: how far it is, in words. `onMap(place)` shows it there. */
export function taskCard(stored, { first = false, far = "", changed, onMap }) {
  const item = foreseen(stored, outbox.entries, me);
  const task = current(item);
  const rest = left(nextDue(item));
  const place = item.location || {};
  const located = typeof place.lon === "number";
  const open = ["offered", "taken"].includes(task.state);
  const waiting = outbox.entries.filter((one) => one.number === item.number && one.state !== "sent");
  return el("article", { class: first ? "task first" : "task", data: { number: item.number, state: task.state } },
    first ? el("p", { class: "order" }, _("Next")) : null,
    el("p", { class: "top" },
      el("span", {}, urgencyTag(item.urgency), " ", el("span", { class: "tag new" }, nameOf("tasks", task.kind)), " ", task.state === "offered" ? null : tag(item.status)),
      el("span", { class: `clock num ${rest.state}` }, rest.text)),
    el("h2", {}, nameOf("categories", item.category)),
    item.description ? el("p", { class: "said" }, item.description) : null,
    place.address || far ? el("p", { class: "m" }, [place.address, far].filter(Boolean).join(" · ")) : null,
    el("p", { class: "m" }, item.resolution && item.resolution.grid ? `${called(item.resolution.grid)} · ` : "", el("span", { class: "num whole" }, item.number)),
    entryList(waiting.filter((one) => one.state === "refused")),
    next(item, task, stored),
    entryList(waiting.filter((one) => one.state !== "refused")),
    located ? el("div", { class: "two" },
      place.navigation ? el("button", { type: "button", class: "big", data: { do: "way" }, on: { click: () => ways(place.navigation) } }, _("Show the way")) : null,
      el("button", { type: "button", class: "big", data: { do: "map" }, on: { click: () => onMap(place) } }, _("Show on the map"))) : null,
    photographs(item, changed, { camera: open || (item.photo_stages || []).length ? photo : null }),
    open ? el("button", { type: "button", class: "big", data: { do: "help" }, on: { click: () => askHelp(stored) } }, _("Ask for help")) : null);
}

function next(item, task, stored) {
  const allowed = item.allowed || [];
  const action = NEXT.find((one) => allowed.includes(one) && (!OWN[one] || OWN[one] === task.kind))
    || (task.state === "taken" && allowed.includes("done") ? "done" : null);
  if (!action) return el("p", { class: "done" }, names.states.task[task.state] || task.state);
  return el("button", { type: "button", class: "main big", data: { action }, on: { click: () => ACTS[action](stored) } }, nameOf("actions", action));
}

const ACTS = {
  take: (item) => keep(item, { action: "take" }),
  arrive: (item) => keep(item, { action: "arrive" }),
  done: (item) => ask(item, "done", text("note", _("What you found or did"))),
  settle: (item) => ask(item, "settle", text("note", _("What was done"))),
  verify: (item) => ask(item, "verify", verdict(), text("note", _("What you found"))),
};

const ask = (item, action, ...fields) => form(nameOf("actions", action), fields, (values) => keep(item, { action, ...values }, true));

function askHelp(item) {
  const hint = { node: el("p", { class: "m" }, _("The township's officer is told and may call others to the spot.")), read: () => ({ help: true }) };
  form(_("Ask for help"), [hint, text("text", _("Whom or what you need"))], (values) => keep(item, { action: "comment", ...values }, true));
}

function verdict() {
  const select = el("select", { name: "grant" }, el("option", { value: "yes" }, _("It is so")), el("option", { value: "no" }, _("Not so: back to work")));
  return { node: el("label", {}, _("Decision"), select), read: () => ({ grant: select.value === "yes" }) };
}

/* Into the outbox, with the item's version as the worker sees it; a note needs none. `strict`: a form stays open for it. */
async function keep(item, args, strict = false) {
  const key = `${item.number} ${args.action}`;
  if (!strict && (keeping.has(key) || waits(item, args.action))) return; // the second of two quick taps
  keeping.add(key);
  const version = args.action === "comment" ? null : item.version;
  try {
    await enqueue({ kind: "action", number: item.number, args, version });
  } catch (failure) {
    if (strict) throw new Error(notKept(failure));
    say(notKept(failure), 15000);
  } finally {
    keeping.delete(key);
  }
}

const keeping = new Set();
const waits = (item, action) => outbox.entries.some((one) => one.number === item.number && one.args && one.args.action === action && ["waiting", "sending"].includes(one.state));

const photo = (number, stage) => takePhoto((blob) => enqueue({ kind: "photo", number, stage, blob }));

/* The way to the place in the phone's own map app. */
function ways(links) {
  const dialog = byId("ways");
  const words = { geo: _("The phone's map app"), amap: _("Amap"), baidu: _("Baidu Maps"), tencent: _("Tencent Maps") };
  dialog.querySelector(".ways").replaceChildren(...Object.entries(links).map(([app, href]) => el(
    "a", { class: app === "geo" ? "big main" : "big", href, target: app === "geo" ? null : "_blank", rel: "noopener noreferrer", data: { app } }, words[app] || app,
  )));
  dialog.querySelector("[data-do=close]").onclick = () => dialog.close();
  dialog.showModal();
}
