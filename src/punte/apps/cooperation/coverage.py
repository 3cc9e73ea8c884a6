"""What hangs on each promise: needs, offers, meetings and cooperations, before an edition and after it."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from punte.apps.cooperation.queries import JoinedWork, joined_work
from punte.apps.market.queries import Serving, listings_by_area
from punte.apps.meetings.published import PublishedMeeting, published_meetings
from punte.apps.people.models import Organisation
from punte.apps.programmes.models import Milestone

CROWDED: Final = 4
"""So many offers for each need, with nobody chosen, are called contested."""
COMMITTED: Final = frozenset({"consort", "apply", "funded", "done"})
"""Stages of a cooperation from which on somebody has been chosen."""

STATES: Final = ("well", "thin", "contested", "unmet", "none")


@dataclass(slots=True, kw_only=True)
class Tally:
    """
    What hangs on a promise, as far as the reader sees it [count].

    Parameters
    ----------
    committed
        Cooperations that have come as far as a consortium.
    """

    needs: set[UUID] = field(default_factory=set)
    offers: set[UUID] = field(default_factory=set)
    meetings: set[UUID] = field(default_factory=set)
    cooperations: set[UUID] = field(default_factory=set)
    committed: set[UUID] = field(default_factory=set)

    def add(self, other: "Tally") -> None:
        """Take in what hangs on another promise; what hangs on both counts once."""
        for name in ("needs", "offers", "meetings", "cooperations", "committed"):
            getattr(self, name).update(getattr(other, name))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Needs, offers, meetings, cooperations."""
        return len(self.needs), len(self.offers), len(self.meetings), len(self.cooperations)

    @property
    def state(self) -> str:
        """
        How well the promise is covered: one of :data:`STATES`.

        Well: somebody is chosen, or offers enough and talks under way. Contested: many offers for each need and nobody
        chosen. Thin: fewer than two offers, or fewer than needs, or nobody has met. Unmet: needs alone.
        """
        needs, offers, meetings, cooperations = self.counts
        if self.committed:
            return "well"
        if not needs and not offers and not cooperations:
            return "none"
        if not offers and not cooperations:
            return "unmet"
        if needs and offers >= CROWDED * needs:
            return "contested"
        if not cooperations and (offers < max(2, needs) or not meetings):
            return "thin"
        return "well"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything the reader sees that could hang on a promise, read once."""

    listings: tuple[Serving, ...]
    meetings: tuple[PublishedMeeting, ...]
    cooperations: tuple[JoinedWork, ...]
    countries: Mapping[UUID, str]

    def without(self, edition_id: UUID) -> "Record":
        """Return what there would be had an edition not been held."""
        return Record(
            listings=tuple(one for one in self.listings if one.edition_id != edition_id),
            meetings=tuple(one for one in self.meetings if one.edition_id != edition_id),
            cooperations=tuple(one for one in self.cooperations if one.edition_id != edition_id),
            countries=self.countries,
        )


def read_record(today: dt.date) -> Record:
    """Return what hangs on promises, in the active subject's name, in a constant number of queries."""
    listings = listings_by_area(today)
    meetings = published_meetings()
    cooperations = joined_work()
    orgs = {one.owner_id for one in listings}
    orgs |= {org for one in meetings for org in one.organisations}
    return Record(
        listings=tuple(listings),
        meetings=tuple(meetings),
        cooperations=tuple(cooperations),
        # Of an organisation that the reader does not see no country is told.
        countries=dict(Organisation.objects.filter(pk__in=orgs).values_list("pk", "country_id")),
    )


