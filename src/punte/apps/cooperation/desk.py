"""The check-in desks: scan, undo, and say who is here."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.permissions import NotPartOfItError, may_check_in
from punte.apps.cooperation.scans import Mark, Presence, presences
from punte.apps.cooperation.turned_away import turned_away
from punte.apps.forum.models import Delegate, Edition
from punte.kernel.errors import PunteError


def scan(
    *, by: Subject, edition: Edition, delegate: Delegate, kind: str = "in", desk: str = ""
) -> Scan:
    """
    Check a delegate in, or take that back.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    PunteError
        The delegate no longer comes, or is suspended; a scan can still be taken back.
    """
    require_desk(by, edition)
    if delegate.left_at is not None and kind == Scan.Kind.IN:
        raise PunteError(
            _("%(name)s was withdrawn and no longer comes. Ask the organisers.")
            % {"name": delegate.badge_name}
        )
    if kind == Scan.Kind.IN and turned_away(edition.pk, [delegate.pk]):
        raise PunteError(
            _("%(name)s is suspended and is not let in. Send them to the organisers.")
            % {"name": delegate.badge_name}
        )
    mark = Mark(
        at=timezone.now(),
        id=uuid4(),
        delegate_id=delegate.pk,
        kind="undo" if kind == Scan.Kind.UNDO else "in",
        desk=desk,
    )
    made = row_of(edition, mark, name_of(by), by_id=by.person_id)
    made.save(force_insert=True)
    record(f"check_in.{kind}", delegate, edition_id=edition.pk, desk=desk)
    return made


def find_by_code(edition: Edition, code: str) -> Delegate:
    """
    Return the delegate whose badge carries a code, as a scanner types it.

    Raises
    ------
    PunteError
        There is none.
    """
    found = Delegate.objects.filter(edition=edition, code__iexact=code.strip()[:20]).first()
    if found is None:
        raise PunteError(
            _("No badge of this edition carries “%(code)s”. Search by name, or ask the organisers.")
            % {"code": code.strip()[:20]}
        )
    return found


def who_is_here(
    edition: Edition, delegates: Iterable[Delegate] | None = None
) -> dict[UUID, Presence]:
    """Return the presence of those of the delegates, or of all, that were ever scanned."""
    return dict(presences(known_marks(edition, delegates)))


def count_present(edition: Edition) -> int:
    """Return how many of those expected are here [count]; who was withdrawn or suspended since is not among them."""
    newest = (
        Scan.objects.filter(edition=edition)
        .order_by("delegate_id", "-at", "-pk")
        .distinct("delegate_id")
        .values("pk")
    )
    here = Scan.objects.filter(pk__in=newest, kind=Scan.Kind.IN, delegate__left_at__isnull=True)
    return here.exclude(delegate_id__in=turned_away(edition.pk)).count()


def count_expected(edition: Edition) -> int:
    """Return how many are expected [count]: neither withdrawn nor suspended, so that all of them can be here."""
    expected = Delegate.objects.filter(edition=edition, left_at__isnull=True)
    return expected.exclude(pk__in=turned_away(edition.pk)).count()


def known_marks(edition: Edition, delegates: Iterable[Delegate] | None = None) -> Iterable[Mark]:
    """Return the scans that are known, of some delegates or of all."""
    found = Scan.objects.filter(edition=edition)
    if delegates is not None:
        found = found.filter(delegate__in=[one.pk for one in delegates])
    rows = found.values_list("at", "pk", "delegate_id", "kind", "desk")
    return [
        Mark(
            at=at,
            id=pk,
            delegate_id=delegate_id,
            kind="undo" if kind == "undo" else "in",
            desk=desk,
        )
        for at, pk, delegate_id, kind, desk in rows
    ]


def row_of(
    edition: Edition,
    mark: Mark,
    by_name: str,
    *,
    by_id: UUID | None = None,
    is_merged: bool = False,
) -> Scan:
    """Return the row of a scan, not saved."""
    return Scan(
        id=mark.id,
        edition=edition,
        delegate_id=mark.delegate_id,
        kind=mark.kind,
        desk=mark.desk[:40],
        at=mark.at,
        by_id=by_id,
        by_name=by_name,
        merged_at=timezone.now() if is_merged else None,
        owner_org_id=edition.owner_org_id,
        label_stewards=right_groups("check-in", "organise", edition_id=edition.pk),
    )


def require_desk(by: Subject, edition: Edition) -> None:
    """
    Let only who works at a desk of the edition pass.

    Raises
    ------
    NotPartOfItError
        The subject does not.
    """
    if not may_check_in(by, edition.pk):
        raise NotPartOfItError(
            _("Checking in takes the right for it at this edition. Ask an organiser.")
        )
