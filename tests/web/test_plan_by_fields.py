"""What the shipped plan of Romania holds is typed in from nothing, and gives the same document as its file."""

import json
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from money_desk import at, begin, keep, make_keepers, reread, rows_typed, sign_in
from punte.apps.funding.models import LoanPlan
from punte.formats.finance_instruments import shipped_bytes
from punte.formats.finance_portfolio import PortfolioFile, parse_portfolio

pytestmark = pytest.mark.django_db

Record = dict[str, Any]
PER_CENT = {"shift", "start", "mean", "volatility"}


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


@pytest.fixture
def record() -> Record:
    """Return the shipped plan, without what sources say of the instrument: that is entered one by one, each with its choice."""
    found: Record = json.loads(shipped_bytes("romania-portfolio"))
    found["instrument"].pop("terms")
    return found


def begin_as(client: Client, record: Record) -> LoanPlan:
    first = record["draws"][0]
    return begin(
        client,
        **{"instrument-envelope": record["instrument"]["envelope"], "loan-rate": "3"},
        **{f"draw-{key}": first[key] for key in ("id", "date", "amount")},
    )


def enter_terms(client: Client, plan: LoanPlan, record: Record) -> None:
    instrument = record["instrument"]
    points = [
        {"id": index["id"], "day": day, "rate": f"{100 * rate:g}", "source": index["source"]}
        for index in record["indices"]
        for day, rate in index["points"]
    ]
    names = ("id", "name", "lender", "borrower", "max_maturity_years", "max_grace_years")
    loan = {
        "name": "safe",
        "grace_years": "10",
        "calendar": "target",
        "payment_lag_business_days": "25",
        "rate.kind": "reset",
        "rate.index": "eu-funding",
        "rate.rate": "",
        "rate.why": "cost of funding passed through",
    }
    keep(
        client,
        at(plan, "terms/"),
        **{f"instrument-{key}": str(instrument[key]) for key in names},
        **{"instrument-prefinancing_share": "15"},
        **{"plan-as_of": record["as_of"], "plan-request_lag_days": "30"},
        **{f"loan-loan-{key}": text for key, text in loan.items()},
        **rows_typed("point", *points),
    )


def enter_draws(client: Client, plan: LoanPlan, record: Record) -> None:
    milestones = [
        {
            **{key: one[key] for key in ("id", "name", "source")},
            "dates": "; ".join(
                f"{day or 'never'}: {100 * chance:g}" for day, chance in one["distribution"]
            ),
        }
        for one in record["milestones"]
    ]
    keep(client, at(plan, "edit/"), **rows_typed("milestone", *milestones))
    draws = rows_typed("draw", *record["draws"])
    keep(client, at(plan, "edit/"), name=record["name"], **draws)


def enter_alternatives(client: Client, plan: LoanPlan, record: Record) -> None:
    once, rolled = record["alternatives"]
    curve = record["national_curve"]
    figures = {"rate": "6.5", "issue": "0.2"}
    keep(
        client,
        at(plan, "alternatives/"),
        **rows_typed(
            "new",
            {"years": "30", "name": once["name"], **figures},
            {"years": "10", "until": "40", "name": rolled["name"], **figures},
        ),
        **{"curve-name": curve["name"], "curve-source": curve["source"]},
        **rows_typed("quote", {"term": "1", "rate": "6.5"}),
    )
    keep(client, at(plan, "alternatives/"), **{"alt-1-rate.index": "ro-10y"})
    # The index that was made for the bonds goes again: they follow the one that the plan had.
    keep(
        client,
        at(plan, "terms/"),
        **rows_typed("point", dict.fromkeys(("id", "day", "rate", "source"), ""), begin=2),
    )


def enter_rates(client: Client, plan: LoanPlan, record: Record) -> None:
    scenarios, models = (
        [
            {
                key: f"{100 * one[key]:g}"
                if key in PER_CENT and not isinstance(one[key], str)
                else str(one[key])
                for key in one
            }
            for one in record[part]
        ]
        for part in ("scenarios", "models")
    )
    pairs = [
        dict(zip(("first", "second", "value"), map(str, one), strict=True))
        for one in record["correlations"]
    ]
    keep(
        client,
        at(plan, "rates/"),
        **rows_typed("scenario", *scenarios),
        **rows_typed("model", *models),
        **rows_typed("pair", *pairs),
    )


def test_a_plan_entered_by_fields_is_the_plan_of_the_file(
    client: Client, cast: Cast, record: Record
) -> None:
    sign_in(client, cast)
    plan = begin_as(client, record)
    for enter in (enter_terms, enter_draws, enter_alternatives, enter_rates):
        enter(client, plan, record)
    made = reread(plan).content
    assert made["instrument"].pop("terms") == []
    # What a file may leave out is filled in by its format, so that both stand in full.
    full, wanted = (PortfolioFile.model_validate(one).model_dump() for one in (made, record))
    assert full == wanted
    assert parse_portfolio(made, source="fields") == parse_portfolio(record, source="file")
