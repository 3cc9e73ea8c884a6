"""A Gantt chart as SVG: bars, the baseline as a ghost behind them, whiskers to the P80 finish, promised dates as diamonds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from xml.sax.saxutils import escape

from punte.engines.roadmap.instance import Plan

ROW = 22
LABEL = 260
WIDTH = 900
TOP = 34

STYLE = """
.bar{fill:#3b6ea5}.bar.critical{fill:#a34700}.ghost{fill:none;stroke:#8a8f98;stroke-dasharray:3 2}
.whisker{stroke:#222;stroke-width:1.5}.moment{fill:#222}.promise{fill:none;stroke:#7a1f5c;stroke-width:1.6}
.grid{stroke:#d9dce1}.now{stroke:#7a1f5c;stroke-dasharray:4 3}text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px;fill:#555}
@media (prefers-color-scheme:dark){text{fill:#e8e8e8}.small{fill:#aaa}.whisker{stroke:#eee}.moment{fill:#eee}.grid{stroke:#444}
.bar{fill:#7fb0e6}.bar.critical{fill:#ee9a5b}.promise,.now{stroke:#e39bcb}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """
    What a chart shows.

    Parameters
    ----------
    starts, finishes
        Activity id to instants [units].
    critical
        Ids whose bars are marked, by colour and by a letter.
    ghost
        Activity id to its start and finish in a baseline [units].
    late
        Activity id to the instant by which it has finished with 80 % probability [units].
    say
        Translates the words of the chart, such as ``critical``.
    """

    plan: Plan
    starts: dict[str, int]
    finishes: dict[str, int]
    critical: frozenset[str] = frozenset()
    ghost: dict[str, tuple[int, int]] | None = None
    late: dict[str, float] | None = None
    say: Callable[[str], str] = str

    @property
    def last(self) -> float:
        """The right edge [units]."""
        ghosts = [finish for _, finish in (self.ghost or {}).values()]
        promised = [milestone.target for milestone in self.plan.milestones]
        return max([1.0, *self.finishes.values(), *ghosts, *promised, *(self.late or {}).values()])

    def x(self, instant: float) -> float:
        """Return the place of an instant on the page [pixels]."""
        return round(LABEL + (WIDTH - LABEL - 10) * instant / self.last, 2)


def draw_gantt(gantt: Gantt) -> str:
    """Return the chart as an SVG text with a title, a description and one title for each bar."""
    plan = gantt.plan
    height = TOP + ROW * len(plan.activities) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="gantt-title gantt-desc">',
        f'<title id="gantt-title">{escape(plan.name or gantt.say("Plan"))}: {escape(gantt.say("Gantt chart"))}</title>',
        f'<desc id="gantt-desc">{escape(_describe(gantt))}</desc>',
        f"<style>{STYLE}</style>",
        *_draw_axis(gantt, height),
    ]
    promised: dict[str, list[int]] = {}
    for milestone in plan.milestones:
        promised.setdefault(milestone.activity, []).append(milestone.target)
    for row, activity in enumerate(plan.activities):
        parts += _draw_row(gantt, row, activity.id, activity.name or activity.id)
        y = TOP + ROW * row + ROW / 2
        for target in promised.get(activity.id, ()):
            x = gantt.x(target)
            told = gantt.say("promised by {day}").format(day=_day(plan, target, finish=True))
            parts.append(
                f'<path class="promise" d="M{x} {y - 6}l6 6-6 6-6-6z"><title>{escape(told)}</title></path>'
            )
    return "\n".join([*parts, "</svg>", ""])


def _describe(gantt: Gantt) -> str:
    plan, say = gantt.plan, gantt.say
    end = _day(plan, max(gantt.finishes.values(), default=0), finish=True)
    shown = [say("{count} activities, ending {end}").format(count=len(plan.activities), end=end)]
    if gantt.critical:
        shown.append(say("{count} critical, marked C").format(count=len(gantt.critical)))
    if gantt.ghost is not None:
        shown.append(say("dashed outlines are the baseline"))
    if gantt.late is not None:
        shown.append(say("whiskers reach to the finish that is kept with 80 % probability"))
    if plan.milestones:
        shown.append(say("diamonds are promised dates"))
    return "; ".join(shown) + "."


def _draw_axis(gantt: Gantt, height: int) -> list[str]:
    plan, parts = gantt.plan, []
    for instant in _ticks(gantt):
        x = gantt.x(instant)
        label = _day(plan, int(instant), finish=False)
        parts.append(f'<line class="grid" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{height - 8}"/>')
        parts.append(f'<text class="small" x="{x + 3}" y="{TOP - 12}">{label}</text>')
    if plan.status_at is not None:
        x = gantt.x(plan.status_at)
        told = gantt.say("status {day}").format(day=_day(plan, plan.status_at, finish=True))
        parts.append(
            f'<line class="now" x1="{x}" y1="{TOP - 6}" x2="{x}" y2="{height - 8}"><title>{escape(told)}</title></line>'
        )
    return parts


def _ticks(gantt: Gantt) -> list[int]:
    """Return six instants or so; the firsts of January where the plan spans years."""
    plan, last = gantt.plan, int(gantt.last)
    if plan.start is not None:
        per_unit = 7 if plan.unit == "week" else 1
        end = plan.start + timedelta(days=last * per_unit)
        years = range(plan.start.year + 1, end.year + 1)
        if len(years) >= 3:
            days = [
                (plan.start.replace(year=year, month=1, day=1) - plan.start).days for year in years
            ]
            return [day // per_unit for day in days]
    return list(range(0, last + 1, max(1, last // 6)))


def _draw_row(gantt: Gantt, row: int, name: str, label: str) -> list[str]:
    plan, y = gantt.plan, TOP + ROW * row
    start, finish = gantt.starts[name], gantt.finishes[name]
    x, width = gantt.x(start), max(0.0, gantt.x(finish) - gantt.x(start))
    short = label if len(label) <= 36 else label[:35] + "…"
    is_critical = name in gantt.critical
    first, last = _day(plan, start, finish=False), _day(plan, finish, finish=True)
    title = f"{label}: " + gantt.say("{first} to {last}").format(first=first, last=last)
    title += f", {gantt.say('critical')}" if is_critical else ""
    parts = [f'<text x="4" y="{y + 15}">{escape(short)}</text>']
    ghost = (gantt.ghost or {}).get(name)
    if ghost is not None:
        left, right = gantt.x(ghost[0]), gantt.x(ghost[1])
        wide = round(max(1.0, right - left), 2)
        parts.append(
            f'<rect class="ghost" x="{left}" y="{y + 2}" width="{wide}" height="{ROW - 4}"/>'
        )
    kind = "bar critical" if is_critical else "bar"
    if finish > start:
        parts.append(
            f'<rect class="{kind}" x="{x}" y="{y + 5}" width="{round(width, 2)}" height="{ROW - 10}" rx="2">'
            f"<title>{escape(title)}</title></rect>"
        )
    else:
        parts.append(
            f'<path class="moment" d="M{x} {y + 5}l5 6-5 6-5-6z"><title>{escape(title)}</title></path>'
        )
    late = (gantt.late or {}).get(name)
    right = gantt.x(max(finish, late or 0.0))
    if late is not None and late > finish:
        middle, edge = y + ROW / 2, gantt.x(late)
        parts.append(
            f'<path class="whisker" fill="none" d="M{gantt.x(finish)} {middle}H{edge}M{edge} {middle - 4}v8">'
            f"<title>80 %: {_day(plan, int(late + 0.999), finish=True)}</title></path>"
        )
    if is_critical:
        parts.append(f'<text class="small" x="{right + 4}" y="{y + 15}">C</text>')
    return parts


def _day(plan: Plan, instant: int, *, finish: bool) -> str:
    found = plan.finish_date_of(instant) if finish else plan.date_of(instant)
    return str(instant) if found is None else found.isoformat()
