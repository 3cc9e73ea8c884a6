"""
The outcome of an edition: who met, what was agreed, what it changed in coverage, what came of it a year later.

Everything is counted from rows that the reader sees; nobody is told a total of rows that are hidden from them. What
organisers release for everyone are totals in which no number from 1 to 4 stands, and every other is rounded to the nearest
five: neither a sum nor two releases side by side give a small number away.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.marks import DISPUTED, outcomes_of
from punte.apps.cooperation.models import (
    Commitment,
    CommitmentEvent,
    Cooperation,
    Feedback,
    MeetingMark,
    MeetingTask,
    OutcomeTotals,
    StageChange,
    Task,
)
from punte.apps.cooperation.models.outcome import FEWEST, released
from punte.apps.cooperation.of_edition import ids_of_edition
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import faces
from punte.apps.market.models import Listing
from punte.apps.meetings.insight import ShareLine, insight_into
from punte.apps.meetings.models import Meeting, TimetableVersion
from punte.apps.meetings.permissions import may_organise
from punte.apps.people.permissions import NotAllowedError
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.queries import open_milestones
from punte.kernel.errors import PunteError


@dataclass(frozen=True, slots=True, kw_only=True)
class MetLine:
    """One meeting as the reader sees it."""

    when: dt.datetime
    sender: str
    receiver: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageLine:
    """
    One milestone that needs or offers of the edition, or cooperations from it, serve [count].

    Parameters
    ----------
    needs, offers
        All published ones that serve it, and of these the ones brought to this edition.
    cooperations
        From meetings of this edition.
    """

    milestone: Milestone
    needs: int
    offers: int
    own_needs: int
    own_offers: int
    cooperations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """
    The outcome of an edition for one reader.

    Parameters
    ----------
    states
        Requests by state [count], as the figures of the edition have them.
    met
        Meetings in the published timetable [count]: what was planned.
    held, not_held
        Of these, those said to have taken place, and not to have [count]; nobody knows of the others.
    people, organisations
        Of the planned meetings but those said not to have taken place [count].
    year_on
        The day a year after the last one, or today where that is still to come.
    stages
        Cooperations by the stage that they had on ``year_on`` [count].
    kept
        Commitments by the state that they had on ``year_on`` [count].
    second
        What the sides said six months later, by answer [count].
    """

    states: Mapping[str, int]
    met: int
    held: int
    not_held: int
    people: int
    organisations: int
    by_country: tuple[ShareLine, ...]
    meetings: tuple[MetLine, ...]
    cooperations: tuple[Cooperation, ...]
    tasks: tuple[int, int]
    commitments: tuple[Commitment, ...]
    coverage: tuple[CoverageLine, ...]
    year_on: dt.date
    is_over: bool
    stages: Mapping[str, int]
    kept: Mapping[str, int]
    second: Mapping[str, int]


def outcome_of_edition(edition: Edition, *, today: dt.date) -> Outcome:
    """Return what came of an edition, as far as the subject sees it."""
    insight = insight_into(edition.pk)
    met = _published_meetings(edition.pk)
    # A partner sees a cooperation of theirs, and not always the meeting of others that it began at.
    of_it = ids_of_edition(edition)
    ids = of_it.requests
    cooperations = tuple(
        Cooperation.objects.filter(pk__in=of_it.cooperations).prefetch_related("partners")
    )
    commitments = _commitments_of(edition, ids, of_it.cooperations)
    year = min(_year_after(edition.ends_on), today)
    known = faces(edition.pk)
    said = outcomes_of(meeting.request_id for meeting in met)
    words = Counter(said.values())
    met_by = _sides_of(met, said)
    return Outcome(
        states=insight.states,
        met=insight.met,
        held=words[MeetingMark.Mark.HELD],
        not_held=words[MeetingMark.Mark.NOT_HELD],
        people=len(met_by & set(known)),
        organisations=len({known[one].organisation_id for one in met_by if one in known}),
        by_country=insight.by_country,
        meetings=_lines(edition, met, said),
        cooperations=cooperations,
        tasks=_count_tasks(ids, cooperations),
        commitments=commitments,
        coverage=_coverage(edition, cooperations),
        year_on=year,
        is_over=_year_after(edition.ends_on) <= today,
        stages=_stages_on(cooperations, edition, year),
        kept=_states_on(commitments, edition, year),
        second=Counter(
            Feedback.objects.filter(edition_id=edition.pk, wave=Feedback.Wave.SECOND).values_list(
                "outcome", flat=True
            )
        ),
    )


def _count_tasks(request_ids: list[UUID], cooperations: Iterable[Cooperation]) -> tuple[int, int]:
    """Return how many actions were agreed at the meetings and in the cooperations, and how many of them are done."""
    done = [
        *Task.objects.filter(cooperation__in=[one.pk for one in cooperations]).values_list(
            "done_at", flat=True
        ),
        *MeetingTask.objects.filter(request_id__in=request_ids).values_list("done_at", flat=True),
    ]
    return len(done), sum(moment is not None for moment in done)


def _sides_of(met: Iterable[Meeting], said: Mapping[UUID, str]) -> set[UUID]:
    """Return who met: whoever takes part in the meetings but those said not to have taken place."""
    return {
        side
        for meeting in met
        if said.get(meeting.request_id) not in {MeetingMark.Mark.NOT_HELD, DISPUTED}
        for side in meeting.request.parties
    }


def _year_after(day: dt.date) -> dt.date:
    """
    Return the day a year later; the last of February where there is no 29th.

    >>> _year_after(dt.date(2028, 2, 29))
    datetime.date(2029, 2, 28)
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def _published_meetings(edition_id: UUID) -> list[Meeting]:
    version = TimetableVersion.objects.filter(
        edition_id=edition_id, state=TimetableVersion.State.PUBLISHED
    ).first()
    if version is None:
        return []
    return list(
        Meeting.objects.filter(version=version)
        .select_related("request", "slot")
        .order_by("slot__starts_at", "pk")
    )


