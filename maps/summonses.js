/* Draws the summonses of a briefing file as violet pins with the number called. Every text is set as text. */
function firstlineSummonses(drawn, data) {
  "use strict";
  const { map, layers } = drawn;
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  const piece = (tag, text, kind) => {
    const node = document.createElement(tag);
    node.textContent = text;
    if (kind) node.className = kind;
    return node;
  };
  layers.townships.eachLayer((layer) => {
    const { name, label } = layer.feature.properties;
    const icon = L.divIcon({ className: "map-name", html: piece("span", name), iconSize: [0, 0] });
    L.marker([label[1], label[0]], { icon, interactive: false, keyboard: false, pane: "names" }).addTo(layers.names);
  });
  for (const one of data.summonses) {
    const pin = piece("span", "", "summons-pin");
    pin.append(piece("b", one.called));
    const icon = L.divIcon({ className: "summons", html: pin, iconSize: [30, 38], iconAnchor: [15, 38], popupAnchor: [0, -36], tooltipAnchor: [0, -20] });
    const card = piece("div", "", "summons-card");
    card.append(piece("b", `${one.time} ${one.place}`), piece("p", one.come));
    for (const line of one.lines) card.append(piece("p", line));
    const marker = L.marker([one.lat, one.lon], { icon, title: `${one.time} ${one.place}`, alt: one.place, keyboard: true });
    marker.bindPopup(card).addTo(layers.summonses);
    const tip = piece("span", one.time);
    marker.bindTooltip(tip, { permanent: true, direction: "bottom", offset: [0, 22], className: "summons-time" });
  }
  const fit = () => {
    if (!data.bounds) return map.setView([0, 0], 2);
    const [west, south, east, north] = data.bounds;
    return map.fitBounds([[south, west], [north, east]], { padding: [16, 16], animate: false });
  };
  fit();
  window.addEventListener("resize", fit);
}
