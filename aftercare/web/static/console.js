// What a page needs a browser for: running clocks, single keys, and telling of new emergencies.
"use strict";

// Clocks ---------------------------------------------------------------------
// The server's time decides, not this machine's: the offset is renewed by every refresh.
let offset = 0;

function takeTime(root) {
  const told = root.querySelector("#counts[data-now], #clock-now[data-now]") || document.body;
  offset = Date.parse(told.dataset.now) - Date.now();
}

function asLength(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))}`;
  return `${Math.floor(seconds / 86400)} d ${Math.floor((seconds % 86400) / 3600)} h`;
}

function tick() {
  const now = Date.now() + offset;
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(clock.dataset.due) - now;
    const late = left < 0;
    clock.classList.toggle("late", late);
    clock.querySelector('[data-when="due"]').hidden = late;
    clock.querySelector('[data-when="late"]').hidden = !late;
    for (const time of clock.querySelectorAll("time")) time.textContent = asLength(Math.abs(left));
  }
  for (const time of document.querySelectorAll("time[data-since]")) {
    time.textContent = asLength(now - Date.parse(time.dataset.since));
  }
}

// New emergencies ------------------------------------------------------------
const title = document.title;
let known = null;

function emergencies() {
  const rows = document.querySelectorAll('[data-row][data-level="emergency"][data-state="open"]');
  return new Map([...rows].map((row) => [row.id, row]));
}

function announce() {
  const counts = document.getElementById("counts");
  if (!counts) return;
  // A number only: titles are read by whoever passes by.
  const waiting = Number(counts.dataset.waiting);
  document.title = waiting ? `(${waiting}) ${title}` : title;
  const present = emergencies();
  const news = known && [...present.keys()].filter((id) => !known.has(id));
  known = known ? new Set([...known, ...present.keys()]) : new Set(present.keys());
  if (!news || !news.length) return;
  const words = document.getElementById("queue").dataset.announce;
  document.getElementById("news").textContent = "";
  setTimeout(() => { document.getElementById("news").textContent = words; }, 50);
  tell(words);
  for (const id of news) present.get(id).classList.add("fresh");
}

function tell(words) {
  const toast = document.getElementById("told");
  toast.textContent = words;
  toast.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { toast.hidden = true; }, 6000);
}

// Refreshing -----------------------------------------------------------------
// A refresh counts as activity only when somebody was there since the last one.
let active = true;
for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
  addEventListener(kind, () => { active = true; }, { passive: true, capture: true });
}

document.addEventListener("htmx:configRequest", (event) => {
  const verb = event.detail.verb;
  if (verb === "get" && !active) event.detail.headers["X-Idle"] = "1";
  active = false;
});

// A queue that cannot refresh must say so: an old list looks just like a quiet day.
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    if (event.detail.xhr.status !== 401) document.getElementById("lost").hidden = false;
  });
}
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) document.getElementById("lost").hidden = true;
});

// A list that somebody opened, a word somebody types: a refresh leaves them alone.
function keep(old, fresh) {
  if (old.nodeType !== 1 || fresh.nodeType !== 1) return true;
  if (old.tagName === "DETAILS") fresh.open = old.open;
  return !old.hasAttribute("data-keep");
}
addEventListener("DOMContentLoaded", () => {
  if (window.Idiomorph) {
    Idiomorph.defaults.callbacks.beforeNodeMorphed = keep;
  }
  takeTime(document);
  announce();
  tick();
  setInterval(tick, 1000);
});

document.addEventListener("htmx:afterSettle", () => { takeTime(document); announce(); tick(); });
document.addEventListener("queue-unchanged", (event) => {
  document.getElementById("counts").dataset.now = event.detail.now;
  document.getElementById("as-of").textContent = event.detail.time;
  takeTime(document);
});
document.addEventListener("queue-changed", (event) => {
  const by = event.detail && event.detail.by;
  if (by) tell(document.getElementById("queue").dataset.first.replace("{name}", by));
});

// Filters change the address as well, so that a reload shows the same list.
document.addEventListener("change", (event) => {
  if (!event.target.closest("#filters")) return;
  const chosen = new URLSearchParams(new FormData(event.target.form));
  for (const [name, value] of [...chosen]) if (!value || value === "false") chosen.delete(name);
  history.replaceState(null, "", chosen.size ? `/?${chosen}` : "/");
});

// Keys -----------------------------------------------------------------------
function rows() { return [...document.querySelectorAll("[data-row]")]; }
function row() { return document.activeElement && document.activeElement.closest("[data-row]"); }

function move(step) {
  const all = rows();
  if (!all.length) return;
  const place = all.indexOf(row());
  const next = place < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, place + step));
  all[next].focus();
  all[next].scrollIntoView({ block: "nearest" });
}

function take() {
  const form = (row() || document).querySelector("form[data-take]");
  if (form && (row() || !rows().length)) form.requestSubmit();
}

function openRow(event) {
  if (event.target !== row()) return false;
  const link = row().querySelector("a[data-open]");
  if (link) link.click();
  return Boolean(link);
}

function goTo(id) {
  const field = document.getElementById(id);
  if (field) field.focus();
  return Boolean(field);
}

function closing() {
  const part = document.getElementById("closing");
  if (part) { part.open = true; goTo("outcome"); }
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  a: take,
  r: () => goTo("reply"),
  n: () => goTo("note-words"),
  c: closing,
  q: () => { location.href = "/"; },
  "/": () => goTo("search"),
};

function help() { document.getElementById("help")?.showModal(); }
const keysOn = () => localStorage.getItem("keys") !== "off";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.key === "Enter" && row()) { if (openRow(event)) event.preventDefault(); return; }
  if (event.key === "?") { event.preventDefault(); help(); return; }
  const act = keysOn() && KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});

document.addEventListener("click", (event) => {
  const here = event.target.closest("[data-row]");
  if (here && !event.target.closest("a, button, form") && !String(getSelection())) {
    here.querySelector("a[data-open]")?.click();
  }
  if (event.target.closest("[data-help]")) help();
  const menu = document.querySelector("details.me[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});

addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("keys-on");
  if (!box) return;
  box.checked = keysOn();
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
});
