"""The plan of the venue: a picture for each floor, which a delegate's own page keeps for when the network fails."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db.models import CharField
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.kept_questions import Asked, Kept
from punte.apps.access.models import reader_language, words_for
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.access.texts import one_line
from punte.apps.access.uploads import checked_upload
from punte.apps.forum.models import Edition, FloorPlan, FloorWording
from punte.apps.forum.set_up import SetUpError, require_organiser

MOST_PLANS: Final = 8
MOST_BYTES: Final = 1024 * 1024
"""Of one picture [bytes]: every delegate's telephone keeps all of them."""
KINDS: Final = ("png", "jpeg")
"""No SVG: it is a document that can hold scripts and addresses, and a picture of a floor needs none."""

CODE: Final = CharField()
_PLANS = Kept(
    lambda: (
        FloorPlan.objects.filter(edition_id=Asked("edition"))
        .defer("content")
        .annotate(
            worded=words_for(
                FloorWording, FloorPlan.WORDS, of="plan", language=Asked("language", CODE)
            )
        )
    )
)


def plans_of(edition: Edition) -> Sequence[FloorPlan]:
    """Return the plans of an edition's floors that the subject sees, without their pictures."""
    return _PLANS.ask(edition=edition.pk, language=reader_language())


def add_plan(*, by: Subject, edition: Edition, floor: str, name: str, content: bytes) -> FloorPlan:
    """
    Add the plan of a floor.

    Raises
    ------
    SetUpError
        The subject is no organiser, the floor has no name, or there are as many plans as there may be.
    UploadError, ClassifiedError
        The picture is not taken; the text says why.
    """
    require_organiser(by, edition)
    floor = one_line(floor, 80)
    if not floor:
        raise SetUpError(_("Name the floor, such as Ground floor."))
    refuse_classified(_("The edition"), [(_("floor"), floor)])
    there = edition.floor_plans.count()
    if there >= MOST_PLANS:
        raise SetUpError(_("An edition has at most %(count)d plans.") % {"count": MOST_PLANS})
    plan = FloorPlan(
        edition=edition,
        floor=floor,
        position=there,
        owner_org_id=edition.owner_org_id,
        label_releasable_to=[f"edition:{edition.pk}"],
        label_stewards=right_groups("organise", "check-in", edition_id=edition.pk),
    )
    plan.take(checked_upload(name, content, kinds=KINDS, most_bytes=MOST_BYTES))
    plan.save(force_insert=True)
    record("venue.plan", plan, edition_id=edition.pk, sha256=plan.sha256)
    return plan


def remove_plan(*, by: Subject, edition: Edition, plan_id: UUID) -> None:
    """
    Take the plan of a floor away.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    """
    require_organiser(by, edition)
    plan = FloorPlan.objects.filter(edition=edition, pk=plan_id).first()
    if plan is not None:
        record("venue.plan_removed", plan, edition_id=edition.pk)
        plan.delete()
