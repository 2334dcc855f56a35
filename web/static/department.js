/* A called unit's page, made for a phone on the spot: acknowledge, check in by position or by code, be excused. */
import { get } from "./api.js";
import { byId, el, say, soon } from "./dom.js";
import { follow } from "./live.js";
import { ownItems } from "./ownitems.js";
import { languageLink } from "./panes.js";
import { redraw } from "./redraw.js";
import { mutualParts } from "./mutual.js";
import { askExcuse } from "./summonsasks.js";
import { mine, send, stateTag, summonsCard } from "./summonscard.js";
import { ticking } from "./ticking.js";
import { left, when } from "./times.js";
import { week } from "./week.js";
import { called, page, _ } from "./words.js";

const asked = new URLSearchParams(location.search);
const WHO = "firstline.attendee";
const WAIT_MS = 15000;

const HOLDS = "article, .own-item, .day button";

async function refresh() {
  try {
    const found = (await get("/summonses", { unit: page.account.unit, limit: 200 })).summonses.filter((one) => mine(one) || one.tasks.some((task) => task.department === page.account.unit));
    const scanned = String(asked.get("summons") || "");
    const rank = (one) => (String(one.id) === scanned ? 0 : 1);
    const open = found.filter((one) => one.state === "open" && mine(one)).sort((a, b) => rank(a) - rank(b));
    const over = found.filter((one) => one.state !== "open").slice(0, 20);
    draw(byId("open"), open, _("No open call. When a township calls your unit to a place, it appears here by itself."));
    draw(byId("over"), over, _("Past calls appear here with their plan and your tasks."));
    week(byId("week"), open, show);
    tasks(found);
  } catch (failure) {
    for (const id of ["open", "week", "tasks", "over"]) told(byId(id), failure);
  }
}

/* What is drawn stays; where nothing is yet, why. */
function told(box, failure) {
  if (!box.querySelector(HOLDS)) box.replaceChildren(el(box.matches("ol, ul") ? "li" : "p", { class: "empty" }, failure.message));
}

async function items() {
  try {
    const own = (item) => (item.handlers || []).some((one) => one.unit === page.account.unit && one.state !== "returned");
    const found = await ownItems(byId("items"), { own, buttons: () => null, empty: _("No open item. What the catalogue sends to your unit appears here by itself.") });
    count("items", found.late ? _("{n}, {late} late", { n: found.all, late: found.late }) : found.all, found.late > 0);
  } catch (failure) {
    told(byId("items"), failure);
  }
}

/* What joint plans ask of the unit and is not done yet, the first due first. */
function tasks(summonses) {
  const waiting = summonses.flatMap((one) => one.tasks.filter((task) => task.department === page.account.unit && !task.done_at).map((task) => [one, task]));
  waiting.sort(([, a], [, b]) => a.due_at.localeCompare(b.due_at));
  const rows = waiting.map(([summons, task]) => {
    const rest = left(task);
    return el("li", { class: "own-item", data: { summons: String(summons.id) } },
      el("a", { class: "open", href: `/?item=${encodeURIComponent(summons.number)}` },
        el("span", { class: "m num" }, `${summons.number} · ${called(summons.township)}`), el("span", { class: `clock num ${rest.state}`, data: { due: task.due_at, near: "" } }, rest.text),
        el("b", {}, task.text), el("span", { class: "m num" }, _("due {at}", { at: when(task.due_at) }))),
      el("button", { type: "button", data: { act: "done", key: `task-${task.n}` }, on: { click: (event) => send(event.currentTarget, summons, `/tasks/${task.n}/done`, {}, refresh) } }, _("Done")));
  });
  redraw(byId("tasks"), rows.length ? rows : [el("li", { class: "empty" }, _("No task waits. What a joint plan asks of your unit appears here."))]);
  const late = waiting.some(([, task]) => left(task).state === "late");
  count("tasks", waiting.length, late);
}

function count(name, n, late = false) {
  const number = byId("jump").querySelector(`[data-count=${name}]`);
  number.textContent = n;
  number.classList.toggle("late", late);
}

