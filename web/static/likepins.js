/* On the map, what is proposed as the same matter while a call is written: lettered like the list under the form. */
import { el } from "./dom.js";
import { L, map } from "./mapview.js";
import { names } from "./words.js";

const layer = L.layerGroup().addTo(map);

/* `likes` in the list's order; `open(number)` shows one. Nothing is drawn for those without a place. */
export function likePins(likes, open) {
  layer.clearLayers();
  likes.forEach((like, index) => {
    if (typeof like.lon !== "number") return;
    const icon = L.divIcon({ className: "like-pin", html: el("b", {}, String.fromCharCode(65 + index)), iconSize: [26, 26] });
    const title = [like.number, names.statuses[like.status] || like.status, like.description].filter(Boolean).join(" · ").slice(0, 120);
    L.marker([like.lat, like.lon], { icon, title, alt: title, zIndexOffset: 900 }).on("click", () => open(like.number)).addTo(layer);
  });
}
