"""Two amounts that sources give for a project both stay; only a typing mistake is mended in its place."""

from typing import Any

import pytest
from django.test import Client

from cast import Cast, make_cast
from money_desk import ONE_PROJECT, sign_in
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.models import Allocation

pytestmark = pytest.mark.django_db


@pytest.fixture
def at(client: Client) -> str:
    """Return the address of an allocation with one project, whose amount is from a bid."""
    cast: Cast = make_cast()
    sign_in(client, cast)
    assert client.post("/finance/allocations/new/", ONE_PROJECT).status_code == 302
    with acting_as_system("tests"):
        return f"/finance/allocations/{Allocation.objects.get().pk}/"


def figures() -> list[tuple[Any, str]]:
    with acting_as_system("tests"):
        (project,) = Allocation.objects.get().content["projects"]
    return [(one["amount"], one["source"]) for one in project["figures"]]


def keep(client: Client, at: str, **changes: str) -> str:
    typed = ONE_PROJECT | {f"project-{key}-0": text for key, text in changes.items()}
    return client.post(f"{at}edit/", typed, follow=True).content.decode()


def test_another_amount_of_the_same_source_stays_beside_the_first(client: Client, at: str) -> None:
    keep(client, at)
    assert figures() == [("40000000", "a bid")], "the form unchanged changes nothing"
    text = keep(client, at, amount="45000000")
    assert figures() == [("40000000", "a bid"), ("45000000", "a bid")]
    assert "Where sources disagree" in text
    assert "sources disagree; choose one below, with a reason" in text
    chosen = {"project": "radar", "figure": "1", "reason": "The later bid"}
    text = client.post(f"{at}choose/", chosen, follow=True).content.decode()
    assert "The later bid" in text
    assert len(figures()) == 2
    with acting_as_system("tests"):
        assert Allocation.objects.get().plan["funded"]


def test_another_source_stays_beside_the_first(client: Client, at: str) -> None:
    keep(client, at, amount="41000000", source="a newspaper")
    assert figures() == [("40000000", "a bid"), ("41000000", "a newspaper")]
    keep(client, at, amount="40000000", source="the ministry")
    assert figures()[2] == ("40000000", "the ministry")


def test_a_typing_mistake_is_mended_in_its_place(client: Client, at: str) -> None:
    keep(client, at, amount="4000000", figure="typing")
    assert figures() == [("4000000", "a bid")]
    keep(client, at, amount="5000000", source="a newspaper")
    text = keep(client, at, amount="6000000", source="nobody", figure="typing")
    assert "It is not clear which of 2 amounts was mistyped" in text
    assert 'value="6000000"' in text
    keep(client, at, amount="6000000", source="a newspaper", figure="typing")
    assert figures() == [("4000000", "a bid"), ("6000000", "a newspaper")]
    keep(client, at, amount="", source="a newspaper", figure="typing")
    assert figures() == [("4000000", "a bid")]


def test_an_amount_does_not_go_by_being_emptied(client: Client, at: str) -> None:
    text = keep(client, at, amount="")
    assert "does not go by being emptied" in text
    assert figures() == [("40000000", "a bid")]
    keep(client, at, amount="", figure="typing")
    assert figures() == [(None, "a bid")]
    keep(client, at, amount="7", source="a bid")
    assert figures() == [("7", "a bid")], "what is not known gives way to what a source says"


def test_a_reason_that_is_too_long_is_refused_and_not_cut(client: Client, at: str) -> None:
    keep(client, at, amount="45000000")
    chosen = {"project": "radar", "figure": "1", "reason": "x" * 301}
    text = client.post(f"{at}choose/", chosen, follow=True).content.decode()
    assert "301 characters, and 300 are the most" in text
    with acting_as_system("tests"):
        (project,) = Allocation.objects.get().content["projects"]
    assert not any(one.get("chosen") for one in project["figures"])
