"""An organiser who looks at a mail before it leaves reads nothing that the wall refuses: of every kind, about every row."""

import uuid

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from cast import EDITION, Cast, make_open_edition
from punte.apps.access.models import Labelled
from punte.apps.access.permissions import (
    acting,
    acting_as_system,
    active_subject,
    held_to,
)
from punte.apps.people.mail import queue_mail
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.mail_reading import BLANK, Reading, read_waiting
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Organisation, Person
from punte.apps.people.queries import subject_of_person
from security.hidden_world import CANARY, World, build_hidden_world, build_shown_world, walled
from security.test_canary_mails import ABOUT, about_hidden_rows

pytestmark = pytest.mark.django_db


def open_to(person: Person) -> None:
    """Let one person read every hidden row that has a label; nobody else does."""
    with acting_as_system("tests"):
        for model in walled():
            if issubclass(model, Labelled):
                row = model._default_manager.filter(pk=World.key_of(model))
                row.update(label_stewards=[f"person:{person.pk}"])


def reading_of(cast: Cast, one: Mail) -> Reading:
    onlooker = cast.organiser.subject
    with acting(onlooker):
        return read_waiting(one.pk, onlooker=onlooker, sees_reader=False)


def test_no_kind_of_mail_about_any_row_shows_an_organiser_what_the_wall_refuses(cast: Cast) -> None:
    build_shown_world()
    make_open_edition(cast, "industry")
    build_hidden_world()
    open_to(cast.guest.person)
    with acting(cast.guest.subject):
        assert Organisation.objects.filter(pk=World.key_of(Organisation)).exists()
    about_hidden_rows(cast)
    with acting_as_system("tests"):
        to_guest = list(Mail.objects.filter(person=cast.guest.person))
    told, blanked = set(), set()
    for one in to_guest:
        reading = reading_of(cast, one)
        said = f"{reading.subject}{reading.text}{''.join(reading.attachments)}{reading.why_not}"
        assert CANARY not in said, (one.kind, one.key)
        assert cast.guest.person.name not in said, "whose name the organiser does not see"
        mail.outbox.clear()
        send_mail(one.pk)
        if CANARY in "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox):
            told.add(one.kind)
            blanked |= {one.kind} if BLANK in said else set()
    assert len(to_guest) == len(KINDS) * len(ABOUT)
    assert len(told) >= 7, "the hidden words reach the reader, so that there is something to keep"
    assert blanked == told


def test_the_page_shows_an_organiser_no_hidden_word(cast: Cast, client: Client) -> None:
    make_open_edition(cast, "industry")
    build_hidden_world()
    open_to(cast.guest.person)
    listing = apps.get_model("market", "Listing")
    relay = apps.get_model("market", "Relay")
    queue_mail(
        kind="listing.message",
        to=cast.guest.person,
        key="k",
        edition_id=EDITION,
        about_id=World.key_of(listing),
        details={"row": str(World.key_of(relay))},
    )
    with acting_as_system("tests"):
        (one,) = Mail.objects.filter(kind="listing.message")
    client.force_login(cast.organiser.account)
    page = client.get(f"/e/here/mail/{one.pk}/").content.decode()
    assert CANARY not in page
    assert "not for you to see" in page
    for other in (cast.company, cast.guest):
        client.force_login(other.account)
        assert client.get(f"/e/here/mail/{one.pk}/").status_code == 404
        assert client.get(f"/e/here/mail/{uuid.uuid4()}/").status_code == 404


def test_who_is_held_to_its_own_name_reads_in_no_other(cast: Cast) -> None:
    onlooker = cast.outsider.subject
    company = cast.company.subject
    own = cast.company.person.pk
    with acting(cast.organiser.subject):
        with held_to(onlooker):
            with acting(company) as name:
                assert name == active_subject() == onlooker
                assert not Person.objects.filter(pk=own).exists()
            with acting_as_system("tests"):
                assert not Person.objects.filter(pk=own).exists()
            assert subject_of_person(own).person_id is None
        assert active_subject() == cast.organiser.subject
        with acting(company):
            assert Person.objects.filter(pk=own).exists()
