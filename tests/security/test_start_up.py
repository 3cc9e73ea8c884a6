"""The site starts only as a role that row-level security holds for."""

import psycopg
import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import override_settings

from punte.apps.access.start_up import UnsafeStartError, refuse_unsafe_start, role_faults

pytestmark = pytest.mark.django_db


def test_tests_run_as_the_role_of_the_pages() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("punte_app",)
    assert role_faults() == []
    refuse_unsafe_start()


def test_owner_superuser_and_bypass_are_each_refused(database_owner_url: str) -> None:
    from punte.config import env

    faults = {}
    for role in ("punte_owner", "postgres"):
        url = database_owner_url.replace("punte_owner@", f"{role}@")
        with psycopg.connect(url) as other:
            cursor = other.cursor()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("punte.apps.access.start_up.connection", _Borrowed(cursor))
                faults[role] = role_faults()
                with pytest.raises(UnsafeStartError, match="does not start"):
                    refuse_unsafe_start()
    del env
    assert any("owns" in fault for fault in faults["punte_owner"])
    assert any("superuser" in fault for fault in faults["postgres"])
    assert any("BYPASSRLS" in fault for fault in faults["postgres"])


def test_owner_setting_is_refused() -> None:
    with (
        override_settings(DATABASE_ROLE="owner"),
        pytest.raises(UnsafeStartError, match="migrations only"),
    ):
        refuse_unsafe_start()


def test_database_checks_pass_as_the_application() -> None:
    assert run_checks(databases=["default"]) == []


class _Borrowed:
    """A connection with one open cursor, so that Django's own stays the application's."""

    def __init__(self, cursor: psycopg.Cursor) -> None:
        self._cursor = cursor

    def cursor(self) -> "_Borrowed":
        return self

    def __enter__(self) -> psycopg.Cursor:
        return self._cursor

    def __exit__(self, *_: object) -> None:
        return None
