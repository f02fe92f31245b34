// Prints the bytes of a file, and those that remain of it when it is compressed for the way to a browser.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const body = readFileSync(JSON.parse(readFileSync(0, "utf8")));
console.log(JSON.stringify({ bytes: body.length, brotli: brotliCompressSync(body).length }));
