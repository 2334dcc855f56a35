/* The list of drafts, and the head of the one that is worked on. */
import { post } from "./api.js";
import { form } from "./asks.js";
import { byId, el, say } from "./dom.js";
import { when } from "./times.js";
import { page, _ } from "./words.js";
import { look, view } from "./planview.js";

const size = new Intl.NumberFormat(page.language === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 1 });

export function drawDrafts(drafts) {
  const lines = drafts.map((one) => el("li", {},
    el("button", { type: "button", "aria-current": String(one.id) === view.draft ? "true" : null, data: { draft: one.id }, on: { click: () => look({ draft: String(one.id), fault: "", edition: "" }, true) } },
      el("b", {}, one.name), verdict(one),
      el("span", { class: "m num" }, _("no. {id} · {who}, {at}", { id: one.id, who: one.made_by, at: when(one.made_at) })))));
  const none = el("li", { class: "empty" }, _("No draft yet. Edit the boundaries in QGIS, then upload them here: they are checked at once, and nothing changes until you publish."));
  byId("drafts").replaceChildren(...(lines.length ? lines : [none]));
}

export function verdict(one) {
  if (one.errors === null) return el("span", { class: "tag off" }, _("not checked"));
  if (one.errors) return el("span", { class: "tag late" }, _("{n} errors", { n: one.errors }));
  if (one.editions.length) return el("span", { class: "tag new" }, _("Edition {n}", { n: one.editions.at(-1) }));
  return el("span", { class: "tag done" }, one.warnings ? _("sound, {n} warnings", { n: one.warnings }) : _("sound"));
}

/* What is worked on, or what to do where nothing is. */
export function drawHead(draft, gone) {
  const head = byId("bench-head");
  if (!draft) {
    head.replaceChildren(el("h1", {}, _("The boundaries as they are")), el("p", { class: "m" }, _("Choose a draft to check, compare, rehearse and publish it.")));
    return;
  }
  const facts = [
    _("no. {id} · {who}, {at}", { id: draft.id, who: draft.made_by, at: when(draft.made_at) }), _("{n} townships, {m} cells", { n: draft.townships, m: draft.grids }),
    draft.datum ? _("read as {datum}", { datum: draft.datum }) : "",
    draft.left_out.length ? _("left out: {files}", { files: draft.left_out.slice(0, 5).join(", ") }) : "",
  ].filter(Boolean).join(" · ");
  head.replaceChildren(
    el("h1", {}, draft.name), el("p", { class: "m num" }, facts),
    el("p", { class: "both" },
      el("a", { class: "button", href: `/api/v1/plan/drafts/${draft.id}/file`, download: "" }, _("Download ({n} kB)", { n: size.format(draft.bytes / 1024) })),
      el("button", { type: "button", data: { do: "discard" }, on: { click: () => discard(draft, gone) } }, _("Throw away")),
      el("button", { type: "button", data: { do: "close" }, on: { click: () => look({ draft: "", fault: "" }, true) } }, _("Close the draft"))));
}

function discard(draft, gone) {
  const words = el("p", {}, _("{name} and the work done on it are gone for every planner. Editions made of it stay.", { name: draft.name }));
  form(_("Throw away"), [{ node: words, read: () => ({}) }], async () => {
    await post(`/plan/drafts/${draft.id}/discard`, {});
    say(_("{name} is gone.", { name: draft.name }));
    gone();
  });
}
