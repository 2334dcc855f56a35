/* Categories by code, by Chinese or English name, and by the first letters of the pinyin. */
import { names } from "./words.js";

const LETTERS = "abcdefghjklmnopqrstwxyz";
const FIRST = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨它穵夕丫帀"; // the first character of each letter, as pinyin sorts
const pinyin = new Intl.Collator("zh-CN-u-co-pinyin");
const MOST = 8;

const letter = (ch) => LETTERS[Math.max(0, Array.from(FIRST).findLastIndex((first) => pinyin.compare(first, ch) <= 0))];

/* 占道经营 -> zdjy; letters and digits stay. */
export const initials = (words) => Array.from(words, (ch) => (/[\u4e00-\u9fff]/.test(ch) ? letter(ch) : /[a-z0-9]/i.test(ch) ? ch.toLowerCase() : "")).join("");

const listed = Object.entries(names.categories).filter(([code]) => names.majors[code]).map(([code, name]) => {
  const [zh, en] = names.category_words[code] || [name, name];
  return { value: code, label: `${code} ${name}`, detail: names.majors[code], zh, en: en.toLowerCase(), short: initials(zh) };
});

/* The likest first: 0 is best, Infinity is none. */
function rank(one, words) {
  if (one.value === words || one.zh === words || one.en === words) return 0;
  if (one.value.startsWith(words)) return 1;
  if (one.zh.startsWith(words) || one.en.startsWith(words)) return 2;
  if (one.short.startsWith(words)) return 3;
  if (one.zh.includes(words) || one.en.includes(words)) return 4;
  if (words.length > 1 && one.short.includes(words)) return 5;
  return one.detail.toLowerCase().includes(words) ? 6 : Infinity;
}

export function findCategories(typed) {
  const words = typed.toLowerCase();
  const ranked = listed.map((one) => [rank(one, words), one]).filter(([how]) => how < Infinity);
  return ranked.sort(([a], [b]) => a - b).slice(0, MOST).map(([, one]) => one);
}

/* "1.01 Exposed rubbish", the code or the name alone -> the code; other words are sent as they are and kept. */
export function categoryCode(words) {
  const text = words.trim();
  const found = listed.find((one) => text === one.label || text === one.value || text === names.categories[one.value]);
  return found ? found.value : text;
}
