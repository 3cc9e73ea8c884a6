"""Who signs in at an invented edition, and who speaks for an organisation there."""

from django.utils import timezone

from cast import Member, make_member
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Delegation, Membership, Nomination


def give_account(edition: Edition, delegate: Delegate) -> Member:
    """Give a delegate a person with an account, and an organisation that its edition sees."""
    member = make_member("Ana Ionescu", "Carpat Optics SRL", edition_id=edition.pk)
    member.organisation.label_releasable_to = [f"edition:{edition.pk}"]
    member.organisation.label_stewards = right_groups("organise", edition_id=edition.pk)
    member.organisation.save()
    delegate.person = member.person
    delegate.organisation = member.organisation
    delegate.badge_name = "Ana Ionescu"
    delegate.owner_org = member.organisation
    delegate.save()
    MeetingRequest.objects.filter(sender=delegate).update(owner_org=member.organisation)
    for request in MeetingRequest.objects.filter(receiver=delegate):
        request.label_releasable_to = [f"org:{member.organisation.pk}"]
        request.save()
    return member


def clear_everybody(edition: Edition) -> None:
    """Let every delegate speak for their organisation: a member of it, nominated and cleared."""
    with acting_as_system("sample"):
        for one in Delegate.objects.filter(edition=edition, person__account=None):
            Membership.objects.create(
                person_id=one.person_id,
                organisation_id=one.organisation_id,
                confirmed_at=timezone.now(),
            )
            delegation, _made = Delegation.objects.get_or_create(
                edition_id=edition.pk,
                organisation_id=one.organisation_id,
                owner_org_id=one.organisation_id,
            )
            Nomination.objects.create(
                delegation=delegation,
                edition_id=edition.pk,
                person_id=one.person_id,
                owner_org_id=one.organisation_id,
                state=Nomination.State.CLEARED,
                cleared_at=timezone.now(),
            )


def verify(*accounts: Account) -> None:
    """Let the addresses of accounts be confirmed."""
    from allauth.account.models import EmailAddress

    for account in accounts:
        EmailAddress.objects.update_or_create(
            user=account,
            email=account.email,
            defaults={"verified": True, "primary": True},
        )
