"""A project to be funded by decision, whose verdict turns: desk and allocation name it, the rule, the day and the way out."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast, make_cast
from money_desk import ONE_PROJECT, sign_in
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.funding.actions import judge_case
from punte.apps.funding.models import Allocation, EligibilityCase
from punte.apps.funding.sample import CASE

pytestmark = pytest.mark.django_db

ELIGIBLE = {
    **CASE,
    "components": CASE["components"][:1],
    "flags": dict.fromkeys(CASE["flags"], False) | {"design_authority": True},
}
FOREIGN = {**ELIGIBLE, "components": [{"id": "software", "origin": "US", "cost": "600000"}]}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def allocation(client: Client, cast: Cast) -> Allocation:
    """Return an allocation in which a person decided to fund the one project."""
    sign_in(client, cast)
    assert client.post("/finance/allocations/new/", ONE_PROJECT).status_code == 302
    with acting_as_system("tests"):
        found = Allocation.objects.get()
    asked = {"project": "radar", "verb": "lock", "reason": "The coast is blind"}
    client.post(f"/finance/allocations/{found.pk}/decide/", asked)
    return found


def judge(cast: Cast, content: dict[str, object], case: EligibilityCase | None) -> EligibilityCase:
    with acting(cast.authority.subject) as by:
        return judge_case(
            by=by,
            case=case,
            name="Radar case",
            rules="safe",
            on=dt.date(2026, 9, 1),
            content=content,
        )


def warning_of(client: Client, page: str) -> str:
    """Return the warning about a locked project on a page; empty where there is none."""
    text = client.get(page).content.decode()
    return (
        text.split("is to be funded by decision", 1)[1].split("</section>")[0]
        if "is to be funded by decision" in text
        else ""
    )


def test_a_stated_no_is_named_on_the_desk_and_in_the_allocation(
    client: Client, allocation: Allocation
) -> None:
    at = f"/finance/allocations/{allocation.pk}/"
    assert not warning_of(client, at), "an eligible project that is locked is no matter"
    assert not warning_of(client, "/finance/")
    asked = {"deed": "state", "project": "radar", "budget": "safe", "verdict": "not", "reason": "Built elsewhere"}  # fmt: skip
    client.post(f"{at}inputs/", asked)
    for page in (at, "/finance/"):
        told = warning_of(client, page)
        assert "not eligible" in told
        assert "Built elsewhere" in told
        assert f"since {timezone.localdate().isoformat()}" in told
        assert "The coast is blind" in told
        assert "take the decision back" in told
        assert f'href="{at}inputs/"' in told
    text = client.get(at).content.decode()
    assert "Radars" in text.split("is to be funded by decision")[0]
    assert "No plan keeps all limits and decisions" in text
    client.post(f"{at}decide/", {"project": "radar", "verb": ""})
    assert not warning_of(client, at), "once the decision is taken back, nothing is left to mend"


def test_a_case_that_turns_is_named_with_its_rule_before_its_verdict_is_taken_over(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    case = judge(cast, ELIGIBLE, None)
    assert case.state == "eligible"
    at = f"/finance/allocations/{allocation.pk}/"
    taken = {"deed": "case", "project": "radar", "budget": "safe", "case": str(case.pk)}
    client.post(f"{at}inputs/", taken)
    assert not warning_of(client, at)
    case = judge(cast, FOREIGN, case)
    assert case.state == "not"
    told = warning_of(client, at)
    assert "Article" in told, "the rule that says no, with its article"
    assert f'href="/eligibility/{case.pk}/"' in told
    assert f"since {timezone.localtime(case.judged_at).date().isoformat()}" in told
    assert "take the verdict over anew" in told
    with acting_as_system("tests"):
        assert Allocation.objects.get().plan["funded"], "nobody has taken it over yet"
    client.post(f"{at}inputs/", taken)
    told = warning_of(client, "/finance/")
    assert "Article" in told
    assert "take the verdict over anew" not in told


def test_a_derogation_that_has_ended_turns_a_case_by_itself(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    case = judge(cast, ELIGIBLE, None)
    at = f"/finance/allocations/{allocation.pk}/"
    client.post(f"{at}inputs/", {"deed": "case", "project": "radar", "budget": "safe", "case": str(case.pk)})  # fmt: skip
    with acting_as_system("tests"):
        ended = {"first": "2026-05-31", "last": None, "state": "not", "because": ["The derogation has ended."]}  # fmt: skip
        verdict = {**case.verdict, "periods": [ended]}
        EligibilityCase.objects.filter(pk=case.pk).update(verdict=verdict)
    told = warning_of(client, at)
    assert "The derogation has ended." in told
    assert "since 2026-05-31" in told


def test_romanian_readers_are_warned_in_romanian_and_others_see_nothing(
    client: Client, cast: Cast, allocation: Allocation
) -> None:
    at = f"/finance/allocations/{allocation.pk}/"
    asked = {"deed": "state", "project": "radar", "budget": "safe", "verdict": "not", "reason": "R"}
    client.post(f"{at}inputs/", asked)
    client.cookies["django_language"] = "ro"
    text = client.get("/finance/").content.decode()
    assert "is to be funded by decision" not in text
    assert "Radars" in text
    sign_in(client, cast, "company")
    assert "Radars" not in client.get("/finance/").content.decode()
