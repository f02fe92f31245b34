
const ROOT = "/api/data/v1/search/";
const MOST_READS = 12;
const MANY_FILES = 3;
const MOST_MEANT = 5;
const MOST_WORDS = 8;
const MOST_TYPED = 200;
const LONGEST = 40;
const LONGEST_ENDING = 7;
const RANKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const PLACES = new Map([...RANKS].map((character, place) => [character.charCodeAt(0), place]));
const LINES = "pgf";
const TYPES = ["package", "grid"];
const FIRST_FACT = 48;

const EXACT = 3;
const SHORT = 2;
const BEGINNING = 1;

export const fold = (text) =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toUpperCase()
    .toLowerCase()
    .replace(/ς/g, "σ")
    .normalize("NFKC");

const cut = (word) => (word.length > LONGEST ? [...word].slice(0, LONGEST).join("") : word);

const turn = (word) => [...word].reverse().join("");

export const words = (text) => (fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).map(cut);

export const stem = (word) => {
  if (word.length < 4) return word;
  word = word.replace(/ies$/, "y").replace(/(ss|x|ch|sh)es$/, "$1").replace(/([^s])s$/, "$1");
  return word
    .replace(/(ation|ator|ating|ate|ing|er|ed|e)$/, (end, _, at) => (at > 2 ? "" : end))
    .replace(/([^aeiouls])\1$/, "$1")
    .replace(/y$/, "i");
};

const near = (a, b, most, i = 0, j = 0) => {
  while (i < a.length && j < b.length && a[i] === b[j]) i++, j++;
  if (i === a.length || j === b.length) return a.length - i + b.length - j <= most;
  return (
    most > 0 &&
    (near(a, b, most - 1, i + 1, j + 1) ||
      near(a, b, most - 1, i + 1, j) ||
      near(a, b, most - 1, i, j + 1) ||
      (a[i] === b[j + 1] && a[i + 1] === b[j] && near(a, b, most - 1, i + 2, j + 2)))
  );
};

const parsed = new WeakMap();

const json = (read, route) => {
  if (!parsed.has(read)) parsed.set(read, new Map());
  const files = parsed.get(read);
  if (!files.has(route)) {
    const file = read(ROOT + route).then((text) => JSON.parse(text ?? "null"));
    file.catch(() => files.delete(route));
    files.set(route, file);
  }
  return files.get(route);
};

class Index {
  constructor(read, head) {
    this.read = read;
    this.head = head;
    this.files = new Set();
    this.isPart = false;
    this.beginnings = { terms: new Set(head.terms), spellings: new Set(head.spellings) };
  }

  static async open(read) {
    const head = await json(read, "index.json");
    if (head === null) throw new Error(`there is no ${ROOT}index.json`);
    return new Index(read, head);
  }

  async file(route, most = MOST_READS) {
    if (!this.files.has(route) && this.files.size + 1 >= most) return {};
    this.files.add(route);
    return (await json(this.read, route)) ?? {};
  }

  shard(kind, key) {
    let beginning = key;
    while (beginning && !this.beginnings[kind].has(beginning)) beginning = beginning.slice(0, -1);
    const name = beginning.replace(/[^a-z0-9]/gu, (c) => `-${c.codePointAt(0).toString(16)}-`);
    const folder = name && name[0] !== "-" ? name[0] : "_";
    return this.file(`${kind}/${folder}/w-${name}.json`, MOST_READS - 2);
  }

  async beginningWith(key) {
    const longer = this.head.terms.filter((beginning) => beginning.length > key.length && beginning.startsWith(key));
    const nearest = this.beginnings.terms.has(key) ? key : longer[0];
    const many = longer.length >= MANY_FILES;
    this.isPart ||= many;
    const files = await Promise.all([key, ...(many ? [nearest] : longer)].map((k) => this.shard("terms", k)));
    const found = new Map(many ? [["*", files[1]["*"] ?? []]] : []);
    for (const file of files) for (const word in file) if (word.startsWith(key)) found.set(word, file[word]);
    return found;
  }

