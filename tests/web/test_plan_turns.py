"""Who changes a plan has seen the newest one: also its very first version, and when a baseline is frozen."""

import re
from datetime import date

import pytest
from django.test import Client

from apps.programmes.plans import PLAN, enter, save
from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.programmes.bridge import Forecast
from punte.apps.programmes.models import PlanVersion, Programme
from punte.web.programmes.plan_pictures import creep
from web.test_plan_pages import BACKEND, fields_of, newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def programme(cast: Cast) -> Programme:
    return enter(cast)


@pytest.fixture
def keeper(client: Client, cast: Cast) -> Client:
    client.force_login(cast.authority.account, BACKEND)
    return client


def test_two_keepers_who_begin_the_first_plan_do_not_mix(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    address = f"/programmes/{programme.pk}/plan/"
    mine = fields_of(keeper.get(address).content.decode())
    mine |= {"name-0": "Mine", "id-1": "M2", "likely-1": "3", "waits-1": "A", "start": "2027-02-01"}
    theirs = {**PLAN, "risks": [{"id": "R", "probability": 0.5, "activities": ["B"], "impact": 4}]}
    save(cast, programme, theirs)
    looked = keeper.post(address, mine | {"do": "look"}).content.decode()
    assert "Nobody" not in looked
    page = keeper.post(address, mine | {"do": "plan"}).content.decode()
    assert "kept version 1 meanwhile" in page
    assert newest(programme).number == 1
    shown = fields_of(page)
    assert (shown["name-0"], shown["id-1"], shown["waits-1"]) == ("Mine", "M2", "A")
    assert "B" not in {shown[name] for name in shown if name.startswith("id-")}
    keeper.post(address, shown | {"do": "plan"})
    kept = newest(programme)
    assert kept.number == 2
    assert [(one["id"], one["name"]) for one in kept.content["activities"][:1]] == [("A", "Mine")]
    assert [one["id"] for one in kept.content["activities"]] == ["A", "M2"]
    assert "risks" not in kept.content
    assert kept.content["calendar"] == "week"


def test_a_baseline_freezes_the_plan_that_was_seen(
    keeper: Client, cast: Cast, programme: Programme
) -> None:
    address = f"/programmes/{programme.pk}/plan/"

    def baselines() -> list[PlanVersion]:
        with acting_as_system("tests"):
            return list(PlanVersion.objects.filter(programme=programme, kind="baseline"))

    save(cast, programme, PLAN)
    page = keeper.get(address).content.decode()
    form = page[page.index('id="freeze"') :]
    assert '<input type="hidden" name="read_number" value="1">' in form[: form.index("</form>")]
    save(cast, programme, {**PLAN, "start": "2028-01-03"})
    for number in ("1", "", "x"):
        sent = {"do": "freeze", "name": "As promised", "read_number": number}
        told = keeper.post(f"{address}steps/", sent, follow=True).content.decode()
        section = told[told.index('id="freeze"') :]
        assert "kept version 2 meanwhile" in section
        assert 'value="As promised"' in section
        assert baselines() == []
    sent = {"do": "freeze", "name": "As promised", "read_number": "2"}
    keeper.post(f"{address}steps/", sent)
    assert [one.content["plan_sha256"] for one in baselines()] == [newest(programme).sha256]


def test_a_finish_that_comes_back_is_drawn_from_version_to_version() -> None:
    days = {1: date(2029, 1, 1), 2: date(2029, 6, 1), 3: date(2029, 6, 1), 4: date(2029, 3, 1)}
    found = [
        Forecast(milestone="Built", version=number, as_of=date(2026, 1, number), finish=day)
        for number, day in days.items()
    ]
    chart = creep(found)
    assert chart is not None
    lines = [
        [float(x) for x in re.findall(r"[ML](-?[\d.]+),", path)]
        for path in re.findall(r'aria-roledescription="line mark"[^>]*? d="([^"]*)"', chart.svg)
        or re.findall(r' d="(M[^"ZA]*L[^"ZA]*L[^"ZA]*L[^"ZA]*)"', chart.svg)
    ]
    assert any(len(xs) == 4 and xs == sorted(xs) for xs in lines), lines
