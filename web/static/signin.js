/* A session that has ended in the middle of work: signing in again in place, so that nothing typed is lost. */
import { el } from "./dom.js";
import { page, _ } from "./words.js";

const LOOK_MS = 2000;
let asking = null;

/* True once the same account is signed in again and this page has its new token; false where the reader gives up. */
export async function signInAgain() {
  if (!page.account || page.account.role === "worker") return false; // nobody signs in here; what a worker does waits in the phone
  asking = asking || ask().finally(() => { asking = null; });
  return asking;
}

/* The token of the present session into the page: "same" account as this page's, "other", or "nobody" is signed in. */
export async function renew() {
  if (!page.account) return "nobody";
  const answer = await fetch("/api/v1/me", { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) return "nobody";
  const me = await answer.json();
  if (me.name !== page.account.name) return "other";
  const token = document.querySelector('meta[name="csrf-token"]');
  if (token) token.content = me.csrf_token;
  return "same";
}

function ask() {
  return new Promise((resolve) => {
    const fault = el("p", { class: "fault", role: "alert", hidden: true });
    const name = el("input", { name: "name", value: page.account.name, autocomplete: "username", readonly: true });
    const password = el("input", { name: "password", type: "password", autocomplete: "current-password", maxlength: 1024, required: true });
    const form = el("form", { method: "dialog" },
      el("h2", { id: "again-title" }, _("You are signed out")),
      el("p", {}, _("Nothing you typed is lost. Sign in again and it is sent.")),
      el("label", {}, _("Name"), name), el("label", {}, _("Password"), password), fault,
      el("p", {}, el("a", { href: "/login", target: "_blank", rel: "noopener" }, _("Sign in in a new tab"))),
      el("footer", {}, el("button", { type: "button", data: { do: "later" } }, _("Not now")), el("button", { type: "submit", class: "main" }, _("Sign in"))));
    const dialog = el("dialog", { class: "again", "aria-labelledby": "again-title" }, form);
    const say = (text) => { fault.textContent = text; fault.hidden = !text; };
    const look = async () => {
      const who = await renew().catch(() => "nobody");
      if (who === "same") done(true);
      if (who === "other") say(_("Somebody else is signed in now. Sign in as {name}, or load the page again.", { name: page.account.name }));
      return who;
    };
    const timer = setInterval(look, LOOK_MS);
    const done = (is) => {
      clearInterval(timer);
      if (dialog.open) dialog.close();
      dialog.remove();
      resolve(is);
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say("");
      const refused = await enter(new URLSearchParams({ name: name.value, password: password.value })).catch(() => _("The service cannot be reached. What you wrote is still here; try again."));
      if (refused) { say(refused); password.select(); } else await look();
    });
    dialog.querySelector("[data-do=later]").addEventListener("click", () => done(false));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); done(false); });
    document.body.append(dialog);
    dialog.showModal();
    password.focus();
  });
}

/* A sentence where it is refused, "" where it went well (a redirect, which fetch does not show). */
async function enter(body) {
  const answer = await fetch("/login", { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { Accept: "application/json" } });
  if (answer.type === "opaqueredirect" || answer.ok) return "";
  if (answer.status === 429) return _("Too many attempts. Wait a few minutes, then try again.");
  return _("This name and password do not belong together. Check both, then try again.");
}
