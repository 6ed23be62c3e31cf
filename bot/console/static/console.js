// Console: keeps an open page true. Clocks run, new cases come in, nothing typed is lost.

import { alarm, emergencies, watchEmergencies } from "./alerts.js";
import { hearKeys } from "./keys.js";

const wordsElement = document.getElementById("words");
const words = wordsElement ? JSON.parse(wordsElement.textContent) : null;
const at = (id) => document.getElementById(id);

// --- Clocks -------------------------------------------------------------------

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

function span(minutes) {
  if (minutes < 60) return fill(words.minutes, { count: minutes });
  if (minutes < 48 * 60) return fill(words.hours, { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return fill(words.days, { count: Math.floor(minutes / 1440) });
}

// To the second where seconds matter.
function exact(seconds) {
  if (seconds >= 600) return span(Math.floor(seconds / 60));
  return fill(words.short, { minutes: Math.floor(seconds / 60), seconds: String(seconds % 60).padStart(2, "0") });
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-due]")) {
    if (!clock.dateTime) continue;
    const left = new Date(clock.dateTime) - Date.now();
    const text = fill(left >= 0 ? words.left : words.late, { span: exact(Math.floor(Math.abs(left) / 1000)) });
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("late", left < 0);
  }
}
if (words) {
  tick();
  setInterval(tick, 1000);
}

// --- Live: the server says that something changed, the page fetches itself ------

let active = Date.now();
for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => (active = Date.now()), { passive: true });
let askedAt = Date.now();
const casePage = document.querySelector("[data-case-page]");
// After a form was refused the address is that of the form, not of the page.
const patientPage = document.querySelector("[data-patient-page]");
const herePath = casePage
  ? "/console/cases/" + encodeURIComponent(casePage.dataset.casePage)
  : patientPage
    ? "/console/patients/" + encodeURIComponent(patientPage.dataset.patientPage)
    : location.pathname;

// What was searched for is a name: it is sent again in the body, as it was the first time.
function question() {
  const filters = at("filters");
  const applied = filters ? JSON.parse(filters.dataset.applied) : {};
  if (!applied.search) return [casePage || patientPage ? herePath : herePath + location.search, {}];
  const body = new URLSearchParams({ ...applied, csrf: filters.elements.csrf.value });
  return [herePath, { method: "POST", body }];
}

async function refresh() {
  const headers = { "X-Live": active > askedAt ? "active" : "yes" };
  askedAt = Date.now();
  const [address, how] = question();
  const answer = await fetch(address, { ...how, headers, credentials: "same-origin" }).catch(() => null);
  if (!answer) return void (at("cut").hidden = false);
  if (answer.status === 401) return signedOut();
  if (!answer.ok) return;
  at("cut").hidden = true;
  at("live")?.classList.remove("off");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const stamp = fresh.querySelector("[data-stamp]");
  if (stamp) known = stamp.dataset.stamp;
  const before = emergencies(document);
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next && next.innerHTML !== region.innerHTML) swap(region, next);
  }
  if (words) tick();
  for (const [id, name] of emergencies(document)) if (!before.has(id)) alarm(id, name);
}

// Many pages hear of a change at the same moment. They need not all ask at the same moment.
const SPREAD = 2000;
let waiting = 0;
function refreshSoon(within) {
  // A hidden page asks when somebody looks at it, unless it may have missed an emergency.
  if (waiting || (document.hidden && within)) return;
  const asked = () => {
    waiting = 0;
    refresh();
  };
  waiting = setTimeout(asked, Math.random() * within);
}

// An emergency brings its own card, so that nothing has to be asked for first.
function put(card) {
  const list = document.querySelector("#waiting ul.cases");
  if (!list) return;
  for (const old of document.querySelectorAll("[data-case]")) if (old.dataset.case === card.id) old.remove();
  list.insertAdjacentHTML("afterbegin", card.html);
  list.parentElement.querySelector(".calm")?.remove();
  if (words) tick();
}

// Put in what is new, and leave the nurse where she was.
function swap(region, next) {
  const focused = document.activeElement?.id && region.contains(document.activeElement) ? document.activeElement.id : "";
  const chosen = new Map([...region.querySelectorAll("select[id], textarea[id], input[id]")].map((one) => [one.id, one.value]));
  const open = new Set([...region.querySelectorAll("details[open]")].map((one) => [...region.querySelectorAll("details")].indexOf(one)));
  const bottom = region.scrollHeight - region.scrollTop - region.clientHeight < 40;
  region.className = next.className;
  region.innerHTML = next.innerHTML;
  for (const [id, value] of chosen) {
    const one = at(id);
    if (one && one.type !== "hidden") one.value = value;
  }
  region.querySelectorAll("details").forEach((one, index) => (one.open = one.open || open.has(index)));
  if (bottom) region.scrollTop = region.scrollHeight;
  if (focused) at(focused)?.focus({ preventScroll: true });
}

function signedOut() {
  at("over").hidden = false;
  at("live")?.classList.add("off");
  source?.close();
  source = null;
}

