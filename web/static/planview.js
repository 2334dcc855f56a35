/* What the planner looks at: a draft, an Edition, a fault. The address bar always holds it. */
const FIELDS = ["draft", "edition", "fault"];

export const view = read();
const listeners = [];

function read() {
  const given = new URLSearchParams(location.search);
  return Object.fromEntries(FIELDS.map((name) => [name, /^\d{1,9}$/.test(given.get(name) || "") ? given.get(name) : ""]));
}

/* Changes the view; `push` leaves a step for the browser's Back. */
export function look(changes, push = false) {
  const before = { ...view };
  Object.assign(view, changes);
  const search = new URLSearchParams(FIELDS.filter((name) => view[name]).map((name) => [name, view[name]]));
  history[push ? "pushState" : "replaceState"](null, "", search.size ? `?${search}` : location.pathname);
  for (const listener of listeners) listener(view, before);
}

export const onLook = (listener) => listeners.push(listener);

window.addEventListener("popstate", () => {
  const before = { ...view };
  Object.assign(view, read());
  for (const listener of listeners) listener(view, before);
});