  async meant(typed, asName) {
    const most = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
    if (!most) return [];
    const found = new Map();
    const look = async (kind, key, word) => {
      const file = await this.shard(kind, key);
      for (const spelling of Array.isArray(file) ? file : Object.keys(file)) {
        if (Math.abs(spelling.length - key.length) > most || !near(spelling, key, most)) continue;
        found.set(word(spelling), near(spelling, key, 1) ? 1 : 2);
      }
    };
    const backwards = (spelling) => turn(spelling.slice(1));
    await Promise.all([
      look("spellings", "f" + typed, (spelling) => spelling.slice(1)),
      look("spellings", "b" + turn(typed), backwards),
      asName && look("spellings", "n" + turn(typed), backwards),
      asName && look("terms", typed, (word) => word),
    ]);
    const least = Math.min(...found.values());
    const best = [...found].filter(([, wrong]) => wrong === least).sort().slice(0, MOST_MEANT);
    return Promise.all(
      best.map(async ([word, wrong]) => {
        const file = await this.shard("terms", word);
        return { wrong, postings: Object.hasOwn(file, word) ? file[word] : [] };
      }),
    );
  }
}

const size = (postings) => (postings[0] < 0 ? -postings[0] : postings.length / 2);

const each = (postings, act) => {
  let key = 0;
  for (let i = postings[0] < 0 ? 1 : 0; i < postings.length; i += 2) act((key += postings[i]), postings[i + 1]);
};

const raise = (map, key, value) => {
  if (value > (map.get(key) ?? 0)) map.set(key, value);
};

async function wordHits(index, word) {
  const root = stem(word);
  const hits = new Map();
  let [count, longer] = [0, 0];
  const take = (postings, factor) => {
    each(postings, (key, value) => raise(hits, key, (factor * (value & 63)) / 63));
    index.isPart ||= postings[0] < 0;
    return size(postings);
  };
  const common = word.startsWith(root) ? root : root.slice(0, -1);
  for (const [found, postings] of await index.beginningWith(common)) {
    if (found === word) count += take(postings, 1);
    else if (found.length < root.length + LONGEST_ENDING && stem(found) === root) count += take(postings, 0.9);
    else if (found.startsWith(word) && word.length > 1) {
      longer += take(postings, 0.2 + (0.5 * word.length) / found.length);
    }
  }
  if (!hits.size) {
    for (const { wrong, postings } of await index.meant(word, false)) count += take(postings, 1 - 0.3 * wrong);
  }
  count = Math.min(count || longer, index.head.items);
  return { hits, rarity: Math.log(1 + (index.head.items - count + 0.5) / (count + 0.5)) };
}

async function nameHits(index, typed) {
  const hits = new Map();
  const take = (postings, whole, short) =>
    each(postings, (key, value) => value > 63 && raise(hits, key, value & 128 ? whole : short));
  for (const [name, postings] of await index.beginningWith(typed)) {
    const part = BEGINNING * (name === "*" ? 0.5 : typed.length / name.length);
    if (name === typed) take(postings, EXACT, SHORT);
    else take(postings, part, 0.95 * part);
  }
  if (!hits.size) {
    for (const { wrong, postings } of await index.meant(typed, true)) {
      take(postings, EXACT / (2 * wrong), SHORT / (2 * wrong));
    }
  }
  return hits;
}

async function scored(index, query) {
  const typed = words(query.slice(0, MOST_TYPED));
  if (!typed.length) return new Map();
  const unique = [...new Set(typed)].slice(0, MOST_WORDS);
  const telling = unique.filter((word) => !index.head.stop_words.includes(word));
  const [names, ...found] = await Promise.all([
    nameHits(index, cut(typed.join(""))),
    ...(telling.length ? telling : unique).map((word) => wordHits(index, word)),
  ]);
  const all = found.reduce((sum, { rarity }) => sum + rarity, 0);
  const scores = new Map(names);
  for (const key of new Set(found.flatMap(({ hits }) => [...hits.keys()]))) {
    let [text, had] = [0, 0];
    for (const { hits, rarity } of found) {
      if (!hits.has(key)) continue;
      text += (rarity * hits.get(key)) / all;
      had += rarity / all;
    }
    scores.set(key, (names.get(key) ?? 0) + text * had * had);
  }
  return scores;
}

