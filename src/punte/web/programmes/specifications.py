"""Vega-Lite specifications of the two pictures that are not drawn by Vega-Lite: the same figures, to draw elsewhere."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import altair as alt

from punte.apps.programmes.bridge import ActivityLine
from punte.web.ui.charts import CATEGORIES, ink_of

WIDTH = 760
BOX, TALL = 152, 54


def gantt_specification(chart: Any, lines: Sequence[ActivityLine]) -> alt.TopLevelMixin | None:  # noqa: ANN401  (an engine's chart)
    """Return the Gantt chart of a plan with dates; ``None`` for one without."""
    dated = [one for one in lines if one.starts_on and one.ends_on]
    if chart.plan.start is None or not dated:
        return None
    names = {one.id: f"{one.id} {one.name}" for one in dated}
    y = alt.Y("name:N", sort=list(names.values()), title=None)
    span: dict[str, Any] = {"x": alt.X("from:T", title=None), "x2": "to:T", "y": y}
    bars = [_bar(one, names[one.id]) for one in dated]
    is_critical = alt.condition(
        "datum.critical", alt.value(CATEGORIES[1]), alt.value(CATEGORIES[0])
    )
    layers = [
        alt.Chart({"values": _ghosts(chart, names)})
        .mark_bar(height=15, filled=False, stroke=ink_of("edge"), strokeDash=[3, 2])
        .encode(**span),
        alt.Chart({"values": bars}).mark_bar(height=9).encode(**span, color=is_critical),
        alt.Chart({"values": [one for one in bars if one["late"]]})
        .mark_rule(color=ink_of("ink"))
        .encode(x="to:T", x2="late:T", y=y),
        alt.Chart({"values": _promises(chart, names)})
        .mark_point(shape="diamond", size=90, color=ink_of("accent"))
        .encode(x="day:T", y=y),
    ]
    return alt.layer(*layers).properties(width=WIDTH, height=22 * len(dated))


def _bar(one: ActivityLine, name: str) -> dict[str, object]:
    assert one.ends_on is not None
    return {
        "name": name,
        "from": str(one.starts_on),
        # A bar ends where its last day does.
        "to": str(max(one.ends_on + timedelta(days=1), one.starts_on or one.ends_on)),
        "late": "" if one.late_on is None else str(one.late_on + timedelta(days=1)),
        "critical": one.is_critical,
    }


def _ghosts(chart: Any, names: dict[str, str]) -> list[dict[str, str]]:  # noqa: ANN401
    plan = chart.plan
    return [
        {"name": names[key], "from": str(plan.date_of(first)), "to": str(plan.date_of(last))}
        for key, (first, last) in (chart.ghost or {}).items()
        if key in names
    ]


def _promises(chart: Any, names: dict[str, str]) -> list[dict[str, str]]:  # noqa: ANN401
    return [
        {"name": names[one.activity], "day": str(chart.plan.date_of(one.target))}
        for one in chart.plan.milestones
        if one.activity in names
    ]


def network_specification(picture: Any) -> alt.TopLevelMixin:  # noqa: ANN401  (an engine's picture)
    """Return the network of a plan: boxes, links and which of them are critical."""
    boxes = [
        {
            "id": box.id,
            "name": f"{box.id} {box.name}",
            "when": box.when,
            "critical": box.is_critical,
        }
        | {"x": box.x, "y": box.y, "x2": box.x + BOX, "y2": box.y + TALL}
        for box in picture.boxes
    ]
    points = [
        {"link": f"{line.first} → {line.second} {line.label}".strip(), "order": order}
        | {"x": x, "y": y, "critical": line.is_critical}
        for line in picture.lines
        for order, (x, y) in enumerate(line.points)
    ]
    across = alt.Scale(domain=[0, picture.width], nice=False)
    down = alt.Scale(domain=[0, picture.height], reverse=True, nice=False)
    x, y = alt.X("x:Q", axis=None, scale=across), alt.Y("y:Q", axis=None, scale=down)
    ink = alt.condition("datum.critical", alt.value(CATEGORIES[1]), alt.value(ink_of("edge")))
    words: dict[str, Any] = {"align": "left", "baseline": "top", "dx": 8, "limit": BOX - 16}
    layers = [
        alt.Chart({"values": points})
        .mark_line()
        .encode(x=x, y=y, detail="link:N", order="order:Q", color=ink),
        alt.Chart({"values": boxes})
        .mark_rect(fill=ink_of("surface"), cornerRadius=5)
        .encode(x=x, x2="x2:Q", y=y, y2="y2:Q", stroke=ink),
        alt.Chart({"values": boxes}).mark_text(dy=8, **words).encode(x=x, y=y, text="name:N"),
        alt.Chart({"values": boxes})
        .mark_text(dy=28, fontSize=10, **words)
        .encode(x=x, y=y, text="when:N"),
    ]
    return alt.layer(*layers).properties(width=picture.width, height=picture.height)
