
const box = document.getElementById("q");

const suggest = async () => (await import("./suggest.js?v=eaed39db")).attach(box);

if (box && document.activeElement === box) suggest();
else box?.addEventListener("focus", suggest, { once: true });

export const SLASH = `slash ${new URL("../", import.meta.url).pathname}`;

const hint = box?.nextElementSibling;

const recall = () => {
  try {
    hint.hidden = localStorage[SLASH] === "off";
  } catch {
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
    return false;
  }
};

if (document.querySelector(".marked, .choice") || isChosen()) import("./choose.js?v=90a0c4a6");
