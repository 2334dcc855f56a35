/* The chosen item: state, clocks, doubt, who does what, what may be done, what happened. */
import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { nextDue, tag, urgencyTag } from "./marks.js";
import { kin } from "./joining.js";
import { itemLikes } from "./likes.js";
import { itemOrders } from "./orders.js";
import { itemSummonses } from "./summonslist.js";
import { itemSweeps } from "./sweeps.js";
import { shareBar, shareWords, townshipShares } from "./shares.js";
import { ticked, left, span, when } from "./times.js";
import { areaName } from "./mapview.js";
import { photographs } from "./photos.js";
import { redraw } from "./redraw.js";
import { called, leadName, nameOf, names, unitName, _ } from "./words.js";

const MAIN = ["accept", "take", "settle", "verify", "answer", "follow_up", "decide_return", "decide_extension", "decide_suspension", "assign", "locate", "reply", "classify"];

const MOST_BUTTONS = 6;
const CLAIM_MS = 120_000;
let asked = 0;
let unfolded = "";
let unmasked = { number: "", text: "" }; // stays shown while that item is drawn anew

/* Fetches item `number` and draws it; returns the item, null where it cannot be read, and undefined where another was asked
   for meanwhile: then nothing is drawn. `acts`: action -> function(item). */
export async function show(number, acts) {
  const card = byId("card");
  const mine = ++asked;
  if (!number) {
    card.replaceChildren(el("p", { class: "empty" }, _("Choose an item in the list or on the map; it opens here.")));
    return null;
  }
  try {
    const [item, history] = await Promise.all([
      get(`/items/${encodeURIComponent(number)}`),
      get(`/items/${encodeURIComponent(number)}/events`).catch(() => null),
    ]);
    if (mine !== asked) return undefined;
    redraw(card, parts(item, history, acts));
    return item;
  } catch (failure) {
    if (mine !== asked) return undefined;
    card.replaceChildren(el("p", { class: "empty" }, failure.message));
    return null;
  }
}

function parts(item, history, acts) {
  return [
    el("p", { class: "tags" }, tag(item.status), " ", urgencyTag(item.urgency),
      item.demonstration ? el("span", { class: "tag off" }, _("Demonstration")) : null),
    el("h1", {}, nameOf("categories", item.category)),
    el("p", { class: "m num" }, [item.number, nameOf("channels", item.channel), nameOf("kinds", item.kind), when(item.created_at)].filter(Boolean).join(" · ")),
    item.description ? el("p", { class: "said" }, item.description) : null,
    clocks(item),
    doubt(item, acts),
    unlocated(item, acts),
    facts(item, acts),
    kin(item),
    buttons(item, acts),
    itemLikes(item, acts.merged),
    itemSweeps(item),
    itemOrders(item, acts.ordered),
    itemSummonses(item, acts.pick),
    photographs(item, acts.photographed),
    history ? timeline(history.events) : null,
  ].filter(Boolean);
}

function clocks(item) {
  const deadlines = item.deadlines || [];
  if (!deadlines.length) return null;
  const next = nextDue(item);
  return el("ul", { class: "clocks", "aria-label": _("Deadlines") }, deadlines.map((one) => {
    const rest = left(one);
    const kept = one.state === "met" || (one.met_at && one.state !== "late");
    const late = one.state === "late" || (!one.met_at && one.state === "running" && rest.state === "late");
    const state = kept ? "ok" : late ? "late" : one === next ? "run" : "";
    const text = one.state === "stopped" ? "—" : one.met_at ? `${late ? "! " : "✓ "}${took(item, one)}` : rest.text;
    const runs = !one.met_at && one.state !== "stopped";
    const data = runs ? { due: one.due_at, near: one.near_at || "", fine: "" } : {};
    return el("li", { class: state, title: when(one.due_at) }, nameOf("stages", one.stage), el("b", { class: "num", data }, runs ? ticked(one.due_at) : text));
  }));
}

const took = (item, clock) => span(new Date(clock.met_at) - new Date(item.received_at || item.created_at));

