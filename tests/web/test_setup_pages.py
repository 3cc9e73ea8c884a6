"""The pages with which an edition is set up, as an organiser uses them, and as others are refused."""

import pytest
from django.test import Client

from cast import Cast
from page_forms import as_read
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Edition, MeetingRule
from set_up_desk import FACTS, make, organiser_anywhere
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organiser(cast: Cast) -> Client:
    return organiser_anywhere(cast)


def told(client: Client, address: str, data: dict[str, object]) -> str:
    """Post what was read, and return the page that follows, without tags' attributes mattering."""
    data = as_read(client, address, data)
    return client.post(address, data, follow=True).content.decode()


def test_an_edition_is_set_up_from_nothing(organiser: Client) -> None:
    address = make(organiser)
    page = organiser.get(address).content.decode()
    assert "Chișinău 2027" in page
    assert "Only the host and the organisers see the edition." in page
    venue = f"{address}venue/"
    assert "10 places added." in told(
        organiser,
        venue,
        {"do": "places", "kind": "table", "name": "Table", "count": "10", "capacity": "2"},
    )
    slots = {
        "do": "slots",
        "day": "2027-05-10",
        "starts": "10:00",
        "ends": "12:00",
        "minutes": "20",
    }
    assert "6 slots added." in told(organiser, venue, slots)
    again = told(organiser, venue, slots)
    assert "Take it away first." in again
    page = organiser.get(f"{venue}?delegates=40&each=5").content.decode()
    assert "100 meetings are expected." in page
    assert "The hall holds them" in page
    with acting_as_system("tests"):
        slot = str(Edition.objects.get(name="Chișinău 2027").slots.earliest("starts_at").pk)
    close = {"do": "close", "code": "T01", "slot": [slot, "x"]}
    organiser.post(venue, as_read(organiser, f"{venue}?close=T01", close))
    assert "checked" in organiser.get(f"{venue}?close=T01").content.decode()


def test_what_is_too_long_is_refused_with_its_limit_and_kept_in_the_form(organiser: Client) -> None:
    address = make(organiser)
    for name, most in (("theme", 300), ("name", 160), ("venue", 160), ("city", 80)):
        long = f"{'Radar and bridges ' * 30}"[:most] + "."
        told_now = told(organiser, f"{address}facts/", FACTS | {name: long})
        assert f"has {most + 1} characters, and {most} are the most" in told_now, name
        assert f'value="{long}"' in told_now, "what was written stays"
        with acting_as_system("tests"):
            assert getattr(Edition.objects.get(), name) == FACTS[name]


def test_an_edition_is_released_with_its_parts(organiser: Client) -> None:
    address = make(organiser)
    phases = {
        "request_starts": "2027-03-01T08:00",
        "request_ends": "2027-04-01T18:00",
    }
    assert "2027-03-01T08:00" in told(organiser, f"{address}phases/", phases)
    assert "1 of 7 phases" in organiser.get(address).content.decode()
    patron = {"do": "host", "role": "patron", "name": "The Patron"}
    assert "The Patron" in told(organiser, f"{address}hosts/", patron)
    told(organiser, address, {"readers": "public"})
    slug = address.split("/")[2]
    for page in (
        "timetable/",
        "figures/",
        "agenda/",
        "agenda/edit/",
        "vetting/",
        "mail/",
        "rights/",
    ):
        assert organiser.get(f"/e/{slug}/{page}", follow=True).status_code == 200, page
    assert Client().get(f"/e/{slug}/").status_code == 200


