"""Publishing a version and rolling back, and what calendars are told of it."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.bridge import (
    PROMISES,
    TimetableConflictError,
    ask_question,
    held_meetings,
    rules_broken_by,
)
from punte.apps.meetings.freed import seat_the_freed
from punte.apps.meetings.models import (
    CalendarEntry,
    Meeting,
    MeetingRequest,
    TimetableVersion,
)
from punte.apps.meetings.no_draft import why_solving
from punte.apps.meetings.permissions import require_organiser
from punte.apps.meetings.preliminary import close_showing
from punte.apps.meetings.seating import seat_people
from punte.apps.meetings.witness_reading import let_witnesses_read
from punte.apps.people.mail import queue_mails

Without = Literal["is_replaced", "is_dropped", "is_gone"]
"""Why a delegate has no seat in a meeting any more: somebody stands in, comes along no more, left the edition."""

PUBLISHABLE = (TimetableVersion.State.DRAFT, TimetableVersion.State.SUPERSEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """
    What a publication changed in people's calendars [count].

    Parameters
    ----------
    touched
        The delegates whose calendars changed.
    """

    version: TimetableVersion
    added: int
    moved: int
    cancelled: int
    touched: frozenset[UUID] = frozenset()


def publish_version(*, by: Subject, version_id: UUID) -> Publication:
    """
    Show a version to the delegates in the place of the one before; an older one again is a roll-back.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    WrongStateError
        The version is published already, is being solved or has failed.
    TimetableConflictError
        Requests, absences or places changed since it was made, and it would break a rule now.
    """
    version = TimetableVersion.objects.select_related("edition").filter(pk=version_id).first()
    if version is None:
        raise NotThereError(_("The version is not there. Look at the list of versions."))
    require_organiser(by, version.edition_id, wish="publish a timetable")
    Edition.objects.select_for_update(no_key=True).get(pk=version.edition_id)
    version.refresh_from_db()
    if version.state == TimetableVersion.State.SOLVING:
        raise WrongStateError(why_solving(version))
    if version.state not in PUBLISHABLE:
        raise WrongStateError(
            _(
                "Version %(number)d is “%(state)s” and cannot be published. Choose a draft, or an earlier version to roll "
                "back to."
            )
            % {"number": version.number, "state": version.get_state_display()}
        )
    _refuse_stale(version)
    _seat_sides(version)
    close_showing(version.edition)
    version.refresh_from_db()
    now = timezone.now()
    published = TimetableVersion.objects.filter(
        edition_id=version.edition_id, state=TimetableVersion.State.PUBLISHED
    )
    for before in published:
        _show_to_staff_only(before)
        before.state = TimetableVersion.State.SUPERSEDED
        before.superseded_at = now
        before.save()
    version.state = TimetableVersion.State.PUBLISHED
    version.published_at = now
    version.label_releasable_to = [
        f"edition:{version.edition_id}",
        *right_groups("audit", edition_id=version.edition_id),
    ]
    version.save()
    record("timetable.published", version, edition_id=version.edition_id, number=version.number)
    seat_the_freed(version.edition_id)
    return _tell_calendars(version)


def _show_to_staff_only(version: TimetableVersion) -> None:
    version.label_releasable_to = right_groups("audit", edition_id=version.edition_id)


def _seat_sides(version: TimetableVersion) -> None:
    """Seat those who meet now: somebody may have stood in since the version was made."""
    standing = seat_people(version)
    if standing:
        raise TimetableConflictError(
            _(
                "Version %(number)d holds somebody in two meetings at once: %(pair)s is the second. Solve again, or move it in a draft."
            )
            % {
                "number": version.number,
                "pair": _pair_of(version, standing[0].meeting.request.code),
            }
        )


def _refuse_stale(version: TimetableVersion) -> None:
    question = ask_question(version.edition)
    held = held_meetings(version)
    gone = [meeting.request for meeting in held if meeting.request not in question.requests]
    if gone:
        raise TimetableConflictError(
            ngettext(
                "Version %(number)d holds %(count)d request that is not accepted any more: %(pair)s. Solve again: a new "
                "timetable leaves it out.",
                "Version %(number)d holds %(count)d requests that are not accepted any more, such as %(pair)s. Solve "
                "again: a new timetable leaves them out.",
                len(gone),
            )
            % {"number": version.number, "count": len(gone), "pair": _pair_of(version, gone[0])}
        )
    # A repair has said which promises it could not keep; it is published all the same.
    is_repair = version.origin == TimetableVersion.Origin.REPAIRED
    broken = rules_broken_by(question, held, but=PROMISES if is_repair else frozenset())
    if broken:
        raise TimetableConflictError(
            _("Version %(number)d does not fit the edition any more: %(rules)s. Solve again.")
            % {"number": version.number, "rules": "; ".join(broken[:3])}
        )


def _pair_of(version: TimetableVersion, code: str) -> str:
    """Return who would meet by a request, in the names that the subject sees."""
    request = MeetingRequest.objects.filter(edition=version.edition_id, code=code).first()
    sides = (request.sender_id, request.receiver_id) if request else ()
    names = Delegate.objects.filter(pk__in=sides).order_by("code")
    return " / ".join(names.values_list("badge_name", flat=True)) or code


def _tell_calendars(version: TimetableVersion) -> Publication:
    """Bring the calendar entries up to date: new, moved (SEQUENCE grows), cancelled (stays, as CANCELLED)."""
    entries = {e.request_id: e for e in CalendarEntry.objects.filter(edition=version.edition_id)}
    held = {meeting.request_id: meeting for meeting in Meeting.objects.filter(version=version)}
    now = timezone.now()
    added = [
        _new_entry(version, meeting)
        for request_id, meeting in held.items()
        if request_id not in entries
    ]
    moved, cancelled = [], []
    for request_id, entry in entries.items():
        now_held = held.get(request_id)
        if now_held is None:
            if entry.status == CalendarEntry.Status.CANCELLED:
                continue
            entry.status = CalendarEntry.Status.CANCELLED
            cancelled.append(entry)
        elif entry.status == CalendarEntry.Status.CONFIRMED and (
            entry.slot_id,
            entry.place_id,
        ) == (now_held.slot_id, now_held.place_id):
            continue
        else:
            entry.status = CalendarEntry.Status.CONFIRMED
            entry.slot_id, entry.place_id = now_held.slot_id, now_held.place_id
            moved.append(entry)
        entry.sequence += 1
        entry.changed_at = now
    CalendarEntry.objects.bulk_create(added, batch_size=1000)
    CalendarEntry.objects.bulk_update(
        [*moved, *cancelled], ["status", "sequence", "slot", "place", "changed_at"], batch_size=500
    )
    tell_delegates(version, [*added, *moved, *cancelled])
    _let_seated_read([*added, *moved], cancelled)
    return Publication(
        version=version,
        added=len(added),
        moved=len(moved),
        cancelled=len(cancelled),
        touched=_parties_of([*added, *moved, *cancelled]),
    )


def _let_seated_read(held: Sequence[CalendarEntry], off: Sequence[CalendarEntry]) -> None:
    for entries, are_held in ((held, True), (off, False)):
        keys = [entry.request_id for entry in entries]
        requests = MeetingRequest.objects.filter(pk__in=keys, has_colleagues=True)
        let_witnesses_read(requests, are_held=are_held)


def _parties_of(entries: Sequence[CalendarEntry]) -> frozenset[UUID]:
    requests = MeetingRequest.objects.filter(pk__in=[entry.request_id for entry in entries])
    return frozenset(key for request in requests for key in request.parties)


def tell_delegates(
    version: TimetableVersion,
    changed: Sequence[CalendarEntry],
    *,
    because: str = "",
    only: Collection[UUID] | None = None,
    off_by: str = "",
) -> int:
    """
    Queue one mail for each delegate with a changed meeting, and for nobody else; return how many [count].

    Parameters
    ----------
    because
        What makes this news another than the last about the same version.
    only
        The delegates for whom it is news, where it is not for all who take part.
    off_by
        Who called it off: ``sender``, ``receiver`` or ``organisers``, with `` in words`` after it where they said why.
    """
    # Published again after a roll-back is news again.
    since = f"{version.published_at:%Y%m%d%H%M%S%f}" if version.published_at else ""
    told: dict[UUID, list[str]] = defaultdict(list)
    pairs = MeetingRequest.objects.in_bulk([entry.request_id for entry in changed])
    for entry in changed:
        request = pairs[entry.request_id]
        # A colleague who comes too has it in the calendar as the two sides do.
        for delegate_id in request.parties:
            if only is None or delegate_id in only:
                told[delegate_id].append(str(entry.pk))
    delegates = Delegate.objects.filter(pk__in=told, left_at__isnull=True).select_related(
        "person__account"
    )
    return queue_mails(
        kind="timetable.published",
        to=[
            (
                delegate.person,
                {
                    "delegate": str(delegate.pk),
                    "entries": told[delegate.pk],
                    # Some meetings changed, in a timetable that was published before.
                    "is_change": bool(because),
                    "off_by": off_by,
                },
            )
            for delegate in delegates
        ],
        key=f"{version.pk} {because or since}",
        edition_id=version.edition_id,
        owner_org_id=version.edition.owner_org_id,
        about_id=version.pk,
    )


def tell_without(
    version: TimetableVersion,
    entries: Sequence[CalendarEntry],
    delegate_id: UUID,
    *,
    because: Without,
) -> None:
    """
    Tell a delegate of meetings that go on, or went, without them, so that their calendar takes them out.

    Parameters
    ----------
    because
        A colleague stands in, the delegate comes along no more, or comes to the edition no more.
    """
    person = Delegate.objects.select_related("person__account").get(pk=delegate_id).person
    marks = " ".join(sorted(f"{entry.pk} {entry.sequence}" for entry in entries))
    mark = hashlib.sha256(marks.encode()).hexdigest()[:32]
    queue_mails(
        kind="timetable.published",
        to=[
            (
                person,
                {
                    "delegate": str(delegate_id),
                    "entries": [str(entry.pk) for entry in entries],
                    "is_change": True,
                    because: True,
                },
            )
        ],
        key=f"{version.pk} {because} {mark}",
        edition_id=version.edition_id,
        owner_org_id=version.edition.owner_org_id,
        about_id=version.pk,
    )


def _new_entry(version: TimetableVersion, meeting: Meeting) -> CalendarEntry:
    return CalendarEntry(
        edition_id=version.edition_id,
        request_id=meeting.request_id,
        status=CalendarEntry.Status.CONFIRMED,
        slot_id=meeting.slot_id,
        place_id=meeting.place_id,
    )
