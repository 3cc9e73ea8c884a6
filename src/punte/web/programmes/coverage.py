"""Which promises have needs and offers behind them, and which have none."""

from collections import defaultdict
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.market.queries import sides_serving
from punte.apps.programmes.models.capability import AREAS, area_name
from punte.apps.programmes.queries import open_milestones
from punte.web.programmes.pages import page
from punte.web.tables import table_response

MANY = 4
"""So many offers for one need are called contested."""


def state_of(needs: int, offers: int) -> tuple[str, str]:
    """
    Return how well a promise is covered, as a code and in words.

    Parameters
    ----------
    needs, offers
        Published ones that the reader sees [count].
    """
    if not needs and not offers:
        return "none", _("nothing hangs on it yet")
    if not offers:
        return "unmet", _("unmet: needs without an offer")
    if needs and offers >= MANY * needs:
        return "contested", _("contested: many offers for each need")
    if offers < max(2, needs):
        return "thin", _("thin: few offers")
    return "well", _("well covered")


@login_not_required
@require_GET
def show_coverage(request: HttpRequest) -> HttpResponse:
    """Show each open milestone, and each capability area, with the needs and offers that serve it."""
    milestones = open_milestones()
    counts: dict[UUID, dict[str, int]] = defaultdict(lambda: {"need": 0, "offer": 0})
    for milestone_id, side in sides_serving([row.pk for row in milestones]):
        counts[milestone_id][side] += 1
    lines = []
    by_area: dict[str, list[int]] = {code: [0, 0, 0] for code in AREAS}
    for row in milestones:
        needs, offers = counts[row.pk]["need"], counts[row.pk]["offer"]
        lines.append((row, needs, offers, *state_of(needs, offers)))
        for code in row.programme.capability:
            if code in by_area:
                totals = by_area[code]
                by_area[code] = [totals[0] + 1, totals[1] + needs, totals[2] + offers]
    areas = [
        (area_name(code), promises, needs, offers, *state_of(needs, offers))
        for code, (promises, needs, offers) in by_area.items()
    ]
    if request.GET.get("as") in {"csv", "xlsx"}:
        columns = [
            _("Programme"),
            _("Milestone"),
            _("Promised by"),
            _("Needs"),
            _("Offers"),
            _("State"),
        ]
        rows = [
            [row.programme.name, row.name, row.promised_on.isoformat(), needs, offers, words]
            for row, needs, offers, _code, words in lines
        ]
        return table_response("coverage", columns, rows, ending=request.GET["as"])
    return page(request, "coverage.html", lines=lines, areas=areas)
