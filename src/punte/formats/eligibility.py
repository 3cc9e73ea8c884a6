"""Cases, questions to the composer, verdicts and compositions as JSON."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, InstanceOf

from punte import __version__
from punte.engines.eligibility.consortium import Composition, PartOffer, Question, flag_tests
from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import (
    Buyer,
    BuyerRole,
    Case,
    Component,
    Entity,
    EntityRole,
    checked,
)
from punte.engines.eligibility.result import Verdict
from punte.engines.eligibility.rules import RuleSet
from punte.engines.eligibility.solve import category_problems
from punte.formats.eligibility_rules import MITIGATIONS, shipped_rule_sets
from punte.formats.eligibility_tests import Day, Id, Share
from punte.formats.reading import Record, check_format, parse_json, validate
from punte.kernel.errors import InvalidInputError, Problem
from punte.kernel.money import Money, MoneyError
from punte.kernel.phrases import Phrase, said_record, say, template_of

CASE_FORMAT: Final = "punte.eligibility.case/1"
QUESTION_FORMAT: Final = "punte.eligibility.question/1"
VERDICT_FORMAT: Final = "punte.eligibility.verdict/1"
COMPOSITION_FORMAT: Final = "punte.eligibility.composition/1"
MOST_CENTS: Final = 10**16
SAID: Final = "_said"
"""Ends the name of a field that says how the sentence beside it was put together."""


def _as_amount(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    try:
        found = Money.parse(str(value)[:60])
    except MoneyError as error:
        raise ValueError(str(error)) from error
    if abs(found.cents) > MOST_CENTS:
        raise ValueError(template_of("an amount above 100,000,000,000,000 was mistyped"))
    return found


Amount = Annotated[InstanceOf[Money], BeforeValidator(_as_amount)]


class _Buyer(Record):
    country: str
    role: BuyerRole = "partner"


class _Organisation(Record):
    country: str | None = None
    management_country: str | None = None
    controlled_by: str | None = None
    mitigations: list[str] = []
    facilities: list[str] | None = None
    relationship_since: Day | None = None
    studies_replacement: bool | None = None
    small: bool | None = None


class _Entity(_Organisation):
    id: Id
    role: EntityRole = "contractor"
    share: Share | None = None


class _Component(Record):
    id: Id
    origin: str | None = None
    cost: Amount | None = None
    cost_range: list[Amount] | None = Field(default=None, min_length=2, max_length=2)
    parts: list["_Component"] = []

    def build(self, currency: str) -> Component:
        """Return the engine's component."""
        in_currency = [
            Money(money.cents, currency) if money else None
            for money in (self.cost, *(self.cost_range or (None, None)))
        ]
        cost, low, high = in_currency
        return Component(
            id=self.id,
            origin=self.origin,
            cost=cost,
            cost_range=(low, high) if low is not None and high is not None else None,
            parts=tuple(part.build(currency) for part in self.parts),
        )


class _Case(Record):
    format: Literal["punte.eligibility.case/1"]
    name: str = ""
    categories: list[str]
    contract_date: Day | None = None
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    participants: list[_Buyer] = []
    entities: list[_Entity] = []
    components: list[_Component] = []
    flags: dict[str, bool | None] = {}


class _Offer(Record):
    id: Id
    organisation: _Organisation
    covers: list[str]
    price: Amount
    match: Share = Fraction(0)
    may_lead: bool = True
    components: list[_Component] = []
    flags: dict[str, bool | None] = {}


class _Question(Record):
    format: Literal["punte.eligibility.question/1"]
    name: str = ""
    categories: list[str]
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$")
    parts: list[str]
    participants: list[_Buyer] = []
    offers: list[_Offer]
    home: str = ""
    max_members: int = Field(default=6, ge=1, le=1000)


def _entity(found: _Organisation, **more: Any) -> Entity:  # noqa: ANN401 - the rest of Entity's own fields
    return Entity(
        country=found.country,
        management_country=found.management_country,
        controlled_by=found.controlled_by,
        mitigations=tuple(found.mitigations),
        facilities=None if found.facilities is None else tuple(found.facilities),
        relationship_since=found.relationship_since,
        studies_replacement=found.studies_replacement,
        small=found.small,
        **more,
    )


def word_problems(case: Case, rules: RuleSet | None) -> Iterator[Problem]:
    """Yield answers to questions and mitigations of entities that no rule set knows: a word mistyped decides nothing."""
    sets = (*shipped_rule_sets(), *(() if rules is None else (rules,)))
    questions = {name for found in sets for name in flag_tests(found)}
    mitigations = {*MITIGATIONS, *(name for found in sets for name, _ in found.mitigations)}
    for name, _ in case.flags:
        if name not in questions:
            yield Problem(
                place="flags",
                what=say("“%(name)s” answers no question of the rules.", name=name),
                remedy=say("Use one of %(names)s.", names=tuple(sorted(questions))),
            )
    for idx, entity in enumerate(case.entities):
        for name in entity.mitigations:
            if name not in mitigations:
                yield Problem(
                    place=f"entities[{idx}].mitigations",
                    what=say("“%(name)s” is no mitigation of the rules.", name=name),
                    remedy=say("Use one of %(names)s.", names=tuple(sorted(mitigations))),
                )


