/* Where a person is: course and conversation in the address, the tab in its fragment, so that a reload or a bookmark comes
   back to it. This browser also remembers them for the next visit; the server checks what it is told. */
window.tutorPlace = (() => {
  const key = `tutor-place:${location.pathname}`;
  const recall = (store) => { try { return JSON.parse(store().getItem(key)) ?? {}; } catch { return {}; } };
  const keep = (store, place) => { try { store().setItem(key, JSON.stringify(place)); } catch { /* a browser may forbid it */ } };
  const stores = [() => localStorage, () => sessionStorage];
  const remembered = () => Object.assign({}, ...stores.map(recall));
  const remember = (change) => stores.forEach((store) => keep(store, { ...remembered(), ...change }));
  const showAddress = (search, hash) => history.replaceState(history.state, "", location.pathname + search + hash);
  const tabs = () => [...document.querySelectorAll("#tutor-tabs [role=tab], #tutor-teach-tabs [role=tab]")];
  const showTab = (id) => {
    const tab = tabs().find((one) => one.dataset.tabId === id);
    tab?.click();
    return tab;
  };

  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("[role=tab][data-tab-id]");
    if (tab && tabs().includes(tab)) {
      remember({ tab: tab.dataset.tabId });
      showAddress(location.search, `#${tab.dataset.tabId}`);
    }
    const goal = event.target.closest?.("[data-goto]");
    if (goal) {
      showTab(goal.dataset.goto)?.scrollIntoView({ block: "nearest" });
      const found = goal.dataset.focus && document.querySelector(goal.dataset.focus);
      found?.focus();
      found?.scrollIntoView({ block: "center" });
    }
    const link = event.target.closest?.('.tutor-account a[href^="/"], a.t-keeps-course');
    const course = new URLSearchParams(location.search).get("course");
    if (link && course && !link.search && ["/", "/teach"].includes(link.pathname)) link.search = new URLSearchParams({ course });
  }, true);

  return {
    /** Return course and conversation: "" is a new conversation, null leaves the choice to the server. */
    read() {
      const address = new URLSearchParams(location.search);
      const before = address.has("course") ? {} : remembered();
      return [address.get("course") ?? before.course ?? null, address.get("chat") ?? before.chat ?? null];
    },
    write(course, chat) {
      if (!course) return;
      const address = new URLSearchParams(location.search);
      address.set("course", course);
      if (chat !== undefined) address.set("chat", chat ?? "");
      showAddress(`?${address}`, location.hash);
      remember(chat === undefined ? { course } : { course, chat: chat ?? "" });
    },
    openTab() {
      const id = location.hash.slice(1) || remembered().tab;
      if (id && tabs().find((one) => one.dataset.tabId === id)?.getAttribute("aria-selected") === "false") showTab(id);
    },
  };
})();
