"""Rule sets and country statuses as JSON: ``punte.eligibility.rules/1`` and ``punte.eligibility.countries/1``."""

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import pycountry
from pydantic import BeforeValidator, Field, InstanceOf, model_validator

from punte.engines.eligibility.countries import Countries, Standing
from punte.engines.eligibility.instance import BuyerRole
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
    Requirement,
    RoleIs,
    Rule,
    RuleSet,
    ShareAtMost,
    SignedBy,
    StudiesReplacement,
)
from punte.formats.eligibility_walks import questions_in, zones_in
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem, PunteError

RULES_FORMAT: Final = "punte.eligibility.rules/1"
COUNTRIES_FORMAT: Final = "punte.eligibility.countries/1"
SHIPPED: Final = {"SAFE": "safe.json", "EDIP": "edip.json", "NATIONAL-RO": "national-ro.json"}
"""Rule sets that come with Punte, by the name used on the command line."""


def _as_date(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is no date of the calendar, write YYYY-MM-DD") from error
    return value


def _as_fraction(value: object) -> object:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        try:
            return Fraction(str(value))
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{value!r} is no fraction, write 0.35") from error
    return value


Day = Annotated[date, BeforeValidator(_as_date)]
Share = Annotated[InstanceOf[Fraction], BeforeValidator(_as_fraction)]
Zones = list[str]


class _CountryCount(Record):
    zones: Zones = []
    roles: list[BuyerRole] = []
    at_least: int = Field(ge=1)


class _BuyersIn(Record):
    zones: Zones
    roles: list[BuyerRole] = []


class _OutsideShare(Record):
    zones: Zones
    at_most: Share


class _FlagIs(Record):
    name: str
    value: bool
    question: str
    asked_of: Literal["contractor", "all"] = "all"


class _PlaceIn(Record):
    field: Literal["country", "management_country", "controlled_by", "facilities"]
    zones: Zones


class _ShareAtMost(Record):
    at_most: Share
    strict: bool = False


class _OneKey(Record):
    """A test: an object with exactly one key, the kind of test."""

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(value, dict) and len(value) != 1:
            raise ValueError("a test names exactly one kind")
        return value


class _EntityTest(_OneKey):
    entity_all: list["_EntityTest"] | None = None
    entity_any: list["_EntityTest"] | None = None
    place_in: _PlaceIn | None = None
    has_mitigation: list[str] | None = None
    share_at_most: _ShareAtMost | None = None
    related_before: Day | None = None
    studies_replacement: Literal[True] | None = None
    role_is: Literal["contractor", "subcontractor"] | None = None

    def build(self) -> EntityTest:
        """Return the engine's test."""
        found: EntityTest
        if self.entity_all is not None:
            found = EntityAll(tests=tuple(part.build() for part in self.entity_all))
        elif self.entity_any is not None:
            found = EntityAny(tests=tuple(part.build() for part in self.entity_any))
        elif self.place_in is not None:
            found = PlaceIn(field=self.place_in.field, zones=tuple(self.place_in.zones))
        elif self.has_mitigation is not None:
            found = HasMitigation(any_of=tuple(self.has_mitigation))
        elif self.share_at_most is not None:
            found = ShareAtMost(
                at_most=self.share_at_most.at_most, strict=self.share_at_most.strict
            )
        elif self.related_before is not None:
            found = RelatedBefore(day=self.related_before)
        elif self.role_is is not None:
            found = RoleIs(role=self.role_is)
        else:
            found = StudiesReplacement()
        return found


class _CaseTest(_OneKey):
    all_of: list["_CaseTest"] | None = None
    any_of: list["_CaseTest"] | None = None
    country_count: _CountryCount | None = None
    buyers_in: _BuyersIn | None = None
    outside_share: _OutsideShare | None = None
    flag_is: _FlagIs | None = None
    signed_by: Day | None = None
    every_entity: _EntityTest | None = None

    def build(self) -> CaseTest:
        """Return the engine's test."""
        if self.all_of is not None:
            return CaseAll(tests=tuple(part.build() for part in self.all_of))
        if self.any_of is not None:
            return CaseAny(tests=tuple(part.build() for part in self.any_of))
        if self.country_count is not None:
            count = self.country_count
            return CountryCount(
                zones=tuple(count.zones), roles=tuple(count.roles), at_least=count.at_least
            )
        if self.buyers_in is not None:
            return BuyersIn(zones=tuple(self.buyers_in.zones), roles=tuple(self.buyers_in.roles))
        if self.outside_share is not None:
            share = self.outside_share
            return OutsideShare(zones=tuple(share.zones), at_most=share.at_most)
        if self.flag_is is not None:
            flag = self.flag_is
            return FlagIs(
                name=flag.name, value=flag.value, question=flag.question, asked_of=flag.asked_of
            )
        if self.signed_by is not None:
            return SignedBy(last_day=self.signed_by)
        assert self.every_entity is not None
        return EveryEntity(test=self.every_entity.build())


class _Rule(Record):
    id: str
    title: str
    text: str
    article: str
    categories: list[str] = []
    valid_from: Day | None = None
    valid_to: Day | None = None
    test: _CaseTest
    sources: list[str]
    verified: bool
    note: str = ""

    def build(self) -> Rule:
        """Return the engine's rule."""
        return Rule(
            id=self.id,
            title=self.title,
            text=self.text,
            article=self.article,
            test=self.test.build(),
            categories=tuple(self.categories),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            sources=tuple(self.sources),
            verified=self.verified,
            note=self.note,
        )


class _Category(Record):
    code: str
    label: str


class _RuleSet(Record):
    format: Literal["punte.eligibility.rules/1"]
    id: str
    title: str
    version: str
    valid_from: Day | None = None
    valid_to: Day | None = None
    categories: list[_Category] = []
    rules: list[_Rule]
    requirements: list[list[str]]
    advice: list[str] = []
    translations: dict[str, dict[str, str]] = {}

    def sentences(self) -> set[str]:
        """Return everything in words that the file says."""
        found = {self.title, *(category.label for category in self.categories)}
        for rule in self.rules:
            found |= {rule.title, rule.text, rule.article, rule.note, *rule.sources}
            found |= questions_in(rule.test.model_dump(exclude_none=True))
        return found


class _Standing(Record):
    country: str
    zone: str
    since: Day | None = None
    until: Day | None = None
    source: str
    verified: bool


class _Countries(Record):
    format: Literal["punte.eligibility.countries/1"]
    compiled: Day
    standings: list[_Standing]


def _translation_problems(record: _RuleSet) -> list[Problem]:
    sentences = record.sentences()
    return [
        Problem(
            place=f"translations.{language}",
            what=f"{sentence!r} is no sentence of this file.",
            remedy="Copy the sentence as the file has it.",
        )
        for language, words in record.translations.items()
        for sentence in words
        if sentence not in sentences
    ]


def _rule_set_problems(record: _RuleSet, zones: frozenset[str]) -> list[Problem]:
    ids = [rule.id for rule in record.rules]
    problems = [
        Problem(place="rules", what=f"{rule_id!r} stands {count} times.")
        for rule_id, count in Counter(ids).items()
        if count > 1
    ]
    named = [
        (f"requirements[{i}]", r) for i, group in enumerate(record.requirements) for r in group
    ]
    named += [("advice", rule_id) for rule_id in record.advice]
    problems += [
        Problem(place=place, what=f"{rule_id!r} is no rule of this file.", remedy="Check the id.")
        for place, rule_id in named
        if rule_id not in ids
    ]
    problems += _translation_problems(record)
    for idx, group in enumerate(record.requirements):
        if not group:
            problems.append(Problem(place=f"requirements[{idx}]", what="is empty."))
    for idx, rule in enumerate(record.rules):
        at = f"rules[{idx}]"
        if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
            problems.append(Problem(place=at, what="ends before it begins."))
        problems += [
            Problem(
                place=f"{at}.test",
                what=f"{zone!r} is no zone.",
                remedy=f"Use one of {', '.join(sorted(zones))}.",
            )
            for zone in sorted(zones_in(rule.test.model_dump(exclude_none=True)) - zones)
        ]
    return problems


def parse_rule_set(content: bytes, countries: Countries, *, source: str) -> RuleSet:
    """
    Return the rule set that a JSON text holds.

    Raises
    ------
    InvalidInputError
        With every fault: unknown keys and kinds of test, unknown rules in the requirements, unknown zones, dates that do not exist.
    """
    record = parse_json(content, source=source)
    check_format(record, RULES_FORMAT, source=source)
    read = validate(record, _RuleSet, source=source)
    problems = _rule_set_problems(read, countries.zones)
    if problems:
        raise InvalidInputError(source, problems)
    return RuleSet(
        id=read.id,
        title=read.title,
        version=read.version,
        valid_from=read.valid_from,
        valid_to=read.valid_to,
        categories=tuple((category.code, category.label) for category in read.categories),
        rules=tuple(rule.build() for rule in read.rules),
        requirements=tuple(Requirement(any_of=tuple(group)) for group in read.requirements),
        advice=tuple(read.advice),
        translations=tuple(
            (language, text, said)
            for language, words in read.translations.items()
            for text, said in words.items()
        ),
    )


def parse_countries(content: bytes, *, source: str) -> Countries:
    """Return the register of countries that a JSON text holds; raises InvalidInputError as others do."""
    record = parse_json(content, source=source)
    check_format(record, COUNTRIES_FORMAT, source=source)
    read = validate(record, _Countries, source=source)
    return Countries(
        codes=frozenset(country.alpha_2 for country in pycountry.countries) | {"XK"},
        standings=tuple(
            Standing(
                country=found.country,
                zone=found.zone,
                since=found.since,
                until=found.until,
                source=found.source,
                verified=found.verified,
            )
            for found in read.standings
        ),
    )


def _shipped(name: str) -> bytes:
    return (files("punte.formats") / "eligibility_data" / name).read_bytes()


@cache
def shipped_countries() -> Countries:
    """Return the register of countries that comes with Punte."""
    return parse_countries(_shipped("countries.json"), source="countries.json")


def rule_set(name: str) -> RuleSet:
    """
    Return a rule set by its shipped name, or from a file.

    Raises
    ------
    PunteError
        If ``name`` is neither.
    InvalidInputError
        If the file is not sound.
    """
    shipped = SHIPPED.get(name.upper())
    if shipped is not None:
        return parse_rule_set(_shipped(shipped), shipped_countries(), source=shipped)
    path = Path(name)
    if not path.exists():
        raise PunteError(
            f"{name} is no rule set: give one of {', '.join(SHIPPED)}, or the name of a rules file."
        )
    return parse_rule_set(read_bytes(path), shipped_countries(), source=name)
