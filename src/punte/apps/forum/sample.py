"""The sample edition: the forum's public facts, and an invented crowd of the forum's size. Pure and seeded."""

import datetime as dt
import json
import random
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final
from zoneinfo import ZoneInfo

from punte.apps.forum.sample_grid import SLOT_MIN, SampleBlock, SamplePlace, SampleSlot, lay_out

ZONE: Final = ZoneInfo("Europe/Bucharest")
ORGANISATIONS: Final = 300
DELEGATES: Final = 800
REQUESTS: Final = 3000
KIND_SHARES: Final = {
    "authority": 0.14,
    "union": 0.02,
    "company": 0.68,
    "association": 0.05,
    "research": 0.07,
    "press": 0.04,
}
SIZE_SHARES: Final = {"micro": 0.15, "small": 0.3, "medium": 0.25, "midcap": 0.12, "large": 0.18}
RANK_WEIGHT: Final = {1: 10, 2: 7, 3: 5, 4: 3, 5: 2}
"""What a request of each rank is worth; an organiser's priority multiplies it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOrganisation:
    """
    An invented organisation.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-3.
    size
        Size class of a company; empty for others.
    field
        Capability area it works in.
    """

    code: str
    name: str
    kind: str
    country: str
    size: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDelegate:
    """An invented person at the edition; ``absent`` holds codes of the slots it is away in."""

    code: str
    organisation: str
    name: str
    function: str
    languages: str
    absent: tuple[str, ...]
    max_meetings: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """
    An invented request to meet.

    Parameters
    ----------
    rank
        The sender's own order, 1 (first) to 5.
    state
        ``accepted``, ``pending``, ``declined`` or ``withdrawn``.
    """

    code: str
    sender: str
    receiver: str
    rank: int
    reason: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEdition:
    """The whole sample: grid, crowd and requests."""

    seed: int
    slots: tuple[SampleSlot, ...]
    blocks: tuple[SampleBlock, ...]
    places: tuple[SamplePlace, ...]
    organisations: tuple[SampleOrganisation, ...]
    delegates: tuple[SampleDelegate, ...]
    requests: tuple[SampleRequest, ...]


@cache
def public_facts() -> tuple[dict[str, Any], ...]:
    """Return what is publicly known of the edition, each fact with its source and whether it was read there."""
    return tuple(_read("bucharest_2025.json")["facts"])


def fact(key: str) -> str:
    """Return the value of the first public fact of this name."""
    return str(next(found["value"] for found in public_facts() if found["key"] == key))


def facts(key: str) -> list[str]:
    """Return the values of all public facts of this name."""
    return [str(found["value"]) for found in public_facts() if found["key"] == key]


def make_sample(
    *,
    seed: int = 2025,
    organisations: int = ORGANISATIONS,
    delegates: int = DELEGATES,
    requests: int = REQUESTS,
) -> SampleEdition:
    """
    Return the sample edition; the same arguments give the same sample.

    Parameters
    ----------
    organisations, delegates, requests
        How many [count]; ``delegates >= organisations >= 12``. Tables and rooms shrink with the requests, so that
        they are as tight at each size.
    """
    rng = random.Random(seed)
    slots, blocks, places = lay_out(requests=requests)
    firms = _make_organisations(rng, organisations)
    crowd = _make_delegates(rng, firms, delegates, slots)
    return SampleEdition(
        seed=seed,
        slots=slots,
        blocks=blocks,
        places=places,
        organisations=firms,
        delegates=crowd,
        requests=_make_requests(rng, firms, crowd, requests),
    )


@cache
def _read(name: str) -> dict[str, Any]:
    content = resources.files("punte.apps.forum").joinpath("data", name).read_text("utf-8")
    found: dict[str, Any] = json.loads(content)
    return found


def _draw(rng: random.Random, shares: dict[str, float]) -> str:
    return rng.choices(list(shares), weights=list(shares.values()))[0]


FIXED: Final = (
    ("ROU", "authority", "", "strategic_enablers"),
    ("ROU", "authority", "", "drones_counter_drones"),
    ("ROU", "company", "small", "drones_counter_drones"),
    ("MDA", "authority", "", "military_mobility"),
    ("MDA", "company", "micro", "ai_cyber_ew"),
    ("ROU", "press", "", "strategic_enablers"),
    ("UKR", "company", "medium", "drones_counter_drones"),
    ("FRA", "company", "large", "artillery"),
    ("GBR", "company", "midcap", "air_missile_defence"),
    ("BEL", "union", "", "strategic_enablers"),
)
"""Organisations that every sample has, so that each of its people has something to do."""


def _make_organisations(rng: random.Random, count: int) -> tuple[SampleOrganisation, ...]:
    words = _read("sample_words.json")
    countries = {code: float(found["share"]) for code, found in words["countries"].items()}
    fields = list(words["company_fields"])
    taken: set[str] = set()
    made = []
    for idx in range(count):
        if idx < len(FIXED):
            country, kind, size, field = FIXED[idx]
        else:
            country, kind, field = (
                _draw(rng, countries),
                _draw(rng, KIND_SHARES),
                rng.choice(fields),
            )
            size = _draw(rng, SIZE_SHARES) if kind == "company" else ""
        name = _name_organisation(rng, words, kind, country, field, taken)
        made.append(
            SampleOrganisation(
                code=f"O{idx + 1:03d}",
                name=name,
                kind=kind,
                country=country,
                size=size,
                field=field,
            )
        )
    return tuple(made)


def _name_organisation(
    rng: random.Random, words: dict[str, Any], kind: str, country: str, field: str, taken: set[str]
) -> str:
    stem = rng.choice(words["company_stems"])
    town = rng.choice(words["countries"][country]["towns"])
    special = rng.choice(words["company_fields"][field])
    pattern = {
        "authority": f"Armaments Directorate {town} ({country})",
        "union": f"Office for {words['field_words'][field].capitalize()}, {town}",
        "company": f"{stem} {special} {town}",
        "association": f"Association for {words['field_words'][field].capitalize()} {country}",
        "research": f"Institute {stem} for {special}, {town}",
        "press": f"The {stem} Gazette, {town}",
    }[kind]
    name, number = pattern, 2
    while name in taken:
        name, number = f"{pattern} {number}", number + 1
    taken.add(name)
    return name


def _sizes_of_delegations(
    rng: random.Random, firms: tuple[SampleOrganisation, ...], count: int
) -> list[int]:
    """Return how many delegates each organisation sends: one at least, large firms and authorities more."""
    pull = [
        {"authority": 4.0, "union": 2.0, "press": 0.6}.get(firm.kind, 1.0)
        * {"large": 3.0, "midcap": 1.8}.get(firm.size, 1.0)
        for firm in firms
    ]
    sizes = [1] * len(firms)
    for idx in rng.choices(range(len(firms)), weights=pull, k=max(0, count - len(firms))):
        sizes[idx] += 1
    return sizes


def _make_delegates(
    rng: random.Random,
    firms: tuple[SampleOrganisation, ...],
    count: int,
    slots: tuple[SampleSlot, ...],
) -> tuple[SampleDelegate, ...]:
    words = _read("sample_words.json")
    made: list[SampleDelegate] = []
    for firm, size in zip(firms, _sizes_of_delegations(rng, firms, count), strict=True):
        nation = words["countries"][firm.country]
        for _ in range(size):
            made.append(
                SampleDelegate(
                    code=f"D{len(made) + 1:04d}",
                    organisation=firm.code,
                    name=f"{rng.choice(nation['first'])} {rng.choice(nation['last'])}",
                    function=rng.choice(words["functions"][firm.kind]),
                    languages=nation["lang"],
                    absent=_make_absence(rng, slots),
                    max_meetings=rng.choice((8, 10, 12)) if rng.random() < 0.15 else None,
                )
            )
    return tuple(made)


def _make_absence(rng: random.Random, slots: tuple[SampleSlot, ...]) -> tuple[str, ...]:
    """Return when a delegate is away: most stay, some come for a day, some leave a gap for a side event."""
    kind = rng.random()
    if kind < 0.55:
        return ()
    days = sorted({slot.day for slot in slots})
    if kind < 0.7:
        gone = rng.choice(days)
        return tuple(slot.code for slot in slots if slot.day == gone)
    start = rng.randrange(len(slots))
    return tuple(slot.code for slot in slots[start : start + rng.randint(1, 6)])


def _pull(firm: SampleOrganisation) -> float:
    """Return how sought-after a delegate of this organisation is: officials are scarce."""
    if firm.kind in {"authority", "union"}:
        return 3.2
    return {"large": 2.4, "midcap": 1.6, "medium": 1.2}.get(firm.size, 0.8)


def _make_requests(
    rng: random.Random,
    firms: tuple[SampleOrganisation, ...],
    crowd: tuple[SampleDelegate, ...],
    count: int,
) -> tuple[SampleRequest, ...]:
    firm_of = {firm.code: firm for firm in firms}
    askers = [delegate for delegate in crowd if firm_of[delegate.organisation].kind != "press"]
    pulls = [_pull(firm_of[delegate.organisation]) for delegate in askers]
    pairs: set[frozenset[str]] = set()
    sent: dict[str, int] = {}
    made: list[SampleRequest] = []
    while len(made) < count:
        sender = rng.choice(askers)
        receiver = rng.choices(askers, weights=pulls)[0]
        one, other = firm_of[sender.organisation], firm_of[receiver.organisation]
        pair = frozenset((sender.code, receiver.code))
        alike = one.field == other.field
        both_officials = {one.kind, other.kind} <= {"authority", "union"}
        if one is other or pair in pairs or (not alike and rng.random() < 0.65) or both_officials:
            continue
        pairs.add(pair)
        sent[sender.code] = sent.get(sender.code, 0) + 1
        made.append(_make_request(rng, len(made) + 1, sender, receiver, other, sent[sender.code]))
    return tuple(made)


def _make_request(
    rng: random.Random,
    number: int,
    sender: SampleDelegate,
    receiver: SampleDelegate,
    to: SampleOrganisation,
    order: int,
) -> SampleRequest:
    words = _read("sample_words.json")
    reason = rng.choice(words["reasons"]).format(
        field=words["field_words"][to.field],
        share=rng.choice((15, 20, 30, 40)),
        months=rng.choice((6, 9, 12, 18)),
    )
    draw = rng.random()
    state = "accepted" if draw < 0.92 else "pending" if draw < 0.97 else "declined"
    answer = "Outside our remit at this edition." if state == "declined" else ""
    return SampleRequest(
        code=f"R{number:05d}",
        sender=sender.code,
        receiver=receiver.code,
        rank=min(5, order),
        reason=reason,
        state=state,
        answer=answer,
    )


def slot_end(start: dt.datetime) -> dt.datetime:
    """Return the end of a meeting that begins at ``start``."""
    return start + dt.timedelta(minutes=SLOT_MIN)
