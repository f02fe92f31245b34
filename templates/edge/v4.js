/** API v4 as the original answers it, and as its framework does what nobody wrote: formats, methods, paging. */

import { indented } from "./json.js";
import { integer, isDigits, last, parsed, quoted, withKeys } from "./python.js";
import { search } from "./search.js";

const ROOT = "/api/v4/";
const COLLECTION = "(packages|grids|categories)";
const ROUTES = [
  [/^()()(?:\.([a-z0-9]+)\/?)?$/, "root"],
  [new RegExp(`^(${"packages|grids|categories|search"})()(?:/|\\.([a-z0-9]+)/?)$`), "list"],
  [new RegExp(`^${COLLECTION}/([^/.]+)(?:/|\\.([a-z0-9]+)/?)$`, "u"), "item"],
];
const NOUNS = { packages: "Package", grids: "Grid", categories: "Category", search: "Search V3" };
const DESCRIPTIONS = {
  packages: "API endpoint that allows packages to be viewed or edited.",
  search: "Accepts a 'q' GET parameter.\n\nReturns SearchV3 (PostgreSQL FTS) results.",
  "": "The default basic root view for DefaultRouter",
};
const JSON_TYPE = "application/json";
const HTML_TYPE = "text/html";
const FORMS = ["application/x-www-form-urlencoded", "multipart/form-data"];
const FOUND_AT_MOST = 20;
const NOT_FOUND = { status: 404, detail: "Not found." };

/** What is asked for by a path below /api/v4/: its kind, collection, key and suffix; null where nothing is. */
const matched = (rest) => {
  for (const [pattern, view] of ROUTES) {
    const found = pattern.exec(rest);
    if (found) return { view, collection: found[1], key: found[2], suffix: found[3] ?? "" };
  }
  return null;
};

/** Whether a path is one that needs nothing but a slash at its end. */
export const lacksSlash = (rest) => matched(rest) === null && matched(`${rest}/`) !== null;

/**
 * The answer to a request below /api/v4/.
 * @param asked {method, path (decoded), rest (of it, below /api/v4/), search, accept (null without one), files, index}
 * @returns {status, body (the exact text), html (whether a page of it is wanted), name, description, headers}
 */
export const answer = async (asked) => {
  const route = matched(asked.rest);
  if (!route) return told(NOT_FOUND);
  const keys = parsed(asked.search);
  const form = negotiated(route.suffix || last(keys, "format") || "", asked.accept);
  if (form.status) return { ...told(form), headers: { Vary: "Accept" } };
  const view = { ...described(route), html: form.html, headers: { Vary: "Accept" } };
  if (asked.method === "OPTIONS") return { ...view, status: 200, body: written(options(view), form) };
  if (asked.method !== "GET" && asked.method !== "HEAD") {
    return { ...view, ...told({ status: 405, detail: `Method "${asked.method}" not allowed.` }, form) };
  }
  const found = await VIEWS[route.view]({ ...asked, ...route, keys });
  if (typeof found !== "string") return { ...view, ...told(found, form) };
  return { ...view, status: 200, body: laidOut(found, form) };
};

const told = ({ status, detail }, form = {}) => ({ status, body: written({ detail }, form) });

const written = (value, { indent }) => {
  return laidOut(JSON.stringify(value), { indent });
};

/** A text as it is wanted; what is too large to lay out comes as it is. */
const laidOut = (text, { indent }) => {
  const made = indent ? indented(text, indent) : { cut: true };
  return made.cut ? text : made.text;
};

const described = ({ view, collection }) => ({
  name: view === "root" ? "Api Root" : `${NOUNS[collection]} ${view === "item" ? "Instance" : "List"}`,
  description: DESCRIPTIONS[collection] ?? "",
});

const options = ({ name, description }) => ({
  name,
  description,
  renders: [JSON_TYPE, HTML_TYPE],
  parses: [JSON_TYPE, ...FORMS],
});

/* Which form is wanted: by suffix or key of the query, else by the header. The numbers in the header (q=0.9) do not count. */

const negotiated = (format, accept) => {
  const wanted = (accept ?? "*/*").split(",").map(mediaType);
  const renderers = [
    { type: JSON_TYPE, format: "json", html: false },
    { type: HTML_TYPE, format: "api", html: true },
  ].filter((renderer) => !format || renderer.format === format);
  if (!renderers.length) return NOT_FOUND;
  for (const precedence of [3, 2, 1, 0]) {
    for (const { type, html } of renderers) {
      const found = wanted.find((media) => media.precedence === precedence && matches(media, type));
      if (found) return { html, indent: html ? 0 : indent(found) };
    }
  }
  return { status: 406, detail: "Could not satisfy the request Accept header." };
};

