"""Bring tables in: keep the upload, show what it would do, write all of it or nothing."""

import uuid
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified_file
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.import_cells import PlannedRow
from punte.apps.meetings.import_rows import ImportPlan, plan_import
from punte.apps.meetings.models import ImportDraft, MeetingRequest
from punte.apps.meetings.permissions import require_organiser, stewards_of
from punte.apps.people.models import Membership, Organisation, Person
from punte.formats.table_cells import Table, read_table_bytes
from punte.kernel.errors import InvalidInputError, Problem

MOST_BYTES: Final = 20 * 1024 * 1024
"""Largest upload [bytes]."""
MOST_ROWS: Final = 100_000
_BATCH: Final = 1000


def stage_import(
    *, by: Subject, edition: Edition, kind: str, file_name: str, content: bytes
) -> ImportDraft:
    """
    Keep the rows of an uploaded table for the preview; the edition is not touched.

    Raises
    ------
    InvalidInputError
        The file is no table, has formulas, is too large or has no rows; its places are named.
    ClassifiedError
        It carries a marking of RESTRICTED or above.
    NotAllowedError
        The subject does not organise the edition.
    """
    require_organiser(by, edition.pk, wish="import a table")
    if len(content) > MOST_BYTES:
        raise _refused(
            file_name,
            _("It has %(size)s MB, at most %(most)s MB are read.")
            % {"size": len(content) // 2**20, "most": MOST_BYTES // 2**20},
            _("Split it into several tables."),
        )
    if not file_name.lower().endswith((".csv", ".xlsx", ".tsv", ".txt")):
        raise _refused(
            file_name,
            _("It is neither CSV nor XLSX."),
            _("Save it as .xlsx or .csv and try again."),
        )
    refuse_classified_file(file_name, content)
    table = _choose(read_table_bytes(content, file_name), kind, file_name)
    if not 0 < len(table.rows) <= MOST_ROWS:
        raise _refused(
            file_name,
            _("It has %(count)s rows; 1 to %(most)s are read.")
            % {"count": len(table.rows), "most": MOST_ROWS},
            _("Give a header and a row for each entry."),
        )
    return ImportDraft.objects.create(
        edition=edition,
        kind=kind,
        file_name=file_name[-200:],
        columns=list(table.columns),
        rows=[[row.number, row.cells] for row in table.rows],
        owner_org_id=edition.owner_org_id,
        label_stewards=stewards_of(edition.pk),
    )


def _refused(source: str, what: str, remedy: str) -> InvalidInputError:
    return InvalidInputError(source, [Problem(place="", what=what, remedy=remedy)])


def _choose(tables: list[Table], kind: str, file_name: str) -> Table:
    """Return the sheet that is meant: the one of that name, or the only one."""
    named = [table for table in tables if table.name == kind]
    if len(tables) == 1 or named:
        return (named or tables)[0]
    raise _refused(
        file_name,
        _("It has %(count)s sheets and none is called “%(kind)s”.")
        % {"count": len(tables), "kind": kind},
        _("Name the sheet so, or save it alone."),
    )


def find_import(edition: Edition, draft_id: UUID) -> ImportDraft | None:
    """Return an upload that waits, where the subject may see it."""
    return ImportDraft.objects.filter(edition=edition, pk=draft_id).first()


def discard_import(*, by: Subject, draft: ImportDraft) -> None:
    """Throw an upload away; the edition is as it was."""
    require_organiser(by, draft.edition_id, wish="import a table")
    draft.delete()


def commit_import(*, by: Subject, draft: ImportDraft, mapping: Mapping[str, str]) -> ImportPlan:
    """
    Write every row of the upload in one transaction, and let the upload go.

    Rows that stand already are changed where they differ. Requests that are new count as accepted; an answer that
    a person gave is never changed. New participants are nobody's clearance: vetting does that.

    Raises
    ------
    InvalidInputError
        Rows are wrong: all are named, and nothing was written.
    """
    require_organiser(by, draft.edition_id, wish="import a table")
    with transaction.atomic():
        # Two who import at once would both find a delegate missing: one after the other.
        edition = Edition.objects.select_for_update().get(pk=draft.edition_id)
        plan = plan_import(edition, draft, mapping)
        if plan.problems:
            raise InvalidInputError(draft.file_name, plan.problems)
        new = [row for row in plan.rows if row.existing is None]
        changed = [row for row in plan.rows if row.is_changed]
        if draft.kind == ImportDraft.Kind.REQUESTS:
            _add_requests(edition, new)
            _change(MeetingRequest, changed, ["rank", "priority", "must", "reason"])
        else:
            _add_participants(edition, new)
            limits = ["max_meetings", "min_meetings"]
            _change(Delegate, changed, ["badge_name", "function", "category", *limits])
        record(
            "table.imported",
            edition,
            edition_id=edition.pk,
            kind=draft.kind,
            file=draft.file_name,
            added=len(new),
            changed=len(changed),
        )
        draft.delete()
    return plan


def _change(
    model: type[Delegate | MeetingRequest], rows: list[PlannedRow], fields: list[str]
) -> None:
    found: list[Any] = []
    for row in rows:
        for name, value in row.values.items():
            setattr(row.existing, name, value)
        found.append(row.existing)
    model._default_manager.bulk_update(found, fields, batch_size=_BATCH)  # noqa: SLF001 - Django's own way to the manager


def _add_requests(edition: Edition, rows: list[PlannedRow]) -> None:
    taken = set(MeetingRequest.objects.filter(edition=edition).values_list("code", flat=True))
    taken |= {row.values["code"] for row in rows}
    free = (code for number in range(1, 10**7) if (code := f"I{number:04}") not in taken)
    now = timezone.now()
    MeetingRequest.objects.bulk_create(
        (
            MeetingRequest(
                **row.values | {"code": row.values["code"] or next(free)},
                edition=edition,
                state=MeetingRequest.State.ACCEPTED,
                sent_at=now,
                answered_at=now,
                owner_org_id=row.values["sender"].organisation_id,
                label_releasable_to=right_groups("audit", edition_id=edition.pk),
                label_stewards=[
                    f"org:{row.values['receiver'].organisation_id}",
                    *stewards_of(edition.pk),
                ],
            )
            for row in rows
        ),
        batch_size=_BATCH,
    )


def _add_participants(edition: Edition, rows: list[PlannedRow]) -> None:
    organisations = _add_organisations(edition, rows)
    persons, memberships, delegates = [], [], []
    for row in rows:
        values = dict(row.values)
        organisation = values.pop("organisation")
        if isinstance(organisation, str):
            organisation = organisations[organisation.casefold()]
        email = values.pop("email")
        del values["country"], values["kind"]
        person = _person(edition, organisation, name=values["badge_name"], email=email)
        persons.append(person)
        function = values.get("function", "")
        memberships.append(Membership(person=person, organisation=organisation, function=function))
        delegates.append(
            Delegate(
                **values,
                edition=edition,
                person=person,
                organisation=organisation,
                owner_org=organisation,
                label_releasable_to=_readers(edition),
                label_stewards=stewards_of(edition.pk),
            )
        )
    # Who is who is nobody's to write but an action's that checked the right: commit_import did.
    with acting_as_system("import participants"):
        Person.objects.bulk_create(persons, batch_size=_BATCH)
        Membership.objects.bulk_create(memberships, batch_size=_BATCH)
    Delegate.objects.bulk_create(delegates, batch_size=_BATCH)


def _readers(edition: Edition) -> list[str]:
    return [f"edition:{edition.pk}", *right_groups("audit", edition_id=edition.pk)]


def _person(edition: Edition, organisation: Organisation, *, name: str, email: str) -> Person:
    identifier = uuid.uuid4()
    return Person(
        id=identifier,
        name=name,
        email=email,
        is_synthetic=edition.is_synthetic,
        owner_org_id=organisation.pk,
        label_releasable_to=_readers(edition),
        label_stewards=[
            f"person:{identifier}",
            *right_groups("organise", "vet", edition_id=edition.pk),
        ],
    )


def _add_organisations(edition: Edition, rows: list[PlannedRow]) -> dict[str, Organisation]:
    """Return the organisations that are new with these rows, by their name in small letters."""
    made: dict[str, Organisation] = {}
    for row in rows:
        name = row.values["organisation"]
        if isinstance(name, str) and name.casefold() not in made:
            identifier = uuid.uuid4()
            made[name.casefold()] = Organisation(
                id=identifier,
                owner_org_id=identifier,
                name=name,
                kind=row.values["kind"],
                country_id=row.values["country"],
                is_synthetic=edition.is_synthetic,
                label_releasable_to=_readers(edition),
                label_stewards=right_groups("organise", edition_id=edition.pk),
            )
    with acting_as_system("import participants"):
        Organisation.objects.bulk_create(made.values(), batch_size=_BATCH)
    return made
