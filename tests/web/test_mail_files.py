"""The files of a mail that waits: an organiser opens those in which nothing is the reader's alone, as files to keep."""

import datetime as dt

import icalendar
import pytest
from django.test import Client

from edition_rows import DAYS, ZONE, Rows, make_edition
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.agenda import Speaker
from punte.apps.forum.agenda_actions import Wish, draft_session
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.models import Delegate
from punte.apps.people.models import Mail, Person
from punte.apps.people.queries import subject_of_person
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition(requests=4)


@pytest.fixture
def mail(rows: Rows) -> Mail:
    """A mail with an invitation that waits for one who was put on stage."""
    stewards = right_groups("organise", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate, edition=rows.edition)
        Person.objects.filter(pk=me.person_id).update(label_stewards=stewards)
        organiser = subject_of_person(Person.objects.get(account__email=rows.organiser).pk)
    wish = Wish(
        kind="panel",
        format="open",
        title="Panel on ranges",
        starts_at=dt.datetime.combine(DAYS[0], dt.time(16), ZONE),
        ends_at=dt.datetime.combine(DAYS[0], dt.time(17), ZONE),
        speakers=(Speaker(name=me.badge_name, delegate_id=me.pk),),
    )
    with acting(organiser):
        draft_session(by=organiser, edition=rows.edition, wish=wish)
        release_agenda(by=organiser, edition=rows.edition)
    with acting_as_system("tests"):
        return Mail.objects.get(kind="agenda.stage", person=me.person_id)


def test_an_organiser_opens_a_file_that_holds_nothing_hidden(rows: Rows, mail: Mail) -> None:
    client = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/mail/{mail.pk}/"
    assert f'href="{address}files/0/"' in client.get(address).content.decode()
    answer = client.get(f"{address}files/0/")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "Panel on ranges"
    assert client.get(f"{address}files/1/").status_code == 404
    with acting_as_system("tests"):
        mail.refresh_from_db()
    assert mail.state == Mail.State.WAITING, "looking at it sends nothing"


def test_a_file_that_names_somebody_hidden_is_not_there(rows: Rows, mail: Mail) -> None:
    with acting_as_system("tests"):
        Person.objects.filter(pk=mail.person_id).update(label_stewards=[], label_releasable_to=[])
    client = signed_in(rows.organiser)
    address = f"/e/{rows.edition.slug}/mail/{mail.pk}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "files/0/" not in page.content.decode()
    assert client.get(f"{address}files/0/").status_code == 404


def test_nobody_else_opens_it_and_one_that_left_has_no_file(rows: Rows, mail: Mail) -> None:
    address = f"/e/{rows.edition.slug}/mail/{mail.pk}/files/0/"
    assert signed_in(rows.delegate).get(address).status_code == 404
    assert Client().get(address).status_code in {302, 404}
    with acting_as_system("tests"):
        Mail.objects.filter(pk=mail.pk).update(state=Mail.State.SENT)
    assert signed_in(rows.organiser).get(address).status_code == 404