def test_a_wrong_field_is_named_and_what_was_written_stays(organiser: Client) -> None:
    answer = organiser.post("/editions/new/", FACTS | {"starts_on": "soon", "theme": "Kept words"})
    page = answer.content.decode()
    assert "First day: “soon” is no day." in page
    assert "Kept words" in page
    address = make(organiser)
    wrong = FACTS | {"time_zone": "Mars/Base", "theme": "Kept"}
    page = told(organiser, f"{address}facts/", wrong)
    assert "Mars/Base" in page
    assert 'value="Kept"' in page
    assert "Chișinău 2027" in organiser.get(address).content.decode()
    page = told(
        organiser, f"{address}phases/", {"live_starts": "2027-05-10T08:00", "live_ends": ""}
    )
    assert "Give both, or leave both fields empty." in page
    assert 'value="2027-05-10T08:00"' in page, "what was written stays"
    for start, end, said in (
        ("2027-03-28T02:30", "2027-03-28T06:00", "the clocks skip"),
        ("2027-10-31T03:30", "2027-10-31T03:10", "ends before it begins"),
        ("2027-05-10T08:00+09:00", "2027-05-10T09:00", "is no day and time"),
    ):
        night = {"live_starts": start, "live_ends": end}
        assert said in told(organiser, f"{address}phases/", night), (start, end)
    for number in ("-1", "1e3", "٣", "99999999"):
        page = told(
            organiser,
            f"{address}venue/",
            {"do": "places", "kind": "table", "name": "T", "count": number, "capacity": "1"},
        )
        assert "is no whole number" in page
    for part in ("hosts", "categories", "apart"):
        assert "unknown" in told(organiser, f"{address}{part}/", {"do": "drop everything"})
    assert "Choose who sees" in told(organiser, address, {"readers": "nobody"})


def test_a_copy_is_opened_from_the_page(organiser: Client) -> None:
    address = make(organiser)
    answer = organiser.post(f"{address}copy/", FACTS | {"name": "Again"})
    assert answer.status_code == 302
    assert "Again" in organiser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("part", ["company", "authority", "guest", "outsider"])
def test_nobody_else_finds_these_pages(cast: Cast, organiser: Client, part: str) -> None:
    address = make(organiser)
    client = signed_in(cast.everybody[part])
    parts = ("", "facts", "phases", "hosts", "categories", "apart", "rules", "venue", "copy")
    for page in ("/editions/new/", *(f"{address}{part}/".replace("//", "/") for part in parts)):
        assert client.get(page).status_code == 404
        assert client.post(page, FACTS | {"do": "readers", "readers": "public"}).status_code == 404


@pytest.mark.parametrize("year", ["0001", "1999", "2101", "9999"])
def test_a_year_that_cannot_be_read_back_is_refused(organiser: Client, year: str) -> None:
    address = make(organiser)
    phases = {
        "register_starts": f"{year}-01-01T00:00",
        "register_ends": f"{year}-12-31T23:00",
    }
    assert "is no day and time" in told(organiser, f"{address}phases/", phases)
    assert organiser.get(address).status_code == 200
    days = {"starts_on": f"{year}-01-01", "ends_on": f"{year}-01-02"}
    assert "is no day" in organiser.post("/editions/new/", FACTS | days).content.decode()
    slot = {"do": "close", "code": "T01", "slot": ["0" * 36], "revision": "1"}
    told(
        organiser, f"{address}venue/", {"do": "places", "kind": "table", "name": "T", "count": "1"}
    )
    assert organiser.post(f"{address}venue/", slot).status_code == 302


def test_each_page_of_the_set_up_is_short(organiser: Client) -> None:
    address = make(organiser)
    for part in ("", "facts/", "phases/", "hosts/", "categories/", "apart/", "rules/", "venue/"):
        page = organiser.get(f"{address}{part}").content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        stops = sum(
            main.count(tag) for tag in ("<a ", "<button", "<select", "<textarea", "<input ")
        )
        assert stops - main.count('type="hidden"') < 50, part
        assert 'aria-current="page"' in main, "the local menu says where one is"


def test_categories_that_do_not_ask_one_another(organiser: Client) -> None:
    address = f"{make(organiser)}apart/"
    rule = {"do": "rule", "sender": "company", "receiver": "authority", "reason": ""}
    assert "Give the reason" in told(organiser, address, rule)
    assert "Choose two categories" in told(organiser, address, rule | {"sender": "nobody"})
    rule["reason"] = "Firms meet firms here."
    assert "Firms meet firms here." in told(organiser, address, rule)
    assert "there already" in told(organiser, address, rule)
    with acting_as_system("tests"):
        (kept,) = MeetingRule.objects.all()
    page = told(organiser, address, {"do": "rule-away", "rule": str(kept.pk)})
    assert "Firms meet firms here." not in page
