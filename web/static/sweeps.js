/* Sweeps: the likes of one settled item, dealt with together, and questions about chosen cells. */
import { get, onceWord, post } from "./api.js";
import { form } from "./asks.js";
import { byId, el, say } from "./dom.js";
import { itemLink } from "./likes.js";
import { tag } from "./marks.js";
import { redraw } from "./redraw.js";
import { askResult } from "./survey.js";
import { inDays, when } from "./times.js";
import { called, nameOf, page, _ } from "./words.js";

const DONE = ["settled", "verified", "answered", "closed"];
const SURVEY_DAYS = 3;
const refusals = new Map(); // sweep -> what could not be settled, kept while the page is drawn anew

/* On the card of a settled item: the sweeps that began with it, and the button that begins one. */
export function itemSweeps(item) {
  const box = el("section", { class: "sweeps", "aria-label": _("Sweeps") });
  const leads = page.account.role === "officer" && item.lead && item.lead.kind === "township" && item.lead.code === page.account.unit;
  if (DONE.includes(item.status) && (leads || page.account.role === "dispatcher")) fill(box, item);
  return box;
}

async function fill(box, item) {
  const again = () => fill(box, item);
  const { sweeps = [] } = await get("/sweeps", { from: item.number }).catch(() => ({}));
  const begin = el("button", { type: "button", data: { act: "sweep" }, on: { click: () => askSweep(item, again) } }, _("Look for its likes"));
  box.replaceChildren(...sweeps.map((one) => sweepCard(one, again)), ...(item.resolution && item.resolution.township ? [begin] : []));
}

function askSweep(item, done) {
  const once = onceWord();
  const { township, community } = item.resolution;
  const areas = [community && ["community", community], township && ["township", township]].filter(Boolean);
  const select = el("select", { name: "area" }, areas.map(([level, one]) => el("option", { value: level }, called(one))));
  const day = el("input", { name: "since", type: "date" });
  const fields = [
    { node: el("label", {}, _("Where"), select), read: () => ({ area: Object.fromEntries([areas.find(([level]) => level === select.value)].map(([level, one]) => [level, one.code])) }) },
    { node: el("label", {}, _("Received since (a year back where empty)"), day), read: () => (day.value ? { since: day.value } : {}) },
  ];
  form(_("Look for its likes"), fields, async (values) => {
    const sweep = await post("/sweeps", { from: item.number, ...values }, { "Idempotency-Key": once });
    say(_("{n} items found.", { n: sweep.members.length }));
    done();
  });
}

/* Asks a question of chosen cells. `groups`: [{name, cells: [[code, name]]}]; `chosen` are the codes that are ticked at first,
   all of them where it is null. */
export function askSurvey(groups, done, chosen = null) {
  const once = onceWord();
  const words = el("textarea", { name: "text", rows: 3, required: true });
  const due = el("input", { name: "due_at", type: "datetime-local", required: true, value: inDays(SURVEY_DAYS) });
  const figure = el("span", { class: "num", role: "status" });
  const cells = el("fieldset", { class: "cells" }, el("legend", {}, _("Cells"), " · ", figure), groups.flatMap((group) => cellGroup(group, groups.length > 1, chosen)));
  const ticked = () => Array.from(cells.querySelectorAll("[name=cells]:checked"), (box) => box.value);
  const tell = () => {
    figure.textContent = _("{n} chosen", { n: ticked().length });
    for (const all of cells.querySelectorAll("[data-all]")) {
      const boxes = Array.from(all.closest(".cell-group").querySelectorAll("[name=cells]"));
      all.checked = boxes.every((box) => box.checked);
      all.indeterminate = !all.checked && boxes.some((box) => box.checked);
    }
  };
  cells.addEventListener("change", (event) => {
    if ("all" in event.target.dataset) for (const box of event.target.closest(".cell-group").querySelectorAll("[name=cells]")) box.checked = event.target.checked;
    tell();
  });
  tell();
  const fields = [
    { node: el("label", {}, _("What is to be looked for"), words), read: () => ({ text: words.value }) },
    { node: el("label", {}, _("Until"), due), read: () => ({ due_at: due.value }) },
    { node: cells, read: () => ({ cells: ticked() }) },
  ];
  form(_("New survey"), fields, async (values) => {
    if (!values.text.trim()) throw new Error(_("Write what is to be looked for."));
    if (!values.cells.length) throw new Error(_("Choose the cells: one or more."));
    await post("/sweeps", values, { "Idempotency-Key": once });
    say(_("The workers of the cells have their tasks."));
    done();
  });
}

/* The cells of one township; folded, with one box for all of them, where there are several townships. */
function cellGroup({ name, cells }, several, chosen) {
  const on = (code) => !chosen || chosen.has(code);
  const boxes = cells.map(([code, words]) => el("label", { class: "check" }, el("input", { type: "checkbox", name: "cells", value: code, checked: on(code) }), ` ${words}`));
  if (!several) return boxes;
  const all = el("label", { class: "check" }, el("input", { type: "checkbox", data: { all: "" } }), ` ${name} (${cells.length})`);
  const open = Boolean(chosen) && cells.some(([code]) => chosen.has(code));
  return el("div", { class: "cell-group" }, all, el("details", { open }, el("summary", { "aria-label": _("Single cells of {township}", { township: name }) }, _("Single cells")), el("div", { class: "cell-boxes" }, boxes)));
}

