"""The mails of meetings: a published timetable and its changes, a request and its answer."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, get_args
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.about import listings_about
from punte.apps.meetings.calendars import other_side, whom, write_invitation
from punte.apps.meetings.models import CalendarEntry, MeetingRequest
from punte.apps.meetings.publication import Without
from punte.apps.meetings.witness_reading import let_go_from
from punte.apps.people.mail_kinds import (
    Attachment,
    MailContent,
    MailKind,
    Question,
    Said,
    register_kind,
)
from punte.apps.people.mail_said import still_news
from punte.apps.people.mail_times import words_for_time

CONFIRMED: Final = CalendarEntry.Status.CONFIRMED
WITHOUT: Final = get_args(Without)
LISTED: Final = 12
"""So many meetings are written out in the text; each has its calendar file."""
GROWS: Final = ("SEQUENCE:", "DTSTAMP:", "LAST-MODIFIED:")
"""Lines of a calendar file that another change makes other ones, also one that changes nothing for its reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """
    What one mail may say of meetings.

    Parameters
    ----------
    people
        Whom it may name; None where it names nobody and no reason.
    path
        The page where it goes on, within the edition.
    """

    edition: Edition
    delegate: Delegate
    people: Mapping[UUID, Face] | None
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a mail says of one meeting: its line in the text, and its calendar file."""

    entry: CalendarEntry
    line: str
    file: Attachment

    @property
    def said(self) -> Said:
        """The words without what grows by each change alone."""
        lines = self.file.content.decode().splitlines()
        words = [self.line, *(one for one in lines if not one.startswith(GROWS))]
        digest = hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
        return Said(sequence=self.entry.sequence, digest=digest)


def _read_publication(question: Question) -> MailContent | None:
    if question.details.get("is_gone"):
        # Who left sees the edition no more; that their own meetings are off, they are told all the same, and no more.
        with acting_as_system("tell a person what was decided about it"):
            delegate = _delegate_of(question)
            if delegate is None:
                return None
            gone = _View(edition=delegate.edition, delegate=delegate, people=None, path="")
            return _publication(question, gone)
    delegate = _delegate_of(question)
    if delegate is None:
        return None
    edition = delegate.edition
    view = _View(edition=edition, delegate=delegate, people=faces(edition.pk), path="my/")
    return _publication(question, view, let_go_from(question, delegate))


def _delegate_of(question: Question) -> Delegate | None:
    return (
        Delegate.objects.filter(pk=str(question.details["delegate"]), person=question.person)
        .select_related("edition")
        .first()
    )


def _publication(
    question: Question, view: _View, let_go: Sequence[CalendarEntry] = ()
) -> MailContent | None:
    """Return what changed, as far as the view goes; of what a witness reads no more, that it is off for them."""
    entries = list(
        CalendarEntry.objects.filter(pk__in=question.details.get("entries", []))
        .select_related("request", "slot", "place")
        .prefetch_related("place__wordings")
        .order_by("slot__starts_at", "id")
    )
    if not entries and not let_go:
        return None
    edition = view.edition
    if any(question.details.get(why) for why in WITHOUT):
        for entry in entries:
            # As this reader's calendar has it: it goes on without them, or not at all.
            entry.status = CalendarEntry.Status.CANCELLED
    blind = replace(view, people=None)
    told = [_told(question, view, entry) for entry in entries]
    told += [_told(question, blind, entry) for entry in let_go]
    said = {str(one.entry.pk): one.said for one in told}
    left = still_news(question, said)
    told = [one for one in told if str(one.entry.pk) in left]
    if not told:
        return None
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "news": _news(edition, question),
            "count": str(len(told)),
            "meetings": _lines(told),
        },
        path=f"/e/{edition.slug}/{view.path}",
        attachments=tuple(one.file for one in told),
        said={key: said[key] for key in left},
    )


def _told(question: Question, view: _View, entry: CalendarEntry) -> _Told:
    """Return what a mail says of one meeting; iTIP wants one meeting and one method for each file."""
    request = entry.request
    is_on = entry.status == CONFIRMED
    place = str(entry.place.said["name"]) if is_on else _off(question, view, request)
    starts = words_for_time(entry.slot.starts_at, view.edition.zone)
    other = other_side(request, view.delegate.pk, view.people or {})
    file = write_invitation(
        view.edition,
        view.delegate,
        entry,
        method="REQUEST" if is_on else "CANCEL",
        reader=question.person,
        people=view.people,
    )
    return _Told(entry=entry, line=f"  {starts}  {whom(other, request)}  ({place})", file=file)


def _off(question: Question, view: _View, request: MeetingRequest) -> str:
    """Return in words why a meeting is off for the reader: who called it off and why, as far as they may know it."""
    if question.details.get("is_replaced"):
        return _("your colleague goes there")
    if question.details.get("is_dropped") or question.details.get("is_gone"):
        return _("without you")
    caller, _space, has_word = str(question.details.get("off_by") or "").partition(" ")
    why = f": {request.answer}" if has_word and request.state == request.State.WITHDRAWN else ""
    if caller == "organisers":
        return _("called off by the organisers") + why
    side = {"sender": request.sender_id, "receiver": request.receiver_id}.get(caller)
    face = (view.people or {}).get(side) if side else None
    if face is not None:
        return _("called off by %(who)s") % {"who": face.organisation} + why
    return (_("called off") if side else _("does not take place")) + why


def _news(edition: Edition, question: Question) -> str:
    if question.details.get("is_replaced"):
        return _("a colleague stands in for you at %(edition)s.") % {
            "edition": str(edition.said["name"])
        }
    if question.details.get("is_dropped"):
        return _("you no longer come along to a meeting at %(edition)s.") % {
            "edition": str(edition.said["name"])
        }
    if question.details.get("is_gone"):
        return _("you no longer come to %(edition)s, and have no meetings there.") % {
            "edition": str(edition.said["name"])
        }
    if question.details.get("off_by"):
        return _(
            "a meeting of yours at %(edition)s was called off. The attached file takes it out of your calendar."
        ) % {"edition": str(edition.said["name"])}
    if question.details.get("is_change"):
        return _("some of your meetings at %(edition)s changed.") % {
            "edition": str(edition.said["name"])
        }
    return _("the timetable of %(edition)s is published.") % {"edition": str(edition.said["name"])}


def _lines(told: Sequence[_Told]) -> str:
    lines = [one.line for one in told[:LISTED]]
    rest = len(told) - LISTED
    if rest > 0:
        lines.append(
            "  " + ngettext("and %(count)d more", "and %(count)d more", rest) % {"count": rest}
        )
    return "\n".join(lines)


def read_request(question: Question) -> MailContent | None:
    """Return what a mail says of a request to one of its two sides; None for anybody else."""
    if question.about_id is None:
        return None
    request = MeetingRequest.objects.filter(pk=question.about_id).select_related("edition").first()
    if request is None:
        return None
    mine = set(
        Delegate.objects.filter(edition=request.edition, person=question.person).values_list(
            "pk", flat=True
        )
    )
    if not mine & {request.sender_id, request.receiver_id}:
        return None
    other = faces(request.edition_id).get(
        request.receiver_id if request.sender_id in mine else request.sender_id
    )
    return MailContent(
        values={
            "edition": str(request.edition.said["name"]),
            "other": other.name if other else request.code,
            "organisation": other.organisation if other else "-",
            "reason": request.reason,
            "about": _about(request),
            "state": request.get_state_display(),
            "answer": request.answer,
            "rule": _rule(request),
        },
        path=f"/e/{request.edition.slug}/requests/",
    )


def _rule(request: MeetingRequest) -> str:
    """Return until when a request can be declined before it counts as accepted; empty where it waits for a yes."""
    until = request.accepted_unless_by
    if until is None:
        return ""
    return _(
        "It counts as accepted unless it is declined by %(until)s, in the time of the venue."
    ) % {"until": f"{until.astimezone(request.edition.zone):%Y-%m-%d %H:%M}"}


def _about(request: MeetingRequest) -> str:
    """Return which need or offer a request is about; empty where it is about none that the reader sees."""
    listing = listings_about([request]).get(request.pk)
    if listing is None:
        return ""
    return f"{listing.get_side_display()}: {listing.title}"


def _read_stand_in(question: Question) -> MailContent | None:
    """Return what the mail says to the two sides, and to the colleague of one of them who is replaced."""
    found = read_request(question)
    if found is not None or question.about_id is None:
        return found
    request = MeetingRequest.objects.filter(pk=question.about_id).select_related("edition").first()
    if request is None:
        return None
    mine = Delegate.objects.filter(person=question.person, edition=request.edition)
    own = mine.filter(left_at__isnull=True).values_list("organisation_id", flat=True).first()
    if own is None:
        return None
    known = faces(request.edition_id)
    sides = [known.get(request.sender_id), known.get(request.receiver_id)]
    if own not in {side.organisation_id for side in sides if side}:
        return None
    other = next((side for side in sides if side and side.organisation_id != own), None)
    return MailContent(
        values={
            "edition": str(request.edition.said["name"]),
            "other": other.name if other else request.code,
            "organisation": other.organisation if other else "-",
            "reason": request.reason,
            "about": _about(request),
            "state": request.get_state_display(),
            "answer": _("A colleague stands in for you."),
        },
        path=f"/e/{request.edition.slug}/requests/",
    )


REQUEST_EXAMPLES: Final = {
    "edition": gettext_lazy("Example Forum 2027"),
    "other": gettext_lazy("Bob Example"),
    "organisation": gettext_lazy("Example Works"),
    "reason": gettext_lazy("We make what your need asks for."),
    "about": gettext_lazy("Need: Bridges that open in ten minutes"),
    "state": gettext_lazy("accepted"),
    "answer": gettext_lazy("Gladly."),
    "rule": gettext_lazy(
        "It counts as accepted unless it is declined by 2027-10-20 18:00, in the time of the venue."
    ),
}

TIMETABLE_PUBLISHED: Final = register_kind(
    MailKind(
        code="timetable.published",
        title=gettext_lazy("Your meetings: new, moved or off"),
        subject=gettext_lazy("{edition}: your meetings"),
        text=gettext_lazy(
            "Dear {name},\n\n{news} This is new or changed for you, in the time "
            "of the venue:\n\n{meetings}\n\nEach attached file is one meeting: it puts it into your calendar, "
            "or takes it out. Your whole day: {link}\n"
        ),
        examples={
            "edition": gettext_lazy("Example Forum 2027"),
            "news": gettext_lazy("the timetable of Example Forum 2027 is published."),
            "count": "1",
            "meetings": gettext_lazy(
                "  Thu 4 Nov, 10:20 EET  Bob Example, Example Works  (Table 7)"
            ),
        },
        read=_read_publication,
    )
)
REQUEST_RECEIVED: Final = register_kind(
    MailKind(
        code="request.received",
        title=gettext_lazy("Somebody asks you for a meeting"),
        subject=gettext_lazy("{edition}: {other} asks for a meeting"),
        text=gettext_lazy(
            "Dear {name},\n\n{other} ({organisation}) asks you for a meeting at {edition}:\n\n  {reason}\n  {about}\n\n"
            "{rule}\nAccept or decline here: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=read_request,
    )
)
REQUEST_ANSWERED: Final = register_kind(
    MailKind(
        code="request.answered",
        title=gettext_lazy("An answer to your request"),
        subject=gettext_lazy("{edition}: your request to {other} is {state}"),
        text=gettext_lazy(
            "Dear {name},\n\nyour request to {other} ({organisation}) at {edition} is now: {state}.\n{answer}\n\n"
            "All your requests: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=read_request,
    )
)
REQUEST_COUNTED: Final = register_kind(
    MailKind(
        code="request.counted",
        title=gettext_lazy("A request of yours counts as accepted"),
        subject=gettext_lazy("{edition}: the request between you and {other} counts as accepted"),
        text=gettext_lazy(
            "Dear {name},\n\nthe request between you and {other} ({organisation}) at {edition} counts as accepted: nobody declined it in "
            "time.\n\n  {reason}\n  {about}\n\nWho was asked can still decline it until a timetable gives it a time: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=read_request,
    )
)
REQUEST_OFF: Final = register_kind(
    MailKind(
        code="request.off",
        title=gettext_lazy("A request of yours is called off"),
        subject=gettext_lazy("{edition}: the request between you and {other} is called off"),
        text=gettext_lazy(
            "Dear {name},\n\nthe request between you and {other} ({organisation}) at {edition} is called off, before "
            "it had a time.\n{answer}\n\nAll your requests: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=read_request,
    )
)
REQUEST_STAND_IN: Final = register_kind(
    MailKind(
        code="request.stand_in",
        title=gettext_lazy("Somebody stands in at a request of yours"),
        subject=gettext_lazy("{edition}: a colleague stands in, request with {other}"),
        text=gettext_lazy(
            "Dear {name},\n\na colleague of one side stands in at the request with {other} ({organisation}) at {edition}. "
            "It has no time yet; its state: {state}.\n\n  {reason}\n\n{answer}\n\nAll your requests: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=_read_stand_in,
    )
)
