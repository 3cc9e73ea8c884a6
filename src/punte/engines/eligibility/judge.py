"""Judge one test on one case: three-valued, with the reason of every step."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from punte.engines.eligibility.countries import Countries
from punte.engines.eligibility.instance import Case, Entity
from punte.engines.eligibility.judge_shares import judge_outside
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
from punte.kernel.phrases import Phrase, say, template_of


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
            return _joined(say("all of"), all_of, [judge(part, bench) for part in test.tests])
        case CaseAny():
            return _joined(say("any of"), any_of, [judge(part, bench) for part in test.tests])
        case CountryCount():
            return _judge_count(test, bench)
        case BuyersIn():
            return _judge_buyers(test, bench)
        case OutsideShare():
            return judge_outside(
                test,
                bench.case.components,
                lambda code: bench.countries.is_in(code, test.zones, bench.on),
            )
        case FlagIs():
            return _judge_flag(test, bench)
        case SignedBy():
            return Reason(
                state=_state(bench.on <= test.last_day),
                text=say(
                    "signed on %(day)s; the last day is %(last)s", day=bench.on, last=test.last_day
                ),
            )
        case EveryEntity():
            return _judge_entities(test, bench)


def _joined(word: Phrase, join: Callable[[Iterable[State]], State], parts: list[Reason]) -> Reason:
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


_COUNT_PHRASES = {
    (True, True): template_of(
        "%(count)s borrowing countries of %(zones)s (%(found)s); at least %(needed)s needed"
    ),
    (True, False): template_of(
        "%(count)s borrowing countries (%(found)s); at least %(needed)s needed"
    ),
    (False, True): template_of(
        "%(count)s participating countries of %(zones)s (%(found)s); at least %(needed)s needed"
    ),
    (False, False): template_of(
        "%(count)s participating countries (%(found)s); at least %(needed)s needed"
    ),
}
"""By whether only borrowers are asked for, and whether only some zones."""


def _judge_count(test: CountryCount, bench: Bench) -> Reason:
    found = sorted(
        {
            buyer.country
            for buyer in bench.case.buyers
            if (not test.roles or buyer.role in test.roles)
            and (not test.zones or bench.countries.is_in(buyer.country, test.zones, bench.on))
        }
    )
    borrow = test.roles == ("borrower",)
    text = say(
        _COUNT_PHRASES[borrow, bool(test.zones)],
        count=len(found),
        zones=test.zones,
        found=tuple(found),
        needed=test.at_least,
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
        text = say(
            "%(outside)s belongs to none of %(zones)s on %(day)s",
            outside=tuple(outside),
            zones=test.zones,
            day=bench.on,
        )
    elif concerned:
        buyers = tuple(buyer.country for buyer in concerned)
        text = say("%(buyers)s: all belong to %(zones)s", buyers=buyers, zones=test.zones)
    else:
        text = say("no country is concerned by it")
    return Reason(state=_state(not outside), text=text)


def _judge_flag(test: FlagIs, bench: Bench) -> Reason:
    answer = bench.case.flag(test.name)
    if answer is None:
        return Reason(
            state="unknown",
            text=say("not answered: %(question)s", question=test.question),
            missing=(f"flags.{test.name}",),
        )
    template = template_of("%(question)s yes") if answer else template_of("%(question)s no")
    return Reason(state=_state(answer is test.value), text=say(template, question=test.question))


_ROLE_PHRASES = {
    "contractor": template_of("contractor %(name)s"),
    "subcontractor": template_of("subcontractor %(name)s"),
}


def _judge_entities(test: EveryEntity, bench: Bench) -> Reason:
    if not bench.case.entities:
        return Reason(
            state="unknown",
            text=say("no contractor or subcontractor is named"),
            missing=("entities",),
        )
    parts = []
    for idx, entity in enumerate(bench.case.entities):
        reason = judge_entity(test.test, entity, bench, f"entities[{idx}]")
        parts.append(
            Reason(
                state=reason.state,
                text=say(_ROLE_PHRASES[entity.role], name=entity.id),
                parts=(reason,),
                missing=reason.missing,
            )
        )
    return _joined(say("every contractor and subcontractor"), all_of, parts)


def _since_text(since: date | None, day: date) -> Phrase:
    if since is None:
        return say("relationship since a day not known, needed before %(day)s", day=day)
    return say("relationship since %(since)s, needed before %(day)s", since=since, day=day)


def judge_entity(test: EntityTest, entity: Entity, bench: Bench, at: str) -> Reason:
    """Return the reason tree of one test of one entity, whose place in the case is ``at``."""
    match test:
        case EntityAll():
            parts = [judge_entity(part, entity, bench, at) for part in test.tests]
            return _joined(say("all of"), all_of, parts)
        case EntityAny():
            parts = [judge_entity(part, entity, bench, at) for part in test.tests]
            return _joined(say("any of"), any_of, parts)
        case PlaceIn():
            return _judge_place(test, entity, bench, at)
        case ShareAtMost():
            return _judge_share(test, entity, at)
        case HasMitigation():
            found = tuple(name for name in entity.mitigations if name in test.any_of)
            text = say(
                "one of %(wanted)s is needed; named: %(found)s", wanted=test.any_of, found=found
            )
            return Reason(state=_state(bool(found)), text=text)
        case RelatedBefore():
            since = entity.relationship_since
            return Reason(
                state=_state(None if since is None else since < test.day),
                text=_since_text(since, test.day),
                missing=() if since else (f"{at}.relationship_since",),
            )
        case StudiesReplacement():
            return Reason(
                state=_state(entity.studies_replacement),
                text=say("the contractor commits to study a replacement within two years"),
                missing=()
                if entity.studies_replacement is not None
                else (f"{at}.studies_replacement",),
            )
        case RoleIs():
            is_lead = entity.role == "contractor"
            text = say("is a contractor") if is_lead else say("is a subcontractor")
            return Reason(state=_state(entity.role == test.role), text=text)


_PLACE_PHRASES = {
    "country": (
        template_of("established in a country not known"),
        template_of("established in %(places)s"),
        template_of("established in %(places)s; %(outside)s is outside %(zones)s"),
    ),
    "management_country": (
        template_of("managed from a country not known"),
        template_of("managed from %(places)s"),
        template_of("managed from %(places)s; %(outside)s is outside %(zones)s"),
    ),
    "controlled_by": (
        template_of("controlled from a country not known"),
        template_of("controlled from %(places)s"),
        template_of("controlled from %(places)s; %(outside)s is outside %(zones)s"),
    ),
    "facilities": (
        template_of("works in a country not known"),
        template_of("works in %(places)s"),
        template_of("works in %(places)s; %(outside)s is outside %(zones)s"),
    ),
}
"""Of each place of an entity: when it is not known, when all is inside, when some is outside."""


def _judge_place(test: PlaceIn, entity: Entity, bench: Bench, at: str) -> Reason:
    found: str | tuple[str, ...] | None = getattr(entity, test.field)
    unknown, inside, outside_zones = _PLACE_PHRASES[test.field]
    if found is None or found == ():
        return Reason(state="unknown", text=say(unknown), missing=(f"{at}.{test.field}",))
    places = (found,) if isinstance(found, str) else found
    outside = tuple(
        code for code in places if not bench.countries.is_in(code, test.zones, bench.on)
    )
    text = (
        say(outside_zones, places=places, outside=outside, zones=test.zones)
        if outside
        else say(inside, places=places)
    )
    return Reason(state=_state(not outside), text=text)


def _judge_share(test: ShareAtMost, entity: Entity, at: str) -> Reason:
    strict = test.strict
    if entity.share is None:
        unknown = (
            template_of("share not known; below %(limit)s of the contract needed")
            if strict
            else template_of("share not known; at most %(limit)s of the contract allowed")
        )
        text = say(unknown, limit=test.at_most)
        return Reason(state="unknown", text=text, missing=(f"{at}.share",))
    share = Fraction(entity.share)
    fits = share < test.at_most if strict else share <= test.at_most
    known = (
        template_of("%(share)s of the contract; below %(limit)s needed")
        if strict
        else template_of("%(share)s of the contract; at most %(limit)s allowed")
    )
    margin = Margin(
        low=float(share),
        high=float(share),
        limit=float(test.at_most),
        slack=float(test.at_most - share),
        unit="share",
    )
    return Reason(
        state=_state(fits), text=say(known, share=share, limit=test.at_most), margin=margin
    )
