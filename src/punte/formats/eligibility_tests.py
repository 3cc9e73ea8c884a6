"""The vocabulary of rules files: fields, and the tests that a rule is built from."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, InstanceOf, model_validator

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
    RoleIs,
    ShareAtMost,
    SignedBy,
    StudiesReplacement,
)
from punte.formats.reading import Record
from punte.kernel.phrases import template_of


def _as_date(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValueError(f"{value!r} is no date of the calendar, write YYYY-MM-DD") from error
    return value


def _as_fraction(value: object) -> object:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        text = str(value)
        # An exponent of many digits would fill the memory before it could be called too great.
        digits = text.lower().partition("e")[2].lstrip("+-")
        if len(text) > MOST_DIGITS or len(digits) > 2:
            raise ValueError(template_of("this is no share, write 0.35"))
        try:
            return Fraction(text)
        except (ValueError, ZeroDivisionError) as error:
            raise ValueError(f"{value!r} is no fraction, write 0.35") from error
    return value


def _as_limit(value: object) -> object:
    found = _as_fraction(value)
    if isinstance(found, Fraction) and not 0 <= found <= 1:
        raise ValueError("a limit lies between 0 and 1, write 0.35 for 35 %")
    return found


MOST_DIGITS: Final = 60
Day = Annotated[date, BeforeValidator(_as_date)]
Share = Annotated[InstanceOf[Fraction], BeforeValidator(_as_fraction)]
Limit = Annotated[InstanceOf[Fraction], BeforeValidator(_as_limit)]
Zones = Annotated[list[str], Field(min_length=1)]
Id = Annotated[str, Field(pattern=r"\S", max_length=300)]
"""An identifier: something that can be seen."""


class _CountryCount(Record):
    zones: list[str] = []
    roles: list[BuyerRole] = []
    at_least: int = Field(ge=1, le=200)


class _BuyersIn(Record):
    zones: Zones
    roles: list[BuyerRole] = []


class _OutsideShare(Record):
    zones: Zones
    at_most: Limit


class _FlagIs(Record):
    name: str
    value: bool
    question: str
    asked_of: Literal["contractor", "all"] = "all"


class _PlaceIn(Record):
    field: Literal["country", "management_country", "controlled_by", "facilities"]
    zones: Zones


class _ShareAtMost(Record):
    at_most: Limit
    strict: bool = False


class _OneKey(Record):
    """A test: an object with exactly one key, the kind of test."""

    @model_validator(mode="before")
    @classmethod
    def _one(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(value, dict) and len(value) != 1:
            raise ValueError(template_of("a test names exactly one kind"))
        return value


class _EntityTest(_OneKey):
    entity_all: list["_EntityTest"] | None = Field(default=None, min_length=1)
    entity_any: list["_EntityTest"] | None = Field(default=None, min_length=1)
    place_in: _PlaceIn | None = None
    has_mitigation: list[str] | None = Field(default=None, min_length=1)
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


class CaseTestFile(_OneKey):
    """A test of the whole case."""

    all_of: list["CaseTestFile"] | None = Field(default=None, min_length=1)
    any_of: list["CaseTestFile"] | None = Field(default=None, min_length=1)
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
