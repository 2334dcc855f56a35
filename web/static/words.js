/* What the server wrote into the page: names, settings, and the reader's words for this folder's English ones. */
export const page = JSON.parse(document.getElementById("page-data").textContent);
export const names = page.names;

/* The reader's words for `message`, with {name} filled from `values`. */
export function _(message, values = {}) {
  const words = page.words[message] || message;
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/* The name of a code in one of the page's tables; the code itself where it is unknown there. */
export function nameOf(table, code) {
  return (names[table] && names[table][code]) || code || "";
}

export const unitName = (handler) => names.leads[handler.unit] || handler.name || called(handler.unit);
export const leadName = (lead) => (!lead ? "" : lead.kind === "centre" ? names.leads.centre : called(lead));

/* A unit, township or cell as an API answer gives it: an object with a name, or a bare code. */
export function called(thing) {
  if (!thing) return "";
  if (typeof thing === "object") return thing.name || called(thing.code);
  return names.units[thing] || names.leads[thing] || thing;
}
