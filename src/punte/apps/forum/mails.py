"""The mails of an edition: a session moved, was called off or is no longer theirs; what was decided about a nomination."""

import datetime as dt
from hashlib import sha256

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import AgendaChange, Delegate, Edition, Session
from punte.apps.people.listing import has_agreed
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, Said, register_kind
from punte.apps.people.mail_said import NEWS, still_news
from punte.apps.people.mail_times import words_for_clock, words_for_day, words_for_span
from punte.apps.people.models import Nomination

SESSION_KIND = "agenda.moved"
SIGNED_OFF_KIND = "agenda.signed_off"
DECISION_KIND = "nomination.decided"
MOVED_UP_KIND = "nomination.moved_up"
GONE = (Nomination.State.SUBSTITUTE, Nomination.State.REJECTED, Nomination.State.WITHDRAWN)


def _read(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    session = (
        Session.objects.filter(pk=question.about_id, is_released=True)
        .select_related("edition", "place")
        .first()
    )
    if (
        session is None
        or not Delegate.objects.filter(edition=session.edition, person=question.person).exists()
    ):
        return None
    edition = session.edition
    said = {str(session.pk): said_of(session)}
    if NEWS in question.details and not still_news(question, said):
        return None
    place = str(session.place.said["name"]) if session.place else str(edition.said["venue"])
    news = (
        _("It is called off.")
        if session.is_cancelled
        else _("It is now on %(when)s: %(place)s.")
        % {
            "when": words_for_span(session.starts_at, session.ends_at, edition.zone),
            "place": place,
        }
    )
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "session": str(session.said["title"]),
            "news": news,
        },
        path=f"/e/{edition.slug}/agenda/{session.pk}/",
        said=said,
    )


def said_of(session: Session, *more: object) -> Said:
    """Return what a mail tells of a session that moves: the same where its reader would be told the same."""
    moments = (session.starts_at.isoformat(), session.ends_at.isoformat())
    words = (*moments, session.place_id, session.is_cancelled, *more)
    changes = AgendaChange.objects.filter(session_key=session.pk)
    return Said(
        sequence=changes.exclude(what=AgendaChange.What.ADDED).count(),
        digest=sha256(" ".join(map(str, words)).encode()).hexdigest()[:32],
    )


register_kind(
    MailKind(
        code=SESSION_KIND,
        title=gettext_lazy("A session of yours moved"),
        subject=gettext_lazy("{edition}: “{session}” has changed"),
        text=gettext_lazy(
            "Dear {name},\n\n“{session}”, in which you take part, has changed. {news}\n\n{link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "session": gettext_lazy("Opening"),
            "news": gettext_lazy("It is called off."),
        },
        read=_read,
    )
)


def _nomination_of(question: Question) -> tuple[Nomination, Edition | None] | None:
    """Return the nomination that a mail is about, with its edition; None where it is not the reader's."""
    if question.about_id is None:
        return None
    # Who is not cleared sees nothing of its organisation's, its own nomination among it; this one is about the reader.
    with acting_as_system("tell a person what was decided about it"):
        nomination = (
            Nomination.objects.filter(pk=question.about_id, person=question.person)
            .select_related("delegation__organisation")
            .first()
        )
        if nomination is None:
            return None
        return nomination, Edition.objects.filter(pk=nomination.edition_id).first()


def _read_decision(question: Question) -> MailContent | None:
    found = _nomination_of(question)
    if found is None:
        return None
    nomination, edition = found
    is_coming = nomination.state == Nomination.State.CLEARED
    path = "/" if edition is None else f"/e/{edition.slug}/{'my/' if is_coming else ''}"
    with acting_as_system("tell a person what was decided about it"):
        is_found = not is_coming or has_agreed(nomination.person_id, nomination.edition_id)
    return MailContent(
        values={
            "edition": str(edition.said["name"]) if edition else "",
            "state": nomination.get_state_display(),
            "reason": nomination.reason,
            "listing": ""
            if is_found
            else _(
                "Nobody can ask you for a meeting yet: say on “My forum” whether other delegates may find you."
            ),
        },
        path=path,
    )


register_kind(
    MailKind(
        code=DECISION_KIND,
        title=gettext_lazy("What was decided about your participation"),
        subject=gettext_lazy("{edition}: your participation is now “{state}”"),
        text=gettext_lazy(
            "Dear {name},\n\nyour participation in {edition} is now: {state}.\n{reason}\n{listing}\n\n"
            "You can see it here: {link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "state": gettext_lazy("cleared"),
            "reason": gettext_lazy("All stages are passed."),
            "listing": gettext_lazy(
                "Nobody can ask you for a meeting yet: say on “My forum” whether other delegates may find you."
            ),
        },
        read=_read_decision,
        may_opt_out=False,
    )
)


def _read_moved_up(question: Question) -> MailContent | None:
    found = _nomination_of(question)
    if found is None:
        return None
    nomination, edition = found
    if edition is None or nomination.state in GONE:
        return None
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "organisation": nomination.delegation.organisation.name,
            "state": nomination.get_state_display(),
        },
        path=f"/e/{edition.slug}/",
    )


register_kind(
    MailKind(
        code=MOVED_UP_KIND,
        title=gettext_lazy("A substitute moves up"),
        subject=gettext_lazy("{edition}: a place is free for you"),
        text=gettext_lazy(
            "Dear {name},\n\na place in the delegation of {organisation} to {edition} is free, and you move up from the "
            "substitutes. Your participation is now: {state}. You are told what is decided.\n\n{link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "organisation": gettext_lazy("Example Works"),
            "state": gettext_lazy("Waiting for clearance"),
        },
        read=_read_moved_up,
        may_opt_out=False,
    )
)


def _read_signed_off(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    edition = Edition.objects.filter(pk=question.about_id).first()
    if edition is None:
        return None
    began = dt.datetime.fromisoformat(str(question.details["began_at"]))
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "day": words_for_day(began.astimezone(edition.zone)),
            "time": words_for_clock(began, edition.zone),
        },
        path=f"/e/{edition.slug}/agenda/",
    )


register_kind(
    MailKind(
        code=SIGNED_OFF_KIND,
        title=gettext_lazy("A session that you can no longer attend"),
        subject=gettext_lazy("{edition}: your seat on {day} at {time} was given back"),
        text=gettext_lazy(
            "Dear {name},\n\nWho may attend a session has changed, and your seat on {day} at {time} was given back. "
            "You are free then for another session or a meeting.\n\n{link}\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "day": gettext_lazy("Sat 15 May 2027"),
            "time": "09:00 EEST",
        },
        read=_read_signed_off,
    )
)
