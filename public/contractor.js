// What a day in the field needs beyond plain forms: photos made small and sent one by one, a signature, and a queue for when there is no signal.
//
// The queue: a form of an order that cannot be sent is kept in IndexedDB with a key of its own and sent once, in the order it was pressed, when
// the network is back (on `online`, and whenever a page opens: iOS wakes nothing in the background). The server carries a key out once. What was
// overtaken meanwhile (409) or cannot be used (422) stays in the queue with the server's sentence, is shown, and holds back what was pressed
// after it for the same order; the person decides. Nothing is resolved in silence. Without this script every form still works.
(() => {
  "use strict";
  const LARGEST = 2000; // pixels of a photo's longer side: enough to read a data plate
  const QUALITY = 0.85;
  // An answer to an offer waits for nobody: it is pressed again with a signal, so that nobody believes they have what another took.
  const NEVER_QUEUED = new Set(["accept", "decline", "propose", "book", "confirm", "move_visit", "cancel_visit"]);
  const NAMES = {
    set_off: "On my way", arrive: "On site", leave: "Left for today", no_access: "No access", tick: "Checklist", note: "Message", complete: "Work done", photo: "Photo",
  };

  // ------------------------------------------------------------------------------------------------------------------- the store
  const opened = new Promise((done, fail) => {
    const request = indexedDB.open("fettle-work", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const store = async (mode, act) => {
    const db = await opened;
    return new Promise((done, fail) => {
      const tx = db.transaction("queue", mode);
      const request = act(tx.objectStore("queue"));
      tx.oncomplete = () => done(request.result);
      tx.onerror = tx.onabort = () => fail(tx.error);
    });
  };
  const waiting = () => store("readonly", (q) => q.getAll());
  const add = (entry) => store("readwrite", (q) => q.add(entry));
  const put = (entry) => store("readwrite", (q) => q.put(entry));
  const drop = (seq) => store("readwrite", (q) => q.delete(seq));

  // ---------------------------------------------------------------------------------------------------------------------- sending
  /** Sends an entry; answers `sent`, `later` (no network, or the server is away), `refused` with a sentence, or `signed out`. */
  async function send(entry) {
    let response;
    try {
      const headers = { Accept: "application/json", "Idempotency-Key": entry.key };
      let body = entry.body;
      if (entry.photo) {
        body = new FormData();
        body.append("photos", entry.photo, entry.name);
      } else headers["Content-Type"] = "application/x-www-form-urlencoded";
      response = await fetch(entry.url, { method: "POST", headers, body, credentials: "same-origin" });
    } catch {
      return { now: "later" };
    }
    if (response.ok) return { now: "sent" };
    if (response.status === 401) return { now: "signed out" };
    if (response.status >= 500 || response.status === 429) return { now: "later" };
    const said = await response.json().catch(() => ({}));
    return { now: "refused", sentence: said.sentence ?? "It could not be taken." };
  }

  let sending = false;
  async function flush() {
    if (sending) return;
    sending = true;
    let changed = false;
    try {
      // One tab sends; the others see what became of it.
      const work = async () => {
        const held = new Set();
        for (const entry of await waiting()) {
          if (entry.refused) held.add(entry.url.split("/")[2]);
          if (held.has(entry.url.split("/")[2])) continue;
          const result = await send(entry);
          if (result.now === "sent") {
            await drop(entry.seq);
            changed = true;
          } else if (result.now === "refused") {
            await put({ ...entry, refused: result.sentence });
            held.add(entry.url.split("/")[2]);
          } else {
            note = result.now === "signed out" ? "Sign in again, or open the link in your email: what you did is kept on this phone until then." : "";
            break;
          }
        }
      };
      if (navigator.locks) await navigator.locks.request("fettle:queue", work);
      else await work();
    } finally {
      sending = false;
    }
    await show();
    if (changed && (await waiting()).length === 0 && document.querySelector("[data-order]")) location.replace(location.pathname);
  }

  // ------------------------------------------------------------------------------------------------------------------- what is said
  let note = "";
  async function show() {
    const bar = document.getElementById("offline");
    if (!bar) return;
    const entries = await waiting();
    bar.replaceChildren();
    const line = (text) => {
      const p = document.createElement("p");
      p.textContent = text;
      bar.append(p);
      return p;
    };
    if (!navigator.onLine) line("No signal. What you see was kept on this phone; what you do is sent when the signal is back.");
    if (note) line(note);
    const refused = entries.filter((e) => e.refused);
    const rest = entries.length - refused.length;
    if (rest > 0) line(rest === 1 ? "1 thing waits to be sent." : `${rest} things wait to be sent.`);
    for (const entry of refused) {
      const p = line(`${NAMES[entry.act] ?? "An entry"} was not taken: ${entry.refused} `);
      const look = document.createElement("a");
      look.href = `/work/${entry.url.split("/")[2]}`;
      look.textContent = "See how it stands now";
      const forget = document.createElement("button");
      forget.type = "button";
      forget.className = "button";
      forget.textContent = "Let it go";
      forget.addEventListener("click", async () => {
        await drop(entry.seq);
        await flush();
        await show();
      });
      p.append(look, " ", forget);
    }
    bar.hidden = bar.childElementCount === 0;
    document.documentElement.dataset.queue = String(entries.length);
  }

  // --------------------------------------------------------------------------------------------------------------------- the forms
  async function small(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < 1_500_000) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      return blob && blob.size < file.size ? blob : file;
    } catch {
      return file; // What the browser cannot read, the server judges.
    }
  }

  async function photos(form) {
    const input = form.querySelector("input[type=file]");
    const files = [...input.files];
    if (files.length === 0) return;
    const list = form.querySelector(".file-drop__chosen") ?? form.appendChild(document.createElement("ul"));
    list.replaceChildren();
    const rows = files.map((file) => {
      const row = document.createElement("li");
      row.className = "file-drop__file";
      row.textContent = `${file.name}: waiting`;
      list.append(row);
      return row;
    });
    let left = 0;
    for (const [at, file] of files.entries()) {
      rows[at].textContent = `${file.name}: sending ${at + 1} of ${files.length}`;
      const entry = { act: "photo", url: form.getAttribute("action"), key: crypto.randomUUID(), name: file.name, photo: await small(file), at: Date.now() };
      const result = await send(entry);
      if (result.now === "sent") rows[at].textContent = `${file.name}: sent`;
      else if (result.now === "refused") {
        rows[at].textContent = `${file.name}: ${result.sentence}`;
        left += 1;
      } else {
        await add(entry);
        rows[at].textContent = `${file.name}: kept, sent when the signal is back`;
        left += 1;
      }
    }
    input.value = "";
    await show();
    if (left === 0) location.assign(`${location.pathname}?done=photo`);
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const act = form.dataset?.act;
    if (!act) return;
    if (act === "photo") {
      event.preventDefault();
      await photos(form);
      return;
    }
    // With a signal and nothing waiting, a form goes the plain way: the server's own page answers it.
    if (navigator.onLine && document.documentElement.dataset.queue === "0") return;
    event.preventDefault();
    if (NEVER_QUEUED.has(act)) {
      if (navigator.onLine) form.submit();
      else {
        note = "This needs a signal: press it again when you have one.";
        await show();
        document.getElementById("offline").scrollIntoView();
      }
      return;
    }
    const body = new URLSearchParams(new FormData(form)).toString();
    await add({ act, url: form.getAttribute("action"), key: crypto.randomUUID(), body, at: Date.now() });
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    await show();
    document.getElementById("offline").scrollIntoView();
    if (navigator.onLine) await flush();
  });

  // -------------------------------------------------------------------------------------------------------------------- signature
  for (const place of document.querySelectorAll("[data-signature]")) {
    const field = place.closest("form").querySelector(`input[name=${place.dataset.signature}]`);
    const canvas = document.createElement("canvas");
    canvas.className = "work-sign__pad";
    canvas.width = 600;
    canvas.height = 200;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Signature");
    const words = document.createElement("p");
    words.textContent = "Sign here with a finger (optional). A name above is enough where somebody cannot.";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button";
    again.textContent = "Clear the signature";
    place.append(words, canvas, again);
    place.hidden = false;
    const pen = canvas.getContext("2d");
    let strokes = [];
    const write = () => (field.value = strokes.length ? JSON.stringify(strokes) : "");
    const point = (event) => {
      const box = canvas.getBoundingClientRect();
      const part = (at, from, size) => Math.min(1000, Math.max(0, Math.round(((at - from) / size) * 1000)));
      return [part(event.clientX, box.left, box.width), part(event.clientY, box.top, box.height)];
    };
    const draw = () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.lineWidth = 3;
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = getComputedStyle(canvas).color;
      for (const stroke of strokes) {
        pen.beginPath();
        stroke.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"]((x / 1000) * canvas.width, (y / 1000) * canvas.height));
        pen.stroke();
      }
    };
    let drawing = false;
    canvas.addEventListener("pointerdown", (event) => {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      strokes.push([point(event)]);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!drawing) return;
      strokes.at(-1).push(point(event));
      draw();
    });
    const end = () => {
      drawing = false;
      write();
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    again.addEventListener("click", () => {
      strokes = [];
      write();
      draw();
    });
  }

  // ------------------------------------------------------------------------------------------------------------------------- begin
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/sw.js", { scope: "/work" }).then(() => navigator.serviceWorker.ready).then(() => {
      document.documentElement.dataset.kept = "true";
      // What is today's is fetched ahead, so that it can be read in a cellar.
      if (location.pathname === "/work" && navigator.onLine)
        for (const link of [...document.querySelectorAll(".work-list__link")].slice(0, 12)) fetch(link.href, { headers: { "X-Ahead": "1" } }).catch(() => {});
    }).catch(() => {});
  }
  window.addEventListener("online", () => { note = ""; flush(); });
  window.addEventListener("offline", show);
  document.documentElement.dataset.queue = "0";
  show().then(() => { if (navigator.onLine) return flush(); });
})();