function doubt(item, acts) {
  const found = item.resolution || {};
  if (!found.doubtful) return null;
  const shares = townshipShares(found.candidates || []);
  const accuracy = item.location && item.location.accuracy_m;
  const words = _("accurate to {a} m, {b} m from the border", { a: Math.round(accuracy || 0), b: Math.round(found.border_m || 0) });
  return el("div", { class: "doubt" }, el("span", {}, el("b", {}, _("Place in doubt")), `: ${words}`), shareBar(shares), el("span", {}, shareWords(shares)), moveButton(item, acts));
}

function unlocated(item, acts) {
  const found = item.resolution || {};
  if (found.township || !found.reason) return null;
  const near = found.nearest ? _("The nearest cell is {cell}, {m} m away.", { cell: areaName(found.nearest.grid, "grid"), m: Math.round(found.nearest.distance_m) }) : "";
  return el("div", { class: "doubt" }, el("span", {}, el("b", {}, nameOf("reasons", found.reason)), near ? ` ${near}` : ""), moveButton(item, acts));
}

function moveButton(item, acts) {
  if (!(item.allowed || []).includes("locate")) return null;
  return el("button", { type: "button", on: { click: () => acts.locate(item) } }, _("Set the place"), " ", el("kbd", {}, "L"));
}

