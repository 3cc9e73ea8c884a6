"""The mail that asks an authority's person to name who comes along to a meeting with a firm."""

from typing import Final

from django.utils.translation import gettext_lazy

from punte.apps.meetings.mails import REQUEST_EXAMPLES, read_request
from punte.apps.people.mail_kinds import MailKind, register_kind

SECOND_PAIR: Final = register_kind(
    MailKind(
        code="request.second_pair",
        title=gettext_lazy("A second person is asked for at a meeting with a firm"),
        subject=gettext_lazy("{edition}: who comes along to the meeting with {other}?"),
        text=gettext_lazy(
            "Dear {name},\n\nat {edition} two persons of an authority meet a firm. To the meeting with {other} "
            "({organisation}) you come alone so far:\n\n  {reason}\n\nOpen the request and choose a colleague who comes along, or ask the "
            "organisers for a witness of the host. The meeting stands as it is until then: {link}\n"
        ),
        examples=REQUEST_EXAMPLES,
        read=read_request,
    )
)
