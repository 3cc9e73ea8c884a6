"""Pages of money and rules: open facts, one's own cases, faults named."""

import uuid

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


@pytest.mark.usefixtures("cast")
def test_a_visitor_reads_the_public_facts(client: Client) -> None:
    desk = client.get("/finance/").content.decode()
    assert "Security Action for Europe" in desk
    assert "16,680,055,394\u00a0€" in desk, "cents are no whole units"
    assert "not verified" in desk
    with acting_as_system("tests"):
        plans = list(LoanPlan.objects.all())
        allocation = Allocation.objects.get()
    for plan in plans:
        page = client.get(f"/finance/plans/{plan.pk}/").content.decode()
        assert "Debt service by year" in page
        assert "may lapse, expected" in page
        assert client.get(f"/finance/plans/{plan.pk}/?as=csv").status_code == 200
        assert client.post(f"/finance/plans/{plan.pk}/copy/").status_code == 302
    assert "Funded" in client.get(f"/finance/allocations/{allocation.pk}/").content.decode()
    moldova = client.get("/eligibility/countries/MDA/").content.decode()
    assert "What Moldova can do" in moldova
    assert "Article 16(10)" in moldova
    assert client.get("/eligibility/countries/XXX/").status_code == 404
    assert "Borrowers are Member States" in client.get("/eligibility/rules/safe/").content.decode()
    assert client.get("/eligibility/rules/none/").status_code == 404


@pytest.mark.usefixtures("cast")
def test_amounts_and_pictures_follow_the_reader_and_every_picture_has_its_table(
    client: Client,
) -> None:
    with acting_as_system("tests"):
        plan = LoanPlan.objects.exclude(is_synthetic=True).get()
    page = client.get(f"/finance/plans/{plan.pk}/").content.decode()
    assert "16,680,055,394\u00a0€" in page
    assert "2,502,008,309.10\u00a0€" in page
    for title in (
        "Debt service by draw",
        "The envelope until 2030-12-31",
        "Cost and risk",
        "What it saves against the alternatives",
        "Debt service under random rates",
    ):
        assert title in page
    assert page.count("<figure") == page.count("The figures as a table") == 7, (
        "two ways follow an index"
    )
    assert "You see this because it is public." in page
    client.cookies["django_language"] = "ro"
    romanian = client.get(f"/finance/plans/{plan.pk}/").content.decode()
    assert "16.680.055.394\u00a0" in romanian
    assert "2.502.008.309,10" in romanian
    assert ">1,000<" not in romanian, "axes too"
    for english in (
        "30-year bond",
        "rolled over to year",
        "unified 5",
        "pre-financing",
        "instalment 1",
        "one point more",
        "assumption of this example",
        "a model of the draws",
        "SAFE loan to Romania",
    ):
        assert english not in romanian
    assert "obligațiuni pe 30 ani, emise o dată" in romanian


