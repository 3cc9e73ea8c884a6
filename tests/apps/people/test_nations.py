"""A nation's focal point nominates on behalf of its organisations, and of no other's; a nation has its places."""

import pytest
from django.test import Client

from cast import EDITION, OTHER_EDITION, Cast, Member, make_member
from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import AttendeeCategory
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.models import (
    Clearance,
    ClearanceStage,
    Delegation,
    Grant,
    Nomination,
    Person,
)
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.places import set_nation_quota
from punte.apps.people.register import change_person, delegation_of, enter_person
from punte.apps.people.vetting import nominate, withdraw_nomination
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db


def make_focal(member: Member, edition_id: object = EDITION) -> None:
    with acting_as_system("sample"):
        Grant.objects.create(person=member.person, right="focal", edition_id=edition_id)


def send(by: Member, firm: Member, name: str) -> Nomination:
    """Let a member enter and nominate a new person of a firm."""
    with acting(by.subject) as subject:
        delegation = delegation_of(
            by=subject, edition_id=EDITION, organisation_id=firm.organisation.pk
        )
        person = enter_person(
            by=subject,
            organisation_id=firm.organisation.pk,
            edition_id=EDITION,
            name=name,
            email=f"{name.lower()}@example.org",
            function="",
            nationality="POL",
        )
        return nominate(by=subject, delegation=delegation, person=person)


def test_a_focal_point_nominates_for_the_firms_of_its_nation_and_follows_them(cast: Cast) -> None:
    focal = make_member("Fokus Punkt", "Polish Authority", "authority", "POL")
    with pytest.raises(NotAllowedError):
        send(focal, cast.company, "Early")
    make_focal(focal)
    nomination = send(focal, cast.company, "Nowak")
    assert nomination.owner_org_id == cast.company.organisation.pk
    with acting(focal.subject) as by:
        seen = Nomination.objects.get(pk=nomination.pk)
        _invitation, token = invite(by=by, person=seen.person, edition_id=EDITION)
        assert token
        withdraw_nomination(by=by, nomination=seen, reason="not coming")
    for foreign in (cast.guest, cast.authority):
        with pytest.raises(NotAllowedError):
            send(focal, foreign, "Foreign")
    with acting(focal.subject):
        assert not Delegation.objects.filter(organisation=cast.guest.organisation).exists()


def test_the_right_at_another_edition_or_of_another_nation_opens_nothing(cast: Cast) -> None:
    elsewhere = make_member("Focal Elsewhere", "Polish Office", "authority", "POL")
    make_focal(elsewhere, OTHER_EDITION)
    make_focal(cast.guest)
    for focal in (elsewhere, cast.guest):
        with pytest.raises(NotAllowedError):
            send(focal, cast.company, "Nobody")


def test_the_page_of_a_focal_point(client: Client) -> None:
    rows: Rows = make_edition()
    focal = make_member(
        "Fokus Punkt", "Polish Authority", "authority", "POL", True, rows.edition.pk
    )
    firm = make_member("Firma Jedna", "Jedna", "company", "POL", True, rows.edition.pk)
    other = make_member("Autre Firme", "Autre", "company", "FRA", True, rows.edition.pk)
    with acting_as_system("sample"):
        for member in (firm, other):
            member.organisation.label_releasable_to = [f"edition:{rows.edition.pk}"]
            member.organisation.save()
        category = AttendeeCategory.objects.filter(edition=rows.edition).first()
    assert category is not None
    client.force_login(focal.account)
    address = f"/e/{rows.edition.slug}/delegation/"
    assert client.get(f"{address}?for={firm.organisation.pk}").status_code == 404
    make_focal(focal, rows.edition.pk)
    page = client.get(f"{address}?for={firm.organisation.pk}").content.decode()
    assert "Jedna" in page
    assert "Autre" not in page
    assert client.get(f"{address}?for={other.organisation.pk}").status_code == 404
    data = {"do": "enter", "name": "New One", "email": "new@example.org", "function": ""}
    data |= {"category": category.code, "nationality": "POL"}
    client.post(f"{address}?for={firm.organisation.pk}", data)
    assert client.post(f"{address}?for={other.organisation.pk}", data).status_code == 404
    with acting_as_system("tests"):
        made = Nomination.objects.get(person__email="new@example.org")
        assert made.owner_org_id == firm.organisation.pk
        assert made.person.nationality_id == "POL"


def test_beyond_the_places_of_a_nation_everybody_is_a_substitute_and_moves_up(cast: Cast) -> None:
    second = make_member("Druga Firma", "Druga", "company", "POL", edition_id=OTHER_EDITION)
    with acting(cast.organiser.subject) as by:
        set_nation_quota(by=by, edition_id=EDITION, country="POL", places=2)
    # The company of the cast has one cleared delegate already.
    first = send(cast.company, cast.company, "Pierwszy")
    late = send(second, second, "Drugi")
    free = send(cast.guest, cast.guest, "Moldovan")
    assert [one.state for one in (first, late, free)] == ["waiting", "substitute", "waiting"]
    with acting(cast.company.subject) as by:
        withdraw_nomination(by=by, nomination=first)
    with acting_as_system("tests"):
        late.refresh_from_db()
    assert late.state == "waiting", "a place of the nation goes to another of its firms"
    third = send(second, second, "Trzeci")
    assert third.state == "substitute"
    with acting(cast.organiser.subject) as by:
        set_nation_quota(by=by, edition_id=EDITION, country="POL", places=None)
    with acting_as_system("tests"):
        third.refresh_from_db()
    assert third.state == "waiting"


def test_only_an_organiser_sets_the_places_of_a_nation(cast: Cast) -> None:
    make_focal(cast.guest)
    with acting(cast.guest.subject) as by, pytest.raises(NotAllowedError):
        set_nation_quota(by=by, edition_id=EDITION, country="MDA", places=99)
    with acting(cast.organiser.subject) as by:
        for country, places in (("XXX", 1), ("MDA", -1), ("MDA", 5001)):
            with pytest.raises(PunteError):
                set_nation_quota(by=by, edition_id=EDITION, country=country, places=places)


def test_another_nationality_opens_the_clearance_again(cast: Cast) -> None:
    person = cast.company.person
    with acting_as_system("sample"):
        ClearanceStage.objects.create(edition_id=EDITION, position=1, name="Security", right="vet")
    assert cast.company.subject.is_vetted
    with acting(cast.company.subject) as by:
        own = Person.objects.get(pk=person.pk)
        assert change_person(
            by=by,
            person=own,
            edition_id=EDITION,
            name=own.name,
            email=own.email,
            nationality="UKR",
        )
    assert not cast.company.subject.is_vetted
    with acting_as_system("tests"):
        assert Clearance.objects.filter(decision="reopened").exists()


def test_an_invitation_to_an_address_that_was_changed_is_worth_nothing(cast: Cast) -> None:
    nomination = send(cast.company, cast.company, "Stary")
    with acting(cast.company.subject) as by:
        person = Person.objects.get(pk=nomination.person_id)
        _invitation, token = invite(by=by, person=person, edition_id=EDITION)
        change_person(
            by=by, person=person, edition_id=EDITION, name="Nowy", email="nowy@example.org"
        )
    former = make_member("Former Holder", "Former", is_cleared=False)
    with acting_as_system("sample"):
        Person.objects.filter(pk=former.person.pk).update(account=None)
    with pytest.raises(NotAllowedError):
        accept_invitation(
            account=former.account, token=token, verified_emails={"stary@example.org"}
        )
