"""Write the rows of an import: a thousand a statement, with word of each; the transaction is the caller's."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection
from django.utils import timezone

from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.admission import readers_of_place
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.bulk import Row, insert_rows, update_rows
from punte.apps.meetings.import_cells import PlannedRow
from punte.apps.meetings.import_nominations import nominate_imported
from punte.apps.meetings.import_requests import KnownRequest
from punte.apps.meetings.in_sight import show_many
from punte.apps.meetings.models import ImportDraft, MeetingRequest
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people.models import Membership, Organisation, Person
from punte.apps.people.register import stewards_of as keepers_of

BATCH: Final = 1000
"""Rows a statement [count]; a wish to stop is looked for between two."""
T = TypeVar("T")
Tick = Callable[[int], None]


def write_rows(edition: Edition, kind: str, rows: Sequence[PlannedRow], tick: Tick) -> None:
    """
    Write planned rows: the new ones, then what others read otherwise.

    Parameters
    ----------
    tick
        Told how many rows are written; what it raises ends the writing.
    """
    # Keys to other rows are looked up with each statement, not all at the end in one long silence.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    new = [row for row in rows if row.existing is None]
    changed = [row for row in rows if row.existing is not None]
    if kind == ImportDraft.Kind.REQUESTS:
        _add_requests(edition, new, tick)
        _change(MeetingRequest, changed, tick, len(new))
    else:
        _add_participants(edition, new, tick)
        _change(Delegate, changed, tick, len(new))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    tick(len(rows))


def _batches(rows: Sequence[T], tick: Tick, before: int = 0) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), BATCH):
        tick(before + start)
        yield rows[start : start + BATCH]


def _change(
    model: type[Delegate | MeetingRequest], rows: list[PlannedRow], tick: Tick, before: int
) -> None:
    for part in _batches(rows, tick, before):
        changes: dict[UUID, Row] = {}
        for row in part:
            assert row.existing is not None
            if found := row.changes:
                if "category" in found:
                    found["category_id"] = found.pop("category").pk
                if isinstance(row.existing, KnownRequest):
                    # Whoever has it before their eyes reads another one from now on.
                    found["revision"] = row.existing.revision + 1
                changes[row.existing.pk] = found
        update_rows(model, changes)


def _add_requests(edition: Edition, rows: list[PlannedRow], tick: Tick) -> None:
    taken = set(MeetingRequest.objects.filter(edition=edition).values_list("code", flat=True))
    taken |= {row.values["code"] for row in rows}
    free = (code for number in range(1, 10**7) if (code := f"I{number:04}") not in taken)
    stewards, now = stewards_of(edition.pk), timezone.now()
    for part in _batches(rows, tick):
        insert_rows(
            MeetingRequest,
            [_request(row.values, free, stewards) for row in part],
            edition_id=edition.pk,
            state=MeetingRequest.State.ACCEPTED,
            sent_at=now,
            answered_at=now,
            label_releasable_to=right_groups("audit", edition_id=edition.pk),
        )
    _show_both_sides(rows)


def _show_both_sides(rows: Sequence[PlannedRow]) -> None:
    """Let the two sides of each request see each other, where one stands in no directory."""
    others: dict[UUID, set[UUID]] = defaultdict(set)
    for row in rows:
        sender, receiver = row.values["sender"], row.values["receiver"]
        others[sender.pk].add(receiver.organisation_id)
        others[receiver.pk].add(sender.organisation_id)
    show_many(others)


def _request(values: Row, free: Iterator[str], stewards: list[str]) -> dict[str, Any]:
    sender, receiver = values["sender"], values["receiver"]
    return {
        "id": uuid.uuid4(),
        "code": values["code"] or next(free),
        "sender_id": sender.pk,
        "receiver_id": receiver.pk,
        "rank": values.get("rank", 3),
        "priority": values.get("priority", 1),
        "must": values.get("must", False),
        "reason": values.get("reason", ""),
        "owner_org_id": sender.organisation_id,
        "label_stewards": [f"org:{receiver.organisation_id}", *stewards],
    }


def _add_participants(edition: Edition, rows: list[PlannedRow], tick: Tick) -> None:
    organisations = _add_organisations(edition, rows)
    for part in _batches(rows, tick):
        persons, memberships, delegates = [], [], []
        for row in part:
            organisation_id = _organisation_of(row, organisations)
            person_id = row.values.get("person_id")
            if person_id is None:
                person = _person(edition, organisation_id, row.values)
                person_id = person["id"]
                persons.append(person)
                memberships.append(_membership(person_id, organisation_id, row.values))
            delegates.append(_delegate(person_id, organisation_id, row.values))
        # Who is who is nobody's to write but an action's that checked the right: commit_import did.
        with acting_as_system("import participants"):
            insert_rows(
                Person,
                persons,
                is_synthetic=edition.is_synthetic,
                label_releasable_to=right_groups("audit", edition_id=edition.pk),
            )
            insert_rows(Membership, memberships)
        insert_rows(
            Delegate,
            delegates,
            edition_id=edition.pk,
            # Who is entered by another stands in no directory until they say so themselves.
            label_releasable_to=[
                *readers_of_place(edition.pk, is_listed=False),
                *right_groups("audit", edition_id=edition.pk),
            ],
            label_stewards=stewards_of(edition.pk),
        )
        nominate_imported(
            edition,
            [
                {**delegate, "category": row.values["category"].code}
                for delegate, row in zip(delegates, part, strict=True)
            ],
        )


def _organisation_of(row: PlannedRow, made: dict[str, UUID]) -> UUID:
    organisation = row.values["organisation"]
    if isinstance(organisation, str):
        return made[organisation.casefold()]
    found: UUID = organisation.pk
    return found


def _readers(edition: Edition) -> list[str]:
    return [f"edition:{edition.pk}", *right_groups("audit", edition_id=edition.pk)]


def _person(edition: Edition, organisation_id: UUID, values: Row) -> dict[str, Any]:
    identifier = uuid.uuid4()
    return {
        "id": identifier,
        "name": values["badge_name"],
        "email": values["email"],
        "owner_org_id": organisation_id,
        "label_stewards": [
            f"person:{identifier}",
            *keepers_of(edition.pk, _country_of(values)),
        ],
    }


def _country_of(values: Row) -> str:
    organisation = values["organisation"]
    return str(values["country"] if isinstance(organisation, str) else organisation.country_id)


def _membership(person_id: UUID, organisation_id: UUID, values: Row) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "person_id": person_id,
        "organisation_id": organisation_id,
        "function": values.get("function", ""),
    }


def _delegate(person_id: UUID, organisation_id: UUID, values: Row) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "person_id": person_id,
        "organisation_id": organisation_id,
        "owner_org_id": organisation_id,
        "category_id": values["category"].pk,
        "code": values["code"],
        "badge_name": values["badge_name"],
        "function": values.get("function", ""),
        "max_meetings": values.get("max_meetings"),
        "min_meetings": values.get("min_meetings", 0),
    }


def _add_organisations(edition: Edition, rows: list[PlannedRow]) -> dict[str, UUID]:
    """Return the organisations that are new with these rows, by their name in small letters."""
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = row.values["organisation"]
        if isinstance(name, str) and name.casefold() not in made:
            identifier = uuid.uuid4()
            made[name.casefold()] = {
                "id": identifier,
                "owner_org_id": identifier,
                "name": name,
                "kind": row.values["kind"],
                "country_id": row.values["country"],
            }
    with acting_as_system("import participants"):
        insert_rows(
            Organisation,
            list(made.values()),
            is_synthetic=edition.is_synthetic,
            label_releasable_to=_readers(edition),
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
    return {name: found["id"] for name, found in made.items()}
