// Says how the script that answers queries sees texts: reads a list of them, prints the words of each; null where a
// text has characters that this Node's Unicode does not know yet.
import { readFileSync } from "node:fs";
import { words } from "../../templates/edge/search.js";

const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => (/\p{Cn}/u.test(text) ? null : words(text)))));
