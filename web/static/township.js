/* The township's page: its open summonses live, the check-in code as a QR, and how each ends. */
import { get } from "./api.js";
import { byId, el, say, soon } from "./dom.js";
import { follow } from "./live.js";
import { languageLink } from "./panes.js";
import { askCancel, askConclude, askExcuse, askReschedule } from "./summonsasks.js";
import { mutualParts } from "./mutual.js";
import { refusal, summonsCard, summonsPath } from "./summonscard.js";
import { townshipSweeps } from "./sweeps.js";
import { called, page, _ } from "./words.js";

let timer = null;

async function refresh() {
  try {
    const [open, over] = await Promise.all([
      get("/summonses", { state: "open", township: page.account.unit }),
      get("/summonses", { state: "concluded", township: page.account.unit, limit: 20 }),
    ]);
    draw(byId("open"), open.summonses, _("No open summons. Open an item on the map and call the units you need to the spot."));
    draw(byId("over"), over.summonses, _("What was concluded appears here with its plan and tasks."));
  } catch (failure) {
    if (!byId("open").children.length) byId("open").replaceChildren(el("p", { class: "empty" }, failure.message));
  }
}

function draw(box, summonses, empty) {
  box.replaceChildren(...(summonses.length ? summonses.map((one) => summonsCard(one, refresh, buttons(one))) : [el("p", { class: "empty" }, empty)]));
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
  let shown;
  try {
    shown = await get(`${summonsPath(summons)}/code`);
  } catch (failure) {
    say(refusal(failure));
    dialog.close();
    return;
  }
  const drawing = new DOMParser().parseFromString(shown.svg, "image/svg+xml").documentElement;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", _("QR code for check-in"));
  dialog.querySelector(".qr").replaceChildren(document.importNode(drawing, true));
  dialog.querySelector(".digits").textContent = `${shown.code.slice(0, 3)} ${shown.code.slice(3)}`;
  if (!dialog.open) dialog.showModal();
  timer = setTimeout(() => { if (dialog.open) showCode(summons); }, shown.seconds * 1000 + 300);
}

const again = soon(refresh, 200, 1000);
const sweeps = soon(townshipSweeps, 400, 2000);
languageLink();
byId("code").querySelector("button").addEventListener("click", () => byId("code").close());
follow({ item: sweeps, summons: again, reset: again, joined: () => { refresh(); townshipSweeps(); }, edition: () => {}, notice: () => {} });
setInterval(again, 60000);
