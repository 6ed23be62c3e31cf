"""Whatever patients, nurses, the rota and the clock do, a case is never forgotten."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core.errors import AftercareError, AlreadyDone, NotAllowed
from bot.core.escalation import MOST_SNOOZE_MINUTES, OUTCOMES, Escalation, EscalationState
from bot.core.triage_level import TriageLevel
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.pass_on import pass_on
from bot.services.raise_escalation import NewCause, raise_escalation
from bot.services.rota import add_shift, remove_shift
from bot.services.snooze import note_activity, snooze
from bot.services.step_escalation import step_escalation
from tests.builders import wang_and_her_ward
from tests.fakes import a_world

NURSES = st.sampled_from(["nurse-chen", "nurse-liu", "nurse-zhao"])
LEVELS = st.sampled_from([one for one in TriageLevel if one.needs_nurse])
ROTAS = st.sampled_from(["first", "second", "charge"])
TIMES = st.sampled_from([1, 5, 30, 60, 240, 1440, 2880])
SENIOR = "nurse-zhao"


class EscalationMachine(RuleBasedStateMachine):
    """Mrs Wang's cases. `holder` is who must have the open one, kept apart from the code."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.world = a_world(Path(self.folder.name))
        self.world.add(*wang_and_her_ward())
        self.holder: str | None = None
        self.waited = 0  # minutes that the open case was allowed to wait
        self.ended: dict[str, Escalation] = {}

    def teardown(self) -> None:
        self.world.record.engine.dispose()
        self.folder.cleanup()

    def open_case(self) -> Escalation | None:
        found = self.world.rows("escalations", state__not=EscalationState.CLOSED)
        assert len(found) <= 1, "one patient, one open case"
        return found[0] if found else None

    def has_case(self) -> bool:
        return self.open_case() is not None

    @rule(level=LEVELS)
    def a_sign_comes(self, level: TriageLevel) -> None:
        before = self.open_case()
        with self.world.record.transaction() as tx:
            episode = tx.episodes.get("episode-wang")
            assert episode is not None
            after = raise_escalation(
                tx,
                self.world.parts,
                episode=episode,
                conversation=tx.conversations.get("chat-wang"),
                level=level,
                causes=[NewCause("screening", "sign", level, "words", {"en": "why"})],
                now=self.world.clock.now(),
            )
        self.waited = self.waited if before and level <= before.level else 0
        assert after.level >= level
        if before is None or level > before.level:
            self.holder = None
            assert after.level is level
        else:
            assert (after.id, after.level) == (before.id, before.level)

    @rule(minutes=TIMES)
    def time_passes_and_nobody_watches(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @precondition(has_case)
    @rule(minutes=TIMES)
    def time_passes_and_what_is_due_is_done(self, minutes: int) -> None:
        now = self.world.clock.advance(minutes=minutes)
        case = self.open_case()
        assert case is not None
        due, told = case.is_due(now), len(self.world.rows("notifications"))
        step_escalation(self.world.parts, case.id)
        step_escalation(self.world.parts, case.id)
        after = self.world.get("escalations", case.id)
        if not due:
            assert after == case
            return
        self.holder = None
        assert after.next_step_at > now, "a step that was taken is due again later"
        on_duty = self.world.rows("shifts", starts_at__lte=now, ends_at__gt=now)
        assert (len(self.world.rows("notifications")) > told) == bool(on_duty)

    @precondition(has_case)
    @rule(nurse=NURSES)
    def she_takes_it(self, nurse: str) -> None:
        case = self.open_case()
        assert case is not None
        try:
            acknowledge(self.world.parts, escalation_id=case.id, nurse_id=nurse)
        except AlreadyDone as refused:
            self.is_held_by_another(refused.by, nurse)
        else:
            assert self.holder in (None, nurse), "the first acknowledgement wins"
            self.holder = nurse

    def is_held_by_another(self, name: str, nurse: str) -> None:
        assert self.holder == f"nurse-{name.lower()}"
        assert self.holder != nurse

    @precondition(has_case)
    @rule(nurse=NURSES)
    def she_passes_it_on(self, nurse: str) -> None:
        case = self.open_case()
        assert case is not None
        try:
            pass_on(self.world.parts, escalation_id=case.id, nurse_id=nurse)
        except AlreadyDone:
            assert self.holder not in (None, nurse)
        else:
            assert self.holder in (None, nurse)
            self.holder = None

    @precondition(has_case)
    @rule(nurse=NURSES, outcome=st.sampled_from(["called", "unreachable", "", "fine"]))
    def she_closes_it(self, nurse: str, outcome: str) -> None:
        case = self.open_case()
        assert case is not None
        allowed = self.holder in (None, nurse) or nurse == SENIOR
        given = {"escalation_id": case.id, "nurse_id": nurse, "outcome": outcome}
        try:
            close_escalation(self.world.parts, **given)
        except NotAllowed:
            assert not allowed
        except ValueError:
            assert outcome not in OUTCOMES
        else:
            assert allowed
            assert outcome in OUTCOMES
            self.holder = None
            self.ended[case.id] = self.world.get("escalations", case.id)

    @precondition(has_case)
    @rule(nurse=NURSES, minutes=st.integers(-5, 70))
    def she_lets_it_wait(self, nurse: str, minutes: int) -> None:
        case = self.open_case()
        assert case is not None
        given = {"escalation_id": case.id, "nurse_id": nurse, "minutes": minutes}
        try:
            snooze(self.world.parts, reason="on the ward", **given)
        except (AftercareError, ValueError):
            return
        self.waited += minutes
        assert case.level is not TriageLevel.EMERGENCY
        assert 0 < minutes <= self.waited <= MOST_SNOOZE_MINUTES

    @precondition(has_case)
    @rule(nurse=NURSES)
    def she_works_on_it(self, nurse: str) -> None:
        case = self.open_case()
        assert case is not None
        with suppress(AlreadyDone):
            note_activity(self.world.parts, escalation_id=case.id, nurse_id=nurse)

    @rule(nurse=NURSES, rota=ROTAS, hours=st.integers(1, 12))
    def a_shift_is_added(self, nurse: str, rota: str, hours: int) -> None:
        now = self.world.clock.now()
        ends = now + timedelta(hours=hours)
        given = {"nurse_id": nurse, "rota": rota, "starts_at": now, "ends_at": ends}
        add_shift(self.world.parts, by=SENIOR, **given)

    @rule(rotas=st.sampled_from([("first",), ("charge",), ("first", "second", "charge")]))
    def everybody_is_taken_off(self, rotas: tuple[str, ...]) -> None:
        now = self.world.clock.now()
        for shift in self.world.rows("shifts", ends_at__gt=now, rota__in=rotas):
            with suppress(AftercareError):
                remove_shift(self.world.parts, shift_id=shift.id, by=SENIOR)

    @invariant()
    def a_case_that_is_not_closed_has_a_next_step(self) -> None:
        case = self.open_case()
        assert case is None or case.next_step_at is not None

    @invariant()
    def the_nurse_on_record_is_the_one_who_took_it(self) -> None:
        case = self.open_case()
        assert self.holder == (case.acknowledged_by if case else None)

    @invariant()
    def only_a_named_nurse_with_an_outcome_ends_a_case(self) -> None:
        for case in self.world.rows("escalations", state=EscalationState.CLOSED):
            assert case.closed_by is not None
            assert case.outcome in OUTCOMES
            assert case == self.ended[case.id], "what is closed stays as it was"

    @invariant()
    def nobody_is_told_twice_of_one_change(self) -> None:
        told = self.world.rows("notifications")
        assert len({one.key for one in told}) == len(told)
        pages = [one for one in self.world.rows("outbound") if one.key.startswith("page:")]
        assert len(pages) == len({one.outbound_id for one in told})
        assert {one.id for one in pages} == {one.outbound_id for one in told}


EscalationMachine.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_a_case_is_never_forgotten = EscalationMachine.TestCase
