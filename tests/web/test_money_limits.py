"""What the pages of money refuse rather than lose: rows beyond the most, long names, loans beyond their instrument."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.forms import MOST
from punte.apps.funding.loan_terms import content_with_terms, point_rows, term_fields
from punte.apps.funding.models import Allocation, LoanPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def plan_of(cast: Cast) -> LoanPlan:
    with acting_as_system("tests"):
        return LoanPlan.objects.get(is_synthetic=True, owner_org_id=cast.authority.organisation.pk)


def test_rows_beyond_the_most_are_refused_and_none_is_lost(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = plan_of(cast)
    numbers = [*range(MOST), MOST + 3]
    fields = {"name": plan.name, "reason": "many"}
    for number in numbers:
        row = {
            "id": f"d{number}",
            "date": "2028-05-15",
            "amount": "1000",
            "milestone": "",
            "project": "",
        }
        fields |= {f"draw-{name}-{number}": text for name, text in row.items()}
    answer = client.post(f"/finance/plans/{plan.pk}/edit/", fields).content.decode()
    assert f"{MOST + 1} rows were written" in answer
    assert f'value="d{MOST + 3}"' in answer, "what was typed stays, a row after a gap too"
    assert plan_of(cast).content == plan.content


def test_a_project_of_a_long_name_is_decided_on(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    name = "r" * 200
    tables = {
        "name": "Long", "budget-id-0": "SAFE", "budget-name-0": "", "budget-envelope-0": "100", "budget-last_year-0": "2030",
        "budget-yearly_cash-0": "", "project-id-0": name, "project-name-0": "", "project-amount-0": "50", "project-source-0": "us",
        "project-value-0": "5", "project-paid_from-0": "SAFE", "project-spread-0": "100", "project-earliest_year-0": "2027",
        "project-latest_year-0": "2027", "project-uses-0": "", "project-requires-0": "", "project-excludes-0": "",
    }  # fmt: skip
    assert client.post("/finance/allocations/new/", tables).status_code == 302
    with acting_as_system("tests"):
        made = Allocation.objects.get(name="Long")
    decided = {"project": name, "verb": "exclude", "reason": "Not now"}
    assert client.post(f"/finance/allocations/{made.pk}/decide/", decided).status_code == 302
    with acting_as_system("tests"):
        assert made.decisions.get().project == name


def test_a_new_plan_keeps_the_limits_of_its_instrument(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    typed = {
        "name": "Radars", "instrument": "SAFE", "instrument-envelope": "5000000", "instrument-availability_end": "2030-12-31",
        "loan-maturity_years": "45", "loan-first_principal_year": "13", "loan-principal_payments": "33", "loan-rate": "3",
        "draw-id": "first", "draw-date": "2028-05-15", "draw-amount": "1800000",
    }  # fmt: skip
    assert (
        "no principal is paid for 12 years"
        in client.post("/finance/plans/new/", typed).content.decode()
    )
    within = typed | {"loan-first_principal_year": "11", "loan-principal_payments": "35"}
    longer = within | {"loan-maturity_years": "60", "loan-principal_payments": "50"}
    assert "above the 45" in client.post("/finance/plans/new/", longer).content.decode()
    assert client.post("/finance/plans/new/", within).status_code == 302


def test_the_courses_of_an_index_move_with_it(cast: Cast) -> None:
    content = plan_of(cast).content
    model = next(one for one in content["models"] if one["index"] == content["indices"][0]["id"])
    data = term_fields(content)
    rows = [row for row in point_rows(content) if row["id"]]
    for number, row in enumerate(rows):
        data |= {f"point-{name}-{number}": text for name, text in row.items()}
    numbers = [n for n, row in enumerate(rows) if row["id"] == model["index"]]
    number = max((n for n in numbers if rows[n]["day"] <= content["as_of"]), default=numbers[0])
    before = float(data[f"point-rate-{number}"])
    changed = content_with_terms(content, data | {f"point-rate-{number}": f"{before + 2:g}"})
    moved = next(one for one in changed["models"] if one["index"] == model["index"])
    assert moved["start"] == pytest.approx(model["start"] + 0.02)
    assert moved["mean"] == pytest.approx(model["mean"] + 0.02)
    assert content_with_terms(content, data) == content


def test_what_a_plan_cannot_hold_is_told_in_romanian(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = plan_of(cast)
    client.post("/i18n/setlang/", {"language": "ro"})
    fields = {"name": plan.name, "reason": "x"} | {
        f"draw-{name}-0": text
        for name, text in {
            "id": "d", "date": "20270515", "amount": "1000", "milestone": "", "project": ""
        }.items()
    }  # fmt: skip
    answer = client.post(f"/finance/plans/{plan.pk}/edit/", fields).content.decode()
    assert "scrieți o dată ca AAAA-LL-ZZ; s-a găsit" in answer
    assert "value error" not in answer
