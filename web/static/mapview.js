/* The live map: figures as fills, items as marks, the chosen item with its circle, and picking a place. */
import { get } from "./api.js";
import { cleared as clearBins, draw as drawBins } from "./heat.js";
import { banner, byId, el } from "./dom.js";
import { dayFigures, forgetDay } from "./replay.js";
import { counted, measured, scaleFor, swatches } from "./legend.js";
import { groupOf, mark, markWords } from "./marks.js";
import { summonsMark } from "./summonsmap.js";
import { names, page, _ } from "./words.js";
import { areaFilter, filters, look, noteMap, onLook, view } from "./view.js";

const frame = window.firstlineMap;
export const L = window.L;
export const { map } = frame;
const { layers } = frame;
const [FAR_Z, NEAR_Z] = [3, 19];
const DEEP = 18;
const compact = new Intl.NumberFormat(page.language === "zh" ? "zh-CN" : "en-GB", { notation: "compact" });
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const marks = L.layerGroup().addTo(map);
const chosen = L.layerGroup().addTo(map);
const byNumber = new Map();
const areas = { grid: new Map(), township: new Map() };
let figures = new Map();
let elsewhere = 0;
let latest = 0;
let again = () => {};
let picking = false;
let asked = null;

for (const [level, layer] of [["grid", layers.grids], ["township", layers.townships]]) {
  layer.eachLayer((area) => {
    areas[level].set(area.feature.properties.code, area);
    area.on("click", () => { if (!picking && view.layer === level) look({ area: area.feature.properties.code, level }); });
    area.bindTooltip(() => tip(area.feature.properties), { sticky: true, className: "map-tip" });
  });
}
layers.items.options.iconCreateFunction = (group) => bubble(group.getAllChildMarkers().length);

export function areaName(code, level) {
  if (level === "bbox") return _("This spot");
  return areas[level] && areas[level].has(code) ? areas[level].get(code).feature.properties.name : code;
}

/* [{code, name, cells: [[code, name]]}], as the live Edition has them. */
export function cellsByTownship() {
  const groups = new Map([...areas.township.values()].map(({ feature: { properties } }) => [properties.code, { ...properties, cells: [] }]));
  for (const { feature: { properties } } of areas.grid.values()) if (groups.has(properties.township)) groups.get(properties.township).cells.push([properties.code, properties.name]);
  for (const group of groups.values()) group.cells.sort(([a], [b]) => a.localeCompare(b));
  return [...groups.values()].sort((a, b) => a.code.localeCompare(b.code));
}

function tip({ code, name }) {
  const found = figures.get(code);
  const lines = [el("b", {}, name), ` ${code}`];
  if (found) lines.push(el("br"), _("{n} items, {d} per km², {l} late", { n: found.count, d: Math.round(found.per_km2), l: found.late }));
  return el("span", {}, ...lines);
}

/* Figures for the areas of the chosen layer; the page has the shapes already. */
export async function density() {
  const mine = ++latest;
  if (view.layer !== "heat") clearBins();
  if (view.layer === "none") return paint(new Map());
  try {
    const heat = view.layer === "heat";
    const answer = await (heat ? get("/map/heat", { ...filters(), ...areaFilter() }) : areaFigures());
    if (mine !== latest) return null; // a later question is under way
    boundaries(answer.edition);
    elsewhere = answer.total - answer.located;
    if (heat) return bins(answer);
    return paint(new Map(answer.features.map((feature) => [feature.properties.code, feature.properties])));
  } catch {
    if (mine !== latest) return null;
    elsewhere = 0;
    clearBins();
    return paint(new Map());
  }
}

/* As /map/density answers; while a day is replayed its one answer serves every hour. */
async function areaFigures() {
  const level = view.layer;
  const replayed = view.day ? await dayFigures(filters(), level, areas[level]) : null;
  return replayed || get("/map/density", { ...filters(), level, geometry: "none" });
}

/* Items have come or changed: what is kept of a replayed day is asked anew. */
export const stale = forgetDay;

function bins(answer) {
  paint(new Map(), answer.bins.map(([, , count]) => ({ count })));
  drawBins(answer, hue());
  again = () => bins(answer);
}

/* What is drawn, anew: for another hue. */
export const repaint = () => again();

