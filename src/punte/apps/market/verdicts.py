"""Say whether two listings fit, and read what was said; the ranking itself never reads it."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.access.texts import one_line
from punte.apps.market.models import FitVerdict, Listing
from punte.apps.market.permissions import may_draft
from punte.kernel.errors import PunteError


def say_fit(*, by: Subject, listing: Listing, other: Listing, fits: bool, why: str) -> FitVerdict:
    """
    Keep that two listings fit, or do not, with the reason; said again it replaces what was said.

    Raises
    ------
    PunteError
        The subject acts for no organisation, or both are needs or both offers.
    ClassifiedError
        The reason is marked RESTRICTED or above.
    """
    if by.person_id is None or by.org_id is None or not may_draft(by) or listing.side == other.side:
        raise PunteError(
            _("Only a need and an offer fit, in the eyes of somebody of an organisation.")
        )
    why = one_line(why, 300)
    refuse_classified(_("The reason"), [(_("why"), why)])
    need, offer = (listing, other) if listing.side == Listing.Side.NEED else (other, listing)
    groups = right_groups("organise", edition_id=need.edition_id) if need.edition_id else []
    verdict, _new = FitVerdict.objects.update_or_create(
        need=need,
        offer=offer,
        person_id=by.person_id,
        defaults={"fits": fits, "why": why, "said_at": timezone.now()},
        create_defaults={
            "fits": fits,
            "why": why,
            "owner_org_id": by.org_id,
            "label_releasable_to": groups,
        },
    )
    record("fit.judged", verdict, edition_id=need.edition_id, fits=fits)
    return verdict


def own_verdicts(listing: Listing, subject: Subject) -> dict[UUID, FitVerdict]:
    """Return what the subject itself said of a listing, by the other listing."""
    if subject.person_id is None:
        return {}
    is_need = listing.side == Listing.Side.NEED
    found = FitVerdict.objects.filter(person_id=subject.person_id)
    found = found.filter(need=listing) if is_need else found.filter(offer=listing)
    return {one.offer_id if is_need else one.need_id: one for one in found}
