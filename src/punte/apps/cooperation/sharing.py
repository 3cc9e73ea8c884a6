"""What was promised in a cooperation and shared with its partners is shared anew with who joined since."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import PUBLIC, Subject
from punte.apps.cooperation.actions import is_public, note
from punte.apps.cooperation.models import Commitment, Cooperation, Partner
from punte.apps.cooperation.permissions import NotPartOfItError, require_change, require_part
from punte.apps.meetings.models import MeetingRequest
from punte.kernel.errors import PunteError


def share_commitment(*, by: Subject, commitment: Commitment) -> None:
    """
    Let everybody who is a partner now, or the other side of the meeting, read a commitment; only the organisation that entered it may.

    They read it as it stands now. Each entry of its history keeps its own readers: who joined reads those from this one on.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation, or no partner.
    PunteError
        It belongs to no cooperation and no meeting, or everybody there reads it.
    """
    _require_owner(by, commitment)
    cooperation = _cooperation_of(commitment)
    if cooperation is not None:
        require_part(by, cooperation)
    circle = _circle(commitment, cooperation)
    if not circle:
        raise PunteError(_("It belongs to no cooperation and no meeting that you see."))
    new = [one for one in circle if not _reads(one, commitment)]
    if not new:
        raise PunteError(_("All who are partners now read it already."))
    names = ", ".join(one.name for one in new)
    _let_read(by, commitment, [f"org:{one.organisation_id}" for one in new], names)


def share_with(*, by: Subject, commitment: Commitment, groups: Iterable[str], words: str) -> None:
    """
    Let groups read a commitment, such as the delegates of an edition; only the organisation that entered it may.

    Parameters
    ----------
    words
        The groups in words, for the history.

    Raises
    ------
    NotPartOfItError
        The subject is of another organisation.
    PunteError
        No group is chosen, it would be public, or they read it already.
    """
    _require_owner(by, commitment)
    wanted = set(groups)
    if not wanted or PUBLIC in wanted:
        raise PunteError(
            _("Choose with whom you share it. For everyone the organisers of a forum publish it.")
        )
    if is_public(commitment) or wanted <= set(commitment.label_releasable_to):
        raise PunteError(_("They read it already."))
    _let_read(by, commitment, sorted(wanted), words)


def to_share(by: Subject, commitment: Commitment) -> list[str]:
    """Return who of its cooperation or meeting would read a commitment if the subject's organisation, which entered it, shared it."""
    if by.org_id != commitment.owner_org_id or is_public(commitment):
        return []
    circle = _circle(commitment, _cooperation_of(commitment))
    return [one.name for one in circle if not _reads(one, commitment)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    organisation_id: UUID
    name: str


def _require_owner(by: Subject, commitment: Commitment) -> None:
    require_change(by, commitment)
    if by.org_id != commitment.owner_org_id:
        raise NotPartOfItError(_("Only the organisation that entered it shares it."))


def _cooperation_of(commitment: Commitment) -> Cooperation | None:
    key = commitment.cooperation_id
    return Cooperation.objects.filter(pk=key).first() if key else None


def _circle(commitment: Commitment, cooperation: Cooperation | None) -> list[_Reader]:
    """Return the partners of its cooperation now; else the two sides of the meeting where it was promised."""
    if cooperation is not None:
        here = cooperation.partners.filter(left_at__isnull=True)
        return [_reader(one) for one in here]
    if commitment.request_id is None:
        return []
    found = MeetingRequest.objects.filter(pk=commitment.request_id)
    request = found.select_related("sender__organisation", "receiver__organisation").first()
    sides = (request.sender, request.receiver) if request else ()
    return [
        _Reader(organisation_id=one.organisation_id, name=one.organisation.name) for one in sides
    ]


def _reader(partner: Partner) -> _Reader:
    return _Reader(organisation_id=partner.organisation_id, name=partner.organisation_name)


def _let_read(by: Subject, commitment: Commitment, groups: Iterable[str], names: str) -> None:
    commitment = Commitment.objects.select_for_update().get(pk=commitment.pk)
    commitment.label_releasable_to = sorted({*commitment.label_releasable_to, *groups})
    commitment.save(update_fields=["label_releasable_to"])
    note(by, commitment, _("Shared with %(names)s.") % {"names": names})
    record("commitment.shared", commitment, readers=commitment.label_releasable_to)


def not_reading(commitment: Commitment, partners: Iterable[Partner]) -> list[str]:
    """Return the partners who may not read a commitment that others of them may, since they joined after it was shared."""
    if is_public(commitment) or not any(
        group.startswith("org:") for group in commitment.label_releasable_to
    ):
        return []
    return [one.organisation_name for one in partners if not _reads(_reader(one), commitment)]


def _reads(partner: _Reader, commitment: Commitment) -> bool:
    return (
        is_public(commitment)
        or partner.organisation_id == commitment.owner_org_id
        or f"org:{partner.organisation_id}" in commitment.label_releasable_to
    )
