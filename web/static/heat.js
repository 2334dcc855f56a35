/* Heat as bins: squares of one size over the district, each with the number of items in it. */
import { el } from "./dom.js";
import { scaleFor } from "./legend.js";
import { _ } from "./words.js";

const frame = window.firstlineMap;
const L = window.L;
const layer = L.layerGroup().addTo(frame.map);

export const cleared = () => layer.clearLayers();

/* `answer` is that of /map/heat: bins of [west, south, count], `step` degrees wide and high. */
export function draw({ bins, step }, hue) {
  layer.clearLayers();
  const scale = scaleFor(bins.map(([, , count]) => ({ count })));
  for (const [west, south, count] of bins) {
    const colour = scale[hue][scale.lower.filter((low) => low <= count).length - 1];
    const bin = L.rectangle([[south, west], [south + step, west + step]], { className: "bin", stroke: false, fillColor: colour, fillOpacity: frame.tiles ? 0.6 : 1 });
    bin.bindTooltip(() => el("span", {}, _("{n} items in this square", { n: count })), { sticky: true, className: "map-tip" }).addTo(layer);
  }
}
