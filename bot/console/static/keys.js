// Keys: everything on worklist and case by keyboard. Silent while somebody types.

const at = (id) => document.getElementById(id);
const items = () => [...document.querySelectorAll(".item")];
const first = (item) => item?.querySelector("a, button, select");
const here = () => document.activeElement?.closest(".item");

function step(by) {
  const all = items();
  const now = all.indexOf(here());
  const next = all[now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1)];
  first(next)?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(element) {
  if (element && !element.disabled) element.click();
}

function write(field) {
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press(here()?.querySelector('form[action$="/acknowledge"] button') ?? at("have-it")),
  "/": () => at("search")?.focus(),
  1: () => press(at("whose-mine")),
  2: () => press(at("whose-team")),
  3: () => press(at("whose-all")),
  m: () => write(at("f-text")),
  t: () => write(document.querySelector('form[action$="/take-over"] button')),
  o: () => write(document.querySelector('input[name="outcome"]')),
  s: () => press(at("alerts")),
  w: () => location.assign("/console/worklist"),
  "?": () => at("keys")?.showModal(),
};

function isTyping(target) {
  const box = target.closest?.("input, textarea, select, [contenteditable]");
  return Boolean(box) && !["radio", "checkbox"].includes(box.type);
}

export function hearKeys() {
  const help = at("keys");
  if (!help) return;
  const on = at("keys-on");
  on.checked = localStorage.getItem("aftercare.keys") !== "off";
  on.addEventListener("change", () => localStorage.setItem("aftercare.keys", on.checked ? "on" : "off"));
  at("keys-button")?.addEventListener("click", () => help.showModal());
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!on.checked || help.open || isTyping(event.target)) return;
    const deed = KEYS[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
