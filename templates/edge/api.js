/**
 * The original's query semantics over static files: one module for every place that runs scripts before files.
 *
 * `answer(request, read)` answers what is asked below /api/. It uses what Workers, Deno, Netlify's edge and Node have in
 * common, keeps nothing between requests, and reads at most 50 files for one.
 */

import { Files } from "./files.js";
import { page } from "./page.js";
import * as v3 from "./v3.js";
import * as v4 from "./v4.js";

const VERSIONS = { "/api/v4/": v4, "/api/v3/": v3 };
export const METHODS = "GET, HEAD, OPTIONS";
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
export const ALWAYS = {
  "Access-Control-Allow-Origin": "*",
  "Cache-Control": "public, max-age=300, stale-while-revalidate=3600",
  "X-Content-Type-Options": "nosniff",
};
const PREFLIGHT = { "Access-Control-Allow-Methods": METHODS, "Access-Control-Allow-Headers": "*", "Access-Control-Max-Age": "86400" };
const GONE = { status: 410, body: '{"detail":"API v1 is gone. API v4 is at /api/v4/."}' };

/**
 * @param request a Request, or anything with its `method`, `url` and `headers.get()`: Request itself refuses TRACE
 * @param read (route) => Promise<Response | null>: the answer of the files alone to GET; routes begin below the site's
 *   own path, and a Response of another status than 200 counts as none
 * @returns a Response; one of status 404 where the files have no answer and neither has the original
 */
export const answer = async (request, read) => {
  const files = new Files(read);
  const { pathname, search } = new URL(request.url);
  const index = await files.json("index.json");
  const path = decoded(pathname);
  const route = path.slice(decoded(new URL(index.base_url).pathname).replace(/\/$/, "").length);
  const version = Object.keys(VERSIONS).find((start) => route.startsWith(start));
  if (/^\/api\/v[12]\//.test(route)) return sent(GONE, request);
  if (!version) return sent({ status: 404, body: '{"detail":"Not found."}' }, request);
  const rest = route.slice(version.length);
  if (VERSIONS[version].lacksSlash(rest)) return moved(`${pathname}/${search}`);
  const accept = request.headers.get("accept");
  const asked = { method: request.method, path, rest, search, accept, files, index };
  const made = await VERSIONS[version].answer(asked);
  const html = made.html ? await page(made, { ...asked, target: pathname + search }) : null;
  return sent(made, request, html);
};

/** What is told where the files cannot be read; why is for the host's log. */
export const failed = (error) => {
  console.error(error);
  const headers = { ...ALWAYS, "Cache-Control": "no-store", "Content-Type": "application/json" };
  return new Response('{"detail":"The site cannot be read."}', { status: 500, headers });
};

/** A path as text; what is no UTF-8 stays as it came, and is nobody's. */
export const decoded = (pathname) => {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
};

const moved = (location) => new Response(null, { status: 301, headers: { ...ALWAYS, Location: location } });

const sent = async ({ status, body, headers = {} }, request, html = null) => {
  const bytes = new TextEncoder().encode(html ?? body); // once: a list may have megabytes
  const all = new Headers({
    ...ALWAYS,
    ...headers,
    Allow: METHODS,
    Vary: [...(headers.Vary ? [headers.Vary] : []), "Accept-Encoding"].join(", "), // whatever is before this may compress
    "Content-Type": html === null ? "application/json" : "text/html; charset=utf-8",
    ...(html === null ? {} : { "Content-Security-Policy": POLICY }),
    ...(request.method === "OPTIONS" ? PREFLIGHT : {}),
  });
  if (status === 200 && request.method !== "OPTIONS") {
    const tag = await tagged(bytes);
    all.set("ETag", tag);
    if (known(request.headers.get("if-none-match"), tag)) return new Response(null, { status: 304, headers: all });
  }
  return new Response(request.method === "HEAD" ? null : bytes, { status, headers: all });
};

/** A tag of bytes: other ones, another tag, wherever and whenever they are made. */
const tagged = async (bytes) => {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `"${Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
};

/** Whether a reader has it already. Hosts that compress on the way mark the tag as weak. */
const known = (header, tag) => (header ?? "").split(",").some((one) => ["*", tag].includes(one.trim().replace(/^W\//, "")));
