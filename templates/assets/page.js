/** What the scripts of the pages have in common. All texts go into a page as texts. */

/** The site's own path, as `/` or `/below/`. */
export const root = new URL("../", import.meta.url).pathname;

export const FOREIGN = "nofollow ugc noopener";

export const element = (name, content = [], attributes = {}) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
};

const files = new Map();

/** The text of a file of the site, read once; null where there is none. */
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

/** A text without regard to case and accents. */
export const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** A date as the pages have it: 18 October 2019. */
export const day = (iso) => element("time", days.format(new Date(iso)), { datetime: iso });

/** A number as the pages have it, with narrow spaces between its thousands. */
export const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");

export const counted = (value, one) => `${number(value)} ${one}${value === 1 ? "" : "s"}`;

/** The slug of the package that a link leads to; "" for any other link. */
export const slugOf = (link) => link.pathname.match(/\/packages\/p\/([^/]+)\/$/)?.[1] ?? "";

/** Puts a state into the address, without what is empty; `instead` of the present one, or as a step to come back to. */
export const write = (state, instead) => {
  const query = new URLSearchParams(Object.entries(state).filter(([, value]) => value)).toString();
  const address = location.pathname + (query && `?${query.replaceAll("%2C", ",")}`);
  if (address === location.pathname + location.search) return;
  history[instead ? "replaceState" : "pushState"](null, "", address);
};

const QUOTED = 80; // characters of what somebody typed or sent that are told again

const short = (text) => (text.length > QUOTED ? `${[...text].slice(0, QUOTED).join("")}…` : text);

/** A text that is not ours, as a part of one that is: not too long, and it turns nothing around it. */
export const quoted = (text) => element("bdi", short(text));

const title = document.title;

/** Puts what is shown before the page's own title, so that one can tell the entries of a history apart. */
export const entitle = (shown) => {
  const text = short(shown.replace(/[\u202a-\u202e\u2066-\u2069]/g, ""));
  document.title = text ? `${text} – ${title}` : title;
};

/** How something is sorted, in words. */
export const ordered = (label, isDown) => `by ${label}, ${isDown ? "descending" : "ascending"}`;

export const stated = (name) => new URLSearchParams(location.search).get(name)?.trim() ?? "";
