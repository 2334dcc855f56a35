/* Supervision orders: how one is shown, and the forms by which the supervisor opens and closes and the unit answers. */
import { onceWord, post } from "./api.js";
import { form, text, until } from "./asks.js";
import { el, say } from "./dom.js";
import { left, span, when } from "./times.js";
import { called, nameOf, names, unitName, _ } from "./words.js";

const GROUPS = { open: "new", answered: "work", closed: "off" };

/* The orders of the chosen item, on its card; null where there is none. */
export function itemOrders(item, after) {
  if (!(item.orders || []).length) return null;
  return el("section", { class: "item-orders", "aria-label": _("Supervision orders") }, [...item.orders].reverse().map((one) => orderCard(one, after)));
}

/* One order; `head` are nodes that say what it is about, where the page does not. */
export function orderCard(order, after, head = []) {
  const rest = left({ due_at: order.until });
  const waits = order.state === "open";
  return el("article", { class: "task order-box", data: { order: order.id } },
    el("p", { class: "top" },
      el("span", {}, el("span", { class: `tag ${GROUPS[order.state]}` }, names.orders[order.state]), " ", el("b", {}, unitName(order))),
      waits ? el("span", { class: `clock num ${rest.state}` }, rest.text) : null),
    head,
    el("p", { class: "said" }, why(order)),
    el("p", { class: "m num" }, history(order)),
    order.answer ? said(_("Answer"), order.answer, order.answered_at, tardy(order)) : null,
    order.closing ? said(_("Closed"), order.closing, order.closed_at) : null,
    el("p", { class: "acts" },
      button(order, "answer", _("Answer the order"), _("Answer"), after),
      button(order, "close", _("Close the order"), _("What was found"), after)));
}

/* Why it was opened: in the supervisor's words, or by which deadline where the ladder opened it. */
function why(order) {
  const stage = order.by === "escalator" && order.reason.startsWith("late:") ? order.reason.slice(5) : "";
  return stage ? _("The deadline for {stage} was missed, and nobody acted on the reminders.", { stage: nameOf("stages", stage) }) : order.reason;
}

function history(order) {
  const opened = _("opened {at}, to be answered by {until}", { at: when(order.opened_at), until: when(order.until) });
  return [opened, order.by === "escalator" ? _("opened by itself, up the ladder") : ""].filter(Boolean).join(" · ");
}

const tardy = (order) => {
  const late = new Date(order.answered_at) - new Date(order.until);
  return late > 0 ? _("{span} late", { span: span(late) }) : "";
};

const said = (title, words, at, mark = "") => el("p", { class: "said" }, el("b", {}, title), ` ${words} `,
  el("span", { class: `m num ${mark ? "late" : ""}` }, [when(at), mark].filter(Boolean).join(" · ")));

function button(order, act, title, label, after) {
  if (!order.allowed.includes(act)) return null;
  const ask = () => form(title, [text("text", label)], async (values) => {
    after(await post(`/orders/${encodeURIComponent(order.id)}/${act}`, values));
    say(act === "answer" ? _("The supervisor is told of the answer.") : _("The unit is told that the order is closed."));
  });
  return el("button", { type: "button", data: { act: `order-${act}` }, on: { click: ask } }, title);
}

/* The supervisor opens one. */
export function askOrder(item, after) {
  const main = (item.handlers || []).find((one) => one.role === "main");
  const once = onceWord();  // sent again after a lost answer it opens no second one
  form(_("Order {unit} to answer", { unit: main ? unitName(main) : called(item.lead.code) }), [until(), text("reason", _("Reason"))], async (values) => {
    after(await post(`/items/${encodeURIComponent(item.number)}/orders`, values, { "Idempotency-Key": once }));
    say(_("The unit and its leaders are told of the order."));
  });
}
