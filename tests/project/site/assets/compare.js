
import { MOST, choose, chosen } from "./choose.js?v=90a0c4a6";
import { ONLY, differ, hiddenFacts, said, tick } from "./differences.js?v=5e20b2f1";
import { FOREIGN, element, entitle, quoted, read, stated, write } from "./page.js?v=16228739";

const place = document.getElementById("chosen");
const status = document.getElementById("status");
const how = document.getElementById("how");
const lead = status.textContent;
const LINKS = "Links";
const SLUG = /^[a-z0-9][a-z0-9_-]*$/i;

const slugs = () => [...new Set(stated("p").split(",").map((slug) => slug.trim()).filter(Boolean))];

const facts = (slug, html) => {
  const page = new DOMParser().parseFromString(html, "text/html").querySelector("article");
  const text = (selector) => page?.querySelector(selector)?.textContent.trim() ?? "";
  if (!text("h1")) return null;
  const unknown = (words) => element("span", words, { class: "unknown" });
  const about = element("span", text(".lead"), { dir: "auto" });
  about.classList.toggle("unknown", page.querySelector(".lead.unknown") !== null);
  const rows = [["What it is", about]];
  rows.push(["Category", element("bdi", text(".crumbs a:last-of-type"))]);
  const standing = [...page.querySelectorAll(".notice strong")].map((word) => word.textContent.replace(":", ""));
  rows.push(["Notices", standing.join(", ") || "none"]);
  for (const row of page.querySelectorAll(".facts > div")) {
    const [name, value] = [row.querySelector("dt"), row.querySelector("dd")];
    const [time, note] = [value.querySelector("time"), value.querySelector("small")];
    const main = (value.querySelector("time, bdi") ?? value).textContent;
    const shown = time ? element("time", main, { datetime: time.dateTime }) : element("bdi", main);
    if (value.classList.contains("unknown")) shown.className = "unknown";
    rows.push([name.textContent, note ? [shown, element("small", note.textContent)] : shown]);
  }
  const weeks = text("figcaption") || unknown(text(".weeks.unknown").split(": ").pop());
  rows.push(["Commits in a year", [weeks, ...drawing(page)]]);
  const grids = [...page.querySelectorAll("[aria-labelledby=compare] h3 a[href*='/grids/g/']")];
  rows.push(["Grids", links(grids, {}) || "none"]);
  rows.push([LINKS, links([...page.querySelectorAll(".links a")], { rel: FOREIGN }) || "none"]);
  return { slug, title: text("h1"), href: new URL(`../packages/p/${slug}/`, location).pathname, rows };
};

const links = (found, attributes) => {
  const safe = found.filter((link) => /^https?:$/.test(new URL(link.getAttribute("href"), location).protocol));
  const made = safe.map((link) => element("a", link.textContent, { href: link.getAttribute("href"), dir: "auto", ...attributes }));
  return made.length ? made.flatMap((link, i) => (i ? [element("br"), link] : [link])) : "";
};

const drawing = (page) => {
  const [found, path] = [page.querySelector(".weeks svg"), page.querySelector(".weeks path")];
  if (!path) return [];
  const svg = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const fixed = { class: "spark", preserveAspectRatio: "none", "aria-hidden": "true" };
  const made = svg("svg", { ...fixed, viewBox: found.getAttribute("viewBox") });
  made.append(svg("path", { d: path.getAttribute("d") }));
  return [made];
};

const tableOf = (found, remove) => {
  const heads = found.map(({ slug, title, href }) => {
    const button = element("button", "Remove", { type: "button", "aria-label": `Remove ${title}` });
    button.addEventListener("click", () => remove(slug));
    return element("th", [element("a", title, { href, dir: "auto" }), " ", button], { scope: "col" });
  });
  const names = [...new Set(found.flatMap(({ rows }) => rows.map(([name]) => name)))];
  const lines = names.map((name) => {
    const values = found.map(({ rows }) => rows.find(([label]) => label === name)?.[1] ?? element("span", "not known", { class: "unknown" }));
    const kind = name === LINKS ? { class: "away" } : {};
    return element("tr", [element("th", name, { scope: "row" }), ...values.map((value) => element("td", value, kind))]);
  });
  return element("table", [
    element("caption", "Comparison", { class: "sr", id: "comparison" }),
    element("thead", element("tr", [element("th", "Fact", { scope: "col" }), ...heads])),
    element("tbody", lines),
  ], { class: "across" });
};

