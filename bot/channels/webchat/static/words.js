// Words: the page's own texts in both languages, and what this phone remembers.

export const house = JSON.parse(document.getElementById("everything").textContent);
let language = house.language;

export function say(key, values = {}) {
  const blanks = { number: house.number, limit: house.longest, ...values };
  return house.texts[language][key].replace(/\{(\w+)\}/g, (all, name) => blanks[name] ?? all);
}

export function otherLanguage() {
  return language === "zh" ? "en" : "zh";
}

export function currentLanguage() {
  return language;
}

// Put every text of the page into another language, without reloading it.
export function speak(wanted) {
  if (!wanted || wanted === language || !house.texts[wanted]) return;
  language = wanted;
  document.documentElement.lang = house.tags[language];
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);
  document.getElementById("text").placeholder = say("write_placeholder");
  document.getElementById("log").setAttribute("aria-label", say("log_label"));
  document.getElementById("language").lang = house.tags[otherLanguage()];
  document.title = say("title");
}

// What is typed and not yet sent stays on this phone until it is.
export const memory = {
  read(key, otherwise) {
    try {
      return JSON.parse(localStorage.getItem("aftercare." + key)) ?? otherwise;
    } catch {
      return otherwise;
    }
  },
  keep(key, value) {
    try {
      if (value === null) localStorage.removeItem("aftercare." + key);
      else localStorage.setItem("aftercare." + key, JSON.stringify(value));
    } catch {
      // A phone that keeps nothing still sends.
    }
  },
};
