/* Items that belong together: merged into one another, or split from one call. */
import { onceWord, post } from "./api.js";
import { form } from "./asks.js";
import { el, say } from "./dom.js";
import { itemLink } from "./likes.js";
import { names, _ } from "./words.js";

/* What of an item's kin its card shows; null where it has none. `unmerge(number)` gives one back. */
export function kin(item) {
  const links = (numbers) => numbers.flatMap((number, index) => [index ? ", " : "", itemLink(number)]);
  const rows = [
    [item.merged_into, _("Merged into"), () => itemLink(item.merged_into)],
    [item.split_from, _("Split from"), () => itemLink(item.split_from)],
    [(item.merged || []).length, _("Merged into this one"), () => links(item.merged)],
    [(item.split || []).length, _("Split into"), () => links(item.split)],
  ].filter(([there]) => there);
  if (!rows.length) return null;
  return el("dl", { class: "kin" }, rows.flatMap(([, name, value]) => [el("dt", {}, name), el("dd", {}, value())]));
}

/* The number of the item to merge into, asked where it is not among the proposed ones. */
export function askMerge(send) {
  return (item) => {
    const input = el("input", { name: "into", required: true, maxlength: 40, placeholder: "261124-0000001" });
    const field = { node: el("label", {}, _("Number of the item that leads"), input), read: () => ({ into: input.value.trim() }) };
    form(_("Merge into another"), [field], (values) => send(item, "merge", values));
  };
}

/* Two or three matters of one call, each an item of its own; the first stays with the call's. */
export function askSplit(done) {
  return (item) => {
    const once = onceWord();
    const parts = [part(0, true), part(1, false), part(2, false)];
    form(_("Split"), parts, async (read) => {
      const told = Object.values(read).filter((one) => one.description || one.category);
      const body = { action: "split", version: item.version, parts: told };
      const after = await post(`/items/${encodeURIComponent(item.number)}/actions`, body, { "Idempotency-Key": once });
      say(_("Split into {numbers}.", { numbers: after.parts.map((one) => one.number).join(", ") }));
      done(after);
    });
  };
}

function part(n, required) {
  const words = el("textarea", { name: `description${n}`, rows: 2, required });
  const category = el("select", { name: `category${n}` }, el("option", { value: "" }, _("Not classified yet")),
    Object.entries(names.categories).filter(([code]) => names.majors[code]).map(([code, name]) => el("option", { value: code }, `${names.majors[code]} · ${name}`)));
  const title = required ? _("The other matter, as an item of its own") : _("One more matter (may be left empty)");
  return {
    node: el("fieldset", { class: "part" }, el("legend", {}, title), el("label", {}, _("What happened"), words), el("label", {}, _("Category"), category)),
    read: () => ({ [n]: { description: words.value.trim(), ...(category.value ? { category: category.value } : {}) } }),
  };
}
