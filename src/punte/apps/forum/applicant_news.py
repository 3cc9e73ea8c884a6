"""
Tell an applicant what became of the application, by the address of the account and in its language.

Who applies may be no person of the register yet, so this goes past the outbox, which is of persons. It is made when it is
sent: what was decided otherwise meanwhile is not told.
"""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.translation import gettext as _

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Application
from punte.apps.forum.waiting_list import place_of

TASK: Final = "forum.tell_applicant"
QUEUE: Final = "mail"
DOMAIN: Final = "punte.invalid"
State = Application.State
TOLD: Final = (State.WAITING, State.LISTED, State.ACCEPTED, State.REFUSED)


def tell_applicant(application: Application) -> None:
    """Have a worker tell the applicant where the application stands, once this transaction is through."""
    from procrastinate.contrib.django import app

    if application.state in TOLD:
        app.configure_task(TASK, queue=QUEUE).defer(
            application_id=str(application.pk), state=str(application.state)
        )


def send_news(application_id: UUID, state: str) -> bool:
    """Send the mail about a state; say whether it left. It does not where the state is another by now."""
    with acting_as_system("tell an applicant what became of it"):
        application = (
            Application.objects.select_related("account", "edition")
            .filter(pk=application_id, state=state)
            .first()
        )
        place = place_of(application) if application is not None else None
    if application is None:
        return False
    with translation.override(application.account.language or settings.LANGUAGE_CODE):
        message = EmailMessage(
            subject=_("%(edition)s: your application: %(state)s")
            % {"edition": application.edition.name, "state": application.get_state_display()},
            body=_body(application, place),
            to=[application.account.email],
            headers={
                "Message-ID": f"<{application.pk}.{state}@{DOMAIN}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": translation.get_language() or "en",
            },
        )
    message.send()
    return True


def _body(application: Application, place: int | None) -> str:
    words = {
        "name": application.name,
        "news": _news(application, place),
        "link": f"{settings.PUNTE_ADDRESS}/e/{application.edition.slug}/apply/",
    }
    return _("Dear %(name)s,\n\n%(news)s\n\nYour application: %(link)s\n") % words


def _news(application: Application, place: int | None) -> str:
    edition = application.edition.name
    if application.state == State.LISTED:
        return _(
            "your application to come to %(edition)s is on the waiting list, at place %(place)d. You are told when a "
            "place is free."
        ) % {"edition": edition, "place": place or 1}
    if application.state == State.ACCEPTED:
        return _(
            "your application to come to %(edition)s was accepted. You are nominated; clearance follows as soon as the "
            "delegation has a place, and you are told what is decided."
        ) % {"edition": edition}
    if application.state == State.REFUSED:
        return _("your application to come to %(edition)s was refused: %(reason)s") % {
            "edition": edition,
            "reason": application.reason,
        }
    return _("your application to come to %(edition)s was received. The organisers answer it.") % {
        "edition": edition
    }
