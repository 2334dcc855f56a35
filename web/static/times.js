/* Times as people read them, in the city's zone whatever the computer's. */
import { page, _ } from "./words.js";

const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const format = (options) => new Intl.DateTimeFormat(tag, { timeZone: page.zone, hourCycle: "h23", ...options });
const clock = format({ hour: "2-digit", minute: "2-digit" });
const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const short = format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

const named = format({ weekday: "short", month: "short", day: "numeric" });
const sorted = new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit" });

/* The city's day of an instant: 2026-11-25, as people read it, and the hour on it. */
export const dayOf = (at) => sorted.format(at);
export const dayName = (at) => named.format(at);
export const hourOf = (at) => clock.format(at);

/* The end of work some days ahead, as a datetime-local field takes it. */
export const inDays = (n) => `${dayOf(new Date(Date.now() + n * 86400000))}T17:30`;

export const clockTime = (at) => seconds.format(at);

/* The hour alone for today, else with the day. */
export function when(iso) {
  if (!iso) return "";
  const at = new Date(iso);
  return day.format(at) === day.format(new Date()) ? clock.format(at) : short.format(at);
}

export function span(milliseconds) {
  const minutes = Math.max(1, Math.round(Math.abs(milliseconds) / 60000));
  if (minutes < 60) return _("{n} min", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 3 && minutes % 60) return _("{h} h {m} min", { h: hours, m: minutes % 60 });
  if (hours < 48) return _("{n} h", { n: hours });
  return _("{n} days", { n: Math.floor(hours / 24) });
}

/* {text, state} of a deadline: state is "late", "near" or "". The word says it, not the colour alone. */
export function left(deadline, now = Date.now()) {
  if (!deadline) return { text: "", state: "" };
  const rest = new Date(deadline.due_at).getTime() - now;
  if (rest < 0) return { text: _("{span} late", { span: span(rest) }), state: "late" };
  const near = deadline.near_at && new Date(deadline.near_at).getTime() <= now;
  return { text: _("{span} left", { span: span(rest) }), state: near ? "near" : "" };
}

/* A moment of the city as a field of a form gives it (2026-11-24T08:00), as people read it. */
export const moment = (text) => text.replace("T", " ");

/* Hours, minutes and seconds to an instant, or since it; days where they are many. */
export function ticked(due, now = Date.now()) {
  const rest = new Date(due).getTime() - now;
  const all = Math.floor(Math.abs(rest) / 1000);
  const pad = (n) => String(n).padStart(2, "0");
  const words = all >= 172800 ? span(rest) : `${Math.floor(all / 3600)}:${pad(Math.floor(all / 60) % 60)}:${pad(all % 60)}`;
  return rest < 0 ? _("{span} late", { span: words }) : words;
}

/* How long until `iso`, or since: "in 25 min", "since 5 min". */
export function until(iso, now = Date.now()) {
  const rest = new Date(iso).getTime() - now;
  return rest >= 0 ? _("in {span}", { span: span(rest) }) : _("since {span}", { span: span(rest) });
}
