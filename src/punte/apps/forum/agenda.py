"""Reads of the agenda: what is released, what is drafted, who speaks, and what stands in each other's way."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from punte.apps.forum.models import (
    AgendaChange,
    Delegate,
    Edition,
    Session,
    SessionDraft,
    SessionPart,
)
from punte.apps.forum.models.agenda import SessionFacts

ERROR: Final = "error"
"""The agenda cannot be released with it."""
REPAIR: Final = "repair"
"""The agenda can be released; the published timetable has to be repaired afterwards."""
WARNING: Final = "warning"
"""The organisers should know; the agenda can be released."""

Span = tuple[dt.datetime, dt.datetime]
Booked = Mapping[UUID, Sequence[Span]]
"""When a delegate sits in meetings, by delegate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """
    Somebody on stage.

    Parameters
    ----------
    delegate_id
        The speaker as a delegate; None for one who is none.
    """

    name: str
    function: str = ""
    delegate_id: UUID | None = None
    is_chair: bool = False

    @property
    def who(self) -> str:
        """What is the same for the same person in two sessions."""
        return str(self.delegate_id or self.name.casefold())

    def as_row(self) -> dict[str, object]:
        """Return the speaker as a session keeps it."""
        return {
            "name": self.name,
            "function": self.function,
            "delegate": str(self.delegate_id) if self.delegate_id else "",
            "chair": self.is_chair,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A session as organisers see it: ``facts`` are the draft's where there is one."""

    session: Session
    facts: SessionFacts
    is_drafted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two sessions, or a session and something else, that stand in each other's way; ``level`` is one of the above."""

    level: str
    session_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNote:
    """A release as one reader sees it: with the changes that are theirs to see."""

    release_id: UUID
    at: dt.datetime
    note: str
    changes: tuple[AgendaChange, ...]


def speakers_of(facts: SessionFacts) -> tuple[Speaker, ...]:
    """Return who is on stage in a session."""
    return tuple(
        Speaker(
            name=str(row["name"]),
            function=str(row.get("function", "")),
            delegate_id=UUID(str(row["delegate"])) if row.get("delegate") else None,
            is_chair=bool(row.get("chair")),
        )
        for row in facts.speakers
    )


def released_sessions(edition_id: UUID) -> list[Session]:
    """Return the released sessions that the subject sees, in time order, each with its place."""
    return list(
        Session.objects.filter(edition_id=edition_id, is_released=True)
        .select_related("place")
        .prefetch_related("wordings", "place__wordings")
    )


def released_session(edition_id: UUID, session_id: UUID) -> Session | None:
    """Return one released session; None where the subject sees none."""
    return (
        Session.objects.filter(edition_id=edition_id, is_released=True, pk=session_id)
        .select_related("place")
        .prefetch_related("wordings", "place__wordings")
        .first()
    )


def released_agenda(edition_id: UUID) -> list[Entry]:
    """Return the released sessions as they stand for their readers, whatever is drafted for them."""
    return [
        Entry(session=session, facts=session, is_drafted=False)
        for session in released_sessions(edition_id)
    ]


def drafted_agenda(edition_id: UUID) -> list[Entry]:
    """Return every session with what it will be after the next release, in time order."""
    sessions = Session.objects.filter(edition_id=edition_id).select_related("place")
    drafts = {
        draft.session_id: draft
        for draft in SessionDraft.objects.filter(session__edition_id=edition_id).select_related(
            "place"
        )
    }
    entries = [
        Entry(
            session=session,
            facts=drafts.get(session.pk, session),
            is_drafted=session.pk in drafts,
        )
        for session in sessions
    ]
    return sorted(entries, key=lambda entry: (entry.facts.starts_at, entry.session.code))


def list_releases(edition_id: UUID) -> list[ReleaseNote]:
    """Return the releases in which the subject sees a change, newest first, in two queries."""
    found: dict[UUID, list[AgendaChange]] = {}
    changes = AgendaChange.objects.filter(release__edition_id=edition_id)
    changes = changes.select_related("release").prefetch_related("release__wordings")
    for change in changes.order_by("-release__at", "starts_at", "title"):
        found.setdefault(change.release_id, []).append(change)
    return [
        ReleaseNote(
            release_id=release_id,
            at=changes[0].release.at,
            note=changes[0].release.said["note"],
            changes=tuple(changes),
        )
        for release_id, changes in found.items()
    ]


def changes_by_session(edition_id: UUID) -> dict[UUID, tuple[int, dt.datetime]]:
    """Return for each session how often it changed after its first release [count] and when last, as the subject sees."""
    rows = (
        AgendaChange.objects.filter(release__edition_id=edition_id)
        .order_by()
        .values("session_key")
        .annotate(
            later=Count("pk", filter=~Q(what=AgendaChange.What.ADDED)), last=Max("release__at")
        )
    )
    return {row["session_key"]: (row["later"], row["last"]) for row in rows}


def seats_taken(sessions: Iterable[Session]) -> dict[UUID, int]:
    """Return how many of those whom the subject sees signed up for each session [count]."""
    rows = Session.objects.filter(pk__in=[session.pk for session in sessions]).annotate(
        taken=Count("parts", filter=Q(parts__part=SessionPart.Part.LISTENER))
    )
    return {row.pk: row.taken for row in rows}


def signed_up(edition_id: UUID) -> QuerySet[SessionPart]:
    """Return who signed up for the sessions of the edition, by session and name, as far as the subject sees them."""
    return (
        SessionPart.objects.filter(session__edition_id=edition_id, part=SessionPart.Part.LISTENER)
        .select_related("session__place", "delegate__organisation")
        .order_by("session__starts_at", "session__code", "delegate__badge_name", "pk")
    )


def own_part(session_id: UUID, delegate_id: UUID) -> SessionPart | None:
    """Return a delegate's part in a session; None where it has none."""
    return SessionPart.objects.filter(session_id=session_id, delegate_id=delegate_id).first()


def find_conflicts(
    edition: Edition, entries: Iterable[Entry], booked: Booked
) -> tuple[Conflict, ...]:
    """
    Return what stands in each other's way, errors first.

    An error is a room or a speaker in two sessions at once, or a session outside the hours of the venue; a warning is a
    speaker who sits in a meeting meanwhile, or perhaps in another session. Sessions that are called off are in nobody's way.
    """
    standing = [entry for entry in entries if not entry.facts.is_cancelled]
    names = _badge_names(standing)
    found = [conflict for entry in standing for conflict in _outside(edition, entry)]
    for first, second in combinations(standing, 2):
        if _overlap(_span(first.facts), _span(second.facts)):
            found += _together(first, second)
            found += _perhaps_together(first, second, names)
    found += [conflict for entry in standing for conflict in _in_meetings(entry, booked)]
    return tuple(sorted(found, key=lambda conflict: conflict.level))


def _span(facts: SessionFacts) -> Span:
    return facts.starts_at, facts.ends_at


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _outside(edition: Edition, entry: Entry) -> Iterable[Conflict]:
    first, last = (moment.astimezone(edition.zone) for moment in _span(entry.facts))
    inside = (
        edition.starts_on <= first.date() == last.date() <= edition.ends_on
        and edition.opens_at <= first.time()
        and last.time() <= edition.closes_at
    )
    if not inside:
        yield Conflict(
            level=ERROR,
            session_id=entry.session.pk,
            text=_(
                "“%(title)s” lies outside the days of the edition or the hours of the venue, %(opens)s to "
                "%(closes)s. Move it, or change the hours."
            )
            % {
                "title": entry.facts.title,
                "opens": f"{edition.opens_at:%H:%M}",
                "closes": f"{edition.closes_at:%H:%M}",
            },
        )


def _together(first: Entry, second: Entry) -> Iterable[Conflict]:
    titles = {"first": first.facts.title, "second": second.facts.title}
    if first.facts.place_id is not None and first.facts.place_id == second.facts.place_id:
        yield Conflict(
            level=ERROR,
            session_id=second.session.pk,
            text=_(
                "“%(first)s” and “%(second)s” are in %(place)s at the same time. Move one of them."
            )
            % {**titles, "place": str(first.facts.place)},
        )
    on_stage = {speaker.who for speaker in speakers_of(first.facts)}
    for speaker in speakers_of(second.facts):
        if speaker.who in on_stage:
            yield Conflict(
                level=ERROR,
                session_id=second.session.pk,
                text=_(
                    "%(name)s speaks in “%(first)s” and in “%(second)s” at the same time. Move one of "
                    "them, or choose another speaker."
                )
                % {**titles, "name": speaker.name},
            )


def _badge_names(entries: Iterable[Entry]) -> Mapping[UUID, str]:
    """Return what stands on the badges of those on stage, as the subject sees them."""
    speakers = [one.delegate_id for entry in entries for one in speakers_of(entry.facts)]
    found = [one for one in speakers if one is not None]
    return dict(Delegate.objects.filter(pk__in=found).values_list("pk", "badge_name"))


def _perhaps_together(first: Entry, second: Entry, names: Mapping[UUID, str]) -> Iterable[Conflict]:
    """Tell of a name that stands in one session by itself and in the other with a code: perhaps it is the same person."""
    for one in speakers_of(first.facts):
        for other in speakers_of(second.facts):
            by_code, by_name = (one, other) if one.delegate_id else (other, one)
            if by_code.delegate_id is None or by_name.delegate_id is not None:
                continue
            own = {by_code.name, names.get(by_code.delegate_id, by_code.name)}
            if by_name.name.casefold() in {name.casefold() for name in own}:
                yield Conflict(
                    level=WARNING,
                    session_id=second.session.pk,
                    text=_(
                        "%(name)s speaks in “%(first)s” and in “%(second)s” at the same time, in one of them without a "
                        "code. If it is one person, move one of them; write the code in both."
                    )
                    % {
                        "first": first.facts.title,
                        "second": second.facts.title,
                        "name": by_name.name,
                    },
                )


def _in_meetings(entry: Entry, booked: Booked) -> Iterable[Conflict]:
    for speaker in speakers_of(entry.facts):
        spans = booked.get(speaker.delegate_id, ()) if speaker.delegate_id else ()
        if any(_overlap(span, _span(entry.facts)) for span in spans):
            yield Conflict(
                level=WARNING,
                session_id=entry.session.pk,
                text=_("%(name)s speaks in “%(title)s” and has a meeting then. Move the meeting.")
                % {"name": speaker.name, "title": entry.facts.title},
            )
