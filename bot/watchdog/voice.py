"""Voice: tells administrators over the provider itself, not through the outbox."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.errors import DeliveryFailed
from bot.core.message import Outgoing
from bot.core.watch import Invariant
from bot.services.faults import kind_and_place
from bot.services.ports import Sender
from bot.watchdog.administrators import Administrator
from bot.watchdog.alarms import Fault, News
from bot.watchdog.words import alarm_text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Voice:
    """`senders` by channel; `house` is the hospital's name by language."""

    senders: Mapping[str, Sender]
    house: Mapping[str, str]
    zone: str

    def tell(
        self,
        said: News,
        looked: Mapping[str, Invariant],
        faults: Mapping[str, Fault],
        *,
        to: Sequence[Administrator],
        logged: Iterable[str],
    ) -> bool:
        """Tell it to everybody in `to`; says whether anybody was reached.

        `logged`: faults that the log must name now. Raises nothing.
        """
        if not said:
            return False
        for id in logged:
            one = looked[id]
            log.critical(
                "technical alarm: %s, found %s of %s, %s", id, one.found, one.limit, one.reason
            )
        still = [id for id, fault in faults.items() if fault.well_since is None]
        reached = 0
        for person in to:
            text = alarm_text(
                said,
                looked,
                {id: fault.since for id, fault in faults.items()},
                still=still,
                language=person.language,
                house=self.house.get(person.language, ""),
                zone=self.zone,
            )
            reached += self._send(person, text)
        if said.over:
            log.warning("technical alarm over: %s", ", ".join(said.over))
        if logged and not reached:
            log.critical("technical alarm: no administrator could be reached")
        return reached > 0

    def _send(self, person: Administrator, text: str) -> bool:
        sender = self.senders.get(person.channel)
        if sender is None:
            return False
        try:
            sender.send(Outgoing(address=person.address, text=text))
        except DeliveryFailed as failure:
            log.error("alarm not delivered to %s: %s", person.nurse_id, failure.reason)
            return False
        except Exception as fault:
            log.error("alarm not delivered", extra=kind_and_place(fault))
            return False
        return True
