/* A row that is open beside its list, where the screen is wide enough: it stands in the address, so
   back closes it and a link to it opens it. Where it is narrower, or without this file, a row is a
   link to its own page. */
(() => {
  "use strict";

  const WIDE = window.matchMedia("(min-width: 75rem)");
  const ID = /^[0-9a-f-]{36}$/;
  const CASE = /^\/cases\/[0-9a-f-]{36}/;
  const TASK = /^\/cases\/[0-9a-f-]{36}#task-([0-9a-f-]{36})$/;

  const beside = document.getElementById("beside");
  if (!beside) return;

  let then = {}; // what follows once what was asked for stands
  let before = ""; // what the list said of the person before it was drawn anew

  const rows = () => [...document.querySelectorAll("#rows tbody tr")];
  const link = (row) => row.querySelector("a[href]");
  const asks = (event) => event.detail.ctx?.sourceElement;
  const opened = () => {
    const task = new URLSearchParams(location.search).get("open") ?? "";
    return ID.test(task) ? task : "";
  };
  const rowOf = (task) => rows().find((row) => task && TASK.exec(link(row)?.getAttribute("href"))?.[1] === task);

  const mark = () => {
    document.querySelectorAll("#rows [aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    const row = rowOf(opened());
    if (!row) return;
    link(row).setAttribute("aria-current", "true");
    beside.dataset.place = rows().indexOf(row);
  };

  const stand = (task) => {
    const to = new URL(location.href);
    to.searchParams.delete("notice");
    to.searchParams.delete("open");
    if (task) to.searchParams.set("open", task);
    history.pushState(null, "", to);
    const back = document.querySelector("#ended a");
    if (back) back.href = `/log-in?next=${encodeURIComponent(to.pathname + to.search)}`;
  };

  const draw = (task, next = {}) => {
    then = { task, ...next };
    beside.hidden = false;
    beside.setAttribute("aria-busy", "true");
    const path = `/tasks/${task}${next.anew ? "/anew" : ""}`;
    window.htmx.ajax("GET", path, { source: beside, target: beside, swap: "innerHTML" });
  };

  const hide = () => {
    beside.hidden = true;
    beside.replaceChildren();
    delete beside.dataset.task;
    then = {};
    mark();
  };

  const close = () => {
    const all = rows();
    const row = rowOf(opened()) ?? all[Math.min(Number(beside.dataset.place ?? 0), all.length - 1)];
    stand("");
    hide();
    if (row) link(row)?.focus();
  };

  // What the list says of whoever is open: another word there, and the row is fetched anew.
  const told = () => {
    const of = CASE.exec(beside.querySelector("a[href^='/cases/']")?.getAttribute("href"))?.[0];
    const about = rows().filter((row) => of && link(row)?.getAttribute("href").startsWith(of));
    return about.map((row) => row.textContent).join();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest("#beside [data-close]")) close();
    const pressed = event.target.closest("#rows a[href]");
    const task = pressed && TASK.exec(pressed.getAttribute("href"))?.[1];
    const held = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!task || held || event.defaultPrevented || !WIDE.matches) return;
    event.preventDefault();
    if (beside.dataset.task === task) document.getElementById("beside-title")?.focus();
    else draw(task, { push: true, focus: true });
  });

  document.addEventListener("keydown", (event) => {
    const elsewhere = document.querySelector("dialog[open]") || event.target.closest("input, textarea, select");
    if (event.key === "Escape" && !elsewhere && !beside.hidden) close();
  });

  document.addEventListener("htmx:before:swap", (event) => {
    if (asks(event)?.id === "rows") before = told();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (asks(event)?.id === "rows" && !beside.hidden) {
      mark();
      const focus = beside.contains(document.activeElement);
      if (WIDE.matches && told() !== before) draw(opened(), { anew: true, focus });
    }
    if (asks(event) !== beside || !event.detail.ctx.request.action.includes(then.task)) return;
    if (then.push) stand(then.task);
    beside.dataset.task = then.task;
    mark();
    if (then.focus) document.getElementById("beside-title")?.focus();
    then = { task: then.task };
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (asks(event) !== beside) return;
    beside.removeAttribute("aria-busy");
    if (!beside.childElementCount) hide();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { response, request } = event.detail.ctx;
    if (asks(event) !== beside || response.status === 401) return;
    if (response.status < 500) {
      beside.replaceChildren(document.getElementById("beside-gone").content.cloneNode(true));
      beside.dataset.task = then.task;
    } else if (!request.action.endsWith("/anew")) {
      location.assign(request.action);
    }
  });

  const follow = () => {
    const task = opened();
    if (!task) hide();
    else if (WIDE.matches && task !== then.task) draw(task);
  };
  window.addEventListener("popstate", follow);
  WIDE.addEventListener("change", follow);
  document.addEventListener("DOMContentLoaded", follow);
})();
