/* Editions on a line of time, the newest first: planned ones, the live one, and those before. */
import { post } from "./api.js";
import { form, text } from "./asks.js";
import { byId, el, say } from "./dom.js";
import { span, when } from "./times.js";
import { names, page, _ } from "./words.js";
import { look, view } from "./planview.js";
import { terms } from "./planterms.js";

const TAGS = { live: "done", past: "off", waiting: "work", cancelled: "off", refused: "late", unused: "off" };
const STEP = 12;
let most = STEP;
const FORMATS = { gpkg: "GeoPackage", geojson: "GeoJSON" };
const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const full = new Intl.DateTimeFormat(tag, { timeZone: page.zone, dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
const day = (iso) => full.format(new Date(iso));

export function drawTimeline(editions, changed) {
  const planned = editions.filter((one) => one.state === "waiting").sort((a, b) => b.planned_for.localeCompare(a.planned_for));
  const others = editions.filter((one) => one.state !== "waiting").sort((a, b) => Number(b.live) - Number(a.live) || b.id - a.id);
  const all = [...planned, ...others];
  const more = el("li", {}, el("button", { type: "button", on: { click: () => { most += STEP; drawTimeline(editions, changed); } } }, _("Show {n} more", { n: Math.min(STEP, all.length - most) })));
  const focused = document.activeElement && document.activeElement.closest("#timeline .edition");
  const act = focused && document.activeElement.dataset.do;
  byId("timeline").replaceChildren(...all.slice(0, most).map((one) => line(one, editions, changed)), ...(all.length > most ? [more] : []));
  const again = act && byId("timeline").querySelector(`[data-edition="${focused.dataset.edition}"] [data-do=${act}]`);
  if (again) again.focus();
}

function line(one, editions, changed) {
  return el("li", { class: `edition is-${one.state}`, data: { edition: one.id } },
    el("p", { class: "top" }, el("b", {}, _("Edition {n}", { n: one.id })), el("span", { class: `tag ${TAGS[one.state]}` }, names.edition_states[one.state])),
    el("p", { class: "said" }, one.reason || (one.again ? "" : _("no reason given"))),
    one.again ? el("p", { class: "m" }, _("Edition {n} once more", { n: one.again })) : null,
    el("p", { class: "m num" }, times(one)),
    done(one) ? el("p", { class: "m num" }, done(one)) : null,
    el("p", { class: "acts" },
      el("button", { type: "button", "aria-pressed": String(view.edition === String(one.id)), data: { do: "show" }, on: { click: () => look({ edition: view.edition === String(one.id) ? "" : String(one.id), draft: "", fault: "" }, true) } }, _("On the map")),
      one.state === "waiting" ? el("button", { type: "button", data: { do: "cancel" }, on: { click: () => callOff(one, changed) } }, _("Call off")) : null,
      ["past", "cancelled", "refused"].includes(one.state) ? el("button", { type: "button", data: { do: "rollback" }, on: { click: () => rollBack(one, editions, changed) } }, _("Publish again")) : null,
      exports(one)));
}

function times(one) {
  const who = one.published_by;
  if (one.state === "waiting") return _("{who} · goes live {at}, in {span}", { who, at: day(one.planned_for), span: span(new Date(one.planned_for) - Date.now()) });
  if (one.state === "cancelled") return _("{who} · called off by {by}, {at}", { who, by: one.ended_by || "", at: one.ended_at ? day(one.ended_at) : "" });
  if (one.state === "refused") return _("{who} · another Edition was live at {at}", { who, at: one.planned_for ? day(one.planned_for) : "" });
  if (!one.live_from.length) return _("{who} · prepared {at}", { who, at: day(one.published_at) });
  return _("{who} · live since {at}", { who, at: day(one.live_from.at(-1)) });
}

function done(one) {
  if (one.moved === null || one.moved === undefined) return "";
  return one.kept ? _("{n} open items moved, {m} in work kept their lead", { n: one.moved, m: one.kept }) : _("{n} open items moved", { n: one.moved });
}

const exports = (one) => el("span", { class: "exports" }, _("Export"), " ",
  Object.entries(FORMATS).flatMap(([format, words]) => [el("a", { href: `/api/v1/plan/editions/${one.id}/export?format=${format}`, download: "" }, words), " "]));

function callOff(one, changed) {
  const words = el("p", {}, _("Edition {n} does not go live at {at}. It stays in the list and can be published again.", { n: one.id, at: when(one.planned_for) }));
  form(_("Call off"), [{ node: words, read: () => ({}) }], async () => {
    await post(`/plan/editions/${one.id}/cancel`, {});
    say(_("Edition {n} is called off.", { n: one.id }));
    changed();
  });
}

/* An earlier Edition as a new one, over the Edition that is live now; what it would do is asked first. */
async function rollBack(one, editions, changed) {
  const live = editions.find((other) => other.live);
  let told;
  try {
    told = await terms(`/plan/editions/${one.id}/terms`);
  } catch (failure) {
    say(failure.message);
    return;
  }
  const words = el("p", {}, _("The boundaries of Edition {n} become a new Edition, in place of Edition {live}. {what}", { n: one.id, live: live ? live.id : "–", what: told.words }));
  form(_("Publish again"), [{ node: words, read: () => ({}) }, text("reason", _("Why (everybody reads it in the list of Editions)"))], async ({ reason }) => {
    const made = await post(`/plan/editions/${one.id}/rollback`, { reason, expect: told.expect });
    say(_("Edition {n} is live.", { n: made.edition }));
    changed();
  });
}