@pytest.mark.usefixtures("cast")
def test_each_draw_has_its_ledger_with_a_reason_for_each_rate(client: Client) -> None:
    with acting_as_system("tests"):
        plan = LoanPlan.objects.exclude(is_synthetic=True).get()
    at = f"/finance/plans/{plan.pk}/draws"
    page = client.get(f"{at}/1/").content.decode()
    assert "re-set on 2026-05-15: eu-funding 3.0000%" in page
    assert page.count("<tr>") == 1 + 46, "the disbursement and 45 payments"
    assert client.get(f"{at}/0/").status_code == 404
    assert client.get(f"{at}/11/").status_code == 404
    rows = client.get(f"{at}/1/?as=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 47
    assert "2502008309.1" in rows[2]
    assert client.get(f"{at}/1/?as=xlsx").status_code == 200


@pytest.mark.usefixtures("cast")
def test_the_map_has_every_country_once_with_its_role(client: Client) -> None:
    page = client.get("/eligibility/map/?on=2026-11-01").content.decode()
    assert page.count("<title>Moldova: may join, and is not counted</title>") == 1
    assert "<title>Romania: may draw the money</title>" in page
    assert "<title>Norway: is counted among the countries that are needed</title>" in page
    assert "16,680,055,394" in page
    assert "not in force" in client.get("/eligibility/map/?on=2020-01-01").content.decode()
    for address in ("?rules=edip", "?rules=national-ro", "?on=9999-12-31", "?on=2026-02-30"):
        assert client.get(f"/eligibility/map/{address}").status_code == 200
    assert client.get("/eligibility/map/?rules=none").status_code == 404


def test_a_company_has_its_case_judged(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "company")
    data = {
        "rules": "safe",
        "name": "Mast <b>",
        "on": "2026-11-01",
        "category": ["1d"],
        "buyer-country-0": "ro",
        "buyer-role-0": "borrower",
        "buyer-country-1": "FR",
        "buyer-role-1": "partner",
        "part-id-0": "camera",
        "part-inside-0": "",
        "part-origin-0": "MD",
        "part-cost-0": "300",
    }
    wrong = client.post("/eligibility/new/", data | {"buyer-country-1": "FRA"}).content.decode()
    assert "is no country code" in wrong
    assert 'value="FRA"' in wrong
    shown = client.post("/eligibility/new/", data, follow=True).content.decode()
    assert "Not eligible" in shown
    assert "Mast &lt;b&gt;" in shown
    with acting_as_system("tests"):
        case = EligibilityCase.objects.get(is_synthetic=False)
    again = client.post(f"/eligibility/{case.pk}/replay/", follow=True).content.decode()
    assert "the verdict is the same" in again
    day = client.post(f"/eligibility/{case.pk}/edit/", data | {"on": "2026-02-30"})
    assert "is no day" in day.content.decode()
    sign_in(client, cast, "authority")
    assert client.get(f"/eligibility/{case.pk}/").status_code == 404


def test_a_keeper_changes_draws_and_decides(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
        allocation = Allocation.objects.get()
    edit = f"/finance/plans/{plan.pk}/edit/"
    assert "Whole line accepted" in client.get(edit).content.decode()
    row = {
        "draw-id-0": "one",
        "draw-date-0": "2031-01-01",
        "draw-amount-0": "5",
        "draw-milestone-0": "",
        "draw-project-0": "",
    }
    refused = client.post(edit, {"name": "x", **row}).content.decode()
    assert "Nothing was kept" in refused
    assert 'value="2031-01-01"' in refused
    kept = client.post(edit, {"name": "x", **row, "draw-date-0": "2028-01-01"}, follow=True)
    assert "stays in its history" in kept.content.decode()
    project = allocation.plan["funded"][0]["project"]
    page = f"/finance/allocations/{allocation.pk}/decide/"
    told = client.post(
        page, {"project": project, "verb": "exclude", "reason": "Later"}, follow=True
    )
    assert "the optimum would fund it" in told.content.decode()
    sign_in(client, cast, "company")
    assert client.get(edit).status_code == 404
    assert client.post(page, {"project": project}).status_code == 404


def test_a_person_chooses_among_sources_copies_and_compares(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        allocation = Allocation.objects.get()
    at = f"/finance/allocations/{allocation.pk}/"
    page = client.get(at).content.decode()
    assert "1,285,000,000.00" in page, "both amounts stand"
    assert "One more million" in page
    project = "h225m-multi-mission-helicopters"
    for figure, reason, told in (
        ("1", "", "Give the reason"),
        ("7", "x", "no such amount"),
        ("-1", "x", "no such amount"),
        ("٣", "x", "no such amount"),
        ("9" * 5000, "x", "no such amount"),
    ):
        asked = {"project": project, "figure": figure, "reason": reason}
        assert told in client.post(f"{at}choose/", asked, follow=True).content.decode()
    assert (
        "no such project"
        in client.post(f"{at}choose/", {"project": "nobody"}, follow=True).content.decode()
    )
    with acting_as_system("tests"):
        allocation.refresh_from_db()
        assert project not in {line["project"] for line in allocation.plan["funded"]}
    client.post(f"{at}copy/")
    with acting_as_system("tests"):
        copied = Allocation.objects.exclude(pk=allocation.pk).get()
    asked = {"project": project, "figure": "0", "reason": "Two newspapers"}
    shown = client.post(f"{at}choose/", asked, follow=True).content.decode()
    assert "Two newspapers (" in shown
    assert "1,285,000,000.00" in shown, "the other stays"
    beside = client.get(f"{at}?with={copied.pk}").content.decode()
    assert "only here" in beside
    for nothing in ("x", str(uuid.uuid4())):
        assert client.get(f"{at}?with={nothing}").status_code == 200
    sign_in(client, cast, "company")
    assert client.post(f"{at}choose/", asked).status_code == 404
    assert client.post(f"{at}copy/").status_code == 404
    assert client.get(f"/finance/allocations/{copied.pk}/").status_code == 404
    assert "only here" not in client.get(f"{at}?with={copied.pk}").content.decode()


HOSTILE = ("a\x00b", "9" * 40, "1e999999", "NaN", "9999-12-31", "programme:x", "%(name)s {0}")


def test_no_cell_of_a_case_or_a_plan_breaks_the_site(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    case = {
        "rules": "safe", "name": "n", "on": "2026-11-01", "category": "1d",
        "buyer-country-0": "RO", "buyer-role-0": "borrower",
        "entity-id-0": "a", "entity-role-0": "contractor", "entity-country-0": "RO",
        "entity-management_country-0": "RO", "entity-controlled_by-0": "RO", "entity-facilities-0": "RO",
        "entity-share-0": "50", "entity-since-0": "2020-01-01", "entity-mitigations-0": "",
        "part-id-0": "p", "part-inside-0": "", "part-origin-0": "MD", "part-cost-0": "5",
        "flag-harmful_components": "no", "listing": "",
    }  # fmt: skip
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
    draw = {
        "name": "x", "reason": "y", "draw-id-0": "one", "draw-date-0": "2028-01-01",
        "draw-amount-0": "5", "draw-milestone-0": "", "draw-project-0": "p",
    }  # fmt: skip
    for address, content in (
        ("/eligibility/new/", case),
        (f"/finance/plans/{plan.pk}/edit/", draw),
    ):
        for name in content:
            for text in HOSTILE:
                answer = client.post(address, content | {name: text})
                assert answer.status_code < 500, (address, name, text[:20])
                if answer.status_code == 302 and name in {"name", "entity-id-0", "on", "draw-id-0"}:
                    assert client.get(answer["Location"]).status_code == 200, (name, text[:20])


def test_a_milestone_that_its_reader_does_not_see_is_no_date(client: Client, cast: Cast) -> None:
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
        content = plan.content
        content["draws"][0]["milestone"] = f"programme:{uuid.uuid4()}"
        LoanPlan.objects.filter(pk=plan.pk).update(content=content)
    page = client.get(f"/finance/plans/{plan.pk}/").content.decode()
    assert "Nobody can tell you when these draws are paid" in page
    sign_in(client, cast, "authority")
    assert "draw 1" in client.get(f"/finance/plans/{plan.pk}/edit/").content.decode()
