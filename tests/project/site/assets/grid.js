
import { ONLY, differ, hiddenFacts, said, tick, words } from "./differences.js?v=5e20b2f1";
import { counted, element, entitle, ordered } from "./page.js?v=16228739";

const VERSION = /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:[-_.]?(?:post|rev|r)[-_.]?(\d*)|-(\d+))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+.*)?$/i;
const STAGES = { a: 1, alpha: 1, b: 2, beta: 2, c: 3, rc: 3, pre: 3, preview: 3 };
const [DEVELOPED, FINAL] = [0, 4];
const KINDS = {
  version: "version",
  released: "date",
  "last-commit": "date",
  stars: "number",
  forks: "number",
  "commits-in-52-weeks": "number",
  python: "versions",
  django: "versions",
};
const MARKED = /^(yes|no)(?:, (two|three))?/;
const TIMES = { two: 2, three: 3 };
const LONG = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export const versionKey = (text) => {
  const found = VERSION.exec(text.trim());
  if (!found) return null;
  const [, epoch, release, stage, stageNumber, post, dashed, dev] = found;
  const parts = release.split(".").map(Number);
  while (parts.length > 1 && parts.at(-1) === 0) parts.pop();
  const after = post ?? dashed;
  const level = stage ? STAGES[stage.toLowerCase()] : dev !== undefined && after === undefined ? DEVELOPED : FINAL;
  const rest = [level, Number(stageNumber ?? 0), after === undefined ? -1 : Number(after), dev === undefined ? Infinity : Number(dev)];
  return [Number(epoch ?? 0), parts, rest];
};

const compareLists = (a, b) => {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const [one, other] = [a[i] ?? 0, b[i] ?? 0];
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
};

export const compareVersions = (a, b) => {
  const [one, other] = [versionKey(a), versionKey(b)];
  if (!one || !other) return Boolean(one) - Boolean(other) || collator.compare(a, b);
  return one[0] - other[0] || compareLists(one[1], other[1]) || compareLists(one[2], other[2]);
};

const listed = (text) => text.split(/[\s,]+/).map((part) => part.replace(/^[<>=~!]+/, "")).filter((part) => versionKey(part));

const highest = (text) => listed(text).sort(compareVersions).at(-1) ?? "";

const strength = (text) => {
  const found = MARKED.exec(text);
  return found ? (TIMES[found[2]] ?? 1) * (found[1] === "yes" ? 1 : -1) : 0;
};

const compareNumbers = (a, b) => Number(a) - Number(b);

const COMPARE = {
  version: compareVersions,
  versions: (a, b) => compareVersions(highest(a), highest(b)),
  number: compareNumbers,
  date: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
  feature: (a, b) => strength(a) - strength(b) || collator.compare(b, a),
  text: (a, b) => collator.compare(a, b),
};

export const sorted = (items, value, kind, descending) => {
  const compare = COMPARE[kind];
  return [...items].sort((a, b) => order(value(a), value(b), compare, descending));
};

const order = (a, b, compare, descending) => {
  if (a === null || b === null) return (a === null) - (b === null);
  return descending ? compare(b, a) : compare(a, b);
};

export const csv = (rows) => rows.map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";

