"""What people type about money and rules: read by language, kept through faults, and never a dead end."""

import re
from dataclasses import replace

import pytest
from django.test import Client

from apps.market.test_fits import published_by
from apps.market.test_listings import DRAFT
from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation

pytestmark = pytest.mark.django_db
DRAW = {
    "name": "x",
    "draw-id-0": "one",
    "draw-date-0": "2028-01-01",
    "draw-amount-0": "5",
    "draw-milestone-0": "",
    "draw-project-0": "",
}


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def alert_of(text: str) -> str:
    return text.split('role="alert"')[1].split("</section>", maxsplit=1)[0]


@pytest.fixture
def need(cast: Cast) -> Listing:
    """Return a need; of the offers two fit, one of them with 28 per cent from nobody knows where."""
    with acting_as_system("tests"):
        Organisation.objects.update(label_releasable_to=[PUBLIC])
    plain = replace(DRAFT, language="en", cpv=(), capability=())
    made = published_by(cast, cast.authority, plain, title="Radar on a mast", text="A radar, high.")
    for title, inside in (
        ("Radar with a mast for borders", 72),
        ("Mast for borders", 100),
        ("Boots", 100),
        ("Bread", 100),
    ):
        published_by(
            cast, cast.company, plain, side="offer", title=title, text=title, inside_percent=inside
        )
    return made


def offered(client: Client, need: Listing) -> list[str]:
    text = client.get(f"/eligibility/compose/?need={need.pk}").content.decode()
    return re.findall(r'name="(price-[0-9a-f-]+)"', text)


def test_shares_of_every_size_are_shown_by_the_composer(
    client: Client, cast: Cast, need: Listing
) -> None:
    sign_in(client, cast, "authority")
    at = f"/eligibility/compose/?need={need.pk}"
    names = offered(client, need)
    assert len(names) == 2
    asked = {"rules": "safe", "buyers": "RO, FR", "rank": "match"}
    for rank in ("match", "price", "home_share", "small_share", "resilience"):
        priced = {name: f"{1000 + 7 * place}" for place, name in enumerate(names)}
        answer = client.post(at, asked | priced | {"rank": rank})
        assert answer.status_code == 200
        assert "Eligible, best first" in answer.content.decode()
    parted = {
        "parts": "radar, mast",
        names[0]: "1000",
        names[0].replace("price", "covers"): "radar",
    }
    answer = client.post(at, asked | parted)
    assert answer.status_code == 200
    assert "None is eligible" in answer.content.decode()


def test_the_composer_reads_a_decimal_comma_and_asks_about_a_day(
    client: Client, cast: Cast, need: Listing
) -> None:
    sign_in(client, cast, "authority")
    at = f"/eligibility/compose/?need={need.pk}"
    name = offered(client, need)[0]
    asked = {"rules": "safe", "buyers": "RO, FR", "rank": "match", name: "1500,50"}
    assert "1,500.50\u00a0€" in client.post(at, asked).content.decode()
    told = alert_of(client.post(at, asked | {name: "1.500"}).content.decode())
    assert "can be read as 1.5 or as 1500" in told
    early = client.post(at, asked | {"on": "2020-01-01"}).content.decode()
    assert 'value="2020-01-01"' in early
    assert "None is eligible" in early
    assert "is no day of the calendar" in client.post(at, asked | {"on": "2026-02-30"}).content.decode()  # fmt: skip


def test_the_composer_says_what_it_was_not_asked_and_cuts_nothing(
    client: Client, cast: Cast, need: Listing
) -> None:
    sign_in(client, cast, "authority")
    at = f"/eligibility/compose/?need={need.pk}"
    names = offered(client, need)
    asked = {"rules": "safe", "buyers": "RO, FR", "rank": "match"}
    answer = client.post(at, asked).content.decode()
    assert "no offer has a price, so none was asked about" in alert_of(answer)
    assert "None is eligible" not in answer
    priced = asked | dict.fromkeys(names, "1000")
    parts = client.post(at, priced | {"parts": "radar, mast"}).content.decode()
    assert "Eligible, best first" in parts, "an offer that names no part delivers all"
    many = client.post(at, priced | {"parts": ", ".join(f"p{n}" for n in range(13))})
    assert "13 parts were named; at most 12" in alert_of(many.content.decode())
    long = client.post(at, priced | {"parts": "p" * 81, "buyers": "RO, " * 60}).content.decode()
    assert "has 81 characters, and 80 are the most" in alert_of(long)
    assert alert_of(long).count("<li>") == 2


