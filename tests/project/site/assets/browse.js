
const START = "/api/v4/";
const MOST = 20_000; // tokens that are laid out: a page of more is slow, and nobody's to read
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;
const [OPENING, CLOSING] = [new Set("[{"), new Set("]}")];
const FOREIGN = "nofollow ugc noopener";

export const allowed = (route, site, origin) => {
  if (!route.startsWith("/")) return null;
  const url = new URL(origin + site + route.slice(1));
  return url.origin === origin && url.pathname.startsWith(`${site}api/`) ? url : null;
};

export const target = (text, site, base) => {
  const inside = text.startsWith(`${base}/api/`) ? text.slice(base.length) : text.startsWith(`${site}api/`) ? text.slice(site.length - 1) : null;
  if (inside !== null) return { href: `#${inside}`, away: false };
  if (/^https?:\/\/\S+$/.test(text)) return { href: text, away: true };
  return null;
};

const element = (name, content = [], attributes = {}) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
};

const laidOut = (text, lead) => {
  const tokens = text.match(TOKEN) ?? [];
  const parts = [];
  let level = 0;
  let flat = false;
  const line = () => (flat ? "" : `\n${"  ".repeat(level)}`);
  for (const [i, token] of tokens.slice(0, MOST).entries()) {
    const [before, after] = [tokens[i - 1] ?? " ", tokens[i + 1] ?? " "];
    const [opens, closes] = [OPENING.has(token), CLOSING.has(token)];
    if (closes) level -= 1;
    if (OPENING.has(before) ? !closes : closes) parts.push(line());
    if (opens) level += 1;
    if (opens) flat = token === "[" && /^[-0-9]/.test(after);
    if (closes) flat = false;
    if (token === ",") parts.push(",", flat ? " " : line());
    else if (token === ":") parts.push(": ");
    else if (after === ":") parts.push(element("span", token, { class: "key" }));
    else if (token.startsWith('"')) parts.push(...linked(token, lead));
    else parts.push(token);
  }
  return { parts, cut: tokens.length > MOST };
};

const linked = (token, lead) => {
  const found = lead(JSON.parse(token));
  if (!found) return [token];
  const attributes = found.away ? { href: found.href, rel: FOREIGN } : { href: found.href };
  return ['"', element("a", token.slice(1, -1), attributes), '"'];
};

const start = (place, status) => {
  const { site, base } = place.dataset;
  const heading = document.querySelector("h1");
  let running = new AbortController();

  const show = async (event) => {
    const fragment = location.hash.slice(1);
    const isPart = document.getElementById(fragment) !== null; // of the page, as "Skip to the content"
    if (event && isPart) return;
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const route = isPart || !fragment ? START : fragment;
    const url = allowed(route, site, location.origin);
    place.replaceChildren();
    heading.textContent = url ? url.pathname.slice(site.length - 1) + url.search : "No address of the API";
    if (!url) {
      status.textContent = "An address here begins with /api/, as in ";
      status.append(element("a", `#${START}`, { href: `#${START}` }));
      return;
    }
    status.textContent = "Asking …";
    try {
      await answered(url, signal);
    } catch (error) {
      if (!signal.aborted) status.textContent = `There is no answer: ${error.message}`;
    }
  };

  const answered = async (url, signal) => {
    const response = await fetch(url, { signal, headers: { Accept: "application/json" }, referrerPolicy: "no-referrer" });
    const type = response.headers.get("Content-Type") ?? "";
    const text = await response.text();
    if (signal.aborted) return;
    const raw = element("a", "As it comes", { href: url.href });
    const told = `HTTP ${response.status} ${response.statusText}`.trim();
    status.replaceChildren(told, " ", element("small", type), " ", raw);
    if (!isJson(text)) {
      if (response.ok) place.append(element("p", "This is no JSON.", { class: "unknown" }));
      return;
    }
    const { parts, cut } = laidOut(text, (value) => target(value, site, base));
    place.append(element("pre", element("code", parts), { class: "answer" }));
    if (cut) place.append(element("p", "There is more than is shown here.", { class: "unknown" }));
  };

  addEventListener("hashchange", show);
  show();
};

const isJson = (text) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const place = globalThis.document?.getElementById("browse");
if (place) start(place, document.getElementById("status"));
