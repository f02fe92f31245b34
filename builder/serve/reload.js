// Added by `builder serve` to the pages it sends, never to their files. It loads the page again when another build has
// finished, and shows over it why the latest build failed. All text goes in as text, styles as properties: the page's
// own policy allows neither markup nor style from here.
(() => {
  "use strict";
  const shown = document.currentScript.dataset.generation;
  let events = null;
  let bar = null;

  const part = (name, text, style) => {
    const element = document.createElement(name);
    element.textContent = text;
    Object.assign(element.style, style);
    return element;
  };

  const show = (problems) => {
    bar?.remove();
    bar = null;
    if (problems.length === 0) return;
    bar = part("div", "", {
      position: "fixed", inset: "auto 0 0 0", zIndex: "2147483647", boxSizing: "border-box", maxHeight: "60vh",
      overflow: "auto", padding: "1rem", background: "#7a0010", color: "#fff", font: "1rem/1.4 ui-monospace, monospace",
    });
    bar.setAttribute("role", "alert");
    const hide = part("button", "Hide", { float: "right", font: "inherit" });
    hide.addEventListener("click", () => bar.remove());
    const title = "The latest build failed. This is the site before it.";
    bar.append(hide, part("strong", title, { display: "block" }));
    for (const problem of problems) {
      bar.append(part("p", problem, { margin: "1rem 0 0", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }));
    }
    document.body.append(bar);
  };

  const hear = (message) => {
    const state = JSON.parse(message.data);
    if (state.generation === shown) show(state.problems);
    else location.reload();
  };

  // A browser grants a site six connections, so only the tabs that are looked at hold one.
  const follow = () => {
    if (document.hidden) {
      events?.close();
      events = null;
    } else if (events === null) {
      events = new EventSource("/__serve/events");
      events.addEventListener("message", hear);
    }
  };

  document.addEventListener("visibilitychange", follow);
  follow();
})();
