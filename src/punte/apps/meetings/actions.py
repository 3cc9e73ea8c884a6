"""Writes of timetables: solve, stop, lock, draft, move. Each checks the right and is one transaction of the request."""

import secrets
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.forum.models import Edition, Place, Slot
from punte.apps.meetings.bridge import (
    TimetableConflictError,
    ask_question,
    held_meetings,
    measure_again,
    rules_broken_by,
    told_slot,
)
from punte.apps.meetings.models import (
    Lock,
    Meeting,
    SolveRun,
    TimetableRules,
    TimetableVersion,
    Unmet,
)
from punte.apps.meetings.no_draft import why_no_draft, why_solving
from punte.apps.meetings.permissions import require_organiser, stewards_of
from punte.apps.meetings.seating import seat_people
from punte.kernel.errors import PunteError

SOLVE_TASK = "meetings.solve_timetable"
SOLVE_QUEUE = "solve"


class NotThereError(PunteError):
    """What was asked for is not there for the acting person."""


class WrongStateError(PunteError):
    """What was asked for does not fit the state of things."""


def new_version(
    *, edition: Edition, by: Subject, origin: str, base: TimetableVersion | None, comment: str
) -> TimetableVersion:
    """Return a stored version without meetings, for organisers and auditors alone."""
    # The number is counted under a lock on the edition, so that two at once do not draw the same.
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    last = TimetableVersion.objects.filter(edition=edition).aggregate(last=Max("number"))["last"]
    version = TimetableVersion.objects.create(
        edition=edition,
        number=(last or 0) + 1,
        origin=origin,
        base=base,
        comment=comment,
        created_by_id=by.person_id,
        owner_org_id=edition.owner_org_id,
        label_stewards=stewards_of(edition.pk),
        label_releasable_to=right_groups("audit", edition_id=edition.pk),
    )
    record(
        "timetable.version", version, edition_id=edition.pk, number=version.number, origin=origin
    )
    return version


def request_timetable(
    *,
    by: Subject,
    edition: Edition,
    time_limit_s: int | None = None,
    seed: int | None = None,
    comment: str = "",
    defer: bool = True,
) -> SolveRun:
    """
    Put a new timetable of the edition in the workers' queue and return its run.

    Parameters
    ----------
    time_limit_s
        Time for solving [s], 1 to 3600; the edition's rule when ``None``.
    seed
        Of the solver; drawn when ``None``, and kept with the version.
    defer
        ``False`` where the caller runs it itself.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    WrongStateError
        A timetable of this edition is being made already.
    """
    require_organiser(by, edition.pk, wish="make a timetable")
    # The lock makes two organisers who press at once wait for each other.
    Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    if TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.SOLVING
    ).exists():
        raise WrongStateError(
            "A timetable of this edition is being made already. Wait for it, or stop it; it keeps its best answer."
        )
    rules, _made = TimetableRules.objects.get_or_create(edition=edition)
    version = new_version(
        edition=edition,
        by=by,
        origin=TimetableVersion.Origin.SOLVED,
        base=TimetableVersion.objects.filter(
            edition=edition, state=TimetableVersion.State.PUBLISHED
        ).first(),
        comment=comment,
    )
    version.seed = secrets.randbelow(10**6) if seed is None else seed
    version.save(update_fields=["seed"])
    assert by.person_id is not None
    run = SolveRun.objects.create(
        version=version,
        asked_by_id=by.person_id,
        time_limit_s=min(3600, max(1, time_limit_s or rules.time_limit_s)),
    )
    if defer:
        defer_run(run.pk)
    return run


def defer_run(run_id: UUID) -> None:
    """Put a run in the queue; the worker sees it when the transaction is committed."""
    from procrastinate.contrib.django import app

    app.configure_task(SOLVE_TASK, queue=SOLVE_QUEUE).defer(run_id=str(run_id))


def stop_solving(*, by: Subject, run_id: UUID) -> SolveRun:
    """
    Ask a run to stop; its best answer becomes the version.

    Raises
    ------
    NotThereError
        There is no such run for the subject.
    NotAllowedError
        The subject does not organise the edition.
    """
    run = SolveRun.objects.select_related("version").filter(pk=run_id).first()
    if run is None:
        raise NotThereError("The run to be stopped is not there. Look at the list of versions.")
    require_organiser(by, run.version.edition_id, wish="stop this run")
    if run.stop_asked_at is None and not run.is_over:
        SolveRun.objects.filter(pk=run.pk).update(stop_asked_at=timezone.now())
        run.refresh_from_db()
        record("timetable.stopped", run, edition_id=run.version.edition_id)
    return run


def _find_meeting(meeting_id: UUID) -> Meeting:
    found = (
        Meeting.objects.select_related("version", "version__edition", "request", "slot", "place")
        .filter(pk=meeting_id)
        .first()
    )
    if found is None:
        raise NotThereError("The meeting is not there. It may stand in another version by now.")
    return found


def lock_meeting(*, by: Subject, meeting_id: UUID) -> Lock:
    """
    Hold a meeting at its time and place in every new timetable.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    """
    meeting = _find_meeting(meeting_id)
    require_organiser(by, meeting.version.edition_id, wish="lock a meeting")
    lock, _made = Lock.objects.update_or_create(
        request=meeting.request,
        defaults={
            "edition": meeting.version.edition,
            "slot": meeting.slot,
            "place": meeting.place,
        },
    )
    _record_meeting("meeting.locked", meeting)
    return lock


def _record_meeting(verb: str, meeting: Meeting, **detail: str) -> None:
    version = meeting.version
    record(
        verb,
        meeting,
        edition_id=version.edition_id,
        request=meeting.request.code,
        version=version.number,
        **detail,
    )


