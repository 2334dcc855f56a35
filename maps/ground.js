/* Fits a map of a change of boundaries to its district, prints names and tells each area's lines under the pointer. All
   set as text. */
function firstlineGround(drawn, data) {
  "use strict";
  const { map, layers } = drawn;
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  const lines = (texts) => {
    const box = document.createElement("div");
    for (const text of texts) {
      const line = document.createElement("div");
      line.textContent = text;
      box.append(line);
    }
    return box;
  };
  layers.townships.eachLayer((layer) => {
    const { name, label } = layer.feature.properties;
    const words = document.createElement("span");
    words.textContent = name;
    const icon = L.divIcon({ className: "map-name", html: words, iconSize: [0, 0] });
    L.marker([label[1], label[0]], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layers.names);
  });
  for (const layer of [layers.grids, layers.ground]) {
    layer.eachLayer((area) => area.bindTooltip(lines(area.feature.properties.tip), { sticky: true, className: "map-tip" }));
  }
  const fit = () => {
    if (!data.bounds) return map.setView([0, 0], 2);
    const [west, south, east, north] = data.bounds;
    // on a narrow screen the legend takes the bottom for itself
    const legend = document.querySelector(".legend");
    const below = legend && innerWidth < 700 ? legend.offsetHeight + 52 : 16;
    const frame = { paddingTopLeft: [16, 16], paddingBottomRight: [16, below], animate: false };
    return map.fitBounds([[south, west], [north, east]], frame);
  };
  fit();
  window.addEventListener("resize", fit);
}
