"""Walk: one invented patient through the whole follow-up, with the real pathway's parts."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.condition import UNKNOWN, Answered, EarlierCheckIn, Facts
from bot.core.pathway import Late, next_question
from bot.core.question import Question
from bot.core.schedule import DueCheckIn, in_quiet_hours, plan_check_ins, utc_of
from bot.core.simulation.answering import Answerer
from bot.core.simulation.cases import Cases
from bot.core.simulation.diary import Diary, End, Speaker
from bot.core.simulation.ladder import OpenCheckIn, Rung, by_day
from bot.core.simulation.nudging import Nudging
from bot.core.simulation.people import Person
from bot.core.simulation.personas import Saying
from bot.core.simulation.scene import World
from bot.core.triage import Triage, level_when_unclear, triage
from bot.core.triage_level import TriageLevel

NOON: Final = time(12)
OPENING, REMINDER = 2, 2  # greeting or reminder, and the question with it
NEXT_ANSWER_SECONDS: Final = (15, 90)


class Walk:
    """Everything that one patient lives through, written into her diary."""

    def __init__(self, world: World, person: Person, answerer: Answerer, chance: Random) -> None:
        self.world, self.person, self.answerer, self.chance = world, person, answerer, chance
        self.pathway = world.pathway
        self.diary = Diary(person, world.language, days=world.days)
        self.cases = Cases(world, self.diary)
        self.nudging = Nudging(world, person, self.diary)
        self.earlier: list[EarlierCheckIn] = []
        self.stopped_for_good = self.emergency = False
        self.sayings = sorted(
            ((self._moment(one), one) for one in person.persona.sayings), key=lambda one: one[0]
        )
        own = not person.persona.caregiver
        self.speaker = Speaker.PATIENT if own else Speaker.CAREGIVER

    def run(self) -> Diary:
        """Every check-in in turn, with what is said, reminded and taught between them."""
        due, goes_on = self._due()
        opens = [self._opens_at(one) for one in due]
        for contact, one in enumerate(due):
            self._listen_until(opens[contact])
            if self.stopped_for_good:
                self._end(one, End.CANCELLED)
                continue
            later = opens[contact + 1] if contact + 1 < len(due) else None
            self._check_in(one, contact, opens[contact], later)
        end = utc_of(self.person.surgery_on + timedelta(days=self.world.days), NOON, self._home())
        if goes_on and not self.stopped_for_good:
            self.nudging.tell_until(end)
        if self.sayings and due:
            self._listen_until(opens[-1] + timedelta(days=self.world.days))
        return self.diary

    def _due(self) -> tuple[list[DueCheckIn], bool]:
        """What goes out within the days looked at, and whether the follow-up goes on then."""
        person = self.person
        last = utc_of(person.surgery_on + timedelta(days=self.world.days), NOON, self._home())
        planned = plan_check_ins(
            self.pathway,
            surgery_on=person.surgery_on,
            discharge_on=person.discharge_on,
            zone=person.zone,
            tier=person.tier,
            enrolled_at=person.enrolled_at,
        )
        due = [one for one in planned if one.goes_out]
        return [one for one in due if one.due_at <= last], any(one.due_at > last for one in due)

    def _home(self) -> ZoneInfo:
        return ZoneInfo(self.person.zone)

    def _moment(self, saying: Saying) -> datetime:
        day = self.person.discharge_on + timedelta(days=saying.day)
        return utc_of(day, saying.at, self._home())

    def _opens_at(self, due: DueCheckIn) -> datetime:
        return by_day(due.due_at, self.person.zone_at, self.pathway)

    def _is_night(self, at: datetime) -> bool:
        return in_quiet_hours(at, self.person.zone_at(at), self.pathway)

    def _tell(self, at: datetime, text: str, *, unasked: bool, messages: int = 1) -> None:
        self.diary.said(at, night=self._is_night(at), unasked=unasked, messages=messages)
        self.diary.note(at, Speaker.CHATBOT, text)

    def _end(self, due: DueCheckIn, end: End) -> None:
        self.diary.ends[end] += 1
        self.diary.ends_by_plan[due.plan_id, end] += 1

    # --- one check-in -----------------------------------------------------------------

    def _check_in(
        self, due: DueCheckIn, contact: int, opens: datetime, next_opens: datetime | None
    ) -> None:
        plan = self.pathway.check_in(due.plan_id)
        late = plan.lateness
        self.diary.new_scene()
        if opens > due.due_at + late.send_within and late.otherwise is Late.SKIP_AND_TELL_NURSE:
            self.cases.task("late_check_in", plan.id, TriageLevel.WITHIN_48_HOURS, opens)
            self._end(due, End.MISSED)
            return
        waiting = OpenCheckIn(plan, opens, opens, next_opens)
        self.answerer.begin(contact)
        self.emergency = False
        self._greet(waiting)
        answers: dict[str, Answered] = {}
        end = self._ask_all(waiting, answers)
        self._end(due, end)
        self._nudges_wait(end)
        if answers:
            self.earlier.append(EarlierCheckIn(self.diary.day_of(opens), answers))

    def _nudges_wait(self, end: End) -> None:
        """What was held back while the check-in was open comes after its last word."""
        last = self.diary.scenes[-1][-1].at.astimezone(UTC)
        if end is End.COMPLETED:
            self.nudging.lesson_in_check_in(last)
        elif end is End.STOPPED:
            within = self.pathway.shared.levels[TriageLevel.EMERGENCY].outcome_within
            last += within or timedelta()
        self.nudging.free_at = max(self.nudging.free_at, last)

    def _greet(self, waiting: OpenCheckIn) -> None:
        self.diary.sent += 1
        at, plan = waiting.opened_at, waiting.plan
        if not plan.opens <= self.diary.local(at).time() <= plan.closes:
            self.diary.outside_window += 1
        own = not self.person.persona.caregiver
        key = "check_in_greeting" if own else "check_in_greeting_caregiver"
        self._tell(at, self.world.phrase(key), unasked=True, messages=OPENING)

    def _ask_all(self, waiting: OpenCheckIn, answers: dict[str, Answered]) -> End:
        """Ask until nothing is open, the patient falls silent, or a nurse must come at once."""
        facts = self._facts(waiting.opened_at, answers)
        before = triage(self.pathway, facts)
        willing = self.chance.random() < self.person.persona.answers
        while question := next_question(self.pathway, waiting.plan, answers, facts=facts):
            self._ask(question, waiting.heard_at, first=not answers)
            if answers and self.chance.random() < self.person.persona.leaves_midway:
                willing = False
            ended = self._wait_for_answer(waiting, willing=willing, first=not answers)
            if ended is not None:
                return ended
            willing = True
            facts = self._facts(waiting.heard_at, answers)
            answers[question.id] = self.answerer.answer(question, facts)
            facts = self._facts(waiting.heard_at, answers)
            after = triage(self.pathway, facts)
            self._weigh(question, answers[question.id], before, after, waiting.heard_at)
            if self.emergency:
                return End.STOPPED
            before = after
        self._tell(waiting.heard_at, self.world.phrase("check_in_ended"), unasked=False)
        return End.COMPLETED

    def _ask(self, question: Question, at: datetime, *, first: bool) -> None:
        """The first question comes with the greeting and is counted there."""
        self.diary.asked[question.id] += 1
        self.diary.note(at, Speaker.CHATBOT, self.world.fill(question.ask))
        if not first:
            self.diary.said(at, night=self._is_night(at), unasked=False)

    def _facts(self, at: datetime, answers: dict[str, Answered]) -> Facts:
        today = self.diary.local(at).date()
        return Facts(
            answers=answers,
            day=(today - self.person.surgery_on).days,
            days_home=(today - self.person.discharge_on).days,
            tier=self.person.tier,
            procedure=self.person.procedure,
            earlier=tuple(self.earlier),
        )

    def _wait_for_answer(self, waiting: OpenCheckIn, *, willing: bool, first: bool) -> End | None:
        """Let time pass until the answer; how the check-in ended when none came."""
        answer = waiting.heard_at + self._pause(first) if willing else None
        while True:
            words = self.sayings[0][0] if self.sayings else None
            at, rung = waiting.next_event(
                self.pathway, self.person.zone_at, answer=answer, words=words
            )
            if rung is Rung.ANSWER:
                waiting.heard_at = at
                return None
            if rung is Rung.NEXT_OPENS:
                return End.OVERTAKEN
            if rung is Rung.NURSE:
                return self._silent(waiting, at)
            if rung is Rung.WORDS:
                self._hear(*self.sayings.pop(0))
                waiting.heard_at = at
                if self.stopped_for_good or self.emergency:
                    return End.CANCELLED if self.stopped_for_good else End.STOPPED
            elif self._remind(waiting, at) and answer is None:
                answer = at + self._pause(first=True)

    def _pause(self, first: bool) -> timedelta:
        if first:
            return timedelta(minutes=self.chance.randint(*self.person.persona.first_wait))
        return timedelta(seconds=self.chance.randint(*NEXT_ANSWER_SECONDS))

    def _remind(self, waiting: OpenCheckIn, at: datetime) -> bool:
        """Remind once; whether that brings her back."""
        waiting.reminded_at = at
        self.diary.reminders += 1
        own = not self.person.persona.caregiver
        key = "reminder" if own else "reminder_caregiver"
        self._tell(at, self.world.phrase(key), unasked=True, messages=REMINDER)
        return self.chance.random() < self.person.persona.answers_reminder

    def _silent(self, waiting: OpenCheckIn, at: datetime) -> End:
        """Silence is a task for a nurse; the patient hears of it, but not at night."""
        if not self._is_night(at):
            self._tell(at, self.world.phrase("silence_nurse"), unasked=True)
        self.cases.task("silence", waiting.plan.id, waiting.plan.silence.level, at)
        return End.SILENT

    # --- what an answer or a message leads to -----------------------------------------

    def _weigh(
        self, question: Question, answer: Answered, before: Triage, after: Triage, at: datetime
    ) -> None:
        """As the service does: what is new is raised at once, and the highest level wins."""
        self.diary.note(at, self.speaker, self.world.spoken(question, answer))
        known = {hit.rule.id for hit in before.hits}
        new = [hit.rule for hit in after.hits if hit.rule.id not in known]
        raised = [(rule.id, rule.level) for rule in new]
        if answer is UNKNOWN:
            self.diary.unclear += 1
            self.diary.said(at, night=self._is_night(at), unasked=False)
            level = level_when_unclear(self.pathway, question.id)
            raised.append((f"unclear_{question.id}", level))
        self.diary.fired.update(rule.id for rule in new)
        self.diary.advice += sum(level is TriageLevel.SELF_CARE for _, level in raised)
        urgent = [rule for rule in new if rule.level >= TriageLevel.SAME_DAY]
        if urgent:
            self._tell(at, self.world.fill(urgent[0].tell), unasked=False)
        self._raise(raised, at)

    def _raise(self, raised: list[tuple[str, TriageLevel]], at: datetime) -> None:
        """Tell the nurses about the worst of what is new; an emergency stops the script."""
        code, level = max(raised, key=lambda one: one[1], default=("", TriageLevel.ROUTINE))
        if not level.needs_nurse:
            return
        self.cases.raise_case(code, level, at)
        policy = self.pathway.shared.levels[level]
        self._tell(at, self.world.fill(policy.tell_patient), unasked=False)
        self.emergency = level is TriageLevel.EMERGENCY

    def _listen_until(self, until: datetime) -> None:
        while self.sayings and self.sayings[0][0] <= until:
            at, saying = self.sayings.pop(0)
            if not self.stopped_for_good:
                self.nudging.tell_until(at)
            self.diary.new_scene()
            self._hear(at, saying)
        if not self.stopped_for_good:
            self.nudging.tell_until(until)

    def _hear(self, at: datetime, saying: Saying) -> None:
        """Own words out of turn: STOP, or screened like every message."""
        if self.stopped_for_good or self.diary.day_of(at) > self.world.days:
            return
        text = saying.words.say(self.world.language)
        self.diary.note(at, self.speaker, text)
        if saying.is_stop:
            self._tell(at, self.world.phrase("stopped"), unasked=False)
            self.cases.task("opted_out", "", TriageLevel.WITHIN_48_HOURS, at)
            self.stopped_for_good = True
            return
        if not self._screened(text, at).needs_nurse:
            self._tell(at, self.world.phrase("answer_noted"), unasked=False)

    def _screened(self, text: str, at: datetime) -> TriageLevel:
        """What screening finds goes to a nurse at once, whatever the hour."""
        if self.world.screen is None:
            return TriageLevel.ROUTINE
        found = self.world.screen(text, self.person.procedure, self.diary.day_of(at))
        self.diary.advice += found.level is TriageLevel.SELF_CARE
        codes = [flag.code for flag in found.red_flags] or ["own_words"]
        self._raise([(codes[0], found.level)], at)
        return found.level
