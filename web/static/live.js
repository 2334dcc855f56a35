/* The live stream, and the sign that says whether it holds. The browser resumes by the last position it saw. */
import { clockTime } from "./times.js";
import { banner, byId } from "./dom.js";
import { _ } from "./words.js";

const AGAIN_MS = 3000;

/* `on`: {item, notice, edition, reset, again}; `again` is called after a gap that the stream itself may not have filled. */
export function follow(on) {
  let source = null;
  let gap = false;
  const sign = byId("live");

  const show = (held) => {
    sign.classList.toggle("lost", !held);
    sign.lastElementChild.textContent = held ? _("Live") : _("Connection lost, trying again");
    sign.dataset.time = held ? clockTime(new Date()) : "";
    banner(held ? "" : _("The connection is lost. What you see may be out of date; it is brought up to date as soon as the connection is back."));
  };

  const open = () => {
    source = new EventSource("/api/v1/live");
    source.onopen = () => {
      show(true);
      if (gap) on.again();
      gap = false;
    };
    source.onerror = () => {
      show(false);
      gap = true;
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS);
    };
    for (const kind of ["item", "notice", "edition", "reset"]) {
      source.addEventListener(kind, (event) => {
        show(true);
        if (on[kind]) on[kind](event.data ? JSON.parse(event.data) : {});
      });
    }
  };

  open();
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) { gap = true; open(); } });
  setInterval(() => { if (source.readyState === EventSource.OPEN) show(true); }, 1000);
}
