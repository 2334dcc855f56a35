/* Many acts one after the other: progress, a result for each, and a way to stop. What is done stays done. */
import { el } from "./dom.js";
import { itemLink } from "./likes.js";
import { _ } from "./words.js";

/* `jobs`: [{number, run}]; `width` of them are under way at once. Returns {done, refused, left}: the numbers. */
export async function runMany(title, jobs, width = 3) {
  const result = { done: [], refused: [], left: [] };
  const waiting = [...jobs];
  let stopped = false;
  const bar = el("progress", { max: jobs.length, value: 0, "aria-label": title });
  const said = el("p", { class: "num", role: "status" });
  const list = el("ol", { class: "outcomes", tabindex: 0, "aria-label": _("Results") });
  const stop = el("button", { type: "button", data: { do: "stop" } }, _("Stop"));
  const dialog = el("dialog", { class: "bulk", "aria-label": title }, el("h2", {}, title), bar, said, list, el("footer", {}, stop));
  const finished = () => result.done.length + result.refused.length;
  const tell = () => {
    bar.value = finished();
    said.textContent = _("{n} of {all}: {done} done, {refused} refused", { n: finished(), all: jobs.length, done: result.done.length, refused: result.refused.length });
  };
  const note = (number, words, failed) => {
    const line = el("li", { class: failed ? "failed" : "", data: { number } }, itemLink(number), el("b", {}, failed ? _("Not done") : _("done")), words);
    if (failed) list.prepend(line); else list.append(line); // what needs a hand comes first
  };
  const worker = async () => {
    while (waiting.length && !stopped) {
      const { number, run } = waiting.shift();
      try {
        await run();
        result.done.push(number);
        note(number, "", false);
      } catch (failure) {
        result.refused.push(number);
        note(number, failure.message, true);
      }
      tell();
    }
  };

  stop.onclick = () => { stopped = true; stop.disabled = true; };
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stop.click(); }); // Esc stops, then closes
  document.body.append(dialog);
  dialog.showModal();
  tell();
  await Promise.all(Array.from({ length: width }, worker));
  result.left = waiting.map((one) => one.number);
  if (result.left.length) list.prepend(el("li", { class: "failed" }, _("{n} were not begun.", { n: result.left.length })));
  stop.disabled = false;
  stop.textContent = _("Close");
  stop.className = "main";
  stop.onclick = () => { dialog.close(); dialog.remove(); };
  stop.focus();
  return result;
}
