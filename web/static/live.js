/* The live stream, and the sign that says whether it holds. It is resumed by the last position that was seen. */
import { banner, byId } from "./dom.js";
import { readStream, Refused } from "./stream.js";
import { clockTime } from "./times.js";
import { _ } from "./words.js";

const SILENCE_MS = 25000; // the service speaks every 10 s
const QUIET_MS = 5000; // how long a planned break goes untold
const PATIENCE_MS = 1000;
const POLL_S = 15;
const [FIRST_AGAIN_MS, LONGEST_AGAIN_MS] = [1000, 15000];

window.addEventListener("offline", () => banner("offline", _("This device is offline. What you see may be out of date; what you typed stays here. It goes on when the network is back.")));
window.addEventListener("online", () => banner("offline", ""));

const others = [];
let followed = false;

/* Lets a further part of the page hear the same stream; `on` is like that of `follow`. */
export function hear(on) {
  others.push(on);
}

export const isFollowed = () => followed;

/* `on`: {item, summons, notice, edition, reset, joined}. `joined` is called whenever the stream has begun (what is fetched from then
   on misses nothing), once without it where it does not begin in time, and every 15 s while the service has no room for a stream. */
export function follow(on) {
  followed = true;
  const hearers = () => [on, ...others];
  const joined = () => { for (const one of hearers()) if (one.joined) one.joined(); };
  let [position, stream, heard, begun, planned] = ["", null, 0, false, false];
  let [failures, again, alarm, poll] = [0, null, null, null];

  const lost = (words) => {
    clearTimeout(alarm);
    clearInterval(poll);
    [alarm, poll] = [null, null];
    sign("lost", _("Connection lost, trying again"), words || _("The connection is lost. What you see may be out of date; it is brought up to date as soon as the connection is back."));
  };

  const held = () => {
    clearTimeout(alarm);
    clearInterval(poll);
    [alarm, poll, failures, begun] = [null, null, 0, true];
    sign("", _("Live"), "", clockTime(new Date()));
  };

  const refused = () => {
    clearTimeout(alarm);
    alarm = null;
    sign("polled", _("Not live: refreshed every {n} s", { n: POLL_S }), "");
    if (poll) return;
    poll = setInterval(joined, POLL_S * 1000);
    if (begun) joined();
  };

  const told = ({ id, kind, data }) => {
    heard = Date.now();
    if (id) position = id;
    if (kind === "bye") planned = true;
    if (!kind || kind === "bye") return;
    held();
    if (kind === "hello") queueMicrotask(joined);
    // a fault in an act must not end the stream
    for (const one of hearers()) if (one[kind]) queueMicrotask(() => one[kind](data ? JSON.parse(data) : {}));
  };

  const ended = (failure) => {
    if (failure instanceof Refused && failure.status === 401) lost(_("You are signed out. Nothing was changed. Load the page again and sign in."));
    else if (failure instanceof Refused) refused();
    else if (planned) alarm = setTimeout(lost, QUIET_MS);
    else if (!alarm) lost();
    const asked = failure instanceof Refused ? failure.seconds * 1000 : 0;
    const wait = planned ? 0 : Math.max(asked, Math.min(LONGEST_AGAIN_MS, FIRST_AGAIN_MS * 2 ** failures));
    failures = planned ? failures : Math.min(failures + 1, 10);
    clearTimeout(again);
    again = setTimeout(open, wait);
  };

  const open = async () => {
    const mine = new AbortController();
    clearTimeout(again);
    [stream, heard, planned] = [mine, Date.now(), false];
    let failure = null;
    try {
      await readStream("/api/v1/live", position, mine.signal, (event) => { if (stream === mine) told(event); });
    } catch (broken) {
      failure = broken;
    }
    if (stream === mine) { stream = null; ended(failure); } // else it was closed on purpose
  };

  const close = () => {
    clearTimeout(again);
    const old = stream;
    stream = null;
    if (old) old.abort();
  };

  const watch = () => {
    if (!stream || Date.now() - heard < SILENCE_MS) return;
    close();
    lost();
    open();
  };

  open();
  setTimeout(() => { if (!begun) joined(); }, PATIENCE_MS);
  setInterval(watch, 1000);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { close(); open(); } });
}

/* `state` is "", "lost" or "polled"; `alert` stands over the page until it is empty. */
function sign(state, words, alert, time = "") {
  const box = byId("live");
  if (!box) return; // a page that shows nothing live but the bell
  for (const one of ["lost", "polled"]) box.classList.toggle(one, one === state);
  if (box.lastElementChild.textContent !== words) box.lastElementChild.textContent = words; // it is read out when it changes
  box.dataset.time = time;
  banner("live", alert);
}
