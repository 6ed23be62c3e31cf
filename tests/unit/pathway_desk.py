"""A small healthy library in a folder of its own, to be spoilt on purpose."""
# ruff: noqa: E501 - the files inside read best with one thought a line

from __future__ import annotations

import shutil
from pathlib import Path

PATHWAYS = Path(__file__).resolve().parents[2] / "pathways"

QUESTIONS = """\
danger:
  kind: choices
  name: {zh: 危险信号, en: danger signs}
  ask: {zh: 现在有没有这些情况？, en: Do you have any of these now?}
  options:
    none: {for_the_record: yes, button: {zh: 都没有, en: None}, also: {zh: [都没有], en: [none]}}
    chest_pain: {button: {zh: 胸痛, en: Chest pain}, also: {zh: [胸口疼], en: [chest hurts]}}
temperature:
  kind: measure
  name: {zh: 体温, en: temperature}
  unit: Cel
  range: 34-43
  ask: {zh: 体温多少？, en: What is your temperature?}
bleeding:
  kind: yes_no
  name: {zh: 出血, en: bleeding}
  ask: {zh: 出血吗？, en: Any bleeding?}
"""

RULES = """\
chest_pain:
  when: danger has chest_pain
  level: emergency
  reason: {zh: 胸痛, en: Chest pain}
  source: [WEISS]
  cases:
    - {day: 2, answers: {danger: [chest_pain]}}
"""

PATHWAY = """\
pathway: hernia
number: 1
title: {zh: 疝修补术, en: hernia repair}
for: {procedures: [hernia], respondent: patient}
check_ins:
  window: "09:00-19:00"
  remind_after: 4 h
  nurse_after: 24 h
  silence_level: same_day
  send_within: 24 h
  if_too_late: skip_and_tell_nurse
  contacts:
    day_1: {day: 1, after: discharge, ask: [danger, temperature, pain]}
    day_7: {day: 7, after: surgery, ask: [danger, temperature, pain, lump, lump_hard]}
questions:
  pain:
    kind: scale
    name: {zh: 疼痛, en: pain}
    range: 0-10
    ask: {zh: 疼几分？, en: How bad is the pain?}
  lump:
    kind: yes_no
    name: {zh: 包块, en: lump}
    ask: {zh: 有包块吗？, en: Is there a lump?}
  lump_hard:
    kind: yes_no
    name: {zh: 硬包块, en: hard lump}
    only_when: lump is yes
    ask: {zh: 硬吗？, en: Is it hard?}
use_rules: [chest_pain]
rules:
  fever:
    when: temperature >= 38.0 C
    level: same_day
    tell: {zh: "护士今天联系您，变重拨打 {emergency}。", en: "A nurse calls today. If worse, call {emergency}."}
    reason: {zh: 发热, en: Fever}
    source: [CHELWEST]
    cases:
      - {day: 3, answers: {temperature: 38.0}}
  pain_severe:
    when: pain >= 7
    level: same_day
    reason: {zh: 剧痛, en: Severe pain}
    source: [GK]
    cases:
      - {day: 7, answers: {pain: 8}}
  hard_lump:
    when: lump_hard is yes
    level: emergency
    reason: {zh: 嵌顿, en: Strangulation}
    source: [GK]
    cases:
      - {day: 7, answers: {lump: yes, lump_hard: yes}}
teaching:
  lifting: {days: 1-14, say: {zh: 不提重物。, en: Lift nothing heavy.}}
reminders:
  review: {day: 6, after: surgery, at: "10:00", say: {zh: 明天复查。, en: Your review is tomorrow.}}
answers:
  bathing: {zh: 拆线前不泡澡。, en: No baths before the stitches are out.}
cases:
  quiet: {day: 7, answers: {danger: [none], temperature: 36.8, pain: 2, lump: no}, expect: routine}
"""


def write_library(folder: Path) -> Path:
    """The healthy library: the real shared folder, with small questions and rules."""
    shared = folder / "shared"
    shared.mkdir(parents=True)
    for path in (PATHWAYS / "shared").glob("*.yml"):
        shutil.copy(path, shared / path.name)
    (shared / "questions.yml").write_text(QUESTIONS, encoding="utf-8")
    (shared / "rules.yml").write_text(RULES, encoding="utf-8")
    (folder / "hernia.yml").write_text(PATHWAY, encoding="utf-8")
    return folder


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace a piece of a file; returns the line where the piece stood."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    if text.count(old) < 1:
        raise AssertionError(f"'{old}' does not stand in {file}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