function facts(item, acts) {
  const place = item.location || {};
  const found = item.resolution || {};
  const handler = (role) => (item.handlers || []).filter((one) => one.role === role)
    .map((one) => `${unitName(one)} (${names.states.handler[one.state] || one.state})`).join(", ");
  const tasks = (item.tasks || []).filter((one) => one.state !== "void")
    .map((one) => `${nameOf("tasks", one.kind)}: ${one.worker_name || one.worker} (${names.states.task[one.state] || one.state})`).join(", ");
  const original = place.original && place.original.datum && place.original.datum !== "wgs84"
    ? _("(given in {datum})", { datum: place.original.datum.toUpperCase() }) : "";
  const rows = [
    [_("Lead"), leadName(item.lead)],
    [_("Main"), handler("main")],
    [_("Assisting"), handler("assist")],
    [_("Cell"), found.grid ? `${called(found.grid)}${found.on_border ? ` · ${_("on the border")}` : ""}` : ""],
    [_("Worker"), tasks],
    [_("Clocks"), item.hold ? _("{kind} since {since}, until {until}", { kind: nameOf("holds", item.hold.kind), since: when(item.hold.since), until: when(item.hold.until) }) : ""],
    [_("Requests"), (item.requests || []).map(requested).join("; ")],
    [_("Rated"), (item.ratings || []).map(rated).join("; ")],
    [_("Contested"), item.contested_at ? _("since {at}: the supervisor reopens or closes it", { at: when(item.contested_at) }) : ""],
    [_("To the citizen"), unreleased(item) ? _("No pair of photographs is released yet") : ""],
    [_("Back to work"), item.rework ? _("{n} times", { n: item.rework }) : ""],
    [_("Address"), [place.address, original].filter(Boolean).join(" ")],
    [_("Happened, as told"), happened(item)],
    [_("Reporter"), item.reporter ? reporter(item, acts) : ""],
    [_("Elsewhere"), item.external_ref ? [item.external_ref.system, item.external_ref.number].filter(Boolean).join(" ") : ""],
    [_("As given"), given(item.given)],
  ];
  return el("dl", {}, rows.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

/* When it happened by who reported it, such as a patrol whose finding waited for a signal; nothing where that is the receipt. */
function happened({ occurred_at: told, received_at: got, created_at: made }) {
  return told && Math.abs(new Date(got || made) - new Date(told)) >= CLAIM_MS ? when(told) : "";
}

/* A rating in one line. */
const rated = (one) => [
  names.levels[one.level], one.resolved === null ? "" : one.resolved ? _("resolved") : _("not resolved"),
  one.by === "follow-up" ? _("on the telephone") : "", one.comment,
].filter(Boolean).join(" · ");

/* An answered item whose citizen sees no before and after, where there would be something to release. */
function unreleased(item) {
  const seen = (stage) => (item.photos || []).some((photo) => photo.stage === stage && photo.released);
  return item.status === "answered" && (item.photos || []).length > 0 && !(seen("before") && seen("after"));
}

/* A request in one line: who wants what, why, and what was decided. */
const requested = (one) => `${nameOf("requests", one.kind)} (${one.by.unit ? unitName({ unit: one.by.unit }) : one.by.role}): ${one.reason}`
  + `${one.until ? ` → ${when(one.until)}` : ""} · ${nameOf("decisions", one.decision || "waiting")}`;

function reporter(item, acts) {
  if (unmasked.number !== item.number) unmasked = { number: "", text: "" };
  const told = el("span", {}, unmasked.text || [item.reporter.name, item.reporter.phone].filter(Boolean).join(" · "));
  if (!acts.reveal) return told;
  const reveal = async () => {
    const whole = await acts.reveal(item);
    told.textContent = [whole.name, whole.phone].filter(Boolean).join(" · ");
    unmasked = { number: item.number, text: told.textContent };
    item.version += 1; // that it was shown is a line of the history
  };
  return el("span", {}, told, el("button", { type: "button", on: { click: reveal } }, _("Show")));
}

function given(others) {
  const entries = Object.entries(others || {});
  return entries.map(([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join("; ");
}

/* The main ones first; more than six and the rest is folded away. */
function buttons(item, acts) {
  const allowed = (item.allowed || []).filter((action) => acts[action]);
  if (!allowed.length) return null;
  const order = [...MAIN.filter((action) => allowed.includes(action)), ...allowed.filter((action) => !MAIN.includes(action))];
  const keys = { assign: "D", locate: "L" };
  const all = order.map((action, index) => el(
    "button",
    { type: "button", class: index ? "" : "main", data: { action }, on: { click: () => acts[action](item) } },
    nameOf("actions", action), keys[action] ? [" ", el("kbd", {}, keys[action])] : null,
  ));
  if (all.length <= MOST_BUTTONS) return el("div", { class: "acts" }, all);
  return el("div", { class: "acts" }, ...fold(item, all));
}

/* Left open on an item, it stays so while the item is drawn anew. */
function fold(item, all) {
  const inside = all.slice(MOST_BUTTONS - 1);
  const more = el("button", { type: "button", class: "more", data: { do: "more" } }, _("More"));
  const show = (open) => {
    for (const one of inside) one.hidden = !open;
    more.setAttribute("aria-expanded", String(open));
  };
  more.addEventListener("click", () => {
    unfolded = unfolded === item.number ? "" : item.number;
    show(unfolded === item.number);
  });
  show(unfolded === item.number);
  return [...all.slice(0, MOST_BUTTONS - 1), more, ...inside];
}

function timeline(events) {
  const lines = events.map((event, index) => {
    const { role, unit } = event.actor;
    const actor = [nameOf("roles", role), unit ? called(unit) : ""].filter(Boolean).join(" ");
    return el("li", {},
      el("b", {}, nameOf("actions", event.action)),
      event.words ? el("p", { class: "said" }, event.words) : null,
      el("span", { class: "m num" }, [when(event.at), actor].filter(Boolean).join(" · ")),
      claimed(event),
      answerable(event.responsible, index ? events[index - 1].responsible : null));
  });
  return el("ol", { class: "history", "aria-label": _("History") }, lines.reverse());
}

/* When it was done by the clock of the sender's phone, where that is another time than the receipt's. */
function claimed({ at, data }) {
  const by = data && data.claimed_at;
  if (!by || Math.abs(new Date(at) - new Date(by)) < CLAIM_MS) return null;
  return el("span", { class: "m num claimed" }, _("Received then; done {at} by the phone's own clock, which nobody checked", { at: when(by) }));
}

/* Who answers for the item from this line on: the unit and its posts of that day, where they are not those before. */
function answerable(now, before) {
  if (!now || JSON.stringify(now) === JSON.stringify(before)) return null;
  const unit = _("Answerable: {unit}", { unit: called(now.unit) });
  const handler = now.handler && _("handler {post}", { post: now.handler });
  const charge = now.leader_in_charge && _("leader in charge {post}", { post: now.leader_in_charge });
  const leader = now.responsible_leader && _("responsible leader {post}", { post: now.responsible_leader });
  return el("span", { class: "m answerable" }, [unit, handler, charge, leader].filter(Boolean).join(" · "));
}
