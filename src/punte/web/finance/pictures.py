"""The pictures of debt service, each with a table beside it. Amounts in millions; the tables to the cent."""

from collections.abc import Sequence
from typing import Final

import altair as alt
from django.utils.translation import gettext as _

from punte.apps.funding.bridge import Fan, LoanFigures
from punte.web.finance.loan_words import way_words
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of
from punte.web.ui.templatetags.ui import amount, number

WIDTH: Final = 700
CENTS: Final = 100_000_000
"""Cents in a million."""

MOST_DRAWS: Final = 24
"""So many draws have a column of their own; the rest are one more."""

LEAST_SPREAD: Final = 1.0
"""Less than this between nine of ten courses is no spread [units of the currency]."""

DWARFS: Final = 2.5
"""A year whose service is so many times the usual one is drawn beyond the edge of a fan."""
MOST_BEYOND: Final = 6
"""So many years beyond the edge are named."""

Values = list[dict[str, object]]


def in_words(units: float) -> str:
    """Return an amount in whole units as the reader's language writes it, to the cent."""
    return number(units, 2)


def year_axis() -> alt.X:
    """Return the axis of calendar years."""
    return alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))


def million_axis(field: str, currency: str) -> alt.Y:
    """Return an axis of amounts in millions."""
    return alt.Y(field, title=_("million %(c)s") % {"c": currency})


def debt_service(found: LoanFigures) -> Chart:
    """Return debt service by year, interest and principal, with the year of the first principal."""
    parts = (("interest", _("interest and fees")), ("principal", _("principal")))
    first = min(line.first_principal.year for line in found.ledger.draws)
    peak = max(found.ledger.years, key=lambda line: line.service_cents)
    return Chart(
        id="years",
        title=_("Debt service by year"),
        source=_("The dashed line marks the first year with principal, %(year)d.")
        % {"year": first},
        svg=draw_chart(
            _service_bars(found, first).properties(width=WIDTH, height=240),
            description=_("The dearest year is %(year)d with %(amount)s million.")
            % {"year": peak.year, "amount": number(peak.service_cents / CENTS, 1)},
        ),
        legend=[label for _part, label in parts],
        columns=(
            _("Year"),
            _("Drawn"),
            _("Interest"),
            _("Fees"),
            _("Principal"),
            _("Owed at the end"),
        ),
        rows=[
            (
                str(line.year),
                amount(line.drawn_cents),
                amount(line.interest_cents),
                amount(line.fee_cents),
                amount(line.principal_cents),
                amount(line.owed_cents),
            )
            for line in found.ledger.years
        ],
    )


def _service_bars(found: LoanFigures, first: int) -> alt.LayerChart | alt.FacetChart:
    values: Values = [
        {
            "year": line.year,
            "part": part,
            "order": order,
            "amount": (
                line.interest_cents + line.fee_cents if part == "interest" else line.principal_cents
            )
            / CENTS,
        }
        for line in found.ledger.years
        for order, part in enumerate(("interest", "principal"))
    ]
    bars = (
        alt.Chart({"values": values})
        .mark_bar()
        .encode(
            x=year_axis(),
            y=million_axis("amount:Q", found.portfolio.currency),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=["interest", "principal"], range=list(CATEGORIES[:2])),
            ),
            order="order:Q",
        )
    )
    return alt.layer(bars, _edge(first))


def _edge(year: int) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart({"values": [{"year": year}]})
        .mark_rule(color=ink_of("ink"), strokeDash=[5, 3])
        .encode(x="year:O")
    )
    return rule


def service_by_draw(found: LoanFigures) -> Chart | None:
    """Return debt service by year and draw; where a draw's grace ends, its bar begins to hold principal. None for one draw."""
    lines = found.ledger.draws
    if len(lines) < 2:
        return None
    names = [line.draw for line in lines[:MOST_DRAWS]]
    rest = len(lines) - len(names)
    columns = list(map(way_words, names))
    if rest:
        columns.append(_("%(count)d further draws") % {"count": rest})
    sums = _sums_by_draw(found, names)
    edges = [line.first_principal.year for line in lines]
    return Chart(
        id="draws-by-year",
        title=_("Debt service by draw"),
        source=_(
            "Each draw is its own loan, the earliest at the bottom. Marks show the years in which their grace ends: %(first)d to %(last)d."
        )
        % {"first": min(edges), "last": max(edges)},
        svg=draw_chart(
            _draw_bars(found, sums, columns, edges).properties(width=WIDTH, height=240),
            description=_("Principal is first paid in %(first)d, on the last draw in %(last)d.")
            % {"first": min(edges), "last": max(edges)},
        ),
        columns=(_("Year"), *columns),
        rows=[(str(year), *(amount(cents) for cents in by_draw)) for year, by_draw in sums.items()],
    )


def _sums_by_draw(found: LoanFigures, names: Sequence[str]) -> dict[int, list[int]]:
    """Return service by year and draw [cents]; the last place holds all draws without a name of their own."""
    place = {name: number for number, name in enumerate(names)}
    width = len(names) + (len(found.ledger.draws) > len(names))
    sums = {line.year: [0] * width for line in found.ledger.years}
    for flow in found.ledger.flows:
        if flow.service_cents:
            sums[flow.pay_day.year][place.get(flow.draw, width - 1)] += flow.service_cents
    return sums


