/* The camera of a phone: a picture taken, made small, and handed on. */
import { el, say } from "./dom.js";
import { shrink } from "./shrink.js";
import { _ } from "./words.js";

const input = el("input", { type: "file", accept: "image/*", capture: "environment", hidden: true, "aria-hidden": "true", tabindex: -1 });
document.body.append(input);

/* Opens the camera and gives `kept(blob)` the small picture. The one input outlives every redrawing of the page. */
export function takePhoto(kept) {
  input.value = "";
  input.onchange = async () => {
    const file = input.files[0];
    if (!file) return;
    try {
      await kept(await shrink(file));
    } catch (failure) {
      say(notKept(failure), 15000);
    }
  };
  input.click();
}

/* Why the phone could not keep something, and what to do. */
export function notKept(failure) {
  if (failure && failure.name === "QuotaExceededError") return _("This phone's storage is full: that was not kept. What was kept before is safe. Send what waits, or delete something from the phone, and do it again.");
  return _("This phone could not keep that. What was kept before is safe. Do it again.");
}
