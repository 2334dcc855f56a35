/* The phone call's form. It stays open beside the map; what was written is kept until the service has it. */
import { act, onceWord, post } from "./api.js";
import { callerItems } from "./callers.js";
import { categoryCode, findCategories } from "./categories.js";
import { byId, el, say } from "./dom.js";
import { likePins } from "./likepins.js";
import { entryLikes } from "./likes.js";
import { owner } from "./mapview.js";
import { places } from "./picking.js";
import { suggest } from "./suggest.js";
import { names, page, _ } from "./words.js";

/* `pick(words, start)` lets the reader pick a place; `done(item)` gets the item that was taken in, urged or supplemented;
   `open(number)` shows one beside the form. */
export function callForm(pick, done, open) {
  const dialog = byId("call");
  if (!dialog) return { open: () => {}, close: () => {}, isOpen: () => false };
  const form = dialog.querySelector("form");
  const where = dialog.querySelector(".where");
  const fault = dialog.querySelector(".fault");
  const likes = form.querySelector(".known");
  let spot = null;
  let once = onceWord();
  const close = () => {
    dialog.close();
    likePins([]);
  };

  for (const [code, name] of Object.entries(names.kinds)) {
    if (code !== "unclassified") form.elements.kind.append(el("option", { value: code }, name));
  }
  form.elements.kind.value = "complaint";
  const { category, address, phone, reply } = form.elements;
  suggest(category.closest(".field"), category, findCategories, (one) => { category.value = one.label; look(); }, { label: _("Category") });
  suggest(address.closest(".field"), address, places, (one) => {
    address.value = one.label;
    place({ lon: one.lon, lat: one.lat, accuracy_m: one.accuracy_m, resolution: { township: one.township, grid: one.grid } });
  }, { label: _("Address") });
  const said = () => form.elements.description.value.trim();

  const place = (picked) => {
    spot = picked;
    where.textContent = picked ? owner(picked.resolution) : _("No place on the map yet");
    look();
  };

  const look = entryLikes(likes, () => {
    const told = { description: form.elements.description.value.trim(), address: form.elements.address.value.trim() };
    if (!spot && told.description.length + told.address.length < 4) return null;
    const at = spot ? { lon: spot.lon, lat: spot.lat, datum: "wgs84" } : {};
    return { ...told, ...at, category: categoryCode(category.value) };
  }, (found) => likePins(dialog.open ? found : [], open));
  form.addEventListener("input", look);

  const finish = (item) => {
    clear();
    close();
    done(item);
  };
  const callers = page.account.role === "dispatcher" ? callerItems(phone, form.querySelector(".caller"), said, finish) : { clear: () => {} };

  const clear = () => {
    form.reset();
    callers.clear();
    answering();
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
      category: categoryCode(category.value),
      description: elements.description.value.trim(),
      address: elements.address.value.trim(),
      anonymous: elements.anonymous.checked,
      confidential: elements.confidential.checked,
      client_ref: once,
    };
    const reporter = { name: elements.name.value.trim(), phone: elements.phone.value.trim() };
    if (reporter.name || reporter.phone) report.reporter = reporter;
    if (spot) Object.assign(report, { lon: spot.lon, lat: spot.lat, datum: "wgs84", ...(spot.accuracy_m ? { accuracy_m: spot.accuracy_m } : {}) });
    return report;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("footer .main");
    button.disabled = true;
    fault.hidden = true;
    try {
      const taken = await post("/items", body()); // sent again it is the same item, and then the answer alone is new
      const told = reply && reply.value.trim();
      const item = told ? { ...await act(taken.number, "reply", { version: taken.version, text: told }), track_code: taken.track_code } : taken;
      finish(item);
      say(_("{number} is taken in. Tracking code for the caller: {code}", { number: item.number, code: item.track_code || "–" }), 30000);
    } catch (failure) {
      fault.textContent = failure.message;
      fault.hidden = false;
    } finally {
      button.disabled = false;
    }
  });

  const answering = () => {
    form.querySelector("footer .main").textContent = reply && reply.value.trim() ? _("Take in and answer") : _("Take in and dispatch");
  };
  if (reply) reply.addEventListener("input", answering);
  form.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(); });

  dialog.querySelector("[data-do=close]").onclick = () => close();
  dialog.querySelector("[data-do=pick]").onclick = async () => {
    dialog.classList.add("aside");
    const picked = await pick(_("Click where it happened."), spot);
    dialog.classList.remove("aside");
    if (picked) place(picked);
    if (!dialog.open) dialog.show();
    form.elements.address.focus();
  };

  return {
    open: () => {
      if (!dialog.open) dialog.show();
      (phone.value ? form.elements.name : phone).focus();
      look();
    },
    close,
    isOpen: () => dialog.open,
  };
}
