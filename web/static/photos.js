/* An item's photographs: before and after side by side, the scene below; the large one; adding one. */
import { post } from "./api.js";
import { el, say } from "./dom.js";
import { addPhoto, waitingList } from "./sending.js";
import { when } from "./times.js";
import { called, nameOf, page, _ } from "./words.js";

const STAGES = ["before", "after", "scene"];

/* The part of a card that shows and takes photographs, null where there is nothing to show or do. `changed()` is called
   when something became different; `camera(number, stage)`: a phone's own way to take one. */
export function photographs(item, changed, { camera = null } = {}) {
  const photos = item.photos || [];
  const stages = item.photo_stages || [];
  if (!photos.length && !stages.length) return null;
  const pair = STAGES.filter((stage) => photos.some((photo) => photo.stage === stage)).map((stage) => el(
    "div", { class: stage, data: { stage } },
    el("h3", {}, nameOf("photo_stages", stage)),
    photos.filter((photo) => photo.stage === stage).map((photo) => small(photo, item, changed)),
  ));
  return el("section", { class: "photos", "aria-label": _("Photographs") },
    pair.length ? el("div", { class: "stages" }, pair) : null,
    waitingList(item.number),
    stages.length ? (camera ? cameras(item, stages, camera) : chooser(item, stages, changed)) : null);
}

function small(photo, item, changed) {
  const image = el("img", { src: photo.thumbnail, alt: "", width: 160, height: 120, loading: "lazy" });
  const label = `${nameOf("photo_stages", photo.stage)}, ${when(photo.at)}`;
  return el("figure", {},
    el("button", { type: "button", data: { photo: photo.id }, "aria-label": label, on: { click: () => large(photo, item, changed) } }, image),
    el("figcaption", { class: "m num" }, when(photo.taken_at || photo.at)),
    twins(photo),
    photo.released ? el("span", { class: "tag done" }, _("The citizen may see it")) : null);
}

function twins(photo) {
  if (!photo.duplicates) return null;
  const others = photo.duplicate_of.length ? photo.duplicate_of.join(", ") : photo.duplicates;
  return el("span", { class: "twins" }, _("The same picture elsewhere: {items}", { items: others }));
}

function large(photo, item, changed) {
  const dialog = el("dialog", { class: "photo", "aria-label": _("Large view") });
  const close = () => dialog.close();
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(
    el("img", { src: photo.url, alt: nameOf("photo_stages", photo.stage), width: photo.width, height: photo.height }),
    el("p", {}, el("b", {}, nameOf("photo_stages", photo.stage)), ` · ${facts(photo).join(" · ")}`),
    twins(photo) || "",
    el("footer", {}, release(photo, changed, close), el("button", { type: "button", data: { do: "close" }, on: { click: close } }, _("Close"))));
  document.body.append(dialog);
  dialog.showModal();
}

function facts(photo) {
  const by = [nameOf("roles", photo.by.role), photo.by.unit ? called(photo.by.unit) : ""].filter(Boolean).join(" ");
  const away = photo.place && photo.place.distance_m !== null
    ? _("{m} m from the place", { m: Math.round(photo.place.distance_m) }) : photo.place ? "" : _("the camera gave no position");
  return [by, photo.taken_at ? _("taken {when}", { when: when(photo.taken_at) }) : when(photo.at), away].filter(Boolean);
}

function release(photo, changed, close) {
  if (page.account.role !== "dispatcher") return null;
  if (photo.released) return el("span", { class: "tag done" }, _("The citizen may see it"));
  const act = async (event) => {
    event.currentTarget.disabled = true;
    try {
      await post(`/photos/${photo.id}/release`, {});
      close();
    } catch (failure) {
      say(failure.message);
    }
    changed();
  };
  return el("button", { type: "button", class: "main", title: _("Before and after of an open item in public space stand on the public map as well"), data: { do: "release" }, on: { click: act } }, _("Show to the citizen"));
}

/* On a phone: one large button for before, one for after. */
function cameras(item, stages, camera) {
  const words = { before: _("Photograph before"), after: _("Photograph after") };
  return el("div", { class: "pair" }, ["before", "after"].filter((stage) => stages.includes(stage)).map((stage) => el(
    "button", { type: "button", class: "big", data: { stage }, on: { click: () => camera(item.number, stage) } }, words[stage],
  )));
}

function chooser(item, stages, changed) {
  const taken = new Set((item.photos || []).map((photo) => photo.stage));
  const next = stages.find((stage) => !taken.has(stage)) || stages[0];
  const select = el("select", { "aria-label": _("What the photograph shows") }, stages.map((stage) => el("option", { value: stage, selected: stage === next }, nameOf("photo_stages", stage))));
  const add = () => addPhoto(item.number, select.value, false, changed);
  return el("div", { class: "add" }, select, el("button", { type: "button", data: { do: "add-photo" }, on: { click: add } }, _("Add a photograph")));
}
