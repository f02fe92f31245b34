/**
 * Asks the edge module without any server: a line of JSON in, a line of JSON out.
 *
 * In: {"files": {route: text}} replaces the files that it reads; {"netlify": folder} has the function of a site that is
 * built for Netlify answer from now on, over that folder; {"method", "url", "headers"} asks; {"browse": [name, …arguments]}
 * calls a function of the page that shows the API.
 * Out: {"status", "headers", "body", "reads"}, {"value"}, or {"error"}.
 */
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";

globalThis.crypto ??= (await import("node:crypto")).webcrypto;
const { answer } = await import(new URL("../../templates/edge/api.js", import.meta.url));

let files = {};
let reads = 0;
let handle = (request) => answer(request, read);

const read = async (route) => {
  reads += 1;
  return Object.hasOwn(files, route) ? new Response(files[route]) : null;
};

/** As Netlify: the function's `fetch` gives what the site's files answer. */
const netlify = async (folder) => {
  globalThis.fetch = async (url) => {
    reads += 1;
    const found = await readFile(`${folder}${url.pathname}`).catch(() => null);
    return found ? new Response(found) : new Response("<p>No page</p>", { status: 404 });
  };
  handle = (await import(`${folder}/_host/edge-functions/api.js`)).default;
  return {};
};

const asked = async ({ method, url, headers }) => {
  reads = 0;
  const made = await handle({ method, url, headers: new Headers(headers) });
  return { status: made.status, headers: Object.fromEntries(made.headers), body: await made.text(), reads };
};

const browsed = async ([name, ...given]) => {
  // As a text: its folder is for browsers, and does not tell Node that it holds modules.
  const script = await readFile(new URL("../../templates/assets/browse.js", import.meta.url), "utf-8");
  const page = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const value = page[name](...given);
  return { value: value instanceof URL ? value.href : value };
};

const replied = async (message) => {
  if (message.files) files = message.files;
  else if (message.netlify) return netlify(message.netlify);
  else if (message.browse) return browsed(message.browse);
  else return asked(message);
  return {};
};

for await (const line of createInterface({ input: process.stdin })) {
  const reply = await replied(JSON.parse(line)).catch((error) => ({ error: `${error.stack}` }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
