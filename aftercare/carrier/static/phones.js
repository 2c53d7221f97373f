// The phones on the wall: shows what the carrier's state holds, and types into them.

const find = (selector, root = document) => root.querySelector(selector);
const make = (tag, className = "", text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });
const post = async (what, body) => {
  const answer = await fetch(`/control/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
};

const cards = new Map();
const seen = new Map();
let state = null;
let clockShift = 0;
let chosen = null;

// Live state

const events = new EventSource("/phones/events");
events.addEventListener("changed", refresh);
events.addEventListener("open", () => showLive(true));
events.addEventListener("error", () => showLive(false));

let asking = false;
let askAgain = false;

async function refresh() {
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  do {
    askAgain = false;
    const answer = await fetch("/phones/state").catch(() => null);
    if (answer?.ok) show(await answer.json());
  } while (askAgain);
  asking = false;
}

function showLive(on) {
  const live = find("#live");
  live.textContent = on ? "live" : "connecting";
  live.classList.toggle("on", on);
}

function show(next) {
  state = next;
  clockShift = new Date(state.now) - Date.now();
  find("#line").textContent = state.line;
  find("#console").hidden = !state.console;
  if (state.console) find("#console").href = state.console;
  find("#clock").hidden = !state.clock_moves;
  find("#empty").hidden = state.phones.length > 0;
  state.phones.forEach(showPhone);
  showPeople();
  showFaults();
  tick();
}

// One phone

function showPhone(phone) {
  const card = cards.get(phone.number) ?? addCard(phone.number);
  find(".label", card).textContent = nameOf(phone);
  find(".number", card).textContent = phone.label ? phone.number : "";
  find(".locale", card).textContent = phone.locale;
  find(".out", card).hidden = !phone.opted_out;
  dress(find(".face", card), phone);
  showThread(find(".thread", card), phone);
}

function addCard(number) {
  const card = find("#phone").content.firstElementChild.cloneNode(true);
  const form = find("form", card);
  const body = form.elements.body;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (body.value.trim()) send(number, body.value, []);
    body.value = "";
  });
  body.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  body.addEventListener("focus", () => choose(number));
  find(".picture", card).addEventListener("click", () => {
    send(number, body.value, ["image/jpeg"]);
    body.value = "";
  });
  find("#phones").append(card);
  cards.set(number, card);
  return card;
}

const send = (from, body, media) => post("text", { from, body, media }).catch(showTrouble);

function showThread(thread, phone) {
  const known = new Map([...thread.children].map((line) => [line.dataset.key, line]));
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const first = known.size === 0;
  const lines = withDays(phone);
  for (const [place, line] of lines.entries()) {
    const mark = JSON.stringify(line) + phone.zone + phone.locale;
    let shown = known.get(line.key);
    if (shown?.dataset.mark !== mark) {
      const drawn = line.day ? make("li", "day", line.day) : bubble(line, phone);
      if (!shown && !first) drawn.classList.add("new");
      Object.assign(drawn.dataset, { key: line.key, mark });
      shown?.replaceWith(drawn);
      shown = drawn;
    }
    if (thread.children[place] !== shown) thread.insertBefore(shown, thread.children[place] ?? null);
  }
  while (thread.children.length > lines.length) thread.lastElementChild.remove();
  if (atEnd || first) requestAnimationFrame(() => thread.scrollTo(0, thread.scrollHeight));
}

function withDays(phone) {
  const lines = [];
  let before = null;
  for (const text of phone.texts) {
    const day = inZone(text.at, phone.zone, { weekday: "long", month: "short", day: "numeric" });
    if (day !== before) lines.push({ key: `day-${text.sid}`, day });
    lines.push({ key: text.sid, ...text });
    before = day;
  }
  return lines;
}

const LOST = ["undelivered", "failed", "unanswered"];

function bubble(text, phone) {
  const line = make("li", `bubble${text.mine ? " mine" : ""}${LOST.includes(text.status) ? " lost" : ""}`);
  for (const kind of text.pictures) line.append(make("div", "pictured", kind));
  if (text.body) {
    const words = make("div", "words", text.body);
    words.dir = "auto";
    if (phone.locale) words.lang = phone.locale;
    line.append(words);
  }
  line.append(under(text, phone));
  return line;
}

function under(text, phone) {
  const note = make("div", "under", inZone(text.at, phone.zone, { hour: "numeric", minute: "2-digit" }));
  if (text.status === "unanswered") {
    const again = make("button", "", "Send again");
    again.type = "button";
    again.addEventListener("click", () => post("announce", { sid: text.sid }).catch(showTrouble));
    note.append(" · The care line does not answer", again);
  } else if (LOST.includes(text.status)) {
    note.append(` · Not delivered (${text.error_code ?? text.status})`);
  } else {
    note.append(ticks(text.status));
  }
  return note;
}

const TICKS = { sending: "M2 5.500 5 8.500 10 2", sent: "M2 5.500 5 8.500 10 2", delivered: "M1 5.500 4 8.500 9 2M6.500 8 7 8.500 12.500 2" };

function ticks(status) {
  if (!TICKS[status] || status === "sending") return document.createTextNode(` · ${status}`);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 14 10");
  svg.setAttribute("class", `tick${status === "delivered" ? " done" : ""}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", status);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", TICKS[status]);
  svg.append(path);
  return svg;
}

