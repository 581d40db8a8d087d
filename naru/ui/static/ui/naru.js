// Makes some things smoother where scripts run; every page does its work without them.
"use strict";

// What htmx exchanged is prepared and said; where it could not ask, the whole page is asked again.
document.addEventListener("htmx:load", () => prepare());
document.addEventListener("htmx:afterSettle", () => say(document.querySelector("main [data-say]")));
for (const broken of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(broken, () => location.reload());
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = button.parentElement.querySelector("code").textContent;
  try {
    await navigator.clipboard.writeText(text);
    const word = button.textContent;
    button.textContent = button.dataset.copy;
    say(button);
    setTimeout(() => { button.textContent = word; }, 2000);
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("code"));
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

function say(from) {
  const live = document.getElementById("live");
  if (from && live) live.textContent = from.textContent.trim();
}

// The errors of a form are the first thing that is read of it.
const first = document.querySelector("[data-first]");
if (first) first.focus();

function prepare() {
  for (const button of document.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
}
prepare();
