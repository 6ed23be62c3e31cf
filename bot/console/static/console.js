// Console: keeps an open page true. Clocks run, new cases come in, nothing typed is lost.

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

function tick() {
  for (const clock of document.querySelectorAll("time[data-due]")) {
    if (!clock.dateTime) continue;
    const left = new Date(clock.dateTime) - Date.now();
    const text = fill(left >= 0 ? words.left : words.late, { span: span(Math.floor(Math.abs(left) / 60000)) });
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

async function refresh() {
  const headers = { "X-Live": active > askedAt ? "active" : "yes" };
  askedAt = Date.now();
  const answer = await fetch(herePath, { headers, credentials: "same-origin" }).catch(() => null);
  if (!answer) return void (at("cut").hidden = false);
  if (answer.status === 401) return signedOut();
  if (!answer.ok) return;
  at("cut").hidden = true;
  at("live")?.classList.remove("off");
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = emergencies(document);
  for (const region of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(region.id);
    if (next && next.innerHTML !== region.innerHTML) swap(region, next);
  }
  if (words) tick();
  for (const id of emergencies(document)) if (!before.has(id)) alarm();
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

function emergencies(page) {
  return new Set([...page.querySelectorAll('[data-level="emergency"][data-state="open"]')].map((one) => one.dataset.case));
}

function signedOut() {
  at("over").hidden = false;
  at("live")?.classList.add("off");
  source?.close();
  source = null;
}

let source = null;
let heardAt = Date.now();
function listen() {
  if (!words || !document.querySelector("[data-live]")) return;
  let query = "";
  if (casePage) query = "?case=" + encodeURIComponent(casePage.dataset.casePage);
  else if (patientPage) query = "?patient=" + encodeURIComponent(patientPage.dataset.patientPage);
  source = new EventSource("/console/events" + query);
  let first = true;
  source.addEventListener("changed", () => {
    heardAt = Date.now();
    at("live")?.classList.remove("off");
    // The first one says where we stand; after a cut it brings what was missed.
    if (first && Date.now() - askedAt < 1500) first = false;
    else refresh();
    first = false;
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

// --- Sound and notification for a new emergency -----------------------------------

const alerts = at("alerts");
let sound = null;

function setAlerts(on) {
  alerts.setAttribute("aria-pressed", String(on));
  alerts.querySelector("span").textContent = on ? alerts.dataset.on : alerts.dataset.off;
  localStorage.setItem("aftercare.alerts", on ? "on" : "");
}
alerts?.addEventListener("click", () => {
  const on = alerts.getAttribute("aria-pressed") !== "true";
  setAlerts(on);
  if (!on) return;
  sound ??= new AudioContext();
  sound.resume();
  ring(0.05);
  if (window.Notification && Notification.permission === "default") Notification.requestPermission();
});
if (alerts && localStorage.getItem("aftercare.alerts") === "on") {
  // A browser lets a page sound only after the first touch.
  addEventListener("pointerdown", () => (sound ??= new AudioContext()).resume(), { once: true });
  setAlerts(true);
}

function ring(volume) {
  if (!sound) return;
  [0, 0.35, 0.7].forEach((start, index) => {
    const tone = sound.createOscillator();
    const gain = sound.createGain();
    tone.frequency.value = [880, 660, 880][index];
    gain.gain.setValueAtTime(volume, sound.currentTime + start);
    gain.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + start + 0.3);
    tone.connect(gain).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + 0.32);
  });
}

function alarm() {
  if (at("spoken") && alerts) at("spoken").textContent = alerts.dataset.words;
  if (alerts?.getAttribute("aria-pressed") !== "true") return;
  ring(0.25);
  // No name and no words: a notification may be seen by anybody.
  if (window.Notification?.permission === "granted") {
    new Notification(alerts.dataset.title, { body: alerts.dataset.words, tag: "aftercare", requireInteraction: true });
  }
}

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
