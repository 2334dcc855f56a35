/* The supervisor's page: orders that are not closed, items that are contested, what is late and why. */
import { get } from "./api.js";
import { byId, el, soon } from "./dom.js";
import { follow } from "./live.js";
import { urgencyTag } from "./marks.js";
import { showObjections } from "./objections.js";
import { askOrder, orderCard } from "./orders.js";
import { languageLink } from "./panes.js";
import { span, when } from "./times.js";
import { leadName, nameOf, names, page, unitName, _ } from "./words.js";

const MOST = 200;
const SHOWN = 40;
const supervises = page.account.role === "supervisor";

const link = (number) => el("a", { class: "m num", href: `/?item=${encodeURIComponent(number)}` }, number);

async function refresh() {
  await Promise.all([
    fill("orders", "/orders", { state: "unclosed", limit: MOST }, ({ orders }) => orders.map(order), _("No supervision order is open.")),
    fill("contested", "/items", { queue: "dissatisfied", limit: MOST }, ({ items }) => items.map(contested), _("Nothing is contested. What a citizen is dissatisfied with a second time waits here.")),
    fill("late", "/items", { queue: "late", limit: MOST }, lates, _("Nothing is late.")),
  ]);
}

async function fill(id, path, query, cards, empty) {
  const box = byId(id);
  try {
    const drawn = cards(await get(path, query));
    box.replaceChildren(...(drawn.length ? drawn : [el("p", { class: "empty" }, empty)]));
  } catch (failure) {
    if (!box.children.length) box.replaceChildren(el("p", { class: "empty" }, failure.message));
  }
}

const order = (one) => orderCard(one, refresh, [el("p", { class: "m" }, link(one.number), ` ${nameOf("categories", one.category)} · ${nameOf("statuses", one.status)}`)]);

function contested(item) {
  const last = (item.ratings || []).at(-1);
  return card(item, [
    el("p", { class: "m num" }, _("contested since {at}", { at: when(item.contested_at) })),
    last ? el("p", { class: "said" }, [names.levels[last.level], last.comment].filter(Boolean).join(" · ")) : null,
  ]);
}

/* Those that wait longest; that there are more is told. */
function lates({ items, next }) {
  const sorted = items.map((item) => [item, missed(item)]).filter(([, late]) => late.length)
    .sort(([, a], [, b]) => new Date(a[0].due_at) - new Date(b[0].due_at));
  const all = `${sorted.length}${next ? "+" : ""}`;
  const more = sorted.length > SHOWN || next ? [el("p", { class: "empty" }, _("{all} are late; these {n} wait longest.", { all, n: Math.min(SHOWN, sorted.length) }))] : [];
  return [...more, ...sorted.slice(0, SHOWN).map(([item, late]) => card(item, [
    el("ul", { class: "missed" }, late.map((clock) => el("li", {}, `${nameOf("stages", clock.stage)} `, el("b", { class: "late num" }, _("{span} late", { span: span(Date.now() - new Date(clock.due_at)) }))))),
    el("p", { class: "said" }, reasons(item).join(" · ")),
  ]))];
}

const missed = (item) => (item.deadlines || []).filter((one) => one.state === "running" && new Date(one.due_at) < Date.now())
  .sort((a, b) => new Date(a.due_at) - new Date(b.due_at));

/* Why it waits, as far as the item itself says. */
function reasons(item) {
  const main = (item.handlers || []).find((one) => one.role === "main");
  const asked = (item.requests || []).filter((one) => !one.decision);
  const found = item.resolution || {};
  return [
    !found.township && found.reason ? _("waits for its place: {reason}", { reason: nameOf("reasons", found.reason) }) : "",
    main && main.state === "assigned" ? _("{unit} has not accepted it", { unit: unitName(main) }) : main ? _("with {unit}", { unit: unitName(main) }) : _("with {unit}", { unit: leadName(item.lead) }),
    ...asked.map((one) => _("a request waits for its decision: {request}", { request: nameOf("requests", one.kind) })),
    item.status === "settled" ? _("settled, waits for verification or answer") : "",
    item.status === "verified" ? _("verified, waits for the answer") : "",
    item.rework ? _("sent back to work {n} times", { n: item.rework }) : "",
    (item.orders || []).some((one) => one.state !== "closed") ? _("a supervision order stands") : "",
  ].filter(Boolean);
}

function card(item, inside) {
  const may = supervises && (item.allowed || []).includes("escalate");
  return el("article", { class: "task order-box", data: { number: item.number } },
    el("p", { class: "top" }, el("span", {}, urgencyTag(item.urgency), " ", link(item.number)), el("span", { class: "m" }, nameOf("statuses", item.status))),
    el("h2", {}, nameOf("categories", item.category)),
    el("p", { class: "m" }, leadName(item.lead)),
    inside,
    may ? el("p", { class: "acts" }, el("button", { type: "button", data: { act: "escalate" }, on: { click: () => askOrder(item, refresh) } }, _("Open a supervision order"))) : null);
}

const again = soon(refresh, 1000, 5000);
languageLink();
follow({ item: again, summons: soon(showObjections, 300, 2000), reset: again, joined: () => { refresh(); showObjections(); }, edition: () => {}, notice: () => {} });
setInterval(again, 60000);
