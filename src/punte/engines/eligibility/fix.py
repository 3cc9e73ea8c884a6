"""The single steps that may mend a "no"; :mod:`~punte.engines.eligibility.smallest` looks for the fewest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from punte.engines.eligibility.atoms import BUYERS, COMPONENTS, entity_group, flag_group
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Buyer, Case, Component, Entity, cost_limits
from punte.engines.eligibility.judge import Bench, judge
from punte.engines.eligibility.result import Change, Reason
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
    Rule,
    RuleSet,
    ShareAtMost,
    StudiesReplacement,
)
from punte.kernel.phrases import say, template_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One change.

    Parameters
    ----------
    group
        The part of the case that it touches, as in :mod:`~punte.engines.eligibility.atoms`.
    effort
        Orders steps of equal number: papers first, sourcing and joining next, another firm last.
    """

    change: Change
    apply: Callable[[Case], Case]
    group: str
    effort: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Workshop:
    case: Case
    countries: Countries
    on: date
    rule: Rule

    def step(
        self, place: str, text: str, apply: Callable[[Case], Case], *, group: str, effort: int = 1
    ) -> Step:
        change = Change(place=place, text=text, rule=self.rule.id)
        return Step(change=change, apply=apply, group=group, effort=effort)

    def fails(self, test: CaseTest) -> bool:
        bench = Bench(case=self.case, countries=self.countries, on=self.on)
        return judge(test, bench).state == "not"

    def inside(self, zones: tuple[str, ...]) -> str:
        """Return some country of the zones that the case does not name as a buyer yet, if there is one."""
        buyers = {buyer.country for buyer in self.case.buyers}
        found = sorted(self.countries.in_zones(zones, self.on))
        return next((code for code in found if code not in buyers), found[0] if found else "")


def steps_of(
    case: Case, reasons: tuple[Reason, ...], rules: RuleSet, countries: Countries, on: date
) -> list[Step]:
    """Return every single change that may mend what fails, the least effort first; dates that have passed are none."""
    failing = {
        part.rule
        for reason in reasons
        if reason.state == "not"
        for part in (reason, *reason.parts)
        if part.rule and part.state == "not"
    }
    steps = [
        step
        for rule in rules.rules
        if rule.id in failing and rule.holds_on(on)
        for step in _case_steps(
            rule.test, _Workshop(case=case, countries=countries, on=on, rule=rule)
        )
    ]
    seen: set[tuple[str, str]] = set()
    unique = []
    for step in steps:
        key = (step.change.place, step.change.text)
        if key not in seen:
            seen.add(key)
            unique.append(step)
    return sorted(unique, key=lambda step: step.effort)


def _case_steps(test: CaseTest, shop: _Workshop) -> Iterator[Step]:
    if not shop.fails(test):
        return
    match test:
        case CaseAll() | CaseAny():
            for part in test.tests:
                yield from _case_steps(part, shop)
        case CountryCount():
            yield from _buyer_steps(test, shop)
        case BuyersIn():
            yield from _leaving_steps(test, shop)
        case OutsideShare():
            yield from _component_steps(test, shop)
        case FlagIs():
            if shop.case.flag(test.name) is not test.value:
                template = (
                    template_of("make the answer yes: %(question)s")
                    if test.value
                    else template_of("make the answer no: %(question)s")
                )
                yield shop.step(
                    f"flags.{test.name}",
                    say(template, question=test.question),
                    lambda case: replace(
                        case,
                        flags=(
                            *((k, v) for k, v in case.flags if k != test.name),
                            (test.name, test.value),
                        ),
                    ),
                    group=flag_group(test.name),
                )
        case EveryEntity():
            for idx, entity in enumerate(shop.case.entities):
                of = _EntityShop(shop=shop, entity=entity, idx=idx)
                yield from _entity_steps(test.test, of)


_ROLE_PHRASES = {
    "borrower": template_of("let %(code)s take part as borrower"),
    "partner": template_of("let %(code)s take part as partner"),
}
_ADD_PHRASES = {
    (True, True): template_of("add a borrowing country of %(zones)s, for example %(code)s"),
    (True, False): template_of("add a borrowing country, for example %(code)s"),
    (False, True): template_of("add a participating country of %(zones)s, for example %(code)s"),
    (False, False): template_of("add a participating country, for example %(code)s"),
}
"""By whether it borrows, and whether only some zones count."""


def _buyer_steps(test: CountryCount, shop: _Workshop) -> Iterator[Step]:
    role = test.roles[0] if test.roles else "partner"
    available = sorted(
        (shop.countries.in_zones(test.zones, shop.on) if test.zones else shop.countries.codes)
        - {buyer.country for buyer in shop.case.buyers}
    )
    template = _ADD_PHRASES[role == "borrower", bool(test.zones)]
    for code in available[: test.at_least]:
        yield shop.step(
            "participants",
            say(template, zones=test.zones, code=code),
            lambda case, code=code: replace(  # type: ignore[misc]
                case, buyers=(*case.buyers, Buyer(country=code, role=role))
            ),
            group=BUYERS,
        )
    for idx, buyer in enumerate(shop.case.buyers):
        fits = not test.zones or shop.countries.is_in(buyer.country, test.zones, shop.on)
        if fits and test.roles and buyer.role not in test.roles:
            yield shop.step(
                f"participants[{idx}].role",
                say(_ROLE_PHRASES[role], code=buyer.country),
                # By country: where another buyer stays out by a step before, the places move.
                lambda case, code=buyer.country: replace(  # type: ignore[misc]
                    case,
                    buyers=tuple(
                        replace(b, role=role) if b.country == code else b for b in case.buyers
                    ),
                ),
                group=BUYERS,
            )


