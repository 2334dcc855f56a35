/* The citizen's form with a map: pin, own position, address, likes, and a sending that loses nothing. */
import { get, post } from "./api.js";
import { findCategories } from "./categories.js";
import { byId, el, soon } from "./dom.js";
import { tag } from "./marks.js";
import { shrink } from "./shrink.js";
import { suggest } from "./suggest.js";
import { nameOf, names, page, _ } from "./words.js";

const { map } = window.firstlineMap;
const { L } = window;
const form = byId("report");
const { lon, lat, accuracy_m: accuracy, category, address, anonymous } = form.elements;
const NEAR = 17;
let pin = null;
let small = null;

for (const part of document.querySelectorAll(".scripted")) part.hidden = false;
map.invalidateSize({ animate: false });
window.firstlineMap.fit();

const likes = soon(async () => {
  let found = [];
  try {
    if (lon.value) found = (await get("/public/duplicates", { lon: lon.value, lat: lat.value, category: category.value })).duplicates;
  } catch { /* the report goes out without them */ }
  byId("likes").hidden = !found.length;
  byId("likes").querySelector("ul").replaceChildren(...found.map((one) => el("li", {}, el("b", {}, nameOf("categories", one.category)), " ", tag(one.status),
    el("div", { class: "m num" }, _("since {day}, some {m} m away, number {number}", { day: one.since, m: Math.max(100, one.distance_m), number: one.number })))));
}, 300);

/* -- where -- */
function setPin(at, within = "", said = _("The pin is set. Drag it to be more exact.")) {
  if (!pin) {
    const icon = L.divIcon({ className: "", html: el("span", { class: "drop" }), iconSize: [30, 30], iconAnchor: [15, 36] });
    pin = L.marker(at, { icon, draggable: true, autoPan: true, keyboard: false, title: _("The place; drag it") }).addTo(map);
    pin.on("dragend", () => setPin(pin.getLatLng()));
  }
  pin.setLatLng(at);
  const spot = pin.getLatLng();
  [lon.value, lat.value, accuracy.value] = [spot.lng.toFixed(6), spot.lat.toFixed(6), within];
  byId("spot").textContent = said;
  form.querySelector("[data-do=unpin]").hidden = false;
  likes();
}

function unpin() {
  if (pin) pin.remove();
  pin = null;
  lon.value = lat.value = accuracy.value = "";
  byId("spot").textContent = _("Tap the map, or drag the pin. Without a pin the address is enough.");
  form.querySelector("[data-do=unpin]").hidden = true;
  likes();
}

function here() {
  const spot = byId("spot");
  if (!navigator.geolocation || !window.isSecureContext) {
    spot.textContent = _("This page gets no position from the browser. Tap the map instead.");
    return;
  }
  spot.textContent = _("Looking for your position");
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    setPin([coords.latitude, coords.longitude], String(Math.max(1, Math.round(coords.accuracy))), _("Your position, within {m} m. Drag the pin to be more exact.", { m: Math.round(coords.accuracy) }));
    map.setView([coords.latitude, coords.longitude], NEAR, { animate: false });
  }, () => { spot.textContent = _("The position could not be found. Tap the map instead."); }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 });
}

map.on("click", (event) => setPin(event.latlng));
const acts = { here, unpin, middle: () => setPin(map.getCenter()) };
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) acts[button.dataset.do]();
});
if (lon.value && lat.value && Number.isFinite(Number(lon.value)) && Number.isFinite(Number(lat.value))) setPin([Number(lat.value), Number(lon.value)], accuracy.value);

suggest(byId("address-box"), address, async (words) => {
  try {
    return (await post("/public/places", { q: words })).places.map((one) => ({ value: one, label: one.name, detail: _("within {m} m", { m: Math.round(one.accuracy_m) }) }));
  } catch {
    return [];
  }
}, ({ value }) => {
  address.value = value.name;
  setPin([value.lat, value.lon], String(Math.round(value.accuracy_m)), _("The pin stands where the address is known. Drag it to be more exact."));
  map.setView([value.lat, value.lon], NEAR, { animate: false });
}, { label: _("Places of this name"), wait: 300 });

/* -- what -- */
category.removeAttribute("list");
suggest(byId("category-box"), category, (words) => findCategories(words).map((one) => ({ ...one, label: names.categories[one.value] })), (one) => {
  category.value = one.label;
  likes();
}, { label: _("Categories") });
category.addEventListener("change", () => likes());

/* -- photograph and person -- */
form.elements.photo.addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  small = null;
  byId("photo-told").textContent = file ? _("Making the photograph smaller") : "";
  if (!file) return;
  const made = await shrink(file, page.photo_px);
  if (target.files[0] !== file) return;
  small = made;
  byId("photo-told").textContent = _("Ready: {kb} kB", { kb: Math.ceil(made.size / 1024) });
});
const named = () => { for (const one of [form.elements.name, form.elements.phone]) one.disabled = anonymous.checked; };
anonymous.addEventListener("change", named);
named();

/* -- sending -- */
form.addEventListener("submit", async (event) => {
  if (!navigator.cookieEnabled) return; // the answer itself then shows number and code
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  const sent = new FormData(form);
  if (small) sent.set("photo", small, "photo.jpg");
  button.disabled = true;
  say("", _("Sending"));
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    if (answer.ok) {
      const photo = told.photo ? `?photo=${encodeURIComponent(told.photo)}` : "";
      window.location.assign(`/report/sent${photo}`);
      return;
    }
    refused(told);
  } catch {
    say(_("It could not be sent. Everything you wrote is still here: send again when there is a signal. It will not be there twice."));
  }
  button.disabled = false;
});

/* Come back to by the browser's own button, the form can be sent again: other words are another report. */
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) form.querySelector("[type=submit]").disabled = false;
});

function refused(told) {
  if (told.code !== "question") {
    say({
      throttled: _("Much was sent from your network. Everything you wrote is still here: wait a while, or call 12345."),
      "empty-item": _("Say what it is or where it is; one of them is enough."),
      "too-large": _("The photograph is too large. Choose a smaller one, or send without."),
      "bad-arguments": _("The words are too long: at most 10000 characters. Everything you wrote is still here."),
    }[told.code] || _("The service cannot take it just now. Everything you wrote is still here: send again in a moment."));
    return;
  }
  say(told.again ? _("The answer was not right. Everything you wrote is still here.") : _("Please answer one question, then send again. Everything you wrote is still here."));
  byId("asked").hidden = false;
  byId("question-words").textContent = told.question;
  form.elements.question.value = told.token;
  if (told.form) form.elements.form.value = told.form;
  form.elements.answer.value = "";
  form.elements.answer.focus();
}

function say(fault, doing = "") {
  byId("fault").textContent = fault;
  byId("fault").hidden = !fault;
  byId("sending").textContent = doing;
  if (fault) byId("fault").focus();
}
