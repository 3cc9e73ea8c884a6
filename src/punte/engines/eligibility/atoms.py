"""What must hold for a case, cut as fine as it goes, and which parts of the case each piece reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case
from punte.engines.eligibility.judge import Bench, any_of, judge, judge_entity
from punte.engines.eligibility.result import State
from punte.engines.eligibility.rules import (
    BuyersIn,
    CaseAll,
    CaseAny,
    CaseTest,
    CountryCount,
    EntityTest,
    EveryEntity,
    FlagIs,
    OutsideShare,
    RuleSet,
    SignedBy,
)

BUYERS: Final = "buyers"
COMPONENTS: Final = "components"


def entity_group(idx: int) -> str:
    """Return the group of one entity."""
    return f"entity {idx}"


def flag_group(name: str) -> str:
    """Return the group of one yes-no question."""
    return f"flag {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """
    One thing that must hold; all of them together are the requirements.

    Parameters
    ----------
    groups
        Parts of the case that it reads and that a step may change.
    tests
        At least one must hold; tests of one entity where ``entity_idx`` names it.
    """

    groups: frozenset[str]
    tests: tuple[CaseTest, ...] = ()
    entity_test: EntityTest | None = None
    entity_idx: int = 0

    def state(self, case: Case, countries: Countries, on: date) -> State:
        """Return whether it holds for a case."""
        bench = Bench(case=case, countries=countries, on=on)
        if self.entity_test is not None:
            entity = case.entities[self.entity_idx]
            return judge_entity(self.entity_test, entity, bench, "").state
        return any_of(judge(test, bench).state for test in self.tests)


def atoms_of(case: Case, category: str, rules: RuleSet, on: date) -> list[Atom]:
    """Return what the requirements in force ask of a case under one reading of its category."""
    found: list[Atom] = []
    for requirement in rules.requirements:
        chosen = [rule for rule in map(rules.rule, requirement.any_of) if rule.applies_to(category)]
        in_force = [rule.test for rule in chosen if rule.holds_on(on)]
        if len(requirement.any_of) == 1:
            found += [atom for test in in_force for atom in _split(test, case)]
        elif chosen:
            found.append(_atom(tuple(in_force), case))
    return found


def _atom(tests: tuple[CaseTest, ...], case: Case) -> Atom:
    groups = frozenset(group for test in tests for group in _groups(test, case))
    return Atom(groups=groups, tests=tests)


def _split(test: CaseTest, case: Case) -> Iterator[Atom]:
    if isinstance(test, CaseAll):
        for part in test.tests:
            yield from _split(part, case)
    elif isinstance(test, EveryEntity) and case.entities:
        for idx in range(len(case.entities)):
            yield Atom(groups=frozenset({entity_group(idx)}), entity_test=test.test, entity_idx=idx)
    else:
        yield _atom((test,), case)


def _groups(test: CaseTest, case: Case) -> Iterator[str]:
    match test:
        case CaseAll() | CaseAny():
            for part in test.tests:
                yield from _groups(part, case)
        case CountryCount() | BuyersIn():
            yield BUYERS
        case OutsideShare():
            yield COMPONENTS
        case FlagIs():
            yield flag_group(test.name)
        case EveryEntity():
            yield from map(entity_group, range(len(case.entities)))
        case SignedBy():
            return


def clusters_of(atoms: list[Atom]) -> list[tuple[frozenset[str], list[Atom]]]:
    """Return the atoms by the parts of the case that they read, so that no two clusters read one part."""
    clusters: list[tuple[frozenset[str], list[Atom]]] = []
    for atom in atoms:
        touching = [found for found in clusters if found[0] & atom.groups]
        clusters = [found for found in clusters if not found[0] & atom.groups]
        groups = atom.groups.union(*(found[0] for found in touching))
        clusters.append((groups, [*(held for found in touching for held in found[1]), atom]))
    return clusters
