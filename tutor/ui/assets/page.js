/* Opens cited passages, and how an answer came about, in place; lets Escape stop an answer, and says when the network is gone. Without it the links open a separate page. */
(() => {
  const dialog = () => {
    let found = document.querySelector("dialog.tutor-passage");
    if (!found) {
      found = document.createElement("dialog");
      found.className = "tutor-passage";
      found.addEventListener("click", (event) => event.target === found && found.close());
      document.body.append(found);
    }
    return found;
  };

  const fillDialog = (box, content) => {
    box.innerHTML = content; // our own route: everything in it is escaped there
    const close = Object.assign(document.createElement("button"), { className: "close", textContent: "×", type: "button" });
    close.setAttribute("aria-label", tutorMessage("close"));
    close.addEventListener("click", () => box.close());
    box.prepend(close);
  };

  const open = async (href) => {
    const box = dialog();
    fillDialog(box, `<p class="soft" role="status">${tutorMessage("source_opening")}</p>`);
    box.showModal();
    const answer = await fetch(href + (href.includes("?") ? "&" : "?") + "part=1", { credentials: "same-origin" });
    if (!answer.ok) throw new Error("no part of a page");
    fillDialog(box, await answer.text());
    box.querySelector(".page-image .quote, .card mark, .card .marked, mark")?.scrollIntoView({ block: "center" });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="/passage/"], a[href^="/answer/"]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    open(link.getAttribute("href")).catch(() => {
      dialog().close();
      window.open(link.href, "_blank", "noopener");
    });
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    document.querySelector("#tutor-box .stop-button")?.click();
  });

  // Without a network nothing is lost: what is typed stays, and the page says why nothing happens.
  const showConnection = () => {
    document.querySelector("#t-offline")?.remove();
    if (navigator.onLine) return;
    const note = Object.assign(document.createElement("p"), { id: "t-offline", textContent: tutorMessage("offline") });
    note.setAttribute("role", "alert");
    document.body.append(note);
  };
  for (const change of ["online", "offline"]) window.addEventListener(change, showConnection);

  // Gradio calls the starter questions a list without list items, which screen readers then announce as empty.
  new MutationObserver(() => document.querySelectorAll('.examples[role="list"]').forEach((one) => one.setAttribute("role", "group")))
    .observe(document.body, { childList: true, subtree: true });

  // The instructor's review: one key decides, undoes or moves on, unless something is being typed.
  const KEYS = { a: "#tutor-accept", d: "#tutor-decline", u: "#tutor-undo-decision" };
  const moveSelection = (by) => {
    const all = [...document.querySelectorAll("#tutor-review input[type=radio]")];
    const next = all[all.findIndex((one) => one.checked) + by];
    next?.click();
    next?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("textarea, select, [contenteditable], input:not([type=radio])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (!document.querySelector("#tutor-accept")?.offsetParent) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") moveSelection(key === "j" ? 1 : -1);
    else if (KEYS[key]) document.querySelector(KEYS[key])?.click();
  });
})();