let known = document.querySelector("[data-stamp]")?.dataset.stamp ?? "";
let source = null;
let heardAt = Date.now();
function listen() {
  if (!words || !document.querySelector("[data-live]")) return;
  let query = "";
  if (casePage) query = "?case=" + encodeURIComponent(casePage.dataset.casePage);
  else if (patientPage) query = "?patient=" + encodeURIComponent(patientPage.dataset.patientPage);
  source = new EventSource("/console/events" + query);
  let first = true;
  source.addEventListener("changed", (event) => {
    heardAt = Date.now();
    at("live")?.classList.remove("off");
    // The first one says where we stand; after a cut, or a slow start, it brings what was missed.
    const missed = first;
    first = false;
    if (event.data !== known || !at("cut").hidden) refreshSoon(missed || query ? 0 : SPREAD);
    known = event.data;
  });
  source.addEventListener("emergency", (event) => {
    heardAt = Date.now();
    const card = JSON.parse(event.data);
    put(card);
    alarm(card.id, card.name);
  });
  source.addEventListener("beat", () => {
    heardAt = Date.now();
    if (!at("cut").hidden) refresh();
  });
  source.addEventListener("over", signedOut);
  source.onerror = () => {
    if (!source) return;
    cutOff();
    if (source.readyState === 2) setTimeout(() => source && (refresh(), listen()), 5000);
  };
}

function cutOff() {
  at("cut").hidden = false;
  at("live")?.classList.add("off");
}

listen();
if (words) watchEmergencies();
hearKeys();
// A network can die without a word. Then nothing is heard, and that is said.
addEventListener("offline", () => source && cutOff());
addEventListener("online", () => source && (source.close(), listen()));
setInterval(() => {
  if (!source || Date.now() - heardAt < 12000) return;
  cutOff();
  heardAt = Date.now();
  source.close();
  listen();
}, 2000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && source) refresh();
});

// --- Forms ---------------------------------------------------------------------------

// One press, one change. The server would notice a second one too.
for (const form of document.querySelectorAll("form[data-once]")) guard(form);
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-once]")) guard(event.target, event);
});
function guard(form, event) {
  if (!event) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A call is noted while it is made. The telephone must not wait for the server, nor the note be
// lost when the telephone takes the page's place.
for (const form of document.querySelectorAll("form[data-call]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    const noted = fetch(form.action, { method: "POST", body, credentials: "same-origin", keepalive: true });
    location.assign("tel:" + form.dataset.call);
    noted.then(refresh, () => (at("cut").hidden = false));
  });
}

// Drafts live in this tab only, until the server has them or she signs out.
const draftKey = (name) => `draft ${location.pathname.split("/").slice(0, 4).join("/")} ${name}`;
const arrived = { message_sent: ["text"], closed: ["note", "text"] };
for (const name of arrived[new URLSearchParams(location.search).get("done")] ?? []) {
  sessionStorage.removeItem(draftKey(name));
}
for (const field of document.querySelectorAll("textarea[name]")) {
  const kept = sessionStorage.getItem(draftKey(field.name));
  if (kept && !field.value) field.value = kept;
  field.addEventListener("input", () => sessionStorage.setItem(draftKey(field.name), field.value));
}
// A quick reply is put into the message, where she can still change it before it goes out.
for (const button of document.querySelectorAll("[data-quick]")) {
  button.addEventListener("click", () => {
    const field = button.form.elements.text;
    const to = button.form.elements.to?.selectedOptions[0]?.dataset.language;
    const says = JSON.parse(button.dataset.says);
    field.value = [field.value.trim(), says[to] ?? button.dataset.quick].filter(Boolean).join("\n");
    field.dispatchEvent(new Event("input"));
    field.focus();
  });
}
for (const button of document.querySelectorAll("[data-sign-out]")) {
  button.addEventListener("click", () => sessionStorage.clear());
}
at("transcript")?.scrollTo(0, at("transcript").scrollHeight);
document.querySelector("[data-print]")?.addEventListener("click", () => print());
document.querySelector('[aria-invalid="true"]')?.focus();

// --- A pathway's text, with the checks beside it ----------------------------------------

const editor = document.querySelector("form.editor");
if (editor) {
  const field = editor.elements.text;
  const shown = at("findings");
  let waiting = 0;
  let asked = 0;
  // What the check says of what is typed; saving asks the same question again.
  async function look() {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(editor));
    const path = `/console/drafts/${encodeURIComponent(editor.dataset.draft)}/check`;
    const headers = { "X-Live": "active" };
    const answer = await fetch(path, { method: "POST", body, headers, credentials: "same-origin" }).catch(() => null);
    if (answer?.status === 401) return signedOut();
    if (answer?.ok && mine === asked) shown.innerHTML = await answer.text();
  }
  field.addEventListener("input", () => {
    // A second person must not be asked about a text that is not the one on the screen.
    for (const one of document.querySelectorAll("[data-needs-saved]")) one.disabled = true;
    clearTimeout(waiting);
    waiting = setTimeout(look, 900);
  });
  shown.addEventListener("click", (event) => {
    const place = event.target.closest("[data-line]");
    if (!place || place.dataset.file !== editor.elements.file.value) return;
    const lines = field.value.split("\n");
    const line = Math.min(Number(place.dataset.line), lines.length);
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    field.focus();
    field.setSelectionRange(start, start + lines[line - 1].length);
    field.scrollTop = (line - 6) * (field.scrollHeight / lines.length);
  });
}
