"""Whoever takes the listing back is in no directory, and still seen by those with whom they have an open request."""

import pytest
from django.test import Client

from cast import Member, make_member
from edition_rows import make_edition
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.asking import ask
from punte.apps.meetings.may_ask import reason_against
from punte.apps.people.listing import set_listing
from punte.apps.people.models import Consent, Grant, Person

pytestmark = pytest.mark.django_db


def come(edition: Edition, name: str, country: str = "POL") -> tuple[Member, Delegate]:
    """Return a member and its place at the edition, listed as it agreed."""
    member = make_member(name, f"{name} Ltd", "company", country, True, edition.pk)
    with acting_as_system("sample"):
        like = Delegate.objects.filter(edition=edition).first()
        assert like is not None
        Consent.objects.create(person=member.person, edition_id=edition.pk)
        place = Delegate.objects.create(
            edition=edition,
            person=member.person,
            organisation=member.organisation,
            category=like.category,
            code=f"D{name[:6]}",
            badge_name=name,
            owner_org=member.organisation,
            label_releasable_to=[f"edition:{edition.pk}"],
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
    return member, place


def unlist(member: Member, edition: Edition, *, is_listed: bool = False) -> None:
    with acting(member.subject) as by:
        person = Person.objects.get(pk=member.person.pk)
        set_listing(by=by, person=person, edition_id=edition.pk, is_listed=is_listed)


def sees(member: Member, place: Delegate) -> bool:
    with acting(member.subject):
        return Delegate.objects.filter(pk=place.pk).exists()


def test_taking_the_listing_back_takes_one_out_of_the_directory_at_once() -> None:
    edition = make_edition().edition
    shy, place = come(edition, "Shy Person")
    other, _theirs = come(edition, "Other Person", "FRA")
    desk = make_member("Desk Helper", "Desk", "company", "ROU", is_cleared=False)
    with acting_as_system("sample"):
        Grant.objects.create(person=desk.person, right="check-in", edition_id=edition.pk)
    assert sees(other, place)
    unlist(shy, edition)
    client = Client()
    client.force_login(other.account)
    assert not sees(other, place)
    assert "Shy Person" not in client.get(f"/e/{edition.slug}/people/").content.decode()
    assert client.get(f"/e/{edition.slug}/people/{place.pk}/").status_code == 404
    assert sees(desk, place), "a desk lets them in all the same"
    assert sees(shy, place)
    client.force_login(shy.account)
    assert "only those find me" in client.get("/me/").content.decode()
    unlist(shy, edition, is_listed=True)
    assert sees(other, place)
    assert "other delegates find me" in client.get("/me/").content.decode()


def test_the_other_side_of_an_open_request_sees_on_and_nobody_else() -> None:
    edition = make_edition().edition
    shy, place = come(edition, "Shy Person")
    other, theirs = come(edition, "Other Person", "FRA")
    third, _place = come(edition, "Third Person", "ITA")
    late, latest = come(edition, "Late Person", "ESP")
    with acting(other.subject) as by:
        assert reason_against(theirs, place) == ""
        ask(by=by, sender=theirs, receiver=place, reason="bridges")
    unlist(shy, edition)
    assert sees(other, place)
    assert not sees(third, place)
    with acting(shy.subject) as by:
        mine = Delegate.objects.get(pk=place.pk)
        ask(by=by, sender=mine, receiver=Delegate.objects.get(pk=latest.pk), reason="radars")
    assert sees(late, place), "whom one asks oneself, sees who asks"
    assert not sees(third, place)
