/* The summonses of the chosen item, on its card; the officer of the lead calls from here. */
import { get } from "./api.js";
import { el } from "./dom.js";
import { askSummon } from "./summonsasks.js";
import { summonsCard } from "./summonscard.js";
import { page, _ } from "./words.js";

const OPEN = ["received", "dispatched", "accepted", "settled", "verified", "suspended"];

/* A box that fills itself; empty where there is nothing to show or do. `pick` lets a meeting place be picked. */
export function itemSummonses(item, pick = null) {
  const box = el("section", { class: "item-summonses", "aria-label": _("Summonses") });
  fill(box, item, pick);
  return box;
}

async function fill(box, item, pick) {
  const again = () => fill(box, item, pick);
  const { summonses = [] } = await get("/summonses", { number: item.number }).catch(() => ({}));
  const leads = page.account.role === "officer" && item.lead && item.lead.kind === "township" && item.lead.code === page.account.unit;
  const call = leads && OPEN.includes(item.status)
    ? el("button", { type: "button", class: "summon", data: { act: "summon" }, on: { click: () => askSummon(item, again, pick) } }, _("Call units to the spot")) : null;
  const link = leads && summonses.length ? el("a", { href: "/township" }, _("Code, conclude, reschedule"))
    : summonses.some((one) => one.allowed.length) ? el("a", { href: "/department" }, _("Acknowledge, check in")) : null;
  box.replaceChildren(...[...summonses.map((one) => summonsCard(one, again)), call, link].filter(Boolean));
}
