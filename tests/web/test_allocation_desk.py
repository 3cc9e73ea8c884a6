"""The desks of money from nothing: an allocation and a loan plan are begun, changed, joined with cases and milestones, taken back."""

import datetime as dt
from uuid import UUID

import pytest
from django.test import Client

from cast import Cast, make_cast
from money_desk import sign_in
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.funding.actions import judge_case
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.apps.funding.sample import CASE, load_funding
from punte.apps.people.models import Person
from punte.apps.people.personal_data import ERASED_NAME, blank_signatures
from punte.apps.programmes.chances import dates_in_draws
from punte.apps.programmes.sample import load_programmes, sample_milestones

pytestmark = pytest.mark.django_db
TABLES = {
    "name": "Our plan", "reason": "",
    "budget-id-0": "safe", "budget-name-0": "Loan", "budget-envelope-0": "100.000.000",
    "budget-last_year-0": "2030", "budget-yearly_cash-0": "2028: 60000000,50",
    "capacity-id-0": "yard", "capacity-name-0": "Shipyard", "capacity-per_year-0": "1",
    "project-id-0": "radar", "project-name-0": "Radars", "project-amount-0": "40000000", "project-source-0": "a bid",
    "project-value-0": "10", "project-paid_from-0": "safe", "project-earliest_year-0": "2028",
    "project-latest_year-0": "2030", "project-spread-0": "60; 40", "project-uses-0": "yard: 1",
    "project-requires-0": "", "project-excludes-0": "",
    "project-id-1": "boat", "project-name-1": "Boats", "project-amount-1": "70,000,000", "project-source-1": "",
    "project-value-1": "12", "project-paid_from-1": "safe", "project-earliest_year-1": "2028",
    "project-latest_year-1": "2030", "project-spread-1": "", "project-uses-1": "",
    "project-requires-1": "", "project-excludes-1": "radar",
}  # fmt: skip


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    load_programmes(made.authority.organisation.pk, with_synthetic=True)
    return made


def only_allocation() -> Allocation:
    with acting_as_system("tests"):
        return Allocation.objects.get()


@pytest.fixture
def allocation(client: Client, cast: Cast) -> Allocation:
    """Return an allocation that the authority began from nothing."""
    sign_in(client, cast)
    assert client.get("/finance/allocations/new/").status_code == 200
    told = client.post("/finance/allocations/new/", TABLES, follow=True).content.decode()
    assert "Kept, and the plan computed" in told
    return only_allocation()


def alert_of(text: str) -> str:
    return text.split('role="alert"')[1].split("</section>", maxsplit=1)[0]


def test_an_allocation_begins_from_nothing(client: Client, allocation: Allocation) -> None:
    content = allocation.content
    assert content["budgets"][0]["envelope"] == "100000000"
    assert content["budgets"][0]["yearly_cash"] == {"2028": "60000000.50"}
    assert content["projects"][1]["excludes"] == ["radar"]
    assert content["projects"][0]["spread"] == [0.6, 0.4]
    assert content["projects"][0]["uses"] == {"yard": 1}
    assert [line["project"] for line in allocation.plan["funded"]] == ["boat"]
    page = client.get(f"/finance/allocations/{allocation.pk}/").content.decode()
    assert "stated by hand" in page
    assert "taken as certain" in page
    again = client.get(f"/finance/allocations/{allocation.pk}/edit/").content.decode()
    assert 'value="2028: 60000000.50"' in again
    assert 'value="60; 40"' in again


def test_limits_change_and_the_change_is_taken_back(client: Client, allocation: Allocation) -> None:
    at = f"/finance/allocations/{allocation.pk}/"
    more = TABLES | {"budget-envelope-0": "110000000", "project-excludes-1": "", "reason": "Voted"}
    client.post(f"{at}edit/", more)
    assert len(only_allocation().plan["funded"]) == 2
    page = client.get(at).content.decode()
    assert "Voted" in page
    assert "Take this change back" in page
    changed = only_allocation()
    with acting_as_system("tests"):
        first = str(changed.revisions.get().pk)
    client.post(f"{at}take-back/", {"revision": first})
    found = only_allocation()
    assert found.content == allocation.content
    assert len(found.plan["funded"]) == 1
    # A second click takes nothing more back, and what was taken back can be had again.
    client.post(f"{at}take-back/", {"revision": first})
    with acting_as_system("tests"):
        history = list(found.revisions.all())
    assert len(history) == 2
    client.post(f"{at}take-back/", {"revision": str(history[0].pk)})
    assert only_allocation().content == changed.content
    assert "no such change" in client.post(f"{at}take-back/", follow=True).content.decode()


