/* The map's panel: what the colours show, for which time, a day replayed hour by hour, and the sheet for the printer. */
import { byId } from "./dom.js";
import { map, repaint, stand } from "./mapview.js";
import { page, _ } from "./words.js";
import { look, onLook, replayedHour, view } from "./view.js";

const STEP_MS = 1200;
const LAST = 23;
const [panel, toggle, form, replay] = ["mapset", "mapset-toggle", "mapset-form", "replay"].map(byId);
const play = replay.querySelector("[data-do=play]");
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
let playing = null;

function fill() {
  for (const field of ["measure", "from", "to", "day"]) form.elements[field].value = view[field];
  const hour = replayedHour();
  form.elements.hour.value = String(hour);
  const words = _("{day}, 00:00 to {hour}:00", { day: view.day, hour: String(hour + 1).padStart(2, "0") });
  form.elements.hour.setAttribute("aria-valuetext", words);
  byId("replay-time").textContent = words;
  replay.hidden = !view.day;
  play.textContent = still.matches ? _("Next hour") : playing ? _("Stop") : _("Play");
  toggle.classList.toggle("used", Boolean(view.measure || view.from || view.to || view.day));
}

/* One hour on. With less motion wanted the reader goes each step; else it goes by itself until the day is over. */
function step() {
  const hour = view.hour === "" ? 0 : (Number(view.hour) + 1) % (LAST + 1);
  if (hour === LAST) stop();
  look({ hour: String(hour) });
}

function stop() {
  clearInterval(playing);
  playing = null;
  fill();
}

const acts = {
  play: () => {
    if (playing) return stop();
    if (!still.matches) playing = setInterval(step, STEP_MS);
    step();
    return fill();
  },
  end: () => { stop(); look({ day: "", hour: "" }); toggle.focus(); },
  clear: () => { stop(); look({ from: "", to: "", day: "", hour: "", since: "" }); },
  print: () => window.print(),
};

form.addEventListener("click", (event) => { const act = acts[event.target.dataset.do]; if (act) act(); });
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", (event) => {
  const { name, value } = event.target;
  if (name === "hour") { stop(); look({ hour: value }); }
});
form.addEventListener("change", (event) => {
  const { name, value } = event.target;
  if (name === "day") { stop(); look({ day: value, hour: value ? view.hour : "", ...(value ? { queue: "" } : {}) }); }
  else if (name !== "hour") look({ [name]: value });
});
toggle.addEventListener("click", () => toggle.setAttribute("aria-expanded", String(!panel.toggleAttribute("hidden"))));
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  panel.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
  toggle.focus();
});
onLook(fill);
fill();

/* The sheet shows what the screen showed, in light colours, with its title and date. */
let shown = null;
window.addEventListener("beforeprint", () => {
  if (shown) return;
  shown = { center: map.getCenter(), zoom: map.getZoom(), bounds: map.getSize().x ? map.getBounds() : null };
  document.body.classList.add("printed");
  const at = new Intl.DateTimeFormat(page.language === "zh" ? "zh-CN" : "en-GB", { timeZone: page.zone, dateStyle: "long", timeStyle: "short", hourCycle: "h23" });
  byId("sheet-head").replaceChildren(...[document.querySelector(".brand").textContent, at.format(new Date())].map((text) => Object.assign(document.createElement("span"), { textContent: text })));
  map.invalidateSize({ animate: false, pan: false });
  if (shown.bounds) map.fitBounds(shown.bounds, { animate: false });
  else stand();
  repaint();
});
window.addEventListener("afterprint", () => {
  if (!shown) return;
  map.invalidateSize({ animate: false, pan: false });
  const { center, zoom } = shown;
  document.body.classList.remove("printed");
  map.invalidateSize({ animate: false, pan: false });
  map.setView(center, zoom, { animate: false });
  shown = null;
  repaint();
});
