/* Publishing a draft: over the Edition that was looked at, for a typed reason, now or at an instant. */
import { post } from "./api.js";
import { byId, el, say } from "./dom.js";
import { terms } from "./planterms.js";
import { moment } from "./times.js";
import { _ } from "./words.js";

const card = byId("publish");
const form = card.querySelector("form");
const [button, why, fault, at] = [form.querySelector("button"), form.querySelector(".why"), form.querySelector(".fault"), form.elements.at];
const news = el("div", { class: "doubt", role: "alert", hidden: true });
let [draft, told, seen, blocked, asked, done] = [null, null, null, "", 0, () => {}];
byId("publish-over").after(news);

/* `ready` is null, or says why the draft cannot be published yet. */
export function drawPublish(one, ready, published) {
  if (!draft || !one || draft.id !== one.id) {
    form.reset();
    at.disabled = true;
    complain("");
    seen = null;
  }
  [draft, done, blocked] = [one, published, ready || ""];
  card.hidden = !one;
  if (!one) return;
  allow();
  if (!ready) foretell();
}

/* The button works when nothing is in the way, and the Edition that it would follow is the one that was looked at. */
function allow() {
  const other = Boolean(told && seen !== null && told.expect !== seen);
  news.hidden = !other;
  button.disabled = Boolean(blocked) || other;
  why.textContent = blocked;
  if (!other) return;
  const looked = el("button", { type: "button", data: { do: "looked" }, on: { click: () => { seen = told.expect; allow(); button.focus(); } } }, _("I have looked at it: go on"));
  news.replaceChildren(el("p", {}, _("Edition {live} is what it would follow now; you looked at Edition {n}. See in the list who made it and why, then compare and rehearse again.", { live: told.expect, n: seen })), looked);
}

/* Which Edition it would follow, and what it would do: asked anew whenever when or how changes (`chosen` by the reader), or
   boundaries do. What the reader has not seen is never published over. */
async function foretell(chosen = false) {
  const mine = ++asked;
  if (!draft) return;
  try {
    const found = await terms(`/plan/drafts/${draft.id}/terms`, { at: instant(), move: form.elements.move.value });
    if (mine !== asked) return;
    told = found;
    if (chosen || seen === null) seen = found.expect;
    allow();
    const follows = _("It follows Edition {n}: if another one is live by then, nothing happens and you are told.", { n: told.expect });
    byId("publish-over").textContent = `${follows} ${told.words}`;
  } catch (failure) {
    if (mine === asked) { told = null; byId("publish-over").textContent = failure.message; }
  }
}

const instant = () => (form.elements.when.value === "later" ? at.value : "");

form.addEventListener("change", ({ target }) => {
  if (target.name === "when") {
    at.disabled = target.value === "now";
    button.textContent = target.value === "now" ? _("Publish") : _("Plan it");
    if (!at.disabled) at.focus();
  }
  if (["when", "at", "move"].includes(target.name)) foretell(target.name !== "move");
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const { when, reason, move } = form.elements;
  if (reason.value.trim().length < 2) return complain(_("Say why, in a few words."), reason);
  if (when.value === "later" && !at.value) return complain(_("Name the day and the time."), at);
  if (!told) return complain(_("It is not known yet what publishing would do. Wait a moment, then try again."));
  button.disabled = true;
  const following = seen;
  why.textContent = when.value === "later" ? "" : _("Publishing… every server gets ready first.");
  try {
    const made = await post(`/plan/drafts/${draft.id}/publish`, { reason: reason.value, expect: following, at: instant() || null, move: move.value || null });
    say(made.live_from ? _("Edition {n} goes live at {at}.", { n: made.edition, at: moment(at.value) }) : _("Edition {n} is live.", { n: made.edition }));
    form.reset();
    at.disabled = true;
    button.textContent = _("Publish");
    [seen, told] = [null, null];
    done();
  } catch (failure) {
    complain(failure.code === "edition-changed" ? _("Another Edition is live than the one you looked at. Nothing was published. See in the list what changed, compare and rehearse again, then publish.") : failure.message);
    if (failure.code === "edition-changed") done();
  } finally {
    allow();
  }
  return null;
});

function complain(words, field = null) {
  [fault.textContent, fault.hidden] = [words, !words];
  if (field) field.focus();
}
