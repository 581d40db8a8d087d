// Reads a page aloud where the browser can speak; elsewhere the button stays hidden.
"use strict";

const speaker = document.querySelector("[data-aloud]");
if (speaker && "speechSynthesis" in window) {
  const start = speaker.textContent;
  const quiet = () => { speaker.textContent = start; speaker.setAttribute("aria-pressed", "false"); };
  speaker.hidden = false;
  quiet();
  speaker.addEventListener("click", () => {
    const speaking = speaker.getAttribute("aria-pressed") === "true";
    speechSynthesis.cancel();
    if (speaking) return quiet();
    const spoken = new SpeechSynthesisUtterance(document.querySelector("main").innerText);
    spoken.lang = document.documentElement.lang === "ko" ? "ko-KR" : "en-US";
    spoken.onend = quiet;
    spoken.onerror = quiet;
    speechSynthesis.speak(spoken);
    speaker.textContent = speaker.dataset.aloud;
    speaker.setAttribute("aria-pressed", "true");
  });
  // A page that is left is silent.
  addEventListener("pagehide", () => speechSynthesis.cancel());
}
