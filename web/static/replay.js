/* A day's figures by area, asked once and added up to the hour that is looked at. */
import { get } from "./api.js";
import { replayedHour, view } from "./view.js";

let kept = { key: "", answer: null };

export function forgetDay() {
  kept = { key: "", answer: null };
}

/* As /map/density answers, of the replayed day up to its hour; null where the day is too much for one answer.
   `shapes` are the areas that the page has, by code. */
export async function dayFigures({ from: _from, to: _to, ...filters }, level, shapes) {
  const asked = { ...filters, day: view.day, level };
  const key = JSON.stringify(asked);
  if (kept.key !== key) kept = { key, answer: get("/map/replay", asked) };
  const mine = kept;
  const hour = replayedHour();
  let answer;
  try {
    answer = await mine.answer;
  } catch (failure) {
    if (kept === mine) forgetDay(); // asked again the next time
    throw failure;
  }
  return answer.rows && summed(answer, hour, shapes);
}

function summed({ codes, km2, rows, edition }, hour, shapes) {
  const figures = new Map([...shapes.keys()].map((code) => [code, { code, count: 0, late: 0, per_km2: 0 }]));
  let [total, located] = [0, 0];
  for (const [at, received, count, late] of rows) {
    if (received > hour) continue;
    total += count;
    const found = figures.get(codes[at]);
    if (!found) continue;
    located += count;
    found.count += count;
    found.late += late;
    found.per_km2 = km2[at] ? Math.round((found.count / km2[at]) * 100) / 100 : null;
  }
  return { edition, total, located, features: [...figures.values()].map((properties) => ({ properties })) };
}
