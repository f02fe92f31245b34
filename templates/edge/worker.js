/** Cloudflare: a Worker before static assets. It runs for lists, for searches, and where no file is found. */

import { answer, decoded, failed } from "./api.js";

const NO_PAGE = "/404"; // as the assets serve 404.html

export default {
  async fetch(request, { ASSETS }) {
    const { pathname, origin } = new URL(request.url);
    const read = (route) => ASSETS.fetch(new Request(new URL(route, origin)));
    if (decoded(pathname).startsWith("/api/")) return answer(request, read).catch(failed);
    const found = await ASSETS.fetch(request);
    if (found.status !== 404) return found;
    const { body, headers } = await read(NO_PAGE);
    return new Response(request.method === "HEAD" ? null : body, { status: 404, headers });
  },
};
