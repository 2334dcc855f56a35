/* Open summonses on the live map: violet pins with the number called; a click tells time, place and who has come. */
import { get } from "./api.js";
import { el } from "./dom.js";
import { until, when } from "./times.js";
import { called, names, _ } from "./words.js";
import { look } from "./view.js";

const frame = window.firstlineMap;
const L = window.L;
const layer = frame.layers.summonses;
const TICK_MS = 10000;
const times = new Map();
let latest = 0;

export const summonsMark = () => el("span", { class: "summons-pin" }, el("b", {}, "n"));

/* Reads them anew; of several questions under way only the last one's answer is drawn. */
export async function summonses() {
  const mine = ++latest;
  try {
    const found = await get("/map/summonses");
    if (mine !== latest) return;
    layer.clearLayers();
    times.clear();
    for (const feature of found.features) pin(feature);
    document.dispatchEvent(new CustomEvent("summonses-counted", { detail: found.features.length }));
  } catch {
    return; // the sign at the top says when the connection is lost; what is drawn stays
  }
}

function pin(feature) {
  const told = feature.properties;
  const [lon, lat] = feature.geometry.coordinates;
  const drawn = el("span", { class: `summons-pin${told.come === told.called ? " whole" : ""}` }, el("b", { class: "num" }, String(told.called)));
  const icon = L.divIcon({ className: "summons", html: drawn, iconSize: [30, 38], iconAnchor: [15, 38], popupAnchor: [0, -36] });
  const title = `${when(told.meet_at)} ${told.place}`;
  const marker = L.marker([lat, lon], { icon, title, alt: title, keyboard: true, zIndexOffset: 1000 });
  marker.bindPopup(() => card(told)).addTo(layer);
  marker.bindTooltip(lines(told), { permanent: true, direction: "right", offset: [14, -22], className: "summons-time" });
  times.set(marker, told);
}

/* Beside the pin: how long until the meeting, or since, and who has come. */
const lines = (told) => [until(told.meet_at), _("{come} of {called} come", told)].join(" · ");

setInterval(() => { for (const [marker, told] of times) marker.setTooltipContent(lines(told)); }, TICK_MS);

function card(told) {
  return el("div", { class: "summons-card" },
    el("b", { class: "num" }, `${when(told.meet_at)} ${told.place}`),
    el("p", { class: "num" }, until(told.meet_at)),
    el("p", { class: "num" }, _("{called} called, {acknowledged} acknowledged, {come} come", told)),
    told.calls.map((call) => el("p", {}, `${called(call.department)}: ${names.calls[call.state] || call.state}`)),
    el("button", { type: "button", on: { click: () => look({ item: told.number }, { push: true }) } }, told.number));
}
