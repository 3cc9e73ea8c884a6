"""What people write about money and cases is kept whole or refused, and nobody writes over what another kept."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import ONE_PROJECT, at, begin, make_keepers, plan_form, reread, rows_typed, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from security.form_fields import forms_of

pytestmark = pytest.mark.django_db
CASE = {
    "name": "Radar", "on": "2026-03-01", "rules": "safe", "category": "1a", "buyer-country-0": "RO", "buyer-role-0": "borrower",
    "entity-id-0": "Prime", "entity-country-0": "RO", "entity-share-0": "12.3456789012345",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    return make_keepers()


def alert(text: str) -> str:
    return text.split('role="alert"')[1].split("</section>", maxsplit=1)[0]


def only_case(name: str) -> EligibilityCase:
    with acting_as_system("tests"):
        return EligibilityCase.objects.get(name=name)


def case_form(client: Client, case: EligibilityCase) -> dict[str, str]:
    """Return the fields of a case's form as a browser would send them unchanged."""
    forms = forms_of(client.get(f"/eligibility/{case.pk}/edit/").content.decode())
    return next(form.fields for form in forms if "read" in form.fields) | {"category": "1a"}


def test_a_case_opened_and_kept_is_the_same_to_the_last_digit(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    assert client.post("/eligibility/new/", CASE).status_code == 302
    case = only_case("Radar")
    assert case.content["entities"][0]["share"] == "0.123456789012345"
    assert client.post(f"/eligibility/{case.pk}/edit/", case_form(client, case)).status_code == 302
    assert only_case("Radar").content == case.content


def test_who_judged_a_case_meanwhile_is_not_overwritten(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    client.post("/eligibility/new/", CASE)
    case = only_case("Radar")
    first, second = case_form(client, case), case_form(client, case)
    edit = f"/eligibility/{case.pk}/edit/"
    assert client.post(edit, first | {"buyer-country-1": "FR"}).status_code == 302
    answer = client.post(edit, second | {"on": "2026-09-01", "name": "Mine"})
    assert "changed since you opened it" in alert(answer.content.decode())
    assert 'value="Mine"' in answer.content.decode()
    assert only_case("Radar").on.isoformat() == "2026-03-01"


@pytest.mark.parametrize("day", ["0206-03-01", "1899-12-31", "2301-01-01"])
def test_a_mistyped_year_gives_no_verdict(client: Client, cast: Cast, day: str) -> None:
    sign_in(client, cast)
    told = client.post("/eligibility/new/", CASE | {"on": day}).content.decode()
    assert f"“{day}” is no day" in alert(told)


PLAN = {
    "name": "Frigate", "loan-maturity_years": "5", "loan-first_principal_year": "1", "loan-principal_payments": "5",
    "loan-rate": "3", "draw-id": "d", "draw-date": "2027-05-15", "draw-amount": "5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "typed", "field", "most"),
    [
        ("/eligibility/new/", CASE, "name", 160),
        ("/eligibility/new/", CASE, "entity-id-0", 200),
        ("/finance/plans/new/", PLAN, "name", 160),
        ("/finance/plans/new/", PLAN, "draw-id", 200),
        ("/finance/allocations/new/", ONE_PROJECT, "name", 200),
        ("/finance/allocations/new/", ONE_PROJECT, "project-name-0", 200),
    ],
)
def test_a_text_too_long_for_its_field_is_refused_and_stays_as_it_was_typed(
    client: Client, cast: Cast, address: str, typed: dict[str, str], field: str, most: int
) -> None:
    sign_in(client, cast)
    answer = client.post(address, typed | {field: "n" * (most + 1)}).content.decode()
    assert f"has {most + 1} characters, and {most} are the most" in alert(answer)
    assert f'value="{"n" * (most + 1)}"' in answer
    assert client.post(address, typed | {field: "n" * most}).status_code == 302


@pytest.mark.parametrize(
    ("page", "field", "most"),
    [
        ("edit/", "name", 160),
        ("edit/", "draw-project-0", 200),
        ("terms/", "instrument-lender", 1000),
        ("terms/", "new-loan", 1000),
        ("alternatives/", "curve-source", 1000),
        ("alternatives/", "new-source-0", 1000),
        ("rates/", "scenario-name-0", 1000),
    ],
)
def test_no_form_of_a_plan_keeps_a_text_cut(
    client: Client, cast: Cast, page: str, field: str, most: int
) -> None:
    sign_in(client, cast)
    plan = begin(client)
    typed = plan_form(client, at(plan, page)) | rows_typed("new", {"years": "5", "rate": "6"}) | {
        "quote-term-0": "5", "quote-rate-0": "6", "scenario-shift-0": "1", field: "n" * (most + 1),
    }  # fmt: skip
    told = alert(client.post(at(plan, page), typed).content.decode())
    assert f"has {most + 1} characters, and {most} are the most" in told
    assert reread(plan).content == plan.content


@pytest.mark.parametrize(
    ("address", "typed", "model"),
    [
        ("/eligibility/new/", CASE, EligibilityCase),
        ("/finance/plans/new/", PLAN, LoanPlan),
        ("/finance/allocations/new/", ONE_PROJECT, Allocation),
    ],
)
def test_a_double_click_makes_one(
    client: Client,
    cast: Cast,
    address: str,
    typed: dict[str, str],
    model: type[EligibilityCase | LoanPlan | Allocation],
) -> None:
    sign_in(client, cast)
    forms = forms_of(client.get(address).content.decode())
    shown = next(form.fields for form in forms if "once" in form.fields and "do" not in form.fields)
    answers = [client.post(address, shown | typed) for _click in range(2)]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    with acting_as_system("tests"):
        assert model.objects.filter(name=typed["name"]).count() == 1


def test_a_form_kept_unchanged_writes_no_history(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    plan = begin(client)
    for page in ("edit/", "terms/", "alternatives/", "rates/"):
        assert client.post(at(plan, page), plan_form(client, at(plan, page))).status_code == 302
    with acting_as_system("tests"):
        assert plan.revisions.count() == 0
