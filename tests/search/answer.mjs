// Answers queries from a built site: `node answer.mjs SITE < queries.json`, a list of texts or of
// {query, light} and what `find` takes; `counts` asks for all that it gives.
import { readFile } from "node:fs/promises";
import { stdin, argv } from "node:process";
import { find, suggest } from "../../templates/edge/search.js";

let input = "";
for await (const part of stdin.setEncoding("utf8")) input += part;
const answers = [];
for (const asked of JSON.parse(input)) {
  const { query, light, counts, ...options } = typeof asked === "string" ? { query: asked } : asked;
  const reads = [];
  let wait = 0;
  const read = async (route) => {
    const began = performance.now();
    const text = await readFile(argv[2] + route, "utf8").catch(() => null);
    reads.push([route, text === null ? -1 : text.length]);
    wait += performance.now() - began;
    return text;
  };
  const found = light ? { items: await suggest(query, read, options) } : await find(query, read, options);
  answers.push(counts ? { ...found, reads } : { items: found.items, reads });
}
console.log(JSON.stringify(answers));
