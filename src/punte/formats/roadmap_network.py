"""The network of a plan as SVG: activities in columns from left to right, links between them, the critical path marked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from punte.engines.roadmap.critical_path import CriticalPath
from punte.engines.roadmap.instance import Link
from punte.engines.roadmap.layout import Layout, lay_out

BOX: Final = 152
TALL: Final = 54
STEP: Final = 204
ROW: Final = 70
EDGE: Final = 8

STYLE: Final = """
.box{fill:#fff;stroke:#8a8f98}.box.critical{fill:#fdf1e7;stroke:#a34700;stroke-width:2}.box.done{stroke-dasharray:3 2}
.link{fill:none;stroke:#8a8f98;stroke-width:1.2}.link.critical{stroke:#a34700;stroke-width:2.6}.tip{fill:#8a8f98}.tip.critical{fill:#a34700}
text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px;fill:#555}.id{font-weight:600}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One activity in the picture; ``x`` and ``y`` of its upper left corner [pixels]."""

    id: str
    name: str
    when: str
    slack: str
    x: float
    y: float
    column: int
    is_critical: bool
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One link in the picture; ``points`` from the first activity to the second [pixels]."""

    first: str
    second: str
    label: str
    points: tuple[tuple[float, float], ...]
    is_critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPicture:
    """Everything in the picture of a network, for whoever draws it; sizes in pixels."""

    name: str
    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def picture_network(path: CriticalPath, say: Callable[[str], str] = str) -> NetworkPicture:
    """
    Return the picture of a plan's network.

    Parameters
    ----------
    say
        Translates the words of the picture, such as ``critical``.
    """
    layout = lay_out(path.network)
    return NetworkPicture(
        name=path.network.plan.name or say("Plan"),
        width=EDGE * 2 + STEP * (layout.columns - 1) + BOX,
        height=EDGE * 2 + ROW * layout.height + TALL,
        boxes=tuple(_box(path, layout, idx, say) for idx in range(len(path.network.activities))),
        lines=tuple(_line(path, layout, idx) for idx in range(len(path.network.links))),
    )


def _box(path: CriticalPath, layout: Layout, idx: int, say: Callable[[str], str]) -> Box:
    plan, activity = path.network.plan, path.network.activities[idx]
    dates, (column, row) = path.dates[activity.id], layout.places[idx]
    done = activity.progress is not None and activity.progress.actual_finish is not None
    first = plan.date_of(dates.early_start) or dates.early_start
    last = plan.finish_date_of(dates.early_finish) or dates.early_finish
    if done:
        slack = say("done")
    elif dates.is_critical:
        slack = say("critical")
    else:
        slack = say("float {days}").format(days=dates.total_float)
    return Box(
        id=activity.id,
        name=activity.name or activity.id,
        # A moment has one date: the day on which what leads to it ends.
        when=f"{first} / {last}" if dates.early_finish > dates.early_start else str(last),
        slack=slack,
        x=EDGE + STEP * column,
        y=round(EDGE + ROW * row, 1),
        column=column + 1,
        is_critical=dates.is_critical and not done,
        is_done=done,
    )


def _line(path: CriticalPath, layout: Layout, idx: int) -> Line:
    network = path.network
    link, (first, second) = network.links[idx], network.ends[idx]
    ids = network.activities[first].id, network.activities[second].id
    start = path.dates[ids[0]].early_start
    # A calendar may lift the day that the link asks for to the next working one.
    asked = network.snap(second, network.earliest_by_link(idx, start))
    is_tight = asked >= path.dates[ids[1]].early_start
    alive = set(path.critical)
    points = []
    way = layout.ways[idx]
    for step, (column, row) in enumerate(way):
        x, y = EDGE + STEP * column, round(EDGE + ROW * row + TALL / 2, 1)
        # A link leaves a box on its right, enters one on its left, and passes straight between two others.
        points += [(x, y)] if step else []
        points += [(x + BOX, y)] if step < len(way) - 1 else []
    return Line(
        first=ids[0],
        second=ids[1],
        label=_label(link),
        points=tuple(points),
        is_critical=set(ids) <= alive and is_tight,
    )


def _label(link: Link) -> str:
    words = "" if link.type == "FS" and not link.lag else link.type
    return words + (f"{link.lag:+d}" if link.lag else "")


def draw_network(picture: NetworkPicture, say: Callable[[str], str] = str) -> str:
    """Return the picture as an SVG text with a title, a description and one title for each activity."""
    critical = sum(box.is_critical for box in picture.boxes)
    told = say("{count} activities, {links} links; {critical} activities are critical.").format(
        count=len(picture.boxes), links=len(picture.lines), critical=critical
    )
    size = f'width="{picture.width:g}" height="{picture.height:g}"'
    frame = f'viewBox="0 0 {picture.width:g} {picture.height:g}" {size} role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame} aria-labelledby="network-title network-desc">',
        f'<title id="network-title">{escape(picture.name)}: {escape(say("network"))}</title>',
        f'<desc id="network-desc">{escape(told)}</desc>',
        f"<style>{STYLE}</style>",
        # Critical links last, so that none is drawn over them.
        *(_draw_line(line) for line in sorted(picture.lines, key=lambda line: line.is_critical)),
        *(_draw_box(box) for box in picture.boxes),
        "</svg>",
        "",
    ]
    return "\n".join(parts)


def _draw_line(line: Line) -> str:
    kind = " critical" if line.is_critical else ""
    (x, y), *rest = line.points
    way = f"M{x:g} {y:g}"
    for after, before in zip(rest, line.points, strict=False):
        bend = (before[0] + after[0]) / 2
        if after[1] == before[1]:
            way += f"H{after[0]:g}"
        else:
            way += f"C{bend:g} {before[1]:g} {bend:g} {after[1]:g} {after[0]:g} {after[1]:g}"
    end_x, end_y = line.points[-1]
    tip = f'<path class="tip{kind}" d="M{end_x:g} {end_y:g}l-8 -4v8z"/>'
    label = ""
    if line.label:
        label = f'<text class="small" x="{x + 4:g}" y="{y - 4:g}">{escape(line.label)}</text>'
    return f'<path class="link{kind}" d="{way}"/>{tip}{label}'


def _draw_box(box: Box) -> str:
    kind = " critical" if box.is_critical else " done" if box.is_done else ""
    short = box.name if len(box.name) <= 22 else box.name[:21] + "…"
    shown = box.id if len(box.id) <= 10 else box.id[:9] + "…"
    return (
        f"<g><title>{escape(box.id)} {escape(box.name)}: {escape(box.when)}, {escape(box.slack)}</title>"
        f'<rect class="box{kind}" x="{box.x:g}" y="{box.y:g}" width="{BOX}" height="{TALL}" rx="5"/>'
        f'<text class="id" x="{box.x + 8:g}" y="{box.y + 16:g}">{escape(shown)}</text>'
        f'<text class="small" x="{box.x + BOX - 8:g}" y="{box.y + 16:g}" text-anchor="end">{escape(box.slack)}</text>'
        f'<text x="{box.x + 8:g}" y="{box.y + 32:g}">{escape(short)}</text>'
        f'<text class="small" x="{box.x + 8:g}" y="{box.y + 47:g}">{escape(box.when)}</text></g>'
    )
