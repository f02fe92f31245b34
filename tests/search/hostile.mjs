// Feeds what no caller should give: reads {site, queries}, prints for each what came of it. Lone surrogates come as
// numbers, since JSON between processes cannot carry them.
import { readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { search, suggest } from "../../templates/edge/search.js";

const { site, queries } = JSON.parse(readFileSync(0, "utf8"));
const outcomes = [];
for (const given of queries) {
  const query = Array.isArray(given) ? String.fromCharCode(...given) : given;
  const routes = [];
  const read = (route) => {
    routes.push(route);
    return readFile(site + route, "utf8").catch(() => null);
  };
  const found = await search(query, read);
  outcomes.push({ found: found.length, reads: routes.length, routes, light: (await suggest(query, read)).length });
}
console.log(JSON.stringify(outcomes));
