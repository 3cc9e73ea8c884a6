"""A whole edition in the browser: from nothing to a published timetable and a repair, and what each sees meanwhile."""

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route

from browser.conftest import LOOKS, Look
from browser.players import PASSWORD, PATIENCE_S, Player
from punte.apps.people.first_organiser import open_site
from small_pictures import PNG

ZONE = ZoneInfo("Europe/Bucharest")
NOW = dt.datetime.now(ZONE)
FIRST = NOW.date() + dt.timedelta(days=90)
CARD = {"name": "card.png", "mimeType": "image/png", "buffer": PNG}
PEOPLE = {
    # part: name, organisation, kind, country, category
    "authority": ("Claire Verdon", "Direction de test", "authority", "FRA", "authority"),
    "company": ("Tomasz Wilk", "Wilk Optronika Test", "company", "POL", "company"),
    "moldova": ("Ion Cazacu", "Cancelaria de test", "authority", "MDA", "authority"),
    "press": ("Ana Rusu", "Gazeta de test", "press", "ROU", "press"),
    "outsider": ("Max Fremd", "Fremd Handel Test", "company", "CHE", "company"),
}


@dataclass
class Story:
    """The people, and the address of what they make."""

    organiser: Player
    visitor: Player
    cast: dict[str, Player] = field(default_factory=dict)
    base: str = ""
    requests: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def story(
    site: str, open_page: Callable[[Look], Page], on_stage: None, mailbox: Path, worker: None
) -> Story:
    """Open a site for its first organiser, and browsers for everybody."""
    del on_stage, worker

    def player(email: str = "") -> Player:
        page = open_page(LOOKS[0])
        page.set_default_timeout(PATIENCE_S * 1000)
        return Player(page=page, site=site, mailbox=mailbox, email=email)

    stamp = f"{NOW:%H%M%S}"
    opened = open_site(
        email=f"host-{stamp}@mod.example",
        name="Ioana Pădurean",
        organisation=f"Host of {stamp}",
        country="ROU",
    )
    made = Story(organiser=player(f"host-{stamp}@mod.example"), visitor=player())
    for part in PEOPLE:
        made.cast[part] = player(f"{part}-{stamp}@example.org")
    host = made.organiser
    host.see(opened.path)
    host.fill(password1=PASSWORD, password2=PASSWORD)
    with host.page.expect_navigation():
        host.page.locator("[name=password2]").press("Enter")
    return made


def test_a_whole_edition_is_played(story: Story) -> None:
    the_organiser_makes_an_edition(story)
    nobody_else_sees_it_before_it_is_open(story)
    everybody_applies(story)
    the_organiser_answers_and_clears(story)
    each_sees_what_is_theirs(story)
    a_need_and_an_offer_are_published(story)
    meetings_are_asked_for_and_accepted(story)
    the_timetable_is_solved_and_published(story)
    the_company_does_not_come(story)


def the_organiser_makes_an_edition(story: Story) -> None:
    host = story.organiser
    host.see("/accounts/login/")
    if host.page.locator("[name=login]").count():
        host.fill(login=host.email, password=PASSWORD)
        with host.page.expect_navigation():
            host.page.locator("[name=password]").press("Enter")
    host.see("/")
    with host.page.expect_navigation():
        host.page.get_by_role("link", name="New edition").click()
    host.fill(forum="Test Forum", name="Whole 2027", city="Bucharest", venue="Palace of tests")
    host.fill(starts_on=f"{FIRST}", ends_on=f"{FIRST + dt.timedelta(days=1)}", theme="A bridge")
    said = host.press("Create")
    assert "Only the host and the organisers see it yet." in said
    story.base = re.sub(r"^.*(/e/[^/]+/).*$", r"\1", host.page.url)
    the_parts_are_set_up(story)
    the_agenda_is_written(story)


def the_parts_are_set_up(story: Story) -> None:
    host = story.organiser
    host.see(f"{story.base}set-up/phases/")
    for kind, days in (("register", 30), ("profile", 60), ("request", 60), ("schedule", 90)):
        starts, ends = NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=days)
        host.fill(
            **{
                f"{kind}_starts": f"{starts:%Y-%m-%dT%H:%M}",
                f"{kind}_ends": f"{ends:%Y-%m-%dT%H:%M}",
            }
        )
    assert "Kept." in host.press("Keep")
    host.see(f"{story.base}set-up/hosts/")
    host.fill(role="patron", name="The Patron of tests")
    assert "The Patron of tests" in host.press("Add")
    host.see(f"{story.base}set-up/venue/")
    host.fill(day=f"{FIRST}", starts="10:00", ends="11:20", minutes="20")
    assert "4 slots added." in host.press("Lay slots")
    host.fill(name="Table", count="1", capacity="1")
    assert "1 place added." in host.press("Add places")
    host.see(f"{story.base}vetting/stages/")
    host.page.locator("[name=name]").first.fill("Security office")
    host.page.locator("[name=right]").first.select_option("organise")
    assert "Kept." in host.press("Keep")
    host.see(f"{story.base}applications/form/")
    host.fill(label="Press card", kind="file", only_if_code="kind", only_if_value="press")
    assert "Press card" in host.press("Add")
    host.see(f"{story.base}applications/")
    host.press("Take applications")


