"""Invite a person into an organisation at an edition: one person, one organisation, one use."""

import datetime as dt
import hashlib
import uuid
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.people.listing import keep_first_choice
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import Membership, Nomination, Person
from punte.apps.people.models.vetting import Invitation
from punte.apps.people.permissions import NotAllowedError, may_decide, may_send, require
from punte.apps.people.register import WHO_SENDS, country_of

VALID_DAYS: Final = 14
MAIL_KIND: Final = "invitation.sent"
_INVITED: Final = (Nomination.State.WAITING, Nomination.State.CLEARED)


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
    with acting_as_system("invite a person"):
        invitation = _invitation(person, edition_id)
        invitation.save(force_insert=True)
    record("invitation.sent", invitation, edition_id=edition_id)
    _send([invitation])
    return invitation, token_of(invitation.pk)


def without_account(edition_id: UUID) -> QuerySet[Person]:
    """Return who is nominated for an edition, has an address but no account, and no invitation that can still be used."""
    nominated = Nomination.objects.filter(
        edition_id=edition_id, person=OuterRef("pk"), state__in=_INVITED
    )
    usable = Invitation.objects.filter(
        edition_id=edition_id,
        person=OuterRef("pk"),
        used_at__isnull=True,
        expires_at__gt=timezone.now(),
    )
    return Person.objects.filter(
        Exists(nominated),
        ~Exists(usable),
        account__isnull=True,
        merged_into__isnull=True,
        erased_at__isnull=True,
    ).exclude(email="")


def invite_all(*, by: Subject, edition_id: UUID) -> int:
    """
    Invite by mail everybody whom :func:`without_account` names; return how many [count].

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    """
    require(
        may_decide(by, "organise", edition_id),
        _("Inviting the delegates"),
        _("Only an organiser may."),
    )
    with acting_as_system("invite a person"):
        named = without_account(edition_id).select_for_update(of=("self",)).order_by("pk")
        held = [person.pk for person in named]
        # Asked again once they are held: who pressed a moment before has invited them by now.
        persons = without_account(edition_id).filter(pk__in=held).order_by("pk")
        made = [_invitation(person, edition_id) for person in persons]
        Invitation.objects.bulk_create(made, batch_size=1000)
    record("invitation.sent_all", None, edition_id=edition_id, invitations=len(made))
    _send(made)
    return len(made)


def token_of(invitation_id: UUID) -> str:
    """
    Return the token of an invitation.

    It follows from the key of the site, so that the mail can be written when it is sent and no copy is kept. Whoever has
    it must still prove to own the invited address.
    """
    return salted_hmac(
        "punte.people.invitation", str(invitation_id), algorithm="sha256"
    ).hexdigest()


def usable_token(invitation: Invitation) -> str:
    """Return the token for the mail; empty where it was used, has expired, or was made under another key of the site."""
    token = token_of(invitation.pk)
    is_usable = invitation.used_at is None and invitation.expires_at > timezone.now()
    return token if is_usable and invitation.token_hash == _hash(token) else ""


def _invitation(person: Person, edition_id: UUID) -> Invitation:
    identifier = uuid.uuid4()
    return Invitation(
        id=identifier,
        edition_id=edition_id,
        organisation_id=person.owner_org_id,
        person=person,
        email=person.email.lower(),
        token_hash=_hash(token_of(identifier)),
        expires_at=timezone.now() + dt.timedelta(days=VALID_DAYS),
        owner_org_id=person.owner_org_id,
        label_stewards=right_groups("organise", edition_id=edition_id),
    )


def _send(invitations: list[Invitation]) -> None:
    if not invitations:
        return
    queue_mails(
        kind=MAIL_KIND,
        to=[(one.person, {"invitation": str(one.pk)}) for one in invitations],
        key=str(invitations[0].pk),
        edition_id=invitations[0].edition_id,
    )


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
