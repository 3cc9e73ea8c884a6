"""The mails of the agenda: a session that somebody takes part in moved, was called off, or is no longer theirs to see."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.forum.models import Delegate, Edition, Session
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind

SESSION_KIND = "agenda.moved"
SIGNED_OFF_KIND = "agenda.signed_off"


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
    starts, ends = (
        moment.astimezone(edition.zone) for moment in (session.starts_at, session.ends_at)
    )
    place = session.place.name if session.place else edition.venue
    news = (
        _("It is called off.")
        if session.is_cancelled
        else _("It is now on %(day)s from %(from)s to %(to)s: %(place)s.")
        % {
            "day": f"{starts:%Y-%m-%d}",
            "from": f"{starts:%H:%M}",
            "to": f"{ends:%H:%M}",
            "place": place,
        }
    )
    return MailContent(
        values={"edition": edition.name, "session": session.title, "news": news},
        path=f"/e/{edition.slug}/agenda/{session.pk}/",
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


def _read_signed_off(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    edition = Edition.objects.filter(pk=question.about_id).first()
    if edition is None:
        return None
    began = dt.datetime.fromisoformat(str(question.details["began_at"])).astimezone(edition.zone)
    return MailContent(
        values={"edition": edition.name, "day": f"{began:%Y-%m-%d}", "time": f"{began:%H:%M}"},
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
            "day": "2027-05-15",
            "time": "09:00",
        },
        read=_read_signed_off,
    )
)
