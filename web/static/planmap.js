/* The planner's map: the live Edition quiet below, the draft's borders over it, its faults as marks, and ground that changes hands. */
import { byId, el } from "./dom.js";
import { names, _ } from "./words.js";

const frame = window.firstlineMap;
const { L } = window;
const { map, layers } = frame;
const NEAR_Z = 18;
const draft = L.layerGroup().addTo(map);
const ground = L.layerGroup().addTo(map);
const spot = L.layerGroup().addTo(map);
const faults = L.layerGroup().addTo(map);
const shown = { live: true, draft: true, ground: true };
const marks = new Map();
const cells = new Map();
let box = frame.bounds;
let chosen = null;

for (const layer of [layers.items, layers.summonses]) map.removeLayer(layer);
for (const layer of [layers.grids, layers.townships]) layer.eachLayer(named);
map.createPane("faults").style.zIndex = 620;

function named(area) {
  const { code, name } = area.feature.properties;
  area.bindTooltip(() => el("span", {}, el("b", {}, name || code), ` ${code}`), { sticky: true, className: "map-tip" });
}

/* Another Edition is live: its areas take the place of those that the page came with. */
export function drawLive(areas) {
  for (const [layer, found] of [[layers.grids, areas.cells], [layers.townships, areas.townships]]) {
    layer.clearLayers();
    layer.addData(found);
    layer.eachLayer(named);
    layer.eachLayer((area) => area.setStyle(layer === layers.grids ? { className: "cell", weight: 1, fillOpacity: 0, fill: true } : { className: "township", weight: 1.6, fill: false }));
  }
  layers.names.clearLayers();
  for (const { properties } of areas.townships.features) label(properties);
}

function label({ name, label: [lon, lat] }) {
  const icon = L.divIcon({ className: "map-name", html: el("span", {}, name), iconSize: [0, 0] });
  L.marker([lat, lon], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layers.names);
}

/* The draft's areas, or none for null. */
export function drawDraft(areas) {
  draft.clearLayers();
  cells.clear();
  box = areas && areas.bounds ? areas.bounds : frame.bounds;
  byId("pane-map").classList.toggle("has-draft", Boolean(areas));
  if (!areas) return;
  L.geoJSON(areas.cells, { style: { className: "draft-cell", weight: 1.6, fill: true, fillOpacity: 0 }, onEachFeature: (feature, area) => { cells.set(feature.properties.code, area); named(area); } }).addTo(draft);
  L.geoJSON(areas.townships, { interactive: false, style: { className: "draft-township", weight: 2.6, fill: false }, pane: "townships" }).addTo(draft);
}

/* Ground that changes hands: a FeatureCollection with before and after, or none. */
export function drawGround(collection) {
  ground.clearLayers();
  toggleOf("ground").hidden = !collection;
  if (!collection) return;
  L.geoJSON(collection, {
    style: { className: "changed-ground", weight: 1.5, fillOpacity: 0.55 },
    onEachFeature: ({ properties: one }, area) => area.bindTooltip(() => el("span", {}, _("{from} → {to}", { from: one.before_name || one.before || _("no cell"), to: one.after_name || one.after || _("no cell") })), { sticky: true, className: "map-tip" }),
  }).addTo(ground);
}

/* The marks of faults with a place; `choose(n)` is called for the one that is clicked, or entered by its key. */
export function drawFaults(list, choose) {
  for (const layer of [faults, spot]) layer.clearLayers();
  marks.clear();
  chosen = null;
  for (const [n, fault] of list) {
    if (fault.lon === null) continue;
    const words = `${names.severities[fault.severity]}: ${(names.faults[fault.kind] || [fault.kind])[0]} · ${fault.codes.join(", ")}`;
    const icon = L.divIcon({ className: `fault-mark ${fault.severity}`, html: el("span", {}, fault.severity === "error" ? "!" : "·"), iconSize: [22, 22] });
    const marker = L.marker([fault.lat, fault.lon], { icon, title: words, alt: words, keyboard: true, pane: "faults", riseOnHover: true });
    marker.on("click", () => choose(n));
    marker.on("keypress", ({ originalEvent }) => { if (originalEvent.key === "Enter") choose(n); });
    marker.addTo(faults);
    marks.set(n, marker);
  }
}

/* Goes to the fault and marks it and its cells; null: none is chosen. */
export function showFault(n, fault) {
  for (const area of cells.values()) outline(area, false);
  if (chosen && chosen.getElement()) chosen.getElement().classList.remove("on");
  chosen = marks.get(n) || null;
  spot.clearLayers();
  if (!fault) return;
  if (fault.shape && !fault.shape.type.endsWith("Point")) L.geoJSON(fault.shape, { interactive: false, style: { className: "fault-shape", weight: 3 } }).addTo(spot);
  const areas = fault.codes.map((code) => cells.get(code)).filter(Boolean);
  for (const area of areas) outline(area, true);
  const element = chosen && chosen.getElement();
  if (element) element.classList.add("on");
  if (chosen) map.setView(chosen.getLatLng(), Math.min(NEAR_Z, Math.max(map.getZoom(), zoomFor(areas))), { animate: false });
  else if (areas.length) map.fitBounds(L.featureGroup(areas).getBounds(), { maxZoom: NEAR_Z, animate: false });
}

const zoomFor = (areas) => (areas.length ? Math.max(16, map.getBoundsZoom(L.featureGroup(areas).getBounds())) : 16);

function outline(area, on) {
  const path = area.getElement();
  if (path) path.classList.toggle("outlined", on);
  if (on) area.bringToFront();
}

/* The cells of a change, wherever they are drawn. */
export function showCells(codes) {
  for (const area of cells.values()) outline(area, false);
  const found = codes.map((code) => cells.get(code) || liveCell(code)).filter(Boolean);
  for (const area of found) outline(area, cells.has(area.feature.properties.code));
  if (found.length) map.fitBounds(L.featureGroup(found).getBounds(), { padding: [40, 40], maxZoom: NEAR_Z, animate: false });
}

function liveCell(code) {
  let found = null;
  for (const layer of [layers.grids, layers.townships]) layer.eachLayer((area) => { if (!found && area.feature.properties.code === code) found = area; });
  return found;
}

export function fit() {
  map.invalidateSize({ animate: false });
  if (!box) return;
  const [west, south, east, north] = box;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [12, 48], paddingBottomRight: [12, 60], animate: false });
}

const toggleOf = (name) => document.querySelector(`.plan-layers [data-layer=${name}]`);

for (const name of Object.keys(shown)) {
  toggleOf(name).addEventListener("click", () => {
    shown[name] = !shown[name];
    toggleOf(name).setAttribute("aria-pressed", String(shown[name]));
    for (const layer of { live: [layers.grids, layers.townships, layers.names], draft: [draft], ground: [ground] }[name]) map[shown[name] ? "addLayer" : "removeLayer"](layer);
  });
}

export function legend(edition, withDraft) {
  const line = (kind, words) => el("li", {}, el("i", { class: kind, "aria-hidden": "true" }), words);
  byId("legend").replaceChildren(el("ul", { class: "shapes" },
    line("line-live", _("Edition {n}", { n: edition })),
    withDraft ? [line("line-draft", _("the draft")), line("dot-error", names.severities.error), line("dot-warning", names.severities.warning)] : null));
  toggleOf("draft").hidden = !withDraft;
}

const note = document.querySelector(".map-note");
if (note) byId("legend").after(note);
