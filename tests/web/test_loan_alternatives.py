"""A plan begun from nothing gets its alternatives, curve, scenarios and random rates by fields, and the figures of the command line."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cast import Cast
from money_desk import (
    ONE_PROJECT,
    at,
    begin,
    keep,
    make_keepers,
    plan_form,
    reread,
    rows_typed,
    sign_in,
)
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, LoanPlan
from punte.cli.main import main
from punte.formats.finance_instruments import shipped_bytes

pytestmark = pytest.mark.django_db

BOND = {"kind": "", "years": "10", "rate": "6.9", "source": "Ministry of Finance", "verified": ""}
ROLLED = {"kind": "rolled", "years": "10", "rate": "6.9", "issue": "0.2", "verified": "yes"}


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def of_command(client: Client, plan: LoanPlan, folder: Path, verb: str, *more: str) -> Any:
    """Return what the command line answers to the file that the page gives."""
    given, answer = folder / "plan.json", folder / "answer.json"
    given.write_bytes(client.get(at(plan, "?as=json")).content)
    with pytest.raises(SystemExit) as stop:
        main(["finance", verb, str(given), "-o", str(answer), *more])
    assert stop.value.code == 0
    return json.loads(answer.read_text())


def test_a_bond_with_its_years_and_rate_is_enough_for_a_comparison(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    before = client.get(at(plan)).content.decode()
    assert "No alternative is entered yet" in before
    keep(client, at(plan, "alternatives/"), **rows_typed("new", BOND))
    shown = client.get(at(plan))
    text = shown.content.decode()
    assert "10-year bond, once" in text
    assert "What it saves against the alternatives" in text
    assert "weighed on the curve “flat 6.9 %”" in text
    assert text.count("Ministry of Finance") >= 2, "the bond and the curve have their source"
    found = shown.context["found"].comparison
    record = of_command(client, plan, tmp_path, "compare")
    assert [way["id"] for way in record["ways"]] == ["loan", "bond-10"]
    for way, other in zip(found.ways, record["ways"], strict=True):
        assert f"{way.ledger.interest_cents / 100:.2f}" == other["interest"]
        assert round(way.saving, 2) == other["saving_of_instrument"]
    assert found.ways[1].saving > 10_000_000, "ten years at 6.9 % cost more than 45 at 3.1 %"


def test_scenarios_and_random_rates_give_the_fan_and_the_cost_with_its_risk(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "alternatives/"), **rows_typed("new", ROLLED))
    content = reread(plan).content
    assert content["indices"][0]["points"][0][1] == 0.069
    assert "no fan of debt service" not in client.get(at(plan, "rates/")).content.decode()
    keep(
        client,
        at(plan, "rates/"),
        **rows_typed(
            "scenario", {"shift": "1,5", "name": "Dearer", "source": "Stress of the treasury"}
        ),
        **rows_typed("model", {"index": "bond-10y", "volatility": "1.2"}),
    )
    shown = client.get(at(plan))
    text = shown.content.decode()
    for title in ("Debt service under random rates", "Cost and risk", "If rates move"):
        assert title in text
    assert "Dearer: more than now" in text
    assert "Beyond the upper edge, since principal falls due: 2072" in text
    assert "Stress of the treasury" in text
    content = reread(plan).content
    assert content["models"] == [
        {"index": "bond-10y", "start": 0.069, "mean": 0.069, "speed": 0.15, "volatility": 0.012}
    ]
    assert content["scenarios"][0]["shift"] == 0.015
    assert content["scenarios"][0]["start"] == content["as_of"]
    record = of_command(client, plan, tmp_path, "simulate", "--seed", "1", "--paths", "10000")
    for fan, other in zip(
        shown.context["found"].simulation.fans, record["rates"]["ways"], strict=True
    ):
        assert round(fan.cost_mean, 2) == other["cost_mean"]
        assert round(fan.risk, 2) == other["risk_p95_over_mean"]
    rolled = of_command(client, plan, tmp_path, "compare")["ways"][1]
    whole = float(rolled["interest"]) + float(rolled["fees"])
    assert text.count(f"{whole:,.0f}\u00a0€") >= 2, "interest and fees hold the fees"
    costs = rolled["scenarios"]
    assert float(costs[0]["over_baseline"]) > 1_000_000, "bonds that are rolled over feel it"


def test_the_budget_and_another_loan_are_alternatives_too(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    rows = ({"kind": "budget"}, {"kind": "loan", "rate": "4", "years": "30"})
    keep(client, at(plan, "alternatives/"), **rows_typed("new", *rows))
    budget, loan = client.get(at(plan)).context["found"].comparison.ways[1:]
    assert budget.ledger.interest_cents == 0
    days = (dt.date(2027, 6, 15) - dt.date.fromisoformat(reread(plan).content["as_of"])).days
    assert budget.parts.total == pytest.approx(100_000_000 * 1.05 ** (-days / 365), abs=1)
    assert loan.ledger.draws[0].last_payment.year == 2057
    assert loan.ledger.draws[0].first_principal.year == 2038


def test_alternatives_are_changed_and_taken_away(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "alternatives/"), **rows_typed("new", BOND, ROLLED))
    before = reread(plan).content
    keep(client, at(plan, "alternatives/"))
    assert reread(plan).content == before, "the form unchanged changes nothing"
    changes = {"alt-0-maturity_years": "12", "alt-0-rate.rate": "7,05", "alt-1-remove": "yes"}
    cost = {"name": "listing", "kind": "on_draw", "rate": "0,3", "amount": ""}
    keep(client, at(plan, "alternatives/"), **changes, **rows_typed("alt-0-cost", cost))
    kept = reread(plan)
    (found,) = kept.content["alternatives"]
    assert found["loan"] == {
        "maturity_years": 12,
        "profile": "bullet",
        "rate": 0.0705,
        "costs": [{"name": "listing", "kind": "on_draw", "rate": 0.003}],
    }
    with acting_as_system("tests"):
        assert kept.revisions.count() == 2, "the form unchanged is no change"
        verbs = AuditEntry.objects.filter(verb="loan.kept", about_id=str(plan.pk))
        assert verbs.count() == 3


@pytest.mark.parametrize(
    ("page", "typed", "told"),
    [
        ("alternatives/", rows_typed("new", {"kind": "bond", "years": "10"}), "New alternative 1, Rate, %"),
        ("alternatives/", rows_typed("new", {"kind": "bond", "years": "400", "rate": "6"}), "400 is not between 1 and 100"),
        ("alternatives/", rows_typed("new", {"rate": "six", "years": "7"}), "“six” is no number"),
        ("alternatives/", rows_typed("quote", {"term": "10", "rate": ""}), "National curve, row 1, Rate, %"),
        ("alternatives/", rows_typed("quote", {"term": "9", "rate": "6"}, {"term": "9", "rate": "7"}), "the terms must rise"),
        ("alternatives/", {"curve-name": "Auctions"}, "The curve has no rate"),
        ("rates/", rows_typed("scenario", {"name": "Empty"}), "Scenario 1, Rates move by, points"),
        ("rates/", rows_typed("scenario", {"shift": "1", "indices": "nothing"}), "“nothing” is no index of this plan"),
        ("rates/", rows_typed("scenario", {"shift": "1", "start": "2027-02-30"}), "Scenario 1, From"),
        ("rates/", rows_typed("model", {"index": "nothing", "volatility": "1"}), "Random rate 1, Index"),
        ("rates/", rows_typed("pair", {"first": "a", "second": "b", "value": "2"}), "2 is not between -1 and 1"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_what_was_typed_stays(
    client: Client, cast: Cast, page: str, typed: dict[str, str], told: str
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    answer = client.post(at(plan, page), plan_form(client, at(plan, page)) | typed)
    text = answer.content.decode()
    alert = text.split('role="alert"')[1].split("</section>")[0]
    assert "Nothing was kept" in alert
    assert told in alert
    for value in typed.values():
        assert f'value="{value}"' in text
    assert reread(plan).content == plan.content


def test_correlations_that_contradict_each_other_are_not_kept(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    bonds = [{"kind": "rolled", "years": str(n), "rate": "6", "issue": ""} for n in (3, 5, 7)]
    keep(client, at(plan, "alternatives/"), **rows_typed("new", *bonds))
    typed = rows_typed("model", *({"index": f"bond-{n}y", "volatility": "1"} for n in (3, 5, 7)))
    pairs = (("3", "5", "0.9"), ("3", "7", "0.9"), ("5", "7", "-0.9"))
    typed |= rows_typed(
        "pair", *({"first": f"bond-{a}y", "second": f"bond-{b}y", "value": c} for a, b, c in pairs)
    )
    answer = client.post(at(plan, "rates/"), plan_form(client, at(plan, "rates/")) | typed)
    assert "they contradict each other" in answer.content.decode()
    assert client.get(at(plan)).status_code == 200


def test_each_draw_says_on_which_loan_it_is(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    assert "draw-loan-0" not in client.get(at(plan, "edit/")).content.decode(), "there is but one"
    keep(client, at(plan, "terms/"), **{"new-loan": "short", "new-loan-like": "loan"})
    changes = {"loan-short-maturity_years": "20", "loan-short-principal_payments": "10"}
    keep(client, at(plan, "terms/"), **changes, **{"loan-loan-name": "long"})
    second = {"id": "second", "date": "2028-05-15", "amount": "5000000", "loan": "short"}
    keep(client, at(plan, "edit/"), **rows_typed("draw", second, begin=1))
    content = reread(plan).content
    assert [draw["loan"] for draw in content["draws"]] == ["long", "short"]
    lines = client.get(at(plan)).context["found"].ledger.draws
    assert [line.last_payment.year for line in lines] == [2072, 2048]
    typed = plan_form(client, at(plan, "terms/")) | {"loan-short-name": ""}
    text = client.post(at(plan, "terms/"), typed).content.decode()
    assert "“short” is drawn on: second" in text
    typed = plan_form(client, at(plan, "edit/")) | {"draw-loan-1": "none"}
    text = client.post(at(plan, "edit/"), typed).content.decode()
    assert "“none” is no loan of this plan" in text


def test_only_its_owner_changes_alternatives_and_rates(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    sign_in(client, cast, "company")
    for page in ("alternatives/", "rates/", "?as=json"):
        assert client.get(at(plan, page)).status_code == 404
        if "?" not in page:
            assert client.post(at(plan, page), {}).status_code == 404


def test_romanian_readers_type_and_read_in_romanian(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    keep(client, at(plan, "alternatives/"), **rows_typed("new", BOND | {"rate": "6,95"}))
    assert reread(plan).content["alternatives"][0]["loan"]["rate"] == 0.0695
    client.cookies["django_language"] = "ro"
    page = client.get(at(plan)).content.decode()
    assert "10-year bond" not in page
    assert "flat 6" not in page
    typed = plan_form(client, at(plan, "alternatives/"))
    assert typed["alt-0-rate.rate"] == "6,95"
    before = reread(plan).content
    keep(client, at(plan, "alternatives/"))
    assert reread(plan).content == before, "a name that is shown in Romanian is kept as it was"


def test_a_file_gives_the_same_plan_again(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    record = json.loads(shipped_bytes("romania-portfolio"))
    record["name"] = "From a file"
    file = SimpleUploadedFile("plan.json", json.dumps(record).encode())
    answer = client.post("/finance/plans/new/", {"bring": "file", "file": file})
    assert answer.status_code == 302
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(name="From a file")
    assert plan.content == record
    for page in ("edit/", "terms/", "alternatives/", "rates/"):
        keep(client, at(plan, page))
        assert reread(plan).content == record, page
    given = client.get(at(plan, "?as=json"))
    assert json.loads(given.content) == record
    assert "TLP-AMBER" in given["Content-Disposition"]
    spoiled = SimpleUploadedFile("plan.json", b'{"format": "punte.finance.portfolio/1"')
    text = client.post("/finance/plans/new/", {"bring": "file", "file": spoiled}).content.decode()
    assert "Nothing was kept" in text


def test_a_plan_that_waits_for_a_programme_goes_out_with_its_dates_and_comes_back_with_them_alive(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    sign_in(client, cast)
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True, owner_org_id=cast.authority.organisation.pk)
    waits = [draw["milestone"] for draw in plan.content["draws"]]
    assert all(name.startswith("programme:") for name in waits)
    lapse = client.get(at(plan)).context["found"].lapse
    record = of_command(client, plan, tmp_path, "simulate", "--seed", "1")["lapse"]
    assert record["money_at_risk"] == f"{lapse.at_risk_cents / 100:.2f}"
    shares = [risk.p_drawn for risk in lapse.draws]
    assert [one["p_drawn"] for one in record["draws"]] == pytest.approx(shares)
    text = (tmp_path / "plan.json").read_bytes()
    assert {one["id"] for one in json.loads(text)["milestones"]} == set(waits)
    file = SimpleUploadedFile("plan.json", text)
    made = client.post("/finance/plans/new/", {"bring": "1", "file": file}, follow=True)
    with acting_as_system("tests"):
        again = LoanPlan.objects.get(pk=made.context["plan"].pk)
    assert again.content == plan.content, "dates of a milestone that is seen are its plan's own"
    assert client.get(at(again, "?as=json")).content == text


def test_an_allocation_goes_out_as_the_file_that_the_command_line_computes(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    sign_in(client, cast)
    assert client.post("/finance/allocations/new/", ONE_PROJECT).status_code == 302
    with acting_as_system("tests"):
        row = Allocation.objects.get(name=ONE_PROJECT["name"])
    address = f"/finance/allocations/{row.pk}/"
    given, answer = tmp_path / "given.json", tmp_path / "answer.json"
    for verb, funded in (("", ["radar"]), ("exclude", [])):
        if verb:
            client.post(f"{address}decide/", {"project": "radar", "verb": verb, "reason": "Later"})
        given.write_bytes(client.get(f"{address}?as=json").content)
        with pytest.raises(SystemExit) as stop:
            main(["finance", "allocate", str(given), "-o", str(answer)])
        assert stop.value.code == 0
        plan = json.loads(answer.read_text())
        assert [one["project"] for one in plan["funded"]] == funded
        with acting_as_system("tests"):
            row.refresh_from_db()
        assert [one["project"] for one in row.plan["funded"]] == funded
    assert json.loads(given.read_text())["decisions"][0]["reason"] == "Later"
