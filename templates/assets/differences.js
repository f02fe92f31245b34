/** What comparisons have in common, those of grids and those of one's choice: what a cell says, and what differs. */

import { element } from "./page.js";

export const words = (text) => text.replace(/\s+/g, " ").trim();

/** What a cell says, as one text: dates as 2026-02-16, numbers without spaces, links as addresses; null where nothing. */
export const said = (cell, kind) => {
  if (cell.classList.contains("unknown") || cell.querySelector(".unknown")) return null;
  const time = cell.querySelector("time");
  if (time) return time.dateTime;
  if (kind === "number") return cell.textContent.replace(/\s/g, "");
  if (cell.classList.contains("away")) return [...cell.querySelectorAll("a")].map((link) => link.href).join(" ") || null;
  const copy = cell.cloneNode(true);
  for (const end of copy.querySelectorAll("br")) end.replaceWith("; ");
  return words(copy.textContent);
};

/** Whether packages differ in a fact, by what is said of each. */
export const differ = (texts) => new Set(texts).size > 1;

/** What is told of equal facts that are not shown: a part of a list, empty where there are none. */
export const hiddenFacts = (count) => (count ? [`${count} equal ${count === 1 ? "fact" : "facts"} hidden`] : []);

/** A box to tick; `act` is called with whether it is. */
export const tick = (label, act) => {
  const box = element("input", [], { type: "checkbox" });
  box.addEventListener("change", () => act(box.checked));
  return { box, label: element("label", [box, " ", label], { class: "tick" }) };
};

export const ONLY = "Only differences";
