"""The pictures of loans, each with a table beside it. Amounts in millions; the tables to the cent."""

import altair as alt
from django.utils.translation import gettext as _

from punte.apps.funding import bridge
from punte.apps.funding.bridge import LoanFigures
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of

WIDTH = 700
CENTS = 100_000_000
"""Cents in a million."""


def _amount(cents: int) -> str:
    return f"{cents / 100:,.2f}"


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
            % {"year": peak.year, "amount": f"{peak.service_cents / CENTS:,.1f}"},
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
                _amount(line.drawn_cents),
                _amount(line.interest_cents),
                _amount(line.fee_cents),
                _amount(line.principal_cents),
                _amount(line.owed_cents),
            )
            for line in found.ledger.years
        ],
    )


def _service_bars(found: LoanFigures, first: int) -> alt.LayerChart | alt.FacetChart:
    values = [
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
            x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
            y=alt.Y("amount:Q", title=_("million %(c)s") % {"c": found.portfolio.currency}),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=["interest", "principal"], range=list(CATEGORIES[:2])),
            ),
            order="order:Q",
        )
    )
    edge = (
        alt.Chart({"values": [{"year": first}]})
        .mark_rule(color=ink_of("ink"), strokeDash=[5, 3])
        .encode(x="year:O")
    )
    return alt.layer(bars, edge)


def fan(found: LoanFigures) -> Chart | None:
    """Return the spread of yearly debt service over ten thousand courses of the rates."""
    if found.simulation is None:
        return None
    own = found.simulation.fans[0]
    low, mid, high = (own.service[number] for number in bridge.FAN_ROWS)
    values = [
        {"year": year, "low": a / 1e6, "mid": b / 1e6, "high": c / 1e6}
        for year, a, b, c in zip(own.years, low.tolist(), mid.tolist(), high.tolist(), strict=True)
    ]
    return Chart(
        id="fan",
        title=_("Debt service under random rates"),
        source=_(
            "Middle, and what nine of ten courses of the rates stay within; %(paths)s courses, one seed."
        )
        % {"paths": f"{found.simulation.paths:,}"},
        svg=draw_chart(
            _fan_layers(values, found.portfolio.currency).properties(width=WIDTH, height=220),
            description=_("The band is widest in the years of full repayment."),
        ),
        columns=(_("Year"), "5 %", "50 %", "95 %"),
        rows=[
            (str(v["year"]), *(f"{v[key] * 1e6:,.2f}" for key in ("low", "mid", "high")))
            for v in values
        ],
    )


def _fan_layers(values: list[dict[str, float]], currency: str) -> alt.LayerChart | alt.FacetChart:
    axis = alt.Axis(labelAngle=0, labelOverlap=True, format="d")
    x = alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(nice=False, zero=False))
    band = (
        alt.Chart({"values": values})
        .mark_area(color=ink_of("accent"), opacity=0.25)
        .encode(
            x=x,
            y=alt.Y("low:Q", title=_("million %(c)s") % {"c": currency}),
            y2="high:Q",
        )
    )
    line = (
        alt.Chart({"values": values})
        .mark_line(color=ink_of("accent"), strokeWidth=2)
        .encode(x=x, y="mid:Q")
    )
    return alt.layer(band, line)


def saving(found: LoanFigures) -> Chart | None:
    """Return what the instrument saves against each alternative, by kind of payment."""
    ways = found.comparison.ways[1:]
    if not ways:
        return None
    kinds = (("interest", _("interest")), ("fees", _("fees")), ("principal", _("principal")))
    values: list[dict[str, object]] = [
        {"way": way.name, "kind": kind, "amount": getattr(way.waterfall, kind) / 1e6}
        for way in ways
        for kind, _label in kinds
    ]
    return Chart(
        id="saving",
        title=_("What it saves against the alternatives"),
        source=_("Discounted on the curve “%(curve)s”.") % {"curve": found.comparison.curve},
        svg=draw_chart(
            _saving_bars(values, kinds, found.portfolio.currency, len(ways)),
            description=_("Against “%(name)s” it saves %(amount)s million.")
            % {"name": ways[0].name, "amount": f"{ways[0].saving / 1e6:,.1f}"},
        ),
        legend=[label for _kind, label in kinds],
        columns=(_("Alternative"), _("interest"), _("fees"), _("principal"), _("in all")),
        rows=[
            (
                way.name,
                *(f"{getattr(way.waterfall, kind):,.2f}" for kind, _label in kinds),
                f"{way.saving:,.2f}",
            )
            for way in ways
        ],
    )


def _saving_bars(
    values: list[dict[str, object]],
    kinds: tuple[tuple[str, str], ...],
    currency: str,
    count: int,
) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart({"values": values})
        .mark_bar(height=18)
        .encode(
            x=alt.X(
                "amount:Q",
                title=_("saved, present value, million %(c)s") % {"c": currency},
            ),
            y=alt.Y("way:N", title=None, axis=alt.Axis(labelLimit=240)),
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(
                    domain=[kind for kind, _label in kinds], range=list(CATEGORIES[:3])
                ),
            ),
        )
        .properties(width=WIDTH - 240, height=44 * count)
    )
    return chart
