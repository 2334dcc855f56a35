/* Gives the page a handle on the map, fits it to the district and prints the townships' names. Names are set as text. */
function firstlineFrame(drawn, data) {
  "use strict";
  const { map, layers } = drawn;
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  const fit = () => {
    if (data.bounds) {
      const [west, south, east, north] = data.bounds;
      map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [12, 56], paddingBottomRight: [12, 36], animate: false });
    } else {
      map.setView([0, 0], 2);
    }
  };
  layers.townships.eachLayer((layer) => {
    const { name, label } = layer.feature.properties;
    const text = document.createElement("span");
    text.textContent = name;
    const icon = L.divIcon({ className: "map-name", html: text, iconSize: [0, 0] });
    L.marker([label[1], label[0]], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layers.names);
  });
  map.getContainer().querySelector(".leaflet-control-layers-toggle").title = data.words.layers;
  fit();
  window.firstlineMap = { map, layers, fit, bounds: data.bounds, edition: data.edition, scales: data.scales, tiles: data.tiles };
}
