"""Join two records of one organisation, and take it back."""

import contextlib
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import F, Func, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.models import Denial, Labelled, NeverMeet
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models import Merge, Organisation
from punte.apps.people.permissions import require

WHO_MERGES = gettext_lazy("Only an organiser of all editions may.")
LABEL_FIELDS: Final = (
    "label_releasable_to",
    "label_restricted_to",
    "label_denied_to",
    "label_audience",
    "label_stewards",
)
PAIR_FIELDS: Final = ("one_org_id", "other_org_id")


def merge_organisations(*, by: Subject, kept: Organisation, gone: Organisation) -> Merge:
    """
    Move everything of ``gone`` to ``kept``; the record of what moved is kept for :func:`undo_merge`.

    A row that ``kept`` has already, such as its own delegation to an edition, stays with ``gone``.

    Raises
    ------
    NotAllowedError
        The subject may not, the two are the same, one was merged before, or they are kept apart.
    """
    require(
        "organise@*" in by.groups and by.may_write and not by.is_denied,
        _("Merging"),
        str(WHO_MERGES),
    )
    require(
        kept.pk != gone.pk and not (kept.merged_into_id or gone.merged_into_id),
        _("Merging %(gone)s into %(kept)s") % {"gone": gone.name, "kept": kept.name},
        _("Choose two different records that are still in use."),
    )
    with acting_as_system("merge two records"):
        _refuse_kept_apart(kept, gone)
    record("organisation.merged", kept, gone=str(gone.pk))
    with acting_as_system("merge two records"):
        moved: dict[str, list[str]] = _relabel(gone.pk, kept.pk)
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
    require(
        "organise@*" in by.groups and by.may_write and not by.is_denied,
        _("Undoing a merge"),
        str(WHO_MERGES),
    )
    require(merge.undone_at is None, _("Undoing a merge"), _("It was undone before."))
    record("organisation.unmerged", None, merge=str(merge.pk))
    with acting_as_system("merge two records"):
        for place, keys in merge.moved.items():
            label, name = place.rsplit(".", 1)
            rows = apps.get_model(label)._default_manager.filter(pk__in=keys)  # noqa: SLF001  (public API of Django)
            if name in (*LABEL_FIELDS, *PAIR_FIELDS):
                _rename(rows, name, merge.kept_id, merge.gone_id)
            else:
                rows.filter(**{f"{name}_id": merge.kept_id}).update(**{f"{name}_id": merge.gone_id})
        Organisation.objects.filter(pk=merge.gone_id).update(merged_into=None)
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())


def _refuse_kept_apart(kept: Organisation, gone: Organisation) -> None:
    """Raise where a merge would lift a suspension, or join two that are kept from each other."""
    wish = _("Merging %(gone)s into %(kept)s") % {"gone": gone.name, "kept": kept.name}
    now = timezone.now()
    suspended = {
        one.pk
        for one in (kept, gone)
        if Denial.objects.in_force(now).filter(name=f"org:{one.pk}").exists()
    }
    require(
        len(suspended) != 1,
        wish,
        _("One of them is suspended. Restore it first, or suspend the other too."),
    )
    both = [kept.pk, gone.pk]
    require(
        not NeverMeet.objects.filter(one_org_id__in=both, other_org_id__in=both).exists(),
        wish,
        _("They are on the list of those that never meet. Take them off it first."),
    )


def _relabel(gone: UUID, kept: UUID) -> dict[str, list[str]]:
    """Let labels and pairs that never meet name the kept record; return what was renamed, for the way back."""
    renamed: dict[str, list[str]] = {}
    places: list[tuple[type[models.Model], str]] = [
        (model, name)
        for model in apps.get_models()
        if issubclass(model, Labelled)
        for name in LABEL_FIELDS
    ]
    places += [(NeverMeet, name) for name in PAIR_FIELDS]
    for model, name in places:
        rows = _naming(model._default_manager.all(), name, gone, kept)  # noqa: SLF001  (public API of Django)
        keys = [str(key) for key in rows.values_list("pk", flat=True)]
        if keys:
            _rename(model._default_manager.filter(pk__in=keys), name, gone, kept)  # noqa: SLF001
            renamed[f"{model._meta.label}.{name}"] = keys  # noqa: SLF001
    return renamed


def _naming(
    rows: "models.QuerySet[Any]", name: str, gone: UUID, kept: UUID
) -> "models.QuerySet[Any]":
    """Return the rows that name the one and not the other: who names both says it already."""
    if name in PAIR_FIELDS:
        other = next(field for field in PAIR_FIELDS if field != name)
        known = NeverMeet.objects.filter(**{name: kept}).values(other)
        return rows.filter(**{name: gone}).exclude(**{f"{other}__in": known})
    return rows.filter(**{f"{name}__contains": [f"org:{gone}"]}).exclude(
        **{f"{name}__contains": [f"org:{kept}"]}
    )


def _rename(rows: "models.QuerySet[Any]", name: str, before: UUID, after: UUID) -> None:
    if name in PAIR_FIELDS:
        rows.filter(**{name: before}).update(**{name: after})
        return
    names = (Value(f"org:{one}", output_field=models.TextField()) for one in (before, after))
    rows.update(**{name: Func(F(name), *names, function="array_replace")})


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