def _leaving_steps(test: BuyersIn, shop: _Workshop) -> Iterator[Step]:
    for idx, buyer in enumerate(shop.case.buyers):
        concerned = not test.roles or buyer.role in test.roles
        if concerned and not shop.countries.is_in(buyer.country, test.zones, shop.on):
            as_partner = buyer.role == "borrower"
            template = (
                template_of("let %(code)s join as a partner only")
                if as_partner
                else template_of("let %(code)s stay out")
            )
            yield shop.step(
                f"participants[{idx}]",
                say(template, code=buyer.country),
                lambda case, code=buyer.country, keep=as_partner: replace(  # type: ignore[misc]
                    case,
                    buyers=tuple(
                        Buyer(country=b.country, role="partner") if b.country == code else b
                        for b in case.buyers
                        if keep or b.country != code
                    ),
                ),
                group=BUYERS,
            )


def _component_steps(test: OutsideShare, shop: _Workshop) -> Iterator[Step]:
    code = shop.inside(test.zones)
    outside = [
        (place, component)
        for place, component in _with_places(shop.case.components, "components")
        if component.origin is not None
        and not shop.countries.is_in(component.origin, test.zones, shop.on)
    ]
    # What costs most beside its own parts first: the first set of a size that mends the share is then the one with most room.
    outside.sort(key=lambda found: -_own_cost(found[1]))
    for place, component in outside:
        yield shop.step(
            f"{place}.origin",
            say(
                "source %(name)s (%(origin)s) from inside %(zones)s",
                name=component.id,
                origin=component.origin or "",
                zones=test.zones,
            ),
            lambda case, wanted=component.id: replace(  # type: ignore[misc]
                case, components=_resourced(case.components, wanted, code)
            ),
            group=COMPONENTS,
        )


def _own_cost(component: Component) -> int:
    """Return what a component costs at the least beside its parts [cents]; only that takes its own origin."""
    return cost_limits(component)[0] - sum(cost_limits(part)[0] for part in component.parts)


def _with_places(components: tuple[Component, ...], at: str) -> Iterator[tuple[str, Component]]:
    for idx, component in enumerate(components):
        yield f"{at}[{idx}]", component
        yield from _with_places(component.parts, f"{at}[{idx}].parts")


def _resourced(
    components: tuple[Component, ...], wanted: str, origin: str
) -> tuple[Component, ...]:
    return tuple(
        replace(
            component,
            origin=origin if component.id == wanted else component.origin,
            parts=_resourced(component.parts, wanted, origin),
        )
        for component in components
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _EntityShop:
    """Makes the steps that concern one entity of the case."""

    shop: _Workshop
    entity: Entity
    idx: int

    def edit(
        self, place: str, text: str, change: Callable[[Entity], Entity], *, effort: int = 0
    ) -> Step:
        return self.shop.step(
            f"entities[{self.idx}]{place}",
            text,
            lambda case: _with_entity(case, self.idx, change(case.entities[self.idx])),
            group=entity_group(self.idx),
            effort=effort,
        )

    def replaced(self, zones: tuple[str, ...]) -> Step:
        code = self.shop.inside(zones)
        return self.edit(
            "",
            say(
                "replace %(name)s by a firm established, managed, working and controlled in %(zones)s",
                name=self.entity.id,
                zones=zones,
            ),
            lambda found: replace(
                found,
                country=code,
                management_country=code,
                controlled_by=code,
                facilities=(code,),
            ),
            effort=2,
        )

    def mitigated(self, name: str) -> Step:
        return self.edit(
            ".mitigations",
            say("obtain %(paper)s for %(name)s", paper=(name,), name=self.entity.id),
            lambda found: replace(found, mitigations=(*found.mitigations, name)),
        )

    def lowered(self, test: ShareAtMost) -> Step:
        template = (
            template_of("lower the share of %(name)s below %(limit)s")
            if test.strict
            else template_of("lower the share of %(name)s to %(limit)s")
        )
        share = test.at_most * Fraction(99, 100) if test.strict else test.at_most
        return self.edit(
            ".share",
            say(template, name=self.entity.id, limit=test.at_most),
            lambda found: replace(found, share=share),
        )

    def studied(self) -> Step:
        return self.edit(
            ".studies_replacement",
            say("commit to study replacing %(name)s within two years", name=self.entity.id),
            lambda found: replace(found, studies_replacement=True),
        )


def _with_entity(case: Case, idx: int, entity: Entity) -> Case:
    return replace(case, entities=(*case.entities[:idx], entity, *case.entities[idx + 1 :]))


def _entity_steps(test: EntityTest, of: _EntityShop) -> Iterator[Step]:
    entity = of.entity
    match test:
        case EntityAll() | EntityAny():
            for part in test.tests:
                yield from _entity_steps(part, of)
        case PlaceIn():
            yield of.replaced(test.zones)
        case HasMitigation():
            yield from map(of.mitigated, test.any_of)
        case ShareAtMost():
            if entity.share is not None and entity.share >= test.at_most:
                yield of.lowered(test)
        case StudiesReplacement():
            if not entity.studies_replacement:
                yield of.studied()
        case _:
            return
