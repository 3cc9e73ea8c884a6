"""
Tell an applicant what became of the application: a mail as every other, with its wording, its review and its place in the outbox.

Who applies may be no person of the register yet: then it goes to the account. It is made when it is sent, and what was
decided otherwise meanwhile is not told.
"""

from typing import Final

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Application
from punte.apps.people.mail import queue_mail, queue_mail_to_account
from punte.apps.people.models import Person

State = Application.State
KIND_OF: Final = {
    State.WAITING: "application.received",
    State.LISTED: "application.listed",
    State.ACCEPTED: "application.accepted",
    State.REFUSED: "application.refused",
}
"""The kind of mail that tells each state."""


def tell_applicant(application: Application) -> None:
    """Queue the mail that tells the applicant where the application stands."""
    kind = KIND_OF.get(State(application.state))
    if kind is None:
        return
    with acting_as_system("tell an applicant what became of it"):
        owner_org_id = application.edition.owner_org_id
        account = application.account
        person = (
            Person.objects.filter(account=account, merged_into__isnull=True)
            .select_related("account")
            .first()
        )
    key, details = str(application.pk), {"state": str(application.state)}
    if person is None:
        queue_mail_to_account(
            kind=kind,
            account=account,
            key=key,
            edition_id=application.edition_id,
            owner_org_id=owner_org_id,
            about_id=application.pk,
            details=details,
        )
    else:
        queue_mail(
            kind=kind,
            to=person,
            key=key,
            edition_id=application.edition_id,
            owner_org_id=owner_org_id,
            about_id=application.pk,
            details=details,
        )
