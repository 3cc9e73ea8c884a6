"""Pages of money and rules: open facts, one's own cases, faults named."""

import pytest
from django.test import Client

from cast import Cast, make_cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.apps.funding.sample import load_funding
from punte.apps.programmes.sample import load_programmes, sample_milestones

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    keeper = made.authority.organisation.pk
    load_programmes(keeper, with_synthetic=True)
    load_funding(keeper, milestones=sample_milestones())
    return made


def sign_in(client: Client, cast: Cast, part: str) -> None:
    client.force_login(
        getattr(cast, part).account, "allauth.account.auth_backends.AuthenticationBackend"
    )


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
    assert page.count("<figure") == page.count("The figures as a table") == 6
    assert "You see this because it is public." in page
    client.cookies["django_language"] = "ro"
    romanian = client.get(f"/finance/plans/{plan.pk}/").content.decode()
    assert "16.680.055.394\u00a0" in romanian
    assert "2.502.008.309,10" in romanian
    assert ">1,000<" not in romanian, "axes too"


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
    assert "<title>Romania: draws the money</title>" in page
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
        case = EligibilityCase.objects.get()
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