def the_agenda_is_written(story: Story) -> None:
    host = story.organiser
    for title, entry, hour in (("Opening for all", "open", 8), ("Allied round", "allied", 14)):
        host.see(f"{story.base}agenda/edit/new/")
        host.fill(title=title, kind="plenary", format=entry)
        host.fill(starts_at=f"{FIRST}T{hour:02}:30", ends_at=f"{FIRST}T{hour + 1:02}:30")
        host.press("Keep as a draft")


def nobody_else_sees_it_before_it_is_open(story: Story) -> None:
    host, visitor = story.organiser, story.visitor
    for player in (visitor, story.cast["outsider"]):
        assert "Whole 2027" not in player.see("/")
        assert player.status(story.base) == 404
        assert player.status(f"{story.base}press/") == 404
    host.see(f"{story.base}set-up/")
    host.fill(readers="public")
    assert "Kept." in host.press("Keep")
    host.see(f"{story.base}agenda/edit/")
    host.press("Release the agenda")
    assert "Whole 2027" in visitor.see("/")
    page = visitor.see(story.base)
    assert "The Patron of tests" in page
    assert "Opening for all" in page
    assert "Allied round" not in page
    assert "Accreditation" in visitor.see(f"{story.base}press/")
    for hidden in ("people/", "requests/", "timetable/", "set-up/", "applications/"):
        assert visitor.status(f"{story.base}{hidden}") == 302, "to the sign-in page"


def everybody_applies(story: Story) -> None:
    for part, player in story.cast.items():
        name, organisation, kind, country, category = PEOPLE[part]
        player.sign_up()
        assert player.status(f"{story.base}people/") == 404
        path = "apply/?kind=press&category=press" if part == "press" else "apply/"
        player.see(f"{story.base}{path}")
        player.fill(name=name, organisation=organisation, country=country)
        if part == "press":
            assert player.page.locator("[name=kind]").input_value() == "press"
            player.page.locator("input[type=file]").set_input_files(files=[CARD])
        else:
            player.fill(kind=kind, category=category)
            player.page.locator("[name=listed]").check()
        said = player.press("Apply")
        assert "Waiting for an answer" in said, said
        assert ("card.png" in said) == (part == "press")


def the_organiser_answers_and_clears(story: Story) -> None:
    host = story.organiser
    for part, (name, *_rest) in PEOPLE.items():
        host.see(f"{story.base}applications/")
        with host.page.expect_navigation():
            host.page.get_by_role("link", name=name).click()
        if part == "press":
            assert "card.png" in host.page.locator("main").inner_text()
        if part == "outsider":
            host.fill(reason="Every place is taken.")
            host.press("Refuse")
            continue
        said = host.press("Accept and nominate")
        assert "now goes through clearance" in said
    assert "Every place is taken." in story.cast["outsider"].see(f"{story.base}apply/")
    moldova = story.cast["moldova"]
    assert "Accepted" in moldova.see(f"{story.base}apply/")
    assert moldova.status(f"{story.base}people/") == 404, "accepted is not cleared"
    host.see(f"{story.base}vetting/")
    for box in host.page.locator("main [name=nomination]").all():
        box.check()
    host.press("Clear the chosen")
    sure = host.page.locator("main button[name=sure], main form button.main").first
    with host.page.expect_navigation():
        sure.click()
    assert "4 nominations decided." in host.page.locator("body").inner_text()


def each_sees_what_is_theirs(story: Story) -> None:
    cast = story.cast
    for part in ("authority", "company"):
        agenda = cast[part].see(f"{story.base}agenda/")
        assert "Allied round" in agenda, part
        assert "Opening for all" in agenda
    for part in ("moldova", "press"):
        agenda = cast[part].see(f"{story.base}agenda/")
        assert "Opening for all" in agenda, part
        assert ("Allied round" in agenda) == (part == "press"), "Moldova is no ally"
    assert cast["outsider"].status(f"{story.base}people/") == 404
    assert "Opening for all" in cast["outsider"].see(f"{story.base}agenda/")
    for part in ("authority", "company", "moldova", "press"):
        directory = cast[part].see(f"{story.base}people/")
        assert "Tomasz Wilk" in directory
        reporter = PEOPLE["press"][0]
        assert (reporter in directory) == (part == "press"), "who did not agree is not listed"
        assert cast[part].status(f"{story.base}set-up/") == 404
        assert cast[part].status(f"{story.base}timetable/") == 404
    with cast["press"].page.expect_navigation():
        cast["press"].page.get_by_role("link", name="Tomasz Wilk").click()
    assert "Press do not ask for meetings" in cast["press"].page.locator("main").inner_text()


