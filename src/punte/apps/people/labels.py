"""Change the label of a thing, after asking the wall itself who would gain and who would lose sight of it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Country, Labelled, Tlp
from punte.apps.access.permissions import ANYONE, PUBLIC, VISITOR, Subject, acting
from punte.apps.people.permissions import is_in_force, require
from punte.apps.people.queries import subject_of_country
from punte.kernel.errors import PunteError

FIELDS: Final = ("label_releasable_to", "label_tlp", "label_embargo_until", "label_expires_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """
    A label as somebody wants it.

    Parameters
    ----------
    releasable_to
        Groups, of which one must be held; None to leave them as they are.
    embargo_until, expires_at
        When others begin and cease to see it.
    """

    releasable_to: tuple[str, ...] | None
    tlp: str
    embargo_until: dt.datetime | None
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A kind of reader: a country's cleared delegates (at an edition, or at none), or everybody where it is empty."""

    country: str
    edition_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who would see the thing that did not, and who would not that did."""

    gains: tuple[Reader, ...]
    loses: tuple[Reader, ...]


def preview_label(*, by: Subject, row: Labelled, wanted: Wanted) -> Change:
    """
    Say who would gain and lose sight of a thing; nothing is written.

    Raises
    ------
    NotAllowedError
        The subject may not change the row.
    PunteError
        The label makes no sense.
    """
    _check(by, row, wanted)
    readers = _readers(row, wanted)
    before = _who_sees(row, readers)
    with transaction.atomic():
        _write(row, wanted)
        after = _who_sees(row, readers)
        transaction.set_rollback(True)
    row.refresh_from_db()
    return Change(
        gains=tuple(one for one in readers if one in after and one not in before),
        loses=tuple(one for one in readers if one in before and one not in after),
    )


def change_label(*, by: Subject, row: Labelled, wanted: Wanted) -> None:
    """
    Change a label; it acts with the next request. What it was and what it is stand in the audit log.

    Raises
    ------
    NotAllowedError
        The subject may not change the row, or is no owner and would open it further.
    PunteError
        The label makes no sense.
    """
    change = preview_label(by=by, row=row, wanted=wanted)
    require(
        not change.gains or by.org_id == row.owner_org_id,
        _("Opening it further"),
        _("Only its owner's people may. You can narrow it."),
    )
    before = _plain(row)
    _write(row, wanted)
    record(
        "label.changed",
        row,
        edition_id=getattr(row, "edition_id", None),
        before=before,
        after=_plain(row),
    )


def _check(by: Subject, row: Labelled, wanted: Wanted) -> None:
    is_writer = by.org_id == row.owner_org_id or bool(set(row.label_stewards) & by.groups)
    require(
        is_in_force(by) and is_writer,
        _("Changing a label"),
        _("Only its owner's people and those who keep it may."),
    )
    if wanted.tlp not in Tlp.values:
        raise PunteError(_("Choose how it is handled from the list."))
    groups = row.label_releasable_to if wanted.releasable_to is None else wanted.releasable_to
    if PUBLIC in groups and wanted.tlp != Tlp.CLEAR:
        raise PunteError(
            _("What everyone may see is TLP:CLEAR. Choose that, or show it to fewer readers.")
        )
    if wanted.embargo_until and wanted.expires_at and wanted.expires_at <= wanted.embargo_until:
        raise PunteError(_("The last day comes before the first one. Give them in order."))


def _write(row: Labelled, wanted: Wanted) -> None:
    if wanted.releasable_to is not None:
        row.label_releasable_to = list(wanted.releasable_to)
    row.label_tlp = wanted.tlp
    row.label_embargo_until, row.label_expires_at = wanted.embargo_until, wanted.expires_at
    row.labelled_at = timezone.now()
    row.save(update_fields=[*FIELDS, "labelled_at"])


def _plain(row: Labelled) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in FIELDS}
    return {
        name: value.isoformat() if isinstance(value, dt.datetime) else value
        for name, value in found.items()
    }


def _readers(row: Labelled, wanted: Wanted) -> list[Reader]:
    """Return every kind of reader that a label can tell apart: each country, at each edition named, and everybody."""
    named = [*row.label_releasable_to, *(wanted.releasable_to or ()), *row.label_restricted_to]
    editions = sorted({one.removeprefix("edition:") for one in named if one.startswith("edition:")})
    places: list[UUID | None] = [None, *map(UUID, editions)]
    codes = Country.objects.order_by("pk").values_list("pk", flat=True)
    return [
        Reader(country="", edition_id=None),
        *(Reader(country=code, edition_id=place) for place in places for code in codes),
    ]


def _who_sees(row: Labelled, readers: list[Reader]) -> set[Reader]:
    """Ask the wall, as each of them."""
    today = timezone.localdate()
    found = set()
    asked: dict[tuple[frozenset[str], bool], bool] = {}
    # Two countries of one standing see the same, unless the label names one of them.
    told_apart = {*row.label_releasable_to, *row.label_restricted_to, *row.label_denied_to}
    role = ANYONE if ANYONE in row.label_audience else next(iter(row.label_audience), ANYONE)
    for one in readers:
        subject = (
            subject_of_country(one.country, today, role=role, edition_id=one.edition_id)
            if one.country
            else VISITOR
        )
        groups = frozenset(subject.groups - ({one.country} - told_apart))
        key = (groups, subject.is_denied)
        if key not in asked:
            with acting(subject):
                asked[key] = type(row)._default_manager.filter(pk=row.pk).exists()  # noqa: SLF001
        if asked[key]:
            found.add(one)
    return found
