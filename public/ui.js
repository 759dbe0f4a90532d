// What the components of app/ui do beyond plain HTML. It listens on the document, so it serves pages that are hydrated, pages that are not, and
// what appears later. Without it every tenant page still works.
(() => {
  const on = (type, selector, act) =>
    document.addEventListener(type, (event) => {
      const found = event.target instanceof Element && event.target.closest(selector);
      if (found) act(found, event);
    });
  const element = (name, className, attributes = {}) => Object.assign(document.createElement(name), { className, ...attributes });
  const icon = (name, size) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS(svg.namespaceURI, "use");
    for (const [key, value] of Object.entries({ class: "icon", width: size, height: size, "aria-hidden": "true", focusable: "false" })) {
      svg.setAttribute(key, value);
    }
    use.setAttribute("href", `/icons.svg#${name}`);
    svg.append(use);
    return svg;
  };

  // ErrorSummary: what went wrong is read first.
  document.querySelector(".error-summary")?.focus();

  // Button: one press while its form is on its way.
  on("click", "button[aria-busy=true]", (_, event) => event.preventDefault());

  // Button, MenuButton, Dialog: browsers that do not know `command` yet.
  if (!("commandForElement" in HTMLButtonElement.prototype)) {
    on("click", "button[commandfor]", (button) => {
      const dialog = document.getElementById(button.getAttribute("commandfor"));
      if (button.getAttribute("command") === "close") dialog?.close();
      else if (dialog && !dialog.open) dialog.showModal();
    });
  }

  // Textarea: how many characters are left, counted as the server counts them.
  const characters = (n) => `${n} ${n === 1 ? "character" : "characters"}`;
  on("input", "textarea[data-max]", (area) => {
    const note = document.getElementById(`${area.id}-count`);
    const left = Number(area.dataset.max) - [...area.value].length;
    if (!note) return;
    note.textContent = left < 0 ? `You have ${characters(-left)} too many` : `You have ${characters(left)} left`;
    note.classList.toggle("textarea__count--over", left < 0);
  });

  // FileDrop: the names of several files (the field itself shows a single one), and that a drop would land.
  const names = (field) => {
    const files = field.files.length > 1 ? [...field.files] : [];
    const list = field.closest(".file-drop").nextElementSibling;
    list?.replaceChildren(
      ...files.map((file) => {
        const item = element("li", "file-drop__file");
        item.append(icon("image", 16), file.name);
        return item;
      }),
    );
  };
  const over = (is) => (field) => field.closest(".file-drop").classList.toggle("file-drop--over", is);
  on("change", ".file-drop__input", names);
  on("dragover", ".file-drop__input", over(true));
  on("dragleave", ".file-drop__input", over(false));
  on("drop", ".file-drop__input", over(false));
  on("reset", "form", (form) => setTimeout(() => form.querySelectorAll(".file-drop__input").forEach(names)));

  // PhotoGrid: a photo opens over the page; with a modifier key the link does what links do.
  const show = (box, links, at) => {
    const [link, place] = [links[at], box.querySelector(".lightbox__figure")];
    if (!link || !place) return;
    box.dataset.at = at;
    const caption = element("figcaption", "lightbox__caption");
    caption.append(link.title, element("span", "lightbox__count", { textContent: `${at + 1} of ${links.length}` }));
    place.replaceChildren(element("img", "lightbox__photo", { src: link.href, alt: link.querySelector("img")?.alt ?? "" }), caption);
    if (!box.open) box.showModal();
  };
  const linksOf = (box) => [...(box.previousElementSibling?.querySelectorAll(".photos__link") ?? [])];
  const step = (box, by) => {
    const links = linksOf(box);
    show(box, links, (Number(box.dataset.at) + by + links.length) % links.length);
  };
  on("click", ".photos__link", (link, event) => {
    const box = link.closest(".photos").nextElementSibling;
    if (event.ctrlKey || event.metaKey || event.shiftKey || !box?.showModal) return;
    event.preventDefault();
    const links = linksOf(box);
    show(box, links, links.indexOf(link));
  });
  on("click", ".lightbox [data-step]", (button) => step(button.closest("dialog"), Number(button.dataset.step)));
  on("click", ".lightbox [data-close]", (button) => button.closest("dialog").close());
  on("keydown", ".lightbox", (box, event) => {
    if (event.key === "ArrowRight") step(box, 1);
    if (event.key === "ArrowLeft") step(box, -1);
  });
})();
