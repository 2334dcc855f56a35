/* Drawing a list anew under the reader's hands: the focus, what is typed and what is unfolded stay where they were. */
const FIELDS = "input, textarea, select";
const HOLDERS = "[data-summons], [data-number], [data-sweep], [data-order], [data-grid], [data-entry]";
let composing = false;
document.addEventListener("compositionstart", () => { composing = true; });
document.addEventListener("compositionend", () => { composing = false; });

/* Whether a word is being put together (pinyin): a field that is touched now would lose it. */
export const isComposing = () => composing;

/* What a control is, whichever node stands for it: whose card, what it does, the how-many-th of these. */
function keyOf(node, counted) {
  const holder = node.closest(HOLDERS);
  const { summons, number, sweep, order, grid, entry } = holder ? holder.dataset : {};
  const what = node.dataset.key || node.name || node.dataset.act || node.dataset.action || node.dataset.do || node.dataset.level || node.getAttribute("href") || node.tagName;
  const key = [summons, number, sweep, order, grid, entry, node.dataset.unit, what].join("|");
  const nth = counted.get(key) || 0;
  counted.set(key, nth + 1);
  return `${key}|${nth}`;
}

function controls(box) {
  const counted = new Map();
  return Array.from(box.querySelectorAll(`${FIELDS}, button, a, summary, [tabindex]`), (node) => [keyOf(node, counted), node]);
}

/* What the reader made of a field, null where nothing. */
function made(node) {
  if (node.type === "checkbox" || node.type === "radio") return node.checked === node.defaultChecked ? null : { checked: node.checked };
  if (node.matches("select:not([multiple])")) {
    const first = Array.from(node.options).find((option) => option.defaultSelected) || node.options[0];
    return first && node.value !== first.value ? { value: node.value } : null;
  }
  return node.matches("input:not([type=file]), textarea") && node.value !== node.defaultValue ? { value: node.value } : null;
}

/* Puts `nodes` into `box` instead of what stands there. While a word is being put together in it, a little later. */
export function redraw(box, nodes) {
  const held = box.contains(document.activeElement) ? document.activeElement : null;
  if (held && composing) {
    document.addEventListener("compositionend", () => setTimeout(() => redraw(box, nodes)), { once: true });
    return;
  }
  const before = controls(box);
  const typed = before.filter(([, node]) => node.matches(FIELDS)).map(([key, node]) => [key, made(node)]).filter(([, what]) => what);
  const focused = held && before.find(([, node]) => node === held);
  const [start, end] = held && held.matches("input:not([type=number], [type=date], [type=datetime-local], [type=checkbox], [type=radio]), textarea") ? [held.selectionStart, held.selectionEnd] : [null, null];
  const unfolded = new Set(before.filter(([, node]) => node.matches("details[open] > summary")).map(([key]) => key));
  box.replaceChildren(...nodes);
  if (!typed.length && !focused && !unfolded.size) return;
  const after = new Map(controls(box));
  for (const [key, what] of typed) if (after.has(key)) Object.assign(after.get(key), what);
  for (const key of unfolded) if (after.has(key)) after.get(key).parentElement.open = true;
  const next = focused && after.get(focused[0]);
  if (!next) return;
  next.focus({ preventScroll: true });
  if (start !== null) next.setSelectionRange(start, end);
}
