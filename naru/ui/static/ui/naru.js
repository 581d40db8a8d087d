// Makes some things smoother where scripts run; every page does its work without them.
"use strict";

// A form marked data-swap is sent in place: only <main> is exchanged, and the focus stays.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("form[data-swap]")) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  const focused = event.submitter && event.submitter.id;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    prepare();
    const again = focused && document.getElementById(focused);
    if (again) again.focus();
    say(document.querySelector("main [data-say]"));
  } catch {
    location.reload();
  }
});

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

function prepare() {
  for (const button of document.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
}
prepare();