@pytest.mark.parametrize(
    ("language", "text", "cents"),
    [("en", "1800,50", "1800.50"), ("ro", "1.800,50", "1800.50"), ("ro", "1.800", "1800")],
)
def test_an_amount_is_read_by_language(
    client: Client, cast: Cast, language: str, text: str, cents: str
) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
    client.post("/i18n/setlang/", {"language": language})
    client.post(f"/finance/plans/{plan.pk}/edit/", DRAW | {"draw-amount-0": text})
    with acting_as_system("tests"):
        plan.refresh_from_db()
    assert [draw["amount"] for draw in plan.content["draws"]] == [cents]
    again = client.get(f"/finance/plans/{plan.pk}/edit/").content.decode()
    sign = "," if language == "ro" else "."
    assert f'value="{cents.replace(".", sign)}"' in again


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"draw-amount-0": "1.800"}, "can be read as 1.8 or as 1800"),
        ({"draw-amount-0": "-5"}, "cannot be negative"),
        ({"draw-amount-0": "5.001.5"}, "is no number"),
        ({"draw-amount-0": "0.005"}, "at most two decimals"),
        ({"draw-id-0": ""}, "has no name"),
    ],
)
def test_a_draw_is_refused_with_one_fault(
    client: Client, cast: Cast, changes: dict[str, str], told: str
) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
    before = plan.content
    text = client.post(f"/finance/plans/{plan.pk}/edit/", DRAW | changes).content.decode()
    assert told in alert_of(text)
    assert alert_of(text).count("<li>") == 1
    with acting_as_system("tests"):
        plan.refresh_from_db()
    assert plan.content == before
    client.post("/i18n/setlang/", {"language": "ro"})
    romanian = client.post(f"/finance/plans/{plan.pk}/edit/", DRAW | {"draw-amount-0": "-5"})
    assert "nu poate fi negativ" in alert_of(romanian.content.decode())


CASE = {
    "rules": "safe", "name": "Mast", "on": "2026-11-01", "category": ["1d"],
    "buyer-country-0": "RO", "buyer-role-0": "borrower", "buyer-country-1": "FR", "buyer-role-1": "partner",
    "entity-id-0": "Lead", "entity-role-0": "contractor", "entity-country-0": "RO",
    "entity-management_country-0": "RO", "entity-controlled_by-0": "RO", "entity-facilities-0": "RO",
    "entity-share-0": "80",
    "entity-id-1": "TRsub", "entity-role-1": "subcontractor", "entity-country-1": "TR",
    "entity-management_country-1": "TR", "entity-controlled_by-1": "TR", "entity-facilities-1": "TR",
    "entity-share-1": "20", "entity-studies_replacement-1": "",
    "part-id-0": "mast", "part-inside-0": "", "part-origin-0": "RO", "part-cost-0": "600,50",
    "flag-harmful_components": "no",
}  # fmt: skip


@pytest.mark.parametrize(
    "fault",
    [{"entity-share-0": "abc"}, {"part-inside-0": "nothing above"}, {"part-cost-0": "1.600"}],
)
def test_a_case_that_cannot_be_read_keeps_all_that_was_typed(
    client: Client, cast: Cast, fault: dict[str, str]
) -> None:
    sign_in(client, cast, "company")
    typed = CASE | fault
    text = client.post("/eligibility/new/", typed).content.decode()
    assert "Nothing was kept" in alert_of(text)
    for name, value in typed.items():
        if name.startswith(("entity-id", "entity-country", "entity-share", "part-", "buyer-country")) and value:  # fmt: skip
            assert f'name="{name}" value="{value}"' in text, name
    assert 'value="Mast"' in text
    assert re.search(r'value="1d" checked', text)
    assert 'value="no" selected' in text