/* The hue of the classes: paper is light, a wall is dark, whatever the computer says. */
function hue() {
  const { classList } = document.body;
  return !classList.contains("printed") && (dark.matches || classList.contains("night")) ? "dark" : "light";
}

/* Says so where the service's boundaries are no longer the ones drawn here. */
export function boundaries(live) {
  banner("edition", live === frame.edition ? "" : _("The boundaries have changed. Load the page again to see the new ones."));
}

function paint(found, classed = Array.from(found.values())) {
  figures = found;
  again = () => paint(found, classed);
  const scale = scaleFor(classed);
  const colours = scale[hue()];
  const opacity = frame.tiles ? 0.6 : 1;
  for (const level of ["grid", "township"]) {
    for (const [code, area] of areas[level]) area.setStyle(fill(level, found.get(code), scale, colours, opacity));
    const kind = level === "grid" ? "cell" : "township";
    for (const [code, area] of areas[level]) {
      const path = area.getElement && area.getElement();
      if (path) path.setAttribute("class", `${kind} leaflet-interactive${view.layer === level && (!found.has(code) || measured(found.get(code)) === null) ? " no-data" : ""}${outlined(level, code) ? " outlined" : ""}`);
    }
  }
  legend(scale, colours);
}

function fill(level, figure, scale, colours, opacity) {
  if (view.layer !== level) return level === "grid" ? { fill: true, fillOpacity: 0 } : { fill: false };
  const value = figure ? measured(figure) : null;
  if (value === null) return { fill: true, fillOpacity: 0 };
  const above = scale.lower.filter((bound) => bound <= value).length;
  return { fill: true, fillColor: colours[above - 1], fillOpacity: opacity };
}

function outlined(level, code) {
  return (view.area === code && view.level === level) || (level === "grid" && chosen.grid === code);
}

dark.addEventListener("change", repaint);

function legend(scale, colours) {
  const shapes = el("ul", { class: "shapes" }, markWords().map(([status, words]) => el("li", {}, mark(status), words)), el("li", {}, summonsMark(), _("Summons, n units called")));
  const classes = view.layer === "none" ? [] : [swatches(scale, colours), elsewhere ? el("p", {}, _("{n} more stand in no area.", { n: elsewhere })) : ""];
  byId("legend").replaceChildren(el("b", {}, counted(areaName)), ...classes, shapes);
}

/* Items in sight, single or in clusters as the service counts them. */
export async function items() {
  if (!map.getSize().x) return;
  if (asked) asked.abort();
  asked = new AbortController();
  const box = map.getBounds().pad(0.1);
  const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((one) => one.toFixed(6)).join(",");
  let answer;
  try {
    answer = await get("/map/items", { ...filters(), ...areaFilter(), bbox, zoom: Math.round(map.getZoom()) }, asked.signal);
  } catch {
    return; // the sign at the top says when the connection is lost; what is drawn stays
  }
  marks.clearLayers();
  layers.items.clearLayers();
  byNumber.clear();
  layers.items.addLayers(answer.features.filter((one) => one.properties.kind !== "cluster").map(single));
  for (const one of answer.features) if (one.properties.kind === "cluster") cluster(one);
}

function single(feature) {
  const { number, status } = feature.properties;
  const [lon, lat] = feature.geometry.coordinates;
  const marker = L.marker([lat, lon], { icon: icon(status), alt: number, title: `${number} · ${names.statuses[status] || status}`, keyboard: true });
  marker.on("click", () => { if (!picking) look({ item: number }, { push: true }); });
  marker.status = status;
  byNumber.set(number, marker);
  return marker;
}

/* The spot of a cluster that no zoom takes apart, as the list's bbox. */
function around(lon, lat) {
  const half = 0.00015;
  return [lon - half, lat - half, lon + half, lat + half].map((one) => one.toFixed(6)).join(",");
}

const icon = (status, extra = "") => L.divIcon({ className: `pin ${extra}`, html: mark(status), iconSize: [18, 18] });

/* As wide as its figure needs: 27570 is 2.8万 or 28k, and the exact number stands in the title. */
function bubble(count) {
  const figure = compact.format(count).replace("K", "k");
  const height = count < 10 ? 24 : count < 100 ? 30 : 38;
  const width = Array.from(figure).reduce((sum, one) => sum + (one > "\u00ff" ? 13 : 8), 16);
  return L.divIcon({ className: "bubble", html: el("span", { class: "num" }, figure), iconSize: [Math.max(height, width), height] });
}

