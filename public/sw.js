// Keeps a contractor's work readable without a signal: the shell's files, and every page of /work that was opened or fetched ahead.
// It answers from the network when there is one, so that what is shown is true; from the last copy when there is none, and the page says so.
// It sends nothing: what was done offline waits in contractor.js, because a phone may wake no worker (iOS has no Background Sync).
// Logging out wipes it all (Clear-Site-Data).
const CACHE = "fettle-work-1";
const OFFLINE = "/work/offline.html";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([OFFLINE, "/contractor.js", "/favicon.svg"])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter((n) => n.startsWith("fettle-work-") && n !== CACHE).map((n) => caches.delete(n))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const page = request.mode === "navigate" || request.headers.get("X-Ahead") === "1";
  // Key-safe codes are read with a signal or not at all: each look is on record.
  if (url.pathname.endsWith("/codes")) return;
  if (page && /^\/work(\/|$)/.test(url.pathname)) event.respondWith(fresh(request, url.pathname));
  else if (/^\/(pkg|fonts|drawings)\//.test(url.pathname) || /^\/(icons\.svg|favicon\.svg|contractor\.js|live\.js)$/.test(url.pathname))
    event.respondWith(kept(request));
  else if (/^\/photos\/[^/]+\/small$/.test(url.pathname)) event.respondWith(kept(request));
});

async function fresh(request, path) {
  const cache = await caches.open(CACHE);
  try {
    const response = await fetch(request);
    // Signed out or gone: what was kept is not theirs to read any more.
    if (response.redirected || response.status === 401 || response.status === 403 || response.status === 404) await cache.delete(path);
    else if (response.ok) await cache.put(path, response.clone());
    return response;
  } catch {
    const copy = await cache.match(path);
    if (!copy) return (await cache.match(OFFLINE)) ?? Response.error();
    const headers = new Headers(copy.headers);
    headers.set("X-Kept", "1");
    return new Response(await copy.blob(), { status: 200, headers });
  }
}

async function kept(request) {
  const cache = await caches.open(CACHE);
  const copy = await cache.match(request);
  if (copy) return copy;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
