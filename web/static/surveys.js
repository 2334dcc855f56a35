/* The dispatcher's surveys: what was asked of which cells and what came of it, and the form for a new one. */
import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { hear } from "./live.js";
import { cellsByTownship } from "./mapview.js";
import { redraw } from "./redraw.js";
import { askSurvey, sweepCard } from "./sweeps.js";
import { view } from "./view.js";
import { _ } from "./words.js";

const SHOWN = 30;

/* `selected()` gives the items that are selected: their cells are proposed, with the chosen area's. Returns what opens it. */
export function surveys(selected) {
  const dialog = byId("surveys");
  if (!dialog) return () => {};
  const list = dialog.querySelector(".cards");
  const draw = async () => {
    try {
      const { sweeps } = await get("/sweeps", { limit: SHOWN });
      redraw(list, sweeps.length ? sweeps.map((one) => sweepCard(one, draw)) : [el("p", { class: "empty" }, _("No survey yet. Ask a question of the cells you choose; their workers get it as a task."))]);
    } catch (failure) {
      if (!list.querySelector("article")) list.replaceChildren(el("p", { class: "empty" }, failure.message));
    }
  };
  dialog.querySelector("[data-do=new]").addEventListener("click", () => askSurvey(cellsByTownship(), draw, proposed(selected())));
  dialog.querySelector("[data-do=close]").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target.closest("a.num")) dialog.close(); }); // an item is opened behind it
  hear({ item: () => { if (dialog.open) draw(); } });
  return () => {
    dialog.showModal();
    draw();
  };
}

function proposed(items) {
  const found = new Set(items.map((item) => item.resolution && item.resolution.grid && item.resolution.grid.code).filter(Boolean));
  for (const group of cellsByTownship()) {
    for (const [code] of group.cells) if (view.area && (view.area === code || (view.level === "township" && view.area === group.code))) found.add(code);
  }
  return found;
}
