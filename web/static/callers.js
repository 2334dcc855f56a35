/* Under the number of a caller: what the same number reported before; one key urges or supplements. */
import { act, post } from "./api.js";
import { el, say, soon } from "./dom.js";
import { itemLink } from "./likes.js";
import { tag } from "./marks.js";
import { when } from "./times.js";
import { nameOf, _ } from "./words.js";

const LEAST_DIGITS = 7;
const KEYS = { u: "urge", s: "supplement" };

/* `words()` is what was written of the call; `done(item)` is called once an item has been urged or supplemented. */
export function callerItems(phone, box, words, done) {
  let last = "";
  let items = [];

  const clear = () => {
    last = "";
    items = [];
    box.hidden = true;
    box.replaceChildren();
  };

  const look = soon(async () => {
    const digits = (phone.value.match(/\p{Nd}/gu) || []).join("");
    if (digits.length < LEAST_DIGITS) return clear();
    if (digits === last) return;
    last = digits;
    try {
      const answer = await post("/callers/items", { phone: digits }); // in the body: no address and no log holds the number
      if (digits === last) show(answer.items);
    } catch (failure) {
      if (digits !== last) return;
      last = "";
      box.hidden = false;
      box.replaceChildren(el("p", { class: "m" }, failure.message));
    }
  }, 400, 4000);

  const show = (found) => {
    items = found;
    box.hidden = false;
    const head = items.length ? _("This number reported {n} before", { n: items.length }) : _("Nothing is known of this number yet");
    box.replaceChildren(el("h3", {}, head), el("ul", {}, items.map(line)),
      items.length ? el("p", { class: "m hint" }, _("Arrow down, then U urges and S adds what you wrote.")) : "");
  };

  const line = (item) => el("li", { tabindex: -1, data: { number: item.number } },
    el("p", { class: "top" }, itemLink(item.number), " ", tag(item.status), el("span", { class: "m num" }, ` ${when(item.created_at)}`)),
    el("p", { class: "said" }, item.description || nameOf("categories", item.category)),
    el("p", { class: "both" }, Object.entries(KEYS).filter(([, action]) => item.allowed.includes(action)).map(([key, action]) =>
      el("button", { type: "button", data: { act: action }, on: { click: () => send(item, action) } }, nameOf("actions", action), " ", el("kbd", {}, key.toUpperCase())))),
    el("p", { class: "fault", role: "alert", hidden: true }));

  const send = async (item, action) => {
    const fault = box.querySelector(`[data-number="${item.number}"] .fault`);
    const text = words() || (action === "urge" ? _("The caller urges by telephone.") : "");
    fault.hidden = Boolean(text);
    fault.textContent = _("Write under “What happened” what the caller adds, then press it again.");
    if (!text) return;
    try {
      const after = await act(item.number, action, { version: item.version, text });
      say(_("{number}: {action}", { number: item.number, action: nameOf("actions", action) }));
      done(after);
    } catch (failure) {
      if (failure.code === "changed") item.version = failure.members.version; // told now; the next press is meant
      fault.textContent = failure.message;
      fault.hidden = false;
    }
  };

  const step = (by) => {
    const lines = Array.from(box.querySelectorAll("li"));
    const at = lines.indexOf(document.activeElement.closest("li"));
    const next = at + by;
    if (next < 0) phone.focus();
    else if (lines[next]) lines[next].focus();
  };

  phone.addEventListener("input", look);
  phone.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !items.length) return;
    event.preventDefault();
    box.querySelector("li").focus();
  });
  box.addEventListener("keydown", (event) => {
    const chosen = event.target.closest("li");
    const item = chosen && items.find((one) => one.number === chosen.dataset.number);
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = KEYS[event.key.toLowerCase()];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (action && item.allowed.includes(action)) send(item, action);
    else if (event.key === "Enter" && event.target === chosen) chosen.querySelector("a").click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { clear };
}
