"""Judge one test on one case: three-valued, with the reason of every step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case, Component, Entity
from punte.engines.eligibility.result import Margin, Reason, State
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
from punte.engines.eligibility.shares import outside_share_limits


def all_of(states: Iterable[State]) -> State:
    """Return Kleene's conjunction: one "not" decides, then one "unknown"."""
    found = set(states)
    return "not" if "not" in found else "unknown" if "unknown" in found else "eligible"


def any_of(states: Iterable[State]) -> State:
    """Return Kleene's disjunction: one "eligible" decides, then one "unknown"."""
    found = set(states)
    return "eligible" if "eligible" in found else "unknown" if "unknown" in found else "not"


def _state(answer: bool | None) -> State:  # noqa: FBT001 - it is the value, not a switch
    return "unknown" if answer is None else "eligible" if answer else "not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a judgement rests on: the case, the register of countries, and the day."""

    case: Case
    countries: Countries
    on: date


def judge(test: CaseTest, bench: Bench) -> Reason:
    """Return the reason tree of one test of the whole case."""
    match test:
        case CaseAll():
            return _joined("all of", all_of, [judge(part, bench) for part in test.tests])
        case CaseAny():
            return _joined("any of", any_of, [judge(part, bench) for part in test.tests])
        case CountryCount():
            return _judge_count(test, bench)
        case BuyersIn():
            return _judge_buyers(test, bench)
        case OutsideShare():
            return _judge_outside(test, bench)
        case FlagIs():
            return _judge_flag(test, bench)
        case SignedBy():
            return Reason(
                state=_state(bench.on <= test.last_day),
                text=f"signed on {bench.on}; the last day is {test.last_day}",
            )
        case EveryEntity():
            return _judge_entities(test, bench)


def _joined(word: str, join: Callable[[Iterable[State]], State], parts: list[Reason]) -> Reason:
    return Reason(
        state=join(part.state for part in parts),
        text=word,
        parts=tuple(parts),
        missing=missing_of(parts),
    )


def missing_of(parts: Iterable[Reason]) -> tuple[str, ...]:
    """Return what undecided parts wait for, each place once, in order."""
    return tuple(
        dict.fromkeys(place for part in parts if part.state == "unknown" for place in part.missing)
    )


def _zones_text(zones: tuple[str, ...]) -> str:
    return ", ".join(zones)


def _judge_count(test: CountryCount, bench: Bench) -> Reason:
    found = sorted(
        {
            buyer.country
            for buyer in bench.case.buyers
            if (not test.roles or buyer.role in test.roles)
            and (not test.zones or bench.countries.is_in(buyer.country, test.zones, bench.on))
        }
    )
    who = "borrowing" if test.roles == ("borrower",) else "participating"
    where = f" of {_zones_text(test.zones)}" if test.zones else ""
    text = (
        f"{len(found)} {who} countries{where} ({', '.join(found) or 'none'}); "
        f"at least {test.at_least} needed"
    )
    count = float(len(found))
    margin = Margin(
        low=count, high=count, limit=test.at_least, slack=count - test.at_least, unit="countries"
    )
    return Reason(state=_state(len(found) >= test.at_least), text=text, margin=margin)


def _judge_buyers(test: BuyersIn, bench: Bench) -> Reason:
    concerned = [b for b in bench.case.buyers if not test.roles or b.role in test.roles]
    outside = [
        buyer.country
        for buyer in concerned
        if not bench.countries.is_in(buyer.country, test.zones, bench.on)
    ]
    if outside:
        text = f"{', '.join(outside)} belongs to none of {_zones_text(test.zones)} on {bench.on}"
    else:
        names = ", ".join(buyer.country for buyer in concerned) or "nobody"
        text = f"{names}: all belong to {_zones_text(test.zones)}"
    return Reason(state=_state(not outside), text=text)


def _judge_outside(test: OutsideShare, bench: Bench) -> Reason:
    limits = outside_share_limits(
        bench.case.components,
        lambda country: bench.countries.is_in(country, test.zones, bench.on),
    )
    limit = f"at most {float(test.at_most):.0%} allowed"
    if limits is None:
        return Reason(
            state="unknown",
            text=f"no component with a cost is named; {limit}",
            missing=("components",),
        )
    low, high = limits
    margin = Margin(
        low=float(low),
        high=float(high),
        limit=float(test.at_most),
        slack=float(test.at_most - high),
        unit="share",
    )
    where = f"from outside {_zones_text(test.zones)}"
    if low == high:
        text = f"{float(low):.2%} of the cost of components comes {where}; {limit}"
    else:
        text = f"between {float(low):.2%} and {float(high):.2%} comes {where}; {limit}"
    if high <= test.at_most:
        return Reason(state="eligible", text=text, margin=margin)
    if low > test.at_most:
        return Reason(state="not", text=text, margin=margin)
    return Reason(
        state="unknown",
        text=text,
        margin=margin,
        missing=_open_components(bench.case.components, "components"),
    )


