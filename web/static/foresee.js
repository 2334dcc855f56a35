/* What an item will be once the entries that wait for it are through: a phone without a signal goes on with its work. */

/* `item` as it came from the service, with the own actions of `entries` done on it. Refused ones are not. */
export function foreseen(item, entries, worker) {
  const mine = entries.filter((one) => one.kind === "action" && one.number === item.number && ["waiting", "sending"].includes(one.state));
  return mine.reduce((now, one) => done(now, one.args.action, worker), item);
}

const AFTER = {
  take: { state: "taken", adds: ["arrive", "done"], drops: ["take"] },
  arrive: { adds: [], drops: ["arrive"] },
  done: { state: "done", adds: [], drops: ["done", "arrive", "take"] },
  settle: { state: "done", adds: [], drops: ["settle", "done", "arrive", "take"] },
  verify: { state: "done", adds: [], drops: ["verify", "done", "arrive", "take"] },
};

function done(item, action, worker) {
  const means = AFTER[action];
  if (!means) return item;
  const task = (item.tasks || []).find((one) => one.worker === worker && ["offered", "taken"].includes(one.state));
  const tasks = (item.tasks || []).map((one) => (one === task && means.state ? { ...one, state: means.state } : one));
  const allowed = [...(item.allowed || []).filter((one) => !means.drops.includes(one)), ...means.adds];
  return { ...item, tasks, allowed: Array.from(new Set(allowed)) };
}
