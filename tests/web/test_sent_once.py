"""A form that makes something makes it once: by a double click, a reload, a step back, and by two clicks at the same moment."""

import html
from collections.abc import Callable

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from apps.market.test_listings import published
from apps.people.test_at_once import together
from cast import Cast, make_cast
from page_forms import form_with
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition, HostRole, Place, Question, Release, Session
from punte.apps.market.models import Listing, Relay
from punte.apps.people.models import SentForm
from punte.apps.people.purging import purge_expired
from set_up_desk import FACTS, organiser_anywhere
from signed_in import signed_in
from web.listings.test_pages import FORM
from web.test_set_up_two_tabs import SESSION

NEED = "/needs/new/"
HIDDEN = ("csrfmiddlewaretoken", "once", "revision")
MADE: tuple[tuple[str, dict[str, str], str, type[models.Model]], ...] = (
    (NEED, FORM, "title", Listing),
    ("/needs/<need>/", {"text": "We build it.", "thread": ""}, "text", Relay),
    ("/editions/new/", FACTS, "name", Edition),
    ("<edition>set-up/hosts/", {"do": "host", "role": "patron", "name": "A"}, "name", HostRole),
    (
        "<edition>set-up/venue/",
        {"do": "places", "kind": "table", "name": "Table", "count": "1", "capacity": "1"},
        "name",
        Place,
    ),
    ("<edition>set-up/press/", {"do": "write", "title": "News", "text": "Soon"}, "title", Release),
    ("<edition>agenda/edit/new/", SESSION, "title", Session),
    (
        "<edition>applications/form/",
        {"do": "add", "label": "Why?", "kind": "text", "options": ""},
        "label",
        Question,
    ),
)


def count(model: type[models.Model]) -> int:
    with acting_as_system("tests"):
        return model._default_manager.count()


def read(client: Client, address: str, fields: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return where a form goes that was just read, and what it sends once it is filled."""
    form = form_with(client.get(address).content.decode(), *fields, "once")
    assert form.fields["once"] == "yes"
    hidden = {name: form.fields[name] for name in HIDDEN if name in form.fields}
    return form.action or address, hidden | fields


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "fields", "name", "model"), MADE)
def test_what_is_sent_twice_is_made_once(
    cast: Cast, page: str, fields: dict[str, str], name: str, model: type[models.Model]
) -> None:
    client = organiser_anywhere(cast)
    if "<need>" in page:
        page, client = page.replace("<need>", str(published(cast).pk)), signed_in(cast.company)
    if "<edition>" in page:
        place = str(client.post("/editions/new/", FACTS)["Location"])
        page = page.replace("<edition>", place.removesuffix("set-up/"))
    before = count(model)
    address, sent = read(client, page, fields)
    first, again = client.post(address, sent), client.post(address, sent)
    assert count(model) == before + 1
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert "was done once" in client.get(again["Location"], follow=True).content.decode()
    other = sent | {name: "Something else"}
    asked = client.post(address, other)
    shown = html.unescape(asked.content.decode())
    assert asked.status_code == 409
    assert "Something else" in shown
    assert first["Location"] in shown
    assert count(model) == before + 1
    meant = form_with(shown, *fields).fields
    assert {key: meant[key] for key in other if key != "csrfmiddlewaretoken"} == {
        key: value for key, value in other.items() if key != "csrfmiddlewaretoken"
    }, "nothing typed is lost"
    client.post(address, meant)
    assert count(model) == before + 2, "it was meant"
    client.post(*read(client, page, fields | {name: "A third"}))
    assert count(model) == before + 3, "another showing of the form is another form"


@pytest.mark.django_db
def test_what_was_refused_may_be_sent_again(cast: Cast) -> None:
    client = organiser_anywhere(cast)
    address, sent = read(client, "/editions/new/", FACTS)
    for wrong in ({"ends_on": "2020-01-01"}, {"name": ""}, {"ends_on": "2020-01-01"}):
        assert client.post(address, sent | wrong).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert count(Edition) == 1
    need = published(cast)
    company = signed_in(cast.company)
    address, sent = read(company, f"/needs/{need.pk}/", {"text": "x", "thread": ""})
    for text in (" ", "y" * 4001, "We build it."):
        company.post(address, sent | {"text": text})
    assert count(Relay) == 1


@pytest.mark.django_db
def test_another_person_never_meets_what_somebody_sent(cast: Cast) -> None:
    one, other = signed_in(cast.authority), signed_in(cast.company)
    address, sent = read(one, NEED, FORM)
    one.post(address, sent)
    other.post(address, sent)
    assert count(Listing) == 2
    assert one.post(address, {**FORM, "once": "yes"}).status_code == 302, "without the secret"
    assert count(Listing) == 3


@pytest.mark.django_db
def test_what_was_sent_is_kept_for_a_day(cast: Cast) -> None:
    client = signed_in(cast.authority)
    client.post(*read(client, NEED, FORM))
    now = timezone.now()
    with acting_as_system("tests"):
        kept = SentForm.objects.get()
    assert kept.person_id == cast.authority.person.pk
    assert FORM["title"] not in str(kept.__dict__)
    purge_expired(today=timezone.localdate(now))
    assert count(SentForm) == 1
    with acting_as_system("tests"):
        SentForm.objects.update(sent_at=now.replace(year=now.year - 1))
    purge_expired(today=timezone.localdate(now))
    assert count(SentForm) == 0


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one() -> None:
    client = signed_in(make_cast().authority)
    led: list[str] = []

    def click() -> Callable[[], None]:
        mine = Client()
        mine.cookies = client.cookies

        def post() -> None:
            led.append(mine.post(address, sent)["Location"])

        return post

    for clicks in range(1, 6):
        address, sent = read(client, NEED, FORM)
        assert together(click(), click(), click()) == []
        assert count(Listing) == clicks
        assert len({*led}) == clicks
