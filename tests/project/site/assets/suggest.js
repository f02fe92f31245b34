
import { counted, element, read, root } from "./page.js?v=16228739";
import { suggest } from "./search.js?v=18516fc9";

const PAUSE = 120;
const SHOWN = 8;

export const attach = (box) => {
  const list = element("ul", [], { role: "listbox", id: "suggestions", "aria-label": "Suggestions", hidden: "" });
  const told = element("p", [], { role: "status", class: "sr" });
  let [active, asked, pause] = [-1, 0, 0];

  const options = () => [...list.children];

  const point = (index) => {
    active = index;
    for (const [i, option] of options().entries()) option.setAttribute("aria-selected", String(i === index));
    if (index < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", `suggestion-${index}`);
    list.children[index].scrollIntoView({ block: "nearest" });
  };

  const close = () => {
    asked += 1;
    clearTimeout(pause);
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    point(-1);
  };

  const show = (found, typed) => {
    const all = `${root}search/?q=${encodeURIComponent(typed)}`;
    const shown = [...found, { title: found.length ? "All results" : "Nothing begins so: search", url: all }];
    list.replaceChildren(...shown.map(option));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    told.textContent = found.length ? counted(found.length, "suggestion") : "No suggestions";
    point(-1);
  };

  const look = async () => {
    const typed = box.value.trim();
    if (!typed) return close();
    const mine = (asked += 1);
    try {
      const found = await suggest(typed, read, { limit: SHOWN });
      if (mine === asked) show(found, typed);
    } catch {
      if (mine === asked) close();
    }
  };

  const go = (option, aside) => {
    const { href } = option.dataset;
    if (!href.startsWith(root)) return;
    if (aside) open(href, "_blank", "noopener");
    else location.assign(href);
  };

  const keys = {
    ArrowDown: () => (list.hidden ? look() : point(active + 1 < list.children.length ? active + 1 : -1)),
    ArrowUp: () => !list.hidden && point(active < 0 ? list.children.length - 1 : active - 1),
    Enter: () => active >= 0 && go(list.children[active]),
    Escape: () => !list.hidden && close(),
  };

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || !Object.hasOwn(keys, event.key)) return;
    const isOurs = event.key.startsWith("Arrow") || (event.key === "Enter" ? active >= 0 : !list.hidden);
    if (!isOurs) return;
    event.preventDefault();
    keys[event.key]();
  });
  box.addEventListener("input", () => {
    asked += 1;
    clearTimeout(pause);
    pause = setTimeout(look, PAUSE);
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("li");
    if (option) go(option, event.ctrlKey || event.metaKey);
  });

  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value);
  box.form.append(list, told);
  if (box.value.trim() && box.value !== box.defaultValue) look();
};

const option = ({ type, title, description, url }, index) => {
  const content = [element("b", title, { dir: "auto" })];
  if (type) content.push(" ", element("small", type));
  if (description) content.push(element("span", description, { dir: "auto" }));
  return element("li", content, { role: "option", id: `suggestion-${index}`, "aria-selected": "false", "data-href": url });
};
