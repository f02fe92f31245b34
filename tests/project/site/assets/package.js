
const SHOWN = 4000;

const start = (line) => {
  const place = document.getElementById("copy");
  const button = document.createElement("button");
  const status = document.createElement("span");
  button.type = "button";
  button.textContent = "Copy";
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
      await navigator.clipboard.writeText(line.textContent);
      tell("Copied");
    } catch {
      getSelection().selectAllChildren(line);
      tell("Selected: copy it with your keyboard");
    }
  });
  place.append(button, status);
};

const line = document.querySelector(".get .line code");
if (line) start(line);
