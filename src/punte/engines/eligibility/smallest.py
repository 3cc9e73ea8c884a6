"""
The smallest change that mends a "no".

Parts of the case that no rule reads together are mended apart, and their fewest steps add up; within a part sets of steps are tried in
growing size. That is exact, and where the work allowed is not enough the answer says how many steps are needed at the least.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Final

from punte.engines.eligibility.atoms import COMPONENTS, Atom, atoms_of, clusters_of
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.fix import Step, steps_of
from punte.engines.eligibility.instance import Case, leaves_and_branches
from punte.engines.eligibility.judge import all_of
from punte.engines.eligibility.result import Change, Reason, State
from punte.engines.eligibility.rules import OutsideShare, RuleSet

MAX_TRIALS: Final = 4_000
"""Sets of steps that are judged before the search gives up and says what it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """
    A change that mends a "no".

    Parameters
    ----------
    changes
        ``None`` where none was found.
    fewest
        No change has fewer steps; ``None`` where none exists among the steps that are known.
    """

    changes: tuple[Change, ...] | None
    fewest: int | None


def smallest_fix(
    case: Case,
    reasons: tuple[Reason, ...],
    category: str,
    rules: RuleSet,
    countries: Countries,
    on: date,
) -> Fix:
    """
    Return the fewest steps after which no requirement says "no".

    One that leads to "eligible" is preferred to one of the same size that leaves something unknown. Dates that have passed are no step.

    Returns
    -------
    Fix
        Proved the smallest where it has as many steps as ``fewest``.
    """
    steps = steps_of(case, reasons, rules, countries, on)
    search = _Search(case=case, countries=countries, on=on)
    chosen: list[Step] = []
    fewest = 0
    for groups, atoms in clusters_of(atoms_of(case, category, rules, on)):
        if search.state([], atoms) != "not":
            continue
        own = [step for step in steps if step.group in groups]
        found, least = search.fewest(own, atoms)
        if least is None:
            return Fix(changes=None, fewest=None)
        fewest += least
        chosen += found or ()
        search.is_complete = search.is_complete and found is not None
    if not search.is_complete or not chosen:
        return Fix(changes=None, fewest=fewest or None)
    ordered = [step.change for step in steps if step in chosen]
    return Fix(changes=tuple(ordered), fewest=fewest)


@dataclass(slots=True, kw_only=True)
class _Search:
    """Tries sets of steps on one case, no more than ``MAX_TRIALS`` of them."""

    case: Case
    countries: Countries
    on: date
    trials: int = field(default=0)
    is_complete: bool = True

    def state(self, steps: Sequence[Step], atoms: Sequence[Atom]) -> State:
        """Return whether all ``atoms`` hold after ``steps``."""
        changed = self.case
        for step in steps:
            changed = step.apply(changed)
        return all_of(atom.state(changed, self.countries, self.on) for atom in atoms)

    def fewest(
        self, steps: list[Step], atoms: Sequence[Atom]
    ) -> tuple[tuple[Step, ...] | None, int | None]:
        """Return a set of steps that mends the atoms, and how many steps it takes at the least; no number where none does."""
        for size in range(1, len(steps) + 1):
            leaves_open: tuple[Step, ...] | None = None
            for chosen in self._sets(steps, atoms, size):
                self.trials += 1
                if self.trials > MAX_TRIALS:
                    return leaves_open or self._some(steps, atoms), size
                state = self.state(chosen, atoms)
                if state == "eligible":
                    return chosen, size
                if state == "unknown" and leaves_open is None:
                    leaves_open = chosen
            if leaves_open is not None:
                return leaves_open, size
        return None, None

    def _sets(
        self, steps: list[Step], atoms: Sequence[Atom], size: int
    ) -> Iterator[tuple[Step, ...]]:
        """
        Yield the sets of a size that are worth a trial.

        Where all costs are known, re-sourcing takes each component's own cost from the outside and adds up: the dearest do best.
        """
        tests = [test for atom in atoms for test in atom.tests]
        if (
            all(step.group == COMPONENTS for step in steps)
            and all(len(atom.tests) == 1 for atom in atoms)
            and all(isinstance(test, OutsideShare) for test in tests)
            and len({test.zones for test in tests if isinstance(test, OutsideShare)}) == 1
            and all(part.cost is not None for part in leaves_and_branches(self.case.components))
        ):
            yield tuple(steps[:size])
        else:
            yield from combinations(steps, size)

    def _some(self, steps: list[Step], atoms: Sequence[Atom]) -> tuple[Step, ...] | None:
        """Return some set of steps that mends the atoms and of which none can be spared; ``None`` if none is found so."""
        taken: list[Step] = []
        for step in steps:
            taken.append(step)
            if self.state(taken, atoms) != "not":
                break
        else:
            return None
        for step in list(taken):
            rest = [kept for kept in taken if kept is not step]
            if self.state(rest, atoms) != "not":
                taken = rest
        return tuple(taken)
