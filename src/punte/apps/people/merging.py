"""Join two records of one organisation, and take it back."""

import contextlib
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models import Merge, Organisation
from punte.apps.people.permissions import require

WHO_MERGES = "Only an organiser of all editions may."


def merge_organisations(*, by: Subject, kept: Organisation, gone: Organisation) -> Merge:
    """
    Move everything of ``gone`` to ``kept``; the record of what moved is kept for :func:`undo_merge`.

    A row that ``kept`` has already, such as its own delegation to an edition, stays with ``gone``.

    Raises
    ------
    NotAllowedError
        The subject may not, or the two are the same, or one was merged before.
    """
    require("organise@*" in by.groups and by.may_write and not by.is_denied, "Merging", WHO_MERGES)
    require(
        kept.pk != gone.pk and not (kept.merged_into_id or gone.merged_into_id),
        f"Merging {gone.name} into {kept.name}",
        "Choose two different records that are still in use.",
    )
    record("organisation.merged", kept, gone=str(gone.pk))
    with acting_as_system("merge two records"):
        moved: dict[str, list[str]] = {}
        for model, field in _references():
            keys = _move(model, field.attname, gone.pk, kept.pk)
            if keys:
                moved[f"{model._meta.label}.{field.name}"] = keys  # noqa: SLF001
        Organisation.objects.filter(pk=gone.pk).update(merged_into=kept)
        return Merge.objects.create(
            kept_id=kept.pk,
            gone_id=gone.pk,
            moved=moved,
            by_id=by.person_id,
            owner_org=kept,
            label_stewards=["organise@*"],
        )


def undo_merge(*, by: Subject, merge: Merge) -> None:
    """
    Move back exactly what a merge moved.

    Raises
    ------
    NotAllowedError
        The subject may not, or it was undone before.
    """
    require("organise@*" in by.groups and by.may_write and not by.is_denied, "Undoing", WHO_MERGES)
    require(merge.undone_at is None, "Undoing a merge", "It was undone before.")
    record("organisation.unmerged", None, merge=str(merge.pk))
    with acting_as_system("merge two records"):
        for place, keys in merge.moved.items():
            label, name = place.rsplit(".", 1)
            rows = apps.get_model(label)._default_manager  # noqa: SLF001  (public API of Django)
            rows.filter(pk__in=keys, **{f"{name}_id": merge.kept_id}).update(
                **{f"{name}_id": merge.gone_id}
            )
        Organisation.objects.filter(pk=merge.gone_id).update(merged_into=None)
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())


def _move(model: type[models.Model], attname: str, gone: UUID, kept: UUID) -> list[str]:
    """Move the rows one by one; one that would then stand twice (a second delegation) stays. Return the moved keys."""
    rows = model._default_manager.filter(**{attname: gone})  # noqa: SLF001  (public API of Django)
    moved = []
    for key in rows.values_list("pk", flat=True):
        with contextlib.suppress(IntegrityError), transaction.atomic():
            rows.filter(pk=key).update(**{attname: kept})
            moved.append(str(key))
    return moved


def _references() -> list[tuple[type[models.Model], "models.ForeignKey[Any, Any]"]]:
    """Return every reference to an organisation on the site, but those of the register itself."""
    return [
        (model, field)
        for model in apps.get_models()
        if model not in {Organisation, Merge}
        for field in model._meta.concrete_fields  # noqa: SLF001  (public API of Django)
        if isinstance(field, models.ForeignKey) and field.related_model is Organisation
    ]
