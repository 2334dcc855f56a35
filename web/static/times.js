/* Times as people read them, in the city's zone whatever the computer's. */
import { page, _ } from "./words.js";

const tag = page.language === "zh" ? "zh-CN" : "en-GB";
const format = (options) => new Intl.DateTimeFormat(tag, { timeZone: page.zone, hourCycle: "h23", ...options });
const clock = format({ hour: "2-digit", minute: "2-digit" });
const seconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const short = format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });

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
