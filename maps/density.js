/* Fits a briefing map to its district, prints names and shows each area's figure under the pointer. All set as text. */
function firstlineDensity(drawn, data) {
  "use strict";
  const { map, layers } = drawn;
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  const text = (words) => {
    const span = document.createElement("span");
    span.textContent = words;
    return span;
  };
  layers.townships.eachLayer((layer) => {
    const { name, label } = layer.feature.properties;
    const icon = L.divIcon({ className: "map-name", html: text(name), iconSize: [0, 0] });
    L.marker([label[1], label[0]], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layers.names);
  });
  const counted = data.level === "grid" ? layers.grids : layers.townships;
  counted.eachLayer((layer) => {
    const { name, code, count } = layer.feature.properties;
    const figure = count === null ? data.words.noData : count;
    layer.bindTooltip(text(`${name} (${code}): ${figure}`), { sticky: true, className: "map-tip" });
  });
  if (data.bounds) {
    const [west, south, east, north] = data.bounds;
    map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  } else {
    map.setView([0, 0], 2);
  }
}
