"""The terms of a loan plan on their page: what is typed is kept, refused with its place, and told in the reader's language."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import LoanPlan
from punte.web.finance.faults import place_in_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Return a cast whose authority keeps the sample's loan plans."""
    return make_keepers()


@pytest.fixture
def plan(cast: Cast) -> LoanPlan:
    """Return the invented plan of the sample."""
    with acting_as_system("tests"):
        return LoanPlan.objects.get(is_synthetic=True, owner_org_id=cast.authority.organisation.pk)


def reread(plan: LoanPlan) -> None:
    """Read the plan again as it stands."""
    with acting_as_system("tests"):
        plan.refresh_from_db()


def form_of(client: Client, plan: LoanPlan) -> dict[str, str]:
    """Return the form's fields as a browser would send them unchanged."""
    groups = client.get(f"/finance/plans/{plan.pk}/terms/").context
    typed = {f["name"]: f["value"] for group in groups["groups"] for f in group["fields"]}
    for number, row in enumerate(groups["rows"]):
        typed |= {f"point-{key}-{number}": text for key, text in row.items()}
    return typed


def test_the_form_unchanged_changes_nothing(client: Client, cast: Cast, plan: LoanPlan) -> None:
    sign_in(client, cast, "authority")
    before = plan.content
    answer = client.post(f"/finance/plans/{plan.pk}/terms/", form_of(client, plan))
    assert answer.status_code == 302
    reread(plan)
    assert plan.content == before


def test_other_terms_give_other_figures_and_the_old_ones_stay_in_history(
    client: Client, cast: Cast, plan: LoanPlan
) -> None:
    sign_in(client, cast, "authority")
    at = f"/finance/plans/{plan.pk}/"
    before = client.get(at).context["found"].ledger
    typed = form_of(client, plan) | {
        "loan-safe-rate.kind": "fixed",
        "loan-safe-rate.rate": "2,5",
        "loan-safe-maturity_years": "40",
        "loan-safe-principal_payments": "30",
        "reason": "The agreement was signed",
    }
    shown = client.post(f"{at}terms/", typed, follow=True)
    assert "The agreement was signed" in shown.content.decode()
    reread(plan)
    assert plan.content["loans"]["safe"]["rate"]["rate"] == 0.025
    after = shown.context["found"].ledger
    assert after.draws[0].last_payment.year == before.draws[0].last_payment.year - 5
    flow = next(flow for flow in shown.context["found"].flows_of(after.draws[0].draw))
    assert flow.rate == pytest.approx(0.025)
    with acting_as_system("tests"):
        kept = plan.revisions.first()
        assert kept.content["loans"]["safe"]["maturity_years"] == 45


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"loan-safe-grace_years": "50"}, "a grace of 50 years reaches the maturity"),
        ({"loan-safe-maturity_years": "46"}, "are above the 45 of the instrument"),
        ({"loan-safe-maturity_years": "-1"}, "“-1” is not understood"),
        ({"loan-safe-maturity_years": "٣"}, "is not understood"),
        ({"loan-safe-rate.spread": "NaN"}, "is no number"),
        ({"loan-safe-rate.spread": "1e999999"}, "is no number"),
        ({"loan-safe-rate.rate": "5000"}, "Rate, %"),
        ({"loan-safe-rate.index": "nothing"}, "“nothing” is no index of this plan"),
        ({"instrument-availability_end": "2030-02-30"}, "Last day to draw"),
        ({"instrument-availability_end": "2026-01-01"}, "lies after the end of availability"),
        ({"instrument-envelope": "5"}, "above the envelope"),
        ({"instrument-envelope": "-5"}, "Envelope"),
        ({"loan-safe-profile": "sideways"}, "How principal comes back"),
        ({"loan-safe-day_count": "x" * 300}, "Day count"),
        ({"source-field": "envelope"}, "needs the term, the value and where it was read"),
    ],
)
def test_a_fault_is_told_with_its_place_and_nothing_is_kept(
    client: Client, cast: Cast, plan: LoanPlan, changes: dict[str, str], told: str
) -> None:
    sign_in(client, cast, "authority")
    before = plan.content
    answer = client.post(f"/finance/plans/{plan.pk}/terms/", form_of(client, plan) | changes)
    text = answer.content.decode()
    alert = text.split('role="alert"')[1].split("</section>")[0]
    assert "Nothing was kept" in alert
    assert told in alert
    faults = alert.split("<li>")[1:]
    assert len(faults) == len(set(faults)), "the terms of a loan are told once, not for each draw"
    for name, value in changes.items():
        assert f'value="{value[:200]}"' in text or "profile" in name or "day_count" in name
    reread(plan)
    assert plan.content == before


def test_faults_are_told_in_romanian(client: Client, cast: Cast, plan: LoanPlan) -> None:
    sign_in(client, cast, "authority")
    typed = form_of(client, plan) | {"loan-safe-grace_years": "50"}
    client.post("/i18n/setlang/", {"language": "ro"})
    text = client.post(f"/finance/plans/{plan.pk}/terms/", typed).content.decode()
    assert "reaches the maturity" not in text
    assert "perioadă de grație de 50" in text


