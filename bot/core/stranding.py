"""Stranding: what a change of the pathways would do to people who are, or would be, on them.

Nobody is moved by a release; these are warnings, so that both who sign have seen them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.core.finding import Finding, Severity
from bot.core.pathway import TIERS, Pathway

KIND = "would_strand"


def stranded(old: Mapping[str, Pathway], new: Mapping[str, Pathway]) -> list[Finding]:
    """Operations that no pathway serves any more, and follow-ups that end sooner."""
    found = [*_unserved(old, new)]
    for id, before in old.items():
        after = new.get(id)
        if after is not None:
            found += _shorter(before, after)
    return found


def _unserved(old: Mapping[str, Pathway], new: Mapping[str, Pathway]) -> Iterator[Finding]:
    served = {code for one in new.values() for code in one.procedures}
    for id, before in old.items():
        gone = [code for code in before.procedures if code not in served]
        if gone:
            codes = ", ".join(gone)
            yield _finding(
                id,
                f"no pathway serves {codes} any more: nobody can be enrolled after this operation",
                "Give the code to another pathway, or make sure that the ward knows",
                f"不再有方案对应 {codes}：做这种手术的人无法登记",
                "请把代码给另一个方案，或确认病区已经知道",
            )


def _shorter(before: Pathway, after: Pathway) -> Iterator[Finding]:
    for tier in TIERS:
        was, now = last_day(before, tier), last_day(after, tier)
        if now < was:
            yield _finding(
                after.id,
                f"tier {tier}: the last check-in is on day {now} and was on day {was}; whoever is "
                "between them has nothing left in this version",
                "She stays on hers; moving her would end her follow-up, and the dry run names her",
                f"风险等级 {tier}：最后一次随访是第 {now} 天，原来是第 {was} 天；"
                "正在这之间的患者在新版本里没有随访了",
                "她会留在原来的版本；如果把她移过来，随访就结束了，试运行会列出名字",
            )


def last_day(pathway: Pathway, tier: str) -> int:
    """The day of the last turn of the last check-in of this tier; 0 without any."""
    days = [
        plan.day + ((plan.repeat.times - 1) * plan.repeat.every_days if plan.repeat else 0)
        for plan in pathway.check_ins
        if tier in plan.tiers
    ]
    return max(days, default=0)


def _finding(id: str, what: str, hint: str, zh: str, zh_hint: str) -> Finding:
    return Finding(f"{id}.yml", 1, 1, KIND, what, hint, Severity.WARNING, (zh, zh_hint))
