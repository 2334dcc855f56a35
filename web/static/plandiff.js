/* What is different from the live Edition: changes by kind, and the ground that changes hands, on the map as well. */
import { byId, el, say } from "./dom.js";
import { begin, jobLine } from "./planjobs.js";
import { drawGround, showCells } from "./planmap.js";
import { names, page, _ } from "./words.js";

const MOST = 40;
const LEVELS = ["township", "community", "grid"];
const card = byId("diff");
const [box, out, button] = [card.querySelector(".job"), card.querySelector(".out"), card.querySelector("[data-do=start]")];
const whole = new Intl.NumberFormat(page.language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 0 });

export const area = (m2) => (m2 >= 1e6 ? `${whole.format(m2 / 1e4)} ha` : `${whole.format(m2)} m²`);

export function diffs(draftNow, started) {
  button.addEventListener("click", async () => {
    const draft = draftNow();
    button.disabled = true;
    try {
      started(await begin(draft, "diff"));
    } catch (failure) {
      say(failure.message);
      button.disabled = false;
    }
  });
}

/* `live` is the Edition that is live now: a comparison with another one says so. */
export function drawDiff(job, live) {
  button.disabled = Boolean(job) && ["waiting", "running"].includes(job.state);
  const result = job && job.result;
  jobLine(box, job, result ? _("compared with Edition {n}", { n: result.edition }) : "");
  drawGround(result && !result.same ? result.ground : null);
  if (!result) return out.replaceChildren(...(job ? [] : [el("p", { class: "m" }, _("Shows which cells are new, gone, split, merged or moved, and whose ground and open items go to whom."))]));
  return out.replaceChildren(...[stale(result, live), ...(result.same ? [el("p", {}, _("Nothing is different."))] : drawn(result))].filter(Boolean));
}

export const stale = (result, live) => (result.edition === live ? null : el("p", { class: "doubt", role: "alert" }, _("Edition {live} is live now; this was done with Edition {n}. Do it again.", { live, n: result.edition })));

function drawn(result) {
  const counted = LEVELS.map((level) => [level, result.changes.filter((one) => one.level === level)]).filter(([, found]) => found.length);
  return [
    ...counted.map(([level, found]) => el("p", { class: "counts" }, el("b", {}, names.levels_of_areas[level]), " ", tally(found))),
    result.metadata.length ? el("p", { class: "m" }, result.metadata.map((one) => `${one.what}: ${one.was || "–"} → ${one.now || "–"}`).join("; ")) : null,
    el("ul", { class: "changes" }, result.changes.slice(0, MOST).map(change)),
    more(result.changes.length),
    el("h3", {}, _("Ground that changes hands")),
    pairs(result.pairs),
  ].filter(Boolean);
}

const tally = (found) => Object.entries(names.changes).map(([kind, words]) => [words, found.filter((one) => one.kind === kind).length]).filter(([, n]) => n).map(([words, n]) => `${words} ${n}`).join(" · ");
const more = (n) => (n > MOST ? el("p", { class: "m" }, _("and {n} more", { n: n - MOST })) : null);
const called = (list) => list.map((one) => `${one.name} (${one.code})`).join(", ");

function change(one) {
  const codes = [...one.before, ...one.after].map((each) => each.code);
  const words = { renamed: `${one.was} → ${one.now}`, reassigned: `${called(one.after)}: ${one.was || "–"} → ${one.now || "–"}` }[one.kind]
    || [called(one.before), called(one.after)].filter((side, n, all) => side && all.indexOf(side) === n).join(" → ");
  const sizes = one.kind === "renamed" ? "" : [one.gained_m2 ? `+${area(one.gained_m2)}` : "", one.lost_m2 ? `−${area(one.lost_m2)}` : ""].filter(Boolean).join(" ");
  return el("li", {}, el("button", { type: "button", data: { kind: one.kind }, on: { click: () => showCells(codes) } },
    el("span", { class: "tag new" }, names.changes[one.kind]), " ", words, sizes ? el("span", { class: "m num" }, ` ${sizes}`) : null));
}

function pairs(found) {
  const shown = found.filter((one) => one.level === "grid");
  if (!shown.length) return el("p", { class: "m" }, _("None."));
  const side = (one) => (one ? one.name : _("no cell"));
  const rows = shown.slice(0, MOST).map((one) => el("tr", {},
    el("td", {}, el("button", { type: "button", class: "link", on: { click: () => showCells([one.before, one.after].filter(Boolean).map((each) => each.code)) } }, _("{from} → {to}", { from: side(one.before), to: side(one.after) }))),
    el("td", { class: "num" }, area(one.m2)), el("td", { class: "num" }, one.items === null ? "–" : String(one.items))));
  return el("div", { class: "scrolls" }, el("table", {}, el("thead", {}, el("tr", {}, [_("From → to"), _("Size"), _("Open items")].map((words) => el("th", { scope: "col" }, words)))), el("tbody", {}, rows)), more(shown.length));
}
