
export const root = new URL("../", import.meta.url).pathname;

export const FOREIGN = "nofollow ugc noopener";

export const element = (name, content = [], attributes = {}) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
};

const files = new Map();

export const read = (route) => {
  if (!files.has(route)) {
    const asked = fetch(root.slice(0, -1) + route, { referrerPolicy: "no-referrer" }).then(async (answer) => {
      const text = await answer.text();
      if (answer.status === 404) return null;
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      return text;
    });
    asked.catch(() => files.delete(route));
    files.set(route, asked);
  }
  return files.get(route);
};

export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

export const day = (iso) => element("time", days.format(new Date(iso)), { datetime: iso });

export const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");

export const counted = (value, one) => `${number(value)} ${one}${value === 1 ? "" : "s"}`;

export const slugOf = (link) => link.pathname.match(/\/packages\/p\/([^/]+)\/$/)?.[1] ?? "";

export const write = (state, instead) => {
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value)).toString();
  const address = location.pathname + (query && `?${query.replaceAll("%2C", ",")}`);
  if (address === location.pathname + location.search) return;
  history[instead ? "replaceState" : "pushState"](null, "", address);
};

const QUOTED = 80;

const short = (text) => (text.length > QUOTED ? `${[...text].slice(0, QUOTED).join("")}…` : text);

export const quoted = (text) => element("bdi", short(text));

const title = document.title;

export const entitle = (shown) => {
  const text = short(shown.replace(/[\u202a-\u202e\u2066-\u2069]/g, ""));
  document.title = text ? `${text} – ${title}` : title;
};

export const ordered = (label, isDown) => `by ${label}, ${isDown ? "descending" : "ascending"}`;

export const stated = (name) => new URLSearchParams(location.search).get(name)?.trim() ?? "";
