"""How long a need or an offer is valid, by the day of the platform."""

import datetime as dt
from typing import Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.market.models import Listing
from punte.kernel.errors import PunteError

LONGEST_VALID: Final = dt.timedelta(days=1826)
"""From today to the last day: five years."""


def valid_on(day: dt.date) -> Q:
    """Return the condition of listings that have not expired on a day."""
    return Q(expires_on__isnull=True) | Q(expires_on__gte=day)


def refuse_expired(listing: Listing) -> None:
    """
    Refuse to release what nobody would find any more.

    Raises
    ------
    PunteError
        Its last day has passed.
    """
    if listing.is_expired:
        raise PunteError(
            _(
                "It was valid until %(day)s, so nobody would find it. Its owner can renew it. Send it back where it waits "
                "for review."
            )
            % {"day": f"{listing.expires_on:%Y-%m-%d}"}
        )


def refuse_past_or_far(last_day: dt.date) -> None:
    """
    Refuse a new last day that is not ahead, or too far.

    Raises
    ------
    PunteError
        The text says what is taken.
    """
    if last_day <= timezone.localdate():
        raise PunteError(_("The new last day must lie in the future."))
    refuse_far(last_day)


def refuse_far(last_day: dt.date | None, *, stands: dt.date | None = None) -> None:
    """
    Refuse a last day that is farther away than anybody can promise.

    Parameters
    ----------
    stands
        The last day as it is; that one may stay.

    Raises
    ------
    PunteError
        The text says the latest day that is taken.
    """
    latest = timezone.localdate() + LONGEST_VALID
    if last_day is not None and last_day != stands and last_day > latest:
        raise PunteError(
            _(
                "A need or an offer is valid for at most five years. Give a last day by %(day)s; it can be renewed "
                "before then."
            )
            % {"day": f"{latest:%Y-%m-%d}"}
        )
