// Measures queries over an index that is given as JSON on standard input: {files: {route: text}, queries: [text, ...],
// mistyped: [[text, slug], ...]}.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { search, suggest } from "../templates/edge/search.js";

const { files, queries, mistyped } = JSON.parse(readFileSync(0, "utf8"));
const bytes = new Map(Object.entries(files).map(([route, text]) => [route, new TextEncoder().encode(text)]));
const decoder = new TextDecoder();
const small = new Map();

function gzipped(route) {
  if (!small.has(route)) small.set(route, gzipSync(bytes.get(route)).length);
  return small.get(route);
}

async function measure(act, query) {
  const reads = [];
  const read = async (route) => {
    const found = bytes.get(route);
    if (found) reads.push(route);
    return found ? decoder.decode(found) : null; // decoding is a part of what an edge pays for
  };
  const times = [];
  for (let i = 0; i < 15; i++) {
    reads.length = 0;
    const began = process.cpuUsage();
    await act(query, (route) => read(route)); // as an edge, which keeps nothing
    const { user, system } = process.cpuUsage(began);
    times.push((user + system) / 1000);
  }
  const found = (await act(query, async (route) => (bytes.has(route) ? decoder.decode(bytes.get(route)) : null))).length;
  const index = reads.filter((route) => !route.includes("/items/"));
  return {
    query: query.slice(0, 34),
    found,
    reads: index.length,
    chunks: reads.length - index.length,
    kB: reads.reduce((sum, route) => sum + bytes.get(route).length, 0) / 1000,
    gzip: reads.reduce((sum, route) => sum + gzipped(route), 0) / 1000,
    ms: times.sort((a, b) => a - b)[7],
    worst: times.at(-1),
  };
}

function print(name, rows) {
  console.log(`\n${name.padEnd(36)}${["found", "reads", "chunks", "kB", "kB gzip", "CPU ms", "worst"].map((h) => h.padStart(9)).join("")}`);
  for (const { query, found, reads, chunks, kB, gzip, ms, worst } of rows) {
    const cells = [found, reads, chunks, kB.toFixed(0), gzip.toFixed(0), ms.toFixed(2), worst.toFixed(2)];
    console.log(query.padEnd(36) + cells.map((cell) => String(cell).padStart(9)).join(""));
  }
}

const read = async (route) => (bytes.has(route) ? decoder.decode(bytes.get(route)) : null);
const began = process.cpuUsage();
await search(queries[0], read);
const first = process.cpuUsage(began);
for (const query of queries) await search(query, read); // warm
const rows = [];
for (const query of queries) rows.push(await measure(search, query));
print("search", rows);
const typed = [];
for (const text of ["d", "dj", "django-m", "message"]) typed.push(await measure(suggest, text));
print("suggest", typed);
console.log(`\nthe very first query: ${((first.user + first.system) / 1000).toFixed(1)} ms of CPU`);
let right = 0;
for (const [text, slug] of mistyped) {
  const hits = await suggest(text, read, { limit: 5 });
  right += hits.some((hit) => hit.slug === slug);
}
console.log(`mistyped names found among the first five: ${((100 * right) / mistyped.length).toFixed(1)}%`);
