/* A survey's task: what is asked of one cell, and its result. */
import { get, post } from "./api.js";
import { form } from "./asks.js";
import { el, say } from "./dom.js";
import { left } from "./times.js";
import { called, _ } from "./words.js";

/* The result of one cell; what was found may be taken in as an item of its own. */
export function askResult(sweep, task, done) {
  const select = el("select", { name: "result" }, el("option", { value: "none" }, _("Nothing found")), el("option", { value: "found" }, _("Found")));
  const words = el("textarea", { name: "text", rows: 3 });
  const count = el("input", { name: "count", type: "number", min: 0, step: 1, inputmode: "numeric" });
  const file = el("input", { name: "file", type: "checkbox" });
  const fields = [
    { node: el("label", {}, _("Result"), select), read: () => ({ result: select.value }) },
    { node: el("label", {}, _("What you found or did"), words), read: () => (words.value.trim() ? { text: words.value.trim() } : {}) },
    { node: el("label", {}, _("How many"), count), read: () => (count.value === "" ? {} : { count: Number(count.value) }) },
    { node: el("label", { class: "check" }, file, " ", _("Take it in as an item, to be dealt with")), read: () => ({}) },
  ];
  form(_("Report the result"), fields, async (values) => {
    const spot = file.checked && values.result === "found" ? await here() : null;
    const item = spot && { description: values.text || sweep.question, ...spot };
    await post(`/sweeps/${sweep.id}/tasks/${task.n}/done`, item ? { ...values, item } : values);
    say(_("{cell}: the result is stored.", { cell: called(task.grid) }));
    done();
  });
}

/* The device's position, or no place where it does not tell one: a dispatcher sets it then. */
const here = () => new Promise((resolve) => {
  if (!navigator.geolocation) { resolve({}); return; }
  const found = ({ coords }) => resolve({ lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy, datum: "wgs84" });
  navigator.geolocation.getCurrentPosition(found, () => resolve({}), { maximumAge: 60000, timeout: 8000 });
});

/* The worker's own survey tasks that wait, as cards. */
export async function surveyTasks(done) {
  const { sweeps = [] } = await get("/sweeps", { waiting: "yes" }).catch(() => ({}));
  return sweeps.flatMap((sweep) => sweep.tasks.filter((task) => task.mine).map((task) => {
    const rest = left({ due_at: sweep.due_at, state: "running" });
    return el("article", { class: "task survey", data: { sweep: sweep.id } },
      el("p", { class: "top" }, el("span", { class: "tag new" }, _("Survey")), el("span", { class: `clock num ${rest.state}` }, rest.text)),
      el("h2", {}, called(task.grid)),
      el("p", { class: "said" }, sweep.question),
      el("button", { type: "button", class: "main big", data: { act: "result" }, on: { click: () => askResult(sweep, task, done) } }, _("Report the result")));
  }));
}
