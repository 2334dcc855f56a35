/* The bell: how much the account was told and has not read, live, and the list that opens under it. */
import { get, post } from "./api.js";
import { byId, el } from "./dom.js";
import { follow, hear, isFollowed } from "./live.js";
import { pageOf, sentence } from "./noticewords.js";
import { when } from "./times.js";
import { _ } from "./words.js";

const PAGE = 20;
const MOST_SHOWN = 99;
const box = byId("bell");
const [button, panel] = [box.querySelector("button"), byId("notices")];
const [list, readAll, older] = [panel.querySelector("ol"), panel.querySelector("[data-do=read]"), panel.querySelector("[data-do=older]")];
let [notices, unread, next, failure] = [[], 0, null, ""];

async function load(cursor = null) {
  try {
    const found = await get("/notices", { limit: PAGE, cursor });
    notices = cursor ? [...notices, ...found.notices] : found.notices;
    [unread, next, failure] = [found.unread, found.next, ""];
  } catch (refused) {
    failure = refused.message;
  }
  draw();
}

function draw() {
  const badge = button.querySelector("b");
  const count = unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread);
  badge.hidden = readAll.hidden = !unread;
  badge.textContent = unread ? count : "";
  button.setAttribute("aria-label", unread ? _("Notices, {n} unread", { n: count }) : _("Notices"));
  older.hidden = !next;
  if (panel.hidden) return;
  const focused = list.contains(document.activeElement) ? document.activeElement.closest("li").dataset.id : "";
  const lines = notices.length ? notices.map(line) : [el("li", {}, el("p", { class: "empty" }, failure || _("Nothing yet. What concerns you appears here by itself.")))];
  list.replaceChildren(...lines);
  const again = focused && list.querySelector(`[data-id="${focused}"] a`);
  if (again) again.focus();
}

function line(notice) {
  const parts = [sentence(notice), el("span", { class: "m num" }, [notice.number, when(notice.at)].filter(Boolean).join(" · "))];
  const address = pageOf(notice);
  const shown = address ? el("a", { href: address, on: { click: (event) => open(event, notice) } }, parts) : el("p", {}, parts);
  return el("li", { class: notice.read ? "" : "unread", data: { id: notice.id, kind: notice.kind } }, shown);
}

/* A page that shows the item itself is not left for it. */
async function open(event, notice) {
  const { href, pathname } = event.currentTarget;
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
  if (!elsewhere) event.preventDefault();
  if (!notice.read) await read({ ids: [notice.id] }, (one) => one.id === notice.id);
  if (elsewhere) return;
  const taken = pathname === location.pathname && !document.dispatchEvent(new CustomEvent("open-item", { detail: notice.number, cancelable: true }));
  if (taken) close();
  else location.assign(href);
}

async function read(which, chosen) {
  const before = notices;
  notices = notices.map((one) => (chosen(one) ? { ...one, read: true } : one));
  try {
    unread = (await post("/notices/read", which)).unread;
  } catch (refused) {
    [notices, failure] = [before, refused.message];
  }
  draw();
}

function told(notice) {
  if (notices.some((one) => one.id === notice.id)) return;
  notices = [{ ...notice, read: false }, ...notices];
  unread += 1;
  draw();
}

function show() {
  panel.hidden = false;
  button.setAttribute("aria-expanded", "true");
  draw();
  panel.focus();
}

function close({ back = false } = {}) {
  if (panel.hidden) return;
  panel.hidden = true;
  button.setAttribute("aria-expanded", "false");
  if (back) button.focus();
}

button.addEventListener("click", () => (panel.hidden ? show() : close({ back: true })));
readAll.addEventListener("click", () => { panel.focus(); read({ to: notices[0].id }, () => true); });
older.addEventListener("click", () => load(next));
box.addEventListener("keydown", (event) => {
  if (panel.hidden) return;
  event.stopPropagation(); // the page's own keys rest while the list is open
  if (event.key === "Escape") close({ back: true });
});
document.addEventListener("click", (event) => { if (!box.contains(event.target)) close(); });
document.addEventListener("focusin", (event) => { if (!box.contains(event.target)) close(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });

hear({ notice: told, joined: () => load(), reset: () => load() });
window.addEventListener("load", () => { if (!isFollowed()) follow({}); });
