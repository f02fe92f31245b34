/** An answer as a page for people, in the frame of the site's own page (/api/browse/): the same look, nothing inline. */

import { indented } from "./json.js";

const FRAME = "/api/browse/";
const PLACE = /<!-- answer -->.*<!-- end of answer -->/s;
const REASONS = { 200: "OK", 404: "Not Found", 405: "Method Not Allowed" };

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };
export const escaped = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);

/** A token as markup: addresses can be followed. */
const shown = (base) => (token, isKey) => {
  if (isKey) return `<span class="key">${escaped(token)}</span>`;
  const text = token.startsWith('"') ? JSON.parse(token) : "";
  if (!/^https?:\/\/[^\s]+$/.test(text)) return escaped(token);
  const rel = text.startsWith(`${base}/`) ? "" : ' rel="nofollow ugc noopener"';
  return `"<a href="${escaped(text)}"${rel}>${escaped(token.slice(1, -1))}</a>"`;
};

/**
 * The page of an answer: what was asked, what it is, the body.
 * @param answer as from v4
 * @param asked {method, target, files, index}
 */
export const page = async ({ name, description, status, body }, { method, target, files, index }) => {
  const frame = await files.text(FRAME);
  if (frame === null) return null;
  const { text, cut } = indented(body, 4, shown(index.base_url));
  const parts = [
    `<header class="head">\n<h1>${escaped(name)}</h1>`,
    ...escaped(description).split("\n\n").filter(Boolean).map((text) => `<p class="lead">${text}</p>`),
    "</header>",
    `<pre class="line"><code>${escaped(`${method} ${target}`)}</code></pre>`,
    `<pre class="answer"><b>HTTP ${status} ${REASONS[status]}</b>\nAllow: GET, HEAD, OPTIONS\nContent-Type: application/json\nVary: Accept</pre>`,
    `<pre class="answer"><code>${text}</code></pre>`,
    ...(cut ? ['<p class="unknown">There is more than is shown here.</p>'] : []),
  ];
  return frame.replace(PLACE, () => parts.join("\n"));
};