/* From the calendar to the card. */
function show(summons) {
  for (const card of byId("open").children) card.classList.toggle("shown", card.dataset.summons === String(summons.id));
  const card = byId("open").querySelector(`[data-summons="${summons.id}"]`);
  if (!card) return;
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "center" });
}

function draw(box, summonses, empty) {
  redraw(box, summonses.length ? summonses.map((one) => summonsCard(one, refresh, buttons(one))) : [el("p", { class: "empty" }, empty)]);
  count(box.id, summonses.length);
}

function buttons(summons) {
  const call = mine(summons);
  const may = (act) => summons.allowed.includes(act);
  if (!call) return [];
  const parts = [el("p", { class: "own" }, _("Your unit"), " ", stateTag(call))];
  if (may("acknowledge")) parts.push(el("button", { type: "button", class: "main big", data: { act: "acknowledge" }, on: { click: (event) => send(event.currentTarget, summons, "/acknowledge", {}, refresh) } }, _("We are coming")));
  if (may("check-in")) parts.push(...(new Date(summons.check_in_from) <= new Date() ? checkIn(summons, !may("acknowledge")) : [el("p", { class: "m num" }, _("Check-in opens at {at}.", { at: when(summons.check_in_from) }))]));
  if (may("excuse")) parts.push(el("button", { type: "button", class: "big", data: { act: "excuse" }, on: { click: () => askExcuse(summons, null, refresh) } }, _("We cannot come")));
  parts.push(...mutualParts(summons, refresh));
  return parts;
}

function checkIn(summons, first) {
  const kept = JSON.parse(localStorage.getItem(WHO) || "{}");
  const name = el("input", { "aria-label": _("Your name"), placeholder: _("Your name"), name: "attendee", value: kept.name || "", maxlength: 60, autocomplete: "name" });
  const post = el("input", { "aria-label": _("Your post"), placeholder: _("Your post"), name: "post", value: kept.post || "", maxlength: 60, autocomplete: "organization-title" });
  const scanned = String(summons.id) === asked.get("summons") ? asked.get("code") || "" : "";
  const code = el("input", { "aria-label": _("Code"), placeholder: _("Code the officer shows"), name: "code", value: scanned, inputmode: "numeric", maxlength: 7, autocomplete: "off" });
  const who = () => {
    const attendee = { name: name.value.trim(), post: post.value.trim() };
    localStorage.setItem(WHO, JSON.stringify(attendee));
    return { attendee };
  };
  const here = el("button", { type: "button", class: `${first && !scanned ? "main " : ""}big`, data: { act: "here" }, on: { click: () => byPosition(here, summons, who) } }, _("I am here"));
  const coded = el("button", { type: "button", class: scanned ? "main" : "", data: { act: "code" }, on: { click: (event) => arrive(event.currentTarget, summons, { code: code.value, ...who() }) } }, _("Check in by code"));
  return [el("div", { class: "pair" }, name, post), here, el("div", { class: "pair by-code" }, code, coded)];
}

function byPosition(button, summons, who) {
  if (!navigator.geolocation) { say(_("This device has no position. Use the officer's code.")); return; }
  button.disabled = true;
  button.textContent = _("Finding your position");
  const again = () => { button.disabled = false; button.textContent = _("I am here"); };
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    again();
    arrive(button, summons, { lon: coords.longitude, lat: coords.latitude, datum: "wgs84", accuracy_m: coords.accuracy, ...who() });
  }, () => { again(); say(_("Your position cannot be found. Allow it in the browser, or use the officer's code.")); }, { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: 5000 });
}

async function arrive(button, summons, body) {
  const done = await send(button, summons, "/check-ins", body, null);
  if (done) say(done.state === "late" ? _("You are checked in, late.") : _("You are checked in."));
  if (done) document.activeElement.blur();
  refresh();
}

const again = soon(refresh, 200, 1000);
const itemsAgain = soon(items, 500, 2500);
languageLink();
ticking();
follow({ item: itemsAgain, summons: again, reset: () => { again(); itemsAgain(); }, joined: () => { refresh(); items(); }, edition: () => {}, notice: () => {} });
setInterval(() => { again(); itemsAgain(); }, 60000);
