"""Where an application stands for who made it, and who of the waiting list comes next."""

from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.forum.models import Application, Edition
from punte.apps.forum.registration import accept, alike
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.set_up import require_organiser
from punte.apps.forum.waiting_list import place_of, waiting_list
from punte.apps.people.models import Nomination


def own_place(own: Application | None) -> int | None:
    """Return the place of one's own application on the waiting list; None where it is not on it."""
    with acting_as_system("show one's own application"):
        return None if own is None else place_of(own)


def own_clearance(own: Application | None) -> str:
    """Return in words where the nomination stands that followed from one's own application; empty without one."""
    if own is None or own.state != Application.State.ACCEPTED:
        return ""
    with acting_as_system("show one's own application"):
        found = Nomination.objects.filter(
            edition_id=own.edition_id, person__account=own.account_id
        ).last()
        return "" if found is None else str(found.get_state_display())


def take_first(*, by: Subject, edition: Edition) -> Nomination:
    """
    Accept who is first on the waiting list, for the organisation of that very name and country, or a new one.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        The list is empty.
    """
    require_organiser(by, edition)
    first = waiting_list(edition).first()
    if first is None:
        raise RegistrationError(_("Nobody is on the waiting list."))
    wanted = first.organisation_name.casefold()
    same = next((one for one in alike(first) if one.name.casefold() == wanted), None)
    return accept(by=by, application=first, organisation=same)
