"""Two organisers keep the same form: nobody overwrites what they did not read, and nothing typed is lost."""

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition, Session
from punte.apps.people.models import Grant
from security.form_fields import forms_of
from set_up_desk import FACTS
from signed_in import signed_in

pytestmark = pytest.mark.django_db
SESSION = {
    "title": "Opening",
    "kind": "side",
    "format": "open",
    "starts_at": "2027-05-10T10:00",
    "ends_at": "2027-05-10T11:00",
    "language": "en",
}
RULES = {"small": "0", "regional": "0", "gap": "0", "goal_1": "weight"}
FORMS = (
    ("set-up/facts/", FACTS, "venue", "Ours", "Theirs"),
    (
        "set-up/phases/",
        {"request_starts": "2027-03-01T09:00"},
        "request_ends",
        "2027-03-02T09:00",
        "2027-03-03T09:00",
    ),
    (
        "set-up/categories/",
        {"do": "category", "code": "guest", "quota": "3"},
        "name",
        "Guests",
        "Visitors",
    ),
    ("set-up/press/", {"do": "contact", "email": "press@example.org"}, "name", "Ana", "Ion"),
    ("set-up/rules/", RULES | {"do": "try"}, "gap", "2", "1"),
    ("set-up/", {}, "readers", "public", "delegates"),
    ("agenda/edit/", {"do": "hours", "opens_at": "07:00"}, "closes_at", "20:00", "21:00"),
    ("agenda/edit/<session>/", SESSION, "about", "Our words", "Their words"),
    ("set-up/press/<release>/", {"do": "change", "title": "News"}, "text", "Ours", "Theirs"),
)


@pytest.fixture
def organisers(cast: Cast) -> tuple[Client, Client]:
    with acting_as_system("tests"):
        for member in (cast.organiser, cast.authority):
            Grant.objects.create(person=member.person, right="organise", edition_id=None)
    return signed_in(cast.organiser), signed_in(cast.authority)


def edition_of(client: Client) -> str:
    """Make an edition with a session and a release; return where its pages begin."""
    place = str(client.post("/editions/new/", FACTS)["Location"]).removesuffix("set-up/")
    client.post(f"{place}agenda/edit/new/", SESSION)
    client.post(f"{place}set-up/press/", {"do": "write", "title": "News", "text": "First"})
    return place


def at(place: str, page: str) -> str:
    with acting_as_system("tests"):
        edition = Edition.objects.get()
        session, release = Session.objects.get(), edition.releases.get()
    return place + page.replace("<session>", str(session.pk)).replace("<release>", str(release.pk))


def form_at(client: Client, address: str, field: str, content: str = "") -> dict[str, str]:
    """Return what the page's form with a field sends as it stands."""
    page = content or client.get(address).content.decode()
    return next(form.fields for form in forms_of(page) if field in form.fields)


@pytest.mark.parametrize(("page", "fields", "name", "ours", "theirs"), FORMS)
def test_nobody_overwrites_what_they_did_not_read(
    organisers: tuple[Client, Client],
    page: str,
    fields: dict[str, str],
    name: str,
    ours: str,
    theirs: str,
) -> None:
    one, other = organisers
    address = at(edition_of(one), page)
    read = [form_at(client, address, name)["revision"] for client in (one, other)]
    assert read[0] == read[1]
    told = one.post(address, fields | {name: ours, "revision": read[0]}, follow=True)
    assert told.status_code == 200
    stands = form_at(other, address, name)
    late = other.post(address, fields | {name: theirs, "revision": read[1]}, follow=True)
    shown = html.unescape(late.content.decode())
    assert "Somebody else changed this while you wrote" in shown
    after = form_at(other, address, name)
    if name != "name" or ("do" in fields and fields["do"] == "contact"):
        assert after == stands | {"csrfmiddlewaretoken": after["csrfmiddlewaretoken"]}, "kept"
    again = form_at(other, address, name, content=shown)
    if page == "set-up/":  # one field, and it is chosen anew
        again = after
    else:
        assert late.status_code == 409
        assert again[name] == theirs, "what was written is still there"
        assert ours in re.sub(r"<(input|textarea|option)[^>]*>[^<]*", "", shown), "and what stands"
    done = other.post(address, again | fields | {name: theirs}, follow=True).content.decode()
    assert "Somebody else changed" not in done
    kept = form_at(one, address, name)
    if page != "set-up/categories/":
        assert kept[name] == theirs
    else:
        assert f">{theirs}<" in one.get(address).content.decode()


def test_a_fault_of_ones_own_lets_nobody_elses_words_slip_by(
    organisers: tuple[Client, Client],
) -> None:
    one, other = organisers
    address = at(edition_of(one), "set-up/facts/")
    read = form_at(other, address, "venue")
    one.post(address, form_at(one, address, "venue") | {"venue": "Ours"})
    wrong = other.post(address, read | {"venue": "Theirs", "ends_on": "2027-01-01"})
    again = form_at(other, address, "venue", content=wrong.content.decode())
    assert again["venue"] == "Theirs"
    late = other.post(address, again | {"ends_on": FACTS["ends_on"]})
    assert late.status_code == 409


def test_a_closed_place_and_a_released_agenda_were_read(
    organisers: tuple[Client, Client],
) -> None:
    one, other = organisers
    place = edition_of(one)
    venue = f"{place}set-up/venue/"
    one.post(venue, {"do": "places", "kind": "table", "name": "Table", "count": "1"})
    one.post(
        venue,
        {"do": "slots", "day": "2027-05-10", "starts": "10:00", "ends": "11:00", "minutes": "20"},
    )
    with acting_as_system("tests"):
        slots = [str(slot.pk) for slot in Edition.objects.get().slots.all()]
    close = {"do": "close", "code": "T01", "revision": "1"}
    one.post(venue, close | {"slot": slots[0]})
    late = other.post(venue, close | {"slot": slots[1]})
    page = late.content.decode()
    assert late.status_code == 409
    assert f'value="{slots[1]}" checked' in page
    assert f'value="{slots[0]}" checked' not in page
    assert "<dd>2027-05-10 10:00</dd>" in page
    agenda = f"{place}agenda/edit/"
    read = form_at(other, agenda, "note")
    one.post(f"{agenda}new/", SESSION | {"title": "Closing", "starts_at": "2027-05-10T10:30"})
    late = other.post(agenda, read | {"do": "release", "note": "As agreed"})
    assert late.status_code == 409
    assert 'value="As agreed"' in late.content.decode()
    with acting_as_system("tests"):
        assert not Session.objects.filter(is_released=True).exists()


def test_what_one_form_keeps_does_not_undo_another(organisers: tuple[Client, Client]) -> None:
    """The facts of an edition are read, the press contact is kept, then the facts: both stand."""
    one, other = organisers
    place = edition_of(one)
    read = form_at(one, f"{place}set-up/facts/", "venue")
    contact = {"do": "contact", "name": "Ana", "email": "", "phone": "", "revision": "1"}
    other.post(f"{place}set-up/press/", contact)
    one.post(f"{place}set-up/facts/", read | {"venue": "Ours"})
    with acting_as_system("tests"):
        edition = Edition.objects.get()
    assert (edition.venue, edition.press_contact) == ("Ours", "Ana")
    assert edition.starts_on.year > timezone.now().year - 10
