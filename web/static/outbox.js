/* The outbox of a phone: what its worker did, kept until the service has it, sent in order and once.

   An entry: {id, account, key, kind: action | photo | finding, number, after, args | body, blob, stage, version, state, problem,
   at, tries}. `key` is its Idempotency-Key for all attempts; `version` is the item's when the worker looked at it; `after` is
   the entry of the finding that a photograph belongs to. States: waiting, sending, sent, refused. A refused entry holds back
   what follows on the same item until its worker decides. */
import { get, onceWord, post, Problem, upload } from "./api.js";
import { addEntry, allEntries, putEntries } from "./phonestore.js";
import { page, _ } from "./words.js";

const SENT_KEPT = 20;
const AGAIN_S = [3, 6, 12, 30, 60];
const MOST_FAULTS = 3;
const me = page.account;
const listeners = new Set();
const later = { failures: 0, timer: null };
let running = false;
let wanted = false;

/* `entries`: the worker's own. `others`: how many entries of other accounts wait on this phone. `road`: "", "offline",
   "signed-out" or "other-account": why nothing leaves just now. */
export const outbox = { entries: [], others: 0, road: "", share: 0 };

export const heed = (listener) => listeners.add(listener);
const tell = (done) => { for (const listener of listeners) listener(done); };
export const pending = () => outbox.entries.filter((one) => one.state !== "sent");

/* Reads the entries. While some are being sent, those known already stay the objects that they are: what happens to them
   happens here. `anew`: another tab may have sent some. */
export async function load(anew = false) {
  const known = new Map(anew ? [] : outbox.entries.map((one) => [one.id, one]));
  const all = (await allEntries()).map((one) => known.get(one.id) || one);
  const own = all.filter((one) => one.account === me.id);
  const needed = new Set(own.filter((one) => one.state !== "sent").map((one) => one.after));
  const sent = own.filter((one) => one.state === "sent" && !needed.has(one.id));
  const gone = sent.slice(0, Math.max(0, sent.length - SENT_KEPT)).map((one) => one.id);
  if (gone.length) await putEntries([], gone);
  outbox.entries = own.filter((one) => !gone.includes(one.id));
  outbox.others = all.filter((one) => one.account !== me.id && one.state !== "sent").length;
  tell();
}

/* Keeps an entry and begins to send; its number once it is kept. Rejects where the phone cannot keep it. */
export async function enqueue(entry) {
  const whole = { account: me.id, name: me.name, key: onceWord(), state: "waiting", at: new Date().toISOString(), tries: 0, ...entry };
  const id = await addEntry(whole);
  await load();
  send();
  return id;
}

const found = (id) => outbox.entries.find((one) => one.id === id) || {};
const ready = (one) => !one.after || Boolean(one.number) || found(one.after).state === "sent";

/* The next entry that may leave: the oldest one that nothing refused stands before. */
function nextEntry() {
  const held = new Set();
  for (const one of outbox.entries) {
    if (one.state === "sent") continue;
    const matter = one.number || `after ${one.after || one.id}`;
    if (one.state === "refused") held.add(matter);
    else if (!held.has(matter) && ready(one)) return one;
    else held.add(matter);
  }
  return null;
}

/* Sends what can be sent. However often it is asked, one at a time sends; of several tabs too. */
export async function send() {
  wanted = true;
  if (running) return;
  running = true;
  try {
    while (wanted) {
      wanted = false;
      if (navigator.locks) await navigator.locks.request("firstline-outbox", pump);
      else await pump();
    }
  } finally {
    running = false;
  }
}

async function pump() {
  clearTimeout(later.timer);
  await load(true);
  let token = null;
  for (let one = nextEntry(); one; one = nextEntry()) {
    token = token || await proof();
    if (!token) return;
    Object.assign(one, { state: "sending", number: one.number || found(one.after).number });
    tell(); // a full phone may not be able to write it down; it needs not, and sends all the same
    try {
      await sent(one, await deliver(one, token));
      later.failures = 0;
    } catch (failure) {
      const again = await failed(one, failure);
      if (again === "stop") return;
      token = again === "prove" ? null : token;
    }
  }
  road("");
}

/* The session's CSRF token, where it is this very worker's session. It ends with the session: what is sent with it
   can never be taken as another account's. */
async function proof() {
  try {
    const found = await get("/me");
    if (found.id !== me.id) { road("other-account"); return null; }
    road("");
    return found.csrf_token;
  } catch (failure) {
    if (failure.status === 401) road("signed-out");
    else wait();
    return null;
  }
}

function road(why) {
  if (outbox.road === why) return;
  outbox.road = why;
  tell();
}

function wait() {
  road("offline");
  clearTimeout(later.timer);
  later.timer = setTimeout(send, AGAIN_S[Math.min(later.failures, AGAIN_S.length - 1)] * 1000);
  later.failures += 1;
}

