"""Two people change the same plan: whoever keeps last is told, and what was typed stays."""

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, plan_form, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, LoanPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Return a cast whose authority keeps the sample's plans."""
    return make_keepers()


@pytest.mark.parametrize(
    ("at", "first", "second"),
    [
        ("plans/{plan}/edit/", {"name": "Mine"}, {"draw-id-0": "Theirs"}),
        ("plans/{plan}/terms/", {"instrument-envelope": "999.000.000"}, {"reason": "Theirs"}),
        (
            "plans/{plan}/alternatives/",
            {"new-years-0": "9", "new-rate-0": "6"},
            {"alt-0-name": "Theirs"},
        ),
        ("plans/{plan}/rates/", {"scenario-name-0": "Mine"}, {"model-source-0": "Theirs"}),
        ("allocations/{allocation}/edit/", {"name": "Mine"}, {"budget-name-0": "Theirs"}),
    ],
)
def test_whoever_keeps_last_is_told(
    client: Client, cast: Cast, at: str, first: dict[str, str], second: dict[str, str]
) -> None:
    sign_in(client, cast, "authority")
    with acting_as_system("tests"):
        plan = LoanPlan.objects.get(is_synthetic=True)
        allocation = Allocation.objects.get()
    address = "/finance/" + at.format(plan=plan.pk, allocation=allocation.pk)
    typed = plan_form(client, address)
    assert client.post(address, typed | first).status_code == 302
    with acting_as_system("tests"):
        kept = [LoanPlan.objects.get(pk=plan.pk), Allocation.objects.get()]
    for _again in range(2):
        refused = client.post(address, typed | second)
        text = refused.content.decode()
        assert "It was changed since you opened it" in text
        assert 'value="Theirs"' in text, "what was typed stays"
    with acting_as_system("tests"):
        now = [LoanPlan.objects.get(pk=plan.pk), Allocation.objects.get()]
    assert [(row.name, row.content) for row in now] == [(row.name, row.content) for row in kept]