def test_a_decision_about_a_project_goes_with_it(client: Client, allocation: Allocation) -> None:
    at = f"/finance/allocations/{allocation.pk}/"
    client.post(f"{at}decide/", {"project": "radar", "verb": "lock", "reason": "First"})
    page = client.get(at).content.decode()
    assert "the optimum would not" in page, "what a person decided differs visibly"
    less = {key: text for key, text in TABLES.items() if not key.endswith("-1")}
    renamed = less | {"project-id-0": "sonar"}
    assert client.post(f"{at}edit/", renamed).status_code == 302
    with acting_as_system("tests"):
        assert not only_allocation().decisions.exists()


@pytest.mark.parametrize(
    ("changes", "place", "told"),
    [
        ({"budget-envelope-0": "18x"}, "Budgets, row 1, In all", "is no number"),
        ({"budget-envelope-0": "-5"}, "Budgets, row 1, In all", "cannot be negative"),
        ({"budget-last_year-0": "30"}, "Pays until the year", "is no year"),
        ({"budget-yearly_cash-0": "60"}, "Most in a year", "is not understood"),
        ({"project-spread-0": "60; 30"}, "Projects, row 1", "sum to 90 per cent"),
        ({"project-requires-0": "nothing"}, "Only with", "is not in the table"),
        ({"project-requires-0": "radar"}, "Only with", "names the project itself"),
        ({"project-uses-0": "crane: 1"}, "Uses each year", "is not in the table"),
        ({"project-paid_from-0": "mine"}, "Asked of the budgets", "is not in the table"),
        ({"project-latest_year-0": "2020"}, "Not after", "lies before"),
        ({"project-id-1": "radar"}, "Projects", "stands twice"),
        ({"project-id-0": ""}, "Short name", "is empty"),
        ({"budget-yearly_cash-0": "2026: 9; 2026: 3"}, "Most in a year", "“2026” stands twice"),
        ({"project-uses-0": "yard: 1; yard: 0"}, "Uses each year", "“yard” stands twice"),
        ({"budget-id-0": "SAFE, part 1"}, "Budgets, row 1, Short name", "without comma"),
        ({"project-spread-0": "-20; 120"}, "Paid over its years", "cannot be negative"),
        ({"project-value-0": "1.5"}, "Worth", "no whole number"),
    ],
)
def test_a_fault_is_told_at_its_cell_and_nothing_is_kept(
    client: Client, cast: Cast, changes: dict[str, str], place: str, told: str
) -> None:
    sign_in(client, cast)
    text = client.post("/finance/allocations/new/", TABLES | changes).content.decode()
    alert = alert_of(text)
    assert place in alert
    assert told in alert
    for name, value in (TABLES | changes).items():
        if value and "-" in name:
            assert f'name="{name}" value="{value}"' in text, "what was typed stays"
    with acting_as_system("tests"):
        assert not Allocation.objects.exists()
    client.post("/i18n/setlang/", {"language": "ro"})
    romanian = alert_of(client.post("/finance/allocations/new/", TABLES | changes).content.decode())
    assert told not in romanian


def test_nothing_typed_is_refused_in_words(client: Client, cast: Cast) -> None:
    sign_in(client, cast)
    text = client.post("/finance/allocations/new/", {"name": ""}).content.decode()
    assert alert_of(text).count("There is none yet") == 2


def kept_case(cast: Cast, day: dt.date) -> EligibilityCase:
    with acting(cast.authority.subject) as by:
        return judge_case(by=by, case=None, name="Radar case", rules="safe", on=day, content=CASE)


