/* Picking a place: a pin that is clicked, dragged, moved by keys or found by address. Whose place it is, is told before anything is saved. */
import { get } from "./api.js";
import { byId, el, soon } from "./dom.js";
import { holdClicks, L, map, owner } from "./mapview.js";
import { shareBar, shareWords, townshipShares } from "./shares.js";
import { suggest } from "./suggest.js";
import { _ } from "./words.js";

const ZOOM = 17;
const box = byId("pick");
const [text, found] = [box.querySelector("span"), box.querySelector(".found")];
const [save, cancel] = [box.querySelector("[data-do=save]"), box.querySelector("[data-do=cancel]")];
const [address, accuracy] = [box.querySelector("input"), box.querySelector("select")];
let now = null;

suggest(address.parentElement, address, places, (one) => {
  address.value = one.label;
  if (!now) return;
  setAccuracy(one.accuracy_m);
  map.setView([one.lat, one.lon], Math.max(map.getZoom(), ZOOM), { animate: false });
  now.put({ lat: one.lat, lng: one.lon });
});
accuracy.addEventListener("change", () => { if (now) now.again(); });

/* The places that an address may mean, as a list proposes them. */
export async function places(words) {
  const answer = await get("/places", { q: words }).catch(() => ({ places: [] }));
  return answer.places.map((one) => ({ ...one, value: one.name, label: one.name, detail: one.township ? [one.township.name, one.grid.name].join(" · ") : _("Outside the district") }));
}

function setAccuracy(metres) {
  const value = metres ? String(Math.round(metres)) : "";
  if (!Array.from(accuracy.options, (one) => one.value).includes(value)) accuracy.append(el("option", { value }, _("{m} m around", { m: value })));
  accuracy.value = value;
}

/* Whether there was a pick to give up. */
export function stopPicking() {
  const was = Boolean(now);
  if (was) now.end(null);
  return was;
}

/* `words` say for what; `start` {lon, lat, accuracy_m} is where the pin stands at first. Returns {lon, lat, accuracy_m, resolution}, null if given up. */
export function pick(words, start = null) {
  stopPicking();
  text.textContent = words;
  address.value = "";
  setAccuracy(start && start.accuracy_m);
  found.replaceChildren();
  box.hidden = false;
  save.disabled = true;
  return new Promise((resolve) => { now = begin(start, resolve); });
}

function begin(start, resolve) {
  const container = map.getContainer();
  const before = document.activeElement;
  const crosshair = container.appendChild(el("span", { class: "crosshair", "aria-hidden": "true" }));
  const pin = L.marker([0, 0], { icon: L.divIcon({ className: "target held", html: el("span"), iconSize: [34, 34] }), draggable: true, autoPan: true, keyboard: false, zIndexOffset: 1000 });
  const circle = L.circle([0, 0], { radius: 1, className: "accuracy", interactive: false });
  let [picked, asked, thenFocus, over] = [null, null, false, false];

  const look = soon(async () => {
    if (over) return;
    const mine = picked;
    if (asked) asked.abort();
    asked = new AbortController();
    try {
      mine.resolution = await get("/resolve", { lon: mine.lon, lat: mine.lat, datum: "wgs84", accuracy_m: accuracy.value }, asked.signal);
    } catch (failure) {
      if (failure.name !== "AbortError" && mine === picked && !over) text.textContent = failure.message;
      return;
    }
    if (mine !== picked || over) return;
    tell(mine.resolution);
    save.disabled = false;
    if (thenFocus) save.focus();
  }, 60, 180);

  const put = ({ lat, lng }, { dragged = false } = {}) => {
    picked = { lon: lng, lat, resolution: null };
    crosshair.hidden = dragged;
    if (!dragged) pin.setLatLng([lat, lng]).addTo(map);
    circle.setLatLng([lat, lng]).setRadius(Number(accuracy.value) || 0);
    if (accuracy.value) circle.addTo(map); else circle.remove();
    save.disabled = true;
    thenFocus = !dragged;
    if (!found.children.length) text.textContent = _("Looking up whose place this is");
    look();
  };
  const again = () => { if (picked) { put({ lat: picked.lat, lng: picked.lon }); thenFocus = false; } };
  const clicked = (event) => put(event.latlng);
  const pressed = (event) => {
    if (event.key === "Enter" && event.target === container) {
      event.preventDefault();
      map.stop();
      put(map.getCenter());
    } else if (event.key.startsWith("Arrow") && event.target === container) {
      crosshair.hidden = false;
    } else if (event.key.startsWith("Arrow") && event.target.tagName === "BUTTON" && box.contains(event.target)) {
      container.focus({ preventScroll: true }); // not there yet: on with the map
    }
  };
  const end = (result) => {
    now = null;
    over = true;
    holdClicks(false);
    if (asked) asked.abort();
    map.off("click", clicked);
    document.removeEventListener("keydown", pressed, true);
    for (const one of [pin, circle, crosshair]) one.remove();
    box.hidden = true;
    container.classList.remove("picking");
    if (before && before.isConnected) before.focus({ preventScroll: true });
    resolve(result && { ...result, ...(accuracy.value ? { accuracy_m: Number(accuracy.value) } : {}) });
  };

  holdClicks(true);
  container.classList.add("picking");
  container.focus({ preventScroll: true }); // from here on the arrow keys move the map
  map.on("click", clicked);
  pin.on("drag", () => put(pin.getLatLng(), { dragged: true }));
  pin.on("dragend", () => { put(pin.getLatLng(), { dragged: true }); thenFocus = true; });
  document.addEventListener("keydown", pressed, true);
  save.onclick = () => end(picked);
  cancel.onclick = () => end(null);
  if (start && typeof start.lon === "number") {
    if (!map.getBounds().pad(-0.1).contains([start.lat, start.lon])) map.panTo([start.lat, start.lon], { animate: false });
    put({ lat: start.lat, lng: start.lon });
    thenFocus = false; // the keys stay the map's
  }
  return { end, put, again };
}

/* Township, cell, border; and the shares of the circle where another township has one. */
function tell(resolution) {
  text.textContent = owner(resolution);
  const shares = townshipShares(resolution.candidates || []);
  found.replaceChildren();
  if (shares.length < 1 || !accuracy.value) return;
  found.append(shareBar(shares), el("p", {}, resolution.doubtful ? el("b", {}, `${_("Place in doubt")}: `) : "", shareWords(shares)));
}
