"""The mails to who asks to come: the application was received, waits on the list, was accepted or refused."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.applicant_news import KIND_OF
from punte.apps.forum.models import Application
from punte.apps.forum.waiting_list import place_of
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind

State = Application.State


def _read(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    # Who applies sees nothing of the edition's own, its application among it; this one is about the reader.
    with acting_as_system("tell an applicant what became of it"):
        application = (
            Application.objects.filter(
                pk=question.about_id,
                account=question.person.account_id,
                state=str(question.details.get("state", "")),
            )
            .select_related("edition")
            .first()
        )
        if application is None:
            return None
        place = place_of(application)
        edition = application.edition
    return MailContent(
        values={
            "name": application.name,
            "edition": str(edition.said["name"]),
            "place": str(place or 1),
            "reason": application.reason,
        },
        path=f"/e/{edition.slug}/apply/",
    )


_EXAMPLES: Final = {"edition": gettext_lazy("Example Forum 2027")}


def _register(
    state: Application.State,
    title: Promise,
    subject: Promise,
    text: Promise,
    **examples: str | Promise,
) -> None:
    register_kind(
        MailKind(
            code=KIND_OF[state],
            title=title,
            subject=subject,
            text=text,
            examples={**_EXAMPLES, **examples},
            read=_read,
            may_opt_out=False,
        )
    )


_register(
    State.WAITING,
    gettext_lazy("An application was received"),
    gettext_lazy("{edition}: your application was received"),
    gettext_lazy(
        "Dear {name},\n\nyour application to come to {edition} was received. The organisers answer it.\n\n"
        "Your application: {link}\n"
    ),
)
_register(
    State.LISTED,
    gettext_lazy("An application is on the waiting list"),
    gettext_lazy("{edition}: your application is on the waiting list"),
    gettext_lazy(
        "Dear {name},\n\nyour application to come to {edition} is on the waiting list, at place {place}. You are told "
        "when a place is free.\n\nYour application: {link}\n"
    ),
    place="3",
)
_register(
    State.ACCEPTED,
    gettext_lazy("An application was accepted"),
    gettext_lazy("{edition}: your application was accepted"),
    gettext_lazy(
        "Dear {name},\n\nyour application to come to {edition} was accepted. You are nominated; clearance follows as soon "
        "as the delegation has a place, and you are told what is decided.\n\nYour application: {link}\n"
    ),
)
_register(
    State.REFUSED,
    gettext_lazy("An application was refused"),
    gettext_lazy("{edition}: your application was refused"),
    gettext_lazy(
        "Dear {name},\n\nyour application to come to {edition} was refused: {reason}\n\nYour application: {link}\n"
    ),
    reason=gettext_lazy("All places are taken."),
)
