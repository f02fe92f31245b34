/** Packages chosen for comparison: marks beside their names, and a bar that leads to them. Kept for the session. */

import { element, root, slugOf } from "./page.js";

export const MOST = 8;
const KEY = `compare ${root}`;
const boxes = () => document.querySelectorAll(".mark input");
const isThere = document.getElementById("chosen") !== null; // the comparison itself

const kept = () => {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return found.filter((slug) => typeof slug === "string").slice(0, MOST);
  } catch {
    return [];
  }
};

/** The slugs, in order of choice. */
export const chosen = new Set(kept());

/** Keeps other slugs instead. */
export const choose = (slugs) => {
  chosen.clear();
  for (const slug of [...slugs].slice(0, MOST)) chosen.add(slug);
  try {
    if (chosen.size) sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Where nothing can be kept, the choice lasts as long as the page.
  }
  paint();
};

export const address = (slugs) => `${root}compare/?p=${[...slugs].map(encodeURIComponent).join(",")}`;

/** The mark of a package: a box to tick. Its words are for those who cannot see where it stands, unless `shown`. */
export const mark = (slug, title, shown = false) => {
  const box = element("input", [], { type: "checkbox", value: slug });
  box.checked = chosen.has(slug);
  const words = shown ? "Compare" : element("span", `Compare ${title}`, { class: "sr" });
  return element("label", [box, words], { class: "mark", title: "Compare" });
};

const words = element("p", [], { role: "status" });
const way = element("a", "Compare");
const clear = element("button", "Clear", { type: "button" });
const bar = element("aside", [words, way, clear], { class: "chosen", "aria-label": "Chosen packages" });

/** Brings the marks and the bar into line with what is chosen. */
export const paint = (told = "") => {
  for (const box of boxes()) box.checked = chosen.has(box.value);
  if (isThere) return;
  words.textContent = told || (chosen.size === 1 ? "1 chosen: choose another" : `${chosen.size} chosen`);
  way.href = address(chosen);
  way.hidden = chosen.size < 2;
  bar.hidden = !chosen.size;
};

document.addEventListener("change", ({ target }) => {
  if (!target.matches(".mark input")) return;
  const slugs = new Set(chosen);
  if (!target.checked) slugs.delete(target.value);
  else if (slugs.size < MOST) slugs.add(target.value);
  else return paint(`No more than ${MOST}`);
  choose(slugs);
});

clear.addEventListener("click", () => {
  choose([]);
  document.getElementById("main").querySelector(".mark input")?.focus();
});

addEventListener("pageshow", ({ persisted }) => persisted && choose(kept()));

/** Gives each package of a list or a comparison its mark, beside its name. */
export const markHeads = (table) => {
  for (const head of table.querySelectorAll(":is(th, .news li):not(:has(.mark))")) {
    const link = head.querySelector("a");
    if (link && slugOf(link)) head.prepend(mark(slugOf(link), link.textContent));
  }
};

for (const table of document.querySelectorAll(".marked")) markHeads(table);
const place = document.querySelector(".choice");
if (place) place.append(mark(slugOf(location), document.querySelector("h1").textContent, true));
if (!isThere) document.body.append(bar);
paint();
