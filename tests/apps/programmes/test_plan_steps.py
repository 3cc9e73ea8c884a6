"""Steps with plans: nothing marked enters, nothing is cut unseen, and nobody overwrites what they have not seen."""

import datetime as dt
from typing import Any

import pytest

from apps.programmes.plans import PLAN, draft, enter, save
from cast import Cast, make_cast
from punte.apps.access.classified import ClassifiedError
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.programmes import actions, plan_actions
from punte.apps.programmes.models import PlanVersion, Programme, Remark
from punte.kernel.errors import ChangedMeanwhileError, InvalidInputError, PunteError

pytestmark = pytest.mark.django_db
Kind = PlanVersion.Kind
MARKED = "NATO SECRET"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def versions(programme: Programme) -> int:
    with acting_as_system("tests"):
        return PlanVersion.objects.filter(programme=programme).count()


def with_first(**more: Any) -> dict[str, Any]:
    return {**PLAN, "activities": [{**PLAN["activities"][0], **more}, PLAN["activities"][1]]}


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({**PLAN, "name": MARKED}, "name"),
        (with_first(name=f"Read the {MARKED} file"), "activities[0].name"),
        (with_first(stage=MARKED), "activities[0].stage"),
        ({**PLAN, "activities": [{"id": MARKED, "duration": 3}], "links": []}, "activities[0].id"),
        (
            {
                **with_first(demands={MARKED: 1}),
                "resources": [{"id": MARKED, "capacity": 1}],
            },
            "activities[0].demands",
        ),
        ({**PLAN, "resources": [{"id": "r", "name": MARKED, "capacity": 1}]}, "resources[0].name"),
        (
            {
                **PLAN,
                "risks": [
                    {
                        "id": "R",
                        "name": MARKED,
                        "probability": 0.1,
                        "activities": ["A"],
                        "impact": 2,
                    }
                ],
            },
            "risks[0].name",
        ),
        (
            {**PLAN, "calendars": [{"id": "c", "name": MARKED, "weekdays": [1]}]},
            "calendars[0].name",
        ),
        ({**PLAN, "cash": {"unit": MARKED}}, "cash.unit"),
    ],
)
@pytest.mark.parametrize("kind", [Kind.PLAN, Kind.SCENARIO])
def test_no_text_of_a_plan_carries_a_marking(
    cast: Cast, content: dict[str, Any], place: str, kind: Kind
) -> None:
    programme = enter(cast)
    with pytest.raises(ClassifiedError) as caught:
        save(cast, programme, content, kind=kind)
    assert any(problem.place.startswith(place) for problem in caught.value.problems)
    assert versions(programme) == 0


def test_no_name_and_no_reason_carries_a_marking(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    with pytest.raises(ClassifiedError):
        save(cast, programme, PLAN, reason=MARKED)
    with pytest.raises(ClassifiedError):
        save(cast, programme, PLAN, kind=Kind.SCENARIO, name=MARKED)
    save(cast, programme, PLAN)
    scenario = save(cast, programme, PLAN, kind=Kind.SCENARIO, name="What if")
    with acting(by):
        with pytest.raises(ClassifiedError):
            plan_actions.adopt(by=by, scenario=scenario, reason=f"As the {MARKED} paper says")
        with pytest.raises(ClassifiedError):
            plan_actions.freeze_baseline(by=by, programme=programme, name=MARKED)
    assert versions(programme) == 2


@pytest.mark.parametrize("field", ["authority", "status_as_of", "status_source", "status_note"])
def test_no_field_of_a_programme_carries_a_marking(cast: Cast, field: str) -> None:
    with pytest.raises(ClassifiedError):
        enter(cast, **{field: MARKED})
    by, programme = cast.authority.subject, enter(cast)
    with acting(by), pytest.raises(ClassifiedError):
        actions.change_programme(by=by, programme=programme, draft=draft(sources=("a", MARKED)))


def test_no_field_of_a_milestone_and_no_evidence_carries_a_marking(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    usual: dict[str, Any] = {
        "by": by,
        "programme": programme,
        "milestone": None,
        "name": "Signed",
        "kind": "legal",
        "promised_on": dt.date(2026, 6, 1),
    }
    with acting(by):
        for field in ({"owner_name": MARKED}, {"sources": ["x", MARKED]}, {"note": MARKED}):
            with pytest.raises(ClassifiedError):
                actions.set_milestone(**(usual | field))
        row = actions.set_milestone(**usual)
        for who, evidence in ((MARKED, "Gazette 7"), ("Office", MARKED)):
            with pytest.raises(ClassifiedError):
                actions.mark_done(
                    by=by, milestone=row, on=dt.date(2026, 1, 5), who=who, evidence=evidence
                )


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("plan.csv", b"id,duration,name\nA,1,see NATO SECRET annex\n"),
        ("plan.csv", b"id,duration,stage\nA,1,NATO SECRET\n"),
        ("NATO_SECRET.csv", b"id,duration\nA,1\n"),
        ("plan.xml", b"<Project><!-- NATO SECRET --><StartDate>2026-01-05T08:00:00</StartDate></Project>"),
    ],
)  # fmt: skip
def test_no_marked_file_is_brought_in(cast: Cast, name: str, file: bytes) -> None:
    programme, by = enter(cast), cast.authority.subject
    with acting(by), pytest.raises(ClassifiedError):
        plan_actions.bring_in(by=by, programme=programme, name=name, file=file)
    assert versions(programme) == 0


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("p.csv", b"id,duration\nA,nan\n"),
        ("p.csv", b"id,duration,cost\nA,1,inf\n"),
        ("p.csv", b"id,duration,name\nA,1," + b"x" * 140_000),
        ("p.csv", b"id,duration\nA\x00,1\n"),
        ("p.xml", b'<?xml version="1.0" encoding="utf-7"?><Project/>'),
        ("p.json", b'{"format": "punte.roadmap.plan/1", "name": "\\ud800"}'),
        ("p.json", b'{"format": "punte.roadmap.plan/1", "activities": [{"id": "A\\u0000", "duration": 1}]}'),
        ("p.json", b'{"format": "punte.roadmap.plan/1", "activities": [{"id": "A", "duration": 1, "cost": 1' + b"0" * 30 + b"}]}"),
        ("p.sm", b"\x00"),
        ("p.exe", b"MZ"),
    ],
)  # fmt: skip
def test_an_odd_file_is_refused_and_nothing_kept(cast: Cast, name: str, file: bytes) -> None:
    programme, by = enter(cast), cast.authority.subject
    with acting(by), pytest.raises(InvalidInputError):
        plan_actions.bring_in(by=by, programme=programme, name=name, file=file)
    assert versions(programme) == 0


