"""
Is this verdict right? A second reading of the rules that shares no code with the judge.

Every completion of what is not known is a world in which each test is plainly true or false. A verdict "eligible" must hold in every
world, a "not" in none. Worlds are enumerated where there are few, and drawn by a given seed where there are many.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final, Protocol, TypeVar

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case, Component, Entity
from punte.engines.eligibility.result import Verdict
from punte.engines.eligibility.rules import (
    BuyersIn,
    CaseAll,
    CaseAny,
    CaseTest,
    CountryCount,
    EntityAll,
    EntityAny,
    EntityTest,
    EveryEntity,
    FlagIs,
    HasMitigation,
    OutsideShare,
    PlaceIn,
    RelatedBefore,
    RoleIs,
    RuleSet,
    ShareAtMost,
    SignedBy,
    StudiesReplacement,
)
from punte.kernel.money import Money

Value = TypeVar("Value")

_SHARES: Final = (Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))
_OPEN_COST: Final = (Money(100), Money(100_000_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """
    What the check found.

    Parameters
    ----------
    violations
        Worlds that contradict the verdict, in words; empty when it stands.
    worlds
        How many were looked at.
    exhaustive
        Whether every combination of the tried values was.
    """

    violations: tuple[str, ...]
    worlds: int
    exhaustive: bool


def check(
    verdict: Verdict,
    case: Case,
    rules: RuleSet,
    countries: Countries,
    *,
    most_worlds: int = 512,
    seed: int = 0,
) -> Checked:
    """
    Return whether ``verdict`` agrees with the worlds that are possible.

    Parameters
    ----------
    most_worlds
        Limit for each reading, >= 1; above it the rest is drawn at random.
    """
    violations: list[str] = []
    seen, exhaustive = 0, True
    for reading in verdict.readings:
        for world, is_whole in _worlds(case, rules, countries, verdict.on, most_worlds, seed):
            if not any(part.cost and part.cost.cents for part in world.components):
                continue  # Of what costs nothing no share can be told: no product.
            seen += 1
            exhaustive = exhaustive and is_whole
            truth = holds(world, reading.category, rules, countries, verdict.on)
            if (reading.state == "eligible" and not truth) or (reading.state == "not" and truth):
                met = "met" if truth else "not met"
                violations.append(
                    f"category {reading.category}: the verdict is {reading.state}, but the rules are {met} with {_told(world)}"
                )
                break
    return Checked(violations=tuple(violations), worlds=seen, exhaustive=exhaustive)


class _Chooser(Protocol):
    def choose(self, options: Sequence[Value]) -> Value: ...


@dataclass(slots=True)
class _Odometer:
    """Walks through all combinations: each run replays the digits of the last one, the final one advanced."""

    digits: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    position: int = 0

    def choose(self, options: Sequence[Value]) -> Value:
        if self.position == len(self.digits):
            self.digits.append(0)
            self.sizes.append(len(options))
        self.position += 1
        return options[self.digits[self.position - 1]]

    def advance(self) -> bool:
        """Move on; False when all combinations have been seen."""
        self.position = 0
        while self.digits and self.digits[-1] + 1 == self.sizes[-1]:
            self.digits.pop()
            self.sizes.pop()
        if not self.digits:
            return False
        self.digits[-1] += 1
        return True


def _worlds(
    case: Case, rules: RuleSet, countries: Countries, on: date, most: int, seed: int
) -> Iterator[tuple[Case, bool]]:
    asked = sorted({name for rule in rules.rules for name in _flag_names(rule.test)})
    inside = countries.in_zones(countries.zones, on)
    kinds = (countries.in_zones(("EU",), on), inside, countries.codes - inside)
    # On an early day nobody stands in any of the frameworks: then there is no such place to try.
    places = tuple(dict.fromkeys(min(kind) for kind in kinds if kind))
    odometer = _Odometer()
    for _ in range(most):
        yield _completed(case, asked, places, odometer), True
        if not odometer.advance():
            return
    draw = random.Random(seed)
    for _ in range(most):
        yield _completed(case, asked, places, _Drawing(draw)), False


@dataclass(frozen=True, slots=True)
class _Drawing:
    draw: random.Random

    def choose(self, options: Sequence[Value]) -> Value:
        return self.draw.choice(options)


def _completed(case: Case, asked: list[str], places: tuple[str, ...], by: _Chooser) -> Case:
    flags = []
    for name in asked:
        known = case.flag(name)
        flags.append((name, by.choose((True, False)) if known is None else known))
    entities = case.entities or (Entity(id="unnamed"),)
    return replace(
        case,
        flags=tuple(flags),
        entities=tuple(_completed_entity(entity, places, by) for entity in entities),
        components=_completed_components(
            case.components or (Component(id="unnamed"),), None, places, by
        ),
    )


def _completed_entity(entity: Entity, places: tuple[str, ...], by: _Chooser) -> Entity:
    def known(value: Value | None, options: Sequence[Value]) -> Value:
        return by.choose(options) if value is None else value

    return replace(
        entity,
        country=known(entity.country, places),
        management_country=known(entity.management_country, places),
        controlled_by=known(entity.controlled_by, places),
        facilities=known(entity.facilities or None, [(place,) for place in places]),
        share=known(entity.share, _SHARES),
        relationship_since=known(entity.relationship_since, (date(2020, 1, 1), date(2100, 1, 1))),
        studies_replacement=known(entity.studies_replacement, (True, False)),
    )


def _least(component: Component) -> int:
    """Return the least that a component can cost [cents]."""
    if component.cost is not None:
        return component.cost.cents
    low = component.cost_range[0].cents if component.cost_range else 0
    return max(low, sum(map(_least, component.parts)))


def _completed_components(
    components: Sequence[Component], most: int | None, places: tuple[str, ...], by: _Chooser
) -> tuple[Component, ...]:
    """Complete components whose costs sum to at most ``most`` [cents], each with what the later ones leave over."""
    done: list[Component] = []
    left = most
    for idx, component in enumerate(components):
        later = sum(map(_least, components[idx + 1 :]))
        made = _completed_component(component, None if left is None else left - later, places, by)
        if left is not None and made.cost is not None:
            left -= made.cost.cents
        done.append(made)
    return tuple(done)


def _completed_component(
    component: Component, most: int | None, places: tuple[str, ...], by: _Chooser
) -> Component:
    """Complete a component that costs at most ``most`` [cents]: first its own cost, then its parts within it."""
    least = _least(component)
    bounds = component.cost_range or _OPEN_COST
    wanted = [max(money.cents, least) for money in bounds]
    if most is not None:
        wanted = [min(cents, most) for cents in wanted]
    cost = component.cost or Money(by.choose(tuple(dict.fromkeys(wanted))), bounds[0].currency)
    return replace(
        component,
        origin=component.origin or by.choose(places),
        cost=cost,
        cost_range=None,
        parts=_completed_components(component.parts, cost.cents, places, by),
    )


def _told(world: Case) -> str:
    """Say what a world is made of."""
    parts = [f"{part.id} from {part.origin} at {part.cost}" for part in _every(world.components)]
    firms = [f"{firm.id} in {firm.country}, from {firm.controlled_by}" for firm in world.entities]
    answers = [f"{name} {'yes' if answer else 'no'}" for name, answer in world.flags]
    return "; ".join((*parts, *firms, *answers))


def _every(components: Sequence[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _every(component.parts)


def _flag_names(test: CaseTest) -> Iterator[str]:
    if isinstance(test, FlagIs):
        yield test.name
    if isinstance(test, CaseAll | CaseAny):
        for part in test.tests:
            yield from _flag_names(part)


def holds(case: Case, category: str, rules: RuleSet, countries: Countries, on: date) -> bool:
    """Return whether a case without open places meets the rules, by plain two-valued logic."""
    if rules.valid_from is not None and on < rules.valid_from:
        return False
    if rules.valid_to is not None and on > rules.valid_to:
        return False
    for requirement in rules.requirements:
        chosen = [rules.rule(rule_id) for rule_id in requirement.any_of]
        chosen = [rule for rule in chosen if rule.applies_to(category)]
        alone = len(requirement.any_of) == 1
        if not chosen or (alone and not chosen[0].holds_on(on)):
            continue
        if not any(rule.holds_on(on) and _true(rule.test, case, countries, on) for rule in chosen):
            return False
    return True


def _true(test: CaseTest, case: Case, countries: Countries, on: date) -> bool:
    match test:
        case CaseAll():
            return all(_true(part, case, countries, on) for part in test.tests)
        case CaseAny():
            return any(_true(part, case, countries, on) for part in test.tests)
        case CountryCount():
            fitting = {
                buyer.country
                for buyer in case.buyers
                if buyer.role in (test.roles or ("borrower", "partner"))
                and (not test.zones or countries.is_in(buyer.country, test.zones, on))
            }
            return len(fitting) >= test.at_least
        case BuyersIn():
            return all(
                countries.is_in(buyer.country, test.zones, on)
                for buyer in case.buyers
                if buyer.role in (test.roles or ("borrower", "partner"))
            )
        case OutsideShare():
            out, total = _outside_cost(case.components, test.zones, countries, on)
            return out <= test.at_most * total if total else False
        case FlagIs():
            return case.flag(test.name) is test.value
        case SignedBy():
            return on <= test.last_day
        case EveryEntity():
            return all(_entity_true(test.test, entity, countries, on) for entity in case.entities)


def _outside_cost(
    components: Sequence[Component], zones: tuple[str, ...], countries: Countries, on: date
) -> tuple[int, int]:
    """Return the cost from outside and the whole cost of a completed case [cents]."""
    out = total = 0
    for component in components:
        assert component.cost is not None
        assert component.origin is not None
        parts_out, parts_total = _outside_cost(component.parts, zones, countries, on)
        rest = component.cost.cents - parts_total
        is_outside = not countries.is_in(component.origin, zones, on)
        out += parts_out + (rest if is_outside else 0)
        total += component.cost.cents
    return out, total


def _entity_true(test: EntityTest, entity: Entity, countries: Countries, on: date) -> bool:
    match test:
        case EntityAll():
            return all(_entity_true(part, entity, countries, on) for part in test.tests)
        case EntityAny():
            return any(_entity_true(part, entity, countries, on) for part in test.tests)
        case PlaceIn():
            found = getattr(entity, test.field)
            places = [found] if isinstance(found, str) else list(found)
            return all(countries.is_in(place, test.zones, on) for place in places)
        case HasMitigation():
            return not set(test.any_of).isdisjoint(entity.mitigations)
        case ShareAtMost():
            assert entity.share is not None
            return entity.share < test.at_most or (not test.strict and entity.share == test.at_most)
        case RelatedBefore():
            assert entity.relationship_since is not None
            return entity.relationship_since < test.day
        case StudiesReplacement():
            return entity.studies_replacement is True
        case RoleIs():
            return entity.role == test.role
