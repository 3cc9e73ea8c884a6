"""Rights, suspension, acting on behalf, invitations, one's own data, merging."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from cast import EDITION, OTHER_EDITION, Cast
from punte.apps.access.actions import record
from punte.apps.access.models import Account, AuditEntry, NeverMeet
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people.codes import validate_lei, validate_ncage, validate_vat
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.listing import set_listing
from punte.apps.people.merging import merge_organisations, undo_merge
from punte.apps.people.models import (
    Delegation,
    Grant,
    Membership,
    Nomination,
    Organisation,
    Person,
)
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.privacy import erase_person, export_of_person
from punte.apps.people.purging import purge_expired
from punte.apps.people.register import change_person, set_quota
from punte.apps.people.rights import grant_right, revoke_right, subject_on_behalf
from punte.apps.people.standing import suspend

pytestmark = pytest.mark.django_db


def test_rights_are_granted_expire_and_are_taken_back(cast: Cast) -> None:
    soon = timezone.now() + dt.timedelta(hours=1)
    with acting(cast.organiser.subject) as by:
        grant = grant_right(
            by=by, person=cast.authority.person, right="finance", edition_id=EDITION, until=soon
        )
    assert cast.authority.subject.has_right("finance", EDITION)
    assert not cast.authority.subject.has_right("finance", OTHER_EDITION)
    with acting(cast.organiser.subject) as by:
        revoke_right(by=by, grant=grant)
    assert not cast.authority.subject.has_right("finance", EDITION)
    with acting_as_system("sample"):
        Grant.objects.filter(pk=grant.pk).update(revoked_at=None, until=timezone.now())
    assert not cast.authority.subject.has_right("finance", EDITION)


def test_acting_on_behalf_sees_as_the_person_and_is_logged_with_both(cast: Cast) -> None:
    with acting(cast.organiser.subject) as by:
        theirs = subject_on_behalf(by=by, person=cast.company.person, edition_id=EDITION)
        with pytest.raises(NotAllowedError):
            subject_on_behalf(by=theirs, person=cast.guest.person, edition_id=EDITION)
        with pytest.raises(NotAllowedError, match="no cleared delegate"):
            subject_on_behalf(by=by, person=cast.outsider.person, edition_id=EDITION)
    assert theirs.groups == cast.company.subject.groups
    with acting(theirs):
        record("did", edition_id=EDITION)
    with acting(cast.organiser.subject):
        entry = AuditEntry.objects.get(verb="did")
    assert (entry.person_id, entry.behalf_of_id) == (
        cast.organiser.person.pk,
        cast.company.person.pk,
    )
    with acting(cast.company.subject) as by, pytest.raises(NotAllowedError):
        subject_on_behalf(by=by, person=cast.guest.person, edition_id=EDITION)


def test_nobody_acts_for_someone_with_rights_of_the_host(cast: Cast) -> None:
    with acting_as_system("sample"):
        Grant.objects.create(person=cast.authority.person, right="vet", edition_id=EDITION)
    with (
        acting(cast.organiser.subject) as by,
        pytest.raises(NotAllowedError, match="rights of its own"),
    ):
        subject_on_behalf(by=by, person=cast.authority.person, edition_id=EDITION)


def test_an_invited_person_joins_with_the_invited_address(cast: Cast) -> None:
    with acting_as_system("sample"):
        person = Person.objects.create(
            name="Invited", email="in@example.org", owner_org=cast.company.organisation
        )
    with acting(cast.company.subject) as by:
        _, token = invite(by=by, person=person, edition_id=EDITION)
    account = Account.objects.create_user("in@example.org")
    joined = accept_invitation(account=account, token=token, verified_emails={"IN@example.org"})
    assert joined.pk == person.pk
    with acting_as_system("tests"):
        assert Membership.objects.get(person=person).organisation == cast.company.organisation


def test_consent_lists_and_unlists_at_once(cast: Cast) -> None:
    with acting(cast.company.subject) as by:
        set_listing(by=by, person=cast.company.person, edition_id=EDITION, is_listed=True)
    with acting(cast.guest.subject):
        assert Person.objects.filter(pk=cast.company.person.pk).exists()
    with acting_as_system("tests"):
        person = Person.objects.get(pk=cast.company.person.pk)
    with acting(cast.company.subject) as by:
        set_listing(by=by, person=person, edition_id=EDITION, is_listed=False)
    with acting(cast.guest.subject) as by:
        assert not Person.objects.filter(pk=person.pk).exists()
        with pytest.raises(NotAllowedError):
            set_listing(by=by, person=person, edition_id=EDITION, is_listed=True)


def test_export_holds_ones_own_and_nobody_elses(cast: Cast) -> None:
    with acting(cast.company.subject) as by:
        text = str(export_of_person(by=by))
    assert cast.company.person.name in text
    assert cast.guest.person.name not in text
    assert str(cast.company.person.pk) in text


def test_erasure_takes_the_name_and_keeps_the_count(cast: Cast) -> None:
    key, account = cast.company.person.pk, cast.company.account
    with acting(cast.guest.subject) as by, pytest.raises(NotAllowedError):
        erase_person(by=by, person=cast.company.person)
    with acting(cast.company.subject) as by:
        erase_person(by=by, person=cast.company.person)
    assert not Account.objects.filter(pk=account.pk).exists()
    with acting_as_system("tests"):
        person = Person.objects.get(pk=key)
        assert (person.name, person.email, person.account_id) == ("—", "", None)
        assert person.nominations.filter(state="cleared").count() == 1, "counted still"


def test_retention_blanks_what_is_old_and_nothing_else(cast: Cast) -> None:
    old = timezone.now() - dt.timedelta(days=800)
    with acting_as_system("sample"):
        for name, at in (("Old", old), ("New", timezone.now())):
            Person.objects.create(
                name=name,
                email=f"{name}@example.org",
                owner_org=cast.company.organisation,
                labelled_at=at,
            )
    counts = purge_expired(today=timezone.localdate())
    assert counts["people.Person.email"] == 1
    with acting_as_system("tests"):
        assert Person.objects.get(name="Old").email == ""
        assert Person.objects.get(name="New").email


def test_a_merge_moves_everything_and_its_undo_brings_it_back(cast: Cast) -> None:
    kept, gone = cast.company.organisation, cast.outsider.organisation
    with acting_as_system("sample"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    before = cast.outsider.subject.member_of
    with acting(cast.company.subject) as by, pytest.raises(NotAllowedError):
        merge_organisations(by=by, kept=kept, gone=gone)
    with acting(cast.organiser.subject) as by:
        merge = merge_organisations(by=by, kept=kept, gone=gone)
    assert cast.outsider.subject.member_of == kept.pk
    with acting_as_system("tests"):
        assert Organisation.objects.get(pk=gone.pk).merged_into_id == kept.pk
        assert "people.Delegation.organisation" not in merge.moved, "both had one at the edition"
    with acting(cast.organiser.subject) as by:
        undo_merge(by=by, merge=merge)
    assert cast.outsider.subject.member_of == before
    with acting_as_system("tests"):
        assert Organisation.objects.get(pk=gone.pk).merged_into_id is None


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (validate_ncage, "1A2B3", "1A2B"),
        (validate_lei, "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R13"),
        (validate_vat, "RO18547290", "RO18547291"),
        (validate_vat, "DE123456789", "DE12345678"),
        (validate_vat, "NL123456789B01", "18547290"),
    ],
)
def test_codes_are_checked(check: object, good: str, bad: str) -> None:
    assert callable(check)
    check(good)
    with pytest.raises(ValidationError):
        check(bad)


def test_the_last_organiser_keeps_the_right(cast: Cast) -> None:
    with acting_as_system("tests"):
        Grant.objects.filter(right="organise").exclude(person=cast.organiser.person).delete()
        own = Grant.objects.get(person=cast.organiser.person, right="organise")
    with acting(cast.organiser.subject) as by, pytest.raises(NotAllowedError, match="Nobody else"):
        revoke_right(by=by, grant=own)
    with acting(cast.organiser.subject) as by:
        grant_right(by=by, person=cast.authority.person, right="organise", edition_id=EDITION)
        revoke_right(by=by, grant=own)
    assert not cast.organiser.subject.has_right("organise", EDITION)


def test_on_behalf_nobody_changes_name_or_address(cast: Cast) -> None:
    with acting(cast.organiser.subject) as by:
        theirs = subject_on_behalf(by=by, person=cast.company.person, edition_id=EDITION)
    with acting(theirs), pytest.raises(NotAllowedError, match="another's name"):
        change_person(
            by=theirs,
            person=cast.company.person,
            edition_id=EDITION,
            name="Other",
            email="other@example.org",
        )


def test_more_places_let_substitutes_move_up_and_fewer_throw_nobody_out(cast: Cast) -> None:
    with acting_as_system("tests"):
        delegation = Delegation.objects.get(organisation=cast.company.organisation)
        for number in range(3):
            person = Person.objects.create(
                name=f"Substitute {number}", email="", owner_org=cast.company.organisation
            )
            Nomination.objects.create(
                delegation=delegation,
                edition_id=EDITION,
                person=person,
                state="substitute",
                owner_org=cast.company.organisation,
                labelled_at=timezone.now() + dt.timedelta(minutes=number),
            )
        filled = delegation.nominations.filter(state="cleared").count()
    with acting(cast.organiser.subject) as by:
        set_quota(by=by, delegation=delegation, quota=filled + 2)
    with acting_as_system("tests"):
        waiting = delegation.nominations.filter(state="waiting").values_list("person__name", flat=1)
        assert sorted(waiting) == ["Substitute 0", "Substitute 1"]
    with acting(cast.organiser.subject) as by:
        set_quota(by=by, delegation=delegation, quota=0)
    with acting_as_system("tests"):
        assert delegation.nominations.filter(state="waiting").count() == 2


def test_labels_follow_a_merge_and_its_undoing(cast: Cast) -> None:
    kept, gone = cast.company.organisation, cast.outsider.organisation
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
        Organisation.objects.filter(pk=cast.authority.organisation.pk).update(
            label_releasable_to=[f"org:{gone.pk}", "FRA"], label_denied_to=[f"org:{kept.pk}"]
        )
        NeverMeet.objects.create(one_org_id=gone.pk, other_org_id=cast.authority.organisation.pk)
    with acting(cast.organiser.subject) as by:
        merge = merge_organisations(by=by, kept=kept, gone=gone)
    with acting_as_system("tests"):
        named = Organisation.objects.get(pk=cast.authority.organisation.pk)
        assert named.label_releasable_to == [f"org:{kept.pk}", "FRA"]
        assert NeverMeet.objects.get().one_org_id == kept.pk
    with acting(cast.organiser.subject) as by:
        undo_merge(by=by, merge=merge)
    with acting_as_system("tests"):
        named.refresh_from_db()
        assert named.label_releasable_to == [f"org:{gone.pk}", "FRA"]
        assert named.label_denied_to == [f"org:{kept.pk}"]
        assert NeverMeet.objects.get().one_org_id == gone.pk


def test_a_merge_lifts_no_suspension(cast: Cast) -> None:
    kept, gone = cast.company.organisation, cast.outsider.organisation
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    with acting(cast.organiser.subject) as by:
        suspend(by=by, name=f"org:{gone.pk}", reason="Sanctions")
        with pytest.raises(NotAllowedError, match="suspended"):
            merge_organisations(by=by, kept=kept, gone=gone)
