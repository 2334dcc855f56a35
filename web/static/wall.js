/* The screen for the wall: map, summonses with their countdown, the day's figures, the newest items. It mends itself: what
   the stream misses is asked anew, new boundaries load the page again, and it says when it is not live. */
import { get } from "./api.js";
import { banner, byId, el, soon } from "./dom.js";
import { follow } from "./live.js";
import * as chart from "./mapview.js";
import { summonses as pins } from "./summonsmap.js";
import { span, until } from "./times.js";
import { called, nameOf, page, _ } from "./words.js";

const [SHOWN_ITEMS, SHOWN_SUMMONSES] = [12, 4];
const [FIGURES_MS, SECOND_MS, LOOK_MS] = [60000, 1000, 10000];
const LONG_DAYS = 30;
const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const clock = new Intl.DateTimeFormat(tag, { timeZone: page.zone, month: "short", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit" });
const percent = new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 0 });
const whole = new Intl.NumberFormat(tag);
const dayMs = 86400000;
let known = null;
let open = [];

const put = (figure, text) => { document.querySelector(`[data-figure=${figure}]`).textContent = text; };
const figureOf = (answer, name) => answer.figures.find((one) => one.figure === name);

/* The day's figures. Few answers fall due on their first day: where none is judged yet, the last 30 days speak. */
async function figures() {
  const now = Date.now();
  const [today, tomorrow] = [dayOf.format(now), dayOf.format(now + dayMs)];
  try {
    const day = await get("/kpi", { from: today, to: tomorrow });
    put("received", whole.format(figureOf(day, "received").value));
    let answered = figureOf(day, "on_time_answer");
    let words = _("of {m} judged, received today", { m: answered.denominator });
    if (answered.value === null) {
      answered = figureOf(await get("/kpi", { from: dayOf.format(now - (LONG_DAYS - 1) * dayMs), to: tomorrow }), "on_time_answer");
      words = _("of {m} judged, received in the last {n} days", { m: answered.denominator, n: LONG_DAYS });
    }
    put("on_time", answered.value === null ? "–" : percent.format(answered.value));
    put("of", answered.value === null ? _("nothing judged") : words);
  } catch { /* the sign says when the connection is lost; what is shown stays */ }
}

async function counts() {
  try {
    const [density, queues] = await Promise.all([get("/map/density", { level: "township", geometry: "none" }), get("/queues")]);
    put("open", whole.format(density.total));
    put("late", whole.format(queues.late));
  } catch { /* as above */ }
}

async function items() {
  let found;
  try {
    found = (await get("/items", { limit: SHOWN_ITEMS })).items;
  } catch {
    return;
  }
  byId("wall-items").replaceChildren(...(found.length ? found.map((item) => line(item, known && !known.has(item.number))) : [el("li", { class: "more" }, _("Nothing here yet. Items appear by themselves as they come in."))]));
  known = new Set(found.map((item) => item.number));
}

/* What a wall may show: no words of the citizen, no address. */
function line(item, fresh) {
  const { township, grid } = item.resolution || {};
  return el("li", { class: fresh ? "fresh" : "", data: { number: item.number } },
    el("span", {}, nameOf("categories", item.category)),
    el("span", { class: "num", data: { at: item.created_at } }, age(item.created_at)),
    el("span", { class: "sub" }, [nameOf("statuses", item.status), township ? called(township) : _("no place yet"), grid ? called(grid) : ""].filter(Boolean).join(" · ")));
}

const age = (iso) => (Date.now() - new Date(iso).getTime() < 60000 ? _("just now") : _("{span} ago", { span: span(Date.now() - new Date(iso).getTime()) }));

async function summonses() {
  pins();
  try {
    const found = await get("/map/summonses");
    open = found.features.map((one) => one.properties).sort((a, b) => a.meet_at.localeCompare(b.meet_at));
    open.total = found.total;
  } catch {
    return;
  }
  drawSummonses();
}

function drawSummonses() {
  const now = Date.now();
  // what is soon or has just begun first, then what began long ago
  const next = [...open].sort((a, b) => Math.abs(new Date(a.meet_at) - now) - Math.abs(new Date(b.meet_at) - now)).slice(0, SHOWN_SUMMONSES);
  const lines = next.map((one) => {
    const begun = new Date(one.meet_at).getTime() < now;
    return el("li", {},
      el("span", {}, one.place),
      el("b", { class: `num${begun && one.come < one.called ? " late" : ""}` }, until(one.meet_at)),
      el("span", { class: "sub" }, _("{called} called, {acknowledged} acknowledged, {come} come", one)));
  });
  if (open.total > next.length) lines.push(el("li", { class: "more" }, _("and {n} more", { n: open.total - next.length })));
  byId("wall-summonses").replaceChildren(...(lines.length ? lines : [el("li", { class: "more" }, _("No unit is called just now."))]));
}

function tick() {
  byId("wall-clock").textContent = clock.format(new Date());
  for (const one of byId("wall-items").querySelectorAll("[data-at]")) one.textContent = age(one.dataset.at);
}

const all = () => { chart.density(); chart.items(); items(); counts(); summonses(); figures(); };
const changed = soon(() => { chart.density(); chart.items(); items(); counts(); }, 500, 2000);
const calls = soon(summonses, 300, 1500);

/* Greyed while what it shows may be old; a sign-in that has ended is looked for, so that the login stands on the wall. */
new MutationObserver(() => document.body.classList.toggle("stale", byId("live").classList.contains("lost"))).observe(byId("live"), { attributes: true });

follow({
  item: (told) => { chart.touch(told); changed(); },
  summons: calls,
  edition: (told) => { chart.boundaries(told.id); setTimeout(() => location.reload(), LOOK_MS); },
  reset: all,
  joined: all,
});
for (const act of ["dragging", "touchZoom", "doubleClickZoom", "scrollWheelZoom", "boxZoom", "keyboard"]) chart.map[act].disable();
chart.map.getContainer().removeAttribute("tabindex");

/* The whole district, above the legend. */
function fit() {
  chart.resized();
  if (!window.firstlineMap.bounds) return;
  const [west, south, east, north] = window.firstlineMap.bounds;
  chart.map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [12, 12], paddingBottomRight: [12, byId("legend").offsetHeight + 40], animate: false });
}
window.addEventListener("resize", fit);
new ResizeObserver(fit).observe(byId("legend"));
setInterval(figures, FIGURES_MS);
setInterval(counts, FIGURES_MS);
setInterval(drawSummonses, LOOK_MS);
setInterval(tick, SECOND_MS);
tick();
banner("wall", "");