function cluster(feature) {
  const [lon, lat] = feature.geometry.coordinates;
  const marker = L.marker([lat, lon], { icon: bubble(feature.properties.count), title: _("{n} items", { n: feature.properties.count }), keyboard: true });
  marker.on("click", () => {
    if (picking) return;
    if (map.getZoom() < DEEP) map.setView([lat, lon], Math.min(19, Math.floor(map.getZoom()) + 2));
    else look({ area: around(lon, lat), level: "bbox", queue: "" });
  });
  marks.addLayer(marker);
}

/* One item as the stream tells it: drawn at once, with a flash where it is new here. */
export function touch({ number, status, lon, lat, gone }) {
  const old = byNumber.get(number);
  if (old) layers.items.removeLayer(old);
  byNumber.delete(number);
  const wanted = view.status ? view.status === "any" || view.status === status : groupOf(status) === "new" || groupOf(status) === "work" || status === "suspended";
  if (view.q || view.category || view.area || view.to || view.day) return; // whether it fits, the service alone can tell: it is asked soon
  if (gone || typeof lon !== "number" || !wanted) return;
  const marker = single({ properties: { number, status }, geometry: { coordinates: [lon, lat] } });
  if (!old) marker.setIcon(icon(status, "fresh"));
  layers.items.addLayer(marker);
}

/* Outlines the item's cell and draws its place and accuracy. */
export function point(item, { move = true } = {}) {
  chosen.clearLayers();
  const place = item && item.location;
  chosen.grid = item && item.resolution && item.resolution.grid ? item.resolution.grid.code || item.resolution.grid : null;
  repaint();
  if (!place || typeof place.lon !== "number") return;
  const at = [place.lat, place.lon];
  if (place.accuracy_m) L.circle(at, { radius: place.accuracy_m, className: "accuracy", interactive: false }).addTo(chosen);
  L.marker(at, { icon: L.divIcon({ className: "target", html: el("span"), iconSize: [34, 34] }), interactive: false, keyboard: false }).addTo(chosen);
  if (move && !map.getBounds().pad(-0.1).contains(at)) map.panTo(at);
}

/* While a place is picked, or items are ringed, a click chooses nothing. */
export function holdClicks(on) {
  picking = on;
}

/* Whose place a resolution is, in words. */
export function owner(resolution) {
  const { township, grid, border_m: border, nearest } = resolution;
  if (township) {
    const cell = grid ? grid.code || grid : "";
    return [areaName(township.code || township, "township"), areaName(cell, "grid"), border !== null && border !== undefined ? _("{m} m from the border", { m: Math.round(border) }) : ""].filter(Boolean).join(" · ");
  }
  const near = nearest ? _("the nearest cell is {cell}, {m} m away", { cell: areaName(nearest.grid.code || nearest.grid, "grid"), m: Math.round(nearest.distance_m) }) : "";
  return [_("Outside the district"), near].filter(Boolean).join(": ");
}

/* After the map's pane has been shown or its size has changed. */
export function resized() {
  const wasHidden = !map.getSize().x;
  map.invalidateSize({ animate: false });
  if (wasHidden) stand();
}

/* Where the address says that the map stands, else the whole district. */
export function stand() {
  const [lat, lon, zoom] = view.map.split(",").map(Number);
  if (view.map) map.setView([lat, lon], Math.min(NEAR_Z, Math.max(FAR_Z, zoom)), { animate: false });
  else frame.fit();
}

/* The address holds the map's place from the reader's first move on; what the page does by itself is not noted. */
let moved = false;
for (const kind of ["pointerdown", "wheel", "keydown"]) map.getContainer().addEventListener(kind, () => { moved = true; }, { passive: true });
map.on("moveend", () => {
  if (!moved || !map.getSize().x || document.body.classList.contains("printed")) return;
  const { lat, lng } = map.getCenter();
  noteMap([lat.toFixed(5), lng.toFixed(5), map.getZoom().toFixed(2)].join(","));
});
onLook((now, before) => { if (now.map !== before.map) stand(); });
if (view.map) stand();

/* The note stands under the legend, so that neither can lie on the other, however long they are. */
const note = document.querySelector(".map-note");
if (note) byId("legend").after(note);

export const onMove = (act) => map.on("moveend", act);
