"""The register of gifts and hospitality of an edition: what the reader sees of it, found by words, kind, day and what became of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from punte.apps.access.permissions import Subject, held_to
from punte.apps.cooperation.models import Gift
from punte.apps.forum.models import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    What of the register is asked for; everything where it is empty.

    Parameters
    ----------
    state
        ``stands``, ``withdrawn``, or empty for both.
    since, until
        Days of the gift, both counted.
    """

    words: str = ""
    kind: str = ""
    way: str = ""
    became: str = ""
    state: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def gifts_of(edition: Edition, asked: Asked) -> QuerySet[Gift]:
    """Return the declarations at an edition that the subject sees, the newest day first."""
    rows = Gift.objects.filter(edition=edition)
    if asked.words:
        rows = rows.filter(
            Q(what__icontains=asked.words)
            | Q(other_name__icontains=asked.words)
            | Q(authority_name__icontains=asked.words)
            | Q(note__icontains=asked.words)
        )
    chosen = {"kind": asked.kind, "way": asked.way, "became": asked.became}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    if asked.state:
        rows = rows.filter(withdrawn_at__isnull=asked.state == "stands")
    if asked.since:
        rows = rows.filter(on__gte=asked.since)
    if asked.until:
        rows = rows.filter(on__lte=asked.until)
    return rows


def gifts_as_read_by(edition: Edition, asked: Asked, audience: Subject) -> list[Gift]:
    """Return what is asked for of the register as an audience may read it, and not more than the subject sees itself."""
    own = set(gifts_of(edition, asked).values_list("pk", flat=True))
    with held_to(audience):
        return [one for one in gifts_of(edition, asked) if one.pk in own]


def between(gifts: Iterable[Gift]) -> Mapping[tuple[UUID, UUID], list[Gift]]:
    """Return declarations that stand, by the authority and the organisation of the register that they name."""
    found: dict[tuple[UUID, UUID], list[Gift]] = defaultdict(list)
    for one in gifts:
        if one.other_id is not None and one.withdrawn_at is None:
            found[one.owner_org_id, one.other_id].append(one)
    return found
