
import { element } from "./page.js?v=16228739";

export const words = (text) => text.replace(/\s+/g, " ").trim();

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

export const differ = (texts) => new Set(texts).size > 1;

export const hiddenFacts = (count) => (count ? [`${count} equal ${count === 1 ? "fact" : "facts"} hidden`] : []);

export const tick = (label, act) => {
  const box = element("input", [], { type: "checkbox" });
  box.addEventListener("change", () => act(box.checked));
  return { box, label: element("label", [box, " ", label], { class: "tick" }) };
};

export const ONLY = "Only differences";
