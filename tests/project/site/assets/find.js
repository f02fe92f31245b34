
import { mark, paint } from "./choose.js?v=12df2105";
import { counted, day, element, number, read, root, slugOf, stated, write } from "./page.js?v=7dd3cc0d";
import { search } from "./search.js?v=24312fe2";
import { SLASH } from "./site.js?v=5f05ea7e";

const MOST = 100;
const YEAR = 366 * 24 * 60 * 60 * 1000;

const place = document.getElementById("results");
const box = document.getElementById("q");
const today = Date.parse(place.dataset.today);

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
place.append(controls, list);

const state = () =>
  Object.fromEntries(["q", "type", "category", "recent", "active"].map((name) => [name, stated(name)]));

const isRecent = (item) =>
  [item.last_committed, item.last_released].some((moment) => moment && today - Date.parse(moment) < YEAR);

const fits = (item, { type, category: wanted, recent: isWanted }) =>
  (!type || item.item_type === type) && (!wanted || item.category === wanted) && (!isWanted || isRecent(item));

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

const offer = (items, wanted) => {
  const found = new Set(items.map((item) => item.category).filter(Boolean));
  if (wanted) found.add(wanted);
  category.replaceChildren(option("", "All"), ...[...found].sort().map((name) => option(name, name)));
  category.value = wanted;
};

const nothing = (q, isFiltered) => {
  if (!isFiltered) return `Nothing found for “${q}”. Try fewer or other words, or look from A to Z below.`;
  const all = element("a", "Search without filters", { href: `${root}search/?q=${encodeURIComponent(q)}` });
  return ["Nothing found for “", q, "” with these filters. ", all];
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
  const mine = (asked += 1);
  if (!wanted.q) return list.replaceChildren();
  try {
    const texts = await search(wanted.q, read, { limit: MOST, active: Boolean(wanted.active) });
    if (mine !== asked) return;
    const items = texts.map((text) => JSON.parse(text));
    offer(items, wanted.category);
    const found = items.filter((item) => fits(item, wanted));
    list.replaceChildren(...found.map(hit));
    paint();
    const isFiltered = Boolean(wanted.type || wanted.category || wanted.recent || wanted.active);
    const count = items.length === MOST ? `The best ${MOST}` : counted(items.length, "result");
    const part = found.length < items.length ? `${number(found.length)} of ` : "";
    status.replaceChildren(...[found.length ? `${part}${count} for “${wanted.q}”` : nothing(wanted.q, isFiltered)].flat());
  } catch (error) {
    if (mine === asked) status.textContent = `The index cannot be read: ${error.message}`;
  }
};

const change = (changes) => {
  write({ ...state(), ...changes });
  apply();
};

const hint = box.nextElementSibling;
const slash = document.getElementById("slash");
slash.addEventListener("change", () => {
  hint.hidden = !slash.checked;
  try {
    if (slash.checked) localStorage.removeItem(SLASH);
    else localStorage.setItem(SLASH, "off");
  } catch {
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
addEventListener("popstate", () => {
  box.value = stated("q");
  apply();
});
apply();
