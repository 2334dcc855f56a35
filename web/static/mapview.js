/* The live map: figures as fills, items as marks, the chosen item with its circle, and picking a place. */
import { get } from "./api.js";
import { banner, byId, el } from "./dom.js";
import { groupOf, mark, markWords } from "./marks.js";
import { summonsMark } from "./summonsmap.js";
import { clockTime } from "./times.js";
import { names, page, _ } from "./words.js";
import { areaFilter, filters, look, view } from "./view.js";

const frame = window.firstlineMap;
const L = window.L;
const { map, layers } = frame;
const DEEP = 18;
const compact = new Intl.NumberFormat(page.language === "zh" ? "zh-CN" : "en-GB", { notation: "compact" });
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const marks = L.layerGroup().addTo(map);
const chosen = L.layerGroup().addTo(map);
const byNumber = new Map();
const areas = { grid: new Map(), township: new Map() };
let figures = new Map();
let elsewhere = 0;
let picking = null;
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

function tip({ code, name }) {
  const found = figures.get(code);
  const lines = [el("b", {}, name), ` ${code}`];
  if (found) lines.push(el("br"), _("{n} items, {d} per km², {l} late", { n: found.count, d: Math.round(found.per_km2), l: found.late }));
  return el("span", {}, ...lines);
}

/* Figures for the areas of the chosen layer; the page has the shapes already. */
export async function density() {
  if (view.layer === "none") return paint(new Map());
  try {
    const answer = await get("/map/density", { ...filters(), level: view.layer, geometry: "none" });
    elsewhere = answer.total - answer.located;
    boundaries(answer.edition);
    return paint(new Map(answer.features.map((feature) => [feature.properties.code, feature.properties])));
  } catch {
    return paint(new Map());
  }
}

/* Says so where the service's boundaries are no longer the ones drawn here. */
export function boundaries(live) {
  banner("edition", live === frame.edition ? "" : _("The boundaries have changed. Load the page again to see the new ones."));
}

function paint(found) {
  figures = found;
  const largest = Math.max(0, ...Array.from(found.values(), (one) => one.count));
  const scale = frame.scales.find((one) => largest < 2 * one.lower[one.lower.length - 1]) || frame.scales[frame.scales.length - 1];
  const hue = dark.matches ? scale.dark : scale.light;
  const opacity = frame.tiles ? 0.6 : 1;
  for (const level of ["grid", "township"]) {
    for (const [code, area] of areas[level]) area.setStyle(fill(level, found.get(code), scale, hue, opacity));
    const kind = level === "grid" ? "cell" : "township";
    for (const [code, area] of areas[level]) {
      const path = area.getElement && area.getElement();
      if (path) path.setAttribute("class", `${kind} leaflet-interactive${view.layer === level && !found.has(code) ? " no-data" : ""}${outlined(level, code) ? " outlined" : ""}`);
    }
  }
  legend(scale, hue);
}

function fill(level, figure, scale, hue, opacity) {
  if (view.layer !== level) return level === "grid" ? { fill: true, fillOpacity: 0 } : { fill: false };
  if (!figure) return { fill: true, fillOpacity: 0 };
  const above = scale.lower.filter((bound) => bound <= figure.count).length;
  return { fill: true, fillColor: hue[above - 1], fillOpacity: opacity };
}

function outlined(level, code) {
  return (view.area === code && view.level === level) || (level === "grid" && chosen.grid === code);
}

dark.addEventListener("change", () => paint(figures));

function legend(scale, hue) {
  const box = byId("legend");
  const shapes = el("ul", { class: "shapes" }, markWords().map(([status, words]) => el("li", {}, mark(status), words)), el("li", {}, summonsMark(), _("Summons, n units called")));
  if (view.layer === "none") {
    box.replaceChildren(el("b", {}, counted()), shapes);
    return;
  }
  const swatch = (colour, label, kind = "") => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("width", "36");
    rect.setAttribute("height", "12");
    if (kind) rect.setAttribute("class", kind);
    else rect.setAttribute("fill", colour);
    svg.append(rect);
    return el("li", { class: kind ? "no-data-swatch" : "" }, svg, label);
  };
  box.replaceChildren(
    el("b", {}, counted()),
    el("ol", {}, hue.map((colour, index) => swatch(colour, scale.labels[index])), swatch("", _("No data"), "no-data")),
    elsewhere ? el("p", {}, _("{n} more stand in no area.", { n: elsewhere })) : "",
    shapes,
  );
}

