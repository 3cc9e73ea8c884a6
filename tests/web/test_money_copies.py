"""What people decided survives a change taken back and a copy; a copy is marked like what it was taken from."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, Decision, LoanPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Return a cast whose authority keeps the sample's plans."""
    return make_keepers()


def decided(allocation: Allocation) -> list[tuple[object, ...]]:
    """Return what people decided about the projects of an allocation."""
    fields = ("project", "verb", "reason", "by_id", "by_name", "at")
    with acting_as_system("tests"):
        return list(Decision.objects.filter(allocation=allocation).values_list(*fields))


def test_a_decision_comes_back_with_its_project(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        allocation = Allocation.objects.get()
    at = f"/finance/allocations/{allocation.pk}/"
    tables = {
        "name": "Ours",
        "budget-id-0": "b",
        "budget-envelope-0": "100",
        "budget-last_year-0": "2030",
    }
    for number, name in enumerate(("one", "two")):
        tables |= {
            f"project-id-{number}": name, f"project-amount-{number}": "10",
            f"project-paid_from-{number}": "b", f"project-earliest_year-{number}": "2028",
            f"project-latest_year-{number}": "2029",
        }  # fmt: skip
    assert client.post(f"{at}edit/", tables).status_code == 302
    client.post(f"{at}decide/", {"project": "two", "verb": "lock", "reason": "Voted"})
    before = decided(allocation)
    assert [row[:3] for row in before] == [("two", "lock", "Voted")]
    less = {key: text for key, text in tables.items() if not key.endswith("-1")}
    assert client.post(f"{at}edit/", less).status_code == 302
    assert decided(allocation) == []
    with acting_as_system("tests"):
        last = allocation.revisions.first()
    client.post(f"{at}take-back/", {"revision": str(last.pk)})
    assert decided(allocation) == before
    with acting_as_system("tests"):
        allocation.refresh_from_db()
    assert "decision" not in str(allocation.links)


def test_a_copy_of_an_allocation_carries_the_decisions(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        allocation = Allocation.objects.get()
    project = allocation.plan["funded"][0]["project"]
    at = f"/finance/allocations/{allocation.pk}/"
    client.post(f"{at}decide/", {"project": project, "verb": "exclude", "reason": "Later"})
    assert client.post(f"{at}copy/").status_code == 302
    with acting_as_system("tests"):
        made = Allocation.objects.exclude(pk=allocation.pk).get()
    assert decided(made) == decided(allocation) != []
    assert project not in {line["project"] for line in made.plan["funded"]}


def test_an_allocation_that_cannot_be_computed_is_copied_not_at_all(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        allocation = Allocation.objects.get()
        Decision.objects.create(allocation=allocation, project="gone", verb="lock", reason="Voted")
    answer = client.post(f"/finance/allocations/{allocation.pk}/copy/", follow=True)
    assert answer.status_code == 200
    assert "gone" in answer.content.decode()
    with acting_as_system("tests"):
        assert Allocation.objects.count() == 1


def test_a_copy_of_a_loan_plan_is_marked_like_it(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
        LoanPlan.objects.filter(pk=plan.pk).update(label_tlp=Tlp.RED)
    assert client.post(f"/finance/plans/{plan.pk}/copy/").status_code == 302
    with acting_as_system("tests"):
        made = LoanPlan.objects.exclude(pk=plan.pk).get(name__startswith="Copy of")
    assert (made.label_tlp, made.is_synthetic) == (Tlp.RED, True)
