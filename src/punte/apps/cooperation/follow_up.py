"""From a meeting to a cooperation: marks of both sides, notes, and what they build together."""

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import (
    Cooperation,
    MeetingMark,
    MeetingNote,
    Partner,
    StageChange,
    Task,
)
from punte.apps.cooperation.partner_news import (
    tell_agreed_in,
    tell_begun,
    tell_joined,
    tell_next_in,
    tell_noted,
    tell_stage,
)
from punte.apps.cooperation.permissions import (
    NotPartOfItError,
    may_check_in,
    may_write,
    require_part,
)
from punte.apps.market.models import Listing
from punte.apps.meetings.about import listings_about
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import may_organise, stewards_of
from punte.apps.people.models import Organisation
from punte.kernel.errors import PunteError

Side = MeetingMark.Side


def side_of(by: Subject, request: MeetingRequest) -> str:
    """Return as which side a subject speaks of a meeting; empty where it has no part in it."""
    if by.org_id == request.sender.organisation_id:
        return Side.SENDER
    if by.org_id == request.receiver.organisation_id:
        return Side.RECEIVER
    is_desk = may_organise(by, request.edition_id) or may_check_in(by, request.edition_id)
    return Side.DESK if is_desk else ""


def mark_meeting(*, by: Subject, request: MeetingRequest, mark: str) -> MeetingMark:
    """
    Say whether a meeting took place, for one's own side or the desk.

    Raises
    ------
    NotPartOfItError
        The subject has no part in it.
    PunteError
        There is no such mark, or no meeting that has begun.
    """
    side = side_of(by, request)
    if not side or not (side == Side.DESK or may_write(by)):
        raise NotPartOfItError(_("Only the two sides and the desks say whether it took place."))
    if request.state != MeetingRequest.State.ACCEPTED:
        raise PunteError(_("Only a meeting that both sides agreed to can be marked."))
    require_begun(request)
    if mark not in MeetingMark.Mark.values:
        raise PunteError(_("Choose whether it took place."))
    made = MeetingMark.objects.create(
        request=request, side=side, mark=mark, by_id=by.person_id, by_name=name_of(by)
    )
    record("meeting.marked", request, side=side, mark=mark)
    return made


def require_begun(request: MeetingRequest) -> None:
    """
    Let only a meeting pass that stood in the published timetable and has begun.

    Where an edition has published none, the two may have met from its first day on.

    Raises
    ------
    PunteError
        It was taken out, was never given a time, or lies ahead.
    """
    edition = request.edition
    published = TimetableVersion.objects.filter(
        edition=edition, state=TimetableVersion.State.PUBLISHED
    ).first()
    if published is None:
        if timezone.now().astimezone(edition.zone).date() < edition.starts_on:
            raise PunteError(_("The forum has not begun. Come back after the meeting."))
        return
    meeting = Meeting.objects.filter(version=published, request=request).first()
    if meeting is None:
        raise PunteError(
            _(
                "The published timetable has no such meeting: it was taken out, or was given no time."
            )
        )
    if meeting.slot.starts_at > timezone.now():
        raise PunteError(_("The meeting has not begun. Come back after it."))


def write_note(*, by: Subject, request: MeetingRequest, text: str, is_shared: bool) -> MeetingNote:
    """
    Note something of a meeting, for one's own organisation or for both.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        The text is missing or carries a marking.
    """
    side = side_of(by, request)
    if side not in {Side.SENDER, Side.RECEIVER} or by.org_id is None or not may_write(by):
        raise NotPartOfItError(_("Only the two who meet note something here."))
    if not text.strip():
        raise PunteError(_("Write the note first."))
    refuse_classified(_("Note"), [(_("text"), text)])
    other = request.receiver if side == Side.SENDER else request.sender
    note = MeetingNote.objects.create(
        request_id=request.pk,
        text=whole_text(text, 4000),
        is_shared=is_shared,
        by_id=by.person_id,
        by_name=name_of(by),
        owner_org_id=by.org_id,
        label_releasable_to=[f"org:{other.organisation_id}"] if is_shared else [],
    )
    record("meeting.noted", request, shared=is_shared)
    tell_noted(by=by, request=request, note=note)
    return note


