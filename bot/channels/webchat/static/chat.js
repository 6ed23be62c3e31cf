// Chat: the patient's page. Shows what is in the record, sends what she writes.

import { clearLines, closeButtons, drawLines, drawWaiting } from "./lines.js";
import { newId, post, Post } from "./post.js";
import { currentLanguage, house, memory, otherLanguage, say, speak } from "./words.js";

const at = (id) => document.getElementById(id);
const log = at("log"), text = at("text"), door = at("door"), write = at("write");
const place = { heard: 0, said: 0 };
let loaded = false, open = false, source = null, lastEvent = 0;

const outbox = new Post({ changed: drawPost, refused: showRefusal });

// --- What the server tells ------------------------------------------------

function take(chat) {
  speak(chat.language);
  place.heard = Math.max(place.heard, chat.heard);
  place.said = Math.max(place.said, chat.said);
  open = chat.language !== null;
  const low = nearEnd();
  for (const line of chat.lines) if (line.mine) outbox.arrived(line.client_id);
  const fresh = drawLines(chat.lines, { tap });
  drawPost();
  door.hidden = !(chat.mode === "unknown" && !door.dataset.busy);
  if (write.hidden && open) requestAnimationFrame(grow);
  write.hidden = !open;
  if (!loaded) return firstTime();
  if (!fresh.length) return;
  for (const line of fresh) if (line.urgent) at("alarm").textContent = line.text;
  if (low || fresh.some((line) => line.mine || line.urgent)) toEnd();
  else showArrow();
  if (document.hidden) document.title = "● " + say("new_message");
}

function firstTime() {
  loaded = true;
  const kept = Number(sessionStorage.getItem("aftercare.place"));
  if (kept > 40) scrollTo(0, document.body.scrollHeight - innerHeight - kept);
  else toEnd();
  // Only what comes from now on is read out.
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite"));
}

async function look() {
  try {
    const answer = await fetch(`/chat/api/lines?heard=${place.heard}&said=${place.said}`);
    if (!answer.ok) throw new Error("refused");
    lastEvent = Date.now();
    take(await answer.json());
    at("offline").hidden = true;
  } catch {
    at("offline").hidden = false;
  }
}

function listen() {
  if (!window.EventSource) return;
  source?.close();
  source = new EventSource(`/chat/api/events?heard=${place.heard}&said=${place.said}`);
  source.onmessage = (event) => {
    lastEvent = Date.now();
    at("offline").hidden = true;
    take(JSON.parse(event.data));
  };
  source.addEventListener("beat", () => {
    lastEvent = Date.now();
    at("offline").hidden = true;
  });
  source.onopen = () => {
    lastEvent = Date.now();
    at("offline").hidden = true;
    outbox.run();
  };
}

// The stream may be cut or held up by a proxy: then the page asks by itself.
setInterval(() => {
  if (document.hidden) return;
  if (source?.readyState === 2) listen();
  const streaming = source?.readyState === 1;
  if (!streaming || Date.now() - lastEvent > 20000) look();
}, 2000);

// --- What the patient does -------------------------------------------------

write.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value;
  if (!words.trim()) return text.focus();
  if ([...words].length > house.longest) return wrong(say("too_long"));
  wrong("");
  outbox.add({ text: words });
  text.value = "";
  memory.keep("draft", null);
  grow();
  toEnd();
  text.focus();
});

text.addEventListener("keydown", (event) => {
  // While a Chinese word is being chosen, Enter chooses it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  write.requestSubmit();
});

text.addEventListener("input", () => {
  memory.keep("draft", text.value || null);
  grow();
});

function grow() {
  text.style.height = "auto";
  text.style.height = Math.min(text.scrollHeight + 4, innerHeight * 0.4) + "px";
  const left = house.longest - [...text.value].length;
  at("left").textContent = left < 300 ? say("left", { left }) : "";
  if (left >= 0) wrong("");
}

function tap(line, id, title) {
  closeButtons();
  outbox.add({ button: id, title });
  log.focus({ preventScroll: true });
  toEnd();
}

