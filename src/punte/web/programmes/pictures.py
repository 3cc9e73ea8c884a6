"""The pictures of programmes, each with a table beside it."""

import datetime as dt
from collections.abc import Sequence

import altair as alt
from django.utils.translation import gettext as _

from punte.apps.programmes.models import Milestone, Programme
from punte.web.ui.charts import Chart, draw_chart, ink_of

WIDTH = 760


def timeline(programmes: Sequence[Programme], today: dt.date) -> Chart | None:
    """Return every milestone of every programme on one axis, with today and the marked years."""
    values: list[dict[str, object]] = [
        {
            "programme": programme.name,
            "day": milestone.promised_on.isoformat(),
            "name": milestone.name,
            "done": milestone.done_on is not None,
        }
        for programme in programmes
        for milestone in programme.milestones.all()
    ]
    if not values:
        return None
    order = [programme.name for programme in programmes if programme.milestones.all()]
    points = _promises(values, order, today)
    lines, names = _marked_days(today)
    chart = alt.layer(lines, points, names).properties(
        width=WIDTH - 240, height=34 * len(order), padding={"top": 22, "left": 4}
    )
    ahead = sum(str(value["day"]) >= today.isoformat() for value in values)
    return Chart(
        id="timeline",
        title=_("Promised dates of all programmes"),
        svg=draw_chart(
            chart,
            description=_("%(count)d promised dates, %(ahead)d of them ahead.")
            % {"count": len(values), "ahead": ahead},
        ),
        columns=(_("Programme"), _("Milestone"), _("Promised by")),
        rows=[(str(v["programme"]), str(v["name"]), str(v["day"])) for v in values],
        specification=chart,
    )


def _promises(values: list[dict[str, object]], order: list[str], today: dt.date) -> alt.Chart:
    days = sorted([*(str(value["day"]) for value in values), today.isoformat(), "2030-12-31"])
    # Room at both ends: a mark on the first day would lie on the names.
    ends = [shifted(days[0], -75), shifted(days[-1], 75)]
    axis = alt.Axis(format="%Y", tickCount="year", title=None)
    points: alt.Chart = (
        alt.Chart({"values": values})
        .mark_point(filled=True, size=110, shape="diamond", opacity=1)
        .encode(
            x=alt.X("day:T", axis=axis, scale=alt.Scale(domain=ends)),
            y=alt.Y("programme:N", sort=order, title=None, axis=alt.Axis(labelLimit=230)),
            color=alt.condition(
                "datum.done", alt.value(ink_of("ink-2")), alt.value(ink_of("accent"))
            ),
        )
    )
    return points


def shifted(day: str, days: int) -> str:
    """
    Return a day so many days later, or the last that the calendar knows.

    Examples
    --------
    >>> shifted("2026-01-31", 1), shifted("9999-12-31", 5)
    ('2026-02-01', '9999-12-31')
    """
    try:
        return (dt.date.fromisoformat(day) + dt.timedelta(days=days)).isoformat()
    except OverflowError:
        return day


def _marked_days(today: dt.date) -> tuple[alt.Chart, alt.Chart]:
    """Return the lines of today and of the years that promises are about, and their names."""
    marks = [
        {"day": today.isoformat(), "name": _("today"), "kind": "today"},
        *(
            {"day": f"{year}-12-31", "name": _("end of %(year)d") % {"year": year}, "kind": "year"}
            for year in (2027, 2028, 2030)
        ),
    ]
    lines = (
        alt.Chart({"values": marks})
        .mark_rule(strokeDash=[4, 3])
        .encode(
            x="day:T",
            color=alt.condition(
                "datum.kind == 'today'", alt.value(ink_of("accent")), alt.value(ink_of("edge"))
            ),
        )
    )
    names = (
        alt.Chart({"values": marks})
        .mark_text(align="right", dx=-4, y=-6, fontSize=12, color=ink_of("ink-2"))
        .encode(x="day:T", text="name:N")
    )
    return lines, names


