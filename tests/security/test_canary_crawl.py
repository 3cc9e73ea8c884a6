"""Nothing hidden shows: every address, every reader, byte for byte the same whether or not the hidden rows exist."""

import pytest
from django.apps import apps
from django.core import mail
from django.db import transaction
from django.test import override_settings

from cast import EDITION, Cast
from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, acting
from punte.apps.people.models import Organisation
from punte.apps.people.queries import subject_of_account
from security.crawl import Answer, crawl
from security.hidden_world import (
    ASKED,
    CANARY,
    SHOWN,
    World,
    build_hidden_world,
    build_links,
    build_shown_world,
    walled,
)

pytestmark = pytest.mark.django_db

READERS = ("visitor", "organiser", "authority", "company", "guest", "outsider")
WORDS = (ASKED, "z")
ASKED_TWICE = {"organiser", "company"}
"""Who searches also for what nobody has: the empty answer is one page for all, and two readers prove it."""


def parameters(cast: Cast) -> dict[str, list[object]]:
    """Return what an address may name: the hidden rows, and some that are seen."""
    seen: list[object] = [cast.company.organisation.pk, cast.guest.organisation.pk]
    values: dict[str, list[object]] = {
        "<uuid>": [World.key_of(Organisation), EDITION, *seen],
        "<int>": [1, 2],
        "<str>": ["MDA", ASKED, SHOWN],
        "<slug>": [SHOWN, CANARY],
        "<path>": ["x"],
        "code": ["MDA", SHOWN],
        "step": ["submit"],
    }
    for model in walled():
        keys = [World.key_of(model), World.key_of(model, text=SHOWN)]
        values[f"{model._meta.model_name}_id"] = keys
    return values


def account_of(cast: Cast, reader: str) -> Account | None:
    return None if reader == "visitor" else cast.everybody[reader].account


@pytest.fixture
def _without_rate_limits() -> object:
    with override_settings(ACCOUNT_RATE_LIMITS=False) as it:
        yield it


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.usefixtures("_without_rate_limits")
def test_hidden_rows_change_no_byte_of_any_answer(cast: Cast, reader: str) -> None:
    account, values = account_of(cast, reader), parameters(cast)
    words = WORDS if reader in ASKED_TWICE else WORDS[:1]
    build_shown_world()
    with transaction.atomic():
        without = crawl(account, values, words)
        transaction.set_rollback(True)
    with transaction.atomic():
        build_hidden_world()
        _check_hidden(account)
        with_hidden = crawl(account, values, words)
        transaction.set_rollback(True)
    assert len(without) > 50
    assert with_hidden.keys() == without.keys()
    differing = [address for address in without if without[address] != with_hidden[address]]
    assert not differing, _difference(without, with_hidden, differing[0])
    # An address that names the canary itself may be said back.
    leaking = [
        a for a, answer in with_hidden.items() if CANARY not in a and CANARY.encode() in answer.body
    ]
    assert not leaking, f"the canary is in {leaking[:5]}"
    broken = [a for a, answer in with_hidden.items() if answer.status >= 500]
    assert not broken, broken
    assert not [m for m in mail.outbox if CANARY in f"{m.subject}{m.body}"]


@pytest.mark.parametrize("reader", ["visitor", "organiser", "guest"])
@pytest.mark.usefixtures("_without_rate_limits")
def test_a_public_row_that_points_to_a_hidden_one_says_nothing_of_it(
    cast: Cast, reader: str
) -> None:
    build_shown_world()
    made = build_links(build_hidden_world())
    assert len(made) >= 5, "too few rows point to hidden ones to prove anything"
    answers = crawl(account_of(cast, reader), parameters(cast), WORDS[:1])
    leaking = [
        a for a, answer in answers.items() if CANARY not in a and CANARY.encode() in answer.body
    ]
    assert not leaking, leaking[:5]
    assert not [a for a, answer in answers.items() if answer.status >= 500]


def _check_hidden(account: Account | None) -> None:
    """The rows are there, and this reader sees none of them: otherwise the crawl would prove nothing."""
    subject = VISITOR if account is None else subject_of_account(account)
    with acting(subject):
        for model in walled():
            keys = model._default_manager.values_list("pk", flat=True)
            assert World.key_of(model) not in set(keys), model


def _difference(one: dict[str, Answer], other: dict[str, Answer], address: str) -> str:
    a, b = one[address], other[address]
    at = next((i for i, (x, y) in enumerate(zip(a.body, b.body, strict=False)) if x != y), -1)
    return (
        f"{address}: {a.status}/{b.status}, {len(a.body)}/{len(b.body)} bytes, "
        f"{a.body[max(0, at - 80) : at + 80]!r} / {b.body[max(0, at - 80) : at + 80]!r}"
    )


def test_the_hidden_world_has_a_row_of_every_walled_model(cast: Cast) -> None:
    del cast
    world = build_hidden_world()
    assert set(world.rows) >= set(walled())
    assert apps.get_model("people", "Nomination") in world.rows
