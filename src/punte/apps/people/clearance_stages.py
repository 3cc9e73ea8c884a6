"""The stages that nominations to an edition pass: set, and named in its other languages."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models.vetting import ClearanceStage, StageWording
from punte.apps.people.permissions import require


def set_stages(
    *,
    by: Subject,
    edition_id: UUID,
    stages: Iterable[tuple[str, str]],
    worded_as: Iterable[ClearanceStage] = (),
) -> None:
    """
    Set the stages of clearance of an edition, in order, as pairs of a name and the right that decides.

    A stage that keeps its name, or else its place in the order, keeps what other languages call it.

    Parameters
    ----------
    worded_as
        Stages of another edition whose wordings are taken along.

    Raises
    ------
    NotAllowedError
        The subject is no organiser there.
    """
    require(
        by.has_right("organise", edition_id), _("Setting the stages"), _("Only an organiser may.")
    )
    stages = list(stages)
    refuse_classified(_("The stages"), [(_("name"), name) for name, _right in stages])
    record("stages.set", None, edition_id=edition_id, stages=[name for name, _right in stages])
    with acting_as_system("clear a nomination"):
        known = ClearanceStage.objects.filter(edition_id=edition_id).prefetch_related("wordings")
        before = [*worded_as, *known]
        known.delete()
        made = ClearanceStage.objects.bulk_create(
            ClearanceStage(edition_id=edition_id, position=position, name=name, right=right)
            for position, (name, right) in enumerate(stages, start=1)
        )
        _keep_words(before, made)


def _keep_words(before: list[ClearanceStage], made: list[ClearanceStage]) -> None:
    """Let each stage be worded as the one of its name was before, or else the one at its place; each once."""
    left, kept = list(before), dict[UUID, ClearanceStage]()
    for same in ("name", "position"):
        for stage in made:
            wanted = getattr(stage, same)
            found = next((old for old in left if getattr(old, same) == wanted), None)
            if found is not None and stage.pk not in kept:
                left.remove(found)
                kept[stage.pk] = found
    StageWording.objects.bulk_create(
        StageWording(stage_id=key, language=row.language, name=row.name, original=row.original)
        for key, old in kept.items()
        for row in old.wordings.all()
    )


def stages_of(edition_id: UUID) -> QuerySet[ClearanceStage]:
    """Return the stages of clearance of an edition in order, each with what other languages call it."""
    return ClearanceStage.objects.filter(edition_id=edition_id).prefetch_related("wordings")
