/* The phone call's form. It stays open beside the map; what was written is kept until the service has it. */
import { onceWord, post } from "./api.js";
import { byId, el, say } from "./dom.js";
import { entryLikes } from "./likes.js";
import { owner } from "./mapview.js";
import { names, _ } from "./words.js";

/* `pick(words)` lets the reader pick a place; `done(item)` gets the item that was taken in. */
export function callForm(pick, done) {
  const dialog = byId("call");
  if (!dialog) return { open: () => {}, close: () => {}, isOpen: () => false };
  const form = dialog.querySelector("form");
  const where = dialog.querySelector(".where");
  const fault = dialog.querySelector(".fault");
  const likes = form.querySelector(".likes");
  let spot = null;
  let once = onceWord();

  for (const [code, name] of Object.entries(names.kinds)) {
    if (code !== "unclassified") form.elements.kind.append(el("option", { value: code }, name));
  }
  form.elements.kind.value = "complaint";
  const listed = Object.entries(names.categories).filter(([code]) => names.majors[code]);
  byId("category-list").append(...listed.map(([code, name]) => el("option", { value: `${code} ${name}` }, names.majors[code])));

  const place = (picked) => {
    spot = picked;
    where.textContent = picked ? owner(picked.resolution) : _("No place on the map yet");
    look();
  };

  const look = entryLikes(likes, () => {
    const told = { description: form.elements.description.value.trim(), address: form.elements.address.value.trim() };
    if (!spot && told.description.length + told.address.length < 4) return null;
    const at = spot ? { lon: spot.lon, lat: spot.lat, datum: "wgs84" } : {};
    return { ...told, ...at, category: code(form.elements.category.value, listed) };
  });
  form.addEventListener("input", look);

  const clear = () => {
    form.reset();
    form.elements.kind.value = "complaint";
    place(null);
    fault.hidden = true;
    once = onceWord();
  };

  const body = () => {
    const { elements } = form;
    const report = {
      channel: "phone",
      kind: elements.kind.value,
      category: code(elements.category.value, listed),
      description: elements.description.value.trim(),
      address: elements.address.value.trim(),
      anonymous: elements.anonymous.checked,
      confidential: elements.confidential.checked,
      client_ref: once,
    };
    const reporter = { name: elements.name.value.trim(), phone: elements.phone.value.trim() };
    if (reporter.name || reporter.phone) report.reporter = reporter;
    if (spot) Object.assign(report, { lon: spot.lon, lat: spot.lat, datum: "wgs84" });
    return report;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("footer .main");
    button.disabled = true;
    fault.hidden = true;
    try {
      const item = await post("/items", body());
      clear();
      dialog.close();
      say(_("{number} is taken in. Tracking code for the caller: {code}", { number: item.number, code: item.track_code || "–" }), 30000);
      done(item);
    } catch (failure) {
      fault.textContent = failure.message;
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  });

  dialog.querySelector("[data-do=close]").onclick = () => dialog.close();
  dialog.querySelector("[data-do=pick]").onclick = async () => {
    dialog.classList.add("aside");
    const picked = await pick(_("Click where it happened."));
    dialog.classList.remove("aside");
    if (picked) place(picked);
    if (!dialog.open) dialog.show();
    form.elements.address.focus();
  };

  return {
    open: () => {
      if (!dialog.open) dialog.show();
      form.elements.name.focus();
    },
    close: () => dialog.close(),
    isOpen: () => dialog.open,
  };
}

/* "1.01 Exposed rubbish", the code or the name alone -> the code; other words are sent as they are and kept. */
function code(words, listed) {
  const text = words.trim();
  const found = listed.find(([one, name]) => text === `${one} ${name}` || text === one || text === name);
  return found ? found[0] : text;
}
