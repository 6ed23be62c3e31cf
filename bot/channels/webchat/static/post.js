// Post: what the patient sends goes out one by one, is tried again, and is never sent twice.
// Each message is named here, before it is sent; the same name again is the same message.

import { memory } from "./words.js";

const PATIENCE = { message: 20000, photo: 120000 };
const FINAL = new Set([400, 401, 403, 413, 415, 422]);

export class Post {
  constructor({ changed, refused }) {
    this.changed = changed;
    this.refused = refused;
    this.waiting = memory.read("waiting", []);
    this.busy = false;
    this.pause = 0;
    addEventListener("online", () => this.again());
    addEventListener("beforeunload", (event) => {
      if (this.waiting.some((one) => one.file)) event.preventDefault();
    });
  }

  add(message) {
    const one = { id: newId(), at: new Date().toISOString(), tries: 0, ...message };
    this.waiting.push(one);
    this.keep();
    this.run();
    return one;
  }

  again() {
    this.pause = 0;
    for (const one of this.waiting) one.tries = 0;
    this.run();
  }

  // The page has seen this message come back as a line: it has surely arrived.
  arrived(clientId) {
    const before = this.waiting.length;
    this.waiting = this.waiting.filter((one) => one.id !== clientId);
    if (this.waiting.length !== before) this.keep();
  }

  remove(clientId) {
    this.arrived(clientId);
    this.changed();
  }

  forget() {
    this.waiting = [];
    this.keep();
  }

  keep() {
    // A photo is too large to be remembered over a reload; the page warns before it goes.
    const texts = this.waiting.filter((one) => !one.file && !one.sent);
    memory.keep("waiting", texts.length ? texts : null);
    this.changed();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    let next;
    while ((next = this.waiting.find((one) => !one.sent && !one.wrong))) {
      const outcome = await deliver(next);
      if (outcome === "sent") {
        next.sent = true;
        this.pause = 0;
        this.keep();
        continue;
      }
      if (typeof outcome === "object") {
        next.wrong = outcome.error;
        this.keep();
        this.refused(next, outcome);
        continue;
      }
      next.tries += 1;
      this.pause = Math.min(30000, (this.pause || 1000) * 2);
      this.timer = setTimeout(() => this.run(), this.pause);
      this.changed();
      break;
    }
    this.busy = false;
  }
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function post(path, body, headers = {}, patience = PATIENCE.message) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    return await fetch(path, {
      method: "POST",
      body,
      headers: { "X-Aftercare": "chat", ...headers },
      credentials: "same-origin",
      signal: stop.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

// "sent", "later", or why it will never be taken.
async function deliver(one) {
  try {
    const answer = one.file
      ? await post("/chat/api/photos", one.file, { "X-Message-Id": one.id }, PATIENCE.photo)
      : await post(
          "/chat/api/messages",
          JSON.stringify({ id: one.id, text: one.text, button: one.button }),
          { "Content-Type": "application/json" },
        );
    if (answer.ok) return "sent";
    if (!FINAL.has(answer.status)) return "later";
    return await answer.json().catch(() => ({ error: "not_sent" }));
  } catch {
    return "later";
  }
}
