"""What was promised in a cooperation and shared with its partners is shared anew with who joined since."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.actions import is_public, note
from punte.apps.cooperation.models import Commitment, Cooperation, Partner
from punte.apps.cooperation.permissions import NotPartOfItError, require_change, require_part
from punte.kernel.errors import PunteError


def share_commitment(*, by: Subject, commitment: Commitment) -> None:
    """
    Let everybody who is a partner now read a commitment; only the organisation that entered it may.

    They read it as it stands now. Each entry of its history keeps its own readers: who joined reads those from this one on.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation, or no partner.
    PunteError
        It belongs to no cooperation, or every partner reads it.
    """
    require_change(by, commitment)
    if by.org_id != commitment.owner_org_id:
        raise NotPartOfItError(_("Only the organisation that entered it shares it."))
    key = commitment.cooperation_id
    cooperation = Cooperation.objects.filter(pk=key).first() if key else None
    if cooperation is None:
        raise PunteError(_("It belongs to no cooperation that you see."))
    require_part(by, cooperation)
    commitment = Commitment.objects.select_for_update().get(pk=commitment.pk)
    partners = list(cooperation.partners.filter(left_at__isnull=True))
    new = [one for one in partners if not _reads(one, commitment)]
    if not new:
        raise PunteError(_("All who are partners now read it already."))
    readers = {*commitment.label_releasable_to, *(f"org:{one.organisation_id}" for one in new)}
    commitment.label_releasable_to = sorted(readers)
    commitment.save(update_fields=["label_releasable_to"])
    names = ", ".join(one.organisation_name for one in new)
    note(by, commitment, _("Shared with %(names)s.") % {"names": names})
    record("commitment.shared", commitment, readers=commitment.label_releasable_to)


def not_reading(commitment: Commitment, partners: Iterable[Partner]) -> list[str]:
    """Return the partners who may not read a commitment that others of them may, since they joined after it was shared."""
    if is_public(commitment) or not any(
        group.startswith("org:") for group in commitment.label_releasable_to
    ):
        return []
    return [one.organisation_name for one in partners if not _reads(one, commitment)]


def _reads(partner: Partner, commitment: Commitment) -> bool:
    return (
        is_public(commitment)
        or partner.organisation_id == commitment.owner_org_id
        or f"org:{partner.organisation_id}" in commitment.label_releasable_to
    )
