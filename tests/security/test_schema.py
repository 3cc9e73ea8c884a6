"""Every table with a label, or with a reference to such a table, is behind the wall, forced."""

import pytest
from django.apps import apps
from django.db import connection, models

from punte.apps.access.models import Labelled, Walled

pytestmark = pytest.mark.django_db


def walled_models() -> set[type[models.Model]]:
    """Return the labelled models, and every model that refers to one, on and on."""
    found = {
        m for m in apps.get_models(include_auto_created=True) if issubclass(m, Walled | Labelled)
    }
    while True:
        more = {
            model
            for model in apps.get_models(include_auto_created=True)
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and field.related_model in found
        }
        if more <= found:
            return found
        found |= more


def test_every_labelled_or_dependent_table_has_row_security_forced() -> None:
    tables = {model._meta.db_table for model in walled_models()}
    assert {"people_organisation", "people_membership", "people_grant"} <= tables
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relname = ANY(%s)",
            [sorted(tables)],
        )
        forced = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT tablename, cmd FROM pg_policies WHERE tablename = ANY(%s)", [sorted(tables)]
        )
        policies = set(cursor.fetchall())
    assert forced == tables, f"not behind the wall: {sorted(tables - forced)}"
    for table in tables:
        for command in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            assert (table, command) in policies, (table, command)


def test_every_walled_model_reads_through_the_manager_that_asks_for_a_subject() -> None:
    from punte.apps.access.models import WallManager

    for model in walled_models():
        assert isinstance(model._default_manager, WallManager), model
        assert isinstance(model._base_manager, WallManager), model
