"""Renaming an activity in the table of a plan loses nothing: neither what the table hides, nor what hangs on the activity."""

from typing import Any

import pytest
from django.test import Client

from apps.programmes.plans import PLAN, enter, save
from cast import Cast, make_cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.programmes import bridge, plan_actions
from punte.apps.programmes.chances import milestone_chances
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from web.test_plan_pages import BACKEND, fields_of, newest

pytestmark = pytest.mark.django_db
FULL: dict[str, Any] = {
    **PLAN,
    "calendar": "week",
    "calendars": [{"id": "week", "weekdays": [1, 2, 3, 4, 5]}],
    "resources": [{"id": "crew", "capacity": 3}],
    "activities": [
        {**PLAN["activities"][0], "cost": 700, "demands": {"crew": 2}, "calendar": "elapsed"},
        {**PLAN["activities"][1], "cost": 300},
        {"id": " T ", "name": "Test", "duration": 5, "cost": 9},
    ],
    "links": [
        {"from": "A", "to": "B", "type": "SS", "lag": 4, "calendar": "elapsed"},
        {"from": "B", "to": " T "},
    ],
    "risks": [{"id": "R", "probability": 0.3, "activities": ["A", "B"], "impact": 8}],
    "correlations": [{"id": "G", "rho": 0.5, "members": ["A", "R"]}],
    "milestones": [{"id": "M", "activity": "A", "target": 60}],
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def programme(cast: Cast) -> Programme:
    found = enter(cast)
    save(cast, found, FULL)
    with acting_as_system("tests"):
        Milestone.objects.create(
            programme=found, name="Designed", promised_on="2027-02-01", activity="A"
        )
    return found


@pytest.fixture
def keeper(client: Client, cast: Cast) -> Client:
    client.force_login(cast.authority.account, BACKEND)
    return client


def send(keeper: Client, programme: Programme, cells: dict[str, str], do: str = "plan") -> str:
    """Send the table with some cells changed, as a browser does, and return the page after it."""
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode())
    return keeper.post(address, sent | cells | {"do": do}, follow=True).content.decode()


def lines(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in content["activities"]}


def milestone_of(programme: Programme) -> str:
    with acting_as_system("tests"):
        return Milestone.objects.get(programme=programme).activity


def test_a_renamed_activity_keeps_all_and_everything_follows(
    keeper: Client, programme: Programme
) -> None:
    before = newest(programme).content
    send(keeper, programme, {"id-0": "DESIGN"})
    after = newest(programme).content
    assert lines(after)["DESIGN"] == lines(before)["A"] | {"id": "DESIGN", "origin": "A"}
    assert lines(after)["B"] == lines(before)["B"]
    assert [(one["from"], one["to"]) for one in after["links"]] == [("DESIGN", "B"), ("B", " T ")]
    assert after["links"][0] == before["links"][0] | {"from": "DESIGN"}
    assert after["risks"][0]["activities"] == ["DESIGN", "B"]
    assert after["correlations"][0]["members"] == ["DESIGN", "R"]
    assert after["milestones"][0]["activity"] == "DESIGN"
    assert milestone_of(programme) == "DESIGN"


def test_blanks_around_an_imported_id_take_nothing_with_them(
    keeper: Client, programme: Programme
) -> None:
    before = newest(programme)
    send(keeper, programme, {})
    assert newest(programme).sha256 == before.sha256
    send(keeper, programme, {"id-2": "T", "name-1": "Build it"})
    after = newest(programme).content
    assert lines(after)["T"] == lines(before.content)[" T "] | {"id": "T", "origin": " T "}
    assert after["links"][1]["to"] == "T"


def test_two_ids_change_places_and_back(keeper: Client, programme: Programme) -> None:
    before = newest(programme).content
    send(keeper, programme, {"id-0": "B", "id-1": "A"})
    after = newest(programme).content
    assert [line["name"] for line in after["activities"]] == ["Design", "Build", "Test"]
    assert lines(after)["B"]["cost"] == 700
    assert [(one["from"], one["to"]) for one in after["links"]] == [("B", "A"), ("A", " T ")]
    assert milestone_of(programme) == "B"
    send(keeper, programme, {"id-0": "A", "id-1": "B"})
    assert newest(programme).content == before
    assert milestone_of(programme) == "A"


