/** The files that the build writes for this module (/api/edge/), read within the limits of an edge. */

const EDGE = "/api/edge/";
export const MOST_READS = 50; // a request, on the smallest plan of the hosts we know

/** What one request reads. Nothing is kept for the next one: the files may have been replaced by then. */
export class Files {
  #read;
  #reads = 0;

  /** @param read (route) => Promise<Response | null>: the answer of the files alone */
  constructor(read) {
    this.#read = read;
  }

  /** The text at a route; null where there is none. */
  async text(route) {
    this.#reads += 1;
    if (this.#reads > MOST_READS) throw new Error(`more than ${MOST_READS} files are asked for`);
    const found = await this.#read(route);
    return found && found.status === 200 ? found.text() : null;
  }

  /** A JSON document of the build's own, which must be there. */
  async json(path) {
    const text = await this.text(EDGE + path);
    if (text === null) throw new Error(`${EDGE}${path} is missing`);
    return JSON.parse(text);
  }

  /** The lines of a list (such as "v4/packages") from `start` up to `end`; they are never parsed. */
  async lines(name, { chunk }, start, end) {
    if (start >= end) return [];
    const first = Math.floor(start / chunk);
    const chunks = await this.#chunks(name, first, Math.ceil(end / chunk));
    return chunks.flat().slice(start - first * chunk, end - first * chunk);
  }

  /** The lines at these places of a list, which may lie anywhere in it. */
  async linesAt(name, { chunk }, places) {
    const numbers = [...new Set(places.map((place) => Math.floor(place / chunk)))];
    const chunks = await Promise.all(numbers.map((number) => this.#chunk(name, number)));
    const found = new Map(numbers.map((number, i) => [number, chunks[i]]));
    return places.map((place) => found.get(Math.floor(place / chunk))[place % chunk]);
  }

  #chunks(name, first, after) {
    return Promise.all(Array.from({ length: after - first }, (_, i) => this.#chunk(name, first + i)));
  }

  async #chunk(name, number) {
    const route = `${EDGE}${name}/${number}.ndjson`;
    const text = await this.text(route);
    if (text === null) throw new Error(`${route} is missing`);
    return text.split("\n");
  }

  /** The id of what has this slug, and its place in the list of API v3; null where nothing has it. */
  async slug(index, kind, slug) {
    const shard = await this.json(`slugs/${kind}/${hash(slug) % index.slugs[kind]}.json`);
    return Object.hasOwn(shard, slug) ? shard[slug] : null;
  }
}

/** FNV-1a of 32 bits over the bytes of a text. */
const hash = (text) =>
  new TextEncoder().encode(text).reduce((value, byte) => Math.imul(value ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
