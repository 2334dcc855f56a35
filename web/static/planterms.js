/* What publishing would do, as the service foretells it: which Edition it follows, and what becomes of open items. */
import { get } from "./api.js";
import { _ } from "./words.js";

/* {expect, moves, keeps, words} for a draft's or an Edition's terms. */
export async function terms(path, asked = {}) {
  const told = await get(path, asked);
  return { ...told, words: words(told.moves, told.keeps) };
}

function words(n, m) {
  if (n && m) return _("{n} open items get another place or lead; {m} in work keep their lead.", { n, m });
  if (n) return _("{n} open items get another place or lead.", { n });
  return m ? _("{m} items in work keep their lead.", { m }) : _("No open item changes its place.");
}
