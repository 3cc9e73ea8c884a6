"""The mail to who is on stage: put there, moved, in another part, taken off; with the session for the calendar."""

import datetime as dt
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import icalendar
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Edition, Session, SessionPart
from punte.apps.people.itip import address_event, attach_calendar, begin_calendar
from punte.apps.people.mail_kinds import (
    Attachment,
    MailContent,
    MailKind,
    Question,
    Said,
    register_kind,
)
from punte.apps.people.mail_said import NEWS, still_news
from punte.apps.people.mail_times import words_for_span

STAGE_KIND: Final = "agenda.stage"
Part = SessionPart.Part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """
    A part of the agenda as its speaker may be told of it now.

    Parameters
    ----------
    session
        None where the reader does not see it: of that they are told when it is, and no more.
    part
        None where they are not on stage.
    """

    edition: Edition
    session: Session | None
    part: str | None
    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def when(self) -> str:
        """Its time by the venue's clock."""
        return words_for_span(self.starts_at, self.ends_at, self.edition.zone)

    @property
    def place(self) -> str:
        """Where it is, as far as the reader may know."""
        place = self.session.place if self.session and self.part else None
        return str(place.said["name"]) if place else str(self.edition.said["venue"])


def _read(question: Question) -> MailContent | None:
    if question.about_id is None or question.edition_id is None or "stage" not in question.details:
        return None
    delegate = Delegate.objects.filter(
        edition_id=question.edition_id, person=question.person, left_at__isnull=True
    ).first()
    edition = Edition.objects.filter(pk=question.edition_id).first()
    if delegate is None or edition is None:
        return None
    with acting_as_system("tell a person what was decided about it"):
        own = SessionPart.objects.filter(session=question.about_id, delegate=delegate)
        part = own.exclude(part=Part.LISTENER).values_list("part", flat=True).first()
    told = question.details["stage"]
    if told["is_on"] != (part is not None):
        # It was changed once more since: the mail of that release says it.
        return None
    session = (
        Session.objects.filter(pk=question.about_id, is_released=True)
        .select_related("place")
        .first()
    )
    # Who is off is told when it was.
    moment = session if session and part else None
    stage = _Stage(
        edition=edition,
        session=session,
        part=part,
        starts_at=moment.starts_at if moment else dt.datetime.fromisoformat(told["starts_at"]),
        ends_at=moment.ends_at if moment else dt.datetime.fromisoformat(told["ends_at"]),
    )
    said = {str(question.about_id): _said(question, stage)}
    if NEWS in question.details and not still_news(question, said):
        return None
    return replace(_content(question, stage, delegate), said=said)


def _said(question: Question, stage: _Stage) -> Said:
    """Return what is told of a part on stage: the same where its speaker would be told the same."""
    place = stage.session.place_id if stage.session and stage.part else None
    words = (
        stage.part,
        stage.starts_at.isoformat(),
        stage.ends_at.isoformat(),
        place,
        bool(stage.session),
    )
    return Said(
        sequence=int(question.details["stage"]["sequence"]),
        digest=sha256(" ".join(map(str, words)).encode()).hexdigest()[:32],
    )


def _content(question: Question, stage: _Stage, delegate: Delegate) -> MailContent:
    edition, session = stage.edition, stage.session
    seen = f"agenda/{session.pk}/" if session else "agenda/"
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "session": str(session.said["title"]) if session else _("a session"),
            "news": _news(stage),
            "when": stage.when,
            "place": stage.place,
        },
        path=f"/e/{edition.slug}/{seen}",
        attachments=(_invitation(question, stage, delegate),),
    )


def _news(stage: _Stage) -> str:
    session = stage.session
    if session is None:
        if stage.part:
            return _(
                "you are on stage in a session that you may not see, and not free for meetings meanwhile. Ask the "
                "organisers about it."
            )
        return _("you are no longer on stage in a session of this time.")
    if stage.part == Part.CHAIR:
        words = _("you chair “%(session)s”, and are not free for meetings meanwhile.")
    elif stage.part:
        words = _("you speak in “%(session)s”, and are not free for meetings meanwhile.")
    elif session.is_cancelled:
        words = _("“%(session)s”, in which you were on stage, is called off.")
    else:
        words = _("you are no longer on stage in “%(session)s”.")
    return words % {"session": session.said["title"]}


def _invitation(question: Question, stage: _Stage, delegate: Delegate) -> Attachment:
    """Return the session for the calendar under the name that it has in the agenda's file: it is one event."""
    edition, session, told = stage.edition, stage.session, question.details["stage"]
    released_at = dt.datetime.fromisoformat(told["released_at"]).astimezone(dt.UTC)
    event = icalendar.Event()
    event.add("uid", f"session-{question.about_id}@punte")
    event.add("sequence", int(told["sequence"]))
    event.add("dtstamp", released_at)
    event.add("last-modified", released_at)
    event.add("status", "CONFIRMED" if stage.part else "CANCELLED")
    event.add("dtstart", stage.starts_at.astimezone(edition.zone))
    event.add("dtend", stage.ends_at.astimezone(edition.zone))
    event.add("summary", str(session.said["title"]) if session else str(edition.said["name"]))
    event.add(
        "location",
        ", ".join(filter(None, dict.fromkeys((stage.place, str(edition.said["venue"]))))),
    )
    event.add("transp", "OPAQUE" if stage.part else "TRANSPARENT")
    address_event(
        event, caller=str(edition.said["name"]), reader=question.person, name=delegate.badge_name
    )
    calendar = begin_calendar("REQUEST" if stage.part else "CANCEL")
    calendar.add_component(event)
    starts = stage.starts_at.astimezone(edition.zone)
    return attach_calendar(calendar, what=f"{starts:%Y-%m-%d-%H%M}")


register_kind(
    MailKind(
        code=STAGE_KIND,
        title=gettext_lazy("You are on stage, or no longer"),
        subject=gettext_lazy("{edition}: your part on stage in {session}"),
        text=gettext_lazy(
            "Dear {name},\n\n{news}\n\n  {when}\n  {place}\n\nThe attached file puts it into your calendar, or takes it "
            "out.\n\n{link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "session": gettext_lazy("Opening"),
            "news": gettext_lazy(
                "you speak in “Opening”, and are not free for meetings meanwhile."
            ),
            "when": gettext_lazy("Sat 15 May, 09:00 to 10:00 EEST"),
            "place": gettext_lazy("Hall A"),
        },
        read=_read,
    )
)
