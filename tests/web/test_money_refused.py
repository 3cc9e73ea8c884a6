"""Plans that nothing could show or compute are refused where they are written, not found broken on the next page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cast import Cast
from money_desk import at, begin, keep, make_keepers, plan_form, reread, rows_typed, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import LoanPlan
from punte.web.finance.faults import place_in_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def brought(client: Client, plan: LoanPlan, edit: Callable[[dict[str, Any]], object]) -> Any:
    """Return the answer to the file of a plan, changed and brought in again."""
    content = json.loads(client.get(at(plan, "?as=json")).content)
    edit(content)
    file = SimpleUploadedFile("plan.json", json.dumps(content).encode())
    return client.post("/finance/plans/new/", {"bring": "1", "file": file})


def alert(answer: Any) -> str:
    text: str = answer.content.decode()
    return text.split('role="alert"')[1].split("</section>", maxsplit=1)[0]


@pytest.mark.parametrize("name", ["programme:nope", "programme:", "programme:0"])
def test_a_draw_that_waits_for_no_milestone_is_refused_and_one_kept_so_is_still_shown(
    client: Client, cast: Cast, name: str
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    own = [{"id": "own", "distribution": [["2028-01-01", 1.0]]}]
    answer = brought(
        client,
        plan,
        lambda one: (one["draws"][0].update(milestone=name), one.update(milestones=own)),
    )
    assert answer.status_code == 200
    assert "is no milestone of this plan" in alert(answer)
    with acting_as_system("tests"):
        plan.content["draws"][0]["milestone"] = name
        plan.save()
    assert client.get(at(plan)).status_code == 200
    assert client.get(at(plan, "edit/")).status_code == 200


def test_a_loan_is_held_to_its_terms_before_anything_is_drawn_on_it(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "terms/"), **{"new-loan": "second"})
    typed = plan_form(client, at(plan, "terms/")) | {
        "loan-second-maturity_years": "10",
        "loan-second-grace_years": "20",
    }
    told = alert(client.post(at(plan, "terms/"), typed))
    assert "a grace of 20 years reaches the maturity of 10.0 years" in told
    assert "Loan “second”, Grace, years" in told
    assert reread(plan).content["loans"]["second"]["maturity_years"] == 45


def test_a_plan_that_no_page_could_compute_is_refused_at_once(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)

    def many(count: int, **other: Any) -> Callable[[dict[str, Any]], object]:
        rows = [
            {"id": f"d{n}", "date": "2027-01-01", "amount": "1", "loan": "loan"}
            for n in range(count)
        ]
        return lambda one: one.update(draws=rows, **other)

    assert "201 draws were written; at most 200" in alert(brought(client, plan, many(201)))
    scenarios = [{"id": f"s{n}", "shift": 0.01, "start": "2027-01-01"} for n in range(20)]
    told = alert(brought(client, plan, many(200, scenarios=scenarios)))
    assert "189000 payments; a page computes at most 150000" in told
    assert brought(client, plan, many(3, name="Three")).status_code == 302


def test_an_unknown_key_of_a_loan_is_named(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    told = alert(brought(client, plan, lambda one: one["loans"]["loan"].update(maturty=4)))
    assert "Loan “loan”, maturty" in told
    assert place_in_words("loans.l.rate.RateFile.lag_days") == "Loan “l”, Index read before, days"


def test_a_rate_that_no_engine_takes_is_refused_in_per_cent(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    typed = plan_form(client, at(plan, "terms/")) | {"loan-loan-rate.rate": "-60"}
    told = alert(client.post(at(plan, "terms/"), typed))
    assert "-60 is not between -49 and 99" in told
    assert told.count("<li>") == 1


def test_a_name_is_taken_back_with_the_change_that_gave_it(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "edit/"), name="Corvette")
    assert reread(plan).name == "Corvette"
    with acting_as_system("tests"):
        first = str(plan.revisions.get().pk)
    for _click in range(2):
        client.post(at(plan, "take-back/"), {"revision": first})
    assert (reread(plan).name, reread(plan).content["name"]) == ("Frigate", "Frigate")
    with acting_as_system("tests"):
        assert plan.revisions.count() == 2, "the second click changed nothing"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {"kind": "rolled", "years": "45", "rate": "6", "until": "5"},
            "bonds of 45 years are not issued again before year 45",
        ),
        (
            {"kind": "bond", "years": "5", "rate": "6", "until": "20"},
            "Rolled over to year: says nothing of this kind",
        ),
        (
            {"kind": "budget", "years": "5", "issue": "1"},
            "Cost of issue, %: says nothing of this kind",
        ),
        (
            {"kind": "loan", "rate": "4", "years": "5"},
            "New alternative 1, Principal is paid from payment",
        ),
    ],
)
def test_a_new_alternative_says_what_it_means_or_is_refused(
    client: Client, cast: Cast, row: dict[str, str], told: str
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    typed = plan_form(client, at(plan, "alternatives/")) | rows_typed("new", row)
    assert told in alert(client.post(at(plan, "alternatives/"), typed))
    assert "alternatives" not in reread(plan).content


def test_faults_count_alternatives_as_the_form_does(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    rows = rows_typed("new", *({"years": years, "rate": "6"} for years in ("5", "6", "7")))
    keep(client, at(plan, "alternatives/"), **rows)
    typed = plan_form(client, at(plan, "alternatives/")) | {
        "alt-0-remove": "yes",
        "alt-2-maturity_years": "500",
    }
    told = alert(client.post(at(plan, "alternatives/"), typed))
    assert "Alternative 3, Maturity, years" in told
