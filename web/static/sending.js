/* Photographs on their way. Each keeps one Idempotency-Key for all its attempts: however often it is sent, it is one. */
import { onceWord, upload } from "./api.js";
import { el, say } from "./dom.js";
import { nameOf, _ } from "./words.js";

const MOST_BYTES = 15 * 1024 * 1024;
const waiting = [];
const listeners = new Set();
const input = el("input", { type: "file", hidden: true, "aria-hidden": "true", tabindex: -1 });
document.body.append(input);

/* Lets the reader take (`camera`) or choose a picture and sends it. The one input outlives every redrawing of the page. */
export function addPhoto(number, stage, camera, done) {
  input.accept = camera ? "image/*" : "image/jpeg,image/png,image/webp";
  if (camera) input.setAttribute("capture", "environment");
  else input.removeAttribute("capture");
  input.value = "";
  input.onchange = () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > MOST_BYTES) say(_("The picture is larger than 15 MiB. Choose a smaller one."));
    else start({ number, stage, file, done, key: onceWord() });
  };
  input.click();
}

function start(one) {
  waiting.push(one);
  send(one);
}

async function send(one) {
  Object.assign(one, { share: 0, failure: null });
  tell();
  const form = new FormData();
  form.append("stage", one.stage);
  form.append("photo", one.file, one.file.name || "photo.jpg");
  try {
    const path = `/items/${encodeURIComponent(one.number)}/photos`;
    await upload(path, form, { "Idempotency-Key": one.key }, (share) => { one.share = share; tell(); });
    drop(one);
    say(_("{number}: the photograph is stored.", { number: one.number }));
    one.done();
  } catch (failure) {
    one.failure = failure;
    tell();
  }
}

function drop(one) {
  waiting.splice(waiting.indexOf(one), 1);
  tell();
}

const tell = () => { for (const listener of listeners) listener(); };
const mayHelp = (failure) => failure.status === 0 || failure.status >= 500 || failure.status === 429;

/* What of an item is not stored yet, as a list that keeps itself up to date while it is on the page. */
export function waitingList(number) {
  const list = el("ul", { class: "waiting" });
  let shown = "";
  let seen = false;
  const draw = () => {
    seen = seen || list.isConnected;
    if (seen && !list.isConnected) { listeners.delete(draw); return; }
    const mine = waiting.filter((one) => one.number === number);
    const now = JSON.stringify(mine.map((one) => [one.key, Boolean(one.failure)]));
    if (now !== shown) list.replaceChildren(...mine.map(line));
    else for (const [index, one] of mine.entries()) { const bar = list.children[index].querySelector("progress"); if (bar) bar.value = one.share; }
    shown = now;
  };
  listeners.add(draw);
  draw();
  return list;
}

function line(one) {
  const told = [nameOf("photo_stages", one.stage), one.failure ? _("Not sent yet") : _("Sending")].join(" · ");
  if (!one.failure) return el("li", {}, el("span", {}, told), el("progress", { max: 1, value: one.share, "aria-label": told }));
  const again = el("button", { type: "button", class: "main", data: { do: "again" }, on: { click: () => send(one) } }, _("Send again"));
  const away = el("button", { type: "button", data: { do: "discard" }, on: { click: () => drop(one) } }, _("Discard"));
  return el("li", { class: "failed", role: "alert" },
    el("span", {}, el("b", {}, told), ` ${one.failure.message}`),
    el("span", { class: "both" }, mayHelp(one.failure) ? again : null, away));
}

window.addEventListener("online", () => { for (const one of [...waiting]) if (one.failure && mayHelp(one.failure)) send(one); });
window.addEventListener("beforeunload", (event) => { if (waiting.length) event.preventDefault(); });
