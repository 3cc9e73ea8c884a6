"""Lists of commitments, cooperations, topics and working groups as tables."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.models import Labelled, strictest_tlp
from punte.apps.access.queries import country_name
from punte.apps.cooperation.joining import words_for
from punte.apps.cooperation.models import Commitment, CommitmentEvent, Cooperation, Topic
from punte.apps.people.models import WorkingGroup
from punte.apps.programmes.models.capability import area_name
from punte.apps.programmes.queries import list_programmes, milestones_by_id
from punte.web.tables import table_response


def commitments_file(found: Sequence[Commitment], ending: str) -> HttpResponse:
    """Return commitments as a table: what was promised in which words, and what came of it with its evidence."""
    today = timezone.localdate()
    keys = {one.milestone_id for one in found if one.milestone_id}
    milestones = milestones_by_id(keys)
    works = Cooperation.objects.in_bulk([one.cooperation_id for one in found if one.cooperation_id])
    evidence = _evidence(found)
    columns = [_("Who"), _("What"), _("Where"), _("In their words"), _("Promised on")]
    columns += [_("By when"), _("State"), _("Overdue"), _("Evidence"), _("Reported on")]
    columns += [_("Milestone"), _("Cooperation"), _("Sources"), _("Verified"), _("Address")]
    lines = []
    for row in found:
        said = evidence.get(row.pk)
        milestone = milestones.get(row.milestone_id) if row.milestone_id else None
        work = works.get(row.cooperation_id) if row.cooperation_id else None
        lines.append(
            [
                row.who,
                row.what,
                row.occasion,
                row.quotation,
                row.promised_on or "",
                row.due_on or "",
                row.get_state_display(),
                _yes(row.state == Commitment.State.OPEN and _is_past(row.due_on, today)),
                said.evidence if said else "",
                _day(said.at) if said else "",
                milestone.name if milestone else "",
                work.name if work else "",
                " ".join(row.sources),
                _yes(row.is_verified),
                _address(f"/commitments/{row.pk}/"),
            ]
        )
    return _table("commitments", columns, lines, found, ending)


def _evidence(found: Iterable[Commitment]) -> Mapping[UUID, CommitmentEvent]:
    """Return the newest report on each commitment that the reader may read; what was entered or corrected is none."""
    rows = CommitmentEvent.objects.filter(commitment__in=list(found), is_writing=False)
    newest: dict[UUID, CommitmentEvent] = {}
    for row in rows.order_by("at", "pk"):
        newest[row.commitment_id] = row
    return newest


def cooperations_file(found: Sequence[Cooperation], ending: str) -> HttpResponse:
    """Return cooperations as a table, with their partners of now, milestone, next meeting and actions."""
    today = timezone.localdate()
    milestones = milestones_by_id({one.milestone_id for one in found if one.milestone_id})
    columns = [_("Name"), _("Kind"), _("Stage"), _("Organisations"), _("Countries")]
    columns += [_("Milestone"), _("Next meeting"), _("Place"), _("Actions open")]
    columns += [_("Actions overdue"), _("Begun on"), _("Invented"), _("Address")]
    lines = []
    for row in found:
        partners = [one for one in row.partners.all() if one.left_at is None]
        tasks = [one for one in row.tasks.all() if one.done_at is None]
        milestone = milestones.get(row.milestone_id) if row.milestone_id else None
        countries = sorted({country_name(one.country) for one in partners if one.country})
        lines.append(
            [
                row.name,
                row.get_kind_display(),
                row.get_stage_display(),
                ", ".join(one.organisation_name for one in partners),
                ", ".join(countries),
                milestone.name if milestone else "",
                row.next_on or "",
                row.next_place,
                len(tasks),
                sum(_is_past(one.due_on, today) for one in tasks),
                _day(row.began_at),
                _yes(row.is_synthetic),
                _address(f"/cooperations/{row.pk}/"),
            ]
        )
    return _table("cooperations", columns, lines, found, ending)


def topics_file(
    found: Sequence[tuple[Topic, int, WorkingGroup | None]], ending: str
) -> HttpResponse:
    """Return topics as a table, each with how many posts stand in it and its group."""
    programmes = {one.pk: one.name for one in list_programmes()}
    columns = [_("Topic"), _("Working group"), _("Programme"), _("Capability area"), _("By")]
    columns += [_("Opened on"), _("Closed on"), _("Posts"), _("Address")]
    lines = [
        [
            row.title,
            group.name if group else "",
            programmes.get(row.programme_id, "") if row.programme_id else "",
            area_name(row.area) if row.area else "",
            row.by_name,
            _day(row.opened_at),
            _day(row.closed_at),
            count,
            _address(f"/discussions/{row.pk}/"),
        ]
        for row, count, group in found
    ]
    return _table("discussions", columns, lines, [row for row, _n, _g in found], ending)


def groups_file(found: Sequence[tuple[WorkingGroup, bool]], ending: str) -> HttpResponse:
    """Return working groups as a table, each with whether the reader is in it."""
    programmes = {one.pk: one.name for one in list_programmes()}
    columns = [_("Name"), _("What it works on"), _("Programme"), _("Capability area")]
    columns += [_("Open to"), _("Admission"), _("I am in it"), _("Founded on"), _("Closed on")]
    columns += [_("Invented"), _("Address")]
    lines = [
        [
            row.name,
            row.about,
            programmes.get(row.programme_id, "") if row.programme_id else "",
            area_name(row.area) if row.area else "",
            words_for(row.open_to),
            row.get_admission_display(),
            _yes(is_in),
            _day(row.founded_at),
            _day(row.closed_at),
            _yes(row.is_synthetic),
            _address(f"/groups/{row.pk}/"),
        ]
        for row, is_in in found
    ]
    return _table("groups", columns, lines, [row for row, _is_in in found], ending)


def _table(
    name: str,
    columns: Sequence[str],
    lines: Iterable[Sequence[object]],
    rows: Iterable[Labelled],
    ending: str,
) -> HttpResponse:
    marking = strictest_tlp(row.label_tlp for row in rows)
    return table_response(name, columns, lines, ending=ending, marking=marking)


def _is_past(day: dt.date | None, today: dt.date) -> bool:
    return day is not None and day < today


def _day(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d}" if moment is not None else ""


def _yes(is_so: bool) -> str:  # noqa: FBT001
    return _("yes") if is_so else _("no")


def _address(path: str) -> str:
    return f"{settings.PUNTE_ADDRESS}{path}"
