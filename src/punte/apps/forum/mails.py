"""The mail of the agenda: a session that somebody speaks in or signed up for moved, or was called off."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.forum.models import Delegate, Session
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind

SESSION_KIND = "agenda.moved"


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
