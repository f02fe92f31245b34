/**
 * Sorts and filters a list, with both in the address: `?q=form&sort=-stars`. A `-` is for descending, as in a grid.
 *
 * A list that is whole is sorted as it stands. One that is cut into pages is sorted and filtered over all of its
 * packages, which are read from one file when they are first needed.
 */

import { chosen, mark, markHeads, paint } from "./choose.js";
import { counted, day, element, entitle, fold, number, ordered, read, root, stated, write } from "./page.js";

const INDEX = "/api/data/v1/packages.json";
const SHOWN = 200; // rows of a cut list, and as many more at a time
const PREFIX = /^(?:django|dj)[-_. ]+(?=\S)/; // does not count, as in builder/pages/lists.py
const UNSORTED = ["Version", "Releases named"]; // of one package they tell nothing beside those of another
const WAYS = { text: ["A to Z", "Z to A"], date: ["newest first", "oldest first"], number: ["most first", "fewest first"] };

const wide = matchMedia("(width >= 48rem)");
const place = document.querySelector(".controls");
const table = place?.parentElement.querySelector(".controls ~ table");

const filed = (title) => fold(title).replace(PREFIX, "");
const group = (key) => (/^\p{Nd}/u.test(key) ? 0 : /^[a-z]/.test(key) ? 1 : 2);
const before = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const titles = (a, b) => group(a.title) - group(b.title) || before(a.title, b.title);

/** The columns: what each is called in the address, and what it holds. */
const columnsOf = (head, rows) =>
  [...head.cells].map((cell, i) => {
    const label = cell.textContent;
    const isDate = rows.some((row) => row.cells[i]?.querySelector("time"));
    const kind = isDate ? "date" : cell.classList.contains("n") ? "number" : "text";
    return { cell, label, i, kind, key: UNSORTED.includes(label) ? "" : label.toLowerCase().replaceAll(" ", "-") };
  });

/** The ways to sort by a column, as the address has them: the one that is wanted first, and the other. */
const ways = ({ key, kind }) => (kind === "text" ? [key, `-${key}`] : [`-${key}`, key]);

/** What a row of the page is sorted and filtered by; null is not known. */
const fromRow = (row, columns) => {
  const values = columns.map(({ kind, i }) => {
    const cell = row.cells[i];
    if (kind === "text") return fold(cell.textContent);
    const time = cell.querySelector("time");
    return time ? time.dateTime : /^\d/.test(cell.textContent) ? Number(cell.textContent.replace(/\D/g, "")) : null;
  });
  const head = row.cells[0];
  const title = filed(head.querySelector("a").textContent);
  return { title, text: fold(row.textContent), values: [title, ...values.slice(1)], node: () => row };
};

/** The same of a package of the index, whose row is made when it is shown. */
const fromIndex = (item, columns, categories) => {
  const by = { package: filed(item.title), category: fold(categories[item.category] ?? "") };
  const facts = { ...by, released: item.released, "last-commit": item.last_commit, stars: item.stars };
  let made;
  return {
    title: by.package,
    text: fold(`${item.title} ${item.standing.join(" ")} ${item.description} ${by.category}`),
    values: columns.map(({ key }) => facts[key] ?? null),
    node: () => (made ??= rowOf(item, columns, categories)),
  };
};

const rowOf = (item, columns, categories) => {
  const link = element("a", item.title, { href: `${root}packages/p/${item.slug}/`, dir: "auto" });
  const standing = item.standing.flatMap((word) => [" ", element("em", word, { class: "tag" })]);
  const isAsked = [item.version, item.last_commit, item.stars].some((fact) => fact !== null);
  const about = element("p", item.description || (isAsked ? "no description" : "not known"), { dir: "auto" });
  about.classList.toggle("unknown", !item.description);
  const shown = {
    Category: categories[item.category],
    Version: item.version,
    Released: item.released && day(item.released),
    "Last commit": item.last_commit && day(item.last_commit),
    Stars: item.stars === null ? null : number(item.stars),
  };
  const cells = columns.slice(1).map(({ label }) => {
    const isKnown = (shown[label] ?? null) !== null;
    return element("td", isKnown ? shown[label] : "not known", isKnown ? {} : { class: "unknown" });
  });
  const head = element("th", [mark(item.slug, item.title), link, ...standing, about], { scope: "row" });
  return element("tr", [head, ...cells]);
};

