/* Who has which item open just now: a sign on rows and card, never a lock. */
import { onceWord, post } from "./api.js";
import { byId, el } from "./dom.js";
import { page, nameOf, _ } from "./words.js";

const EVERY_MS = 8000;
const TELLS = ["dispatcher", "officer", "supervisor"];
const seat = onceWord();
let others = new Map(); // number -> who
let current = () => "";

/* `open()` gives the number that this screen has open. Returns what tells the service at once. */
export function presence(open) {
  if (!TELLS.includes(page.account.role)) return () => {};
  current = open;
  setInterval(() => { if (!document.hidden) tell(); }, EVERY_MS);
  document.addEventListener("visibilitychange", tell);
  document.addEventListener("rows-drawn", mark);
  return tell;
}

async function tell() {
  const number = document.hidden ? null : current() || null;
  const answer = await post("/presence", { seat, number }).catch(() => null);
  if (!answer) return; // the sign at the top says when the connection is lost
  others = new Map();
  for (const one of answer.looking) others.set(one.number, [...(others.get(one.number) || []), one]);
  mark();
}

const who = (one) => (one.own ? _("you, on another screen") : `${one.name} (${nameOf("roles", one.role)})`);

/* On a row there is room for one name. */
function short(here) {
  const first = here[0].own ? _("you") : here[0].name;
  return here.length > 1 ? `${first} +${here.length - 1}` : first;
}

function mark() {
  for (const row of byId("rows").querySelectorAll(".row[data-number]")) {
    const [here, old] = [others.get(row.dataset.number), row.querySelector(".looking")];
    if (old) old.remove();
    const words = here && here.map(who).join(", ");
    if (here) row.querySelector(".head").append(" ", el("span", { class: "looking", title: _("Open at {who}", { who: words }) }, "● ", short(here)));
  }
  const sign = byId("looking");
  const here = others.get(current()) || [];
  const words = here.length ? _("Also open at {who}", { who: here.map(who).join(", ") }) : "";
  if (sign.textContent !== words) sign.textContent = words;
  sign.hidden = !words;
}
