"""Which links the reader sees on top of a page: those that lead somewhere for them, in one order everywhere."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject
from punte.apps.cooperation.permissions import may_check_in
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import delegate_of
from punte.apps.market.permissions import REVIEW_RIGHTS
from punte.apps.meetings.permissions import may_organise


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One link; ``is_current`` where the page is it or lies below it."""

    label: str
    address: str
    is_current: bool


def _item(request: HttpRequest, label: str, address: str, *, is_exact: bool = False) -> Item:
    path = request.path
    return Item(
        label=label,
        address=address,
        is_current=path == address if is_exact else path.startswith(address),
    )


def main_items(request: HttpRequest) -> tuple[Item, ...]:
    """Return the links of every page."""
    return (
        _item(request, _("Editions"), "/", is_exact=True),
        _item(request, _("Needs"), "/needs/"),
        _item(request, _("Offers"), "/offers/"),
        _item(request, _("Programmes"), "/programmes/"),
        _item(request, _("Eligibility"), "/eligibility/"),
        _item(request, _("Finance"), "/finance/"),
        _item(request, _("Commitments"), "/commitments/"),
        _item(request, _("Assistance"), "/assistance/"),
        *(
            (
                _item(request, _("Cooperations"), "/cooperations/"),
                _item(request, _("What is open"), "/open/"),
                _item(request, _("Discussions"), "/discussions/"),
            )
            if request.user.is_authenticated
            else ()
        ),
    )


def edition_items(
    request: HttpRequest, edition: Edition, subject: Subject, *, me: Delegate | None = None
) -> tuple[Item, ...]:
    """
    Return the links of one edition for this reader.

    Parameters
    ----------
    me
        The reader as its delegate, where the page has read that already.
    """
    address = f"/e/{edition.slug}/"
    items = [_item(request, _("Edition"), address, is_exact=True)]
    items.append(_item(request, _("Agenda"), f"{address}agenda/"))
    if edition.ends_on <= timezone.localdate():
        items.append(_item(request, _("Outcome"), f"{address}outcome/"))
    if (me or delegate_of(subject, edition.pk)) is not None:
        items.append(_item(request, _("My forum"), f"{address}my/"))
        items.append(_item(request, _("Requests"), f"{address}requests/"))
        items.append(_item(request, _("Who is there"), f"{address}people/"))
        items.append(_item(request, _("Delegation"), f"{address}delegation/"))
    if may_organise(subject, edition.pk) or subject.has_right("audit", edition.pk):
        items.append(_item(request, _("Timetable"), f"{address}timetable/"))
        items.append(_item(request, _("All requests"), f"{address}all-requests/"))
        items.append(_item(request, _("Figures"), f"{address}figures/"))
        items.append(_item(request, _("Mails"), f"{address}mail/"))
    if any(subject.has_right(right, edition.pk) for right in REVIEW_RIGHTS):
        items.append(_item(request, _("To review"), "/listings/review/"))
    if any(subject.has_right(right, edition.pk) for right in ("vet", "organise")):
        items.append(_item(request, _("Vetting"), f"{address}vetting/"))
    if may_organise(subject, edition.pk):
        items.append(_item(request, _("Rights"), f"{address}rights/"))
        items.append(_item(request, _("Set-up"), f"{address}set-up/"))
    if may_check_in(subject, edition.pk):
        items.append(_item(request, _("Check-in"), f"{address}check-in/"))
    return tuple(items)


def set_up_items(request: HttpRequest, edition: Edition) -> tuple[Item, ...]:
    """Return the links between the pages with which an edition is set up."""
    address = f"/e/{edition.slug}/"
    return (
        _item(request, _("What it lacks"), f"{address}set-up/", is_exact=True),
        _item(request, _("What it is"), f"{address}set-up/facts/"),
        _item(request, _("Phases"), f"{address}set-up/phases/"),
        _item(request, _("Hosts"), f"{address}set-up/hosts/"),
        _item(request, _("Categories"), f"{address}set-up/categories/"),
        _item(request, _("Venue"), f"{address}set-up/venue/"),
        _item(request, _("Never at one table"), f"{address}set-up/apart/"),
        _item(request, _("Guarantees"), f"{address}set-up/rules/"),
        _item(request, _("Press"), f"{address}set-up/press/"),
        _item(request, _("Applications"), f"{address}applications/"),
    )