def test_a_verdict_is_taken_from_a_kept_case(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    case = kept_case(cast, dt.date(2026, 9, 1))
    assert case.state == "unknown"
    at = f"/finance/allocations/{allocation.pk}/"
    assert "Radar case" in client.get(f"{at}inputs/").content.decode()
    asked = {"deed": "case", "project": "boat", "budget": "safe", "case": str(case.pk)}
    client.post(f"{at}inputs/", asked)
    found = only_allocation()
    assert found.content["projects"][1]["budgets"][0]["verdict"] == "unknown"
    assert [line["project"] for line in found.plan["funded"]] == ["radar"]
    page = client.get(at).content.decode()
    assert f'<a href="/eligibility/{case.pk}/">Radar case</a>' in page
    assert "under SAFE on 2026-09-01" in page
    client.post("/i18n/setlang/", {"language": "ro"})
    romanian = client.get(at).content.decode()
    assert "verdictul unui caz păstrat" in romanian
    assert "verdict of a" not in romanian
    client.post("/i18n/setlang/", {"language": "en"})
    assert "judged anew since" not in page
    with acting(cast.authority.subject) as by:
        content = {**CASE, "components": CASE["components"][:1], "flags": dict.fromkeys(CASE["flags"], False)}  # fmt: skip
        judge_case(by=by, case=case, name="Radar case", rules="safe", on=case.on, content=content)
    assert "judged anew since" in client.get(f"{at}inputs/").content.decode()
    client.post(f"{at}inputs/", {"deed": "back", "project": "boat", "budget": "safe"})
    page = client.get(at).content.decode()
    assert "Radar case" not in page
    with acting_as_system("tests"):
        last = only_allocation().revisions.first()
    client.post(f"{at}take-back/", {"revision": str(last.pk)})
    assert "Radar case" in client.get(at).content.decode()


def test_a_stated_verdict_needs_its_reason_and_is_shown_with_it(
    client: Client, allocation: Allocation
) -> None:
    at = f"/finance/allocations/{allocation.pk}/"
    asked = {"deed": "state", "project": "boat", "budget": "safe", "verdict": "not", "reason": ""}
    told = client.post(f"{at}inputs/", asked, follow=True).content.decode()
    assert "Give the reason" in told
    client.post(f"{at}inputs/", asked | {"reason": "No second country"})
    assert "No second country (" in client.get(at).content.decode()
    for wrong in ({"project": "x"}, {"budget": "x"}, {"verdict": "x"}, {"deed": "x"}, {"deed": "case", "case": "x"}):  # fmt: skip
        answer = client.post(f"{at}inputs/", asked | {"reason": "r"} | wrong, follow=True)
        assert "toast" in answer.content.decode()
        assert answer.status_code == 200


def test_chances_come_from_the_plan_of_a_milestone(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    milestone: UUID = sample_milestones()["D7"]
    at = f"/finance/allocations/{allocation.pk}/"
    client.post(f"{at}edit/", TABLES | {"project-earliest_year-1": "2026"})
    client.post(
        f"{at}inputs/", {"deed": "milestone", "project": "boat", "milestone": str(milestone)}
    )
    with acting(cast.authority.subject):
        dates = dates_in_draws([milestone])[milestone]
    expected = {
        str(year): sum(day is not None and day.year <= year for day in dates) / len(dates)
        for year in range(2026, 2031)
    }
    found = only_allocation()
    assert found.content["projects"][1]["chances"] == pytest.approx(expected)
    assert expected["2026"] < expected["2030"]
    page = client.get(at).content.decode()
    assert f"/programmes/milestones/{milestone}/" in page
    assert "10,000 draws, seed 1" in page
    client.post(f"{at}inputs/", {"deed": "back", "project": "boat"})
    assert "chances" not in only_allocation().content["projects"][1]


def test_what_more_people_see_takes_nothing_from_what_they_do_not(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    case = kept_case(cast, dt.date(2026, 9, 1))
    with acting_as_system("tests"):
        Allocation.objects.update(label_releasable_to=[PUBLIC])
    at = f"/finance/allocations/{allocation.pk}/"
    asked = {"deed": "case", "project": "boat", "budget": "safe", "case": str(case.pk)}
    told = client.post(f"{at}inputs/", asked, follow=True).content.decode()
    assert "More people see this allocation" in told
    assert only_allocation().links == {}
    sign_in(client, cast, "company")
    for path in ("edit/", "inputs/"):
        assert client.get(f"{at}{path}").status_code == 404
        assert client.post(f"{at}{path}", asked).status_code == 404
    assert client.post(f"{at}take-back/").status_code == 404
    assert client.get("/finance/allocations/new/").status_code == 404


def test_a_loan_plan_begins_from_nothing_and_a_change_is_taken_back(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast)
    assert "New loan plan" in client.get("/finance/").content.decode()
    filled = client.get("/finance/plans/new/?instrument=SAFE").content.decode()
    assert 'value="45"' in filled
    typed = {
        "name": "Radars", "instrument": "SAFE", "instrument-envelope": "5.000.000", "instrument-availability_end": "2030-12-31",
        "loan-maturity_years": "45", "loan-first_principal_year": "11", "loan-principal_payments": "35", "loan-rate": "3,125",
        "draw-id": "first", "draw-date": "2028-05-15", "draw-amount": "1.800.000,50",
    }  # fmt: skip
    wrong = client.post("/finance/plans/new/", typed | {"draw-amount": "1.800", "loan-rate": ""})
    assert alert_of(wrong.content.decode()).count("<li>") == 2
    client.post("/i18n/setlang/", {"language": "ro"})
    assert client.post("/finance/plans/new/", typed).status_code == 302
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get()
    assert plan.content["draws"][0]["amount"] == "1800000.50"
    assert plan.content["loans"]["loan"]["rate"]["rate"] == 0.03125
    client.post("/i18n/setlang/", {"language": "en"})
    at = f"/finance/plans/{plan.pk}/"
    assert "1,800,000.50" in client.get(at).content.decode()
    row = {
        "name": "Radars", "reason": "Later", "draw-id-0": "first", "draw-date-0": "2029-05-15",
        "draw-amount-0": "7", "draw-milestone-0": "", "draw-project-0": "",
    }  # fmt: skip
    client.post(f"{at}edit/", row)
    with acting_as_system("tests"):
        revision = plan.revisions.get()
    assert "Take this change back" in client.get(at).content.decode()
    client.post(f"{at}take-back/", {"revision": str(revision.pk)})
    with acting_as_system("tests"):
        plan.refresh_from_db()
    assert plan.content["draws"][0]["amount"] == "1800000.50"
    assert "no such change" in client.post(f"{at}take-back/", {"revision": "x"}, follow=True).content.decode()  # fmt: skip


def test_the_sample_says_its_notes_in_romanian_and_hides_no_cent(
    client: Client, cast: Cast
) -> None:
    load_funding(cast.authority.organisation.pk, milestones=sample_milestones())
    page = client.get("/finance/").content.decode()
    assert "2,502,008,309.10" in page
    assert "maturity_years" not in page
    client.post("/i18n/setlang/", {"language": "ro"})
    page = client.get("/finance/").content.decode()
    for raw in (
        "Poland",
        "pending Feb 2026",
        "the only reading found",
        "rate_indication",
        "read in",
    ):
        assert raw not in page, raw
    assert "Polonia" in page
    with acting_as_system("tests"):
        plans = list(LoanPlan.objects.all())
    for plan in plans:
        text = client.get(f"/finance/plans/{plan.pk}/").content.decode()
        for raw in ("maturity_years", "availability_end", "rate_indication", "Envelope and pre"):
            assert raw not in text, raw


def test_whoever_is_erased_signs_no_origin_of_a_chance(allocation: Allocation) -> None:
    with acting_as_system("tests"):
        person = Person.objects.create(
            name="Ana Petrescu (invented)", is_synthetic=True, owner_org_id=allocation.owner_org_id
        )
        held = {"radar": {"chance": {"at": "2026-11-28", "by": person.name}, "cases": {}}}
        for kept, name in ((held, person.name), (held, "Somebody else")):
            allocation.links = kept
            allocation.save(update_fields=["links"])
            blank_signatures(person, name)
            allocation.refresh_from_db()
            signed = allocation.links["radar"]["chance"]["by"]
            assert signed == (ERASED_NAME if name == person.name else person.name)