const mediaType = (text) => {
  const [type, ...rest] = text.trim().split(";");
  const [main, sub = ""] = type.trim().toLowerCase().split("/", 2);
  const pairs = rest.map((part) => part.split("=", 2)).filter((pair) => pair.length === 2);
  const parameters = new Map(pairs.map(([key, value]) => [key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1")]));
  const own = [...parameters.keys()].filter((key) => key !== "q");
  return { main, sub, parameters, precedence: main === "*" ? 0 : sub === "*" ? 1 : parameters.size && own.length ? 3 : 2 };
};

const matches = ({ main, sub }, type) => {
  const [ourMain, ourSub] = type.split("/");
  return (main === "*" || main === ourMain) && (sub === "*" || sub === ourSub);
};

const indent = ({ parameters }) => {
  const number = integer(parameters.get("indent") ?? "");
  return number === null || number < 0n ? 0 : Number(number > 8n ? 8n : number);
};

/* What is answered: the exact text, or what to tell instead. */

const root = ({ index, suffix, keys }) => {
  const lists = ["packages", "search", "grids", "categories"];
  return JSON.stringify(Object.fromEntries(lists.map((name) => [name, `${index.base_url}${ROOT}${name}${end(suffix, keys)}`])));
};

/** What a link ends in: as the request's address does, and with the format that it asked for. */
const end = (suffix, keys) => {
  const format = last(keys, "format");
  return (suffix ? `.${suffix}` : "/") + (format === null ? "" : `?format=${quoted(format)}`);
};

const list = async (asked) => {
  const { files, index, collection, suffix, keys } = asked;
  if (collection === "search") {
    const found = await search(last(keys, "q") ?? "", (route) => files.text(route), { limit: FOUND_AT_MOST });
    return `[${found.join(",")}]`;
  }
  const all = index.lists[`v4/${collection}`];
  const [limit, offset] = [positive(last(keys, "limit"), 1n) ?? BigInt(index.page_size), positive(last(keys, "offset"), 0n) ?? 0n];
  const [start, stop] = [offset, offset + limit].map((place) => Number(place < all.count ? place : all.count));
  const lines = await files.lines(`v4/${collection}`, all, start, stop);
  const address = `${index.base_url}${asked.path.slice(asked.path.indexOf(ROOT))}`;
  const page = (place) => JSON.stringify(`${address}?${withKeys(keys, { limit, offset: place > 0n ? place : null })}`);
  const next = offset + limit < all.count ? page(offset + limit) : "null";
  const previous = offset > 0n ? page(offset - limit) : "null";
  const results = relinked(lines, collection, end(suffix, keys)).join(",");
  return `{"count":${all.count},"next":${next},"previous":${previous},"results":[${results}]}`;
};

/** A number of the query that is not below the least; null for any other text. */
const positive = (text, least) => {
  const number = integer(text ?? "");
  return number !== null && number >= least ? number : null;
};

const item = async (asked) => {
  const { files, collection, key, suffix, keys } = asked;
  const id = await identified(asked);
  if (id === null) return NOT_FOUND;
  const body = id > 0n && id <= Number.MAX_SAFE_INTEGER ? await files.text(`${ROOT}${collection}/${id}/`) : null;
  if (body === null) return { status: 404, detail: `No ${NOUNS[collection]} matches the given query.` };
  return relinked([body], collection, end(suffix, keys))[0];
};

/** The id that a key means, 0 for nothing's; null for what the original stumbles over. */
const identified = async ({ files, index, collection, key }) => {
  if (collection === "categories" || isDigits(key)) return integer(key);
  if (key.includes("\0")) return null;
  const found = await files.slug(index, collection, key);
  return BigInt(found ? found[0] : 0);
};

const VIEWS = { root, list, item };

/** Items whose links end in something else than a slash. Links stand where no text of people is. */
const relinked = (bodies, collection, ending) => {
  if (ending === "/" || collection === "categories") return bodies;
  const links = collection === "packages" ? /^.*?(?=,"id":)/s : /,"packages":\[[^\]]*\]/;
  return bodies.map((body) => body.replace(links, (part) => part.replaceAll('/"', `${ending}"`)));
};