// The list of people

function showPeople() {
  const wanted = find("#search").value.trim().toLowerCase();
  const rows = state.phones.filter((phone) => {
    const fits = `${phone.label} ${phone.number} ${phone.locale}`.toLowerCase().includes(wanted);
    cards.get(phone.number).hidden = !fits;
    return fits;
  });
  find("#people").replaceChildren(...rows.map(person));
}

function person(phone) {
  const last = phone.texts.at(-1);
  const button = make("button");
  const face = dress(make("span", "face"), phone);
  const name = make("span", "name", nameOf(phone));
  name.dir = "auto";
  const when = make("span", "when", last ? inZone(last.at, phone.zone, { hour: "numeric", minute: "2-digit" }) : "");
  const words = make("span", "last", last ? last.body || "Picture" : "No text yet");
  words.dir = "auto";
  button.type = "button";
  button.append(face, name, when, words);
  button.setAttribute("aria-current", String(phone.number === chosen));
  const arrived = phone.texts.filter((text) => !text.mine).length;
  if (phone.number === chosen || !seen.has(phone.number)) seen.set(phone.number, arrived);
  button.classList.toggle("fresh", arrived > seen.get(phone.number));
  button.addEventListener("click", () => {
    choose(phone.number);
    cards.get(phone.number).scrollIntoView({ behavior: "smooth", block: "nearest", inline: "center" });
    find("textarea", cards.get(phone.number)).focus({ preventScroll: true });
  });
  const row = make("li");
  row.append(button);
  return row;
}

function choose(number) {
  if (chosen === number) return;
  chosen = number;
  for (const [each, card] of cards) card.classList.toggle("chosen", each === number);
  showPeople();
}

const nameOf = (phone) => phone.label || phone.number;

function dress(face, phone) {
  const words = phone.label.split(/\s+/).filter(Boolean);
  face.textContent = words.length
    ? [...words[0]][0] + (words.length > 1 ? [...words.at(-1)][0] : "")
    : phone.number.slice(-2);
  face.style.setProperty("--hue", String(Number(phone.number.slice(-4)) * 47 % 360));
  return face;
}

// Faults and the clock

function showFaults() {
  const planned = state.faults.map((fault) => {
    const whom = fault.to ? nameOf(state.phones.find((phone) => phone.number === fault.to) ?? { number: fault.to }) : "any phone";
    return make("li", "", `${fault.kind.replaceAll("_", " ")}${fault.code ? ` ${fault.code}` : ""} · ${whom}${fault.times > 1 ? ` · ${fault.times} times` : ""}`);
  });
  find("#planned").replaceChildren(...planned);
  find("#fault-clear").hidden = !planned.length;
  find("#fault-count").hidden = !planned.length;
  find("#fault-count").textContent = planned.length;
  const to = find("#fault-to");
  if (to.options.length !== state.phones.length + 1) {
    const kept = to.value;
    to.replaceChildren(new Option("any phone", ""), ...state.phones.map((phone) => new Option(nameOf(phone), phone.number)));
    to.value = kept;
  }
}

function tick() {
  if (!state) return;
  const now = Date.now() + clockShift;
  find("#clock-day").textContent = inZone(now, state.zone, { weekday: "long", day: "numeric", month: "short" });
  find("#clock-time").textContent = inZone(now, state.zone, { hour: "numeric", minute: "2-digit", timeZoneName: "short" });
  for (const phone of state.phones) {
    const card = cards.get(phone.number);
    find(".local", card).textContent = inZone(now, phone.zone, { hour: "numeric", minute: "2-digit" });
    find(".zone", card).textContent = inZone(now, phone.zone, { timeZoneName: "shortGeneric", hour: "numeric" }).replace(/^.*?(AM|PM) /, "");
  }
}

const formats = new Map();

function inZone(moment, timeZone, shape) {
  const key = timeZone + JSON.stringify(shape);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { ...shape, timeZone }));
  return formats.get(key).format(new Date(moment));
}

function showTrouble(error) {
  showLive(false);
  find("#live").textContent = error.message;
}

setInterval(tick, 5000);
find("#search").addEventListener("input", showPeople);
find("#add").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = event.target.elements.number.value;
  post("phones", { number }).then(() => choose(number)).catch(showTrouble);
  event.target.reset();
});
find("#fault-clear").addEventListener("click", () => fetch("/control/faults", { method: "DELETE" }));
for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => {
    post("faults", { ...JSON.parse(button.dataset.fault), to: find("#fault-to").value || null }).catch(showTrouble);
  });
}
for (const button of document.querySelectorAll("[data-move]")) {
  button.addEventListener("click", () => post("clock", JSON.parse(button.dataset.move)).catch(showTrouble));
}
document.addEventListener("click", (event) => {
  if (!event.target.closest("#faults")) find("#faults").open = false;
});
find("#phones").addEventListener("scrollend", () => {
  const wall = find("#phones");
  if (wall.scrollWidth <= wall.clientWidth) return;
  for (const [number, card] of cards) {
    if (Math.abs(card.offsetLeft - wall.scrollLeft - wall.offsetLeft) < 20) choose(number);
  }
});
