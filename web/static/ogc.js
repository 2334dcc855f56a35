/* The features of this page on the map; a click leads to the one that was clicked. */
import { el } from "./dom.js";
import { page } from "./words.js";

const { map, layers } = window.firstlineMap;
const { L } = window;
const colour = getComputedStyle(document.documentElement).getPropertyValue("--chosen").trim();

const drawn = L.geoJSON(page.features.filter((one) => one.geometry), {
  style: { color: colour, weight: 2, fillOpacity: 0.08 },
  pointToLayer: (one, at) => L.circleMarker(at, { radius: 6, color: colour, weight: 2, fillOpacity: 0.6 }),
  onEachFeature: (one, layer) => layer.bindPopup(() => described(one)),
}).addTo(map);

function described(one) {
  const said = Object.entries(one.properties).filter(([, value]) => value !== null);
  return el("dl", { class: "facts" }, said.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, String(value))]));
}

/* The switch of languages keeps what was asked for. */
const other = document.querySelector("a.language");
const query = new URLSearchParams(location.search);
query.set("lang", other.dataset.language);
other.href = `?${query}`;

map.removeLayer(layers.items);
map.removeLayer(layers.summonses);
map.invalidateSize({ animate: false });
const bounds = drawn.getBounds();
if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], maxZoom: 17, animate: false });
else window.firstlineMap.fit();