def begin_cooperation(
    *,
    by: Subject,
    request: MeetingRequest,
    name: str,
    about: str = "",
    kind: str = Cooperation.Kind.CONTRACT,
) -> Cooperation:
    """
    Begin a cooperation of the two who met; both keep it together.

    Raises
    ------
    NotPartOfItError
        The subject is on neither side.
    PunteError
        The name is missing, or a text carries a marking.
    """
    side = side_of(by, request)
    if side not in {Side.SENDER, Side.RECEIVER} or by.org_id is None or not may_write(by):
        raise NotPartOfItError(_("Only the two who met begin a cooperation from it."))
    if not name.strip():
        raise PunteError(_("Give the cooperation a name."))
    if Cooperation.objects.filter(request_id=request.pk, name=name.strip()).exists():
        raise PunteError(
            _("A cooperation “%(name)s” began here already. Open it, or give another name.")
            % {"name": whole_text(name, 160)}
        )
    refuse_classified(_("Cooperation"), [(_("name"), name), (_("what it is about"), about)])
    other = request.receiver if side == Side.SENDER else request.sender
    listing = listings_about([request]).get(request.pk)
    cooperation = Cooperation.objects.create(
        name=whole_text(name, 160),
        about=whole_text(about, 4000),
        kind=kind if kind in Cooperation.Kind.values else Cooperation.Kind.CONTRACT,
        request_id=request.pk,
        # As everywhere, what one does not see one does not link.
        need_id=listing.pk if listing and listing.side == Listing.Side.NEED else None,
        offer_id=listing.pk if listing and listing.side == Listing.Side.OFFER else None,
        owner_org_id=by.org_id,
        label_stewards=[f"org:{other.organisation_id}", *stewards_of(request.edition_id)],
    )
    for delegate in (request.sender, request.receiver):
        _join(
            cooperation,
            delegate.organisation,
            speaker=delegate.badge_name,
            speaker_id=delegate.person_id,
        )
    _note_stage(by, cooperation, _("Begun after a meeting."))
    record("cooperation.begun", cooperation)
    tell_begun(by=by, cooperation=cooperation)
    return cooperation


def _note_stage(by: Subject, cooperation: Cooperation, reason: str) -> StageChange:
    return StageChange.objects.create(
        cooperation=cooperation,
        stage=cooperation.stage,
        reason=whole_text(reason, 300),
        by_id=by.person_id,
        by_name=name_of(by),
    )


def _join(
    cooperation: Cooperation,
    organisation: Organisation,
    *,
    speaker: str,
    speaker_id: UUID | None = None,
) -> Partner:
    return Partner.objects.create(
        cooperation=cooperation,
        speaker_id=speaker_id,
        organisation=organisation,
        organisation_name=organisation.name,
        country=organisation.country_id,
        speaker=speaker,
    )


def add_partner(
    *, by: Subject, cooperation: Cooperation, organisation: Organisation, speaker: str = ""
) -> Partner:
    """
    Take another organisation in; it sees the cooperation from then on and changes it with the others.

    Documents that were shared before stay with those who had them, until whoever brought them shares them anew.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        It is one already.
    """
    require_part(by, cooperation)
    if cooperation.partners.filter(organisation=organisation, left_at__isnull=True).exists():
        raise PunteError(_("It takes part already."))
    cooperation.label_stewards = sorted({*cooperation.label_stewards, f"org:{organisation.pk}"})
    cooperation.save(update_fields=["label_stewards"])
    partner = _join(cooperation, organisation, speaker=whole_text(speaker, 160))
    record("cooperation.joined", cooperation, organisation=str(organisation.pk))
    tell_joined(by=by, partner=partner)
    return partner


