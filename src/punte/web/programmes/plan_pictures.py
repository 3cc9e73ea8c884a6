"""Pictures of a plan: Gantt, network, earned value, how promised finishes crept; each with its specification and its table."""

import re
from collections.abc import Sequence
from typing import Any

import altair as alt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from punte.apps.programmes import bridge
from punte.apps.programmes.bridge import ActivityLine, Forecast, ValuePoint
from punte.web.programmes.specifications import gantt_specification, network_specification
from punte.web.programmes.words import say
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of

WIDTH = 760
MOST_LINES = len(CATEGORIES)


def inlined(svg: str) -> SafeString:
    """Return a chart of the command line for a page: its own style sheet is left out, the site's holds."""
    return format_html("{}", SafeString(re.sub(r"<style>.*?</style>", "", svg, flags=re.DOTALL)))


def _iso(value: object) -> str:
    return "" if value is None else str(value)


def gantt(chart: Any, lines: Sequence[ActivityLine]) -> Chart:  # noqa: ANN401  (an engine's chart, handed through)
    """Return the Gantt chart of a plan."""
    return Chart(
        id="gantt",
        title=_("The plan over time"),
        source=_(
            "Bars are planned dates; C marks what is critical; dashed outlines are the baseline; whiskers reach to the date "
            "kept in four of five draws; diamonds are promised dates."
        ),
        svg=inlined(bridge.draw(chart, say=say)),
        css="gantt",
        columns=(
            _("Activity"),
            _("Stage"),
            _("Begins"),
            _("Ends"),
            _("Four of five by"),
            _("Float, days"),
            _("Critical in"),
            _("Waits for"),
        ),
        rows=[
            (
                f"{one.id} {one.name}",
                one.stage,
                _iso(one.starts_on),
                _iso(one.ends_on),
                _iso(one.late_on),
                "" if one.why.is_done else str(one.float_days),
                f"{one.criticality:.0%}",
                one.waits_for,
            )
            for one in lines
        ],
        specification=gantt_specification(chart, lines),
    )


def network(picture: Any, lines: Sequence[ActivityLine]) -> Chart:  # noqa: ANN401  (an engine's picture)
    """Return the network of a plan, its critical path marked."""
    after: dict[str, list[str]] = {}
    for line in picture.lines:
        after.setdefault(line.first, []).append(f"{line.second} {line.label}".strip())
    waits = {one.id: one.waits_for for one in lines}
    return Chart(
        id="network",
        title=_("What waits for what"),
        source=_(
            "From left to right: nothing stands before what it waits for. Thick lines and the word “critical” mark the critical "
            "path; dashed boxes are done."
        ),
        svg=inlined(bridge.draw(picture, say=say)),
        css="network",
        columns=(
            _("Activity"),
            _("Column"),
            _("Dates"),
            _("State"),
            _("Waits for"),
            _("Is waited for by"),
        ),
        rows=[
            (
                f"{box.id} {box.name}",
                str(box.column),
                box.when,
                box.slack,
                waits.get(box.id, ""),
                ", ".join(after.get(box.id, ())),
            )
            for box in sorted(picture.boxes, key=lambda box: (box.column, box.y))
        ],
        specification=network_specification(picture),
    )


def earned_value(points: Sequence[ValuePoint], earned: bridge.Earned) -> Chart:
    """Return what was planned and what is earned over time; the level gap between the two is earned schedule."""
    chart = _value_lines(points, earned)
    return Chart(
        id="earned",
        title=_("Planned and earned"),
        source=_(
            "Dashed: the baseline. The level line from the one to the other is earned schedule. Progress is spread evenly "
            "from the day on which an activity began."
        ),
        legend=(_("planned"), _("earned")),
        svg=draw_chart(
            chart,
            description=_(
                "At the status date %(earned).0f per cent are earned of %(planned).0f planned."
            )
            % {"earned": 100 * earned.earned, "planned": 100 * earned.planned},
        ),
        columns=(_("Date"), _("Planned"), _("Earned")),
        rows=[
            (str(one.day), f"{one.planned:.1%}", "" if one.earned is None else f"{one.earned:.1%}")
            for one in points[:: max(1, len(points) // 12)]
        ],
        specification=chart,
    )


def _value_lines(points: Sequence[ValuePoint], earned: bridge.Earned) -> alt.TopLevelMixin:
    values = [
        {"day": str(one.day), "share": share, "kind": kind}
        for one in points
        for kind, share in (("planned", one.planned), ("earned", one.earned))
        if share is not None
    ]
    kinds = ["planned", "earned"]
    share = alt.Y(
        "share:Q",
        title=_("share of the budget"),
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 1]),
    )
    lines = (
        alt.Chart({"values": values})
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0)),
            y=share,
            color=alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=list(CATEGORIES[:2]))),
            strokeDash=alt.StrokeDash(
                "kind:N", scale=alt.Scale(domain=kinds, range=[[5, 3], [1, 0]])
            ),
        )
    )
    if earned.at is None or earned.earned_on is None:
        flat: alt.Chart = lines.properties(width=WIDTH - 120, height=260)
        return flat
    days = sorted([str(earned.at), str(earned.earned_on)])
    gap = (
        alt.Chart({"values": [{"from": days[0], "to": days[1], "share": earned.earned}]})
        .mark_rule(color=ink_of("ink"), strokeWidth=2)
        .encode(x="from:T", x2="to:T", y="share:Q")
    )
    return alt.layer(lines, gap).properties(width=WIDTH - 120, height=260)


def creep(found: Sequence[Forecast]) -> Chart | None:
    """Return how the planned finish of each milestone moved from version to version of the plan."""
    names = list(dict.fromkeys(one.milestone for one in found))[:MOST_LINES]
    shown = [one for one in found if one.milestone in names]
    if len({one.version for one in shown}) < 2:
        return None
    values = [
        {"version": one.version, "finish": str(one.finish), "milestone": one.milestone}
        for one in shown
    ]
    x = alt.X("version:O", title=_("version of the plan"), axis=alt.Axis(labelAngle=0))
    colour = alt.Color(
        "milestone:N", scale=alt.Scale(domain=names, range=list(CATEGORIES[: len(names)]))
    )
    y = alt.Y("finish:T", title=_("planned finish"), axis=alt.Axis(format="%Y", tickCount="year"))
    drawn = alt.Chart({"values": values}).encode(x=x, y=y, color=colour)
    # By default a line of dates over versions is drawn in the order of its dates.
    lines = drawn.mark_line(strokeWidth=2.5).encode(order=alt.Order("version:Q"))
    points = drawn.mark_point(filled=True, size=60, opacity=1)
    chart = alt.layer(lines, points).properties(width=WIDTH - 120, height=260)
    moved = {}
    for name in names:
        dates = [one.finish for one in shown if one.milestone == name]
        moved[name] = (dates[-1] - dates[0]).days
    worst = max(names, key=lambda name: abs(moved[name]))
    return Chart(
        id="creep",
        title=_("How planned finishes moved"),
        source=_("Level lines keep their date; rising ones slip."),
        legend=names,
        svg=draw_chart(
            chart,
            description=_("“%(name)s” moved most, by %(days)d days.")
            % {"name": worst, "days": moved[worst]},
        ),
        columns=(_("Milestone"), _("Version"), _("As of"), _("Planned finish")),
        rows=[(one.milestone, str(one.version), str(one.as_of), str(one.finish)) for one in shown],
        specification=chart,
    )
