"""Tell the audit log which needs and offers went out in a file: an entry for each edition whose rows are in it."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from punte.apps.access.actions import record
from punte.apps.market.models import Listing


def record_listings(what: str, keys: Iterable[UUID]) -> None:
    """
    Add the entries of one file, so that the organisers and auditors of each edition concerned find it.

    Parameters
    ----------
    keys
        The needs or offers that its rows are about, one for each row.
    """
    rows = Counter(keys)
    editions: Counter[UUID | None] = Counter()
    known = dict(Listing.objects.filter(pk__in=rows).values_list("pk", "edition_id"))
    for key, count in rows.items():
        editions[known.get(key)] += count
    for edition_id, count in sorted(editions.items(), key=str) or [(None, 0)]:
        record("export.read", None, edition_id=edition_id, what=what, rows=count)
