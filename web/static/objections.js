/* The supervisor's panel of objections to mutual ratings: what was rated, why the unit objects, and the ruling. */
import { form } from "./asks.js";
import { get, post } from "./api.js";
import { byId, el, say } from "./dom.js";
import { levels, written } from "./mutual.js";
import { span, when } from "./times.js";
import { names, _ } from "./words.js";

/* Fills the panel; does nothing on a page that has none. */
export async function showObjections() {
  const box = byId("objections");
  if (!box) return;
  try {
    const { objections } = await get("/objections", { limit: 50 });
    box.replaceChildren(...(objections.length ? objections.map(card) : [el("p", { class: "empty" }, _("No objection. When a unit objects to a rating, it waits here for your ruling."))]));
  } catch (failure) {
    if (!box.children.length) box.replaceChildren(el("p", { class: "empty" }, failure.message));
  }
}

function card(one) {
  const side = one.by === one.township ? "township" : "department";
  const call = [names.calls[one.call.state], one.call.late_by_s ? _("{span} late", { span: span(one.call.late_by_s * 1000) }) : ""].filter(Boolean).join(" · ");
  return el("article", { class: "task summons-box", data: { objection: String(one.id) } },
    el("p", { class: "top" }, el("span", { class: `tag ${one.state === "open" ? "work" : "done"}` }, names.objections[one.state]), el("a", { class: "m num", href: `/?item=${encodeURIComponent(one.number)}` }, one.number)),
    el("h2", {}, _("{by} on {about}", { by: one.by_name, about: one.about_name })),
    el("p", { class: "m num" }, [when(one.meet_at), one.place, call].filter(Boolean).join(" · ")),
    levels(side, one.criteria),
    one.rated ? el("p", { class: "said" }, one.rated) : null,
    el("p", { class: "said" }, el("b", {}, _("Objection")), ` ${one.reason} `, el("span", { class: "m num" }, when(one.filed_at))),
    one.ruling ? el("p", { class: "said" }, el("b", {}, _("Ruling")), ` ${one.ruling}`) : null,
    one.state === "open" ? el("p", { class: "acts" }, el("button", { type: "button", class: "main", data: { act: "rule" }, on: { click: () => askRuling(one) } }, _("Rule"))) : null);
}

/* A ruling is never taken for granted. */
function decided(value) {
  if (!value) throw new Error(_("Choose a decision first."));
  return value === "yes";
}

function askRuling(one) {
  const select = el("select", { name: "grant" }, el("option", { value: "" }, _("Decide")), el("option", { value: "no" }, _("Refuse: the rating stands")), el("option", { value: "yes" }, _("Grant: the rating does not count")));
  const reason = el("textarea", { name: "reason", rows: 4, required: true, maxlength: 4000 });
  const fields = [
    { node: el("label", {}, _("Decision"), select), read: () => ({ grant: decided(select.value) }) },
    { node: el("label", {}, _("Reason"), reason), read: () => ({ reason: written(reason.value) }) },
  ];
  form(_("Rule"), fields, async (values) => {
    await post(`/objections/${one.id}/ruling`, values);
    say(_("Both units are told of your ruling."));
    await showObjections();
  });
}

showObjections();
setInterval(showObjections, 60000);
