"""Rule sets and country statuses as JSON: ``punte.eligibility.rules/1`` and ``punte.eligibility.countries/1``."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal

import pycountry
from pydantic import Field

from punte.engines.eligibility.countries import Countries, Standing
from punte.engines.eligibility.rules import Requirement, Rule, RuleSet
from punte.formats.eligibility_tests import CaseTestFile, Day, Id
from punte.formats.eligibility_walks import mitigations_in, questions_in, zones_in
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem, PunteError

RULES_FORMAT: Final = "punte.eligibility.rules/1"
COUNTRIES_FORMAT: Final = "punte.eligibility.countries/1"
SHIPPED: Final = {"SAFE": "safe.json", "EDIP": "edip.json", "NATIONAL-RO": "national-ro.json"}
"""Rule sets that come with Punte, by the name used on the command line."""
MITIGATIONS: Final = ("fdi_screening", "member_state_guarantee", "no_readily_available_substitute")
"""What tempers a place or a control outside, by the name that rules and cases use."""


class _Rule(Record):
    id: Id
    title: str
    text: str
    article: str
    categories: list[str] = []
    valid_from: Day | None = None
    valid_to: Day | None = None
    test: CaseTestFile
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
    code: Id
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
    mitigations: dict[str, str] = {}
    requirements: list[list[str]] = Field(min_length=1)
    advice: list[str] = []
    translations: dict[str, dict[str, str]] = {}

    def sentences(self) -> set[str]:
        """Return everything in words that the file says."""
        found = {self.title, *(category.label for category in self.categories)}
        found |= set(self.mitigations.values())
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
    asked = {rule_id for _, rule_id in named}
    for idx, rule in enumerate(record.rules):
        at = f"rules[{idx}]"
        if rule.id not in asked:
            problems.append(
                Problem(
                    place=at,
                    what=f"{rule.id!r} stands in no requirement and no advice, so it asks nothing.",
                    remedy="Name it there, or take it out.",
                )
            )
        problems += _rule_problems(rule, at, record, zones)
    return problems


def _rule_problems(
    rule: _Rule, at: str, record: _RuleSet, zones: frozenset[str]
) -> Iterator[Problem]:
    """Yield what is wrong with one rule: its dates, its categories, and names that mean nothing."""
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        yield Problem(place=at, what="ends before it begins.")
    codes = [category.code for category in record.categories]
    for prefix in rule.categories:
        if codes and not any(code.startswith(prefix) for code in codes):
            yield Problem(
                place=f"{at}.categories",
                what=f"{prefix!r} begins no category of this file.",
                remedy=f"Use one of {', '.join(codes)}, or its beginning.",
            )
    test = rule.test.model_dump(exclude_none=True)
    mitigations = {*MITIGATIONS, *record.mitigations}
    for kind, found, known in (
        ("zone", zones_in(test), zones),
        ("mitigation", mitigations_in(test), mitigations),
    ):
        for name in sorted(found - known):
            yield Problem(
                place=f"{at}.test",
                what=f"{name!r} is no {kind}.",
                remedy=f"Use one of {', '.join(sorted(known))}"
                + (", or add it to mitigations." if kind == "mitigation" else "."),
            )


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
        mitigations=tuple(read.mitigations.items()),
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


@cache
def shipped_rule_sets() -> tuple[RuleSet, ...]:
    """Return the rule sets that come with Punte."""
    return tuple(rule_set(name) for name in SHIPPED)