def parse_case(
    content: bytes, countries: Countries, *, source: str, rules: RuleSet | None = None
) -> Case:
    """
    Return the case that a JSON text holds.

    Parameters
    ----------
    rules
        What it will be judged by: then its categories must be those of the rules. Questions and mitigations may be those of any
        rule set that comes with Punte, since one case is judged under several.

    Raises
    ------
    InvalidInputError
        With every fault and its place.
    """
    record = parse_json(content, source=source)
    check_format(record, CASE_FORMAT, source=source)
    read = validate(record, _Case, source=source)
    case = Case(
        name=read.name,
        categories=tuple(read.categories),
        contract_date=read.contract_date,
        buyers=tuple(Buyer(country=b.country, role=b.role) for b in read.participants),
        entities=tuple(_entity(e, id=e.id, role=e.role, share=e.share) for e in read.entities),
        components=tuple(component.build(read.currency) for component in read.components),
        flags=tuple(read.flags.items()),
    )
    problems = list(word_problems(case, rules))
    if rules is not None:
        problems += category_problems(case, rules)
    try:
        checked(case, countries, source=source)
    except InvalidInputError as error:
        problems = [*error.problems, *problems]
    if problems:
        raise InvalidInputError(source, problems)
    return case


def parse_question(content: bytes, *, source: str, rules: RuleSet | None = None) -> Question:
    """Return the question to the composer that a JSON text holds; the composer itself checks the rest of its sense."""
    record = parse_json(content, source=source)
    check_format(record, QUESTION_FORMAT, source=source)
    read = validate(record, _Question, source=source)
    offers = tuple(
        PartOffer(
            id=offer.id,
            entity=_entity(offer.organisation, id=offer.id),
            covers=tuple(offer.covers),
            price=Money(offer.price.cents, read.currency),
            match=offer.match,
            may_lead=offer.may_lead,
            components=tuple(component.build(read.currency) for component in offer.components),
            flags=tuple(offer.flags.items()),
        )
        for offer in read.offers
    )
    problems = [
        replace(
            problem, place=problem.place.replace("entities[0]", f"offers[{idx}].organisation", 1)
        )
        if problem.place.startswith("entities")
        else replace(problem, place=f"offers[{idx}].{problem.place}")
        for idx, offer in enumerate(offers)
        for problem in word_problems(
            Case(categories=(), entities=(offer.entity,), flags=offer.flags), rules
        )
    ]
    if problems:
        raise InvalidInputError(source, problems)
    return Question(
        name=read.name,
        categories=tuple(read.categories),
        parts=tuple(read.parts),
        buyers=tuple(Buyer(country=b.country, role=b.role) for b in read.participants),
        offers=offers,
        home=read.home,
        max_members=read.max_members,
    )


def _plain(value: object) -> object:
    """Return a dataclass tree as JSON values: money as decimal text, fractions as numbers, dates as text."""
    if isinstance(value, Money):
        return f"{value.amount:.2f}"
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        record: dict[str, object] = {}
        for field in fields(value):
            found = getattr(value, field.name)
            record[field.name] = _plain(found)
            record |= _said(field.name, found)
        return record
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def _said(name: str, value: object) -> dict[str, object]:
    """Return how sentences were put together, beside them, so that pages can say them in another language."""
    if isinstance(value, Phrase):
        return {f"{name}{SAID}": said_record(value)}
    if isinstance(value, tuple) and any(isinstance(part, Phrase) for part in value):
        return {f"{name}{SAID}": [said_record(part) for part in value]}
    return {}


def _record(kind: str, sha256: str, answer: object, runtime_s: float) -> dict[str, Any]:
    plain = _plain(answer)
    assert isinstance(plain, dict)
    return {
        "format": kind,
        "input_sha256": sha256,
        "engine": f"punte {__version__}",
        "runtime_s": round(runtime_s, 6),
        **plain,
    }


def plain_record(answer: object) -> Any:  # noqa: ANN401 - what the answer's fields hold
    """Return an answer, or part of one, as JSON values, with how its sentences were put together."""
    return _plain(answer)


def without_said(record: object) -> object:
    """Return JSON values without how sentences were put together: what the answer says is the same."""
    if isinstance(record, dict):
        return {k: without_said(v) for k, v in record.items() if not k.endswith(SAID)}
    if isinstance(record, list):
        return [without_said(part) for part in record]
    return record


def verdict_record(verdict: Verdict, *, input_sha256: str, runtime_s: float) -> dict[str, Any]:
    """Return a verdict as JSON values."""
    return _record(VERDICT_FORMAT, input_sha256, verdict, runtime_s)


def composition_record(
    composition: Composition, *, input_sha256: str, runtime_s: float, seed: int
) -> dict[str, Any]:
    """Return a composition as JSON values."""
    record = _record(COMPOSITION_FORMAT, input_sha256, composition, runtime_s)
    return {**record, "seed": seed}
