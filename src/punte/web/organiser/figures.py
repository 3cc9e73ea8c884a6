"""An organiser's view of all requests, the figures of the edition, and the log of who of an authority met whom."""

from typing import Any

import altair as alt
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from punte.apps.access.actions import record
from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.queries import country_name
from punte.apps.forum.folding import holds
from punte.apps.forum.queries import faces
from punte.apps.meetings.by_listing import (
    ByListing,
    ListingTally,
    Tally,
    requests_by_listing,
    sum_of,
)
from punte.apps.meetings.four_eyes import asks_four_eyes, lacks_second
from punte.apps.meetings.insight import AccessLine, Insight, ShareLine, equal_access, insight_into
from punte.apps.meetings.may_ask import OPEN
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.people.models import Organisation
from punte.web.organiser.desk import Desk, open_desk
from punte.web.tables import asked_ending, table_response
from punte.web.ui.charts import Chart, draw_chart, ink_of

ROWS = 100
LISTINGS_SHOWN = 30
"""Needs, and offers, that the page names; the others are summed in one line, and the files have them all."""


@require_GET
def show_all_requests(request: HttpRequest, slug: str) -> HttpResponse:
    """List the requests of the edition by state and words; as a file with ``?as=csv`` or ``?as=xlsx``."""
    desk = open_desk(request, slug)
    state = request.GET.get("state", "")
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    chosen = _chosen_requests(desk, state, words)
    asks, eyes = asks_four_eyes(desk.edition.pk), request.GET.get("eyes") == "missing"
    if asks and eyes:
        every = MeetingRequest.objects.filter(edition=desk.edition, state__in=OPEN)
        chosen = chosen.filter(pk__in=lacks_second(desk.edition, every, faces(desk.edition.pk)))
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _requests_file(desk, request.GET["as"], _request_lines(desk, list(chosen)))
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "organiser/all_requests.html",
        desk.context(
            rows=_request_lines(desk, list(page.object_list)),
            pages=page,
            q=words,
            state=state,
            states=MeetingRequest.State.choices,
            asks_eyes=asks,
            eyes=eyes,
        ),
    )


def _chosen_requests(desk: Desk, state: str, words: str) -> QuerySet[MeetingRequest]:
    chosen = MeetingRequest.objects.filter(edition=desk.edition)
    if state in MeetingRequest.State.values:
        chosen = chosen.filter(state=state)
    for word in words.split():
        chosen = chosen.filter(
            Q(code__iexact=word)
            | holds(
                word,
                "sender__badge_name",
                "receiver__badge_name",
                "sender__organisation__name",
                "receiver__organisation__name",
            )
        )
    return chosen


def _request_lines(desk: Desk, rows: list[MeetingRequest]) -> list[dict[str, Any]]:
    known = faces(desk.edition.pk)
    version = TimetableVersion.objects.filter(
        edition=desk.edition, state=TimetableVersion.State.PUBLISHED
    ).first()
    held = Meeting.objects.filter(version=version, request__in=rows) if version else None
    times = dict(held.values_list("request_id", "slot__starts_at")) if held is not None else {}
    alone = lacks_second(desk.edition, rows, known)
    return [
        {
            "row": row,
            "is_alone": row.pk in alone,
            "sender": known.get(row.sender_id),
            "receiver": known.get(row.receiver_id),
            "met_at": times.get(row.pk),
        }
        for row in rows
    ]


def _requests_file(desk: Desk, ending: str, lines: list[dict[str, Any]]) -> HttpResponse:
    record("requests.exported", None, edition_id=desk.edition.pk, rows=len(lines))
    columns = [
        _("Request"),
        _("From"),
        _("From organisation"),
        _("To"),
        _("To organisation"),
        _("Rank"),
        _("Priority"),
        _("State"),
        _("Met at"),
        _("Reason"),
    ]
    zone = desk.edition.zone
    rows = [
        [
            line["row"].code,
            line["sender"].name if line["sender"] else "",
            line["sender"].organisation if line["sender"] else "",
            line["receiver"].name if line["receiver"] else "",
            line["receiver"].organisation if line["receiver"] else "",
            line["row"].rank,
            line["row"].priority,
            line["row"].get_state_display(),
            f"{line['met_at'].astimezone(zone):%Y-%m-%d %H:%M}" if line["met_at"] else "",
            line["row"].reason,
        ]
        for line in lines
    ]
    return table_response(f"{desk.edition.slug}-requests", columns, rows, ending=ending)


