"""The mail that invites a nominee without an account into its organisation at an edition."""

from uuid import UUID

from django.utils.translation import gettext_lazy

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition
from punte.apps.people.invitations import MAIL_KIND, usable_token
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.mail_times import words_for_time
from punte.apps.people.models import Organisation
from punte.apps.people.models.vetting import Invitation


def _read(question: Question) -> MailContent | None:
    # Who is invited has no account yet, so that nothing is shown in its name; the invitation is its own.
    with acting_as_system("invite a person"):
        invitation = Invitation.objects.filter(
            pk=UUID(str(question.details["invitation"])), person=question.person
        ).first()
        if invitation is None or not (token := usable_token(invitation)):
            return None
        edition = Edition.objects.filter(pk=invitation.edition_id).first()
        organisation = Organisation.objects.filter(pk=invitation.organisation_id).first()
    if edition is None or organisation is None:
        return None
    return MailContent(
        values={
            "edition": str(edition.said["name"]),
            "organisation": organisation.name,
            "until": words_for_time(invitation.expires_at, edition.zone),
        },
        path=f"/invitation/{token}/",
    )


register_kind(
    MailKind(
        code=MAIL_KIND,
        title=gettext_lazy("Invitation to those without an account"),
        subject=gettext_lazy("{edition}: your invitation"),
        text=gettext_lazy(
            "Dear {name},\n\n{organisation} sends you to {edition}. Open your place there with this address, which is yours "
            "alone and works once, until {until}:\n\n{link}\n\nYou choose a password with the address that this mail came to. "
            "If you do not know of it, leave this mail unanswered: nothing happens then.\n"
        ),
        examples={
            "edition": gettext_lazy("Bucharest 2027"),
            "organisation": gettext_lazy("Example Works"),
            "until": gettext_lazy("Sat 15 May, 18:00 EEST"),
        },
        read=_read,
        may_opt_out=False,
        is_link_a_key=True,
    )
)
