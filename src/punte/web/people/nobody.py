"""What is said where an account has no person yet."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def nobody_yet() -> PermissionDenied:
    """Return the refusal of a page that belongs to a person, for an account that nobody is linked to."""
    return PermissionDenied(
        _(
            "Nobody is linked to this account yet. Open the address of your invitation to become a delegate; your"
            " organisation's focal point sends it."
        )
    )
