/* Work on a draft: begun, followed, stopped. It goes on when the page is closed. */
import { get, post } from "./api.js";
import { el } from "./dom.js";
import { when } from "./times.js";
import { names, page, _ } from "./words.js";

const [EVERY_MS, PATIENCE] = [400, 20];
const OVER = ["done", "failed", "cancelled"];
const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const whole = new Intl.NumberFormat(tag);

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export const begin = (draft, kind, asked = {}) => post(`/plan/drafts/${draft}/jobs`, { kind, ...asked });

/* Calls `told(job)` until the job is over or `wanted()` is no more; what is asked in vain is asked again for a while. */
export async function followJob(id, wanted, told) {
  let missed = 0;
  for (;;) {
    try {
      const job = await get(`/plan/jobs/${id}`);
      missed = 0;
      if (!wanted()) return;
      told(job);
      if (OVER.includes(job.state)) return;
    } catch (failure) {
      missed += 1;
      if (failure.status === 404 || missed > PATIENCE) {
        if (wanted()) told({ id, state: "failed", fault: failure.message, result: null });
        return;
      }
    }
    await pause(EVERY_MS);
    if (!wanted()) return;
  }
}

/* What the service says in English of work that ended badly, in the reader's words where they are known. */
const faultWords = (words) => ({
  "The server that worked on it was stopped. Start it again.": _("The server that worked on it was stopped. Start it again."),
  "The work failed through a fault of ours. Support finds it in the log by its number.": _("The work failed through a fault of ours. Support finds it in the log by its number."),
}[words] || words);

/* How the work stands, in the box: progress and a button to stop it, or what went wrong, or whose result it is. */
export function jobLine(box, job, finished = "") {
  if (!job) return box.replaceChildren();
  if (job.state === "done") return box.replaceChildren(el("p", { class: "m" }, [finished, _("{who}, {at}", { who: job.made_by, at: when(job.made_at) })].filter(Boolean).join(" · ")));
  if (job.state === "failed") return box.replaceChildren(el("p", { class: "fault", role: "alert" }, job.fault ? `${faultWords(job.fault)} (${job.id})` : names.job_states.failed));
  if (job.state === "cancelled") return box.replaceChildren(el("p", { class: "m" }, _("Stopped. Nothing was changed.")));
  const known = job.total > 0;
  const share = known ? job.done / job.total : null;
  const bar = el("progress", { max: 1, value: share, "aria-label": _("Progress") });
  const words = known ? _("{share} % · {n} of {m}", { share: Math.floor(share * 100), n: whole.format(job.done), m: whole.format(job.total) }) : names.job_states[job.state];
  const stop = el("button", { type: "button", data: { do: "stop" } }, _("Stop"));
  stop.addEventListener("click", () => { stop.disabled = true; post(`/plan/jobs/${job.id}/cancel`, {}).catch(() => { stop.disabled = false; }); });
  const there = box.querySelector("progress");
  if (there && box.querySelector("[data-do=stop]")) { // in place, so that the focus stays on the button
    if (known) there.value = share; else there.removeAttribute("value");
    box.querySelector(".far").textContent = words;
    return null;
  }
  return box.replaceChildren(el("p", { class: "progress" }, bar, el("span", { class: "m num far" }, words), stop));
}