def name_successor(
    *, by: Subject, partner: Partner, speaker: str, speaker_id: UUID | None = None
) -> None:
    """
    Say who speaks for one's own organisation from now on, so that nothing is lost when a person leaves.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation.
    PunteError
        No name is given.
    """
    if by.org_id != partner.organisation_id or not may_write(by):
        raise NotPartOfItError(_("Each organisation says itself who speaks for it."))
    if not speaker.strip():
        raise PunteError(_("Name who speaks for you from now on."))
    refuse_classified(_("Cooperation"), [(_("who speaks for it"), speaker)])
    before, partner.speaker = partner.speaker, whole_text(speaker, 160)
    partner.speaker_id = speaker_id
    partner.save(update_fields=["speaker", "speaker_id"])
    record("cooperation.successor", partner.cooperation, before=before, now=partner.speaker)


def set_stage(*, by: Subject, cooperation: Cooperation, stage: str, reason: str) -> None:
    """
    Move a cooperation to another stage, with the reason.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        There is no such stage, or it is stopped without a reason.
    """
    require_part(by, cooperation)
    if stage not in Cooperation.Stage.values:
        raise PunteError(_("Choose a stage."))
    if stage == Cooperation.Stage.STOPPED and not reason.strip():
        raise PunteError(_("Say why it stops; the history keeps it."))
    refuse_classified(_("Cooperation"), [(_("reason"), reason)])
    cooperation.stage = stage
    cooperation.save(update_fields=["stage"])
    change = _note_stage(by, cooperation, reason)
    record("cooperation.stage", cooperation, stage=stage)
    tell_stage(by=by, change=change)


def agree_on(
    *,
    by: Subject,
    cooperation: Cooperation,
    text: str,
    who: str,
    due_on: dt.date | None,
    partner: Partner | None = None,
) -> Task:
    """
    Keep an agreed action: who does what by when.

    Parameters
    ----------
    partner
        Whose speaker is reminded; every partner's where it is None.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        What or who is missing.
    """
    require_part(by, cooperation)
    who = who.strip() or (partner.organisation_name if partner else "")
    if not text.strip() or not who:
        raise PunteError(_("Say what is done, and who does it."))
    refuse_classified(_("Agreed action"), [(_("what"), text), (_("who"), who)])
    task = Task.objects.create(
        cooperation=cooperation,
        text=whole_text(text, 300),
        who=whole_text(who, 160),
        due_on=due_on,
        partner_id=partner.pk if partner else None,
    )
    record("cooperation.agreed", cooperation)
    tell_agreed_in(by=by, task=task)
    return task


def finish_task(*, by: Subject, task: Task) -> None:
    """
    Say that an agreed action is done, or not after all.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    """
    require_part(by, task.cooperation)
    task.done_at = None if task.done_at else timezone.now()
    task.save(update_fields=["done_at"])
    record("cooperation.done", task.cooperation, task=str(task.pk), done=task.done_at is not None)


def plan_next(*, by: Subject, cooperation: Cooperation, day: dt.date | None, place: str) -> None:
    """
    Say when and where the partners meet next; no day takes it back.

    Raises
    ------
    NotPartOfItError
        The subject is no partner.
    PunteError
        The place carries a marking, or has no day.
    """
    require_part(by, cooperation)
    refuse_classified(_("Cooperation"), [(_("place"), place)])
    if place.strip() and day is None:
        raise PunteError(_("Give the day of the next meeting as well, or leave both empty."))
    before = (cooperation.next_on, cooperation.next_place)
    cooperation.next_on = day
    cooperation.next_place = whole_text(place, 160) if day else ""
    cooperation.save(update_fields=["next_on", "next_place"])
    record("cooperation.next", cooperation, day=day.isoformat() if day else "")
    if before != (cooperation.next_on, cooperation.next_place):
        tell_next_in(by=by, cooperation=cooperation)


def cooperations_from(request_ids: list[UUID]) -> list[Cooperation]:
    """Return the cooperations that began at one of the meetings."""
    return list(Cooperation.objects.filter(Q(request_id__in=request_ids)))
