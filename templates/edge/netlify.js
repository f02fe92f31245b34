/** Netlify: an edge function before all of the API's versions; the files it reads are outside of its paths. */

import { answer, failed } from "../api.js";

const VERSIONED = /^\/api\/v[0-9]+\/(.*\/)?$/;

export default (request) => {
  const file = (route) => (route.endsWith("/") ? `${route}index.${VERSIONED.test(route) ? "json" : "html"}` : route);
  return answer(request, (route) => fetch(new URL(file(route), request.url))).catch(failed);
};

export const config = {
  path: ["/api/v1/*", "/api/v2/*", "/api/v3/*", "/api/v4/*"],
  excludedPath: "/api/*/index.json",
};
