/* Keys for whoever works without a mouse. They do what a link or a button on the page does, and
   nothing where somebody is typing or holds a modifier. Who has turned them off does not get this
   file. What a key presses says so itself: `data-key`; rows and what is done to them stand here. */
(() => {
  "use strict";

  const ROWS = "main tbody tr, main .list > li";
  const FOLLOW_UP = /^\/cases\/[0-9a-f-]{36}/;
  const TOGETHER = 2000; // how long after the first of two keys the second may come, in milliseconds

  const panel = document.getElementById("panel");
  let before = "";
  let until = 0;
  let last = null;

  const typing = (one) => Boolean(one.closest?.("input, textarea, select, [contenteditable]"));
  const seen = (one) => one.getClientRects().length > 0;
  const link = (row) => row.querySelector("a[href]");
  const rows = () => [...document.querySelectorAll(ROWS)].filter((row) => link(row) && seen(row));
  const row = () => document.activeElement?.closest(ROWS) ?? null;

  const goTo = (one) => {
    one.focus({ preventScroll: true });
    (one.closest(ROWS) ?? one).scrollIntoView({ block: "nearest" });
    return true;
  };

  // What is open beside the list: its row, or the place where it stood that is gone.
  const beside = () => {
    const open = document.querySelector("#beside:not([hidden])");
    return open && {
      row: document.querySelector("#rows [aria-current]")?.closest(ROWS),
      place: Number(open.dataset.place ?? 0),
      link: open.querySelector("a[href^='/cases/']"),
    };
  };

  const move = (step) => {
    if (panel.open) panel.close();
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(row() ?? (last?.isConnected ? last : beside()?.row));
    const next = at < 0 ? (beside()?.place ?? 0) + Math.min(step, 0) : at + step;
    return goTo(link(all[Math.min(Math.max(next, 0), all.length - 1)]));
  };

  const openRow = () => {
    const on = row();
    if (on) link(on).click();
    return Boolean(on);
  };

  // The link to whoever is meant: of the row that one is on, else of what is open beside the list.
  const of = () => (row() ? link(row()) : beside()?.link);

  const followUp = () => {
    const address = of()?.getAttribute("href") ?? location.pathname;
    return FOLLOW_UP.exec(address)?.[0];
  };

  const over = (address) => {
    window.htmx.ajax("GET", address, { source: panel, target: panel, swap: "innerHTML" });
  };

  const contact = () => {
    const found = followUp();
    if (!found) return false;
    if (of() && document.getElementById("rows")) over(`${found}/contact`);
    else location.assign(`${found}/contact`);
    return true;
  };

  const appointment = () => {
    const found = followUp();
    if (found) location.assign(`${found}/appointment`);
    return Boolean(found);
  };

  const press = (name) => {
    const inside = panel.open ? panel : document;
    const found = [...inside.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(seen);
    if (!found) return false;
    found.click();
    return true;
  };

  const search = () => {
    const field = [...document.querySelectorAll("main [type=search]")].find(seen);
    if (field) return goTo(field);
    const page = document.querySelector("nav a[href='/search']");
    if (page) page.click(); // its field takes what is typed
    return Boolean(page);
  };

  const ACTS = {
    j: () => move(1),
    k: () => move(-1),
    o: openRow,
    c: contact,
    a: appointment,
    "/": search,
    "?": () => { over("/keys"); return true; },
  };

  const act = (key) => {
    const first = Date.now() < until ? before : "";
    before = key;
    until = key === "g" ? Date.now() + TOGETHER : 0;
    if (first) return press(`${first} ${key}`);
    if (panel.open && key !== "j" && key !== "k") return press(key);
    return Boolean(ACTS[key]?.()) || press(key);
  };

  document.addEventListener("focusin", () => { last = row() ?? last; });
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (key === "Escape" && typing(target) && !panel.open) {
      target.blur();
      if (last?.isConnected) goTo(link(last));
      return;
    }
    if (key.length !== 1 || typing(target)) return;
    if (event.repeat && key !== "j" && key !== "k") return;
    if (act(key)) event.preventDefault();
  });

  const ofPanel = (event) => event.detail.ctx?.sourceElement === panel;

  document.addEventListener("htmx:after:swap", (event) => {
    if (ofPanel(event) && !panel.open) panel.showModal();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { response, request } = event.detail.ctx;
    if (ofPanel(event) && response.status !== 401) location.assign(request.action);
  });
  panel.addEventListener("close", () => {
    panel.replaceChildren();
    if (document.getElementById("ask")) window.htmx.trigger("#ask", "ask");
  });
})();
