/** On every page: `/` leads to the search box while its hint is shown. What else there is comes when it is first needed. */

const box = document.getElementById("q");

const suggest = async () => (await import("./suggest.js")).attach(box);

if (box && document.activeElement === box) suggest();
else box?.addEventListener("focus", suggest, { once: true });

/** Where it is kept that `/` is switched off. */
export const SLASH = `slash ${new URL("../", import.meta.url).pathname}`;

const hint = box?.nextElementSibling;

const recall = () => {
  try {
    hint.hidden = localStorage[SLASH] === "off";
  } catch {
    // Where nothing can be kept, the hint stands as it was put on this page.
  }
};

if (hint) {
  recall();
  addEventListener("pageshow", recall);
  addEventListener("storage", recall);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || hint?.hidden !== false) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  event.preventDefault();
  box.focus();
  box.select();
});

const isChosen = () => {
  try {
    return Object.keys(sessionStorage).some((key) => key.startsWith("compare "));
  } catch {
    // a browser that keeps nothing
    return false;
  }
};

if (document.querySelector(".marked, .choice") || isChosen()) import("./choose.js");
