"""How many may come: the places of a delegation, those of its nation, and the substitutes that move up into free ones."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Country
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.mail import queue_mail
from punte.apps.people.models import Delegation, NationQuota, Nomination, Organisation
from punte.apps.people.permissions import may_decide, require
from punte.kernel.errors import PunteError

OPEN_STATES = (Nomination.State.WAITING, Nomination.State.HELD)
FILLING_STATES = (*OPEN_STATES, Nomination.State.CLEARED)


def move_up(delegation: Delegation) -> int:
    """
    Let substitutes take the places that are free, who waits longest first; return how many did [count].

    The caller acts as the platform and holds the delegation's row.
    """
    nation = _nation_quota(delegation)
    if nation is None:
        return _move_up(delegation, free_places(delegation))
    # A place of a nation may go to a substitute of another of its organisations.
    waiting = Nomination.objects.filter(
        edition_id=delegation.edition_id,
        delegation__organisation__country=nation.country_id,
        state=Nomination.State.SUBSTITUTE,
    ).select_related("delegation")
    moved = []
    for nomination in waiting.order_by("labelled_at", "pk"):
        if free_places(nomination.delegation):
            nomination.state = Nomination.State.WAITING
            nomination.save(update_fields=["state"])
            moved.append(nomination.pk)
    _tell_moved_up(moved)
    return len(moved)


def _move_up(delegation: Delegation, free: int) -> int:
    substitutes = delegation.nominations.filter(state=Nomination.State.SUBSTITUTE)
    keys = list(substitutes.order_by("labelled_at", "pk").values_list("pk", flat=True)[:free])
    moved = Nomination.objects.filter(pk__in=keys).update(state=Nomination.State.WAITING)
    _tell_moved_up(keys)
    return moved


def _tell_moved_up(nominations: Iterable[UUID]) -> None:
    """Tell substitutes that they have a place now, each once for each time that they moved up."""
    for one in Nomination.objects.filter(pk__in=list(nominations)).select_related(
        "person__account"
    ):
        queue_mail(
            kind="nomination.moved_up",
            to=one.person,
            key=f"{one.pk} {timezone.now():%Y%m%d%H%M%S%f}",
            edition_id=one.edition_id,
            about_id=one.pk,
        )


def free_places(delegation: Delegation) -> int:
    """Return how many more the delegation may send now, by its own places and its nation's [count]."""
    filling = Nomination.objects.filter(edition_id=delegation.edition_id, state__in=FILLING_STATES)
    free = delegation.quota - filling.filter(delegation=delegation).count()
    nation = _nation_quota(delegation)
    if nation is not None:
        taken = filling.filter(delegation__organisation__country=nation.country_id).count()
        free = min(free, nation.places - taken)
    return max(0, free)


def _nation_quota(delegation: Delegation) -> NationQuota | None:
    """Return the places of the delegation's nation, its row held: two of its organisations count one after the other."""
    return (
        NationQuota.objects.select_for_update()
        .filter(
            edition_id=delegation.edition_id,
            country__in=Organisation.objects.filter(pk=delegation.organisation_id).values(
                "country"
            ),
        )
        .first()
    )


def set_nation_quota(*, by: Subject, edition_id: UUID, country: str, places: int | None) -> None:
    """
    Set how many a nation may send in all; ``None`` leaves it to the places of its organisations.

    Raises
    ------
    NotAllowedError
        The subject is no organiser.
    PunteError
        There is no such country, or the number is out of range.
    """
    require(
        may_decide(by, "organise", edition_id), _("Setting places"), _("Only an organiser may.")
    )
    if not Country.objects.filter(pk=country).exists():
        raise PunteError(_("Choose the country from the list."))
    if places is not None and not 0 <= places <= 5000:
        raise PunteError(_("Give a number of places between 0 and 5000."))
    with acting_as_system("clear a nomination"):
        if places is None:
            NationQuota.objects.filter(edition_id=edition_id, country_id=country).delete()
        else:
            NationQuota.objects.update_or_create(
                edition_id=edition_id, country_id=country, defaults={"places": places}
            )
        theirs = Delegation.objects.filter(edition_id=edition_id, organisation__country=country)
        for delegation in theirs.order_by("pk"):
            move_up(delegation)
    record("nation.quota", None, edition_id=edition_id, country=country, places=places)