/* The legend's sentence: what is counted, by what, for which time. */
function counted() {
  const sought = view.q && !view.status;
  const what = view.status === "any" || sought ? _("Items") : view.status ? names.statuses[view.status] : _("Open items");
  const by = { grid: _("by cell"), township: _("by township"), none: "" }[view.layer];
  const time = { "": _("now"), "24h": _("received in the last 24 hours"), "7d": _("received in the last 7 days"), "30d": _("received in the last 30 days") }[view.since];
  const which = view.category ? names.categories[view.category] : "";
  const words = view.q ? _("with “{words}”", { words: view.q }) : "";
  return [which, words, [what, by].filter(Boolean).join(" "), `${time} (${clockTime(new Date())})`].filter(Boolean).join(" · ");
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
  if (view.q || view.category || view.area) return; // whether it fits, the service alone can tell: it is asked soon
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
  paint(figures);
  if (!place || typeof place.lon !== "number") return;
  const at = [place.lat, place.lon];
  if (place.accuracy_m) L.circle(at, { radius: place.accuracy_m, className: "accuracy", interactive: false }).addTo(chosen);
  L.marker(at, { icon: L.divIcon({ className: "target", html: el("span"), iconSize: [34, 34] }), interactive: false, keyboard: false }).addTo(chosen);
  if (move && !map.getBounds().pad(-0.1).contains(at)) map.panTo(at);
}

/* Lets the reader pick a place: a click, or the arrow keys and Enter for the map's centre. `words` say for what; returns {lon, lat, resolution}, or null if given up. */
export function pick(words) {
  if (picking) picking.end(null);
  const box = byId("pick");
  const [text, save, cancel] = [box.querySelector("span"), box.querySelector("[data-do=save]"), box.querySelector("[data-do=cancel]")];
  text.textContent = words;
  box.hidden = false;
  save.disabled = true;
  const container = map.getContainer();
  const before = document.activeElement;
  const crosshair = container.appendChild(el("span", { class: "crosshair", "aria-hidden": "true" }));
  container.classList.add("picking");
  container.focus({ preventScroll: true }); // from here on the arrow keys move the map
  return new Promise((resolve) => {
    let picked = null;
    const spot = L.marker([0, 0], { icon: L.divIcon({ className: "target", html: el("span"), iconSize: [34, 34] }), interactive: false });
    const clicked = async (event) => {
      const { lng: lon, lat } = event.latlng;
      picked = { lon, lat, resolution: null };
      spot.setLatLng(event.latlng).addTo(map);
      save.disabled = true;
      text.textContent = _("Looking up whose place this is");
      const mine = picked;
      try {
        mine.resolution = await get("/resolve", { lon, lat, datum: "wgs84" });
      } catch (failure) {
        text.textContent = failure.message;
        return;
      }
      if (mine !== picked) return;
      text.textContent = owner(mine.resolution);
      save.disabled = false;
      save.focus();
    };
    const pressed = (event) => {
      if (event.key === "Enter" && event.target === container) {
        event.preventDefault();
        map.stop();
        clicked({ latlng: map.getCenter() });
      } else if (event.key.startsWith("Arrow") && box.contains(event.target)) {
        container.focus({ preventScroll: true }); // not there yet: on with the map
      }
    };
    const end = (result) => {
      picking = null;
      map.off("click", clicked);
      document.removeEventListener("keydown", pressed, true);
      spot.remove();
      crosshair.remove();
      box.hidden = true;
      container.classList.remove("picking");
      if (before && before.isConnected) before.focus({ preventScroll: true });
      resolve(result);
    };
    picking = { end };
    map.on("click", clicked);
    document.addEventListener("keydown", pressed, true);
    save.onclick = () => end(picked);
    cancel.onclick = () => end(null);
  });
}

/* Whether there was a pick to give up. */
export function stopPicking() {
  const was = Boolean(picking);
  if (was) picking.end(null);
  return was;
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
  if (wasHidden) frame.fit();
}

/* The note stands under the legend, so that neither can lie on the other, however long they are. */
const note = document.querySelector(".map-note");
if (note) byId("legend").after(note);

export const onMove = (act) => map.on("moveend", act);
