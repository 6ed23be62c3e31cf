"""Nudging: reminders and teaching on virtual time, held and merged as the service does it."""

from __future__ import annotations

from datetime import datetime

from bot.core.nudge import NudgeKind
from bot.core.nudge_plan import DueNudge, next_morning, plan_nudges
from bot.core.pathway import Pathway
from bot.core.schedule import Timetable
from bot.core.simulation.diary import Diary, Speaker
from bot.core.simulation.ladder import by_day
from bot.core.simulation.people import Person
from bot.core.simulation.scene import World


class Nudging:
    """What still waits to be told to one patient. `free_at`: the chat is taken until then."""

    def __init__(self, world: World, person: Person, diary: Diary) -> None:
        self.world, self.person, self.diary = world, person, diary
        habits = Timetable(
            surgery_on=person.surgery_on,
            discharge_on=person.discharge_on,
            zone=person.zone,
            tier=person.tier,
            enrolled_at=person.enrolled_at,
        )
        self.waiting = {one: one.due_at for one in plan_nudges(world.pathway, habits)}
        self.free_at = person.enrolled_at

    def tell_until(self, until: datetime) -> None:
        """Everything whose moment comes before `until`, what falls together in one message."""
        while self.waiting:
            first = min(self._moment(one) for one in self.waiting)
            if first >= until or self.diary.day_of(first) > self.world.days:
                return
            self._tell(first, [one for one in self.waiting if self._moment(one) == first])

    def lesson_in_check_in(self, at: datetime) -> None:
        """The end of a check-in says one lesson that is due on this day."""
        today = self.diary.local(at).date()
        for one in sorted(self.waiting, key=lambda one: one.send_until):
            starts = self.diary.local(one.due_at).date()
            if one.kind is NudgeKind.TEACHING and starts <= today and at <= one.send_until:
                del self.waiting[one]
                self.diary.nudges["with_a_check_in"] += 1
                self.diary.note(at, Speaker.CHATBOT, self._words(one))
                return

    def _moment(self, one: DueNudge) -> datetime:
        at = max(self.waiting[one], self.free_at)
        return by_day(at, self.person.zone_at, self.world.pathway)

    def _tell(self, at: datetime, due: list[DueNudge]) -> None:
        timely = [one for one in due if one.send_until >= at]
        self.diary.nudges["skipped"] += len(due) - len(timely)
        told = [one for one in timely if one.kind is NudgeKind.REMINDER]
        tomorrow = next_morning(at, self.person.zone_at(at))
        for one in sorted(timely, key=lambda one: one.send_until):
            if one.kind is NudgeKind.TEACHING:
                if told and tomorrow < one.send_until:
                    self.waiting[one] = tomorrow
                    continue
                told.append(one)
        for one in due:
            if one in told or one not in timely:
                del self.waiting[one]
        self._say(at, told)

    def _say(self, at: datetime, told: list[DueNudge]) -> None:
        if not told:
            return
        self.diary.nudges.update(one.kind.value for one in told)
        night = by_day(at, self.person.zone_at, self.world.pathway) != at
        self.diary.said(at, night=night, unasked=True)
        self.diary.new_scene()
        text = "\n".join(self._words(one) for one in told)
        self.diary.note(at, Speaker.CHATBOT, text)

    def _words(self, one: DueNudge) -> str:
        pathway: Pathway = self.world.pathway
        if one.kind is NudgeKind.REMINDER:
            plan = pathway.reminder(one.plan_id)
            return self.world.fill(plan.words) if plan else ""
        lesson = pathway.lesson(one.plan_id)
        return self.world.fill(lesson.words) if lesson else ""