function deliver(one, token) {
  const headers = { "X-CSRF-Token": token, "Idempotency-Key": one.key };
  const item = `/items/${encodeURIComponent(one.number)}`;
  if (one.kind === "finding") return post("/items", one.body, headers);
  if (one.kind === "action") return post(`${item}/actions`, { ...one.args, claimed_at: one.at, ...(one.version ? { version: one.version } : {}) }, headers);
  const form = new FormData();
  form.append("stage", one.stage);
  form.append("claimed_at", one.at);
  form.append("photo", one.blob, "photo.jpg");
  return upload(`${item}/photos`, form, headers, (share) => { outbox.share = share; tell(); });
}

async function change(one, how) {
  Object.assign(one, how);
  await putEntries([one]).catch(() => {}); // on a full phone it stands as it did: it is sent once more, and done once
  tell();
}

/* The entry is done; what was decided on the same sight of the item goes on from here. */
async function sent(one, answer) {
  const followers = outbox.entries.filter((other) => other.id > one.id && other.state !== "sent");
  const touched = [one];
  for (const other of followers) {
    if (one.kind === "finding" && other.after === one.id) touched.push(Object.assign(other, { number: answer.number }));
    if (one.kind === "action" && other.kind === "action" && other.number === one.number && one.version && other.version === one.version) {
      touched.push(Object.assign(other, { version: Math.min(answer.version, one.version + 1) }));
    }
  }
  Object.assign(one, { state: "sent", blob: null, problem: null, sent_at: new Date().toISOString(), number: answer.number || one.number });
  await putEntries(touched).catch(() => touched.length === 1 && putEntries([], [one.id])).catch(() => {}); // what was sent makes room
  tell(one.kind === "photo" ? { number: one.number } : answer);
}

/* What becomes of an entry that failed: "stop" (nothing can be sent now), "prove" (ask anew whose session it is), or "next". */
async function failed(one, failure) {
  const faults = failure.code === "internal" ? (one.faults || 0) + 1 : 0;
  const passing = failure.status === 0 || [408, 429].includes(failure.status) || failure.status >= 500;
  const ours = failure.code === "csrf" || failure.status === 401;
  if (ours && (one.proofs || 0) < 2) {
    await change(one, { state: "waiting", proofs: (one.proofs || 0) + 1 });
    return "prove";
  }
  if (ours || (passing && faults < MOST_FAULTS)) {
    await change(one, { state: "waiting", faults, proofs: 0, tries: one.tries + 1 });
    wait();
    return "stop";
  }
  if (!(failure instanceof Problem)) throw failure;
  const came = failure.code === "changed" ? foreign(failure.members.events) : [];
  if (failure.code === "changed" && !came.length) {
    await change(one, { state: "waiting", version: failure.members.version });
    return "next";
  }
  const problem = { code: failure.code, said: failure.message, version: failure.members.version, errors: failure.members.errors, events: came };
  if (failure.code === "wrong-state") problem.events = await since(one);
  await change(one, { state: "refused", problem });
  tell({ number: one.number });
  return "next";
}

/* Of the events, those that somebody else made, as {action, at, role, words}. */
function foreign(events = []) {
  return events.map((line) => ({ ...JSON.parse(line.body), words: line.words }))
    .filter((event) => event.actor.account !== me.id && !["warned", "reminded"].includes(event.action))
    .map((event) => ({ action: event.action, at: event.at, role: event.actor.role, words: event.words }));
}

async function since(one) {
  const all = await get(`/items/${encodeURIComponent(one.number)}/events`).catch(() => ({ events: [] }));
  return foreign(all.events.filter((event) => event.seq > (one.version || 0)));
}

/* The worker's decisions on an entry that was refused. Its key stays: should it have been done after all, it is not done twice. */
export async function again(one, args = {}) {
  const version = (one.problem || {}).version || null;
  const same = (other) => other.id > one.id && other.state === "waiting" && other.number === one.number && other.version && other.version === one.version;
  const followers = outbox.entries.filter(same).map((other) => Object.assign(other, { version }));
  if (followers.length) await putEntries(followers); // what was decided on the same sight is decided anew with it
  await decided(one, { args: { ...one.args, ...args }, body: one.body && { ...one.body, ...args }, version });
}

export const asNote = (one, text) => decided(one, { kind: "action", args: { action: "comment", text }, version: null });

async function decided(one, how) {
  await change(one, { ...how, state: "waiting", problem: null, faults: 0 });
  send();
}

/* Takes the entry, and what depends on it, off the phone. */
export async function drop(one) {
  await putEntries([], [one.id, ...outbox.entries.filter((other) => other.after === one.id).map((other) => other.id)]);
  await load();
  send();
}

for (const event of ["online", "focus"]) window.addEventListener(event, () => send());
document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
