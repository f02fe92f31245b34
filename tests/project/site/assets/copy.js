
const SHOWN = 4000;

const start = (place) => {
  const around = place.closest(".install, .example");
  const code = around.querySelector("code");
  const heading = around.querySelector("h3");
  const button = document.createElement("button");
  const status = document.createElement("span");
  button.type = "button";
  button.textContent = "Copy";
  if (heading) button.setAttribute("aria-label", `Copy: ${heading.textContent}`);
  status.setAttribute("role", "status");
  let timer = 0;

  const tell = (text) => {
    status.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => {
      status.textContent = "";
    }, SHOWN);
  };

  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      tell("Copied");
    } catch {
      getSelection().selectAllChildren(code);
      tell("Selected: copy it with your keyboard");
    }
  });
  place.append(button, status);
};

document.querySelectorAll(".copy").forEach(start);
