"""Plans of programmes: kept in versions, undone, tried as scenarios, frozen, brought in and out as files."""

import datetime as dt

import pytest

from apps.programmes.plans import PLAN, enter, save
from cast import Cast, make_cast
from punte.apps.access.permissions import acting
from punte.apps.programmes import actions, bridge, plan_actions
from punte.apps.programmes.chances import milestone_chance, milestone_chances
from punte.apps.programmes.models import PlanVersion
from punte.apps.programmes.plan_table import content_from, rows_from, rows_of
from punte.apps.programmes.queries import (
    newest,
)
from punte.kernel.errors import InvalidInputError, PunteError

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_a_plan_says_how_likely_a_promise_is(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    save(cast, programme, PLAN)
    with acting(by):
        with pytest.raises(PunteError, match="no activity “Z”"):
            actions.set_milestone(
                by=by,
                programme=programme,
                milestone=None,
                name="x",
                kind="other",
                promised_on=dt.date(2027, 3, 1),
                activity="Z",
            )
        rows = {
            day: actions.set_milestone(
                by=by,
                programme=programme,
                milestone=None,
                name=str(day),
                kind="other",
                promised_on=day,
                activity="B",
            )
            for day in (dt.date(2027, 1, 20), dt.date(2027, 2, 28), dt.date(2028, 1, 1))
        }
        chances = milestone_chances(programme)
        shares = [chances[row.pk].share for row in rows.values()]
        assert shares[0] == 0.0
        assert 0.2 < shares[1] < 0.8
        assert shares[2] == 1.0
        middle = milestone_chance(rows[dt.date(2027, 2, 28)].pk)
    assert middle is not None
    assert middle.low < middle.share < middle.high
    with acting(cast.company.subject):
        assert milestone_chance(rows[dt.date(2027, 2, 28)].pk) is None


def test_every_change_is_a_version_and_can_be_undone(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    first = save(cast, programme, PLAN)
    longer = {**PLAN, "activities": [*PLAN["activities"], {"id": "C", "duration": 5}]}
    second = save(cast, programme, longer, read_number=first.number)
    with pytest.raises(PunteError, match="kept version 2 meanwhile"):
        save(cast, programme, PLAN, read_number=first.number)
    with acting(by):
        third = plan_actions.undo(by=by, programme=programme)
        assert (third.number, third.sha256, third.repeats) == (3, first.sha256, 1)
        assert second.sha256 != first.sha256
        with pytest.raises(PunteError, match="no version before"):
            plan_actions.undo(by=by, programme=programme)
        again = plan_actions.take_again(by=by, version=second)
        assert (again.number, again.sha256, again.repeats) == (4, second.sha256, 2)
        back = plan_actions.undo(by=by, programme=programme)
        assert back.sha256 == first.sha256


def test_undo_goes_further_back_each_time(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    lengths = [12, 14, 16]
    plans = [
        save(cast, programme, {**PLAN, "activities": [{"id": "A", "duration": days}], "links": []})
        for days in lengths
    ]
    with acting(by):
        for expected in (plans[1], plans[0]):
            found = plan_actions.undo(by=by, programme=programme)
            assert found.sha256 == expected.sha256


def test_a_scenario_is_its_keepers_own_business(cast: Cast) -> None:
    programme = enter(cast, is_public=True)
    save(cast, programme, PLAN)
    scenario = save(cast, programme, PLAN, kind=Kind.SCENARIO, name="What if")
    with acting(cast.guest.subject):
        kinds = set(PlanVersion.objects.filter(programme=programme).values_list("kind", flat=True))
        assert kinds == {"plan"}
    with acting(cast.authority.subject):
        assert PlanVersion.objects.filter(pk=scenario.pk).exists()


def test_a_scenario_touches_no_plan_until_it_is_adopted_with_a_reason(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    plan = save(cast, programme, PLAN)
    faster = {
        **PLAN,
        "activities": [PLAN["activities"][0], {"id": "B", "name": "Build", "duration": 10}],
    }
    scenario = save(cast, programme, faster, kind=Kind.SCENARIO, name="Two shifts")
    with acting(by):
        kept = newest(programme, Kind.PLAN)
        assert kept is not None
        assert kept.pk == plan.pk
        now, then = bridge.compare(bridge.plan_of(plan), bridge.plan_of(scenario))
        late, early = dict(now.ends)[0.8], dict(then.ends)[0.8]
        assert late is not None
        assert early is not None
        assert early < late
        with pytest.raises(PunteError, match="Say why"):
            plan_actions.adopt(by=by, scenario=scenario, reason=" ")
        adopted = plan_actions.adopt(by=by, scenario=scenario, reason="Funded")
    assert adopted.sha256 == scenario.sha256
    assert "Funded" in adopted.reason


def test_a_baseline_shows_what_moved_and_that_it_was_touched(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    save(cast, programme, PLAN)
    with acting(by):
        frozen = plan_actions.freeze_baseline(by=by, programme=programme, name="As promised")
    longer = {
        **PLAN,
        "activities": [{"id": "A", "name": "Design", "duration": 27}, PLAN["activities"][1]],
    }
    plan = bridge.plan_of(save(cast, programme, longer))
    assert dict(bridge.slips_of(plan, frozen.content)) == {"Design": 7, "Build": 7}
    assert bridge.is_untouched(frozen.content)
    frozen.content["activities"]["A"]["finish"] += 1
    assert not bridge.is_untouched(frozen.content)


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ({"waits": "B"}, "A"),
        ({"waits": "Z"}, "Z"),
        ({"likely": "-5"}, "A"),
        ({"likely": "soon"}, "no number"),
        ({"waits": "B XX+9 !"}, "is no link"),
        ({"low": "3", "high": ""}, "only one of"),
        ({"begun": "", "done": "50"}, "no day on which it began"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_kept(
    cast: Cast, row: dict[str, str], match: str
) -> None:
    programme = enter(cast)
    rows = rows_of({**PLAN, "links": [{"from": "A", "to": "B"}]})
    data = {f"{name}-{n}": value for n, line in enumerate(rows) for name, value in line.items()}
    data |= {f"{name}-0": value for name, value in row.items()}
    with pytest.raises(InvalidInputError, match=match):
        save(
            cast,
            programme,
            content_from(rows_from(data), PLAN, start="2027-01-04", status_at=""),
        )
    with acting(cast.authority.subject):
        assert newest(programme, Kind.PLAN) is None


def test_the_table_gives_the_plan_back(cast: Cast) -> None:
    del cast
    content = bridge.check_content(
        {
            **PLAN,
            "links": [{"from": "A", "to": "B", "type": "SS", "lag": 3}],
            "risks": [{"id": "R", "probability": 0.5, "activities": ["B"], "impact": 9}],
        },
        source="test",
    )
    rows = rows_of(content)
    data = {f"{name}-{n}": value for n, line in enumerate(rows) for name, value in line.items()}
    again = content_from(rows_from(data), content, start="2027-01-04", status_at="")
    assert bridge.check_content(again, source="test") == content


def test_files_bring_a_plan_in_and_out(cast: Cast) -> None:
    plan = bridge.plan_of(save(cast, enter(cast), PLAN))
    for ending in ("xml", "json"):
        content, _media = bridge.write_file(plan, ending)
        again = bridge.read_file(content, name=f"plan.{ending}")
        assert [line["id"] for line in again["activities"]]
        assert len(again["links"]) == 1
    assert bridge.write_file(plan, "ics")[0].startswith(b"BEGIN:VCALENDAR")
    with pytest.raises(InvalidInputError):
        bridge.read_file(b"<Project", name="plan.xml")
