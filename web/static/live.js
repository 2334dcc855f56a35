/* The live stream, and the sign that says whether it holds. The browser resumes by the last position it saw. */
import { clockTime } from "./times.js";
import { banner, byId } from "./dom.js";
import { _ } from "./words.js";

const AGAIN_MS = 3000;
const PATIENCE_MS = 1000;

/* `on`: {item, notice, edition, reset, joined}. `joined` is called whenever the stream has begun (what is fetched from then
   on misses nothing), and once without it where it does not begin in time. */
export function follow(on) {
  let source = null;
  let begun = false;
  const sign = byId("live");

  const show = (held) => {
    sign.classList.toggle("lost", !held);
    sign.lastElementChild.textContent = held ? _("Live") : _("Connection lost, trying again");
    sign.dataset.time = held ? clockTime(new Date()) : "";
    banner("live", held ? "" : _("The connection is lost. What you see may be out of date; it is brought up to date as soon as the connection is back."));
  };

  const open = () => {
    source = new EventSource("/api/v1/live");
    source.onopen = () => show(true);
    source.addEventListener("hello", () => {
      begun = true;
      on.joined();
    });
    source.onerror = () => {
      show(false);
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
  setTimeout(() => { if (!begun) on.joined(); }, PATIENCE_MS);
  window.addEventListener("pagehide", () => source.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  setInterval(() => { if (source.readyState === EventSource.OPEN) show(true); }, 1000);
}
