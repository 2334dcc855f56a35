/* The JSON API as functions. A refusal becomes a Problem with the server's code and its members. */
import { renew, signInAgain } from "./signin.js";
import { _ } from "./words.js";

const BASE = "/api/v1";

export class Problem extends Error {
  constructor(status, body) {
    super(sentence(status, body));
    this.status = status;
    this.code = body.code;
    this.members = body;
  }
}

function sentence(status, body) {
  const known = {
    "not-signed-in": _("You are signed out. Nothing was changed. Load the page again and sign in."),
    "csrf": _("The page is out of date. Nothing was changed. Load it again, then repeat what you did."),
    "forbidden": _("Your account may not do this. Nothing was changed."),
    "not-found": _("It is not there, or no longer yours to see."),
    "wrong-state": _("Somebody was quicker: the item no longer allows this. Nothing was changed."),
    "changed": _("The item has changed since you opened it. Look at it again, then repeat what you did."),
    "empty-item": _("Write what happened, or where: one of them is needed."),
    "bad-photo": _("This is no picture that can be read. Take a JPEG, PNG or WebP."),
    "photos-away": _("The photographs cannot be stored just now. Try again in a few seconds."),
    "database-away": _("The service cannot reach its database. Nothing was changed. Try again in a few seconds."),
  };
  if (known[body.code]) return known[body.code];
  if (body.incident) return _("The service failed. Look whether it was done before you repeat it. Number for support: {number}", { number: body.incident });
  if (status >= 500) return _("The service failed. Look whether it was done before you repeat it.");
  return body.detail || body.title || _("The service refused this ({status}).", { status });
}

export function get(path, query = {}, signal = undefined) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, value);
  }
  const tail = search.size ? `?${search}` : "";
  return ask(`${BASE}${path}${tail}`, { signal });
}

export const post = (path, body, headers = {}) => again(() => ask(`${BASE}${path}`, json(body, headers)));

/* A question whose words are too long, or too personal, for an address. It never asks to sign in. */
export async function find(path, body, signal = undefined) {
  const send = () => ask(`${BASE}${path}`, { ...json(body), signal });
  try {
    return await send();
  } catch (failure) {
    if (await outdated(failure)) return send();
    throw failure;
  }
}

/* Whether the page's token was old, and is the same reader's new one now. */
const outdated = async (failure) => failure.code === "csrf" && (await renew().catch(() => "")) === "same";

const json = (body, headers = {}) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token(), ...headers },
  body: JSON.stringify(body),
});

function token() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta ? meta.content : "";
}

/* Sends once more where the session had ended and the same reader has signed in again. What was refused was not done. */
async function again(send) {
  try {
    return await send();
  } catch (failure) {
    const mended = (failure.status === 401 && (await signInAgain())) || (await outdated(failure));
    if (mended) return send();
    throw failure;
  }
}

export const act = (number, action, args = {}) => post(`/items/${encodeURIComponent(number)}/actions`, { action, ...args });

async function ask(address, options) {
  let answer;
  let body;
  try {
    answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin", ...options });
    body = answer.ok ? await answer.json() : await answer.json().catch(() => ({}));
  } catch (failure) {
    if (failure.name === "AbortError") throw failure;
    throw new Problem(0, { detail: _("The service cannot be reached. What you wrote is still here; try again.") });
  }
  if (!answer.ok) throw new Problem(answer.status, body);
  return body;
}

/* Sends a form with a file; `progress` hears which share of it has left. (fetch cannot tell that.) */
export function upload(path, form, headers = {}, progress = () => {}) {
  return again(() => uploaded(path, form, headers, progress));
}

function uploaded(path, form, headers, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${BASE}${path}`);
    const all = { Accept: "application/json", "X-CSRF-Token": token(), ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
    request.onerror = () => reject(new Problem(0, { detail: _("The service cannot be reached. The picture is still here; try again.") }));
    request.onload = () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* a proxy's own page */ }
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(new Problem(request.status, body));
    };
    request.send(form);
  });
}

/* A word that makes a repeated sending the same one. */
export function onceWord() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
