"""A claim and the waits between attempts, as every kind of thing that leaves has them."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from cast import Cast
from punte.apps.access.claiming import RETRY_MIN, claim, free_lost, next_try
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import WebhookCall
from punte.apps.people.models import Mail

pytestmark = pytest.mark.django_db
LASTS = dt.timedelta(minutes=5)


def test_the_names_of_the_states_are_those_of_both_tables() -> None:
    for model in (Mail, WebhookCall):
        assert (model.State.WAITING, model.State.SENDING) == ("waiting", "sending")


def test_a_row_is_claimed_once_and_freed_after_its_time(cast: Cast) -> None:
    with acting_as_system("tests"):
        mail = Mail.objects.create(
            person=cast.guest.person,
            kind="request.received",
            key=str(uuid.uuid4()),
            owner_org=cast.guest.organisation,
        )
        row = Mail.objects.filter(pk=mail.pk)
        assert claim(row, lasts=LASTS)
        assert not claim(row, lasts=LASTS), "another worker has it"
        now = timezone.now()
        free_lost(row, now=now)
        assert row.get().state == "sending", "a claim lasts"
        free_lost(row, now=now + LASTS)
        assert row.get().state == "waiting"
        assert not claim(row, lasts=LASTS), "not before its time"
        row.update(next_at=now - LASTS)
        assert claim(row, lasts=LASTS)


def test_the_waits_grow_and_end() -> None:
    for attempts, minutes in enumerate(RETRY_MIN):
        when = next_try(attempts)
        assert when is not None
        wait = when - timezone.now()
        assert abs(wait - dt.timedelta(minutes=minutes)) < dt.timedelta(seconds=30)
    assert next_try(len(RETRY_MIN)) is None
