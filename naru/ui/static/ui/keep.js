// Keeps one page of the patient's own choice on this device, to be read without a connection.
// The service worker holds it; signing out takes it away (naru/ui/templates/ui/service-worker.js).
"use strict";

const choice = document.querySelector("[data-keep]");
if (choice && "serviceWorker" in navigator) {
  const { keep, drop, failed } = choice.dataset;
  const here = location.origin + location.pathname;

  const show = async () => {
    const kept = await (await caches.open("naru-kept")).keys();
    const stands = kept.some((one) => one.url === here);
    choice.textContent = stands ? drop : keep;
    choice.setAttribute("aria-pressed", String(stands));
    choice.hidden = false;
  };
  choice.addEventListener("click", async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    const answered = new MessageChannel();
    answered.port1.onmessage = async ({ data }) => {
      await show();
      if (!data.done) choice.textContent = failed;
      say(choice);
    };
    const dropping = choice.getAttribute("aria-pressed") === "true";
    worker.postMessage(dropping ? { drop: true } : { keep: here }, [answered.port2]);
  });
  navigator.serviceWorker.register("/service-worker.js").then(show, () => {});
}

// On the page that stands in for all others without a connection: the way to the kept one.
const toKept = document.querySelector("[data-kept]");
if (toKept && "caches" in window) {
  caches.open("naru-kept").then((kept) => kept.keys()).then(([one]) => {
    if (!one) return;
    toKept.href = one.url;
    toKept.hidden = false;
  });
}
