/** What the original's language makes of texts: numbers, queries, the order of keys. */

// What int() passes over: not U+001C to U+001F, which str.isspace() counts.
const SPACE = "[\\t-\\r \\x85\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]*";
const INTEGER = new RegExp(`^${SPACE}([+-]?)(\\p{Nd}+(?:_\\p{Nd}+)*)${SPACE}$`, "u");
const MOST_DIGITS = 4300; // of a number in a text, before Python gives up

/** Digits that are no decimal digits: superscripts, circled ones. Python's isdigit() takes them, its int() does not. */
const OTHER_DIGITS =
  "\\u00b2\\u00b3\\u00b9\\u1369-\\u1371\\u19da\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u2474-\\u247c" +
  "\\u2488-\\u2490\\u24ea\\u24f5-\\u24fd\\u24ff\\u2776-\\u277e\\u2780-\\u2788\\u278a-\\u2792" +
  "\\u{10a40}-\\u{10a43}\\u{10e60}-\\u{10e68}\\u{11052}-\\u{1105a}\\u{1f100}-\\u{1f10a}";
const DIGITS = new RegExp(`^[\\p{Nd}${OTHER_DIGITS}]+$`, "u");

export const isDigits = (text) => DIGITS.test(text);

/** The value of a decimal digit of any script: they stand in tens, each from its zero. */
const digit = (character) => {
  const point = character.codePointAt(0);
  let first = point;
  while (/^\p{Nd}$/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return (point - first) % 10;
};

/** A whole number as int() reads it, of any size; null where it would refuse. */
export const integer = (text) => {
  const found = INTEGER.exec(text);
  if (!found) return null;
  const digits = found[2].replaceAll("_", "");
  if ([...digits].length > MOST_DIGITS) return null;
  const value = BigInt(/^[0-9]+$/.test(digits) ? digits : [...digits].map(digit).join(""));
  return found[1] === "-" ? -value : value;
};

/** The keys of a query with all their values, in order. */
export const parsed = (search) => {
  const keys = new Map();
  for (const [key, value] of new URLSearchParams(search)) {
    if (keys.has(key)) keys.get(key).push(value);
    else keys.set(key, [value]);
  }
  return keys;
};

/** The last value of a key, which is the one that counts; null without one. */
export const last = (keys, key) => keys.get(key)?.at(-1) ?? null;

/** As quote_plus() writes a text. A lone half of a pair cannot come in: the parser has replaced it. */
export const quoted = (text) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%20/g, "+");

const byCodePoint = ([a], [b]) => {
  const [x, y] = [Array.from(a, (c) => c.codePointAt(0)), Array.from(b, (c) => c.codePointAt(0))];
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : x[at] - (y[at] ?? -1);
};

/** A query with some keys set anew (or dropped, for null), all of them sorted. */
export const withKeys = (keys, changes) => {
  const changed = new Map(keys);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) changed.delete(key);
    else changed.set(key, [`${value}`]);
  }
  const pairs = [...changed].sort(byCodePoint).flatMap(([key, values]) => values.map((value) => [key, value]));
  return pairs.map((pair) => pair.map(quoted).join("=")).join("&");
};
