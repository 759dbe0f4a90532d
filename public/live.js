// One live stream per browser, however many tabs: HTTP/1.1 allows six connections to a host, and each open stream holds one.
// The tab that holds the lock listens and tells the others; when it goes, the next one takes over from the last position.
// Pages hear of it as the window's event `fettle:moved` with { kind, ticket }. The console's pages ask the server again by themselves; a page that
// is not hydrated names the ticket it follows (`data-follows`) and the parts of it that change (`data-live`), and is seen to at the end.
(() => {
  if (!("EventSource" in window)) return;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("fettle:live") : null;
  const tell = (detail) => window.dispatchEvent(new CustomEvent("fettle:moved", { detail }));
  let position = "";
  const heard = (message) => {
    position = message.position;
    tell(message.detail);
  };
  if (channel) channel.onmessage = (event) => heard(event.data);

  const listen = () =>
    new Promise((done) => {
      // A browser's own reconnection sends Last-Event-ID; a tab that takes over says where the last one stood.
      const source = new EventSource(position ? `/events?from=${encodeURIComponent(position)}` : "/events");
      source.addEventListener("ready", (event) => {
        position = event.lastEventId;
        document.documentElement.dataset.live = "true";
      });
      source.addEventListener("moved", (event) => {
        const message = { position: event.lastEventId, detail: JSON.parse(event.data) };
        heard(message);
        if (channel) channel.postMessage(message);
      });
      source.onerror = () => {
        delete document.documentElement.dataset.live;
        // Closed for good (signed out): give the lock back. Otherwise the browser tries again by itself.
        if (source.readyState === EventSource.CLOSED) setTimeout(done, 5000);
      };
      window.addEventListener("pagehide", () => { source.close(); done(); }, { once: true });
    });

  if (navigator.locks) {
    const hold = () => navigator.locks.request("fettle:live", listen).then(() => { if (document.visibilityState === "visible") hold(); });
    hold();
    window.addEventListener("pageshow", (event) => { if (event.persisted) hold(); });
  } else {
    listen();
  }

  const ticket = document.querySelector("[data-follows]")?.dataset.follows;
  if (!ticket) return;
  const seen = new Map([...document.querySelectorAll("[data-live]")].map((part) => [part, part.innerHTML]));
  // What somebody is writing or choosing stays as it is; the server checks it when it is sent.
  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== (field.defaultValue ?? "");
  const inUse = (part) => part.contains(document.activeElement) || [...part.querySelectorAll("input, textarea")].some(changed);
  const refresh = async () => {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    // Signed out, or no longer theirs: the next click says so.
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const [part, before] of seen) {
      const now = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!now || now.innerHTML === before || inUse(part)) continue;
      seen.set(part, now.innerHTML);
      part.replaceChildren(...now.childNodes);
    }
  };
  // One question at a time: news that comes meanwhile asks once more.
  let [asking, again] = [false, false];
  window.addEventListener("fettle:moved", async ({ detail }) => {
    if (detail.ticket !== ticket) return;
    again = true;
    if (asking) return;
    asking = true;
    while (again) {
      again = false;
      await refresh().catch(() => {});
    }
    asking = false;
  });
})();