def test_sources_that_disagree_both_stay_and_one_is_chosen_with_a_reason(
    client: Client, cast: Cast, plan: LoanPlan
) -> None:
    sign_in(client, cast, "authority")
    at = f"/finance/plans/{plan.pk}/terms/"
    other = {
        "source-field": "maturity_years",
        "source-value": "40",
        "source-source": "https://example.org/statement",
    }
    client.post(at, form_of(client, plan) | other)
    reread(plan)
    assert plan.content["loans"]["safe"]["maturity_years"] == 45, "a source alone changes nothing"
    terms = plan.content["instrument"]["terms"]
    named = [n for n, term in enumerate(terms) if term["field"] == "maturity_years"]
    newest = named[-1]
    assert terms[newest]["value"] == 40
    chosen = {"chosen-maturity_years": str(newest)}
    told = client.post(at, form_of(client, plan) | chosen).content.decode()
    assert "needs its reason" in told
    chosen["reason"] = "The newer of the two"
    told = client.post(at, form_of(client, plan) | chosen).content.decode()
    assert "Nothing was kept" in told, "35 payments from year 11 do not fit into 40 years"
    fitting = form_of(client, plan) | chosen | {"loan-safe-principal_payments": "30"}
    client.post(at, fitting)
    reread(plan)
    assert plan.content["loans"]["safe"]["maturity_years"] == 40, "what is chosen is in use"
    page = client.get(f"/finance/plans/{plan.pk}/").content.decode()
    assert "chose other values" not in page
    terms = plan.content["instrument"]["terms"]
    assert [n for n in named if terms[n].get("chosen")] == [newest]
    assert terms[newest]["reason"] == "The newer of the two"
    assert terms[named[0]]["value"] == 45


def test_a_choice_that_the_figures_do_not_use_is_told(
    client: Client, cast: Cast, plan: LoanPlan
) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        content = plan.content
        content["loans"]["safe"] |= {"maturity_years": 40, "principal_payments": 30}
        LoanPlan.objects.filter(pk=plan.pk).update(content=content)
    for page in ("", "terms/"):
        text = client.get(f"/finance/plans/{plan.pk}/{page}").content.decode()
        assert "chosen 45, in use 40" in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"instrument-prefinancing_share": "130"}, "130 is not between 0 and 100"),
        ({"loan-safe-rate.floor": "300"}, "300 is not between -49 and 99"),
        ({"loan-safe-profile": "custom", "loan-safe-shares": "50; x"}, "40; 30; 30"),
        ({"loan-safe-rate.kind": "steps", "loan-safe-rate.steps": "2.5"}, "0: 2.5; 5: 3"),
    ],
)
def test_faults_are_told_in_the_unit_of_the_field(
    client: Client, cast: Cast, plan: LoanPlan, changes: dict[str, str], told: str
) -> None:
    sign_in(client, cast, "authority")
    text = client.post(f"/finance/plans/{plan.pk}/terms/", form_of(client, plan) | changes)
    alert = text.content.decode().split('role="alert"')[1].split("</section>")[0]
    assert told in alert


def test_steps_and_shares_have_their_fields(client: Client, cast: Cast, plan: LoanPlan) -> None:
    sign_in(client, cast, "authority")
    typed = form_of(client, plan) | {
        "loan-safe-rate.kind": "steps", "loan-safe-rate.steps": "0: 2.5; 5: 3.125", "loan-safe-rate.index": "",
        "loan-safe-profile": "custom", "loan-safe-shares": "50; 30; 20", "loan-safe-principal_payments": "3",
        "loan-safe-maturity_years": "13",
    }  # fmt: skip
    answer = client.post(f"/finance/plans/{plan.pk}/terms/", typed)
    assert answer.status_code == 302, answer.content.decode().split('role="alert"')[1][:900]
    reread(plan)
    loan = plan.content["loans"]["safe"]
    assert loan["rate"]["steps"] == [[0, 0.025], [5, 0.03125]]
    assert loan["shares"] == [0.5, 0.3, 0.2]
    shown = form_of(client, plan)
    assert shown["loan-safe-rate.steps"] == "0: 2.5; 5: 3.125"
    assert shown["loan-safe-shares"] == "50; 30; 20"


def test_only_its_owner_changes_terms(client: Client, cast: Cast, plan: LoanPlan) -> None:
    at = f"/finance/plans/{plan.pk}/terms/"
    sign_in(client, cast, "company")
    assert client.get(at).status_code == 404
    assert client.post(at, {}).status_code == 404


def test_places_are_named_as_the_forms_call_them() -> None:
    assert place_in_words("draws[1].amount") == "Draw 2, Amount"
    assert place_in_words("draws[1].loan.grace_years") == "Loan, Grace, years"
    assert place_in_words("point-2") == "Rates by day 2"


def test_the_draws_of_a_plan_are_refused_in_words(
    client: Client, cast: Cast, plan: LoanPlan
) -> None:
    sign_in(client, cast, "authority")
    row = {"draw-id-0": "one", "draw-date-0": "2031-01-01", "draw-amount-0": "5"}
    row |= {"draw-milestone-0": "", "draw-project-0": ""}
    text = client.post(f"/finance/plans/{plan.pk}/edit/", {"name": "x", **row}).content.decode()
    assert "Draw 1, Day" in text