def _lines(
    edition: Edition, met: Iterable[Meeting], said: Mapping[UUID, str]
) -> tuple[MetLine, ...]:
    known = faces(edition.pk)
    lines = []
    for meeting in met:
        sides = (
            known.get(meeting.request.sender_id),
            known.get(meeting.request.receiver_id),
        )
        sender, receiver = (f"{face.name}, {face.organisation}" if face else "" for face in sides)
        lines.append(
            MetLine(
                when=meeting.slot.starts_at,
                sender=sender,
                receiver=receiver,
                outcome=said.get(meeting.request_id, ""),
            )
        )
    return tuple(lines)


def _commitments_of(
    edition: Edition, request_ids: list[UUID], cooperation_ids: list[UUID]
) -> tuple[Commitment, ...]:
    """Return what was promised at a meeting of the edition, in a cooperation from it, or publicly on its days."""
    return tuple(
        Commitment.objects.filter(
            Q(request_id__in=request_ids)
            | Q(cooperation_id__in=cooperation_ids)
            | Q(promised_on__gte=edition.starts_on, promised_on__lte=edition.ends_on)
        )
    )


def _coverage(edition: Edition, cooperations: Iterable[Cooperation]) -> tuple[CoverageLine, ...]:
    rows = Listing.objects.filter(
        state=Listing.State.PUBLISHED, milestone_id__isnull=False
    ).values_list("pk", "milestone_id", "side", "edition_id")
    counts: Counter[tuple[UUID, str, bool]] = Counter(
        (milestone_id, side, edition_id == edition.pk)
        for _key, milestone_id, side, edition_id in rows
        if milestone_id is not None
    )
    ends = {key: milestone_id for key, milestone_id, _side, _edition in rows}
    # As the coverage map counts: what was stopped counts no more, and one serves what its need and its offer serve.
    served = Counter(
        key
        for one in cooperations
        if one.stage != Cooperation.Stage.STOPPED
        for key in {
            one.milestone_id,
            *(ends.get(end) for end in (one.need_id, one.offer_id) if end),
        }
        if key is not None
    )
    lines = [
        CoverageLine(
            milestone=row,
            needs=counts[row.pk, "need", True] + counts[row.pk, "need", False],
            offers=counts[row.pk, "offer", True] + counts[row.pk, "offer", False],
            own_needs=counts[row.pk, "need", True],
            own_offers=counts[row.pk, "offer", True],
            cooperations=served[row.pk],
        )
        for row in open_milestones()
    ]
    return tuple(line for line in lines if line.own_needs or line.own_offers or line.cooperations)


