/* Draws the faults of a district and lets the list lead to them. All words are set as text. */
function firstlineFaults(drawn, data) {
  "use strict";
  const { map, layers } = drawn;
  L.control.zoom({ position: "topright", zoomInTitle: data.words.zoomIn, zoomOutTitle: data.words.zoomOut }).addTo(map);
  L.control.scale({ position: "bottomright", imperial: false }).addTo(map);
  map.createPane("faults").style.zIndex = 460;
  const colours = { error: "#c22a1e", warning: "#a56a00" };
  const node = (tag, words) => {
    const made = document.createElement(tag);
    made.textContent = words;
    return made;
  };
  const card = (fault) => {
    const box = document.createElement("div");
    box.className = "fault-card";
    box.append(node("b", fault.title), node("p", fault.detail), node("p", fault.advice));
    return box;
  };
  const draw = (fault) => {
    const group = fault.severity === "error" ? layers.errors : layers.warnings;
    const colour = colours[fault.severity];
    const spot = fault.lon === null ? null : L.latLng(fault.lat, fault.lon);
    let area = null;
    if (fault.shape) {
      area = L.geoJSON(fault.shape, {
        pane: "faults",
        style: { color: colour, weight: 2, fillColor: colour, fillOpacity: fault.kind === "wrong-datum" ? 0.06 : 0.35, className: `fault ${fault.severity}` },
        pointToLayer: (_point, at) => L.circleMarker(at, { pane: "faults", radius: 4, weight: 1, color: colour, fillOpacity: 0.9 }),
      }).bindPopup(() => card(fault));
      group.addLayer(area);
    }
    if (spot) {
      const ring = { pane: "faults", radius: 8, weight: 2, color: colour, fillColor: "#fff", fillOpacity: 0.35, className: `fault-spot ${fault.severity}` };
      group.addLayer(L.circleMarker(spot, ring).bindPopup(() => card(fault)));
    }
    return { fault, spot, area };
  };
  // Errors are drawn last, so that they lie on top.
  const marks = [...data.faults].reverse().map(draw).reverse();
  const show = ({ fault, spot, area }) => {
    const box = area ? area.getBounds() : null;
    const at = spot || (box && box.isValid() ? box.getCenter() : null);
    if (!at) return;
    if (box && box.isValid() && map.getBoundsZoom(box) < 18) map.fitBounds(box, { maxZoom: 18, padding: [60, 60], animate: false });
    else map.setView(at, 18, { animate: false });
    L.popup().setLatLng(at).setContent(card(fault)).openOn(map);
  };
  document.querySelectorAll(".fault-list button").forEach((button, number) => {
    if (marks[number].spot || marks[number].area) button.addEventListener("click", () => show(marks[number]));
    else button.disabled = true;
  });
  if (data.bounds) {
    const [west, south, east, north] = data.bounds;
    const panel = document.querySelector(".faults");
    const beside = window.innerWidth > 720;
    map.fitBounds([[south, west], [north, east]], {
      paddingTopLeft: [beside ? panel.offsetWidth + 24 : 24, 24],
      paddingBottomRight: [24, beside ? 24 : panel.offsetHeight + 24],
      animate: false,
    });
  } else {
    map.setView([0, 0], 2);
  }
}
