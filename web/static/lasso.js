/* A ring drawn on the map around items, by mouse or finger; by keyboard, Enter rings what the map shows. */
import { byId, say } from "./dom.js";
import { every } from "./everyitem.js";
import { holdClicks, L, map } from "./mapview.js";
import { areaFilter, filters } from "./view.js";
import { _ } from "./words.js";

let now = null;

/* Whether there was a ring to give up. */
export function stopRing() {
  const was = Boolean(now);
  if (was) now([]);
  return was;
}

/* The items inside the ring that the reader draws; none where it is given up. They are those that the map shows. */
export async function ring() {
  stopRing();
  const corners = await new Promise((resolve) => draw(resolve));
  if (corners.length < 3) return [];
  const box = L.latLngBounds(corners);
  const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((one) => one.toFixed(6)).join(",");
  try {
    const all = await every({ ...filters(), ...areaFilter(), bbox });
    const found = all.filter((item) => inside(item.location, corners));
    if (all.more) say(_("More than {n} items lie around the ring: {m} of the newest are selected. Draw a smaller one for the rest.", { n: all.length, m: found.length }), 15000);
    else say(found.length ? _("{n} items ringed.", { n: found.length }) : _("No item lies inside the ring."));
    return found;
  } catch (failure) {
    say(failure.message);
    return [];
  }
}

function draw(resolve) {
  const container = map.getContainer();
  const box = byId("ringing");
  const line = L.polygon([], { className: "ring", interactive: false });
  const before = document.activeElement;
  let corners = null;

  const at = (event) => map.mouseEventToLatLng(event);
  const down = (event) => {
    if (event.button || event.target.closest(".leaflet-control")) return;
    hold(event);
    corners = [at(event)];
    line.setLatLngs(corners).addTo(map);
    container.setPointerCapture(event.pointerId);
  };
  const moved = (event) => {
    if (!corners) return;
    hold(event);
    corners.push(at(event));
    line.setLatLngs(corners);
  };
  const up = (event) => {
    if (!corners) return;
    hold(event);
    if (corners.length > 5) end(corners);
    else { corners = null; line.remove(); }
  };
  const dropped = () => { corners = null; line.remove(); };
  const pressed = (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    const shown = map.getBounds();
    end([shown.getNorthWest(), shown.getNorthEast(), shown.getSouthEast(), shown.getSouthWest()]);
  };
  const end = (found) => {
    now = null;
    container.removeEventListener("pointerdown", down, true);
    container.removeEventListener("pointermove", moved, true);
    container.removeEventListener("pointerup", up, true);
    container.removeEventListener("pointercancel", dropped, true);
    container.removeEventListener("keydown", pressed, true);
    container.classList.remove("ringing");
    box.hidden = true;
    line.remove();
    map.dragging.enable();
    setTimeout(() => holdClicks(false)); // the click that ends the drawing chooses nothing
    if (before && before.isConnected) before.focus({ preventScroll: true });
    resolve(found);
  };

  now = end;
  holdClicks(true);
  map.dragging.disable();
  box.hidden = false;
  box.querySelector("button").onclick = () => end([]);
  container.classList.add("ringing");
  container.addEventListener("pointerdown", down, true);
  container.addEventListener("pointermove", moved, true);
  container.addEventListener("pointerup", up, true);
  container.addEventListener("pointercancel", dropped, true);
  container.addEventListener("keydown", pressed, true);
  container.focus({ preventScroll: true });
}

function hold(event) {
  event.preventDefault();
  event.stopPropagation();
}

/* Even-odd, in degrees: a ring is drawn by hand, so its edge is no border. */
export function inside(place, corners) {
  if (!place || typeof place.lon !== "number") return false;
  let odd = false;
  corners.forEach((one, index) => {
    const other = corners[(index + corners.length - 1) % corners.length];
    if ((one.lat > place.lat) === (other.lat > place.lat)) return;
    if (place.lon < ((other.lng - one.lng) * (place.lat - one.lat)) / (other.lat - one.lat) + one.lng) odd = !odd;
  });
  return odd;
}