let asked = 0;
let told = [];

let isOwn = slugs().length === chosen.size && slugs().every((slug) => chosen.has(slug));
const keep = element("button", [], { type: "button" });
const only = tick(ONLY, (isTicked) => {
  write({ p: stated("p"), differences: isTicked && "1" });
  lay();
});
const controls = element("div", [only.label, keep], { class: "controls", hidden: "" });
place.before(controls);

const lay = () => {
  only.box.checked = stated("differences") === "1";
  const isOnly = only.box.checked && !controls.hidden;
  let gone = 0;
  for (const row of place.querySelectorAll("tbody tr")) {
    row.hidden = isOnly && !differ([...row.cells].slice(1).map((cell) => said(cell)));
    gone += row.hidden;
  }
  const all = [...told, ...hiddenFacts(gone)];
  status.replaceChildren(...all.flatMap((part, i) => [i ? ". " : "", part].flat()), all.length > 1 ? "." : "");
};

const named = (texts) => texts.slice(0, MOST).flatMap((text, i) => [i ? ", " : "", quoted(text)]);

const apply = async () => {
  const wanted = slugs();
  if (!wanted.length && chosen.size) {
    write({ p: [...chosen].join(","), differences: stated("differences") }, true);
    isOwn = true;
    return apply();
  }
  const mine = (asked += 1);
  how.hidden = wanted.length > 0;
  controls.hidden = true;
  place.replaceChildren();
  status.textContent = wanted.length ? "Reading …" : lead;
  if (!wanted.length) entitle("");
  if (!wanted.length) return;
  const read1 = async (slug) => ({ slug, html: SLUG.test(slug) ? await read(`/packages/p/${slug}/`) : null });
  try {
    const pages = await Promise.all(wanted.slice(0, MOST).map(read1));
    if (mine !== asked) return;
    show(pages.map(({ slug, html }) => (html === null ? slug : (facts(slug, html) ?? slug))), wanted.slice(MOST));
  } catch (error) {
    if (mine === asked) status.textContent = `Not all pages can be read: ${error.message}`;
  }
};

const show = (pages, left) => {
  const found = pages.filter((page) => typeof page !== "string");
  const missing = pages.filter((page) => typeof page === "string");
  const titles = found.map(({ title }) => title);
  told = found.length ? [named(titles)] : [];
  entitle(titles.join(", "));
  if (missing.length) told.push(["Not in this directory: ", ...named(missing)]);
  if (left.length) told.push([`More than ${MOST} do not fit; left out: `, ...named(left), left.length > MOST ? " …" : ""]);
  how.hidden = found.length > 1;
  const take = () => choose(found.map(({ slug }) => slug));
  if (isOwn) take();
  keep.hidden = isOwn;
  keep.textContent = chosen.size ? "Choose these instead" : "Choose these";
  keep.onclick = () => {
    isOwn = true;
    take();
    only.box.focus();
    keep.hidden = true;
  };
  controls.hidden = found.length < 2;
  if (!found.length) return lay();
  const frame = element("div", tableOf(found, remove), { class: "frame", role: "region", "aria-labelledby": "comparison", tabindex: "0" });
  place.replaceChildren(frame);
  lay();
};

const remove = (slug) => {
  const rest = slugs().filter((other) => other !== slug);
  isOwn = true;
  choose(rest);
  write({ p: rest.join(","), differences: stated("differences") });
  apply().then(() => (place.querySelector("th button") ?? how.querySelector("a")).focus());
};

addEventListener("popstate", apply);
apply();
