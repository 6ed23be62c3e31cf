// Lines: the messages on the page. Text is only ever put in as text, never as HTML.

import { currentLanguage, house, say } from "./words.js";

const log = document.getElementById("log");
const shown = new Map();
const pending = new Map();

export function clearLines() {
  log.replaceChildren();
  shown.clear();
  pending.clear();
}

// Draw what came from the server. Returns the lines that were not there before.
export function drawLines(lines, { tap }) {
  const fresh = [];
  for (const line of lines) {
    const known = shown.get(line.id);
    if (known) {
      drawButtons(known.bubble, line, tap);
      continue;
    }
    if (line.mine) pending.get(line.client_id)?.remove();
    pending.delete(line.client_id);
    const item = lineOf(line);
    drawButtons(item.querySelector(".bubble"), line, tap);
    place(item, line.at);
    shown.set(line.id, { bubble: item.querySelector(".bubble"), line });
    fresh.push(line);
  }
  return fresh;
}

// Draw what is on its way: always below everything that has arrived.
export function drawWaiting(waiting, { again, remove }) {
  const ids = new Set(waiting.map((one) => one.id));
  for (const [id, item] of pending) {
    if (!ids.has(id)) {
      item.remove();
      pending.delete(id);
    }
  }
  for (const one of waiting) {
    let item = pending.get(one.id);
    if (!item) {
      item = lineOf({ mine: true, kind: "patient", text: one.text || one.title || "", at: one.at, preview: one.preview, photo: Boolean(one.file) });
      pending.set(one.id, item);
    }
    log.append(item);
    drawState(item, one, again, remove);
  }
}

function drawState(item, one, again, remove) {
  const state = item.querySelector(".state");
  const failed = one.wrong || one.tries > 1;
  const now = one.sent ? "sent" : failed ? "failed" : "sending";
  if (state.dataset.now === now) return;
  state.dataset.now = now;
  if (now !== "failed") {
    state.replaceChildren(document.createTextNode(say(now === "sent" ? "sent" : "sending") + (now === "sent" ? " ✓" : " …")));
    return;
  }
  const retry = button(say("not_sent"), () => again(one));
  retry.className = "retry";
  const drop = button(say("remove"), () => remove(one));
  drop.className = "retry plain";
  state.replaceChildren(retry, drop);
}

function lineOf(line) {
  const item = element("div", "line " + (line.mine ? "mine" : "theirs") + " " + line.kind);
  if (line.urgent) item.classList.add("urgent");
  const who = line.mine ? "you" : line.kind === "nurse" ? "nurse" : "bot";
  const name = element("span", line.kind === "nurse" && !line.mine ? "name" : "name hidden", say(who));
  name.dataset.text = who;
  const bubble = element("div", "bubble");
  if (line.urgent) bubble.append(heading());
  if (line.preview || line.photo) bubble.append(picture(line));
  if (line.text) bubble.append(words(line.text));
  if (line.urgent && line.text.includes(house.number)) bubble.append(callButton());
  const foot = element("p", "foot");
  const time = element("time", "", clock(line.at));
  time.dateTime = line.at;
  foot.append(time, element("span", "state"));
  item.append(name, bubble, foot);
  return item;
}

function heading() {
  const title = element("p", "urgent-title");
  title.append(icon("M12 2 1 21h22zm1 15h-2v-2h2zm0-4h-2V9h2z"), element("strong", "", say("urgent")));
  return title;
}

function picture(line) {
  const image = document.createElement("img");
  image.className = "photo-sent";
  image.alt = say("photo_sent");
  image.src = line.preview || "/chat/photos/" + encodeURIComponent(line.id);
  image.loading = "lazy";
  return image;
}

// The emergency number is a link wherever it stands.
function words(text) {
  const block = element("div", "words");
  block.lang = /[\u3400-\u9fff]/.test(text) ? "zh-CN" : "en";
  const number = new RegExp("(?<![\\d.])" + house.number + "(?![\\d.]*\\d)", "g");
  let from = 0;
  for (const found of text.matchAll(number)) {
    block.append(text.slice(from, found.index), telephone(house.number, "tel"));
    from = found.index + house.number.length;
  }
  block.append(text.slice(from));
  return block;
}

function callButton() {
  const link = telephone("", "call");
  link.append(icon("M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2a1 1 0 0 1 1-.24 11.4 11.4 0 0 0 3.6.57 1 1 0 0 1 1 1V20a1 1 0 0 1-1 1A17 17 0 0 1 3 4a1 1 0 0 1 1-1h3.5a1 1 0 0 1 1 1c0 1.25.2 2.45.57 3.57a1 1 0 0 1-.25 1z"), element("span", "", say("call_now")));
  return link;
}

function telephone(text, name) {
  const link = element("a", name, text);
  link.href = "tel:" + house.number;
  return link;
}

function drawButtons(bubble, line, tap) {
  const old = bubble.querySelector(".answers");
  const wanted = (line.buttons || []).map(([id]) => id).join(" ");
  if ((old?.dataset.ids || "") === wanted) return;
  old?.remove();
  if (!wanted) return;
  const group = element("div", "answers");
  group.dataset.ids = wanted;
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", say("answers"));
  const short = line.buttons.every(([, title]) => title.length <= 3);
  if (short && line.buttons.length > 4) group.classList.add("scale");
  for (const [id, title] of line.buttons) {
    group.append(button(title, () => tap(line, id, title)));
  }
  bubble.append(group);
}

export function closeButtons() {
  for (const group of log.querySelectorAll(".answers")) group.remove();
}

// By time; what is waiting stays below.
function place(item, at) {
  item.dataset.at = at;
  let after = [...log.querySelectorAll(".line[data-at]")].pop();
  while (after && after.dataset.at > at) after = before(after);
  const day = dayOf(at);
  const start = after ? after.nextSibling : log.firstChild;
  log.insertBefore(item, start);
  if (!after || dayOf(after.dataset.at) !== day) log.insertBefore(separator(at), item);
}

function before(item) {
  let one = item.previousElementSibling;
  while (one && !one.dataset.at) one = one.previousElementSibling;
  return one;
}

function separator(at) {
  const line = element("p", "day", dayName(at));
  return line;
}

function dayOf(at) {
  return new Date(at).toDateString();
}

function dayName(at) {
  const ago = Math.round((midnight(new Date()) - midnight(new Date(at))) / 86400000);
  if (ago === 0) return say("later_today");
  if (ago === 1) return say("yesterday");
  return new Date(at).toLocaleDateString(house.tags[currentLanguage()], { month: "long", day: "numeric", weekday: "short" });
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function clock(at) {
  return new Date(at).toLocaleTimeString(house.tags[currentLanguage()], { hour: "2-digit", minute: "2-digit", hour12: false });
}

function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function button(text, pressed) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", pressed);
  return made;
}

function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("width", "24");
  svg.setAttribute("height", "24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  line.setAttribute("fill", "currentColor");
  svg.append(line);
  return svg;
}
