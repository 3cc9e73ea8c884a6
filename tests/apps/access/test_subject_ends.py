"""The subject that enters a transaction leaves with it, and comes back where a longer transaction goes on."""

import uuid

import pytest
from django.db import connection, transaction

from punte.apps.access.permissions import Subject, acting, acting_as_system

SOMEBODY = Subject(person_id=uuid.uuid4(), org_id=uuid.uuid4(), is_vetted=True)
NAMES = (
    "state",
    "person",
    "org",
    "groups",
    "roles",
    "names",
    "never_meet",
    "vetted",
    "writes",
    "now",
)


def _settings() -> list[str]:
    with connection.cursor() as cursor:
        places = ", ".join(["current_setting(%s, true)"] * len(NAMES))
        cursor.execute(f"SELECT {places}", [f"punte.{name}" for name in NAMES])
        return [value or "" for value in cursor.fetchone()]


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_subject_is_left_on_the_connection() -> None:
    assert not any(_settings())
    with acting(SOMEBODY):
        assert _settings()[0] == "open"
    assert not any(_settings())
    with pytest.raises(ZeroDivisionError), acting_as_system("sample"):
        raise ZeroDivisionError
    assert not any(_settings())


@pytest.mark.django_db(transaction=True)
def test_a_longer_transaction_goes_on_in_the_earlier_subjects_name() -> None:
    with transaction.atomic():
        with acting(SOMEBODY):
            theirs = _settings()
            with acting_as_system("sample"):
                assert _settings()[0] == "system"
            assert _settings() == theirs
        assert not any(_settings())
