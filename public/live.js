// One live stream per browser, however many tabs: HTTP/1.1 allows six connections to a host, and each open stream holds one.
// The tab that holds the lock listens and tells the others; when it goes, the next one takes over from the last position.
// Pages hear of it as the window's event `fettle:moved` with { kind, ticket }.
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
})();
