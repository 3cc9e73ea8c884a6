"""
Rule sets: dated, sourced data, with a small vocabulary of tests.

A test is a tree. Its leaves ask one thing of the case or of each entity; its branches are "all of" and "any of". The vocabulary is kept
small so that the judge, the composer and the independent checker can each read all of it.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from punte.engines.eligibility.instance import BuyerRole

# --- tests of the whole case


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryCount:
    """At least ``at_least`` different buying countries of these zones and roles (empty: any)."""

    zones: tuple[str, ...] = ()
    roles: tuple[BuyerRole, ...] = ()
    at_least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyersIn:
    """Every buying country of these roles (empty: any) lies in the zones."""

    zones: tuple[str, ...]
    roles: tuple[BuyerRole, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideShare:
    """Components from outside the zones cost at most this fraction of all components."""

    zones: tuple[str, ...]
    at_most: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagIs:
    """
    A yes-no question of the case is answered so; ``question`` is asked where it is open.

    In a consortium it is asked of the contractor, or of every member (``asked_of``): then one "yes" is a yes, and a "no" needs all.
    """

    name: str
    value: bool
    question: str
    asked_of: Literal["contractor", "all"] = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedBy:
    """The contract is signed on or before a day."""

    last_day: date


# --- tests of one entity


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceIn:
    """The named places of an entity all lie in the zones."""

    field: Literal["country", "management_country", "controlled_by", "facilities"]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HasMitigation:
    """The entity has at least one of these mitigations."""

    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareAtMost:
    """The entity has at most this fraction of the contract value; strictly less if ``strict``."""

    at_most: Fraction
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedBefore:
    """The contractual relationship began before a day."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class StudiesReplacement:
    """The contractor commits to study replacing the entity within two years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleIs:
    """The entity is a contractor, or a subcontractor."""

    role: Literal["contractor", "subcontractor"]


EntityLeaf = PlaceIn | HasMitigation | ShareAtMost | RelatedBefore | StudiesReplacement | RoleIs


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityAll:
    """Every one of these holds for the entity."""

    tests: tuple["EntityTest", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityAny:
    """At least one of these holds for the entity."""

    tests: tuple["EntityTest", ...]


EntityTest = EntityLeaf | EntityAll | EntityAny


@dataclass(frozen=True, slots=True, kw_only=True)
class EveryEntity:
    """``test`` holds for every contractor and subcontractor; a case without any is not known."""

    test: EntityTest


CaseLeaf = CountryCount | BuyersIn | OutsideShare | FlagIs | SignedBy | EveryEntity


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAll:
    """Every one of these holds."""

    tests: tuple["CaseTest", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAny:
    """At least one of these holds."""

    tests: tuple["CaseTest", ...]


CaseTest = CaseLeaf | CaseAll | CaseAny


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    One rule of an instrument.

    Parameters
    ----------
    text
        What it says, in our words.
    article
        Where it stands.
    categories
        Category codes or prefixes it applies to (``2`` for 2a to 2f); empty for all.
    valid_from, valid_to
        First and last day; ``None`` for open.
    sources
        Where it was read.
    verified
        Whether that source was seen; where not, the page says so.
    """

    id: str
    title: str
    text: str
    article: str
    test: CaseTest
    categories: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    sources: tuple[str, ...] = ()
    verified: bool = False
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether the rule was in force on ``day``, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def applies_to(self, category: str) -> bool:
        """Whether the rule concerns a product read as ``category``."""
        return not self.categories or category.startswith(self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """
    At least one of these rules must be met.

    A rule that stands alone and is not in force asks nothing. Among alternatives, one that is not in force opens no way: that is how a
    derogation ends.
    """

    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """
    An instrument's rules at all dates.

    Parameters
    ----------
    version
        Day on which this data was compiled.
    categories
        Code to label of the product categories; empty when the instrument has none.
    requirements
        All must be met.
    advice
        Ids of rules that are told but decide nothing.
    mitigations
        Further names of what tempers a place or a control outside, beside the usual ones, each in words.
    translations
        Language, a sentence of the set, and that sentence in the language.
    """

    id: str
    title: str
    version: str
    valid_from: date | None = None
    valid_to: date | None = None
    categories: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...]
    requirements: tuple[Requirement, ...]
    advice: tuple[str, ...] = ()
    mitigations: tuple[tuple[str, str], ...] = ()
    translations: tuple[tuple[str, str, str], ...] = ()

    def words(self, language: str) -> dict[str, str]:
        """Return the set's sentences in a language; those without a translation are not there."""
        return {text: said for found, text, said in self.translations if found == language}

    def rule(self, rule_id: str) -> Rule:
        """Return one rule by its id."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def change_days(self) -> frozenset[date]:
        """Return every day on which some rule of the set begins to hold."""
        return frozenset(rule.valid_from for rule in self.rules if rule.valid_from is not None)
