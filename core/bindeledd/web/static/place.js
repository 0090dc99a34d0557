/* What is told about changes in place, and about a form that leaves its page: nothing is drawn anew
   under somebody who types, the row that one is on keeps its place, and a network or a session that
   is gone is said. */
(() => {
  "use strict";

  const ROWS = "#rows tbody tr";
  const by = (id) => document.getElementById(id);
  const typing = (one) => Boolean(one && one.closest("input, textarea, select, [contenteditable]"));
  const busy = () => Boolean(document.querySelector("dialog[open]")) || typing(document.activeElement);
  const rows = () => [...document.querySelectorAll(ROWS)];
  const leads = (row) => row.querySelector("a[href]")?.getAttribute("href") ?? "";
  const show = (id, shown) => { if (by(id)) by(id).hidden = !shown; };

  let on = null; // the row that one is on, as it stood before the list was drawn anew

  const remember = () => {
    const row = document.activeElement?.closest(ROWS);
    on = row && {
      leads: leads(row),
      place: rows().indexOf(row),
      top: row.getBoundingClientRect().top,
      href: document.activeElement.getAttribute("href"),
    };
  };

  const goBack = () => {
    if (!on) return;
    const all = rows();
    const row = all.find((one) => on.leads && leads(one) === on.leads) ?? all[Math.min(on.place, all.length - 1)];
    if (!row) return;
    const links = [...row.querySelectorAll("a[href]")];
    const link = links.find((one) => one.getAttribute("href") === on.href) ?? links[0];
    link?.focus({ preventScroll: true });
    window.scrollBy(0, row.getBoundingClientRect().top - on.top);
  };

  const asks = (event) => event.detail.ctx?.sourceElement ?? event.target;
  const isList = (event) => asks(event).id === "rows";
  const isPoll = (event) => asks(event).id === "ask";
  const isOlder = (event) => Boolean(asks(event).closest("#older"));

  document.addEventListener("htmx:before:request", (event) => {
    if ((isPoll(event) && document.hidden) || (isList(event) && busy())) event.preventDefault();
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if (!isList(event)) return;
    if (busy()) event.preventDefault();
    else remember();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (isList(event)) goBack();
    if (isOlder(event)) [...document.querySelectorAll("#history li[tabindex]")].pop()?.focus();
  });

  // A form whose session has ended goes the way of any form: to the log-in, with what was typed.
  const sendWhole = (form, pressed) => {
    if (pressed?.name) {
      const chosen = document.createElement("input");
      Object.assign(chosen, { type: "hidden", name: pressed.name, value: pressed.value });
      form.append(chosen);
    }
    form.submit();
  };

  document.addEventListener("htmx:after:request", (event) => {
    const { response, request } = event.detail.ctx;
    const from = asks(event);
    if (isPoll(event)) show("offline", response.status >= 500);
    if (from.closest("#panel")) show("lost", response.status >= 500);
    if (isOlder(event) && response.status >= 500) location.assign(from.href);
    if (response.status !== 401) return;
    if (from.matches("form")) {
      sendWhole(from, request.submitter);
      return;
    }
    show("ended", true);
    by("ask")?.remove();
    by("ended")?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:error", (event) => {
    if (isOlder(event)) location.assign(asks(event).href);
    else if (!event.detail.ctx?.response) show(asks(event).closest("#panel > *") ? "lost" : "offline", true);
  });

  // A form that is a page of its own stays, with what was typed, while the browser knows of no network.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const whole = form.getAttribute("method") === "post" && !form.hasAttribute("hx-post");
    if (event.defaultPrevented || !whole || !by("gone")) return;
    show("gone", !navigator.onLine);
    if (navigator.onLine) return;
    event.preventDefault();
    form.before(by("gone"));
    by("gone").scrollIntoView({ block: "nearest" });
  });

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && by("ask")) window.htmx.trigger("#ask", "ask");
  });
})();
