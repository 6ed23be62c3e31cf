"""People: invented patients who number what they write, and the nurses who close cases."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.demo import late_morning_zone
from bot.core.check_in import CheckIn, CheckInState
from bot.core.enrolment import NewEnrolment
from bot.core.errors import AftercareError
from bot.core.escalation import EscalationState
from bot.core.nudge import Nudge, NudgeKind
from bot.core.patient import RiskTier
from bot.core.staff import Shift, StaffRole
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.enrol import enrol
from bot.services.ports import Transaction
from bot.services.register_nurse import make_link_code
from bot.services.staff_accounts import make_account
from tests.crash.house import House
from tests.telegram_server.people import Person

NAMES = {
    "zh": ("王秀英", "李国强", "赵桂兰", "孙玉珍", "周建国", "吴淑芬", "郑大明", "冯小梅"),
    "en": ("Carter", "Rossi", "Sato", "Novak", "Okafor", "Murphy", "Silva", "Haddad"),
}
SAID = {
    "zh": ("伤口可以碰水吗", "今天走了两圈", "谢谢", "药还要吃几天", "昨晚睡得不错"),
    "en": ("can I take a shower", "I walked twice", "thanks", "how long the pills", "slept well"),
}
RED_FLAG = {"zh": "我胸口疼得厉害，喘不上气", "en": "I have crushing chest pain and cannot breathe"}
NUMBERED = {"zh": "第{n}句，{text}", "en": "Message {n}, {text}"}
ADMITTED = {
    "zh": ("出生年份", "同意吗", "同意", "现在有没有下面这些情况"),
    "en": ("year", "agree", "I agree", "any of these now"),
}
WAIT = 90.0


@dataclass
class Patient:
    """One patient: what she wrote, in order; `hurt` maps a red flag to when she wrote it."""

    person: Person
    language: str
    said: list[str] = field(default_factory=list)
    hurt: dict[str, float] = field(default_factory=dict)
    quiet: threading.Lock = field(default_factory=threading.Lock)

    def say(self, text: str = "") -> str:
        """The next numbered message; without `text`, a cry for help."""
        with self.quiet:
            n, flag = len(self.said) + 1, not text
            words = NUMBERED[self.language].format(n=n, text=text or RED_FLAG[self.language])
            if flag:
                self.hurt[words] = time.monotonic()
            self.said.append(words)
            self.person.say(words)
            return words


@dataclass
class People:
    """Everybody. `write` keeps a crowd writing in the background."""

    house: House
    patients: list[Patient]
    nurses: dict[str, str]  # id -> address of her chat
    dice: random.Random
    _stop: threading.Event = field(default_factory=threading.Event)
    _calm: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def written(self) -> int:
        return sum(len(one.said) for one in self.patients)

    def write(self, *, per_second: float, red_flags: float = 0.06) -> None:
        """Begin to write; a share of it are red flags."""
        self._thread = threading.Thread(
            target=self._write, args=(per_second, red_flags), daemon=True
        )
        self._thread.start()

    def rest(self, calm: bool = True) -> None:
        """Stop writing for a while, or go on."""
        (self._calm.set if calm else self._calm.clear)()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)

    def one(self) -> Patient:
        return self.dice.choice(self.patients)

    def _write(self, per_second: float, red_flags: float) -> None:
        dice = random.Random(11)  # noqa: S311, the same crowd in every run
        while not self._stop.wait(dice.expovariate(per_second)):
            if self._calm.is_set():
                continue
            patient = dice.choice(self.patients)
            text = "" if dice.random() < red_flags else dice.choice(SAID[patient.language])
            patient.say(text)

    # What nurses and the calendar do

    def close_cases(self) -> int:
        """A named nurse takes and ends every open case; returns how many."""
        parts, nurse = self.house.service.parts, next(iter(self.nurses))
        closed = 0
        with parts.record.reading() as tx:
            cases = tx.escalations.find(state__not=EscalationState.CLOSED)
        for case in cases:
            with suppress(AftercareError):
                acknowledge(parts, escalation_id=case.id, nurse_id=nurse)
                close_escalation(parts, escalation_id=case.id, nurse_id=nurse, outcome="called")
                closed += 1
        return closed

    def reminder_due(self) -> None:
        """One more turn of a reminder of each patient's own plan falls due now.

        Of each: a chat in which something is going on holds its reminder back.
        """
        parts = self.house.service.parts
        with parts.record.transaction() as tx:
            now = parts.clock.now()
            self._end_check_ins(tx, now)
            newest = {}
            for one in tx.nudges.find(kind=NudgeKind.REMINDER, order_by="occurrence"):
                newest[one.episode_id] = one
            for one in newest.values():
                tx.nudges.add(
                    Nudge(
                        id=parts.ids.new(),
                        episode_id=one.episode_id,
                        kind=NudgeKind.REMINDER,
                        plan_id=one.plan_id,
                        occurrence=one.occurrence + 1,
                        due_at=now,
                        send_until=now + timedelta(hours=4),
                        look_at=now,
                    )
                )

    def _end_check_ins(self, tx: Transaction, now: datetime) -> None:
        for open_one in tx.check_ins.find(state=CheckInState.OPEN):
            done = replace(open_one, state=CheckInState.COMPLETED, ended_at=now)
            tx.check_ins.swap(open_one, done)

    def check_in_due(self) -> None:
        """One more check-in of somebody's own plan falls due now."""
        parts = self.house.service.parts
        with parts.record.transaction() as tx:
            now = parts.clock.now()
            self._end_check_ins(tx, now)
            plans = tx.check_ins.find(order_by="due_at")
            like = self.dice.choice(plans)
            newest = max(one.occurrence for one in plans)
            tx.check_ins.add(
                CheckIn(
                    id=parts.ids.new(),
                    episode_id=like.episode_id,
                    plan_id=like.plan_id,
                    occurrence=newest + 1,
                    due_at=now,
                    window_end=now + timedelta(hours=4),
                    state=CheckInState.PLANNED,
                )
            )


