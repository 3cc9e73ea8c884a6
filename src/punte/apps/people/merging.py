"""Join two records of one organisation, and take it back."""

from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.models import Denial, NeverMeet
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.merging_rows import (
    Moved,
    move_back,
    move_rows,
    references_to,
    relabel,
)
from punte.apps.people.models import Merge, Organisation
from punte.apps.people.permissions import require

WHO_MERGES = gettext_lazy("Only an organiser of all editions may.")
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
        moved: Moved = relabel("org", gone.pk, kept.pk) | _rename_pairs(gone.pk, kept.pk)
        for model, field in references_to(Organisation, but={Organisation, Merge}):
            keys = move_rows(model, field.attname, gone.pk, kept.pk)
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
    require_can_be_undone(merge, Merge.Kind.ORGANISATION)
    with acting_as_system("merge two records"):
        is_merged_on = Organisation.objects.filter(
            pk=merge.kept_id, merged_into__isnull=False
        ).exists()
    require(
        not is_merged_on,
        _("Undoing a merge"),
        _("The record was itself merged into another since. Undo that first."),
    )
    record("organisation.unmerged", None, merge=str(merge.pk))
    with acting_as_system("merge two records"):
        move_back(merge.moved, "org", merge.gone_id, merge.kept_id)
        Organisation.objects.filter(pk=merge.gone_id).update(merged_into=None)
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())


def require_can_be_undone(merge: Merge, kind: str) -> None:
    """Raise where a merge was undone before, or is none of this kind of records."""
    require(
        merge.undone_at is None and merge.kind == kind,
        _("Undoing a merge"),
        _("It was undone before."),
    )


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


def _rename_pairs(gone: UUID, kept: UUID) -> Moved:
    """Let pairs that never meet name the kept record; a pair that it is in already stays."""
    renamed: Moved = {}
    for name, other in (PAIR_FIELDS, PAIR_FIELDS[::-1]):
        known = NeverMeet.objects.filter(**{name: kept}).values(other)
        rows = NeverMeet.objects.filter(**{name: gone}).exclude(**{f"{other}__in": known})
        if keys := move_rows(NeverMeet, name, gone, kept, rows):
            renamed[f"{NeverMeet._meta.label}.{name}"] = keys  # noqa: SLF001  (public API of Django)
    return renamed