def test_what_is_typed_beside_a_rename_is_read_with_the_old_name_too(
    keeper: Client, programme: Programme
) -> None:
    send(keeper, programme, {"id-0": "X", "waits-1": "A SS+9", "waits-2": "B, A FF"})
    links = newest(programme).content["links"]
    assert [(one["from"], one["to"], one["type"], one.get("lag", 0)) for one in links] == [
        ("X", "B", "SS", 9),
        ("B", " T ", "FS", 0),
        ("X", " T ", "FF", 0),
    ]
    assert links[0]["calendar"] == "elapsed"


def test_an_undo_takes_milestones_back(keeper: Client, programme: Programme) -> None:
    send(keeper, programme, {"id-0": "X"})
    steps = f"/programmes/{programme.pk}/plan/steps/"
    keeper.post(steps, {"do": "undo", "read_number": "2"})
    assert milestone_of(programme) == "A"


def test_baselines_chances_and_versions_know_a_renamed_activity(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    by = cast.authority.subject
    with acting(by):
        frozen = plan_actions.freeze_baseline(by=by, programme=programme, name="As promised")
        chances = milestone_chances(programme)
    send(keeper, programme, {"id-0": "X", "likely-0": "25", "id-3": "A", "likely-3": "1"})
    with acting(by):
        plan = bridge.plan_of(newest(programme), programme.milestones.all())
        slips = dict(bridge.slips_of(plan, frozen.content))
        assert slips["Design"] == 5
        # The new activity took over the id, and is not the one that was promised.
        assert slips["A"] is None
        (chance,) = milestone_chances(programme).values()
        assert chance != next(iter(chances.values()))
        forecasts = bridge.forecasts_of(
            programme.plans.filter(kind="plan"), programme.milestones.all()
        )
        assert [one.version for one in forecasts] == [1, 2]
        assert forecasts[0].finish < forecasts[1].finish
    pages = ("", "network/", "progress/", "health/")
    for page in pages:
        assert keeper.get(f"/programmes/{programme.pk}/{page}").status_code == 200, page


def test_a_rename_alone_moves_no_figure(keeper: Client, cast: Cast, programme: Programme) -> None:
    by = cast.authority.subject
    with acting(by):
        before = milestone_chances(programme)
    send(keeper, programme, {"id-0": "X"})
    with acting(by):
        assert milestone_chances(programme) == before


def test_a_scenario_from_before_a_rename_still_has_its_milestones(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    scenario = save(cast, programme, FULL, kind=PlanVersion.Kind.SCENARIO, name="Before")
    send(keeper, programme, {"id-0": "X"})
    address = f"/programmes/{programme.pk}/scenarios/{scenario.pk}/"
    page = keeper.get(address).content.decode()
    assert "has the id A instead of X" in page
    assert "Designed" in page
    assert "waits for" not in page
    steps = f"/programmes/{programme.pk}/plan/steps/"
    data = {"do": "adopt", "scenario": scenario.pk, "read_number": "2", "reason": "Back"}
    keeper.post(steps, data)
    assert newest(programme).number == 3
    assert milestone_of(programme) == "A"


def test_a_file_without_first_ids_keeps_those_of_the_plan(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    send(keeper, programme, {"id-0": "X"})
    by = cast.authority.subject
    with acting(by):
        plan_actions.bring_in(
            by=by, programme=programme, name="p.csv", file=b"id,duration\nX,9\nNEW,1\n"
        )
    after = lines(newest(programme).content)
    assert (after["X"]["origin"], after["NEW"].get("origin")) == ("A", None)


@pytest.mark.parametrize("was", ["nobody", "B"])
def test_a_row_that_stands_for_no_activity_is_told(
    keeper: Client, programme: Programme, was: str
) -> None:
    page = send(keeper, programme, {"was-0": was, "id-0": "X"})
    assert "Open the plan again" in page
    assert 'href="#id-0"' in page
    assert newest(programme).number == 1


def test_a_rename_on_one_page_reaches_links_on_another(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    names = [f"T{number}" for number in range(150)]
    content = {
        **PLAN,
        "activities": [{"id": name, "duration": 1, "cost": 5} for name in names],
        "links": [{"from": "T3", "to": "T140", "type": "SS", "lag": 2}],
    }
    save(cast, programme, content)
    address = f"/programmes/{programme.pk}/plan/"
    sent = fields_of(keeper.get(address).content.decode()) | {"id-3": "THREE", "go": "100"}
    page = keeper.post(address, sent).content.decode()
    there = fields_of(page)
    assert there["waits-40"] == "THREE SS+2"
    keeper.post(address, there | {"do": "plan"})
    after = newest(programme).content
    assert lines(after)["THREE"] == {"id": "THREE", "duration": 1, "cost": 5, "origin": "T3"}
    assert [one["from"] for one in after["links"]] == ["THREE"]
