"""The pages of money say figures whole and refuse what would mislead."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import ONE_PROJECT, at, begin, keep, make_keepers, plan_form, rows_typed, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def test_the_rates_behind_figures_stand_as_they_were_entered(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    rolled = {"kind": "rolled", "years": "1", "rate": "6.123"}
    keep(client, at(plan, "alternatives/"), **rows_typed("new", rolled))
    ramp = {"shift": "0.125", "start": "2027-01-01", "ramp_years": "10", "back_years": "12"}
    own = rows_typed("model", {"index": "bond-1y", "volatility": "1.2345"})
    keep(client, at(plan, "rates/"), **rows_typed("scenario", ramp), **own)
    text = client.get(at(plan)).content.decode()
    assert "6.123% at 1 year<" in text
    assert "0.125 points from 2027-01-01, in 10 yearly steps, over again after 12 years" in text
    assert "moves by 1.2345 points a year" in text
    assert "-0.00" not in text
    rows = client.get(at(plan, "?as=csv")).content.decode()
    assert "2027,100000000.00,0.00,0.00,0.00,100000000.00" in rows


def test_a_draw_waits_for_its_milestone_by_name(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    own = {"id": "m1", "name": "Acceptance of the first", "dates": "2028-11-30: 60; 2031-06-30: 40"}
    keep(client, at(plan, "edit/"), **rows_typed("milestone", own))
    keep(client, at(plan, "edit/"), **{"draw-milestone-0": "m1"})
    assert "<td>Acceptance of the first</td>" in client.get(at(plan)).content.decode()


def test_limits_of_an_allocation_show_their_cents_and_an_empty_year_is_told_once(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast)
    typed = ONE_PROJECT | {"project-amount-0": "40000000.45"}
    assert client.post("/finance/allocations/new/", typed).status_code == 302
    with acting_as_system("tests"):
        row = Allocation.objects.get(name=ONE_PROJECT["name"])
    page = client.get(f"/finance/allocations/{row.pk}/").content.decode()
    assert page.count("40,000,000.45") == 3, "the sum, what is funded, and what is used"
    answer = client.post("/finance/allocations/new/", typed | {"project-latest_year-0": ""})
    told = answer.content.decode().split('role="alert"')[1].split("</section>", maxsplit=1)[0]
    assert told.count("<li>") == 1
    assert "Not after: is empty." in told


def test_no_plan_is_in_no_currency(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    typed = plan_form(client, at(plan, "terms/")) | {"plan-currency": "XXX"}
    assert "unknown currency" in client.post(at(plan, "terms/"), typed).content.decode()