const start = () => {
  const bodies = [...table.tBodies].map((body) => [body, [...body.rows]]);
  const own = bodies.flatMap(([, rows]) => rows).filter((row) => row.cells.length > 1);
  const columns = columnsOf(table.tHead.rows[0], own);
  const isCut = Boolean(table.dataset.index);
  const isByTitle = table.classList.contains("packages") || !table.classList.contains("marked");
  const sortable = columns.filter(({ key }) => key);
  const others = [...place.parentElement.querySelectorAll(".letters, .turns")];
  const one = columns[0].label.toLowerCase();
  const keep = () => history.replaceState({ limit, y: scrollY }, "");
  const kept = () => history.state?.limit ?? SHOWN; // so that one comes back to as many rows, and to the same
  let [limit, asked, all] = [kept(), 0, null];
  let isTyping = false;

  const box = element("input", [], { type: "search", autocomplete: "off", spellcheck: "false" });
  const choice = element("select", [
    element("option", isByTitle ? "A to Z" : "As listed", { value: "" }),
    ...sortable
      .flatMap((column) => ways(column).map((value, i) => element("option", `${column.label}: ${WAYS[column.kind][i]}`, { value })))
      .slice(isByTitle ? 1 : 0),
  ]);
  const status = element("p", [], { role: "status" });
  const more = element("button", "Show more", { type: "button", class: "further", hidden: "" });
  const body = element("tbody");
  place.append(element("label", ["Filter ", box]), element("label", ["Sort by ", choice]), status);
  table.after(more);

  const entries = async () => {
    if (!isCut) return (all ??= own.map((row) => fromRow(row, columns)));
    if (all) return all;
    const text = await read(INDEX);
    if (text === null) throw new Error("it is not there");
    const { categories, packages } = JSON.parse(text);
    const { category } = table.dataset;
    const wanted = packages.filter((item) => !category || item.category === category);
    return (all ??= wanted.map((item) => fromIndex(item, columns, categories)));
  };

  const state = () => {
    const asIs = stated("sort");
    const column = sortable.find(({ key }) => key === asIs.replace(/^-/, ""));
    return { q: stated("q"), column, isDown: asIs.startsWith("-"), sort: column ? asIs : "" };
  };

  const sorted = (found, { column, isDown }) => {
    if (!column) return isByTitle ? found.sort(titles) : found;
    const { i } = column;
    const direction = isDown ? -1 : 1;
    if (i === 0) return found.sort((a, b) => direction * titles(a, b));
    const [known, unknown] = [found.filter(({ values }) => values[i] !== null), found.filter(({ values }) => values[i] === null)];
    known.sort((a, b) => direction * before(a.values[i], b.values[i]) || titles(a, b));
    return [...known, ...unknown.sort(titles)];
  };

  const asItWas = () => {
    for (const [old, rows] of bodies) old.replaceChildren(...rows);
    for (const old of [...table.tBodies]) old.remove();
    table.append(...bodies.map(([old]) => old));
    for (const other of others) other.hidden = false;
    more.hidden = true;
    status.textContent = "";
  };

  const nothing = (q) => {
    const all = element("a", "search the whole site", { href: `${root}search/?q=${encodeURIComponent(q)}` });
    return ["Nothing here has these words. Try fewer, or ", all, "."];
  };

  const show = (found, count, { q, column, isDown }) => {
    const shown = isCut ? found.slice(0, limit) : found;
    body.replaceChildren(...shown.map((entry) => entry.node()));
    for (const old of [...table.tBodies]) old.remove(); // and not the heads, one of which may have the focus
    table.append(body);
    if (table.classList.contains("marked")) markHeads(table);
    for (const other of others) other.hidden = true;
    more.hidden = shown.length === found.length;
    const part = shown.length < found.length ? `, the first ${number(shown.length)} shown` : "";
    const by = column ? `; ${ordered(column.label, isDown)}` : "";
    const of = found.length < count ? `${number(found.length)} of ` : "";
    status.replaceChildren(...(found.length ? [`${of}${counted(count, one)}${part}${by}`] : nothing(q)));
  };

  const apply = async () => {
    const wanted = state();
    if (document.activeElement !== box || !isTyping) box.value = wanted.q;
    choice.value = isByTitle && wanted.sort === sortable[0].key ? "" : wanted.sort;
    const { q, column, isDown } = wanted;
    entitle([q && `“${q}”`, column && ordered(column.label, isDown)].filter(Boolean).join("; "));
    for (const { cell, key } of columns) {
      if (key && key === column?.key) cell.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    const mine = (asked += 1);
    if (!wanted.q && !wanted.sort) {
      asItWas();
    } else {
      try {
        if (isCut && !all) status.textContent = "Reading …";
        const known = await entries();
        if (mine !== asked) return;
        const words = fold(wanted.q).split(/\s+/);
        show(sorted(known.filter(({ text }) => words.every((word) => text.includes(word))), wanted), known.length, wanted);
      } catch (error) {
        if (mine === asked) status.textContent = `The list cannot be read: ${error.message}`;
      }
    }
    if (chosen.size) paint();
  };

  const change = (changes, instead = false) => {
    const { q, sort } = state();
    limit = SHOWN;
    write({ q, sort, ...changes }, instead);
    apply();
  };

  box.addEventListener("input", () => {
    change({ q: box.value.trim() }, isTyping); // all that is typed in one go is one step to go back
    isTyping = true;
  });
  box.addEventListener("blur", () => (isTyping = false));
  choice.addEventListener("change", () => change({ sort: choice.value }));
  table.addEventListener("click", keep);
  more.addEventListener("click", () => {
    const next = body.rows.length;
    limit += SHOWN;
    keep();
    apply().then(() => body.rows[next]?.querySelector("a").focus());
  });
  const turn = (column) => {
    const cycle = [...ways(column), "", ways(column)[0]];
    change({ sort: cycle[cycle.indexOf(state().sort) + 1] });
  };
  const headed = () => {
    for (const column of sortable) {
      const button = element("button", column.label, { type: "button" });
      button.addEventListener("click", () => turn(column));
      column.cell.replaceChildren(wide.matches ? button : column.label); // else the heads are not seen
    }
  };
  wide.addEventListener("change", headed);
  headed();
  addEventListener("popstate", () => {
    isTyping = false;
    limit = kept();
    apply();
  });
  apply().then(() => history.state?.y > scrollY && scrollTo(0, history.state.y)); // rows that came late were not there
};

if (table) start();
