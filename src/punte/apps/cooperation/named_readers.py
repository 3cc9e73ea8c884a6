"""The countries that an assistance names, and whether they read it: naming one never shows it to anybody."""

from collections.abc import Iterable

from django.utils import timezone

from punte.apps.access.permissions import Subject
from punte.apps.cooperation.models import Assistance
from punte.apps.people.labels import Wanted, change_label
from punte.apps.people.queries import subject_of_country


def not_reached(row: Assistance) -> list[str]:
    """Return the codes of the countries that an assistance is for and whose organisations cannot read it, by its label."""
    return unreached(row.beneficiaries, row.label_releasable_to)


def unreached(countries: Iterable[str], groups: Iterable[str]) -> list[str]:
    """Return the countries of which a delegate holds none of the groups today, by their codes."""
    today, shown = timezone.localdate(), set(groups)
    return [code for code in countries if not subject_of_country(code, today).groups & shown]


def release_to_named(*, by: Subject, assistance: Assistance) -> list[str]:
    """
    Let the countries that an assistance is for read it, beside whoever reads it already; return their codes.

    Raises
    ------
    NotAllowedError
        The subject is none of its owner's people, or its standing is not in force.
    """
    missing = not_reached(assistance)
    if missing:
        change_label(
            by=by,
            row=assistance,
            wanted=Wanted(
                releasable_to=(*assistance.label_releasable_to, *missing),
                tlp=assistance.label_tlp,
                embargo_until=assistance.label_embargo_until,
                expires_at=assistance.label_expires_at,
            ),
        )
    return missing
