// Without a connection, shows the one page that the patient chose, and else says that there is none.
// Nothing else of anybody is kept.
"use strict";

const SHELL = "naru-shell-{{ mark }}";
const KEPT = "naru-kept";
const OFFLINE = "{% url "offline" %}";
const FILES = [{% for one in files %}"{{ one|escapejs }}", {% endfor %}OFFLINE];
// Whoever begins or ends here may be somebody else.
const ENDS = [{% for one in ends %}"{{ one|escapejs }}", {% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name !== SHELL && name !== KEPT);
  const clear = caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name))));
  event.waitUntil(clear.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" && ENDS.some((end) => path.startsWith(end))) {
    event.waitUntil(caches.delete(KEPT));
  }
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => standIn(request)));
  } else if (FILES.some((file) => request.url === new URL(file, location.origin).href)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
self.addEventListener("message", (event) => {
  const work = event.data.drop ? caches.delete(KEPT) : keep(event.data.keep);
  const answer = (done) => event.ports[0].postMessage({ done });
  event.waitUntil(work.then(() => answer(true), () => answer(false)));
});

async function standIn(request) {
  const url = new URL(request.url);
  const kept = request.method === "GET" && await (await caches.open(KEPT)).match(url.origin + url.pathname);
  return kept || (await caches.open(SHELL)).match(OFFLINE);
}

async function keep(url) {
  if (new URL(url).origin !== location.origin) throw new Error("elsewhere");
  const answer = await fetch(url, { credentials: "same-origin", cache: "no-store" });
  if (!answer.ok || answer.redirected) throw new Error("not to be had");
  const when = new Date().toLocaleString("{{ language }}");
  const note = `<p class="kept" role="status">{{ note|escapejs }} ${when}</p>`;
  const text = (await answer.text()).replace('<main id="main"', `${note}<main id="main"`);
  const headers = new Headers(answer.headers);
  await caches.delete(KEPT);
  await (await caches.open(KEPT)).put(url, new Response(text, { headers }));
}