def tallies(record: Record, milestones: Iterable[Milestone]) -> dict[UUID, Tally]:
    """
    Return what hangs on each milestone.

    A meeting counts where it is about a need or offer that serves the milestone, or joins an organisation that needs with
    one that offers for it. A cooperation counts for its own milestone and for those of its need and offer.
    """
    found = {row.pk: Tally() for row in milestones}
    serves = {one.id: one.milestone_id for one in record.listings if one.milestone_id in found}
    needing: dict[UUID, set[UUID]] = {}
    offering: dict[UUID, set[UUID]] = {}
    for one in record.listings:
        if one.milestone_id is None or one.milestone_id not in found:
            continue
        tally, is_need = found[one.milestone_id], one.side == "need"
        (tally.needs if is_need else tally.offers).add(one.id)
        (needing if is_need else offering).setdefault(one.owner_id, set()).add(one.milestone_id)
    for meeting in record.meetings:
        for key in _milestones_of(meeting, serves, needing, offering):
            found[key].meetings.add(meeting.request_id)
    for work in record.cooperations:
        links = (work.need_id, work.offer_id)
        ends = {work.milestone_id, *(serves.get(one) for one in links if one)}
        for end in ends:
            if end is None or end not in found:
                continue
            found[end].cooperations.add(work.id)
            if work.stage in COMMITTED:
                found[end].committed.add(work.id)
    return found


def _milestones_of(
    meeting: PublishedMeeting,
    serves: Mapping[UUID, UUID | None],
    needing: Mapping[UUID, set[UUID]],
    offering: Mapping[UUID, set[UUID]],
) -> set[UUID]:
    about = serves.get(meeting.about_listing_id) if meeting.about_listing_id else None
    if about is not None:
        return {about}
    first, second = meeting.organisations
    none: set[UUID] = set()
    return (needing.get(first, none) & offering.get(second, none)) | (
        needing.get(second, none) & offering.get(first, none)
    )


def by_area(
    record: Record, milestones: Iterable[Milestone], found: Mapping[UUID, Tally]
) -> dict[str, Tally]:
    """
    Return what hangs on the promises of each capability area.

    A need or offer that names areas counts for those alone, another for all areas of the programme that it serves.
    """
    areas = {row.pk: tuple(row.programme.capability) for row in milestones}
    named = {one.id: one.capability for one in record.listings if one.capability}
    result: dict[str, Tally] = {}
    for key, tally in found.items():
        for code in areas[key]:
            part = Tally(
                needs={one for one in tally.needs if code in named.get(one, (code,))},
                offers={one for one in tally.offers if code in named.get(one, (code,))},
                meetings=tally.meetings,
                cooperations=tally.cooperations,
                committed=tally.committed,
            )
            result.setdefault(code, Tally()).add(part)
    return result


@dataclass(slots=True, kw_only=True)
class Nation:
    """What a country carries [count], and the areas it does so in."""

    code: str
    programmes: list[str] = field(default_factory=list)
    total: Tally = field(default_factory=Tally)
    areas: dict[str, Tally] = field(default_factory=dict)


def by_nation(
    record: Record, milestones: Iterable[Milestone], found: Mapping[UUID, Tally]
) -> list[Nation]:
    """Return what each country carries: the programmes it contributes to, its needs, offers, meetings and cooperations."""
    rows = list(milestones)
    nations: dict[str, Nation] = {}
    areas = {row.pk: tuple(row.programme.capability) for row in rows}
    for name, code in sorted({(r.programme.name, c) for r in rows for c in r.programme.countries}):
        nations.setdefault(code, Nation(code=code)).programmes.append(name)
    for one in record.listings:
        country = record.countries.get(one.owner_id)
        if one.milestone_id is None or one.milestone_id not in areas or country is None:
            continue
        part = Tally(needs={one.id}) if one.side == "need" else Tally(offers={one.id})
        _credit(nations, country, part, one.capability or areas[one.milestone_id])
    served = {key: areas[row] for row, tally in found.items() for key in tally.cooperations}
    talks = {key for tally in found.values() for key in tally.meetings}
    for meeting in record.meetings:
        for org in meeting.organisations:
            if meeting.request_id in talks and org in record.countries:
                _credit(nations, record.countries[org], Tally(meetings={meeting.request_id}), ())
    for work in record.cooperations:
        for country in work.countries if work.id in served else ():
            _credit(nations, country, Tally(cooperations={work.id}), served[work.id])
    return sorted(nations.values(), key=lambda one: (-sum(one.total.counts), one.code))


def _credit(nations: dict[str, Nation], code: str, part: Tally, areas: Iterable[str]) -> None:
    nation = nations.setdefault(code, Nation(code=code))
    nation.total.add(part)
    for area in areas:
        nation.areas.setdefault(area, Tally()).add(part)
