/* A field that proposes: what is typed is looked up, and a list under the field is walked by the arrow keys. */
import { el, soon } from "./dom.js";
import { isComposing } from "./redraw.js";

let made = 0;

/* `find(words)` gives, or promises, [{value, label, detail}]; `chosen(one)` gets the one that was taken. `box` holds input and list. */
export function suggest(box, input, find, chosen, { wait = 150, label = "" } = {}) {
  const list = el("ul", { class: "options", role: "listbox", id: `options-${++made}`, "aria-label": label || input.getAttribute("aria-label") || input.name, hidden: true });
  let [found, at, asked] = [[], -1, 0];
  box.classList.add("suggests");
  box.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) input.setAttribute(name, value);

  const close = () => {
    asked += 1;
    at = -1;
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    at = (to + found.length) % found.length;
    for (const [index, one] of Array.from(list.children).entries()) one.setAttribute("aria-selected", String(index === at));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (one) => {
    close();
    chosen(one);
  };
  const draw = (answer) => {
    found = answer;
    at = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...found.map((one, index) => el("li", { role: "option", id: `${list.id}-${index}`, "aria-selected": "false", on: { click: () => take(one) } },
      el("b", {}, one.label), one.detail ? el("small", { class: "m" }, one.detail) : null)));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
  };
  const look = soon(async () => {
    const mine = ++asked;
    if (isComposing()) return; // the letters of a word that is not there yet
    const words = input.value.trim();
    const answer = words ? await find(words) : [];
    if (mine === asked && document.activeElement === input) draw(answer);
  }, wait, wait * 3);

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  input.addEventListener("input", look);
  input.addEventListener("compositionend", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return; // Enter and the arrows are the input method's just now
    if (event.key === "ArrowDown" || event.key === "ArrowUp") mark(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    else if (event.key === "Enter" && (at >= 0 || found.length)) take(found[Math.max(0, at)]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
