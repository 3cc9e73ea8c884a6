"""Which promises have needs, offers, meetings and cooperations behind them, what a forum changed, which nation carries what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from punte.apps.access.queries import country_name
from punte.apps.cooperation.coverage import (
    Nation,
    Record,
    Tally,
    by_area,
    by_nation,
    read_record,
    tallies,
)
from punte.apps.forum.models import Edition
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.models.capability import AREAS, area_name
from punte.apps.programmes.queries import open_milestones
from punte.web.programmes.coverage_map import coverage_map, state_words
from punte.web.programmes.pages import page
from punte.web.tables import table_response


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What an edition changed for one promise."""

    row: Milestone
    before: Tally
    after: Tally
    brought: tuple[int, int, int, int]

    @property
    def words(self) -> tuple[str, str]:
        """The state before and after, in words."""
        return state_words(self.before.state), state_words(self.after.state)


def _changes(record: Record, edition: Edition, rows: Sequence[Milestone]) -> list[Changed]:
    before, after = tallies(record.without(edition.pk), rows), tallies(record, rows)
    found = []
    for row in rows:
        first, second = before[row.pk], after[row.pk]
        brought = tuple(b - a for a, b in zip(first.counts, second.counts, strict=True))
        if any(brought):
            needs, offers, meetings, cooperations = brought
            found.append(
                Changed(
                    row=row,
                    before=first,
                    after=second,
                    brought=(needs, offers, meetings, cooperations),
                )
            )
    return found


def _carries(nation: Nation) -> list[str]:
    lines = []
    for code in AREAS:
        tally = nation.areas.get(code)
        if tally is None:
            continue
        needs, offers, _meetings, cooperations = tally.counts
        words = [
            ngettext("%(n)d need", "%(n)d needs", needs) % {"n": needs} if needs else "",
            ngettext("%(n)d offer", "%(n)d offers", offers) % {"n": offers} if offers else "",
            ngettext("%(n)d cooperation", "%(n)d cooperations", cooperations) % {"n": cooperations}
            if cooperations
            else "",
        ]
        lines.append(f"{area_name(code)}: {', '.join(filter(None, words))}")
    return lines


@login_not_required
@require_GET
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Show each open milestone, capability area and nation with what hangs on it, and what an edition changed."""
    rows = open_milestones()
    record = read_record(timezone.localdate())
    found = tallies(record, rows)
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _as_table(rows, found, ending=request.GET["as"])
    editions = list(Edition.objects.all())
    wanted = request.GET.get("edition", "")
    edition = next((one for one in editions if one.slug == wanted), None) or next(
        iter(editions), None
    )
    areas = by_area(record, rows, found)
    return page(
        request,
        "coverage.html",
        map=coverage_map(rows, found),
        lines=[(row, found[row.pk], state_words(found[row.pk].state)) for row in rows],
        areas=_area_lines(rows, found, areas),
        loose=sum(one.side == "need" and one.milestone_id is None for one in record.listings),
        editions=editions,
        edition=edition,
        changes=_changes(record, edition, rows) if edition else [],
        nations=[
            (country_name(one.code), one, _carries(one)) for one in by_nation(record, rows, found)
        ],
    )


def _area_lines(
    rows: Sequence[Milestone], found: Mapping[UUID, Tally], areas: Mapping[str, Tally]
) -> list[dict[str, Any]]:
    lines = []
    for code in AREAS:
        tally = areas.get(code, Tally())
        own = [found[row.pk].state for row in rows if code in row.programme.capability]
        lines.append(
            {
                "name": area_name(code),
                "promises": len(own),
                "unserved": sum(state in {"none", "unmet"} for state in own),
                "tally": tally,
                "words": state_words(tally.state),
            }
        )
    return lines


def _as_table(
    rows: Sequence[Milestone], found: Mapping[UUID, Tally], *, ending: str
) -> HttpResponse:
    columns = [
        _("Programme"),
        _("Milestone"),
        _("Promised by"),
        _("Needs"),
        _("Offers"),
        _("Meetings"),
        _("Cooperations"),
        _("State"),
    ]
    lines = [
        [
            row.programme.name,
            row.name,
            row.promised_on.isoformat(),
            *found[row.pk].counts,
            state_words(found[row.pk].state),
        ]
        for row in rows
    ]
    return table_response("coverage", columns, lines, ending=ending)
