"""The open record of an edition: everything of it that one audience sees, and nothing of no edition, as tables and files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting
from punte.apps.cooperation.models import OutcomeTotals
from punte.apps.cooperation.of_edition import rows_of_edition
from punte.apps.cooperation.record_labels import labels_file
from punte.apps.cooperation.signing import RECORDS, own_key
from punte.apps.forum.agenda import released_sessions
from punte.apps.forum.agenda_files import calendar_of, conference_of
from punte.apps.forum.models import Edition
from punte.apps.market.queries import Filter
from punte.apps.market.records import COLUMNS, ocds_package, records_of
from punte.apps.meetings.bridge import proof_files
from punte.apps.meetings.models import TimetableVersion
from punte.formats.frab import write_frab_json, write_frab_xml
from punte.formats.open_record import INSTANCE, RESULT, Table, write_record
from punte.formats.writing import as_json
from punte.kernel.errors import PunteError

LABELS: Final = "labels.json"
MILESTONES: Final = (
    ("id", "string"),
    ("programme", "string"),
    ("name", "string"),
    ("kind", "string"),
    ("promised_on", "date"),
    ("done_on", "date"),
    ("done_evidence", "string"),
    ("sources", "string"),
    ("is_verified", "boolean"),
)
COMMITMENTS: Final = (
    ("id", "string"),
    ("who", "string"),
    ("what", "string"),
    ("occasion", "string"),
    ("quotation", "string"),
    ("promised_on", "date"),
    ("due_on", "date"),
    ("state", "string"),
    ("sources", "string"),
    ("is_verified", "boolean"),
)
ASSISTANCE: Final = (
    ("id", "string"),
    ("kind", "string"),
    ("side", "string"),
    ("title", "string"),
    ("provider", "string"),
    ("provider_country", "string"),
    ("asker", "string"),
    ("asker_country", "string"),
    ("beneficiaries", "string"),
    ("joiners", "string"),
    ("place", "string"),
    ("starts_on", "date"),
    ("ends_on", "date"),
    ("seats", "integer"),
    ("state", "string"),
    ("outcome", "string"),
    ("sources", "string"),
    ("is_verified", "boolean"),
)
ACTIVITIES: Final = (
    ("id", "string"),
    ("assistance_id", "string"),
    ("title", "string"),
    ("place", "string"),
    ("starts_on", "date"),
    ("ends_on", "date"),
    ("seats", "integer"),
    ("only_for", "string"),
    ("state", "string"),
    ("outcome", "string"),
)
COOPERATIONS: Final = (
    ("id", "string"),
    ("name", "string"),
    ("kind", "string"),
    ("stage", "string"),
    ("about", "string"),
    ("began_at", "datetime"),
)
DECISIONS: Final = (
    ("id", "string"),
    ("decided_on", "date"),
    ("group_name", "string"),
    ("area", "string"),
    ("text", "string"),
)
GROUPS: Final = (
    ("id", "string"),
    ("name", "string"),
    ("about", "string"),
    ("area", "string"),
    ("open_to", "string"),
    ("admission", "string"),
    ("founded_at", "datetime"),
    ("closed_at", "datetime"),
)
TOTALS: Final = (
    ("what", "string"),
    ("country", "string"),
    ("count", "integer"),
    ("met", "integer"),
)
SESSIONS: Final = (
    ("id", "string"),
    ("title", "string"),
    ("subtitle", "string"),
    ("about", "string"),
    ("kind", "string"),
    ("format", "string"),
    ("starts_at", "datetime"),
    ("ends_at", "datetime"),
    ("language", "string"),
    ("track", "string"),
    ("is_cancelled", "boolean"),
)


def export_edition(folder: Path, *, slug: str, reader: Subject, audience: str) -> list[str]:
    """
    Write the record of an edition as one audience sees it, and return the names of its files.

    The published timetable with its proof is in it for organisers and auditors: others do not see all requests.

    Parameters
    ----------
    reader
        In whose name everything is read.
    audience
        Who that is, in words.

    Raises
    ------
    PunteError
        The reader sees no such edition, or the folder is not free.
    """
    with acting(reader):
        edition = Edition.objects.filter(slug=slug).first()
        if edition is None:
            raise PunteError(
                f"No edition {slug!r} is open to this audience. Look at the address of its page: /e/<slug>/."
            )
        names = write_record(
            folder,
            name=edition.slug,
            title=edition.name,
            audience=audience,
            tables=_tables(edition, reader),
            files=_files(edition, reader),
            key=own_key(RECORDS),
        )
        record("edition.exported", edition, edition_id=edition.pk, audience=audience)
    return names


def _tables(edition: Edition, reader: Subject) -> list[Table]:
    listing_fields = [(name, "string") for name in COLUMNS]
    of = rows_of_edition(edition, reader)
    milestones = [
        [
            programme.name if name == "programme" else _value(getattr(one, name))
            for name, _kind in MILESTONES
        ]
        for programme, found in of.programmes
        for one in found
    ]
    sessions = released_sessions(edition.pk)
    return [
        Table(name="sessions", title="Agenda", fields=SESSIONS, rows=_rows(sessions, SESSIONS)),
        Table(
            name="needs",
            title="Needs",
            fields=listing_fields,
            rows=records_of(Filter(side="need", edition_id=edition.pk), reader),
        ),
        Table(
            name="offers",
            title="Offers",
            fields=listing_fields,
            rows=records_of(Filter(side="offer", edition_id=edition.pk), reader),
        ),
        Table(name="milestones", title="Milestones", fields=MILESTONES, rows=milestones),
        _table("commitments", "Commitments", COMMITMENTS, of.commitments),
        _table("cooperations", "Cooperations", COOPERATIONS, of.cooperations),
        _table("assistance", "Assistance", ASSISTANCE, of.assistance),
        _table("activities", "Activities of assistance", ACTIVITIES, of.activities),
        _table("groups", "Working groups", GROUPS, of.groups),
        _table("decisions", "Decisions", DECISIONS, of.decisions),
        Table(
            name="totals",
            title="Released totals, rounded to the nearest five",
            fields=TOTALS,
            rows=_totals(edition),
        ),
    ]


def _totals(edition: Edition) -> list[list[object]]:
    """Return the totals that the organisers released; a number from 1 to 4 is empty, the others are rounded to five."""
    totals = OutcomeTotals.objects.filter(edition=edition).first()
    if totals is None:
        return []
    content = totals.figures
    countries = content.pop("countries", [])
    return [
        *([name, "", count, None] for name, count in sorted(content.items())),
        *(["delegates", code, delegates, met] for code, delegates, met in countries),
    ]


def _table(
    name: str, title: str, fields: Sequence[tuple[str, str]], rows: "QuerySet[Any]"
) -> Table:
    # In the order of their identifiers: the same rows give the same bytes.
    return Table(name=name, title=title, fields=fields, rows=_rows(rows.order_by("pk"), fields))


def _rows(rows: Any, fields: Sequence[tuple[str, str]]) -> list[list[object]]:  # noqa: ANN401  (rows of any table)
    return [[_value(getattr(row, name)) for name, _kind in fields] for row in rows]


def _value(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _files(edition: Edition, reader: Subject) -> dict[str, bytes]:
    base = f"{settings.PUNTE_ADDRESS}/e/{edition.slug}/agenda/"
    conference = conference_of(edition, base=base)
    files = {
        "schedule.xml": write_frab_xml(conference),
        "schedule.json": write_frab_json(conference),
        "agenda.ics": calendar_of(edition, base=base),
        LABELS: labels_file(edition, reader),
    }
    needs = ocds_package(reader, edition_id=edition.pk)
    if needs is not None:  # the standard knows no empty package
        files["needs-ocds.json"] = as_json(needs)
    if any(reader.has_right(right, edition.pk) for right in ("organise", "audit")):
        published = TimetableVersion.objects.filter(
            edition=edition, state=TimetableVersion.State.PUBLISHED
        ).first()
        if published is not None:
            files[INSTANCE], files[RESULT] = proof_files(published)
    return files
