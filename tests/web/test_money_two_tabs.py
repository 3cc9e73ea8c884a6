"""Two people change the same plan: whoever keeps last is told, and what was typed stays."""

import re

import pytest
from django.test import Client

from cast import Cast
from money_desk import make_keepers, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation, LoanPlan

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    """Return a cast whose authority keeps the sample's plans."""
    return make_keepers()


def form_of(client: Client, address: str) -> dict[str, str]:
    """Return the inputs of a form as a browser would send them unchanged."""
    page = client.get(address).content.decode().split('<form method="post">')[1]
    typed = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            typed[name[1]] = value[1] if value else ""
    for name, inside in re.findall(
        r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        typed[name] = chosen[1] if chosen else ""
    return typed


@pytest.mark.parametrize(
    ("at", "first", "second"),
    [
        ("plans/{plan}/edit/", {"name": "Mine"}, {"draw-id-0": "Theirs"}),
        ("plans/{plan}/terms/", {"instrument-envelope": "999.000.000"}, {"reason": "Theirs"}),
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
    typed = form_of(client, address)
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
