"""The pictures of what a loan is worth and what may lapse, each with a table beside it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import hypot
from typing import Final

import altair as alt
from django.utils.translation import gettext as _

from punte.apps.funding.bridge import LoanFigures
from punte.web.finance.pictures import CENTS, WIDTH, Values, in_words, million_axis, year_axis
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of
from punte.web.ui.templatetags.ui import amount, number

_SIMULATED: Final = "simulated"
_STATED: Final = "stated"
LABEL: Final = 260
"""The widest name beside a point [pixels]."""
NEAR: Final = 60
"""Two points of one way within this share a name [pixels]."""


def saving(found: LoanFigures) -> Chart | None:
    """Return what the instrument saves against each alternative as a waterfall: interest, fees, principal, in all."""
    ways = found.comparison.ways[1:]
    if not ways:
        return None
    kinds = (("interest", _("interest")), ("fees", _("fees")), ("principal", _("principal")))
    whole = _("in all")
    values = _steps(found, kinds, whole)
    return Chart(
        id="saving",
        title=_("What it saves against the alternatives"),
        source=_(
            "Each bar begins where the one above it ends. Discounted on the curve “%(curve)s”."
        )
        % {"curve": found.comparison.curve},
        svg=draw_chart(
            _waterfall(values, [*(label for _kind, label in kinds), whole], found),
            description=_("Against “%(name)s” it saves %(amount)s million.")
            % {"name": ways[0].name, "amount": number(ways[0].saving / 1e6, 1)},
        ),
        columns=(_("Alternative"), *(label for _kind, label in kinds), whole),
        rows=[
            (
                way.name,
                *(in_words(getattr(way.waterfall, kind)) for kind, _label in kinds),
                in_words(way.saving),
            )
            for way in ways
        ],
    )


def _steps(found: LoanFigures, kinds: Sequence[tuple[str, str]], whole: str) -> Values:
    values: Values = []
    for way in found.comparison.ways[1:]:
        running = 0.0
        for kind, label in kinds:
            step = getattr(way.waterfall, kind) / 1e6
            values.append(
                {
                    "way": way.name,
                    "step": label,
                    "from": running,
                    "to": running + step,
                    "kind": kind,
                }
            )
            running += step
        values.append({"way": way.name, "step": whole, "from": 0.0, "to": running, "kind": "all"})
    return values


def _waterfall(values: Values, steps: list[str], found: LoanFigures) -> alt.Chart:
    header = alt.Header(
        title=None,
        labelOrient="top",
        labelAlign="left",
        labelAnchor="start",
        labelFontSize=13,
        labelColor=ink_of("ink"),
    )
    chart: alt.Chart = (
        alt.Chart({"values": values})
        .mark_bar(height=16)
        .encode(
            x=alt.X(
                "from:Q",
                title=_("saved, present value, million %(c)s") % {"c": found.portfolio.currency},
            ),
            x2="to:Q",
            y=alt.Y("step:N", title=None, sort=steps, axis=alt.Axis(labelLimit=160)),
            row=alt.Row("way:N", header=header, sort=[w.name for w in found.comparison.ways]),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(
                    domain=["interest", "fees", "principal", "all"],
                    range=[*CATEGORIES[:3], ink_of("ink-2")],
                ),
            ),
        )
        .properties(width=WIDTH - 160, height=100)
    )
    return chart


def cost_and_risk(found: LoanFigures) -> Chart | None:
    """
    Return each way to have the money as a point: what it costs, and how much more it may cost.

    Where rates have a model, the mean over its courses and the 95 % quantile above it; and always interest and fees in the baseline
    with the most that a stated scenario adds, as debt offices draw it.
    """
    points = _cost_points(found)
    if not points:
        return None
    labels = {_SIMULATED: _("simulated courses"), _STATED: _("stated scenarios")}
    kinds = [kind for kind in labels if any(one.kind == kind for one in points)]
    cheap = min(points, key=lambda one: one.cost)
    return Chart(
        id="cost-risk",
        title=_("Cost and risk"),
        source=_(
            "Cost: interest and fees. Risk: what they exceed it by, in the dearest stated scenario or in one of twenty simulated courses."
        ),
        svg=draw_chart(
            _points(points, kinds, found.portfolio.currency),
            description=_("“%(name)s” costs least, %(cost)s million, and may cost %(risk)s more.")
            % {"name": cheap.way, "cost": number(cheap.cost, 1), "risk": number(cheap.risk, 1)},
        ),
        legend=[labels[kind] for kind in kinds],
        columns=(_("Way"), _("Rates"), _("Cost, million"), _("Risk, million")),
        rows=[
            (one.way, labels[one.kind], number(one.cost, 2), number(round(one.risk, 2) + 0.0, 2))
            for one in points
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Point:
    """A way to have the money on the plane of cost and risk [millions]."""

    way: str
    kind: str
    cost: float
    risk: float


def _cost_points(found: LoanFigures) -> list[_Point]:
    points = [
        _Point(way=way.name, kind=_STATED, cost=way.cost_cents / CENTS, risk=way.risk_cents / CENTS)
        for way in found.comparison.ways
        if way.scenarios
    ]
    fans = found.simulation.fans if found.simulation else ()
    return points + [
        _Point(way=one.name, kind=_SIMULATED, cost=one.cost_mean / 1e6, risk=one.risk / 1e6)
        for one in fans
    ]


def _points(
    points: list[_Point], kinds: list[str], currency: str
) -> alt.LayerChart | alt.FacetChart:
    most = 1.1 * max([1e-9, *(one.cost for one in points)])
    base = alt.Chart().encode(
        x=alt.X(
            "cost:Q",
            title=_("interest and fees, million %(c)s") % {"c": currency},
            scale=alt.Scale(domain=[min(0.0, *(one.cost for one in points)), most]),
        ),
        y=alt.Y("risk:Q", title=_("million %(c)s more") % {"c": currency}),
        color=alt.Color(
            "kind:N", scale=alt.Scale(domain=kinds, range=list(CATEGORIES[: len(kinds)]))
        ),
        shape=alt.Shape(
            "kind:N",
            scale=alt.Scale(domain=kinds, range=["circle", "diamond"][: len(kinds)]),
            legend=None,
        ),
    )
    marks = base.mark_point(filled=True, size=120, opacity=1)
    layers = [marks.properties(data=_data(points))]
    for (level, is_right), found in _labels(points, most).items():
        names = base.mark_text(
            dy=-14 - 15 * level,
            dx=4 if is_right else -4,
            fontSize=12,
            align="right" if is_right else "left",
            limit=LABEL,
        ).encode(text="way:N", color=alt.value(ink_of("ink-2")))
        layers.append(names.properties(data=_data(found)))
    return alt.layer(*layers).properties(width=WIDTH, height=280)


def _data(points: list[_Point]) -> alt.InlineData:
    return alt.InlineData(values=[asdict(one) for one in points])


def _labels(points: list[_Point], most: float) -> dict[tuple[int, bool], list[_Point]]:
    """
    Return the points by how high their names stand above them and whether these end at the point, so that no two names overlap.

    Points of one way that lie near each other are named once.

    Parameters
    ----------
    most
        The right end of the axis of costs [millions].
    """
    tallest = max([1e-9, *(one.risk for one in points)])
    taken: list[tuple[float, float, float]] = []
    named: list[tuple[str, float, float]] = []
    found: dict[tuple[int, bool], list[_Point]] = {}
    for one in sorted(points, key=lambda point: point.cost):
        place, height = one.cost / most * WIDTH, one.risk / tallest * 280
        if any(way == one.way and hypot(place - x, height - y) < NEAR for way, x, y in named):
            continue
        named.append((one.way, place, height))
        width = min(LABEL, 6.5 * len(one.way))
        is_right = place + width > WIDTH
        begin = place - width if is_right else place
        level = 0
        while any(
            abs(height + 15 * level - at) < 14 and begin < right and left < begin + width
            for left, right, at in taken
        ):
            level += 1
        taken.append((begin, begin + width, height + 15 * level))
        found.setdefault((level, is_right), []).append(one)
    return found


def envelope(found: LoanFigures) -> Chart | None:
    """Return how the envelope is used up to the end of availability: what is drawn in time, and what may lapse."""
    end = found.portfolio.instrument.availability_end
    if end is None or not found.portfolio.draws:
        return None
    risks = {risk.draw: risk.at_risk_cents for risk in found.lapse.draws} if found.lapse else {}
    first = min(draw.day.year for draw in found.portfolio.draws)
    total = found.portfolio.instrument.envelope_cents
    years: list[tuple[int, int, int]] = []
    for year in range(first, end.year + 1):
        until = [draw for draw in found.portfolio.draws if draw.day.year <= year]
        planned = sum(draw.amount_cents for draw in until)
        years.append((year, planned, sum(risks.get(draw.id, 0) for draw in until)))
    _year, planned, lapsing = years[-1]
    columns = [_("Year"), _("Planned so far"), _("Drawn in time, expected"), _("May lapse")]
    return Chart(
        id="envelope",
        title=_("The envelope until %(day)s") % {"day": end.isoformat()},
        source=_("Sums of the draws planned until the end of each year; the line is the envelope.")
        if total
        else _("Sums of the draws planned until the end of each year."),
        svg=draw_chart(
            _envelope_bars(years, total, found.portfolio.currency),
            description=_("Of %(planned)s million planned, %(risk)s million may lapse.")
            % {"planned": number(planned / CENTS, 1), "risk": number(lapsing / CENTS, 1)},
        ),
        legend=[_("drawn in time, expected"), _("may lapse, expected")],
        columns=(*columns, _("Left of the envelope")) if total else columns,
        rows=[
            (
                str(year),
                amount(sum_cents),
                amount(sum_cents - risk),
                amount(risk),
                *((amount(total - sum_cents),) if total else ()),
            )
            for year, sum_cents, risk in years
        ],
    )


def _envelope_bars(
    years: list[tuple[int, int, int]], total: int | None, currency: str
) -> alt.LayerChart | alt.FacetChart:
    values: Values = [
        {"year": year, "part": part, "order": order, "amount": cents / CENTS}
        for year, planned, risk in years
        for order, (part, cents) in enumerate((("drawn", planned - risk), ("risk", risk)))
    ]
    bars = (
        alt.Chart({"values": values})
        .mark_bar()
        .encode(
            x=year_axis(),
            y=million_axis("amount:Q", currency),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=["drawn", "risk"], range=list(CATEGORIES[:2])),
            ),
            order="order:Q",
        )
    )
    size = {"width": 420, "height": 220}
    if total is None:
        return alt.layer(bars).properties(**size)
    line = (
        alt.Chart({"values": [{"amount": total / CENTS}]})
        .mark_rule(color=ink_of("ink"), strokeDash=[5, 3])
        .encode(y="amount:Q")
    )
    return alt.layer(bars, line).properties(**size)
