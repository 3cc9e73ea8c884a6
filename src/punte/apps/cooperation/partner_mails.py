"""The mails to partners: a cooperation begun, somebody taken in, a stage moved, an action agreed, a note, the next meeting."""

import uuid
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.cooperation.models import (
    Cooperation,
    MeetingNote,
    MeetingTask,
    NextMeeting,
    Partner,
    StageChange,
    Task,
)
from punte.apps.cooperation.partner_news import (
    AGREED_KIND,
    BEGUN_KIND,
    JOINED_KIND,
    NEXT_KIND,
    NOTED_KIND,
    STAGE_KIND,
)
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.mail_times import words_for_day
from punte.apps.people.queries import subject_of_person

NOWHERE: Final = uuid.UUID(int=0)
SHOWN: Final = 600
"""Characters of a note that the mail shows [count]."""


def _about(question: Question) -> uuid.UUID:
    return question.about_id or NOWHERE


def _page(cooperation_id: uuid.UUID) -> str:
    return f"/cooperations/{cooperation_id}/"


def _others(cooperation: Cooperation) -> str:
    here = cooperation.partners.filter(left_at__isnull=True)
    return ", ".join(here.values_list("organisation_name", flat=True))


def _read_begun(question: Question) -> MailContent | None:
    row = Cooperation.objects.filter(pk=_about(question)).first()
    if row is None:
        return None
    return MailContent(
        values={"cooperation": row.name, "partners": _others(row)}, path=_page(row.pk)
    )


def _read_joined(question: Question) -> MailContent | None:
    found = Partner.objects.filter(pk=_about(question), left_at__isnull=True)
    row = found.select_related("cooperation").first()
    if row is None:
        return None
    return MailContent(
        values={
            "cooperation": row.cooperation.name,
            "who": row.organisation_name,
            "partners": _others(row.cooperation),
        },
        path=_page(row.cooperation_id),
    )


def _read_stage(question: Question) -> MailContent | None:
    found = StageChange.objects.filter(pk=_about(question))
    row = found.select_related("cooperation").first()
    if row is None:
        return None
    return MailContent(
        values={
            "cooperation": row.cooperation.name,
            "stage": row.get_stage_display(),
            "reason": row.reason or "-",
            "who": row.by_name,
        },
        path=_page(row.cooperation_id),
    )


def _read_agreed(question: Question) -> MailContent | None:
    org_id = subject_of_person(question.person.pk).org_id
    task = Task.objects.filter(pk=_about(question)).select_related("cooperation").first()
    if task is not None:
        partner = Partner.objects.filter(pk=task.partner_id or NOWHERE).first()
        is_own = partner is None or partner.organisation_id == org_id
        where, path = task.cooperation.name, _page(task.cooperation_id)
        return _agreed(task, where=where, path=path, is_own=is_own)
    agreed = MeetingTask.objects.filter(pk=_about(question)).first()
    request = _request(agreed.request_id) if agreed else None
    if agreed is None or request is None:
        return None
    sides = {
        MeetingTask.Side.SENDER: {request.sender.organisation_id},
        MeetingTask.Side.RECEIVER: {request.receiver.organisation_id},
    }
    owners = sides.get(MeetingTask.Side(agreed.side), {org_id})
    return _agreed(agreed, where=_two(request), path=_follow_up(request), is_own=org_id in owners)


def _agreed(task: Task | MeetingTask, *, where: str, path: str, is_own: bool) -> MailContent | None:
    if task.done_at is not None:
        return None
    return MailContent(
        values={
            "where": where,
            "what": task.text,
            "who": task.who,
            "day": words_for_day(task.due_on) if task.due_on else _("no day agreed"),
            "whose": _("It is yours to do.") if is_own else _("It is theirs to do."),
        },
        path=path,
    )


def _request(request_id: uuid.UUID) -> MeetingRequest | None:
    found = MeetingRequest.objects.filter(pk=request_id)
    return found.select_related("edition", "sender", "receiver").first()


def _two(request: MeetingRequest) -> str:
    return f"{request.sender.badge_name}, {request.receiver.badge_name}, {request.edition.name}"


def _follow_up(request: MeetingRequest) -> str:
    return f"/e/{request.edition.slug}/follow-up/{request.pk}/"


def _read_noted(question: Question) -> MailContent | None:
    note = MeetingNote.objects.filter(pk=_about(question), is_shared=True).first()
    request = _request(note.request_id) if note else None
    if note is None or request is None:
        return None
    return MailContent(
        values={"where": _two(request), "who": note.by_name, "text": note.text[:SHOWN]},
        path=_follow_up(request),
    )


