"""Reader: the clause of one sign, and the words around it that steer how it is read."""

from __future__ import annotations

from bot.core.screening.clauses import Clause
from bot.core.screening.lexicon import Lexicons
from bot.core.screening.match import Found
from bot.core.screening.page import Page
from bot.core.screening.scan import Hit


class Reader:
    """What the questions about a sign have in common."""

    def __init__(self, found: Found, page: Page, lexicons: Lexicons) -> None:
        self.found, self.page, self.lexicons = found, page, lexicons
        self.clause = page.clauses[found.clause]
        self.context = lexicons.context
        here = [piece for piece in found.pieces if piece.start >= self.clause.start]
        self.pieces = sorted(here or found.pieces, key=lambda piece: piece.start)

    def hits(self, name: str, clause: Clause | None = None) -> tuple[Hit, ...]:
        """Words of a steering list in this clause or another one."""
        return self.page.of((clause or self.clause).number, self.context[name])

    def has(self, name: str, clause: Clause | None = None) -> bool:
        return bool(self.hits(name, clause))

    def following(self, count: int) -> tuple[Clause, ...]:
        """The next clauses of the message."""
        number = self.clause.number
        return self.page.clauses[number + 1 : number + 1 + count]

    def masked(self, negator: Hit, clause: Clause) -> bool:
        """Whether it stands in a phrase that denies nothing: 不舒服, `not only`."""
        return any(
            one.start <= negator.start and negator.end <= one.end
            for one in self.hits("not_negating", clause)
        )
