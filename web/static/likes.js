/* Open items that may be the same matter: on an item's card, and under the call that is being written. */
import { act, find, get } from "./api.js";
import { el, say, soon } from "./dom.js";
import { tag } from "./marks.js";
import { when } from "./times.js";
import { nameOf, _ } from "./words.js";

/* A link that opens an item where the page can, and the console elsewhere. */
export function itemLink(number) {
  const open = (event) => {
    const asked = new CustomEvent("open-item", { detail: number, cancelable: true });
    if (!document.dispatchEvent(asked)) event.preventDefault();
  };
  return el("a", { class: "num", href: `/?item=${encodeURIComponent(number)}`, on: { click: open } }, number);
}

/* One like in a few words: why it is proposed. */
function line(like, ...more) {
  const why = [
    like.distance_m === null ? "" : _("{n} m apart", { n: Math.round(like.distance_m) }),
    like.days < 1 ? _("the same day") : _("{n} days apart", { n: Math.round(like.days) }),
    like.same_category ? _("same category") : nameOf("categories", like.category),
    like.similarity ? _("words {n} % alike", { n: Math.round(like.similarity * 100) }) : "",
  ].filter(Boolean).join(" · ");
  return el("li", { data: { number: like.number } },
    el("p", { class: "top" }, itemLink(like.number), " ", tag(like.status), el("b", { class: "num", title: _("How alike") }, ` ${Math.round(like.score * 100)} %`)),
    like.description ? el("p", { class: "said" }, like.description) : null,
    el("span", { class: "m num" }, [why, when(like.received_at)].join(" · ")), ...more);
}

/* On the card of an item that may be merged: its likes, each with the button that merges this item into it. */
export function itemLikes(item, done) {
  const box = el("section", { class: "likes", "aria-label": _("Possible duplicates") });
  if ((item.allowed || []).includes("merge")) fill(box, item, done);
  return box;
}

async function fill(box, item, done) {
  const { duplicates = [] } = await get(`/items/${encodeURIComponent(item.number)}/duplicates`).catch(() => ({}));
  if (!duplicates.length) return;
  const merge = (like) => async (event) => {
    event.currentTarget.disabled = true;
    try {
      const after = await act(item.number, "merge", { version: item.version, into: like.number });
      say(_("{number} is merged into {into}.", { number: item.number, into: like.number }));
      done(after);
    } catch (failure) {
      say(failure.message);
      done(null);
    }
  };
  box.replaceChildren(
    el("h2", {}, _("Possible duplicates")),
    el("ul", {}, duplicates.map((like) => line(like, el("button", { type: "button", data: { act: "merge" }, on: { click: merge(like) } }, _("Merge into this one"))))),
  );
}

/* Under a form: `read()` gives what is known of the report so far, null where that is too little; `found(likes)` hears what is
   shown. Returns what looks. */
export function entryLikes(box, read, found = () => {}) {
  let asked = null;
  const look = soon(async () => {
    const wanted = read();
    if (asked) asked.abort();
    asked = new AbortController();
    if (!wanted) { box.replaceChildren(); box.hidden = true; found([]); return; }
    const answer = await find("/duplicates", wanted, asked.signal).catch(() => null);
    if (!answer) return;
    const likes = answer.duplicates.slice(0, 4);
    box.hidden = !likes.length;
    box.replaceChildren(el("h3", {}, _("This may be known already")), el("ul", {}, likes.map((like) => line(like))));
    found(likes);
  }, 500, 2500);
  return look;
}