def _open_components(components: tuple[Component, ...], at: str) -> tuple[str, ...]:
    places: list[str] = []
    for idx, component in enumerate(components):
        place = f"{at}[{idx}]"
        if component.origin is None:
            places.append(f"{place}.origin")
        if component.cost is None:
            places.append(f"{place}.cost")
        places.extend(_open_components(component.parts, f"{place}.parts"))
    return tuple(places)


def _judge_flag(test: FlagIs, bench: Bench) -> Reason:
    answer = bench.case.flag(test.name)
    if answer is None:
        return Reason(
            state="unknown", text=f"not answered: {test.question}", missing=(f"flags.{test.name}",)
        )
    word = "yes" if answer else "no"
    return Reason(state=_state(answer is test.value), text=f"{test.question} {word}")


def _judge_entities(test: EveryEntity, bench: Bench) -> Reason:
    if not bench.case.entities:
        return Reason(
            state="unknown",
            text="no contractor or subcontractor is named",
            missing=("entities",),
        )
    parts = []
    for idx, entity in enumerate(bench.case.entities):
        reason = judge_entity(test.test, entity, bench, f"entities[{idx}]")
        parts.append(
            Reason(
                state=reason.state,
                text=f"{entity.role} {entity.id}",
                parts=(reason,),
                missing=reason.missing,
            )
        )
    return _joined("every contractor and subcontractor", all_of, parts)


def judge_entity(test: EntityTest, entity: Entity, bench: Bench, at: str) -> Reason:
    """Return the reason tree of one test of one entity, whose place in the case is ``at``."""
    match test:
        case EntityAll():
            parts = [judge_entity(part, entity, bench, at) for part in test.tests]
            return _joined("all of", all_of, parts)
        case EntityAny():
            parts = [judge_entity(part, entity, bench, at) for part in test.tests]
            return _joined("any of", any_of, parts)
        case PlaceIn():
            return _judge_place(test, entity, bench, at)
        case ShareAtMost():
            return _judge_share(test, entity, at)
        case HasMitigation():
            found = [name for name in entity.mitigations if name in test.any_of]
            wanted = " or ".join(test.any_of)
            return Reason(state=_state(bool(found)), text=f"{wanted}: {', '.join(found) or 'none'}")
        case RelatedBefore():
            since = entity.relationship_since
            return Reason(
                state=_state(None if since is None else since < test.day),
                text=f"relationship since {since or 'a day not known'}, needed before {test.day}",
                missing=() if since else (f"{at}.relationship_since",),
            )
        case StudiesReplacement():
            return Reason(
                state=_state(entity.studies_replacement),
                text="the contractor commits to study a replacement within two years",
                missing=()
                if entity.studies_replacement is not None
                else (f"{at}.studies_replacement",),
            )
        case RoleIs():
            return Reason(state=_state(entity.role == test.role), text=f"is a {entity.role}")


_PLACE_WORDS = {
    "country": "established in",
    "management_country": "managed from",
    "controlled_by": "controlled from",
    "facilities": "works in",
}


def _judge_place(test: PlaceIn, entity: Entity, bench: Bench, at: str) -> Reason:
    found: str | tuple[str, ...] | None = getattr(entity, test.field)
    word = _PLACE_WORDS[test.field]
    if found is None or found == ():
        return Reason(
            state="unknown", text=f"{word} a country not known", missing=(f"{at}.{test.field}",)
        )
    places = (found,) if isinstance(found, str) else found
    outside = [code for code in places if not bench.countries.is_in(code, test.zones, bench.on)]
    text = f"{word} {', '.join(places)}"
    if outside:
        text += f"; {', '.join(outside)} is outside {_zones_text(test.zones)}"
    return Reason(state=_state(not outside), text=text)


def _judge_share(test: ShareAtMost, entity: Entity, at: str) -> Reason:
    limit = f"{'below' if test.strict else 'at most'} {float(test.at_most):.0%} of the contract"
    if entity.share is None:
        return Reason(state="unknown", text=f"share not known; {limit}", missing=(f"{at}.share",))
    share = Fraction(entity.share)
    fits = share < test.at_most if test.strict else share <= test.at_most
    margin = Margin(
        low=float(share),
        high=float(share),
        limit=float(test.at_most),
        slack=float(test.at_most - share),
        unit="share",
    )
    return Reason(state=_state(fits), text=f"{float(share):.2%}; {limit}", margin=margin)
