/* The township's page: its open summonses live, the check-in code as a QR, and how each ends. */
import { get } from "./api.js";
import { byId, el, say, soon } from "./dom.js";
import { follow } from "./live.js";
import { languageLink } from "./panes.js";
import { dutyTable } from "./duty.js";
import { ownItems } from "./ownitems.js";
import { redraw } from "./redraw.js";
import { askCancel, askConclude, askExcuse, askReschedule, askSummon } from "./summonsasks.js";
import { mutualParts } from "./mutual.js";
import { refusal, summonsCard, summonsPath } from "./summonscard.js";
import { townshipSweeps } from "./sweeps.js";
import { ticking } from "./ticking.js";
import { called, page, _ } from "./words.js";

const OPEN = ["received", "dispatched", "accepted", "settled", "verified", "suspended"];
let timer = null;
let calling = new Set(); // numbers of the items with an open summons
let showing = null; // the summons whose code is on the screen

/* Each part by itself: what one cannot read does not hold up the others, and what is drawn stays. */
async function part(id, read) {
  try {
    await read(byId(id));
  } catch (failure) {
    if (!byId(id).querySelector(HOLDS)) byId(id).replaceChildren(el(byId(id).matches("ol") ? "li" : "p", { class: "empty" }, failure.message));
  }
}

const HOLDS = "article, .own-item, table";
const count = (name, n, late = false) => {
  const number = byId("jump").querySelector(`[data-count=${name}]`);
  number.textContent = n;
  number.classList.toggle("late", late);
};

const items = () => part("items", async (box) => {
  const own = (item) => item.lead && item.lead.code === page.account.unit;
  const summon = (item) => el("button", { type: "button", class: "summon", data: { act: "summon" }, on: { click: () => askSummon(item, () => { refresh(); items(); }) } }, _("Call units to the spot"));
  const found = await ownItems(box, { own, buttons: (item) => [calling.has(item.number) ? el("span", { class: "tag called" }, _("Called already")) : null, OPEN.includes(item.status) ? summon(item) : null], empty: _("No open item. What comes in for your township appears here by itself.") });
  count("items", found.late ? _("{n}, {late} late", { n: found.all, late: found.late }) : found.all, found.late > 0);
});

const duty = () => part("duty", async (box) => {
  const found = await dutyTable(box);
  count("duty", found.away ? _("{n}, {away} away", { n: found.cells, away: found.away }) : found.cells);
});

function refresh() {
  const township = page.account.unit;
  part("open", async (box) => {
    const { summonses } = await get("/summonses", { state: "open", township, limit: 200 });
    const before = [...calling].join();
    calling = new Set(summonses.map((one) => one.number));
    draw(box, summonses, _("No open summons. Call the units you need to the spot from one of your items."));
    if ([...calling].join() !== before) itemsAgain();
  });
  part("over", async (box) => draw(box, (await get("/summonses", { state: "concluded", township, limit: 20 })).summonses, _("What was concluded appears here with its plan and tasks.")));
}

function draw(box, summonses, empty) {
  redraw(box, summonses.length ? summonses.map((one) => summonsCard(one, refresh, buttons(one))) : [el("p", { class: "empty" }, empty)]);
  count(box.id, summonses.length);
}

function buttons(summons) {
  const may = (act) => summons.allowed.includes(act);
  const button = (act, words, click, kind = "") => (may(act) ? el("button", { type: "button", class: kind, data: { act }, on: { click } }, words) : null);
  const waiting = summons.calls.filter((call) => ["sent", "acknowledged"].includes(call.state));
  return [
    ...mutualParts(summons, refresh),
    button("code", _("Show the check-in code"), () => showCode(summons), "main big"),
    el("p", { class: "acts" },
      button("conclude", _("Conclude"), () => askConclude(summons, refresh)),
      button("reschedule", _("Another time or place"), () => askReschedule(summons, refresh)),
      button("cancel", _("Call it off"), () => askCancel(summons, refresh)),
      may("excuse") ? waiting.map((call) => el("button", { type: "button", data: { act: "excuse" }, on: { click: () => askExcuse(summons, call.department, refresh) } }, _("Excuse {unit}", { unit: called(call.department) }))) : null,
      el("a", { href: `/?item=${encodeURIComponent(summons.number)}` }, _("To the item"))),
  ];
}

/* The code of this minute, drawn anew when it changes; it leaves the screen with the dialog. */
async function showCode(summons) {
  const dialog = byId("code");
  clearTimeout(timer);
  showing = summons.id;
  let shown;
  try {
    shown = await get(`${summonsPath(summons)}/code`);
  } catch (failure) {
    say(refusal(failure));
    dialog.close();
    return;
  }
  if (showing !== summons.id) return; // closed, or another one's is wanted meanwhile
  const drawing = new DOMParser().parseFromString(shown.svg, "image/svg+xml").documentElement;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", _("QR code for check-in"));
  dialog.querySelector(".qr").replaceChildren(document.importNode(drawing, true));
  dialog.querySelector(".digits").textContent = `${shown.code.slice(0, 3)} ${shown.code.slice(3)}`;
  if (!dialog.open) dialog.showModal();
  timer = setTimeout(() => { if (dialog.open) showCode(summons); }, shown.seconds * 1000 + 300);
}

const again = soon(refresh, 200, 1000);
const itemsAgain = soon(() => { items(); duty(); }, 500, 2500);
const sweeps = soon(async () => count("sweeps", await townshipSweeps()), 400, 2000);
languageLink();
ticking();
byId("code").querySelector("button").addEventListener("click", () => byId("code").close());
byId("code").addEventListener("close", () => { showing = null; clearTimeout(timer); });
follow({ item: () => { itemsAgain(); sweeps(); }, summons: again, reset: () => { again(); itemsAgain(); }, joined: () => { refresh(); items(); duty(); sweeps(); }, edition: duty, notice: () => {} });
setInterval(() => { again(); itemsAgain(); }, 60000);
