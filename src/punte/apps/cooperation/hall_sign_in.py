"""Who could not sign in at a copy for the hall: passkeys belong to the site's own address, and mails go out of none."""

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Q
from django.utils import timezone

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.people.models import Grant
from punte.apps.people.models.grant import in_force

WORKS_THERE = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutCodes:
    """
    Somebody who holds a right and has no one-time codes.

    Parameters
    ----------
    has_passkey
        Whether a passkey is asked for, which works at the site's own address alone: the copy lets nobody replace it.
    """

    name: str
    email: str
    has_passkey: bool


def without_codes(edition_id: UUID) -> tuple[WithoutCodes, ...]:
    """Return who holds a right at an edition, and has no second step that works at a copy for the hall, by name."""
    with acting_as_system("find who could not sign in at a copy for the hall"):
        grants = Grant.objects.filter(
            in_force(timezone.now()), Q(edition_id=edition_id) | Q(edition_id__isnull=True)
        )
        holders = Account.objects.filter(
            is_active=True, person__in=grants.values("person_id")
        ).select_related("person")
        kinds: dict[int, set[str]] = {}
        for key, kind in Authenticator.objects.filter(user__in=holders).values_list(
            "user_id", "type"
        ):
            kinds.setdefault(key, set()).add(kind)
        found = [
            WithoutCodes(
                name=one.person.name,
                email=one.email,
                has_passkey=Authenticator.Type.WEBAUTHN in kinds.get(one.pk, set()),
            )
            for one in holders
            if not kinds.get(one.pk, set()) & set(WORKS_THERE)
        ]
    return tuple(sorted(found, key=lambda one: (one.name, one.email)))