export function sweepCard(sweep, again) {
  const leads = sweep.allowed.includes("settle");
  const title = sweep.kind === "survey" ? sweep.question : _("Likes of {number} in {area}", { number: sweep.from || "…", area: called(sweep.area) });
  return el("article", { class: "task sweep", data: { sweep: sweep.id } },
    el("p", { class: "top" }, el("span", { class: "tag new" }, sweep.kind === "survey" ? _("Survey") : _("Sweep")), el("span", { class: "m num" }, sweep.due_at ? _("due {at}", { at: when(sweep.due_at) }) : when(sweep.made_at))),
    el("h2", {}, title),
    el("p", { class: "m num progress" }, figures(sweep)),
    sweep.members.length ? el("ul", { class: "members" }, sweep.members.map((one) => member(sweep, one, leads, again))) : null,
    sweep.hidden ? el("p", { class: "m" }, _("{n} more are not yours to see.", { n: sweep.hidden })) : null,
    told(sweep.id),
    leads ? el("p", { class: "acts" },
      sweep.progress.open ? el("button", { type: "button", class: "main", data: { act: "settle-all" }, on: { click: () => askSettle(sweep, again) } }, _("Settle together")) : null,
      el("button", { type: "button", data: { act: "add" }, on: { click: () => askAdd(sweep, again) } }, _("Add an item"))) : null,
    sweep.tasks.length ? el("ul", { class: "members" }, sweep.tasks.map((task) => cell(sweep, task, again))) : null);
}

function figures(sweep) {
  const { items, settled, open, tasks, done, found, counted, late } = sweep.progress;
  return [
    items ? _("{settled} of {items} items settled, {open} open", { settled, items, open }) : sweep.kind === "likes" ? _("No likes found.") : "",
    tasks ? _("{done} of {tasks} cells looked at, {found} with findings", { done, tasks, found }) : "",
    counted ? _("{n} counted", { n: counted }) : "",
    late ? _("{n} late", { n: late }) : "",
  ].filter(Boolean).join(" · ");
}

function member(sweep, one, leads, again) {
  const remove = async () => {
    try {
      await post(`/sweeps/${sweep.id}/members`, { remove: [one.number] });
    } catch (failure) {
      say(failure.message);
    }
    again();
  };
  return el("li", { data: { number: one.number } },
    el("p", { class: "top" }, itemLink(one.number), " ", tag(one.status), one.score === null ? null : el("b", { class: "num" }, ` ${Math.round(one.score * 100)} %`)),
    el("span", { class: "m" }, [nameOf("categories", one.category), one.address, one.description].filter(Boolean).join(" · ")),
    leads && !DONE.includes(one.status) ? el("button", { type: "button", data: { act: "remove" }, on: { click: remove } }, _("Not a like")) : null);
}

function cell(sweep, task, again) {
  const result = task.result === "found" ? _("found") : task.result === "none" ? _("nothing found") : _("not looked at yet");
  const words = [called(task.grid), task.worker ? task.worker_name : _("the township itself"), result, task.count ? _("{n} counted", { n: task.count }) : "", task.text];
  return el("li", { data: { n: task.n } }, el("span", { class: task.done_at ? "" : "m" }, words.filter(Boolean).join(" · ")),
    task.mine ? el("button", { type: "button", data: { act: "result" }, on: { click: () => askResult(sweep, task, again) } }, _("Report the result")) : null);
}

function askSettle(sweep, again) {
  const area = el("textarea", { name: "note", rows: 4, required: true });
  const field = { node: el("label", {}, _("What was done"), area), read: () => ({ note: area.value }) };
  form(_("Settle together"), [field], async (values) => {
    const done = await post(`/sweeps/${sweep.id}/settle`, values);
    refusals.set(sweep.id, done.refused);
    say(_("{n} settled, {m} not.", { n: done.settled.length, m: done.refused.length }));
    again();
  });
}

function askAdd(sweep, again) {
  const input = el("input", { name: "number", required: true, maxlength: 40 });
  const field = { node: el("label", {}, _("Number of the item"), input), read: () => ({ add: [input.value.trim()] }) };
  form(_("Add an item"), [field], async (values) => {
    await post(`/sweeps/${sweep.id}/members`, values);
    again();
  });
}

/* What could not be settled the last time, and why: nothing is passed over in silence. */
function told(id) {
  const refused = refusals.get(id) || [];
  if (!refused.length) return null;
  const why = { forbidden: _("not yours to settle"), "wrong-state": _("its state does not allow it"), "bad-arguments": _("a photo taken after the work is needed first") };
  return el("ul", { class: "doubt refused", role: "alert" }, refused.map((one) => el("li", {}, itemLink(one.number), `: ${why[one.code] || one.detail}`)));
}

/* The township's own panel: its sweeps, and the button that asks the cells. Returns how many there are. */
export async function townshipSweeps() {
  const box = byId("sweeps");
  const cells = [{ name: "", cells: page.workers.map((one) => [one.grid, `${one.cell} · ${one.name}`]) }];
  const begin = el("button", { type: "button", class: "main", data: { act: "survey" }, on: { click: () => askSurvey(cells, townshipSweeps) } }, _("New survey"));
  try {
    const { sweeps } = await get("/sweeps", { limit: 20 });
    const cards = sweeps.length ? sweeps.map((one) => sweepCard(one, townshipSweeps)) : [el("p", { class: "empty" }, _("No sweeps yet. Open a settled item to look for its likes, or ask a question of your cells."))];
    redraw(box, cards);
    redraw(byId("new-survey"), [begin]);
    return sweeps.length;
  } catch (failure) {
    if (!box.querySelector("article")) box.replaceChildren(el("p", { class: "empty" }, failure.message));
    return "";
  }
}
