/* Elements made from text, never from markup: what a citizen writes cannot become part of the page's code. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function say(text, ms = 6000) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { toast.hidden = true; }, ms);
}

const told = new Map();

/* One sentence for each `matter` stands over the page until it is taken back with an empty text. */
export function banner(matter, text) {
  if ((told.get(matter) || "") === text) return;
  told.set(matter, text);
  const strip = byId("banner");
  if (!strip) return;
  strip.textContent = Array.from(told.values()).filter(Boolean).join(" ");
  strip.hidden = !strip.textContent;
}

/* Calls `act` once, `wait` ms after the last call but at the latest `longest` ms after the first. */
export function soon(act, wait, longest = wait * 5) {
  let timer = null;
  let first = 0;
  return () => {
    const now = performance.now();
    if (timer === null) first = now;
    clearTimeout(timer);
    timer = setTimeout(() => { timer = null; act(); }, Math.max(0, Math.min(wait, first + longest - now)));
  };
}
