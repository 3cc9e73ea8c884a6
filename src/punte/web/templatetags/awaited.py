"""In the demo: the mail with the code that this very session waits for."""

from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from django import template
from django.conf import settings

from punte.apps.people.mailbox import Letter, letter_saying

register = template.Library()


@register.simple_tag(takes_context=True)
def awaited_letter(context: template.Context) -> Letter | None:
    """
    Return the mail that brings the code of the running sign-up; None outside the demo.

    The code is the session's own secret: no other mail to the address has it, and another session never learns it. An
    address that has an account already gets no code, and its mails are not shown.
    """
    if not settings.PUNTE_SHOW_CODES:
        return None
    waits_for = context["request"].session.get(EMAIL_VERIFICATION_CODE_SESSION_KEY) or {}
    code, address = waits_for.get("code"), waits_for.get("email")
    if not code or not address or "user_id" not in waits_for:
        return None
    if waits_for.get("account_already_exists"):
        return None
    return letter_saying(address, code)
