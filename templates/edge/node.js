/**
 * The whole site from Node 18 or later, without dependencies: for a look, or behind a proxy that ends TLS.
 *
 *   node _host/node.js [--port 8080] [--listen 127.0.0.1] [--site FOLDER]
 *
 * The folder may be replaced while this runs: each answer is made of one state of it. After an update of the program
 * that builds it, start this anew.
 */

import { createHash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, resolve, sep } from "node:path";
import { parseArgs, promisify } from "node:util";
import * as zlib from "node:zlib";

import { ALWAYS, METHODS, answer, decoded } from "./api.js";

// Node 18 has it, but not yet as a global.
globalThis.crypto ??= (await import("node:crypto")).webcrypto;

const { values: given } = parseArgs({
  options: {
    port: { type: "string", default: "8080" },
    listen: { type: "string", default: "127.0.0.1" },
    // Not this module's own place: that would follow links, and stay with the old site when a link is set anew.
    site: { type: "string", default: dirname(dirname(resolve(process.argv[1]))) },
  },
});

const TYPES = {
  ".atom": "application/atom+xml",
  ".avif": "image/avif",
  ".css": "text/css; charset=utf-8",
  ".db": "application/vnd.sqlite3",
  ".gif": "image/gif",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".ndjson": "application/x-ndjson",
  ".png": "image/png",
  ".rss": "application/rss+xml",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
  "api-catalog": "application/linkset+json", // a whole name
};
const PAGES = {
  Allow: "GET, HEAD",
  "Cache-Control": ALWAYS["Cache-Control"],
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Content-Type-Options": "nosniff",
};
const INDEXES = ["index.html", "index.json", "index.xml"];
const VERSIONED = /^\/api\/v[0-9]+(\/|$)/;
const CODINGS = { br: ".br", gzip: ".gz" }; // the best first
const COMPRESSED_FROM = 1024; // bytes; fewer go in one packet of the network either way
const [brotli, gzip] = [promisify(zlib.brotliCompress), promisify(zlib.gzip)];
// Made anew for each reader: the best quality of Brotli would take forty times as long.
const PACKERS = {
  br: (body) => brotli(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: (body) => gzip(body),
};
const MISSING = ["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG"];
const TRIES = 5; // to make an answer of one state of the files

/** Whether a name of a folder or file is one for readers. */
const isName = (name) =>
  name !== "" && name !== "_host" && (!name.startsWith(".") || name === ".well-known") && !/[\\/\0]/.test(name);

/** The codings that a reader takes, what it likes best first, and of equals ours. */
const accepted = (request) => {
  const weights = new Map();
  for (const part of (request.headers["accept-encoding"] ?? "").toLowerCase().split(",")) {
    const [name, ...parameters] = part.split(";").map((text) => text.trim());
    const weight = parameters.find((text) => /^q\s*=/.test(text));
    weights.set(name, weight ? Number(weight.slice(weight.indexOf("=") + 1)) : 1);
  }
  const weight = (name) => weights.get(name) || 0;
  return Object.keys(CODINGS).filter((name) => weight(name) > 0).sort((one, other) => weight(other) - weight(one));
};

/** The bytes, the type and the coding of a route, by a file beside it if one is wanted; null where no file answers it. */
const file = async (route, codings = []) => {
  const names = route.slice(1).split("/");
  const last = names.pop();
  if (!route.startsWith("/") || ![...names, ...(last ? [last] : [])].every(isName)) return null;
  const root = await realpath(given.site);
  for (const name of last ? [last] : INDEXES) {
    try {
      const path = await realpath(join(root, ...names, name));
      if (!path.startsWith(root + sep)) continue;
      const type = TYPES[extname(name) || name] ?? "application/octet-stream";
      return (await sibling(path, type, codings)) ?? { body: await readFile(path), type, coding: null };
    } catch (error) {
      if (!MISSING.includes(error.code)) throw error;
    }
  }
  return null;
};

/** The best of a file's compressed forms that there are and the reader takes; null without one. */
const sibling = async (path, type, codings) => {
  for (const coding of codings) {
    try {
      return { body: await readFile(path + CODINGS[coding]), type, coding };
    } catch (error) {
      if (!MISSING.includes(error.code)) throw error;
    }
  }
  return null;
};

const read = async (route) => {
  const found = await file(route);
  return found && new Response(found.body);
};

/**
 * What tells one state of the site from the next: a build puts a new folder in the place of the old one. A folder's number
 * is given again when the old one is gone, the time at which it came to its place is not.
 */
const state = async () => {
  const { dev, ino, ctimeNs } = await stat(given.site, { bigint: true });
  return `${dev}:${ino}:${ctimeNs}`;
};

/** Make something of one state of the files; if they are replaced meanwhile, make it again. */
const whole = async (make) => {
  for (let left = TRIES; ; left--) {
    const before = await state().catch(() => null);
    const made = await make().catch((error) => error);
    if (before !== null && before === (await state().catch(() => null))) {
      if (made instanceof Error) throw made;
      return made;
    }
    if (!left) throw made instanceof Error ? made : new Error("the site is replaced without end");
  }
};

const typed = (status, type, body, headers = {}) => ({ status, headers: { "Content-Type": type, ...headers }, body });

/** An answer of the edge module as a plain one. HEAD is asked as GET, so that its length is known. */
const scripted = async (request, url) => {
  const headers = new Headers();
  for (const name of ["accept", "if-none-match"]) {
    if (request.headers[name] !== undefined) headers.set(name, request.headers[name]);
  }
  const method = request.method === "HEAD" ? "GET" : request.method;
  const made = await answer({ method, url: url.href, headers }, read);
  const body = Buffer.from(await made.arrayBuffer());
  return packed({ status: made.status, headers: Object.fromEntries(made.headers), body }, accepted(request));
};

/** The same answer compressed, where that is worth it. Its tag is of the plain bytes, and so a weak one in any form. */
const packed = async (made, [coding]) => {
  const headers = made.headers.etag ? { ...made.headers, etag: `W/${made.headers.etag}` } : made.headers;
  if (!coding || made.body.length < COMPRESSED_FROM) return { ...made, headers };
  return { ...made, headers: { ...headers, "content-encoding": coding }, body: await PACKERS[coding](made.body) };
};

const plain = async (request, url) => {
  const base = new URL(JSON.parse((await file("/api/edge/index.json")).body).base_url).pathname.replace(/\/$/, "");
  const [prefix, asked] = [base, url.pathname].map(decoded); // once: what is checked is what is answered
  if (prefix && [prefix, "/"].includes(asked)) return { status: 302, headers: { Location: `${base}/` }, body: "" };
  if (prefix && !asked.startsWith(`${prefix}/`)) return typed(404, TYPES[".txt"], `The site is below ${base}/.\n`);
  const path = asked.slice(prefix.length);
  if (VERSIONED.test(path)) return scripted(request, url);
  const always = { ...(path.startsWith("/api/") ? { ...ALWAYS, Allow: METHODS } : PAGES), Vary: "Accept-Encoding" };
  const codings = accepted(request);
  if (!["GET", "HEAD"].includes(request.method)) return typed(405, TYPES[".txt"], "Only to be read.\n", { Allow: "GET, HEAD" });
  const found = await file(path, codings);
  if (found) return typed(200, found.type, found.body, { ...always, ...coded(found), ...tagged(found.body) });
  if (!path.endsWith("/") && (await file(`${path}/`))) {
    return { status: 301, headers: { ...always, Location: `${url.pathname}/${url.search}` }, body: "" };
  }
  if (path.startsWith("/api/")) return typed(404, TYPES[".json"], '{"detail":"Not found."}', always);
  const page = await file("/404.html", codings);
  return page ? typed(404, page.type, page.body, { ...always, ...coded(page) }) : typed(404, TYPES[".txt"], "Not found.\n", always);
};

const coded = ({ coding }) => (coding ? { "Content-Encoding": coding } : {});

/** A tag of the bytes as they are sent: each coding has its own. */
const tagged = (body) => ({ ETag: `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"` });

const isKnown = (request, tag) =>
  tag && (request.headers["if-none-match"] ?? "").split(",").some((one) => ["*", tag].includes(one.trim().replace(/^W\//, "")));

/** Where a request leads; null for what is no address, such as the `*` of OPTIONS. */
const address = (target) => {
  try {
    // Joined as texts: a path that begins with two slashes is no name of a host.
    return new URL(target.startsWith("/") ? `http://localhost${target}` : target);
  } catch {
    return null;
  }
};

const server = createServer(async (request, response) => {
  let made;
  try {
    const url = address(request.url);
    made = url ? await whole(() => plain(request, url)) : typed(400, TYPES[".txt"], "This is no address of a page.\n");
    const tag = made.status === 200 && made.headers.ETag;
    if (isKnown(request, tag)) made = { ...made, status: 304, body: "" };
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.stack ?? error}`);
    made = typed(500, TYPES[".json"], '{"detail":"The site cannot be read."}');
  }
  const { status, headers, body } = made;
  if (status !== 304) headers["Content-Length"] = Buffer.byteLength(body);
  response.writeHead(status, headers).end(request.method === "HEAD" || status === 304 ? undefined : body);
});

server.listen(Number(given.port), given.listen, () => {
  const { address, port } = server.address();
  console.log(`http://${address.includes(":") ? `[${address}]` : address}:${port}/`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close(() => process.exit(0)) && server.closeIdleConnections?.());
