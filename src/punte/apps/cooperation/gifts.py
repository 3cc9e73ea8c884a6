"""An authority's person declares a gift or hospitality; a colleague corrects it, hands it on, releases it or withdraws it."""

from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.labels import label_like
from punte.apps.access.models import Tlp
from punte.apps.access.permissions import PUBLIC, Subject, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.cooperation.actions import name_of, org_of
from punte.apps.cooperation.gift_fields import Declared, values_of
from punte.apps.cooperation.models import Gift, GiftStep
from punte.apps.cooperation.permissions import NotPartOfItError, may_write
from punte.apps.cooperation.reminders import colleagues
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import faces
from punte.apps.meetings.permissions import may_organise
from punte.apps.people.models import Organisation
from punte.kernel.errors import ChangedMeanwhileError, PunteError

BODIES: Final = frozenset({Organisation.Kind.AUTHORITY, Organisation.Kind.UNION})
"""Kinds of organisations whose people declare."""
OWN: Final = "own"
ORGANISERS: Final = "organisers"
EVERYBODY: Final = "public"
Step = GiftStep.Step


def may_declare(by: Subject, edition: Edition) -> bool:
    """Whether the subject declares gifts at an edition: a cleared person of an authority or body that comes to it, or hosts it."""
    if not may_write(by):
        return False
    own = Organisation.objects.filter(pk=org_of(by), kind__in=BODIES)
    return own.exists() and (
        may_organise(by, edition.pk)
        or any(face.organisation_id == by.org_id for face in faces(edition.pk).values())
    )


def may_keep(by: Subject, gift: Gift) -> bool:
    """Whether the subject corrects, releases and withdraws a declaration: any cleared person of the authority that declared it."""
    return may_write(by) and by.org_id == gift.owner_org_id


def declare_gift(*, by: Subject, edition: Edition, declared: Declared, audience: str = OWN) -> Gift:
    """
    Declare a gift or hospitality.

    Parameters
    ----------
    audience
        Who may read it: as :func:`release_gift` takes it.

    Raises
    ------
    NotPartOfItError
        The subject is no cleared person of an authority at the edition.
    PunteError
        Something is missing or cannot be, or a text carries a marking.
    """
    if not may_declare(by, edition):
        raise NotPartOfItError(
            _("Only cleared persons of an authority that comes to the edition declare gifts here.")
        )
    values = values_of(by, edition, declared)
    own = Organisation.objects.get(pk=org_of(by))
    row = Gift.objects.create(
        edition=edition,
        authority_name=own.name,
        owner_org_id=own.pk,
        by_id=by.person_id,
        by_name=name_of(by),
        **values,
        **_label(audience, edition.pk),
    )
    _note(by, row, Step.DECLARED)
    record("gift.declared", row, edition_id=edition.pk, audience=audience)
    return row


@transaction.atomic
def correct_gift(*, by: Subject, gift: Gift, declared: Declared, reason: str, read: str) -> None:
    """
    Correct a declaration; its history keeps what stood there, for those who could read it then.

    Parameters
    ----------
    read
        What :func:`revision_of` said when the form was read.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation.
    ChangedMeanwhileError
        A colleague did something with it since it was read.
    PunteError
        It is withdrawn, no reason is given, something is missing or cannot be, or a text carries a marking.
    """
    held = _hold(by, gift, read)
    reason = _reason(reason)
    values = values_of(by, held.edition, declared, gift=held)
    changed = [name for name, value in values.items() if getattr(held, name) != value]
    if not changed:
        raise PunteError(_("Nothing was changed. Change what is wrong, then keep it."))
    # The name says which organisation it was; its key says nothing to a reader.
    before = {name: _as_text(getattr(held, name)) for name in changed if name != "other_id"}
    _note(by, held, Step.CORRECTED, reason=reason, before=before)
    for name, value in values.items():
        setattr(held, name, value)
    held.save(update_fields=list(values))
    record("gift.corrected", held, edition_id=held.edition_id, fields=sorted(changed))


@transaction.atomic
def withdraw_gift(*, by: Subject, gift: Gift, reason: str, read: str) -> None:
    """
    Withdraw a declaration; it stays in the register as withdrawn, with the reason.

    Raises
    ------
    NotPartOfItError, ChangedMeanwhileError
        As :func:`correct_gift`.
    PunteError
        It is withdrawn, or no reason is given.
    """
    held = _hold(by, gift, read)
    _note(by, held, Step.WITHDRAWN, reason=_reason(reason))
    held.withdrawn_at = timezone.now()
    held.save(update_fields=["withdrawn_at"])
    record("gift.withdrawn", held, edition_id=held.edition_id)


