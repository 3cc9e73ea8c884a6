"""Every field of the site is on the list of what is kept about people, or declared to say nothing about anybody."""

from pathlib import Path

from django.apps import apps

from punte.apps.access.models import Labelled
from punte.apps.people.kept_fields import KEPT, declared_fields
from punte.apps.people.retention import Then

NOT_PERSONAL = Path(__file__).with_name("not_personal.tsv")
OF_LABELS = {"owner_org"}
"""What every labelled row has: the organisation that owns it, and who may see it."""


def not_personal() -> set[str]:
    lines = NOT_PERSONAL.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {f"{table}.{name}" for table, names in rows for name in names.split()}


def every_field() -> set[str]:
    """Return every field but keys and labels."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            is_of_label = issubclass(model, Labelled) and (
                field.name in OF_LABELS or field.name.startswith("label")
            )
            if not field.primary_key and not is_of_label:
                found.add(f"{model._meta.label}.{field.name}")
    return found


def test_every_field_is_declared_once() -> None:
    personal, other = declared_fields(), not_personal()
    unknown = every_field() - personal - other
    assert not unknown, "say in kept_fields.py what it is kept for, or here that it names nobody"
    assert not (personal | other) - every_field(), "there is no such field any more"
    assert not personal & other


def test_whoever_gives_a_number_of_days_says_what_happens_then() -> None:
    for kept in KEPT:
        assert (kept.days is None) == (kept.ended is None) == (kept.then is Then.ERASED), kept.table
        assert kept.what
        assert kept.how_long
        assert kept.what_then