const field = (text) => {
  const safe = /^[\s]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

const read = (table) => {
  const across = table.classList.contains("across");
  const [top, ...lines] = [...table.rows];
  const heads = [...top.cells].slice(1);
  const rows = lines.map((line) => line.cells[0]);
  const cells = lines.map((line) => [...line.cells].slice(1));
  const at = across ? (p, f) => cells[f][p] : (p, f) => cells[p][f];
  const facts = (across ? rows : heads).map((head) => {
    const { key } = head.dataset;
    return { key, head, label: words(head.textContent), kind: KINDS[key] ?? (key.startsWith("feature-") ? "feature" : "text") };
  });
  const packages = (across ? heads : rows).map((head, p) => {
    const link = head.querySelector("a");
    const own = facts.map((_, f) => at(p, f));
    return {
      slug: link.pathname.split("/").at(-2),
      title: words(link.textContent),
      active: head.querySelector(".tag") === null,
      head,
      cells: own,
      texts: Object.fromEntries(facts.map((fact, f) => [fact.key, said(own[f], fact.kind)])),
    };
  });
  return { across, packages, facts, lines, corner: top.cells[0], body: table.tBodies[0], top };
};

const lay = ({ across, packages, facts, lines, body, top }, shown, kept) => {
  const rest = packages.filter((one) => !shown.includes(one));
  const all = [...shown, ...rest];
  const seen = new Set(shown);
  for (const one of packages) {
    one.head.hidden = !seen.has(one);
    one.cells.forEach((cell, f) => {
      cell.hidden = !seen.has(one) || !kept.has(facts[f]);
    });
    if (!across) one.head.parentElement.hidden = !seen.has(one);
  }
  for (const fact of facts) {
    fact.head.hidden = !kept.has(fact);
    if (across) fact.head.parentElement.hidden = !kept.has(fact);
  }
  if (across) {
    top.append(...all.map((one) => one.head));
    lines.forEach((line, f) => line.append(...all.map((one) => one.cells[f])));
  } else {
    body.append(...all.map((one) => one.head.parentElement));
  }
};

const FLAGS = ["active", "recent", "differences"];
const LISTS = ["python", "django", "licence"];

export const chosen = (search, known) => {
  const given = new URLSearchParams(search);
  const sort = given.get("sort") ?? "";
  const key = sort.replace(/^-/, "");
  return {
    sort: known.keys.includes(key) ? key : "",
    descending: sort.startsWith("-"),
    ...Object.fromEntries(FLAGS.map((name) => [name, given.get(name) === "1"])),
    ...Object.fromEntries(LISTS.map((name) => [name, known[name].includes(given.get(name)) ? given.get(name) : ""])),
    p: (given.get("p") ?? "").split(",").filter((slug) => known.slugs.includes(slug)),
  };
};

const addressed = (state, search) => {
  const given = new URLSearchParams(search);
  const set = (name, value) => (value ? given.set(name, value) : given.delete(name));
  set("sort", state.sort && `${state.descending ? "-" : ""}${state.sort}`);
  for (const name of FLAGS) set(name, state[name] && "1");
  for (const name of LISTS) set(name, state[name]);
  set("p", state.p.join(","));
  const text = given.toString().replaceAll("%2C", ",");
  return location.pathname + (text && `?${text}`) + location.hash;
};

const yearAgo = () => {
  const day = new Date();
  day.setUTCFullYear(day.getUTCFullYear() - 1);
  return day.toISOString().slice(0, 10);
};

const start = (place, table) => {
  const model = read(table);
  const { packages, facts } = model;
  const since = yearAgo();
  const unique = (key, split) => [...new Set(packages.flatMap((one) => (one.texts[key] === null ? [] : split(one.texts[key]))))];
  const known = {
    keys: ["package", ...facts.map((fact) => fact.key)],
    slugs: packages.map((one) => one.slug),
    python: unique("python", listed).sort((a, b) => compareVersions(b, a)),
    django: unique("django", listed).sort((a, b) => compareVersions(b, a)),
    licence: unique("licence", (text) => [text]).sort(collator.compare),
  };
  const kinds = Object.fromEntries(facts.map((fact) => [fact.key, fact.kind]));
  const upFirst = (key) => key === "package" || kinds[key] === "text";
  let state = chosen(location.search, known);

  const passes = (one) =>
    (!state.active || one.active) &&
    (!state.recent || (one.texts.released !== null && one.texts.released >= since)) &&
    ["python", "django"].every((name) => !state[name] || listed(one.texts[name] ?? "").includes(state[name])) &&
    (!state.licence || one.texts.licence === state.licence) &&
    (!state.p.length || state.p.includes(one.slug));

  const differs = (fact, shown) => differ(shown.map((one) => one.texts[fact.key]));

  const current = () => {
    const passing = packages.filter(passes);
    const { sort } = state;
    const value = (one) => (sort === "package" ? one.title : one.texts[sort]);
    const shown = sort ? sorted(passing, value, kinds[sort] ?? "text", state.descending) : passing;
    const few = !state.differences || shown.length < 2;
    return { shown, kept: new Set(facts.filter((fact) => few || differs(fact, shown))) };
  };

  const change = (changes) => {
    state = { ...state, ...changes };
    history.pushState(null, "", addressed(state, location.search));
    show();
  };

  const sync = [];
  const ticked = (get, set, text) => {
    const { box, label } = tick(text, (isTicked) => change(set(isTicked)));
    sync.push(() => (box.checked = get()));
    return label;
  };
  const flag = (name, text) => ticked(() => state[name], (isTicked) => ({ [name]: isTicked }), text);
  const pick = (label, options, get, set) => {
    const made = options.map(([value, text]) => element("option", text, { value }));
    const select = element("select", made);
    select.addEventListener("change", () => change(set(select.value)));
    sync.push(() => (select.value = get()));
    return element("label", [label, select]);
  };
  const listOf = (name, label) =>
    known[name].length > 1
      ? pick(label, [["", "any"], ...known[name].map((value) => [value, value])], () => state[name], (value) => ({ [name]: value }))
      : [];
  const press = (label, action) => {
    const button = element("button", label, { type: "button" });
    button.addEventListener("click", action);
    return button;
  };
  const direction = (key) => ({ sort: key, descending: Boolean(key) && !upFirst(key) });

  const sortButtons = [];
  const sortable = (head, key, label) => {
    const button = element("button", [], { type: "button", class: "sort", "aria-label": `Sort by ${label}` });
    button.addEventListener("click", () => {
      const again = state.sort === key;
      if (again && state.descending === upFirst(key)) change({ sort: "", descending: false });
      else change(again ? { descending: !state.descending } : direction(key));
    });
    head.append(button);
    sortButtons.push([head, key]);
  };
  for (const fact of facts) sortable(fact.head, fact.key, fact.label);
  if (!model.across) sortable(model.corner, "package", "name");

  const save = () => {
    const { shown, kept } = current();
    const columns = facts.filter((fact) => kept.has(fact));
    const lines = shown.map((one) => [one.title, ...columns.map((fact) => one.texts[fact.key] ?? "")]);
    const text = csv([["Package", ...columns.map((fact) => fact.label)], ...lines]);
    const href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    element("a", [], { href, download: `${location.pathname.split("/").at(-2)}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  };

  const boxes = packages.map(({ slug, title }) => {
    const others = () => state.p.filter((other) => other !== slug);
    const set = (isTicked) => ({ p: isTicked ? [...others(), slug] : others() });
    return ticked(() => state.p.includes(slug), set, element("bdi", title));
  });

  const sorts = [["", "stars, active first"], ["package", "Name"], ...facts.map((fact) => [fact.key, fact.label])];
  const panel = element(
    "div",
    [
      element("div", [
        pick("Sort by", sorts, () => state.sort, direction),
        listOf("python", "Python"),
        listOf("django", "Django"),
        listOf("licence", "Licence"),
      ].flat(), { class: "picks" }),
      element("div", [
        flag("active", "Hide archived, deprecated and replaced"),
        flag("recent", `Released since ${LONG.format(new Date(since))}`),
        flag("differences", ONLY),
      ].flat(), { class: "ticks" }),
      element("fieldset", [element("legend", "Only these packages"), element("div", boxes, { class: "ticks many" })]),
      press("Download as CSV", save),
    ],
    { id: "panel", class: "panel", hidden: "" },
  );
  const opener = press("Sort and filter", () => {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
  });
  opener.setAttribute("aria-expanded", "false");
  opener.setAttribute("aria-controls", "panel");
  const status = element("p", [], { role: "status" });
  const reset = press("Reset", () => {
    change({ ...chosen("", known) });
    opener.focus();
  });

  const show = () => {
    const { shown, kept } = current();
    lay(model, shown, kept);
    for (const [head, key] of sortButtons) {
      if (key === state.sort) head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    for (const one of sync) one();
    const label = state.sort === "package" ? "name" : facts.find((fact) => fact.key === state.sort)?.label;
    const wanted = [
      state.active && "active",
      state.recent && "released within a year",
      state.python && `Python ${state.python}`,
      state.django && `Django ${state.django}`,
      state.licence,
      state.p.length && "only these",
    ].filter(Boolean);
    status.textContent = [
      `${shown.length || "None"} of ${counted(packages.length, "package")}${wanted.length ? ": " : ""}${wanted.join(", ")}`,
      ...(label ? [ordered(label, state.descending)] : []),
      ...hiddenFacts(facts.length - kept.size),
    ].join("; ");
    table.parentElement.hidden = !shown.length;
    reset.hidden = addressed(state, "") === addressed(chosen("", known), "");
    entitle(reset.hidden ? "" : status.textContent);
  };

  place.append(element("div", [opener, status, reset], { class: "bar" }), panel);
  place.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || panel.hidden) return;
    opener.click();
    opener.focus();
  });
  addEventListener("popstate", () => {
    state = chosen(location.search, known);
    show();
  });
  show();
};

const place = globalThis.document?.getElementById("choices");
if (place) start(place, document.querySelector(".frame table"));
