"""Programmes: entered with sources, planned in versions, done only with evidence; seen only by whom they are for."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cast import Cast, make_cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.programmes import actions, bridge, plan_actions
from punte.apps.programmes.chances import milestone_chance, milestone_chances
from punte.apps.programmes.forms import content_from, rows_from, rows_of
from punte.apps.programmes.models import Milestone, PlanVersion, Programme
from punte.apps.programmes.permissions import NotKeeperError
from punte.apps.programmes.queries import (
    list_programmes,
    newest,
    promise_changes,
)
from punte.apps.programmes.sample import load_programmes
from punte.kernel.errors import InvalidInputError, PunteError

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def draft(**changes: Any) -> actions.ProgrammeDraft:
    values: dict[str, Any] = {
        "kind": "national",
        "name": "Watch line",
        "scope": "Sensors along a border.",
        "authority": "Programme office",
        "countries": ("FRA",),
        "capability": ("maritime",),
        "status": "proposed",
        "status_as_of": "2026-01",
        "status_source": "",
        "status_note": "",
        "sources": (),
        "parent_id": None,
        "is_public": False,
    }
    return actions.ProgrammeDraft(**(values | changes))


def enter(cast: Cast, **changes: Any) -> Programme:
    by = cast.authority.subject
    with acting(by):
        return actions.enter_programme(by=by, draft=draft(**changes))


PLAN: dict[str, Any] = {
    "format": "punte.roadmap.plan/1",
    "unit": "day",
    "start": "2027-01-04",
    "activities": [
        {"id": "A", "name": "Design", "duration": {"likely": 20, "low": 10, "high": 40}},
        {"id": "B", "name": "Build", "duration": {"likely": 30, "low": 20, "high": 60}},
    ],
    "links": [{"from": "A", "to": "B"}],
}


def save(cast: Cast, programme: Programme, content: dict[str, Any], **more: Any) -> PlanVersion:
    by = cast.authority.subject
    with acting(by):
        return plan_actions.save_plan(by=by, programme=programme, content=content, **more)


def test_who_enters_and_who_sees(cast: Cast) -> None:
    programme = enter(cast)
    with acting(cast.company.subject), pytest.raises(NotKeeperError):
        actions.enter_programme(by=cast.company.subject, draft=draft())
    for part in ("organiser", "company", "guest", "outsider"):
        with acting(getattr(cast, part).subject):
            assert list_programmes() == [], part
    by = cast.authority.subject
    with acting(by):
        actions.change_programme(by=by, programme=programme, draft=draft(is_public=True))
    with acting(cast.outsider.subject):
        assert [one.pk for one in list_programmes()] == [programme.pk]
    with acting(cast.organiser.subject), pytest.raises(NotKeeperError):
        actions.change_programme(by=cast.organiser.subject, programme=programme, draft=draft())


def test_a_status_needs_a_source_and_is_never_inferred(cast: Cast) -> None:
    with pytest.raises(PunteError, match="needs a source"):
        enter(cast, status="launched")
    programme = enter(cast, status="launched", status_source="https://example.org/decision")
    assert programme.status == "launched"
    with pytest.raises(PunteError, match="RESTRICTED"):
        enter(cast, name="NATO RESTRICTED line")


def test_done_needs_evidence(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    with acting(by):
        milestone = actions.set_milestone(
            by=by,
            programme=programme,
            milestone=None,
            name="Signed",
            kind="legal",
            promised_on=dt.date(2026, 6, 1),
        )
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        with pytest.raises(PunteError, match="needs evidence"):
            actions.mark_done(by=by, milestone=milestone, on=yesterday, who="Office", evidence=" ")
        with pytest.raises(PunteError, match="lies ahead"):
            actions.mark_done(
                by=by,
                milestone=milestone,
                on=yesterday + dt.timedelta(days=9),
                who="x",
                evidence="y",
            )
        actions.mark_done(
            by=by, milestone=milestone, on=yesterday, who="Office", evidence="Gazette 7"
        )
        actions.mark_done(by=by, milestone=milestone, on=None, who="", evidence="")
        milestone.refresh_from_db()
    assert milestone.done_on is None
    assert milestone.done_by == ""


def test_milestones_of_programmes_wait_for_each_other_but_not_in_a_circle(cast: Cast) -> None:
    first, second, by = enter(cast), enter(cast, name="Other"), cast.authority.subject

    def put(programme: Programme, row: Milestone | None, after: list[Milestone]) -> Milestone:
        return actions.set_milestone(
            by=by,
            programme=programme,
            milestone=row,
            name=f"of {programme.name}",
            kind="other",
            promised_on=dt.date(2027, 1, 1),
            after=[one.pk for one in after],
        )

    with acting(by):
        one = put(first, None, [])
        two = put(second, None, [one])
        with pytest.raises(PunteError, match="would wait for itself"):
            put(first, one, [two])


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


def test_a_promised_date_moves_only_with_a_reason_and_both_are_kept(cast: Cast) -> None:
    programme, by = enter(cast, is_public=True), cast.authority.subject
    first, later = dt.date(2027, 3, 1), dt.date(2027, 6, 1)
    with acting(by):
        row = actions.set_milestone(
            by=by,
            programme=programme,
            milestone=None,
            name="Ready",
            kind="legal",
            promised_on=first,
        )
        with pytest.raises(PunteError, match="Say why"):
            actions.set_milestone(
                by=by,
                programme=programme,
                milestone=row,
                name="Ready",
                kind="legal",
                promised_on=later,
            )
    with acting(by):
        row = Milestone.objects.get(pk=row.pk)
        assert row.promised_on == first
        actions.set_milestone(
            by=by,
            programme=programme,
            milestone=row,
            name="Ready",
            kind="legal",
            promised_on=later,
            reason="The  tender was appealed.",
        )
    with acting(cast.guest.subject):
        (change,) = promise_changes(programme)
        assert (change.before, change.after) == (first, later)
        assert change.reason == "The tender was appealed."


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


def test_the_public_programmes_carry_their_sources(cast: Cast) -> None:
    count = load_programmes(cast.organiser.organisation.pk, with_synthetic=True)
    assert count == 6
    assert load_programmes(cast.organiser.organisation.pk, with_synthetic=True) == 0
    with acting(cast.outsider.subject):
        found = list_programmes()
        assert len(found) == 6
        for programme in found:
            rows = list(programme.milestones.all())
            assert rows
            if not programme.is_synthetic:
                assert programme.status == "proposed"
                assert all(row.sources for row in rows)
                assert all(row.done_on is None for row in rows)
    with acting_as_system("tests"):
        invented = Programme.objects.get(is_synthetic=True)
        chances = milestone_chances(invented)
    assert len(chances) == 4
    assert all(0 <= chance.share <= 1 for chance in chances.values())