def _draw_bars(
    found: LoanFigures, sums: dict[int, list[int]], columns: Sequence[str], edges: Sequence[int]
) -> alt.LayerChart | alt.FacetChart:
    values: Values = [
        {"year": year, "draw": name, "order": order, "amount": cents / CENTS}
        for year, by_draw in sums.items()
        for order, (name, cents) in enumerate(zip(columns, by_draw, strict=True))
    ]
    shades = [1.0 if number % 2 == 0 else 0.55 for number in range(len(columns))]
    bars = (
        alt.Chart({"values": values})
        .mark_bar(color=ink_of("accent"))
        .encode(
            x=year_axis(),
            y=million_axis("amount:Q", found.portfolio.currency),
            opacity=alt.Opacity(
                "draw:N", scale=alt.Scale(domain=list(columns), range=shades), legend=None
            ),
            order="order:Q",
        )
    )
    marks = (
        alt.Chart({"values": [{"year": year} for year in sorted(set(edges))]})
        .mark_point(
            shape="triangle-down", filled=True, size=70, color=ink_of("ink"), opacity=1, yOffset=-4
        )
        .encode(x="year:O", y=alt.value(0))
    )
    return alt.layer(bars, marks, _edge(min(edges)))


def fans(found: LoanFigures) -> list[Chart]:
    """Return the spread of yearly debt service over ten thousand courses of the rates, for each way to have the money that has one."""
    ways = found.simulation.fans if found.simulation else ()
    spread = [(number, way) for number, way in enumerate(ways) if _widest(way)[1] >= LEAST_SPREAD]
    return [_fan(found, number, way) for number, way in spread]


def _widest(way: Fan) -> tuple[int, float]:
    """Return the place of the year in which nine of ten courses lie farthest apart, and how far [units of the currency]."""
    spread = way.service[4] - way.service[0]
    place = int(spread.argmax())
    return place, float(spread[place])


def _fan(found: LoanFigures, order: int, way: Fan) -> Chart:
    keys = ("p5", "p25", "p50", "p75", "p95")
    courses = [row.tolist() for row in way.service]
    values: Values = [
        {"year": year, **{key: course[at] / 1e6 for key, course in zip(keys, courses, strict=True)}}
        for at, year in enumerate(way.years)
    ]
    widest, _spread = _widest(way)
    top, beyond = _top(courses)
    title = _("Debt service under random rates")
    return Chart(
        id=f"fan-{order}" if order else "fan",
        title=f"{title}: {way.name}" if order else title,
        source=_(
            "Middle, and what half and nine of ten courses of the rates stay within; %(paths)s courses, one seed."
        )
        % {"paths": number(found.simulation.paths if found.simulation else 0)}
        + _beyond([way.years[at] for at in beyond]),
        svg=draw_chart(
            _fan_layers(values, found.portfolio.currency, top).properties(width=WIDTH, height=220),
            description=_(
                "Nine of ten courses lie between %(low)s and %(high)s million in %(year)d."
            )
            % {
                "low": number(courses[0][widest] / 1e6, 1),
                "high": number(courses[4][widest] / 1e6, 1),
                "year": way.years[widest],
            },
        ),
        columns=(_("Year"), "5 %", "25 %", "50 %", "75 %", "95 %"),
        rows=[
            (str(year), *(in_words(course[at]) for course in courses))
            for at, year in enumerate(way.years)
        ],
    )


def _top(courses: Sequence[Sequence[float]]) -> tuple[float, list[int]]:
    """Return up to where a fan is drawn [millions], and the places of the years beyond that: a bond paid back dwarfs its interest."""
    usual = sorted(courses[2])[len(courses[2]) // 2]
    beyond = [at for at, middle in enumerate(courses[2]) if middle > DWARFS * usual > 0]
    rest = [high for at, high in enumerate(courses[4]) if at not in beyond]
    return 1.1 * max([*rest, 1e-6 if beyond else 0.0]) / 1e6, beyond


def _beyond(years: Sequence[int]) -> str:
    """Return what is said of years that stand beyond the edge of a fan; nothing where none does."""
    if not years:
        return ""
    return " " + _(
        "Beyond the upper edge, since principal falls due: %(years)s; the table has it."
    ) % {
        "years": ", ".join(map(str, years[:MOST_BEYOND]))
        + (" …" if len(years) > MOST_BEYOND else "")
    }


def _fan_layers(values: Values, currency: str, top: float) -> alt.LayerChart | alt.FacetChart:
    axis = alt.Axis(labelAngle=0, labelOverlap=True, format="d")
    x = alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(nice=False, zero=False))

    def height(field: str) -> alt.Y:
        return million_axis(field, currency).scale(domain=[0, top], nice=True)

    def band(low: str, high: str) -> alt.Chart:
        area: alt.Chart = (
            alt.Chart({"values": values})
            .mark_area(color=ink_of("accent"), opacity=0.22, clip=True)
            .encode(x=x, y=height(f"{low}:Q"), y2=f"{high}:Q")
        )
        return area

    line = (
        alt.Chart({"values": values})
        .mark_line(color=ink_of("accent"), strokeWidth=2, clip=True)
        .encode(x=x, y=height("p50:Q"))
    )
    return alt.layer(band("p5", "p95"), band("p25", "p75"), line)
