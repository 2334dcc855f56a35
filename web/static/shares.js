/* Whose an accuracy circle is, by township: as a bar and in words. */
import { el } from "./dom.js";
import { areaName } from "./mapview.js";
import { sharesText } from "./marks.js";

/* [{name, share}], the largest first. */
export function townshipShares(candidates) {
  const sums = new Map();
  for (const one of candidates) {
    const name = areaName(one.township, "township");
    sums.set(name, (sums.get(name) || 0) + one.share);
  }
  return [...sums].map(([name, share]) => ({ name, share })).sort((a, b) => b.share - a.share);
}

export function shareBar(shares) {
  return el("div", { class: "shares", "aria-hidden": "true" }, shares.map((one, index) => {
    const piece = el("i", { class: index ? "other" : "" });
    piece.style.width = `${one.share * 100}%`;
    return piece;
  }));
}

export const shareWords = (shares) => shares.map((one) => `${one.name} ${sharesText(one.share)}`).join(" · ");