def test_nobody_overwrites_a_version_that_they_have_not_seen(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    save(cast, programme, PLAN, read_number=0)
    with pytest.raises(ChangedMeanwhileError, match="kept version 1 meanwhile"):
        save(cast, programme, PLAN, read_number=0)
    scenario = save(cast, programme, PLAN, kind=Kind.SCENARIO, name="What if", read_number=0)
    save(cast, programme, with_first(name="Other"), read_number=1)
    csv = b"id,duration\nA,1\n"
    with acting(by):
        (early,) = PlanVersion.objects.filter(programme=programme, kind=Kind.PLAN, number=1)
        for step in (
            lambda: plan_actions.undo(by=by, programme=programme, read_number=1),
            lambda: plan_actions.take_again(by=by, version=early, read_number=1),
            lambda: plan_actions.adopt(by=by, scenario=scenario, reason="x", read_number=1),
            lambda: plan_actions.bring_in(
                by=by, programme=programme, name="p.csv", file=csv, read_number=1
            ),
        ):
            with pytest.raises(ChangedMeanwhileError, match="kept version 2"):
                step()
        kept = plan_actions.adopt(by=by, scenario=scenario, reason="x", read_number=2)
        assert kept.number == 3
        back = plan_actions.undo(by=by, programme=programme, read_number=3)
        assert (back.number, back.repeats) == (4, 2)


def test_what_is_too_long_is_told_and_not_cut(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    long = "x" * 500
    version = save(cast, programme, with_first(name=long, stage=long))
    assert version.content["activities"][0]["name"] == long
    with pytest.raises(PunteError, match="301 characters; at most 300"):
        save(cast, programme, PLAN, reason="x" * 301)
    with pytest.raises(PunteError, match="121 characters; at most 120"):
        save(cast, programme, PLAN, kind=Kind.SCENARIO, name="x" * 121)
    with acting(by):
        with pytest.raises(PunteError, match="1001 characters; at most 1000"):
            actions.remark(by=by, programme=programme, text="x" * 1001)
        assert not Remark.objects.filter(programme=programme).exists()
    with pytest.raises(InvalidInputError, match="201 characters"):
        save(
            cast, programme, {**PLAN, "activities": [{"id": "x" * 201, "duration": 1}], "links": []}
        )


def test_a_milestone_keeps_an_activity_that_the_plan_lost(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    name = "B" * 150
    save(cast, programme, {**PLAN, "activities": [{"id": name, "duration": 3}], "links": []})
    usual: dict[str, Any] = {
        "by": by,
        "programme": programme,
        "name": "Built",
        "kind": "other",
        "promised_on": dt.date(2027, 6, 1),
        "activity": name,
    }
    with acting(by):
        row = actions.set_milestone(milestone=None, **usual)
    save(cast, programme, PLAN)
    with acting(by):
        again = actions.set_milestone(milestone=row, **(usual | {"note": "As promised"}))
        assert again.activity == name
        with pytest.raises(PunteError, match="no activity “Z”"):
            actions.set_milestone(milestone=row, **(usual | {"activity": "Z"}))


def test_a_moved_promise_keeps_who_moved_it_and_the_name(cast: Cast) -> None:
    programme, by = enter(cast), cast.authority.subject
    usual: dict[str, Any] = {"by": by, "programme": programme, "name": "Built", "kind": "other"}
    with acting(by):
        row = actions.set_milestone(milestone=None, promised_on=dt.date(2027, 6, 1), **usual)
        actions.set_milestone(
            milestone=row, promised_on=dt.date(2027, 7, 1), reason="Steel is late", **usual
        )
        (change,) = row.changes.all()
    assert change.by_id == by.person_id
    assert change.by_name


def test_an_id_of_a_plan_may_abbreviate_a_marking(cast: Cast) -> None:
    programme = enter(cast)
    activities = [{"id": "NS", "duration": 3}, {"id": "NR", "duration": 3, "demands": {"NC": 1}}]
    content = {
        **PLAN,
        "activities": activities,
        "links": [{"from": "NS", "to": "NR"}],
        "resources": [{"id": "NC", "capacity": 1}],
    }
    assert save(cast, programme, content).content["activities"][0]["id"] == "NS"
    with pytest.raises(ClassifiedError):
        save(cast, programme, {**content, "activities": [{**activities[0], "name": "NS"}]})