async function knowledge(index, scores) {
  const blocks = new Map();
  for (const [key, score] of scores) raise(blocks, key >> 17, score);
  const order = [...blocks.keys()].sort((a, b) => blocks.get(b) - blocks.get(a));
  await Promise.all(order.map(async (n) => blocks.set(n, await index.file(`ranks/${n}.json`))));
  const lines = new Map();
  const at = (kind, id) => {
    const line = kind + (id >> 10) * LINES.length;
    if (!lines.has(line)) lines.set(line, blocks.get(id >> 16)?.[LINES[kind] + (id >> 10)] ?? "");
    return lines.get(line).charCodeAt(id & 1023);
  };
  return {
    rank: (key) => PLACES.get(at(key & 1, key >> 1)) ?? 0,
    fact: (key) => (key & 1 ? NaN : at(2, key >> 1) - FIRST_FACT),
  };
}

async function best(index, query, { limit, type, category, recent, active }) {
  const scores = await scored(index, query);
  const known = await knowledge(index, scores);
  const titles = index.head.categories;
  const [facts, fitting] = [new Set(), []];
  for (const [key, score] of scores) {
    const [rank, fact] = [known.rank(key), known.fact(key)];
    if (fact >= 0) facts.add(fact >> 1);
    if ((active && rank < 32) || (type && type !== TYPES[key & 1])) continue;
    if ((category && !(fact >= 0 && titles[fact >> 1] === category)) || (recent && !(fact % 2))) continue;
    fitting.push([key, (score < EXACT && rank < 32 ? 0.7 * score : score) + (0.2 * (rank & 31)) / 31]);
  }
  const least = Float64Array.from(fitting, ([, score]) => score).sort().at(-limit) ?? 0;
  const top = fitting.filter(([, score]) => score >= least).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const keys = top.slice(0, limit).map(([key]) => key);
  const categories = [...facts].map((number) => titles[number]).sort();
  return { keys, count: fitting.length, all: scores.size, categories, isPart: index.isPart };
}

async function texts(read, keys) {
  const chunks = new Map();
  const found = keys.map(async (key) => {
    const chunk = key >> 5;
    const route = `${ROOT}items/${key & 1 ? "grids" : "packages"}/${Math.floor(chunk / 1000)}/${chunk}.ndjson`;
    if (!chunks.has(route)) chunks.set(route, read(route));
    const [text, start] = ["\n" + ((await chunks.get(route)) ?? ""), `\n[${key >> 1},`];
    const at = text.indexOf(start);
    return at < 0 ? [] : [text.slice(at + start.length, text.indexOf("\n", at + 1) - 1)];
  });
  return (await Promise.all(found)).flat();
}

export async function find(query, read, { limit = 20, ...wanted } = {}) {
  const typed = (query ?? "").trim();
  if (!typed) return { items: [], count: 0, all: 0, categories: [], isPart: false };
  const { keys, ...counts } = await best(await Index.open(read), typed, { limit, ...wanted });
  const found = await texts(read, keys);
  const itself = found.filter((text) => [JSON.parse(text)].some((item) => item.title === typed || item.slug === typed));
  return { items: [...new Set([...itself, ...found])], ...counts };
}

export async function search(query, read, options) {
  return (await find(query, read, options)).items;
}

export async function suggest(query, read, { limit = 8 } = {}) {
  return (await search(query, read, { limit })).map((text) => {
    const { item_type: type, slug, title, description, weight, absolute_url: url } = JSON.parse(text);
    return { type, slug, title, description, weight, url };
  });
}
