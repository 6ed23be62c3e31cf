// Alerts: a sound and a notification for an emergency that nobody has. The nurse switches them on.

const REPEAT_MS = 30000; // until somebody has it
const at = (id) => document.getElementById(id);
const button = at("alerts");
const note = at("alerts-note");
const title = document.title;
const rung = new Map(); // id of an emergency -> when it last rang
let sound = null;

export const emergencies = (page) =>
  new Map(
    [...page.querySelectorAll('[data-level="emergency"][data-state="open"]')].map((one) => [
      one.dataset.case,
      one.querySelector(".open")?.textContent ?? "",
    ]),
  );

const isOn = () => localStorage.getItem("aftercare.alerts") === "on";

// Ring for this one, unless it rang a moment ago: it comes as a card, and again with the page.
export function alarm(id, name) {
  if (Date.now() - (rung.get(id) ?? 0) < REPEAT_MS / 2) return;
  rung.set(id, Date.now());
  tellElsewhere(id, name);
  if (at("spoken") && button) at("spoken").textContent = `${button.dataset.words} ${name}`;
  if (!isOn()) return;
  ring(0.25);
  // No name and no words: a notification may be seen by anybody.
  if (window.Notification?.permission === "granted" && button) {
    new Notification(button.dataset.title, { body: button.dataset.words, tag: "aftercare", requireInteraction: true });
  }
}

// On any other page than the worklist a line says so, with the way to the case.
function tellElsewhere(id, name) {
  const line = at("emergency");
  if (!line || document.querySelector("#waiting")) return;
  if (document.querySelector("[data-case-page]")?.dataset.casePage === id) return;
  line.querySelector("span").textContent = line.dataset.words.replace("{name}", name);
  line.querySelector("a").href = `/console/cases/${encodeURIComponent(id)}`;
  line.hidden = false;
}

// The title counts them, for a page behind others; the sound comes again until somebody has it.
export function watchEmergencies() {
  const look = () => {
    const open = emergencies(document);
    document.title = open.size ? `(${open.size}) ${title}` : title;
    for (const [id, name] of open) {
      if (!rung.has(id)) rung.set(id, Date.now());
      else if (Date.now() - rung.get(id) >= REPEAT_MS) alarm(id, name);
    }
  };
  look();
  setInterval(look, 1000);
}

function ring(volume) {
  if (!sound || sound.state !== "running") return void (isOn() && sayWhatFails());
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

// What of sound and notification the browser forbids, said plainly; nothing when all works.
function sayWhatFails() {
  if (!note) return;
  const said = [];
  if (isOn()) {
    if (!window.AudioContext) said.push(note.dataset.silent);
    else if (sound?.state !== "running") said.push(note.dataset.touch);
    if (!window.Notification || !window.isSecureContext) said.push(note.dataset.missing);
    else if (Notification.permission === "denied") said.push(note.dataset.blocked);
  }
  note.textContent = said.join(" ");
  note.hidden = said.length === 0;
}

async function wake() {
  if (!window.AudioContext) return;
  sound ??= new AudioContext();
  sound.onstatechange = sayWhatFails;
  await sound.resume().catch(() => {});
}

function show() {
  if (!button) return;
  button.setAttribute("aria-pressed", String(isOn()));
  button.querySelector("span").textContent = isOn() ? button.dataset.on : button.dataset.off;
  sayWhatFails();
}

button?.addEventListener("click", async () => {
  localStorage.setItem("aftercare.alerts", isOn() ? "" : "on");
  show();
  if (!isOn()) return;
  await wake();
  ring(0.05);
  if (window.Notification?.permission === "default") await Notification.requestPermission();
  sayWhatFails();
});
if (isOn()) {
  // A browser lets a page sound only after the first touch.
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, wake, { once: true });
}
show();
