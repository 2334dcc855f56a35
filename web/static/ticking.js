/* Clocks that count down each second: whatever on the page has data-due. Only words change, never the size of things. */
import { ticked, left } from "./times.js";

function tick() {
  for (const one of document.querySelectorAll("[data-due]")) {
    const rest = left({ due_at: one.dataset.due, near_at: one.dataset.near });
    const words = "fine" in one.dataset ? ticked(one.dataset.due) : rest.text;
    if (one.textContent !== words) one.textContent = words;
    if ("fine" in one.dataset) { if (rest.state === "late") one.parentElement.className = "late"; } else for (const state of ["late", "near"]) one.classList.toggle(state, rest.state === state);
  }
}

export const ticking = () => setInterval(tick, 1000);
