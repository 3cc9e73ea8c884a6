"""
A draft shown to the delegates as preliminary, until a moment: each sees their own meetings in it, and may remark on each of them.

The wall ends the showing at its moment, by the version's label; a worker then tidies the label away. Nothing of it reaches a calendar.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.kept_questions import Asked, Kept
from punte.apps.access.models import lend_words, reader_language, words_for
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition, Place, PlaceWording
from punte.apps.forum.queries import CODE
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.models import Meeting, MeetingRemark, MeetingRequest, TimetableVersion
from punte.apps.meetings.no_draft import why_no_draft
from punte.apps.meetings.permissions import require_organiser
from punte.apps.meetings.sides import takes_part
from punte.apps.people.mail import queue_mails
from punte.kernel.errors import PunteError

_SHOWN = Kept(
    lambda: TimetableVersion.objects.filter(
        edition_id=Asked("edition"), preliminary_until__isnull=False
    )[:1]
)

_ME = Asked("me")
_MEETINGS = Kept(
    lambda: (
        Meeting.objects.filter(
            takes_part(_ME, "request__"),
            version_id=Asked("version"),
            request__state=MeetingRequest.State.ACCEPTED,
        )
        .select_related("request", "slot", "place")
        .annotate(
            place_worded=words_for(
                PlaceWording,
                Place.WORDS,
                of="place",
                through="place_id",
                language=Asked("language", CODE),
            )
        )
        .order_by("slot__starts_at", "pk")
    )
)
_REMARKS = Kept(lambda: MeetingRemark.objects.filter(version_id=Asked("version"), delegate_id=_ME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preliminary:
    """A meeting of a delegate in the draft that is shown now, with what this delegate remarked on it."""

    meeting: Meeting
    request: MeetingRequest
    until: dt.datetime
    remark: MeetingRemark | None


def shown_version(edition_id: UUID) -> TimetableVersion | None:
    """Return the draft that is shown as preliminary now; ``None`` where there is none for the subject."""
    found = _SHOWN.first(edition=edition_id)
    until = None if found is None else found.preliminary_until
    return found if until is not None and until > timezone.now() else None


def preliminary_meetings(delegate: Delegate) -> list[Preliminary]:
    """Return what the draft shown now holds for a delegate, in time order; those among it to which it comes along."""
    version = shown_version(delegate.edition_id)
    if version is None:
        return []
    return _meetings_in(version, delegate)


def preliminary_of(request: MeetingRequest, delegate: Delegate | None) -> Preliminary | None:
    """Return the time that the draft shown now gives to a request; ``None`` for who takes no part in it."""
    if delegate is None or delegate.pk not in request.parties:
        return None
    return next(
        (one for one in preliminary_meetings(delegate) if one.request.pk == request.pk), None
    )


def _meetings_in(version: TimetableVersion, delegate: Delegate) -> list[Preliminary]:
    rows = _MEETINGS.ask(me=delegate.pk, version=version.pk, language=reader_language())
    for row in rows:
        lend_words(row.place, row.place_worded)
    found = _REMARKS.ask(me=delegate.pk, version=version.pk)
    remarks = {one.request_id: one for one in found}
    assert version.preliminary_until is not None
    return [
        Preliminary(
            meeting=row,
            request=row.request,
            until=version.preliminary_until,
            remark=remarks.get(row.request_id),
        )
        for row in rows
    ]


def show_preliminary(*, by: Subject, version_id: UUID, until: dt.datetime) -> TimetableVersion:
    """
    Show a draft to the delegates as preliminary, in the place of the one shown before; each who has a meeting in it is told.

    Parameters
    ----------
    until
        From then on nobody but the organisers sees it, and no remark is taken.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    WrongStateError
        The version is no draft.
    PunteError
        The moment has passed.
    """
    version = _held(by, version_id, wish="show a draft timetable")
    if why := why_no_draft(version):
        only = _("Only a draft is shown as preliminary.")
        raise WrongStateError(f"{why} {only}")
    now = timezone.now()
    if until <= now:
        raise PunteError(_("That moment has passed. Choose a later one."))
    others = TimetableVersion.objects.filter(
        edition=version.edition_id, preliminary_until__isnull=False
    )
    for other in others.exclude(pk=version.pk):
        _hide(other)
    is_new = version.preliminary_until is None or version.preliminary_until <= now
    if is_new:
        version.preliminary_since = now
    version.preliminary_until = version.label_expires_at = until
    audit = right_groups("audit", edition_id=version.edition_id)
    version.label_releasable_to = [f"edition:{version.edition_id}", *audit]
    version.save()
    record("timetable.preliminary", version, edition_id=version.edition_id, number=version.number)
    if is_new:
        _tell(version)
    return version


def stop_showing(*, by: Subject, version_id: UUID) -> TimetableVersion:
    """
    Show a draft to the delegates no more, before its moment.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    WrongStateError
        It is not shown.
    """
    version = _held(by, version_id, wish="hide a draft timetable")
    if version.preliminary_until is None:
        raise WrongStateError(_("This version is not shown to the delegates."))
    _hide(version)
    record(
        "timetable.preliminary_over", version, edition_id=version.edition_id, number=version.number
    )
    return version


def end_preliminary() -> int:
    """Tidy away the labels of drafts whose moment has passed, so that auditors see them on; return how many [count]."""
    with acting_as_system("end the showing of a preliminary timetable"):
        over = TimetableVersion.objects.filter(preliminary_until__lte=timezone.now())
        ended = list(over.select_for_update(of=("self",), no_key=True, skip_locked=True))
        for version in ended:
            _hide(version)
    return len(ended)


def close_showing(edition: Edition) -> None:
    """End the showing of every draft of an edition, and make the remarks on them history: a timetable is published."""
    shown = TimetableVersion.objects.filter(edition=edition, preliminary_until__isnull=False)
    for version in shown:
        _hide(version)
    open_remarks = MeetingRemark.objects.filter(version__edition=edition, closed_at__isnull=True)
    open_remarks.update(closed_at=timezone.now())


def _held(by: Subject, version_id: UUID, *, wish: str) -> TimetableVersion:
    """Return a version for a change of whom it is shown to, kept from who publishes or shows at the same time."""
    version = TimetableVersion.objects.select_related("edition").filter(pk=version_id).first()
    if version is None:
        raise NotThereError(_("The version is not there. Look at the list of versions."))
    require_organiser(by, version.edition_id, wish=wish)
    Edition.objects.select_for_update(no_key=True).get(pk=version.edition_id)
    version.refresh_from_db()
    return version


def _hide(version: TimetableVersion) -> None:
    version.preliminary_until = version.label_expires_at = None
    version.label_releasable_to = right_groups("audit", edition_id=version.edition_id)
    version.save()


def _tell(version: TimetableVersion) -> int:
    """Queue one mail for each delegate who has a meeting in a draft; return how many [count]."""
    requests = MeetingRequest.objects.filter(
        meetings__version=version, state=MeetingRequest.State.ACCEPTED
    )
    people = {key for one in requests for key in one.parties}
    delegates = Delegate.objects.filter(pk__in=people, left_at__isnull=True).select_related(
        "person__account"
    )
    return queue_mails(
        kind="timetable.preliminary",
        to=[(one.person, {"delegate": str(one.pk)}) for one in delegates],
        key=f"{version.pk} {version.preliminary_since:%Y%m%d%H%M%S%f}",
        edition_id=version.edition_id,
        owner_org_id=version.edition.owner_org_id,
        about_id=version.pk,
    )
