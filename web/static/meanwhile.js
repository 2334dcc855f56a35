/* What others did to an item since the reader opened it, shown in the form that was refused for it. */
import { el } from "./dom.js";
import { when } from "./times.js";
import { called, nameOf, _ } from "./words.js";

/* `events` as the refusal of a stale version tells them: each with the text that was hashed. */
export function meanwhile(events) {
  const lines = events.map((event) => {
    const { action, at, actor } = JSON.parse(event.body);
    const who = [nameOf("roles", actor.role), actor.unit ? called(actor.unit) : ""].filter(Boolean).join(" ");
    return el("li", {}, el("b", {}, nameOf("actions", action)), ` ${[when(at), who].filter(Boolean).join(" · ")}`, event.words ? el("p", { class: "said" }, event.words) : null);
  });
  return [
    el("b", {}, _("The item has changed since you opened it:")), el("ul", { class: "meanwhile" }, lines),
    el("span", {}, _("Nothing of yours is lost. Press the button again if it still holds, or close and look.")),
  ];
}