def unlock_meeting(*, by: Subject, meeting_id: UUID) -> None:
    """Let new timetables choose time and place of a meeting again."""
    meeting = _find_meeting(meeting_id)
    require_organiser(by, meeting.version.edition_id, wish="unlock a meeting")
    Lock.objects.filter(request=meeting.request).delete()
    _record_meeting("meeting.unlocked", meeting)


def make_draft(*, by: Subject, version_id: UUID, comment: str = "") -> TimetableVersion:
    """
    Return a new draft with the meetings of a version, to be changed by hand.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    WrongStateError
        It is still being solved.
    """
    source = TimetableVersion.objects.filter(pk=version_id).select_related("edition").first()
    if source is None:
        raise NotThereError("The version is not there. Look at the list of versions.")
    require_organiser(by, source.edition_id, wish="change a timetable")
    if source.state == TimetableVersion.State.SOLVING:
        raise WrongStateError(why_solving(source))
    draft = new_version(
        edition=source.edition,
        by=by,
        origin=TimetableVersion.Origin.MOVED,
        base=source,
        comment=comment,
    )
    for field in ("instance_sha256", "status", "seed", "engine", "runtime_s", "objective"):
        setattr(draft, field, getattr(source, field))
    for field in ("request_count", "request_weight", "meeting_count"):
        setattr(draft, field, getattr(source, field))
    draft.state = TimetableVersion.State.DRAFT
    draft.save()
    _copy_meetings(source, draft)
    return draft


def _copy_meetings(source: TimetableVersion, draft: TimetableVersion) -> None:
    Meeting.objects.bulk_create(
        [
            Meeting(
                version=draft,
                request_id=meeting.request_id,
                slot_id=meeting.slot_id,
                place_id=meeting.place_id,
                seat_idx=meeting.seat_idx,
            )
            for meeting in Meeting.objects.filter(version=source)
        ],
        batch_size=1000,
    )
    # Somebody may have stood in since: seats are those of the requests as they are now.
    seat_people(draft)
    Unmet.objects.bulk_create(
        [
            Unmet(
                version=draft,
                request_id=line.request_id,
                code=line.code,
                reason=line.reason,
                blocking=line.blocking,
            )
            for line in Unmet.objects.filter(version=source)
        ],
        batch_size=1000,
    )


def move_meeting(
    *, by: Subject, meeting_id: UUID, slot_code: str, place_code: str
) -> TimetableVersion:
    """
    Hold a meeting of a draft elsewhere, and return the draft with its figures measured anew.

    Raises
    ------
    NotThereError, NotAllowedError
        As its name says.
    WrongStateError
        The version is no draft, or the meeting is locked.
    TimetableConflictError
        Somebody or the place is not free then; nothing is changed.
    """
    meeting = _find_meeting(meeting_id)
    version = meeting.version
    require_organiser(by, version.edition_id, wish="move a meeting")
    version = _draft_of(meeting)
    slot = Slot.objects.filter(edition=version.edition_id, code=slot_code).first()
    place = Place.objects.filter(edition=version.edition_id, code=place_code).first()
    if slot is None or place is None:
        raise NotThereError(
            _("There is no cell %(place)s at %(slot)s. Choose one of the board.")
            % {"place": place_code[:20], "slot": slot_code[:20]}
        )
    with transaction.atomic():
        question = ask_question(meeting.version.edition)
        before = held_meetings(version)
        _put(meeting, slot, place)
        # What was broken already, as by somebody who stood in since, is mended one move at a time.
        broken = rules_broken_by(question, held_meetings(version), already=before)
        if broken:
            raise TimetableConflictError(
                _("The meeting was not moved to %(place)s %(when)s: %(rules)s.")
                % {
                    "place": place.name,
                    "when": told_slot(question, slot_code),
                    "rules": "; ".join(broken[:3]),
                }
            )
        measure_again(version, question)
        version.origin = TimetableVersion.Origin.MOVED
        version.save()
    _record_meeting("meeting.moved", meeting, slot=slot_code, place=place_code)
    return version


def _draft_of(meeting: Meeting) -> TimetableVersion:
    """Return the draft of a meeting that may be moved, kept from others who change it."""
    # Nobody stands in between the look at who is free and the move.
    Edition.objects.select_for_update(no_key=True).get(pk=meeting.version.edition_id)
    version = TimetableVersion.objects.select_for_update(no_key=True).get(pk=meeting.version_id)
    if why := why_no_draft(version):
        raise WrongStateError(why)
    if Lock.objects.filter(request=meeting.request).exists():
        raise WrongStateError(_("This meeting is locked. Unlock it first."))
    return version


def _put(meeting: Meeting, slot: Slot, place: Place) -> None:
    """Move the rows; the database's keys refuse a person or a place that is taken."""
    from django.db import IntegrityError

    taken = set(
        Meeting.objects.filter(version_id=meeting.version_id, slot=slot, place=place)
        .exclude(pk=meeting.pk)
        .values_list("seat_idx", flat=True)
    )
    free = next((idx for idx in range(place.capacity) if idx not in taken), None)
    if free is None:
        raise TimetableConflictError(
            _("%(place)s is taken then. Choose a free cell of the board.") % {"place": place.name}
        )
    try:
        with transaction.atomic():
            seat_people(meeting.version)
            Meeting.objects.filter(pk=meeting.pk).update(slot=slot, place=place, seat_idx=free)
            seat_people(meeting.version)
    except IntegrityError:
        raise TimetableConflictError(
            _("One of the two has another meeting then. Choose one of the marked cells.")
        ) from None
