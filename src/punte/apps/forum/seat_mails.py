"""The mail to who waits for a seat in a session: it is theirs, it went past them, the queue ended, the session moved."""

import datetime as dt
from collections.abc import Collection
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.agenda import Span
from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, SessionWait
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.mail_times import words_for_span

SEAT_KIND: Final = "agenda.seat"


class Fact(StrEnum):
    """What happened to somebody who waits."""

    SEAT = "seat"
    PASSED = "passed"
    MOVED = "moved"
    OFF = "off"
    SHUT_OUT = "out"


STILL_WAITS: Final = {Fact.PASSED, Fact.MOVED}


def tell_waiting(
    session: Session,
    people: Collection[Delegate],
    *,
    fact: Fact,
    key: str,
    span: Span | None = None,
) -> None:
    """
    Queue the mail to each of them; what it says is read in their name when it leaves.

    Parameters
    ----------
    key
        What makes the fact one of its kind for a session.
    span
        When the session was while they saw it; ``None`` where they see it still.
    """
    starts_at, ends_at = span or (session.starts_at, session.ends_at)
    details = {
        "fact": fact.value,
        # All that they are told of a session that they see no more.
        "starts_at": starts_at.isoformat(),
        "ends_at": ends_at.isoformat(),
    }
    queue_mails(
        kind=SEAT_KIND,
        to=[(one.person, details) for one in people],
        key=f"{session.pk} {fact.value} {key}",
        edition_id=session.edition_id,
        owner_org_id=session.edition.owner_org_id,
        about_id=session.pk,
    )


def _read(question: Question) -> MailContent | None:
    if question.about_id is None or question.edition_id is None or "fact" not in question.details:
        return None
    edition = Edition.objects.filter(pk=question.edition_id).first()
    delegate = Delegate.objects.filter(
        edition_id=question.edition_id, person=question.person, left_at__isnull=True
    ).first()
    if edition is None or delegate is None or not _is_so(question, delegate):
        return None
    session = (
        Session.objects.filter(pk=question.about_id, is_released=True)
        .select_related("place")
        .first()
    )
    fact = Fact(question.details["fact"])
    if session is None and fact not in {Fact.SHUT_OUT, Fact.OFF}:
        return None
    shown = None if fact == Fact.SHUT_OUT else session
    starts_at, ends_at = (
        (shown.starts_at, shown.ends_at)
        if shown
        else (dt.datetime.fromisoformat(question.details[one]) for one in ("starts_at", "ends_at"))
    )
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "session": str(shown.said["title"]) if shown else _("a session"),
            "news": _news(fact),
            "when": words_for_span(starts_at, ends_at, edition.zone),
            "place": str(shown.place.said["name"])
            if shown and shown.place
            else str(edition.said["venue"]),
        },
        path=f"/e/{edition.slug}/agenda/{f'{shown.pk}/' if shown else ''}",
    )


def _is_so(question: Question, delegate: Delegate) -> bool:
    """Whether it is still as the mail was to say: a seat can be given back before it leaves."""
    fact = Fact(question.details["fact"])
    with acting_as_system("tell a person what was decided about it"):
        waits = SessionWait.objects.filter(session=question.about_id, delegate=delegate).exists()
        sits = SessionPart.objects.filter(session=question.about_id, delegate=delegate).exists()
    if fact == Fact.SEAT:
        return sits
    return waits if fact in STILL_WAITS else not waits and not sits


def _news(fact: Fact) -> str:
    if fact == Fact.SEAT:
        return _(
            "A seat became free, and it is yours: you were next in the queue. No meeting is booked for you meanwhile. "
            "If you cannot come, give the seat back: the next one waits for it."
        )
    if fact == Fact.PASSED:
        return _(
            "A seat became free while you are in a meeting or in another session at this time, so you were passed over. "
            "You keep your place in the queue. Move what stands in the way, and the next seat is yours."
        )
    if fact == Fact.MOVED:
        return _("It has another time or place now. You keep your place in the queue for a seat.")
    if fact == Fact.OFF:
        return _("It is called off, and with it the queue for its seats, in which you were.")
    return _("Who may attend a session of this time has changed: you no longer wait for its seat.")


register_kind(
    MailKind(
        code=SEAT_KIND,
        title=gettext_lazy("A seat in a session that you wait for"),
        subject=gettext_lazy("{edition}: the seat in {session} that you waited for"),
        text=gettext_lazy("Dear {name},\n\n{session}\n\n  {when}\n  {place}\n\n{news}\n\n{link}\n"),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "session": gettext_lazy("Opening"),
            "when": gettext_lazy("Sat 15 May, 09:00 to 10:00 EEST"),
            "place": gettext_lazy("Hall A"),
            "news": gettext_lazy(
                "A seat became free, and it is yours: you were next in the queue."
            ),
        },
        read=_read,
    )
)
