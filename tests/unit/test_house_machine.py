"""Whatever patients, nurses, providers, the engine and the clock do, the promises hold.

A short run is part of every test run; `HYPOTHESIS_PROFILE=long` looks for longer.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core.conversation import InboundState, Mode, OutboundState
from bot.core.errors import AftercareError
from bot.core.escalation import OUTCOMES, EscalationState
from bot.services.acknowledge import acknowledge
from bot.services.close_escalation import close_escalation
from bot.services.find_due import find_due
from bot.services.hand_back import hand_back
from bot.services.pass_on import pass_on
from bot.services.rota import add_shift, remove_shift
from bot.services.snooze import snooze
from bot.services.take_over import take_over
from tests.unit.house_under_test import FLAGS, Died, TheHouse

NURSES = st.sampled_from(["chen", "liu", "zhao"])
PEOPLE = st.sampled_from(["wang", "wang", "fang"])
EVERYBODY = st.sampled_from(["wang", "fang", "chen", "liu", "zhao"])
WORDS = st.sampled_from(["3", "还好", "37.2", "谢谢", "不知道", "晚点", "语言", *FLAGS])
SENIOR = "nurse-zhao"


class HouseMachine(RuleBasedStateMachine):
    """Mrs Wang's follow-up with everything that can happen to it, on virtual time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.house = TheHouse(Path(self.folder.name))

    # --- Patients ---------------------------------------------------------------

    @rule(who=PEOPLE, words=WORDS, edited=st.sampled_from([False, False, False, True]))
    def somebody_says(self, who: str, words: str, edited: bool) -> None:
        self.house.take(who, words, edited=edited)

    @rule(who=PEOPLE, word=st.sampled_from(["退订", "恢复"]))
    def somebody_stops_or_starts(self, who: str, word: str) -> None:
        self.house.take(who, word)

    @rule(who=EVERYBODY, which=st.integers(0, 5))
    def somebody_presses(self, who: str, which: int) -> None:
        button = self.house.newest_button(who, which)
        if button:
            self.house.take(who, button=button)

    @precondition(lambda self: self.house.said)
    @rule(which=st.integers(0, 4))
    def a_provider_delivers_again(self, which: int) -> None:
        before = len(self.house.rows("inbound"))
        known = self.house.said[which % len(self.house.said)]
        self.house.again(known)
        came = [one for one in self.house.rows("inbound") if one.external_id == known.external_id]
        assert len(came) == 1
        assert len(self.house.rows("inbound")) >= before

    # --- Nurses -----------------------------------------------------------------

    @rule(nurse=NURSES, person=PEOPLE, explicit=st.booleans())
    def she_takes_the_chat_over(self, nurse: str, person: str, explicit: bool) -> None:
        chat = self.house.world.get("conversations", f"chat-{person}")
        leader = chat.nurse_id if chat.mode is Mode.NURSE else None
        given = {"from_nurse_id": leader or ""} if explicit else {}
        with suppress(AftercareError, Died):
            take_over(self.house.parts, conversation_id=chat.id, nurse_id=f"nurse-{nurse}", **given)
            now = self.house.world.get("conversations", chat.id)
            assert now.nurse_id == f"nurse-{nurse}"
            assert leader in (None, now.nurse_id) or explicit, "it was taken without a word"
        self.house.work()

    @rule(nurse=NURSES, person=PEOPLE)
    def she_hands_it_back(self, nurse: str, person: str) -> None:
        with suppress(AftercareError, Died):
            hand_back(self.house.parts, conversation_id=f"chat-{person}", nurse_id=f"nurse-{nurse}")
        self.house.work()

    @rule(nurse=NURSES, text=st.sampled_from(["您现在怎么样？", "好的", "交还"]))
    def she_types(self, nurse: str, text: str) -> None:
        self.house.take(nurse, text)

    @rule(nurse=NURSES, do=st.sampled_from([acknowledge, pass_on]))
    def she_takes_or_passes_on_a_case(self, nurse: str, do) -> None:
        for case in self.house.rows("escalations", state__not=EscalationState.CLOSED):
            with suppress(AftercareError, Died):
                do(self.house.parts, escalation_id=case.id, nurse_id=f"nurse-{nurse}")
        self.house.work()

    @rule(nurse=NURSES)
    def she_snoozes_or_closes_it(self, nurse: str) -> None:
        for case in self.house.rows("escalations", state__not=EscalationState.CLOSED):
            given = {"escalation_id": case.id, "nurse_id": f"nurse-{nurse}"}
            with suppress(AftercareError, ValueError, Died):
                if case.step % 2:
                    snooze(self.house.parts, minutes=10, reason="busy", **given)
                else:
                    close_escalation(self.house.parts, outcome="called", **given)

    @rule(nurse=NURSES, hours=st.integers(1, 12))
    def a_shift_is_added(self, nurse: str, hours: int) -> None:
        now = self.house.world.clock.now()
        with suppress(Died):
            add_shift(
                self.house.parts,
                nurse_id=f"nurse-{nurse}",
                rota="first",
                starts_at=now,
                ends_at=now + timedelta(hours=hours),
                by=SENIOR,
            )

    @rule()
    def everybody_goes_home(self) -> None:
        now = self.house.world.clock.now()
        for shift in self.house.rows("shifts", ends_at__gt=now):
            with suppress(AftercareError, Died):
                remove_shift(self.house.parts, shift_id=shift.id, by=SENIOR)

    # --- The world outside ----------------------------------------------------------

    @rule(who=EVERYBODY, fault=st.sampled_from(["", "unknown", "too_fast", "down", "dies", ""]))
    def a_provider_changes(self, who: str, fault: str) -> None:
        self.house.provider.faults.pop(who, None)
        if fault:
            self.house.provider.faults[who] = fault

    @rule(who=EVERYBODY)
    def somebody_blocks_us(self, who: str) -> None:
        self.house.provider.faults[who] = "blocked"

    @rule(down=st.booleans())
    def the_engine_goes_or_comes(self, down: bool) -> None:
        self.house.engine.down = down

    @rule(commits=st.integers(0, 4), kept=st.booleans())
    def the_process_will_die(self, commits: int, kept: bool) -> None:
        self.house.record.fuse, self.house.record.kept = commits, kept

    @rule()
    def the_process_will_die_over_a_turn(self) -> None:
        self.house.engine.dies = True

    @rule(minutes=st.sampled_from([1, 5, 15, 30, 60, 240, 720]))
    def time_passes(self, minutes: int) -> None:
        self.house.wait(minutes)

    # --- What always holds ------------------------------------------------------------

    @invariant()
    def what_was_accepted_is_kept_once_and_in_order(self) -> None:
        rows = self.house.rows("inbound", order_by="conversation_id,seq")
        kept = [one.external_id for one in rows]
        assert len(set(kept)) == len(kept)
        assert set(self.house.accepted) <= set(kept), "P1: an accepted message is lost"
        waits: dict[str, int] = {}
        for one in rows:
            if one.state is InboundState.RECEIVED:
                waits.setdefault(one.conversation_id, one.seq)
            else:
                assert one.conversation_id not in waits, "one message overtook another"

    @invariant()
    def a_red_flag_has_its_case(self) -> None:
        causes = {one.inbound_id for one in self.house.rows("causes")}
        flagged = [one for one in self.house.rows("inbound") if one.text in FLAGS]
        assert all(one.id in causes for one in flagged), "P2"

    @invariant()
    def a_case_has_a_next_step_until_a_nurse_ends_it(self) -> None:
        for case in self.house.rows("escalations"):
            if case.is_closed:
                assert case.closed_by, "P5"
                assert case.outcome in OUTCOMES
            else:
                assert case.next_step_at is not None, "P4"

    @invariant()
    def what_could_not_be_heard_is_told_and_handed_to_a_nurse(self) -> None:
        said = {one.key for one in self.house.rows("outbound")}
        tasks = {one.key for one in self.house.rows("tasks")}
        for one in self.house.rows("inbound", state=InboundState.FAILED):
            if one.part == "check_in":
                # Nobody waits for an answer: it is asked again, and a nurse hears of the
                # check-in when half an hour has not been enough: see test_check_ins_due.py.
                continue
            assert f"not_processed:{one.id}" in tasks
            assert f"{one.id}:saved" in said, "P7"

    @invariant()
    def what_arrives_twice_is_marked_and_nothing_comes_uncalled(self) -> None:
        assert self.house.provider.wrong == []
        twice = [key for key, count in self.house.provider.arrived.items() if count > 1]
        for row in self.house.rows("outbound", key__in=twice) if twice else ():
            assert row.possible_duplicate, "P8"

    @invariant()
    def one_nurse_leads_and_the_clock_of_her_silence_runs(self) -> None:
        open_ones = self.house.rows("takeovers", ended_at=None)
        led = self.house.rows("conversations", mode=Mode.NURSE)
        assert all(one.look_at is not None for one in open_ones)
        assert {(one.id, one.nurse_id) for one in led} == {
            (one.conversation_id, one.nurse_id) for one in open_ones
        }
        assert len(open_ones) == len(led)

    @invariant()
    def no_words_of_a_patient_fall_between_nurse_and_engine(self) -> None:
        keys = {one.key.split(":")[0] for one in self.house.rows("outbound")}
        for one in self.house.rows("inbound", part="text", state=InboundState.DONE):
            if one.conversation_id not in ("chat-wang", "chat-fang") or one.level == "emergency":
                continue
            assert one.id in keys | self.house.engine.heard, f"nobody heard {one.text}"

    # --- And in the end -----------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self.when_all_is_healed_the_house_is_quiet()
        finally:
            self.house.world.record.engine.dispose()
            self.folder.cleanup()

    def when_all_is_healed_the_house_is_quiet(self) -> None:
        house = self.house
        house.heal()
        for _ in range(3):
            house.wait(180)
            self.close_all()
        for _ in range(2):
            # Into the next morning, when what waited for the night's end has gone out.
            house.wait(720)
            self.close_all()
        house.wait(60)
        self.close_all()
        house.work()
        assert house.rows("inbound", state=InboundState.RECEIVED) == []
        waiting = (OutboundState.QUEUED, OutboundState.SENDING)
        assert house.rows("outbound", state__in=waiting) == []
        assert house.rows("takeovers", ended_at=None) == []
        assert find_due(house.parts) == []

    def close_all(self) -> None:
        for case in self.house.rows("escalations", state__not=EscalationState.CLOSED):
            close_escalation(
                self.house.parts, escalation_id=case.id, nurse_id=SENIOR, outcome="seen"
            )
        self.house.work()


LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
HouseMachine.TestCase.settings = settings(
    max_examples=1000 if LONG else 6,
    stateful_step_count=50 if LONG else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
test_the_promises_hold_whatever_happens = HouseMachine.TestCase
