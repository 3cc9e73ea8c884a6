"""A growing set of clauses over numbered literals, with the small encodings that the timetable needs."""

from collections.abc import Iterable, Sequence
from itertools import combinations

_PAIRS_UP_TO = 12
"""Up to here forbidding every pair takes fewer clauses and literals than a chain."""


class Clauses:
    """
    Clauses in the solver's own form: literals are integers, negative for "not".

    Attributes
    ----------
    count
        Literals in use; the next is ``count + 1``.
    clauses
        Each a list of literals of which one must hold.
    """

    def __init__(self) -> None:
        self.count = 0
        self.clauses: list[list[int]] = []

    def new_literal(self) -> int:
        """Return a literal that no clause holds yet."""
        self.count += 1
        return self.count

    def add(self, *literals: int) -> None:
        """Require one of the literals."""
        self.clauses.append(list(literals))

    def forbid_pairs(self, literals: Sequence[int]) -> None:
        """Require at most one, by a clause for each pair; propagates best and serves short lists."""
        for first, second in combinations(literals, 2):
            self.clauses.append([-first, -second])

    def allow_one(self, literals: Sequence[int]) -> None:
        """Require at most one, by pairs for short lists and by a chain of literals for long ones."""
        if len(literals) <= _PAIRS_UP_TO:
            self.forbid_pairs(literals)
            return
        seen = 0
        for number, literal in enumerate(literals):
            is_last = number == len(literals) - 1
            if seen:
                self.add(-seen, -literal)
            if is_last:
                break
            now = self.new_literal()
            self.add(-literal, now)
            if seen:
                self.add(-seen, now)
            seen = now

    def either(self, literals: Sequence[int]) -> int:
        """Return a literal that holds exactly if one of ``literals`` (at least one of them) does."""
        if len(literals) == 1:
            return literals[0]
        found = self.new_literal()
        for literal in literals:
            self.add(-literal, found)
        self.add(-found, *literals)
        return found

    def allow(self, literals: Iterable[int], most: int) -> None:
        """
        Require at most ``most`` of ``literals``, >= 0, by a totaliser cut off above the limit.

        References
        ----------
        Bailleux and Boufkhad, "Efficient CNF Encoding of Boolean Cardinality Constraints", CP 2003.
        """
        found = list(literals)
        if most >= len(found):
            return
        if most == 0:
            for literal in found:
                self.add(-literal)
            return
        for literal in self._count(found, most + 1)[most:]:
            self.add(-literal)

    def allow_by_network(self, literals: list[int], most: int) -> None:
        """
        Require at most ``most`` of ``literals``, >= 0, by a cardinality network.

        References
        ----------
        Asin, Nieuwenhuis, Oliveras and Rodriguez-Carbonell, "Cardinality Networks", Constraints 16 (2011).
        """
        if most < len(literals):
            self._add_network("atmost", literals, most)

    def require(self, literals: list[int], number: int) -> None:
        """Require exactly ``number`` of ``literals``, from none to all, by a cardinality network."""
        if number in (0, len(literals)):
            for literal in literals:
                self.add(literal if number else -literal)
            return
        self._add_network("equals", literals, number)

    def _add_network(self, kind: str, literals: list[int], bound: int) -> None:
        from pysat.card import CardEnc, EncType

        network = getattr(CardEnc, kind)(
            lits=literals, bound=bound, top_id=self.count, encoding=EncType.cardnetwrk
        )
        self.clauses += network.clauses
        self.count = max(self.count, network.nv)

    def _count(self, literals: list[int], most: int) -> list[int]:
        """Return literals of which the i-th holds if at least i + 1 of ``literals`` hold, up to ``most`` of them."""
        if len(literals) == 1:
            return literals
        middle = len(literals) // 2
        left = self._count(literals[:middle], most)
        right = self._count(literals[middle:], most)
        total = [self.new_literal() for _ in range(min(most, len(left) + len(right)))]
        for first in range(len(left) + 1):
            for second in range(len(right) + 1):
                if not first + second:
                    continue
                clause = [total[min(first + second, len(total)) - 1]]
                if first:
                    clause.append(-left[first - 1])
                if second:
                    clause.append(-right[second - 1])
                self.clauses.append(clause)
        return total