def _read_next(question: Question) -> MailContent | None:
    row = Cooperation.objects.filter(pk=_about(question)).first()
    if row is not None:
        day = words_for_day(row.next_on) if row.next_on else _("taken back")
        place, where, path = row.next_place, row.name, _page(row.pk)
        return MailContent(values={"where": where, "day": day, "place": place}, path=path)
    said = NextMeeting.objects.filter(pk=_about(question)).first()
    request = _request(said.request_id) if said else None
    if said is None or request is None:
        return None
    return MailContent(
        values={"where": _two(request), "day": words_for_day(said.on), "place": said.place},
        path=_follow_up(request),
    )


_TOGETHER = gettext_lazy("Mast together")
_WORKS = gettext_lazy("Example Works")
_BOTH = gettext_lazy("Example Works, Example Office")
_MEETING = gettext_lazy("Ana Example, Bob Example, Example Forum 2027")

COOPERATION_BEGUN: Final = register_kind(
    MailKind(
        code=BEGUN_KIND,
        title=gettext_lazy("A cooperation of yours began"),
        subject=gettext_lazy("“{cooperation}” began"),
        text=gettext_lazy(
            "Dear {name},\n\nthe cooperation “{cooperation}” began. You keep it together: {partners}.\n\n{link}\n"
        ),
        examples={"cooperation": _TOGETHER, "partners": _BOTH},
        read=_read_begun,
    )
)
PARTNER_JOINED: Final = register_kind(
    MailKind(
        code=JOINED_KIND,
        title=gettext_lazy("A partner was taken into a cooperation"),
        subject=gettext_lazy("{who} takes part in “{cooperation}”"),
        text=gettext_lazy(
            "Dear {name},\n\n{who} was taken into “{cooperation}”. Part of it now: {partners}.\n\n{link}\n"
        ),
        examples={"cooperation": _TOGETHER, "who": _WORKS, "partners": _BOTH},
        read=_read_joined,
    )
)
STAGE_MOVED: Final = register_kind(
    MailKind(
        code=STAGE_KIND,
        title=gettext_lazy("A cooperation moved to another stage"),
        subject=gettext_lazy("“{cooperation}”: {stage}"),
        text=gettext_lazy(
            "Dear {name},\n\n{who} moved “{cooperation}” to another stage: {stage}.\n\nReason: {reason}\n\n{link}\n"
        ),
        examples={
            "cooperation": _TOGETHER,
            "stage": gettext_lazy("Exploration"),
            "reason": gettext_lazy("Both want to go on."),
            "who": gettext_lazy("Bob Example"),
        },
        read=_read_stage,
    )
)
ACTION_AGREED: Final = register_kind(
    MailKind(
        code=AGREED_KIND,
        title=gettext_lazy("An action was agreed with you"),
        subject=gettext_lazy("Agreed: {what} ({who}, {day})"),
        text=gettext_lazy(
            "Dear {name},\n\nthis was agreed in “{where}”:\n\n  {what}\n  {who}, {day}\n\n{whose}\n\n{link}\n"
        ),
        examples={
            "where": _TOGETHER,
            "what": gettext_lazy("Send the drawings"),
            "who": _WORKS,
            "day": gettext_lazy("Sat 15 May 2027"),
            "whose": gettext_lazy("It is yours to do."),
        },
        read=_read_agreed,
    )
)
NOTE_SHARED: Final = register_kind(
    MailKind(
        code=NOTED_KIND,
        title=gettext_lazy("A note on a meeting was shared with you"),
        subject=gettext_lazy("A shared note: {where}"),
        text=gettext_lazy(
            "Dear {name},\n\n{who} shares a note with you on your meeting ({where}):\n\n{text}\n\n{link}\n"
        ),
        examples={
            "where": _MEETING,
            "who": gettext_lazy("Bob Example"),
            "text": gettext_lazy("The drawings come in May."),
        },
        read=_read_noted,
    )
)
NEXT_MEETING: Final = register_kind(
    MailKind(
        code=NEXT_KIND,
        title=gettext_lazy("The next meeting of a cooperation or of two was agreed"),
        subject=gettext_lazy("Next meeting: {day} ({where})"),
        text=gettext_lazy(
            "Dear {name},\n\nthe next meeting of “{where}”: {day}. {place}\n\n{link}\n"
        ),
        examples={
            "where": _MEETING,
            "day": gettext_lazy("Sat 15 May 2027"),
            "place": gettext_lazy("Bucharest"),
        },
        read=_read_next,
    )
)
