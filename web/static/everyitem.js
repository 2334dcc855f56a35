/* Whole answers of the list of items, page after page. */
import { get } from "./api.js";

const PAGE = 500;
const MOST = 2000;

/* All items under `filters`, MOST at most; the answer's `more` says whether some are left out. */
export async function every(filters) {
  const found = [];
  let cursor = "";
  do {
    const answer = await get("/items", { ...filters, limit: PAGE, cursor });
    found.push(...answer.items);
    cursor = answer.next;
  } while (cursor && found.length < MOST);
  return Object.assign(found, { more: Boolean(cursor) });
}