at("photo").addEventListener("change", async () => {
  const [file] = at("photo").files;
  at("photo").value = "";
  if (!file) return;
  const small = await shrink(file);
  if (small.size > 10 * 1024 * 1024) return wrong(say("photo_large"));
  wrong("");
  outbox.add({ file: small, preview: URL.createObjectURL(small) });
  toEnd();
});

// Smaller for a weak network; drawing it anew also leaves out where it was taken.
async function shrink(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 2048 / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * scale);
    canvas.height = Math.round(image.height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made || file;
  } catch {
    return file;
  }
}

function drawPost() {
  drawWaiting(outbox?.waiting ?? [], {
    again: (one) => {
      if (one.wrong) delete one.wrong;
      outbox.again();
    },
    remove: (one) => outbox.remove(one.id),
  });
}

function showRefusal(one, answer) {
  wrong(say(house.texts.en[answer.error] ? answer.error : "not_sent"));
  if (one.text && !text.value) {
    // Nothing is lost: the words go back to where they can be changed.
    text.value = one.text;
    memory.keep("draft", one.text);
    outbox.remove(one.id);
  }
}

function wrong(words) {
  at("text-wrong").textContent = words;
}

// --- The door ---------------------------------------------------------------

door.addEventListener("submit", (event) => {
  event.preventDefault();
  start(at("code").value.trim());
});

async function start(code) {
  const say_wrong = (key) => {
    at("code-wrong").textContent = key ? say(key) : "";
  };
  if (!code) return say_wrong("code_needed"), at("code").focus();
  door.dataset.busy = "yes";
  say_wrong("");
  try {
    const body = JSON.stringify({ id: newId(), code, language: currentLanguage() });
    const answer = await post("/chat/api/start", body, { "Content-Type": "application/json" });
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(told.error || "not_sent");
    if (told.fresh) forgetEverything();
    // The code is used up: it need not stay in the address or the history.
    history.replaceState(null, "", "/chat");
    at("code").value = "";
  } catch (error) {
    const key = house.texts.en[error.message] ? error.message : "offline";
    say_wrong(key);
    at("code").value = code;
  }
  delete door.dataset.busy;
  await look();
  listen();
}

// Another person's code on this phone: nothing of the first one stays.
function forgetEverything() {
  outbox.forget();
  clearLines();
  Object.assign(place, { heard: 0, said: 0 });
  memory.keep("draft", null);
  text.value = "";
}

// --- The rest of the page -----------------------------------------------------

at("language").addEventListener("click", () => {
  const wanted = otherLanguage();
  if (open) outbox.add({ text: wanted === "en" ? "English" : "中文" });
  else location.search = "?lang=" + wanted;
});

function larger(on) {
  document.documentElement.classList.toggle("bigger", on);
  at("bigger").setAttribute("aria-pressed", String(on));
}
at("bigger").addEventListener("click", () => {
  const on = !document.documentElement.classList.contains("bigger");
  memory.keep("bigger", on || null);
  larger(on);
});

const arrow = document.createElement("button");
arrow.type = "button";
arrow.className = "arrow";
arrow.hidden = true;
arrow.addEventListener("click", () => toEnd());
document.body.append(arrow);
function showArrow() {
  arrow.textContent = "↓ " + say("new_message");
  arrow.hidden = false;
}

function nearEnd() {
  return document.body.scrollHeight - innerHeight - scrollY < 160;
}
function toEnd() {
  arrow.hidden = true;
  requestAnimationFrame(() => scrollTo(0, document.body.scrollHeight));
}
addEventListener("scroll", () => {
  if (!loaded) return;
  sessionStorage.setItem("aftercare.place", String(document.body.scrollHeight - innerHeight - scrollY));
  if (nearEnd()) arrow.hidden = true;
}, { passive: true });

addEventListener("offline", () => (at("offline").hidden = false));
addEventListener("online", () => look());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  document.title = say("title");
  look();
});

larger(Boolean(memory.read("bigger", false)));
text.value = memory.read("draft", "");
grow();
log.setAttribute("aria-live", "off");
if (door.dataset.code) start(door.dataset.code);
else look().then(listen);
outbox.run();
