"""Every row of the site that is about one person, found through the tables' own references: a new table is found too."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.core import serializers
from django.db import models
from django.db.models import Q

from punte.apps.access.models import Account
from punte.apps.people.models import Nomination, Person

ERASED_NAME: Final = "—"
SECRETS: Final = frozenset({"token_hash", "secret_sha256", "password"})
"""Fields that open something; they are no information about the person and leave no site."""
NOT_ABOUT: Final = frozenset({"merged_into"})
"""References between records of the register."""
WRITTEN: Final = "by_id"
"""Where tables of texts keep who wrote them; they name it in ``written_by``."""
SIGNED_WITHIN: Final = "SIGNED_WITHIN"
"""Where models name their JSON fields in which a key ``by`` holds a name."""


def rows_about(person: Person) -> list[models.Model]:
    """
    Return the person's own rows, and those that hang from its places at editions; the caller may read everything.

    Found are references to the person, to its account, and to a row that stands for the person elsewhere, such
    as its place at an edition. What the person decided about others is not among them.
    """
    found: dict[tuple[str, Any], models.Model] = {}
    records = [person, *records_joined_into(person)]
    direct = list(_pointing_at(Person, [one.pk for one in records]))
    direct += _pointing_at(Account, [one.account_id for one in records if one.account_id])
    for row in [*records, *direct]:
        found[row._meta.label, row.pk] = row  # noqa: SLF001  (public API of Django)
    for model in _stand_ins():
        keys = [row.pk for row in direct if isinstance(row, model)]
        for row in _pointing_at(model, keys):
            found.setdefault((row._meta.label, row.pk), row)  # noqa: SLF001
    for one in records:
        for row in _written_by(one):
            found.setdefault((row._meta.label, row.pk), row)  # noqa: SLF001
    return list(found.values())


def records_joined_into(person: Person) -> list[Person]:
    """Return the records that were merged into a person's, and into those; the caller may read everything."""
    found: list[Person] = []
    layer = [person.pk]
    while layer:
        more = list(Person.objects.filter(merged_into__in=layer).select_related("account"))
        found += more
        layer = [one.pk for one in more]
    return found


def plain_rows(rows: list[models.Model]) -> list[dict[str, Any]]:
    """Return rows as plain values, without what opens something; of a file its name, size and digest, not its bytes."""
    plain: list[dict[str, Any]] = []
    for row in rows:
        options = row._meta  # noqa: SLF001  (public API of Django)
        told = [
            field.name
            for field in (*options.concrete_fields, *options.many_to_many)
            if field.name not in SECRETS and not isinstance(field, models.BinaryField)
        ]
        plain += json.loads(serializers.serialize("json", [row], fields=told))
    return plain


def blank_signatures(person: Person, name: str) -> None:
    """
    Take a name away wherever it signs something.

    What names its writer by the record is blanked by the record, whoever else bears the name. What is known by the name
    alone stays where another person of the register bears the name too: it could be theirs.

    Parameters
    ----------
    name
        As it was before the record was blanked.
    """
    is_shared = Person.objects.filter(name=name).exclude(pk=person.pk).exists()
    for model in _own_models():
        for field in () if is_shared else getattr(model, SIGNED_WITHIN, ()):
            _blank_within(model, field, name)
        fields = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001
        if "by_name" not in fields:
            continue
        signed = Q(by_name=name) if not is_shared else Q(pk__in=())
        if WRITTEN in fields:
            signed = Q(**{WRITTEN: person.pk}) | (signed & Q(**{f"{WRITTEN}__isnull": True}))
        model._default_manager.filter(signed).update(by_name=ERASED_NAME)  # noqa: SLF001


def _blank_within(model: type[models.Model], field: str, name: str) -> None:
    for row in model._default_manager.filter(**{f"{field}__icontains": name}):  # noqa: SLF001
        setattr(row, field, _unsigned(getattr(row, field), name))
        row.save(update_fields=[field])


def _unsigned(value: Any, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, list):
        return [_unsigned(one, name) for one in value]
    if isinstance(value, dict):
        return {
            key: ERASED_NAME if key == "by" and one == name else _unsigned(one, name)
            for key, one in value.items()
        }
    return value


def _own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("punte.")]


def _stand_ins() -> list[type[models.Model]]:
    """Return the models whose rows each stand for one person at an edition; nominations only carry decisions."""
    return [
        model
        for model in _own_models()
        if model is not Nomination
        and any(
            isinstance(field, models.ForeignKey)
            and field.name == "person"
            and field.related_model is Person
            for field in model._meta.concrete_fields  # noqa: SLF001
        )
    ]


def _pointing_at(target: type[models.Model], keys: list[Any]) -> Iterator[models.Model]:
    if not keys:
        return
    for model in _own_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001
            if (
                isinstance(field, models.ForeignKey)
                and field.related_model is target
                and field.name not in NOT_ABOUT
            ):
                yield from model._default_manager.filter(  # noqa: SLF001
                    **{f"{field.name}__in": keys}
                )


def _written_by(person: Person) -> Iterator[models.Model]:
    for model in _own_models():
        if getattr(model, "written_by", "") == WRITTEN:
            files = [
                field.name
                for field in model._meta.concrete_fields  # noqa: SLF001  (public API of Django)
                if isinstance(field, models.BinaryField)
            ]
            yield from model._default_manager.filter(**{WRITTEN: person.pk}).defer(*files)  # noqa: SLF001