@transaction.atomic
def release_gift(*, by: Subject, gift: Gift, audience: str, read: str) -> None:
    """
    Say who may read a declaration beside the authority's own people.

    Parameters
    ----------
    audience
        ``own``: nobody; ``organisers``: the organisers and auditors of the edition; ``public``: everybody.

    Raises
    ------
    NotPartOfItError, ChangedMeanwhileError
        As :func:`correct_gift`.
    PunteError
        There is no such audience, or it reads it already.
    """
    held = _hold(by, gift, read, is_withdrawn_too=True)
    label = _label(audience, held.edition_id)
    if all(getattr(held, name) == value for name, value in label.items()):
        raise PunteError(_("That is who may read it already."))
    _note(by, held, Step.RELEASED)
    for name, value in label.items():
        setattr(held, name, value)
    held.labelled_at = timezone.now()
    held.save(update_fields=[*label, "labelled_at"])
    record("gift.released", held, edition_id=held.edition_id, audience=audience)


@transaction.atomic
def hand_on_gift(*, by: Subject, gift: Gift, person_id: UUID | None, read: str) -> None:
    """
    Say which colleague answers for a declaration from now on, so that nothing hangs in the air when a person leaves.

    Raises
    ------
    NotPartOfItError, ChangedMeanwhileError
        As :func:`correct_gift`.
    PunteError
        There is no such colleague.
    """
    held = _hold(by, gift, read, is_withdrawn_too=True)
    here = colleagues(held.owner_org_id, timezone.localdate())
    chosen = next((one for one in here if one.id == person_id), None)
    if chosen is None:
        raise PunteError(_("Choose one of your own organisation's people."))
    if chosen.id == held.by_id:
        raise PunteError(_("%(name)s answers for it already.") % {"name": chosen.name})
    _note(by, held, Step.HANDED_ON)
    held.by_id, held.by_name = chosen.id, chosen.name
    held.save(update_fields=["by_id", "by_name"])
    record("gift.handed_on", held, edition_id=held.edition_id, to=str(chosen.id))


def revision_of(gift: Gift) -> str:
    """Return what a form says it read: the newest step."""
    newest = gift.steps.first()
    return str(newest.pk) if newest else ""


def audience_of_gift(gift: Gift) -> str:
    """Return who reads a declaration, as :func:`release_gift` takes it; empty where the label says something else."""
    for audience in (OWN, ORGANISERS, EVERYBODY):
        if _label(audience, gift.edition_id)["label_releasable_to"] == gift.label_releasable_to:
            return audience
    return ""


def _label(audience: str, edition_id: UUID) -> dict[str, Any]:
    if audience == OWN:
        return {"label_releasable_to": [], "label_tlp": str(Tlp.AMBER)}
    if audience == ORGANISERS:
        groups = right_groups("organise", "audit", edition_id=edition_id)
        return {"label_releasable_to": groups, "label_tlp": str(Tlp.AMBER)}
    if audience == EVERYBODY:
        return {"label_releasable_to": [PUBLIC], "label_tlp": str(Tlp.CLEAR)}
    raise PunteError(_("Choose who may see it from the list."))


def _hold(by: Subject, gift: Gift, read: str, *, is_withdrawn_too: bool = False) -> Gift:
    """Return the declaration as it stands now, held until the step is kept."""
    if not may_keep(by, gift):
        raise NotPartOfItError(_("Only the authority that declared it changes it."))
    # The edition is read with it, and is not this one's to lock.
    rows = Gift.objects.select_for_update(of=("self",)).select_related("edition")
    held = rows.get(pk=gift.pk)
    newest = held.steps.first()
    if newest is not None and str(newest.pk) != read:
        raise ChangedMeanwhileError(
            _(
                "%(who)s did something with it since you read it (%(what)s). Nothing of yours was kept: read it as it "
                "stands now, then do it again."
            )
            % {"who": newest.by_name or "\N{EM DASH}", "what": newest.get_step_display()}
        )
    if held.withdrawn_at is not None and not is_withdrawn_too:
        raise PunteError(_("It is withdrawn. Declare it anew where it should stand again."))
    return held


def _reason(text: str) -> str:
    refuse_classified(_("Gift"), [(_("reason"), text)])
    if not text.strip():
        raise PunteError(_("Say why; the history keeps it."))
    return whole_text(text, 400)


def _note(
    by: Subject,
    gift: Gift,
    step: str,
    *,
    reason: str = "",
    before: dict[str, str] | None = None,
) -> None:
    GiftStep.objects.create(
        gift=gift,
        step=step,
        reason=reason,
        before=before or {},
        by_id=by.person_id,
        by_name=name_of(by),
        **label_like(gift),
    )


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
