/* What a patrol finds: words, the own position or a pin, photographs. It waits in the outbox like everything else. */
import { byId, el, say } from "./dom.js";
import { enqueue } from "./outbox.js";
import { notKept, takePhoto } from "./taking.js";
import { names, page, _ } from "./words.js";

const MOST_PHOTOS = 6;
const VAGUE_M = 100;
const DRAFT = `firstline-finding-${page.account.id}`;
const frame = window.firstlineMap;
const sheet = byId("finding");
const [words, category] = [sheet.elements.description, sheet.elements.category];
const pane = byId("pane-map");
let spot = null;
let photos = [];

/* `show(pane)` turns the page over; `done()` is called when a finding is kept. */
export function findings(show, done) {
  category.append(...Object.entries(names.categories).filter(([code]) => names.majors[code])
    .map(([code, name]) => el("option", { value: code }, `${names.majors[code]} · ${name}`)));
  restore();
  sheet.addEventListener("input", keepDraft);
  act("locate", locate);
  act("photo", () => takePhoto(add));
  act("pin", () => { aim(true); show("map"); frame.map.setZoom(Math.max(frame.map.getZoom(), 16), { animate: false }); });
  pane.querySelector("[data-do=back]").addEventListener("click", () => { aim(false); show("finding"); });
  pane.querySelector("[data-do=here]").addEventListener("click", () => {
    const { lng, lat } = frame.map.getCenter();
    spot = { lon: lng, lat, datum: "wgs84" };
    told(_("The place is set on the map."));
    aim(false);
    show("finding");
  });
  sheet.addEventListener("submit", (event) => { event.preventDefault(); keep(done); });
  told(window.isSecureContext ? "" : _("Without HTTPS there is no position: set the place on the map."));
}

/* Asked for when the pane opens: where the worker stands, unless a place is set already. */
export function locateFirst() {
  if (!spot && window.isSecureContext && navigator.geolocation) locate();
}

const act = (name, what) => sheet.querySelector(`[data-do=${name}]`).addEventListener("click", what);
const told = (text) => { byId("spot").textContent = text || _("No place yet. Without one a dispatcher sets it."); };

export function aim(on) {
  pane.querySelector(".aim").hidden = pane.querySelector(".aimed").hidden = !on;
}

function locate() {
  if (!window.isSecureContext || !navigator.geolocation) { told(_("Without HTTPS there is no position: set the place on the map.")); return; }
  told(_("Looking for your position"));
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    spot = { lon: coords.longitude, lat: coords.latitude, datum: "wgs84", accuracy_m: Math.max(1, coords.accuracy) };
    const m = Math.round(coords.accuracy);
    told(m > VAGUE_M ? _("Your position, to within {m} m only. Set the place on the map if you can.", { m }) : _("Your position, to within {m} m.", { m }));
  }, () => told(_("The phone gives no position. Set the place on the map.")), { enableHighAccuracy: true, maximumAge: 15000, timeout: 20000 });
}

function add(blob) {
  photos = [...photos, blob].slice(-MOST_PHOTOS);
  drawPhotos();
}

function drawPhotos() {
  sheet.querySelector(".taken").replaceChildren(...photos.map((blob, n) => {
    const image = el("img", { src: URL.createObjectURL(blob), alt: _("Photograph {n}", { n: n + 1 }) });
    const away = el("button", { type: "button", on: { click: () => { photos = photos.filter((one) => one !== blob); drawPhotos(); } } }, _("Remove"));
    return el("li", {}, image, away);
  }));
  sheet.querySelector("[data-do=photo]").disabled = photos.length >= MOST_PHOTOS;
}

async function keep(done) {
  const fault = sheet.querySelector(".fault");
  const button = sheet.querySelector("[type=submit]");
  const body = { channel: "patrol", kind: "finding", description: words.value.trim(), occurred_at: new Date().toISOString(), ...(spot || {}) };
  if (category.value) body.category = category.value;
  button.disabled = true;
  fault.hidden = true;
  try {
    const after = keep.begun || await enqueue({ kind: "finding", body });
    keep.begun = after; // a photograph that could not be kept is tried again for the same finding
    while (photos.length) {
      await enqueue({ kind: "photo", stage: "scene", after, blob: photos[0] });
      photos = photos.slice(1);
    }
    keep.begun = null;
    clear();
    say(_("The finding is kept and leaves as soon as it can."));
    done();
  } catch (failure) {
    fault.textContent = notKept(failure);
    fault.hidden = false;
  } finally {
    button.disabled = false;
    drawPhotos();
  }
}

function clear() {
  sheet.reset();
  spot = null;
  told("");
  localStorage.removeItem(DRAFT);
}

function keepDraft() {
  try { localStorage.setItem(DRAFT, JSON.stringify({ words: words.value, category: category.value })); } catch { /* a full phone: the form still holds it */ }
}

function restore() {
  try {
    const kept = JSON.parse(localStorage.getItem(DRAFT) || "{}");
    words.value = kept.words || "";
    category.value = kept.category || "";
  } catch { /* nothing kept */ }
}