def _end_of(edition: Edition, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), edition.zone)


def _stages_on(
    cooperations: Iterable[Cooperation], edition: Edition, day: dt.date
) -> Mapping[str, int]:
    newest: dict[UUID, str] = {}
    for change in StageChange.objects.filter(
        cooperation__in=[one.pk for one in cooperations], at__lt=_end_of(edition, day)
    ).order_by("at", "pk"):
        newest[change.cooperation_id] = change.stage
    return Counter(newest.values())


def _states_on(
    commitments: Iterable[Commitment], edition: Edition, day: dt.date
) -> Mapping[str, int]:
    newest = {one.pk: str(Commitment.State.OPEN) for one in commitments}
    for event in CommitmentEvent.objects.filter(
        commitment__in=list(newest), at__lt=_end_of(edition, day)
    ).order_by("at", "pk"):
        newest[event.commitment_id] = event.state
    return Counter(newest.values())


def totals_of(outcome: Outcome) -> dict[str, Any]:
    """
    Return the totals that may be released: small numbers are left out, and the others rounded, each on its own.

    A country of which fewer than five delegates came, or met, is counted with the others under "elsewhere"; where those
    are fewer than five together, the next smallest goes with them. Since each number is rounded on its own, a sum of some
    differs from the total by up to two and a half for each, and gives away none that is left out.
    """
    lines = sorted(outcome.by_country, key=lambda line: (-line.delegates, line.group))
    kept = [line for line in lines if min(line.delegates, line.met) >= FEWEST and line.group]
    rest = [line for line in lines if line not in kept]
    while rest and kept and sum(line.delegates for line in rest) < FEWEST:
        rest.append(kept.pop())
    return {
        "met": released(outcome.met),
        "held": released(outcome.held),
        "not_held": released(outcome.not_held),
        "people": released(outcome.people),
        "organisations": released(outcome.organisations),
        "cooperations": released(len(outcome.cooperations)),
        "commitments": released(len(outcome.commitments)),
        "countries": [[line.group, released(line.delegates), released(line.met)] for line in kept],
        "elsewhere": released(sum(line.delegates for line in rest)),
    }


def release_totals(*, by: Subject, edition: Edition) -> OutcomeTotals:
    """
    Release an edition's totals, as they stand, to whoever sees the edition; what was released before goes.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        The edition is not over.
    """
    if not may_organise(by, edition.pk) or by.org_id is None:
        raise NotAllowedError(_("Only the organisers of the edition release its totals."))
    if timezone.now().astimezone(edition.zone).date() <= edition.ends_on:
        raise PunteError(
            _("The forum ends on %(day)s: release its outcome after that day.")
            % {"day": edition.ends_on.isoformat()}
        )
    content = totals_of(outcome_of_edition(edition, today=timezone.localdate()))
    OutcomeTotals.objects.filter(edition=edition).delete()
    totals = OutcomeTotals.objects.create(
        edition=edition,
        content=content,
        by_id=by.person_id,
        by_name=name_of(by),
        owner_org_id=edition.owner_org_id,
        label_releasable_to=edition.label_releasable_to,
        label_stewards=right_groups("organise", edition_id=edition.pk),
    )
    record("outcome.released", totals, edition_id=edition.pk)
    return totals