def s_curve(milestone: Milestone, points: Sequence[tuple[dt.date, float]], share: float) -> Chart:
    """Return how the probability of being done grows by date, with the promised date."""
    values = [{"day": day.isoformat(), "share": value} for day, value in points]
    line = (
        alt.Chart({"values": values})
        .mark_line(color=ink_of("accent"), strokeWidth=2.5)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0)),
            y=alt.Y(
                "share:Q",
                title=_("probability of being done"),
                axis=alt.Axis(format="%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
        )
    )
    rule, name = _promise_mark(milestone)
    chart = alt.layer(line, rule, name).properties(width=WIDTH - 120, height=260)
    return Chart(
        id="curve",
        title=_("When it is done"),
        source=_("10,000 draws of the plan with one seed; resources and cash aside."),
        svg=draw_chart(
            chart,
            description=_("By the promised date it is done with %(share).0f per cent.")
            % {"share": 100 * share},
        ),
        columns=(_("Date"), _("Probability")),
        rows=[
            (day.isoformat(), f"{value:.1%}") for day, value in points[:: max(1, len(points) // 12)]
        ],
        specification=chart,
    )


def _promise_mark(milestone: Milestone) -> tuple[alt.Chart, alt.Chart]:
    """Return the line of the promised date, and its name."""
    promised = [{"day": milestone.promised_on.isoformat(), "name": _("promised")}]
    rule = (
        alt.Chart({"values": promised})
        .mark_rule(color=ink_of("ink"), strokeDash=[5, 3])
        .encode(x="day:T")
    )
    name = (
        alt.Chart({"values": promised})
        .mark_text(align="left", dx=5, y=10, fontSize=12, color=ink_of("ink"))
        .encode(x="day:T", text="name:N")
    )
    return rule, name


def tornado(lines: Sequence[tuple[str, dt.date, dt.date]]) -> Chart | None:
    """Return what moves the date most: for each activity or risk the mean finish at its best and worst."""
    if not lines:
        return None
    values = [
        {"name": name, "low": low.isoformat(), "high": high.isoformat()}
        for name, low, high in lines
    ]
    chart = (
        alt.Chart({"values": values})
        .mark_bar(color=ink_of("accent"), height=14)
        .encode(
            x=alt.X("low:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0)),
            x2="high:T",
            y=alt.Y(
                "name:N",
                sort=[value["name"] for value in values],
                title=None,
                axis=alt.Axis(labelLimit=240),
            ),
        )
        .properties(width=WIDTH - 260, height=26 * len(values))
    )
    return Chart(
        id="drivers",
        title=_("What moves the date"),
        source=_("Mean finish over the draws in which it went best and worst."),
        svg=draw_chart(
            chart, description=_("“%(name)s” moves the date most.") % {"name": lines[0][0]}
        ),
        columns=(_("Activity or risk"), _("At best"), _("At worst")),
        rows=[(name, low.isoformat(), high.isoformat()) for name, low, high in lines],
        specification=chart,
    )


def slips(lines: Sequence[tuple[str, int | None]]) -> Chart | None:
    """Return by how many days each activity has moved since the baseline."""
    moved = [(name, days) for name, days in lines if days]
    if not moved:
        return None
    values = [{"name": name, "days": days} for name, days in moved]
    chart = (
        alt.Chart({"values": values})
        .mark_bar(height=14)
        .encode(
            x=alt.X("days:Q", title=_("days later (+) or earlier (-) than promised")),
            y=alt.Y(
                "name:N",
                sort=[name for name, _days in moved],
                title=None,
                axis=alt.Axis(labelLimit=240),
            ),
            color=alt.condition(
                "datum.days > 0", alt.value(ink_of("accent")), alt.value(ink_of("ink-2"))
            ),
        )
        .properties(width=WIDTH - 260, height=24 * len(moved))
    )
    return Chart(
        id="slips",
        title=_("Moved since the baseline"),
        svg=draw_chart(
            chart,
            description=_("“%(name)s” moved most: %(days)d days.")
            % {"name": moved[0][0], "days": moved[0][1]},
        ),
        columns=(_("Activity"), _("Days")),
        rows=[(name, f"{days:+d}") for name, days in moved],
        specification=chart,
    )
