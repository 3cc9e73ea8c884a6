"""A plan that was kept before a rule it breaks: every page of it says why and how to mend it, and none fails."""

from datetime import date
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.programmes.plans import PLAN, enter, save
from cast import Cast, make_cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.programmes.chances import dates_in_draws, milestone_chances
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from web.test_plan_pages import BACKEND, fields_of, newest

pytestmark = pytest.mark.django_db
WEEK: dict[str, Any] = {"id": "week", "weekdays": [1, 2, 3, 4, 5]}
NEVER = {**WEEK, "exceptions": [{"first": "2000-01-01", "last": "9999-12-31"}]}
LINK = {"from": "A", "to": "B", "lag": -3, "calendar": "lead"}


def calendars(*found: dict[str, Any]) -> dict[str, Any]:
    return {**PLAN, "calendar": "week", "calendars": list(found)}


BROKEN = {
    "a weekday twice": (calendars({**WEEK, "weekdays": [1, 1, 2]}), "more than once"),
    "a dead calendar": (calendars(NEVER), "would never end"),
    "a lead without a day": (
        {**calendars(WEEK, {**NEVER, "id": "lead"}), "links": [LINK]},
        "would never end",
    ),
    "a control character": (
        {**PLAN, "activities": [{"id": "A", "name": "\x1b", "duration": 1}], "links": []},
        "control character",
    ),
    "no activity": ({**PLAN, "activities": [], "links": []}, "there is no activity"),
    "an unknown key": ({**PLAN, "colour": "red"}, "not known"),
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def programme(cast: Cast) -> Programme:
    found = enter(cast, is_public=True)
    save(cast, found, PLAN)
    with acting_as_system("tests"):
        Milestone.objects.create(
            programme=found, name="Built", promised_on=date(2027, 6, 1), activity="B"
        )
    return found


@pytest.fixture
def keeper(client: Client, cast: Cast) -> Client:
    client.force_login(cast.authority.account, BACKEND)
    return client


def keep(programme: Programme, content: dict[str, Any], kind: str = "plan", number: int = 2) -> Any:
    """Write a plan past all checks, as an earlier release did."""
    with acting_as_system("tests"):
        return PlanVersion.objects.create(
            programme=programme, kind=kind, number=number, content=content, sha256=uuid4().hex
        )


def addresses(programme: Programme) -> list[str]:
    home = f"/programmes/{programme.pk}/"
    pages = ("", "network/", "progress/", "health/", "plan/", "scenarios/", "milestones/new/")
    files = ("plan/file/xml/", "plan/file/ics/")
    with acting_as_system("tests"):
        milestone = Milestone.objects.get(programme=programme)
    return [
        *(f"{home}{part}" for part in (*pages, *files)),
        f"/programmes/milestones/{milestone.pk}/",
        "/programmes/",
        "/programmes/coverage/",
    ]


SILENT = ("/programmes/", "/programmes/coverage/", "milestones/new/")


@pytest.mark.parametrize("kind", BROKEN)
def test_every_page_says_what_is_wrong(keeper: Client, programme: Programme, kind: str) -> None:
    content, said = BROKEN[kind]
    keep(programme, content)
    for address in addresses(programme):
        answer = keeper.get(address)
        assert answer.status_code in (200, 409), address
        page = unescape(answer.content.decode())
        if not address.endswith(SILENT) or address == f"/programmes/{programme.pk}/":
            assert said in page, address
            assert "plan/" in page
    raw = keeper.get(f"/programmes/{programme.pk}/plan/file/json/")
    assert raw.json() == content
    told = keeper.post(
        f"/programmes/{programme.pk}/plan/steps/",
        {"do": "freeze", "name": "x", "read_number": "2"},
        follow=True,
    )
    assert said in unescape(told.content.decode())


def test_readers_are_told_who_mends_it_and_money_goes_on(
    client: Client, cast: Cast, programme: Programme
) -> None:
    keep(programme, BROKEN["a dead calendar"][0])
    with acting(cast.authority.subject):
        assert milestone_chances(programme) == {}
        keys = list(Milestone.objects.values_list("pk", flat=True))
        assert dates_in_draws(keys) == {}
    for page, status in (("health/", 409), ("", 200)):
        answer = client.get(f"/programmes/{programme.pk}/{page}")
        assert answer.status_code == status
        assert "Whoever keeps the programme" in answer.content.decode()
        assert "Open the table" not in answer.content.decode()
    found = client.get(f"/api/v1/programmes/{programme.pk}").json()
    assert "would never end" in found["plan_problems"][0]
    assert found["milestones"][0]["chance"] is None


def test_a_cell_is_mended_in_the_table(keeper: Client, programme: Programme) -> None:
    keep(programme, BROKEN["a control character"][0])
    address = f"/programmes/{programme.pk}/plan/"
    page = keeper.get(address).content.decode()
    assert "breaks rules that came after it" in page
    keeper.post(address, fields_of(page) | {"name-0": "Design", "do": "plan"})
    assert newest(programme).number == 3
    assert keeper.get(f"/programmes/{programme.pk}/health/").status_code == 200


def test_what_is_in_no_cell_is_mended_through_a_file(keeper: Client, programme: Programme) -> None:
    keep(programme, BROKEN["a weekday twice"][0])
    address = f"/programmes/{programme.pk}/plan/"
    page = keeper.get(address).content.decode()
    assert 'href="file/json/"' in page
    mended = keeper.get(f"{address}file/json/").content.replace(b"1,\n    1,", b"1,")
    file = SimpleUploadedFile("p.json", mended)
    keeper.post(f"{address}steps/", {"do": "file", "plan": file, "read_number": "2"})
    assert newest(programme).number == 3
    # The one before it is looked back on no more, and nothing fails for it.
    progress = keeper.get(f"/programmes/{programme.pk}/progress/")
    assert progress.status_code == 200


def test_a_scenario_kept_before_a_rule_is_told_and_never_adopted(
    keeper: Client, programme: Programme
) -> None:
    scenario = keep(programme, BROKEN["a dead calendar"][0], kind="scenario", number=1)
    keep(programme, PLAN, kind="scenario", number=2)
    home = f"/programmes/{programme.pk}/"
    for address, status in ((f"{home}scenarios/", 200), (f"{home}scenarios/{scenario.pk}/", 409)):
        answer = keeper.get(address)
        assert answer.status_code == status
        assert "Scenario 1 cannot be counted with" in answer.content.decode()
    keeper.post(
        f"{home}plan/steps/",
        {"do": "adopt", "scenario": scenario.pk, "read_number": "1", "reason": "Now"},
    )
    assert newest(programme).number == 1
