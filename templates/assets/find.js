/** The page of search: what is found, with filters; all of it stands in the address: `?q=forms&type=package`. */

import { mark, paint } from "./choose.js";
import { counted, day, element, entitle, number, quoted, read, root, slugOf, stated, write } from "./page.js";
import { find } from "./search.js";
import { SLASH } from "./site.js";

const SHOWN = 50; // at first, and as many more at a time: most hits are a request each

const place = document.getElementById("results");
const box = document.getElementById("q");

const option = (value, label) => element("option", label, { value });
const kind = element("select", [option("", "Packages and grids"), option("package", "Packages"), option("grid", "Grids")]);
const category = element("select");
const recent = element("input", [], { type: "checkbox" });
const active = element("input", [], { type: "checkbox" });
const status = element("p", [], { role: "status" });
const list = element("ol", [], { class: "rows hits" });
const controls = element("div", [
  element("label", ["Type ", kind]),
  element("label", ["Category ", category]),
  element("label", [recent, "Release or commit within a year"]),
  element("label", [active, "Not deprecated or archived"]),
  status,
], { class: "controls" });
const more = element("button", "Show more", { type: "button", class: "further", hidden: "" });
place.append(controls, list, more);
const kept = () => history.state?.limit ?? SHOWN; // so that one comes back to as many
let limit = kept();

/** What is wanted, from the address; a type that there is not is none. */
const state = () => {
  const found = Object.fromEntries(["q", "type", "category", "recent", "active"].map((name) => [name, stated(name)]));
  return { ...found, type: [...kind.options].some(({ value }) => value === found.type) ? found.type : "" };
};

const hit = (item) => {
  const link = element("a", item.title, { href: item.absolute_url, dir: "auto" });
  const isPackage = item.item_type === "package";
  const facts = [element("span", isPackage ? item.category : "grid", { dir: "auto" })];
  if (item.repo_watchers) facts.push(element("span", counted(item.repo_watchers, "star")));
  for (const [label, moment] of [["released ", item.last_released], ["last commit ", item.last_committed]]) {
    if (moment) facts.push(element("span", [label, day(moment.slice(0, 10))]));
  }
  const head = isPackage ? [mark(slugOf(link), item.title), link] : [link];
  if (item.description) head.push(element("p", item.description, { dir: "auto" }));
  return element("li", [...head, element("p", facts, { class: "run facts-line" })]);
};

const offer = (categories, wanted) => {
  const found = new Set(wanted ? [...categories, wanted] : categories);
  category.replaceChildren(option("", "All"), ...[...found].sort().map((name) => option(name, name)));
  category.value = wanted;
};

const nothing = (q, isFiltered) => {
  const none = ["Nothing found for “", quoted(q)];
  if (!isFiltered) return [...none, "”. Try fewer or other words, or look from A to Z below."];
  const all = element("a", "Search without filters", { href: `${root}search/?q=${encodeURIComponent(q)}` });
  return [...none, "” with these filters. ", all];
};

const some = ({ items, count, all, isPart }, q) => {
  const of = count < all ? `${number(count)} of ` : "";
  const best = items.length < count ? `, the best ${number(items.length)} shown` : "";
  return [`${of}${isPart ? "at least " : ""}${counted(all, "result")} for “`, quoted(q), `”${best}`];
};

/** How much was found, in words, and what of it was not looked at. */
const told = (found, q, isFiltered) => {
  const text = found.count ? some(found, q) : nothing(q, isFiltered);
  return found.isPart ? [...text, " ", element("small", "Very many have such words: only the best of them were looked at.")] : text;
};

let asked = 0;

const apply = async () => {
  const wanted = state();
  if (document.activeElement !== box) box.value = wanted.q;
  box.defaultValue = wanted.q;
  kind.value = wanted.type;
  recent.checked = Boolean(wanted.recent);
  active.checked = Boolean(wanted.active);
  place.hidden = !wanted.q;
  const chosen = [kind.value && kind.selectedOptions[0].label, wanted.category].filter(Boolean);
  entitle(wanted.q && [`“${wanted.q}”`, ...chosen].join("; "));
  more.hidden = true;
  const mine = (asked += 1);
  if (!wanted.q) return list.replaceChildren();
  const { q, ...filters } = wanted;
  try {
    const found = await find(q, read, { limit, ...filters });
    if (mine !== asked) return;
    offer(found.categories, wanted.category);
    list.replaceChildren(...found.items.map((text) => hit(JSON.parse(text))));
    more.hidden = found.items.length >= found.count;
    paint();
    const isFiltered = Object.values(filters).some(Boolean);
    status.replaceChildren(...told(found, q, isFiltered));
  } catch (error) {
    if (mine === asked) status.textContent = `The index cannot be read: ${error.message}`;
  }
};

const change = (changes) => {
  write({ ...state(), ...changes });
  limit = SHOWN;
  apply();
};

// A single key gets in the way of those who speak what they type, or press keys by chance: it can be switched off.
const hint = box.nextElementSibling;
const slash = document.getElementById("slash");
slash.addEventListener("change", () => {
  hint.hidden = !slash.checked;
  try {
    if (slash.checked) localStorage.removeItem(SLASH);
    else localStorage.setItem(SLASH, "off");
  } catch {
    // Where nothing can be kept, it lasts as long as the page.
  }
});
const tick = () => (slash.checked = !hint.hidden);
for (const name of ["pageshow", "storage"]) addEventListener(name, tick);
tick();

box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  change({ q: box.value.trim() });
});
kind.addEventListener("change", () => change({ type: kind.value }));
category.addEventListener("change", () => change({ category: category.value }));
recent.addEventListener("change", () => change({ recent: recent.checked ? "1" : "" }));
active.addEventListener("change", () => change({ active: active.checked ? "1" : "" }));
more.addEventListener("click", async () => {
  const next = list.children.length;
  limit += SHOWN;
  history.replaceState({ limit }, "");
  await apply();
  list.children[next]?.querySelector("a").focus();
});
addEventListener("popstate", () => {
  box.value = stated("q");
  limit = kept();
  apply();
});
apply();
