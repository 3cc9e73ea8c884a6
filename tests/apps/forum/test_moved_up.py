"""A substitute who moves up is told, by a mail as every other: once each time, in words that an edition can change."""

import pytest
from django.core import mail

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Delegation, Mail, NationQuota, Nomination, Person
from punte.apps.people.places import FILLING_STATES, set_nation_quota
from punte.apps.people.register import set_quota
from punte.apps.people.vetting import nominate, withdraw_nomination
from small_forum import Forum, load_small

pytestmark = pytest.mark.django_db


def substitute_of(forum: Forum) -> tuple[Delegation, Nomination]:
    """Return a delegation that is full, and somebody who waits for a place of it."""
    edition_id = forum.edition.pk
    with acting_as_system("tests"):
        delegation = Delegation.objects.filter(
            edition_id=edition_id, nominations__state="cleared"
        ).select_related("organisation")[0]
        held = delegation.nominations.filter(state__in=FILLING_STATES).count()
        Delegation.objects.filter(pk=delegation.pk).update(quota=held)
        person = Person.objects.create(
            name="Ada Waits",
            email="ada@example.org",
            languages="en",
            owner_org=delegation.organisation,
        )
        Mail.objects.all().delete()
    with acting(forum.organiser) as by:
        nomination = nominate(by=by, delegation=delegation, person=person)
    assert nomination.state == "substitute"
    return delegation, nomination


def letters() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind="nomination.moved_up"))


def test_who_moves_up_for_somebody_who_left_is_told() -> None:
    forum = load_small()
    delegation, nomination = substitute_of(forum)
    assert letters() == []
    with acting_as_system("tests"):
        leaver = delegation.nominations.filter(state="cleared")[0]
    with acting(forum.organiser) as by:
        withdraw_nomination(by=by, nomination=leaver, reason="Ill")
    (letter,) = letters()
    assert (letter.person_id, letter.about_id) == (nomination.person_id, nomination.pk)
    assert send_mail(letter.pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert sent.to == ["ada@example.org"]
    assert "a place is free for you" in sent.subject
    assert delegation.organisation.name in str(sent.body)
    assert "Waiting for clearance" in str(sent.body)


def test_more_places_move_up_and_tell_too() -> None:
    forum = load_small()
    delegation, nomination = substitute_of(forum)
    with acting(forum.organiser) as by:
        set_quota(by=by, delegation=delegation, quota=delegation.quota + 5)
    assert [one.about_id for one in letters()] == [nomination.pk]


def test_a_nation_with_more_places_tells_as_well() -> None:
    forum = load_small()
    delegation, nomination = substitute_of(forum)
    country = delegation.organisation.country_id
    with acting_as_system("tests"):
        Delegation.objects.filter(pk=delegation.pk).update(quota=50)
        NationQuota.objects.create(edition_id=forum.edition.pk, country_id=country, places=0)
    with acting(forum.organiser) as by:
        set_nation_quota(by=by, edition_id=forum.edition.pk, country=country, places=500)
    assert [one.about_id for one in letters()] == [nomination.pk]


def test_what_was_taken_back_meanwhile_is_not_told() -> None:
    forum = load_small()
    delegation, nomination = substitute_of(forum)
    with acting(forum.organiser) as by:
        set_quota(by=by, delegation=delegation, quota=delegation.quota + 5)
        (letter,) = letters()
        nomination.refresh_from_db()
        withdraw_nomination(by=by, nomination=nomination, reason="Changed her mind")
    assert send_mail(letter.pk) == Mail.State.NOT_SENT