@require_GET
def show_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how requests were answered and met, by nation, kind and size of organisation, need and offer."""
    desk = open_desk(request, slug)
    insight = insight_into(desk.edition.pk)
    kinds, sizes = dict(Organisation.Kind.choices), dict(Organisation.Size.choices)
    groups = [
        (_("country"), _("By country"), _named(insight.by_country, country_name)),
        (
            _("kind"),
            _("By kind of organisation"),
            _named(insight.by_kind, lambda kind: str(kinds.get(kind, kind))),
        ),
        (
            _("size"),
            _("By size of organisation"),
            _named(insight.by_size, lambda size: str(sizes.get(size, _("not given")))),
        ),
    ]
    listings = requests_by_listing(desk.edition.pk)
    if ending := asked_ending(request):
        return _figures_file(desk, ending, groups, listings)
    return render(
        request,
        "organiser/figures.html",
        desk.context(
            insight=insight,
            groups=groups,
            sections=_listing_sections(listings),
            chart=_spread_chart(insight),
        ),
    )


def _listing_sections(found: ByListing) -> list[dict[str, Any]]:
    """Return the tables of needs and offers: the most asked about by name, and lines that sum up the rest."""

    def section(title: str, lines: tuple[ListingTally, ...]) -> dict[str, Any]:
        rest = lines[LISTINGS_SHOWN:]
        return {
            "title": title,
            "lines": lines[:LISTINGS_SHOWN],
            "more": len(rest),
            "sums": [],
            "rest": sum_of(line.tally for line in rest),
            "alone": sum(not line.tally.asked for line in lines),
        }

    needs, offers = section(_("By need"), found.needs), section(_("By offer"), found.offers)
    needs["sums"] = [
        (_("about an offer"), sum_of(line.tally for line in found.offers)),
        (_("about no need or offer that you see"), found.neither),
    ]
    return [needs, offers] if found.offers else [needs]


def _figures_file(
    desk: Desk,
    ending: str,
    groups: list[tuple[str, str, list[tuple[str, ShareLine]]]],
    found: ByListing,
) -> HttpResponse:
    columns = [
        _("Grouped by"),
        _("Group"),
        _("Organisation"),
        _("Delegates"),
        _("Requests"),
        pgettext("several", "Accepted"),
        _("Met"),
        _("Share met"),
    ]

    def cells(line: ShareLine | Tally) -> list[object]:
        return [line.asked, line.accepted, line.met, _rounded(line.share)]

    rows: list[list[object]] = [
        [by, name, "", line.delegates, *cells(line)]
        for by, _title, named in groups
        for name, line in named
    ]
    for by, lines in ((_("need"), found.needs), (_("offer"), found.offers)):
        rows += [[by, one.listing.title, one.owner, "", *cells(one.tally)] for one in lines]
    rows.append([_("need or offer"), _("none that you see"), "", "", *cells(found.neither)])
    marking = strictest_tlp(
        (one.listing.label_tlp for one in (*found.needs, *found.offers)), least=Tlp.AMBER
    )
    name = f"{desk.edition.slug}-figures"
    return table_response(name, columns, rows, ending=ending, marking=marking)


def _rounded(share: float | None) -> float | str:
    return "" if share is None else round(share, 4)


def _named(lines: tuple[ShareLine, ...], name: Any) -> list[tuple[str, ShareLine]]:  # noqa: ANN401
    return [(name(line.group) if line.group else _("not given"), line) for line in lines]


def _spread_chart(insight: Insight) -> Chart | None:
    if not insight.met:
        return None
    data = [{"n": n, "count": count} for n, count in enumerate(insight.spread)]
    picture = (
        alt.Chart({"values": data})
        .mark_bar(color=ink_of("accent"))
        .encode(
            x=alt.X("n:O", title=_("meetings of a delegate"), axis=alt.Axis(labelAngle=0)),
            y=alt.Y("count:Q", title=_("delegates")),
        )
        .properties(width=560, height=200)
    )
    most = max(range(len(insight.spread)), key=insight.spread.__getitem__)
    return Chart(
        id="spread",
        title=_("How many meetings delegates have"),
        svg=draw_chart(
            picture,
            description=_("The most common number of meetings: %(count)d.") % {"count": most},
        ),
        columns=(_("Meetings"), _("Delegates")),
        rows=[(str(n), str(count)) for n, count in enumerate(insight.spread)],
    )


@require_GET
def show_equal_access(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who asked authorities for a meeting, who was met and what about, met or not."""
    desk = open_desk(request, slug)
    lines = equal_access(desk.edition.pk)
    if request.GET.get("as") in {"csv", "xlsx"}:
        return _equal_access_file(desk, request.GET["as"], lines)
    page = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "organiser/equal_access.html",
        desk.context(
            rows=[(line, country_name(line.country)) for line in page.object_list],
            pages=page,
            total=len(lines),
            met=sum(line.met_at is not None for line in lines),
            firms=len({line.vendor for line in lines}),
            asks_eyes=asks_four_eyes(desk.edition.pk),
        ),
    )


def _equal_access_file(desk: Desk, ending: str, lines: list[AccessLine]) -> HttpResponse:
    record("equal_access.exported", None, edition_id=desk.edition.pk, rows=len(lines))
    columns = [
        _("Authority"),
        _("Firm"),
        _("Country"),
        _("Who asked"),
        _("Asked"),
        _("State"),
        _("Met at"),
        _("About"),
        _("Disclosed agenda"),
        _("Persons of the authority's side"),
    ]
    zone = desk.edition.zone
    rows = [
        [
            line.authority,
            line.vendor,
            country_name(line.country),
            _("the firm") if line.asked_by_vendor else _("the authority"),
            f"{line.asked_at.astimezone(zone):%Y-%m-%d}",
            line.state,
            f"{line.met_at.astimezone(zone):%Y-%m-%d %H:%M}" if line.met_at else "",
            line.subject,
            line.agenda,
            line.eyes,
        ]
        for line in lines
    ]
    return table_response(f"{desk.edition.slug}-equal-access", columns, rows, ending=ending)
