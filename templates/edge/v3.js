/** API v3 as the original answers it: another dialect of JSON, links as paths, everything by slug; no other form. */

import { integer, last, parsed } from "./python.js";

const ROOT = "/api/v3/";
const ROUTE = /^(?:(packages|grids|categories|users)\/(?:([-\p{L}\p{N}_]+)\/(?:(packages)\/)?)?)?$/u;
const NOUNS = { packages: "Package", grids: "Grid", categories: "Category" };
const LARGEST = 2n ** 63n - 1n; // that the original's database counts to
const FAILED = { status: 500, message: "An error occurred" };

const matched = (rest) => {
  const found = ROUTE.exec(rest);
  if (!found || (found[3] && found[1] === "packages") || (found[3] && found[1] === "users")) return null;
  return { collection: found[1] ?? "", slug: found[2] ?? "", packages: Boolean(found[3]) };
};

export const lacksSlash = (rest) => matched(rest) === null && matched(`${rest}/`) !== null;

/** The answer to a request below /api/v3/; as `answer` of v4. OPTIONS answers as GET does, and no header is looked at. */
export const answer = async (asked) => {
  const { files, index } = asked;
  const route = matched(asked.rest);
  if (!index.v3 || !route || route.collection === "users") return told({ status: 404, message: "Not found." });
  if (!["GET", "HEAD", "OPTIONS"].includes(asked.method)) {
    return told({ status: 405, message: `Method "${asked.method}" not allowed.` });
  }
  const found = await (!route.collection ? files.text(ROOT) : route.slug ? one(asked, route) : whole(asked, route));
  return typeof found === "string" ? { status: 200, body: found } : told(found);
};

const told = ({ status, message }) => ({ status, body: `{"error": ${status}, "message": ${JSON.stringify(message)}}` });

/** An item, or the packages of one. */
const one = async (asked, { collection, slug, packages }) => {
  const { files, index } = asked;
  const found = await files.slug(index, collection, slug);
  if (!found) return { status: 404, message: `No ${NOUNS[collection]} matches the given query.` };
  if (packages && collection === "categories") return members(asked, collection, slug, '"category": null, ');
  const name = `v3/${collection}`;
  const [body] = await files.linesAt(name, index.lists[name], [found[1]]);
  return packages ? members(asked, collection, slug, `"grid": ${body}, `) : body;
};

/** The packages of a grid or a category. */
const members = async (asked, collection, slug, between) => {
  const { files, index } = asked;
  const places = await files.json(`v3/members/${collection}/${slug}.json`);
  return page(asked, places.length, between, (start, end) =>
    files.linesAt("v3/packages", index.lists["v3/packages"], places.slice(start, end)),
  );
};

/** A list; that of packages may be asked for those of a category, which it does not say then. */
const whole = async (asked, { collection }) => {
  const { files, index } = asked;
  const between = collection === "packages" ? '"category": null, ' : "";
  const category = collection === "packages" ? last(parsed(asked.search), "category") : null;
  if (category && (await files.slug(index, "categories", category))) return members(asked, "categories", category, between);
  const all = index.lists[`v3/${collection}`];
  return page(asked, all.count, between, (start, end) => files.lines(`v3/${collection}`, all, start, end));
};

/** A page of a list of `count`, whose objects `cut(start, end)` gives. */
const page = async ({ path, search, index }, count, between, cut) => {
  const keys = parsed(search);
  const number = (key, otherwise) => integer(last(keys, key) ?? "") ?? otherwise;
  const [limit, offset] = [number("limit", BigInt(index.page_size)), number("offset", 0n)];
  const stop = offset + limit;
  if (offset < 0n || stop < 0n || offset > LARGEST || stop > LARGEST) return FAILED;
  const [first, after] = [offset, stop].map((place) => Number(place < count ? place : count));
  const objects = await cut(first, Math.max(first, after));
  const before = offset > limit ? offset - limit : 0n;
  const link = (place) => `"${path}?limit=${limit}&offset=${place}"`;
  const meta = [
    `"limit": ${limit}`,
    `"next": ${stop < count ? link(stop) : "null"}`,
    `"offset": ${offset}`,
    `"previous": ${offset > 0n ? link(before) : "null"}`,
    `"total_count": ${count}`,
  ];
  return `{"meta": {${meta.join(", ")}}, ${between}"objects": [${objects.join(", ")}]}`;
};