def a_need_and_an_offer_are_published(story: Story) -> None:
    cast, host = story.cast, story.organiser
    for part, side, title, audience in (
        ("authority", "needs", "Whole radar against small drones", "allies"),
        ("company", "offers", "Whole passive radar", "edition"),
    ):
        player = cast[part]
        player.see(f"/{side}/new/")
        player.fill(title=title, text=f"{title}, at low altitude.", audience=audience)
        assert "Saved as a draft." in player.press("Save")
        address = player.page.url.removeprefix(player.site)
        assert host.status(address) == 404, "a draft is its owner's"
        player.press("Submit for review")
        assert cast["moldova"].status(address) == 404
        host.see(address)
        host.press("Publish")
        readers = {"moldova": 200 if audience == "edition" else 404, "outsider": 404}
        for reader, status in readers.items():
            assert cast[reader].status(address) == status, (reader, title)
        other = cast["company" if part == "authority" else "authority"]
        assert title in other.see(address)


def meetings_are_asked_for_and_accepted(story: Story) -> None:
    for sender, receiver in (
        ("authority", "company"),
        ("moldova", "company"),
        ("moldova", "authority"),
    ):
        player, other = story.cast[sender], story.cast[receiver]
        player.see(f"{story.base}people/")
        with player.page.expect_navigation():
            player.page.get_by_role("link", name=PEOPLE[receiver][0]).click()
        player.fill(reason=f"{sender} to {receiver}")
        assert "Your request is sent." in player.press("Send the request")
        other.await_mail("Subject: .*meeting")
        for stranger in {"press", "authority", "company"} - {sender, receiver}:
            assert story.cast[stranger].status(f"{story.base}my/") in {200, 404}
            seen = story.cast[stranger].see(f"{story.base}requests/?whose=all")
            assert f"{sender} to {receiver}" not in seen, "a request is between two"
        assert f"{sender} to {receiver}" in other.see(f"{story.base}requests/")
        other.press("Accept")
    everything = story.organiser.see(f"{story.base}all-requests/")
    assert everything.count("Wilk Optronika Test") >= 2


def the_timetable_is_solved_and_published(story: Story) -> None:
    host, cast = story.organiser, story.cast
    # No process sends live events beside these pages; the page also asks once a second.
    host.page.route("**/live/runs/**", _quiet_stream)
    host.see(f"{story.base}timetable/solve/")
    host.fill(time_limit_s="5")
    host.press("Solve")
    await_state(host, f"{story.base}timetable/v1/proof/", "Draft")
    board = host.see(f"{story.base}timetable/v1/")
    assert "3 of 3 requests become meetings." in board
    for part in ("authority", "company", "moldova"):
        assert "not published yet" in cast[part].see(f"{story.base}my/"), "a draft is the desk's"
    host.see(f"{story.base}timetable/v1/publish/")
    assert "Version 1 is published: 3 meetings are new" in host.press("Publish")
    expected = {
        "authority": {"Tomasz Wilk", "Ion Cazacu"},
        "company": {"Claire Verdon", "Ion Cazacu"},
        "moldova": {"Claire Verdon", "Tomasz Wilk"},
    }
    for part, names in expected.items():
        day = cast[part].page.locator("main")
        cast[part].see(f"{story.base}my/")
        for name in names:
            assert name in day.inner_text(), (part, name)
        cast[part].await_mail("METHOD:REQUEST")
    press = cast["press"].see(f"{story.base}my/")
    assert "Tomasz Wilk" not in press
    assert cast["outsider"].status(f"{story.base}my/") == 404


def the_company_does_not_come(story: Story) -> None:
    host, cast = story.organiser, story.cast
    host.see(f"{story.base}timetable/repair/")
    host.page.locator("label", has_text="Tomasz Wilk").locator("input").check()
    host.press("Propose a repair")
    assert "Tomasz Wilk" in cast["moldova"].see(f"{story.base}my/"), "nobody is told of a draft"
    said = host.press("Publish")
    assert "Version 2 is published" in said, said
    for part, other in (("authority", "Ion Cazacu"), ("moldova", "Claire Verdon")):
        meetings = cast[part].see(f"{story.base}my/")
        assert other in meetings, "what could stay, stays"
        cast[part].await_mail("METHOD:CANCEL")
    board = host.see(f"{story.base}timetable/v2/")
    assert "1 of 3 requests become meetings." in board
    assert "Version 1" in host.see(f"{story.base}timetable/versions/"), "the one before is kept"


def _quiet_stream(route: Route) -> None:
    route.fulfill(status=200, content_type="text/event-stream", body="retry: 600000\n\n")


def await_state(player: Player, path: str, words: str) -> None:
    """Look at a page again until it says something."""
    limit = time.monotonic() + PATIENCE_S
    while words not in player.see(path):
        assert time.monotonic() < limit, player.page.locator("main").inner_text()
        time.sleep(0.5)
