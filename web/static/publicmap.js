/* What is open, for everybody: squares of some 100 m or more with their number, and the newest items of small ones. */
import { get } from "./api.js";
import { byId, el, soon } from "./dom.js";
import { mark, tag } from "./marks.js";
import { nameOf, _ } from "./words.js";

const { map } = window.firstlineMap;
const { L } = window;
const marks = L.layerGroup().addTo(map);
const MOST_LISTED = 60;
let asked = null;

/* One item in words: what it is, how it stands, since when. */
export const described = (one) => [el("b", {}, nameOf("categories", one.category)), tag(one.status), el("span", { class: "m num" }, _("since {day}", { day: one.since })), " ", el("span", { class: "m num" }, one.number), pair(one)].filter(Boolean);

/* Before and after the work, as far as a dispatcher released them. */
function pair(one) {
  const shown = [["before", _("Before")], ["after", _("After")]].filter(([stage]) => one[stage]);
  return shown.length ? el("span", { class: "pair" }, shown.map(([stage, words]) => el("a", { href: `/api/v1/public/photos/${one[stage]}`, target: "_blank", rel: "noopener" },
    el("img", { src: `/api/v1/public/photos/${one[stage]}/thumbnail`, alt: _("Photograph: {stage}", { stage: words }), loading: "lazy", width: 120, height: 90 }), el("small", {}, words)))) : null;
}

function bubble(count) {
  const height = count < 10 ? 28 : count < 100 ? 34 : 42;
  return L.divIcon({ className: "bubble", html: el("span", { class: "num" }, String(count)), iconSize: [Math.max(height, 16 + 8 * String(count).length), height] });
}

function draw(square) {
  const alone = square.count === 1 && square.items.length === 1;
  const icon = alone ? L.divIcon({ className: "pin", html: mark(square.items[0].status), iconSize: [18, 18] }) : bubble(square.count);
  const title = alone ? nameOf("categories", square.items[0].category) : _("{n} items", { n: square.count });
  const marker = L.marker([square.lat, square.lon], { icon, title, alt: title, keyboard: true });
  if (square.items.length) {
    const more = square.count - square.items.length;
    marker.bindPopup(() => el("div", {}, square.items.map((one) => el("p", {}, described(one))), more ? el("p", {}, _("and {n} more", { n: more })) : null));
  } else marker.on("click", () => map.setView([square.lat, square.lon], Math.min(18, map.getZoom() + 2)));
  marker.addTo(marks);
}

async function look() {
  if (asked) asked.abort();
  asked = new AbortController();
  const box = map.getBounds();
  const bbox = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((one) => one.toFixed(5)).join(",");
  try {
    const answer = await get("/public/items", { bbox }, asked.signal);
    marks.clearLayers();
    answer.squares.forEach(draw);
    const items = answer.squares.flatMap((one) => one.items).sort((a, b) => b.number.localeCompare(a.number));
    byId("count").textContent = answer.total ? _("{n} open items in view", { n: answer.total }) : _("Nothing that may be shown is open here.");
    byId("list").replaceChildren(...items.slice(0, MOST_LISTED).map((one) => el("li", {}, described(one))));
    if (answer.total && !items.length) byId("list").replaceChildren(el("li", { class: "m" }, _("Move closer to see what each of them is.")));
  } catch (failure) {
    if (failure.name !== "AbortError") byId("count").textContent = failure.message;
  }
}

map.invalidateSize({ animate: false });
window.firstlineMap.fit();
map.on("moveend", soon(look, 250));
look();
