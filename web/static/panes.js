/* On a narrow screen the parts of the page stand behind one another; wide screens show them all. */
import { byId } from "./dom.js";

export function panes(first, onShow) {
  const buttons = Array.from(document.querySelectorAll(".panes [data-pane]"));
  const show = (pane) => {
    document.body.dataset.pane = pane;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
    onShow(pane);
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.pane));
  show(first);
  return show;
}

/* The language switch keeps what the reader is looking at. */
export function languageLink() {
  const link = document.querySelector(".language");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const address = new URL(location.href);
    address.searchParams.set("lang", link.dataset.language);
    location.assign(address);
  });
}

export const narrow = () => getComputedStyle(byId("pane-map")).getPropertyValue("--narrow").trim() === "1";