def test_the_form_takes_the_evidence_that_a_verdict_asks_for(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "company")
    asked = client.post("/eligibility/new/", CASE, follow=True).content.decode()
    assert "whether the replacement of TRsub is studied" in asked
    client.post("/eligibility/new/", CASE | {"entity-studies_replacement-1": "yes"})
    with acting_as_system("tests"):
        case = EligibilityCase.objects.filter(is_synthetic=False).first()
    assert case is not None
    assert case.content["entities"][1]["studies_replacement"] is True
    assert case.content["components"][0]["cost"] == "600.50"
    told = client.get(f"/eligibility/{case.pk}/").content.decode()
    assert "whether the replacement of TRsub is studied" not in told
    again = client.get(f"/eligibility/{case.pk}/edit/").content.decode()
    assert re.search(r'entity-studies_replacement-1".*?value="yes" selected', again, re.DOTALL)


def test_a_mitigation_that_no_rule_knows_is_refused_with_those_that_are_known(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast, "company")
    wrong = CASE | {"entity-mitigations-0": "fdi_screning"}
    told = alert_of(client.post("/eligibility/new/", wrong).content.decode())
    assert "“fdi_screning” is no mitigation" in told
    assert "fdi_screening" in told
    right = CASE | {"entity-mitigations-0": "fdi_screening, member_state_guarantee"}
    assert client.post("/eligibility/new/", right).status_code == 302


@pytest.mark.usefixtures("cast")
def test_a_day_that_does_not_exist_is_told(client: Client) -> None:
    for address in ("/eligibility/countries/MDA/", "/eligibility/map/"):
        text = client.get(f"{address}?on=2026-02-30").content.decode()
        assert "“2026-02-30” is no day of the calendar" in text
        assert "is no day of the calendar" not in client.get(address).content.decode()


def test_no_decision_is_a_dead_end(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        allocation = Allocation.objects.get()
    at = f"/finance/allocations/{allocation.pk}/"
    page = client.get(at).content.decode()
    assert "nobody can, as it stands" in page
    unknown = next(
        line["project"] for line in allocation.plan["unfunded"] if line["code"] == "amount_unknown"
    )
    asked = {"project": unknown, "verb": "lock", "reason": "It is urgent"}
    told = client.post(f"{at}decide/", asked, follow=True).content.decode()
    assert "Nobody can fund it as it stands" in told
    with acting_as_system("tests"):
        assert not allocation.decisions.exists()
        content = allocation.content
        content["budgets"][0]["envelope"] = "1000000000"
        Allocation.objects.filter(pk=allocation.pk).update(content=content)
        # All that may be funded is decided, which the smaller envelope cannot hold.
        big = [line for line in allocation.plan["funded"] if float(line["cost"]) > 6e8]
    for line in big[:2]:
        asked = {"project": line["project"], "verb": "lock", "reason": "It is urgent"}
        told = client.post(f"{at}decide/", asked, follow=True).content.decode()
    assert "With this no plan keeps all limits and decisions" in told
    assert told.count("It is urgent") == 2
    assert told.count("Take back</button>") == 2
    client.post(f"{at}decide/", {"project": big[0]["project"], "verb": ""})
    assert "worth of the plan" in client.get(at).content.decode()


def test_what_can_no_longer_be_read_says_what_to_mend(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
        plan.content["loans"]["safe"]["grace_years"] = 50
        LoanPlan.objects.filter(pk=plan.pk).update(content=plan.content)
        allocation = Allocation.objects.get()
        allocation.content["projects"][0]["requires"] = ["nobody"]
        Allocation.objects.filter(pk=allocation.pk).update(content=allocation.content)
    for address in ("", "draws/1/"):
        text = client.get(f"/finance/plans/{plan.pk}/{address}").content.decode()
        assert "cannot be computed as it stands" in text
        assert "Loan, Grace, years" in text
        assert f"/finance/plans/{plan.pk}/terms/" in text
    assert client.get(f"/finance/plans/{plan.pk}/terms/").status_code == 200
    assert client.get(f"/finance/allocations/{allocation.pk}/").status_code == 200