def move_in(house: House, *, patients: int, seed: int = 7) -> People:
    """Hire two nurses and admit patients of both languages, all through their telephones."""
    nurses = dict(_hire(house, login, name) for login, name in (("chen", "陈静"), ("li", "李梅")))
    names = [(lang, NAMES[lang][n % 8]) for n in range(patients) for lang in ("zh", "en")]
    everybody = [
        (house.telegram.person(name, language=language), language, number)
        for number, (language, name) in enumerate(names[:patients])
    ]
    with ThreadPoolExecutor(4) as hands:
        admitted = list(hands.map(lambda one: _admit(house, *one), everybody))
    return People(house, admitted, nurses, random.Random(seed))  # noqa: S311


def _hire(house: House, login: str, name: str) -> tuple[str, str]:
    parts = house.service.parts
    nurse_id = make_account(
        parts,
        name=name,
        login=login,
        password="correct horse battery",
        role=StaffRole.CHARGE_NURSE,
        ward="*",
        language="zh",
    )
    now = parts.clock.now()
    rotas = ("first", "second", "charge")
    with parts.record.transaction() as tx:
        for rota in rotas if login == "chen" else rotas[1:]:
            ends = now + timedelta(days=400)
            tx.shifts.add(Shift(f"{login}-{rota}", nurse_id, rota, now - timedelta(hours=1), ends))
    person = house.telegram.person(name)
    person.start(make_link_code(parts, nurse_id=nurse_id, by=nurse_id).code)
    person.wait_for(name, WAIT)
    return nurse_id, person.address


def _admit(house: House, person: Person, language: str, number: int) -> Patient:
    parts = house.service.parts
    zone = late_morning_zone(parts.clock.now())
    today = datetime.now(ZoneInfo(zone)).date()
    row = NewEnrolment(
        name=person.user["first_name"],
        hospital_id=f"H-{number}",
        birth_year=1946,
        procedure_code="knee_replacement",
        surgery_on=today - timedelta(days=5),
        discharge_on=today - timedelta(days=1),
        language=language,
        time_zone=zone,
        risk_tier=RiskTier.MEDIUM,
        channel="telegram",
    )
    year, agree, button, first = ADMITTED[language]
    person.start(enrol(parts, row=row).invited[0].code)
    person.wait_for(year, WAIT)
    person.say("1946")
    person.wait_for(agree, WAIT)
    person.press(button)
    person.wait_for(first, WAIT)
    return Patient(person, language)
