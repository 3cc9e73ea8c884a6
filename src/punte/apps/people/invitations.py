"""Invite a person into an organisation at an edition: one person, one organisation, one use."""

import datetime as dt
import hashlib
import secrets
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.people.listing import keep_first_choice
from punte.apps.people.models import Membership, Nomination, Person
from punte.apps.people.models.vetting import Invitation
from punte.apps.people.permissions import NotAllowedError, may_send, require
from punte.apps.people.register import WHO_SENDS, country_of

VALID_DAYS = 14


def invite(*, by: Subject, person: Person, edition_id: UUID) -> tuple[Invitation, str]:
    """
    Return an invitation for a person into the organisation that keeps its record, and its token, shown once.

    Raises
    ------
    NotAllowedError
        The subject may not send for that organisation, or the person has no address or already an account.
    """
    require(
        may_send(by, person.owner_org_id, edition_id, country=country_of(person.owner_org_id)),
        _("Inviting %(name)s") % {"name": person.name},
        str(WHO_SENDS),
    )
    require(
        bool(person.email) and person.account_id is None and person.merged_into_id is None,
        _("Inviting %(name)s") % {"name": person.name},
        _("The person needs an e-mail address, and no account yet."),
    )
    with acting_as_system("invite a person"):
        require(
            not _is_turned_away(person, edition_id),
            _("Inviting %(name)s") % {"name": person.name},
            _("The nomination was rejected or withdrawn. Nominate the person anew first."),
        )
    token = secrets.token_urlsafe(32)
    with acting_as_system("invite a person"):
        invitation = Invitation.objects.create(
            edition_id=edition_id,
            organisation_id=person.owner_org_id,
            person=person,
            email=person.email.lower(),
            token_hash=_hash(token),
            expires_at=timezone.now() + dt.timedelta(days=VALID_DAYS),
            owner_org_id=person.owner_org_id,
            label_stewards=right_groups("organise", edition_id=edition_id),
        )
    record("invitation.sent", invitation, edition_id=edition_id)
    return invitation, token


def accept_invitation(
    *, account: Account, token: str, verified_emails: set[str], is_listed: bool = False
) -> Person:
    """
    Link an account to the invited person. The organisation comes from the invitation and from nowhere else.

    Parameters
    ----------
    account
        Signed in, and not linked to another person.
    token
        From the invitation's link.
    verified_emails
        The addresses that the account has proved to own; the invited one must be among them.
    is_listed
        Whether the person agrees to stand in the directory of the edition.

    Raises
    ------
    NotAllowedError
        The token is unknown, used or expired, or another's; the sentence is the same for each. Or the nomination that it
        goes with was rejected or withdrawn.
    """
    with acting_as_system("invite a person"):
        invitation = (
            Invitation.objects.select_for_update()
            .filter(token_hash=_hash(token), used_at__isnull=True, expires_at__gt=timezone.now())
            .first()
        )
        if (
            invitation is None
            or invitation.email not in {email.lower() for email in verified_emails}
            or Person.objects.filter(account=account).exists()
            or invitation.person.account_id is not None
            or invitation.person.merged_into_id is not None
        ):
            raise NotAllowedError(
                _(
                    "The invitation was refused. It is unknown, used, expired or for another address; "
                    "ask whoever invited you for a new one."
                )
            )
        if _is_turned_away(invitation.person, invitation.edition_id):
            raise NotAllowedError(
                _(
                    "The invitation has ended: the nomination that it goes with was rejected or withdrawn. "
                    "Ask whoever invited you."
                )
            )
        person = _join(invitation, account)
        record("invitation.used", invitation, edition_id=invitation.edition_id)
        keep_first_choice(
            person=person,
            edition_id=invitation.edition_id,
            is_listed=is_listed,
            said_at=timezone.now(),
            where="invitation",
        )
    return person


def _join(invitation: Invitation, account: Account) -> Person:
    """Link the account to the person, and the person to the organisation; the caller acts as the platform."""
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    person = invitation.person
    person.account = account
    person.label_stewards = [*{*person.label_stewards, f"person:{person.pk}"}]
    person.save(update_fields=["account", "label_stewards"])
    held, _is_new = Membership.objects.get_or_create(
        person=person,
        organisation_id=invitation.organisation_id,
        until=None,
        defaults={"confirmed_at": timezone.now()},
    )
    # Whoever invited is of the organisation, or the organiser: that confirms one that an import entered.
    Membership.objects.filter(pk=held.pk, confirmed_at__isnull=True).update(
        confirmed_at=timezone.now()
    )
    return person


def _is_turned_away(person: Person, edition_id: UUID) -> bool:
    """Whether every nomination of a person at an edition was rejected or withdrawn; not so where there was none."""
    states = set(
        Nomination.objects.filter(person=person, edition_id=edition_id).values_list(
            "state", flat=True
        )
    )
    return bool(states) and states <= {Nomination.State.REJECTED, Nomination.State.WITHDRAWN}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
