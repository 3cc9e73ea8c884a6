"""Where the components of a case come from, by country, against the share that is allowed from outside."""

from typing import Final

import altair as alt
from django.utils.translation import gettext as _

from punte.apps.access.queries import country_name
from punte.apps.funding.bridge import OriginBar
from punte.web.finance.pictures import Values
from punte.web.finance.tiles import alpha_codes
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of
from punte.web.ui.templatetags.ui import percent

_SIDES: Final = ("inside", "outside", "open")


def origins(bar: OriginBar) -> Chart:
    """Return each country's part of the cost at least and at most, and all from outside against the limit."""
    codes = alpha_codes()
    whole = _("from outside, in all")
    rows = [(whole, "outside", bar.low, bar.high)]
    for one in bar.countries:
        name = country_name(codes.get(one.country, one.country)) if one.country else _("not known")
        side = ("inside" if one.inside else "outside") if one.country else "open"
        rows.append((name, side, one.low, one.high))
    words = {"inside": _("inside"), "outside": _("outside"), "open": _("origin not known")}
    return Chart(
        id="origins",
        title=_("Where its components come from"),
        source=_(
            "Part of the cost: full colour for certain, pale where it depends on what is not known. The line is the limit, %(limit)s."
        )
        % {"limit": percent(bar.limit)},
        svg=draw_chart(
            _bars(rows, bar.limit),
            description=_("Between %(low)s and %(high)s comes from outside; %(limit)s is allowed.")
            % {
                "low": percent(bar.low, 1),
                "high": percent(bar.high, 1),
                "limit": percent(bar.limit),
            },
        ),
        legend=[words[side] for side in _SIDES],
        columns=(_("Country"), _("Counts as"), _("At least"), _("At most")),
        rows=[
            (name, words[side], percent(low, 2), percent(high, 2)) for name, side, low, high in rows
        ],
    )


def _bars(
    rows: list[tuple[str, str, float, float]], limit: float
) -> alt.LayerChart | alt.FacetChart:
    values: Values = [
        {"name": name, "side": side, "low": low, "high": high, "zero": 0.0}
        for name, side, low, high in rows
    ]
    order = [name for name, *_rest in rows]
    y = alt.Y("name:N", title=None, sort=order, axis=alt.Axis(labelLimit=200))
    color = alt.Color(
        "side:N", scale=alt.Scale(domain=list(_SIDES), range=[*CATEGORIES[:2], CATEGORIES[3]])
    )
    x = alt.X(
        "zero:Q",
        title=None,
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%"),
    )
    base = alt.Chart({"values": values})
    sure = base.mark_bar(height=18).encode(x=x, x2="low:Q", y=y, color=color)
    rest = base.mark_bar(height=18, opacity=0.4).encode(
        x=alt.X("low:Q"), x2="high:Q", y=y, color=color
    )
    line = (
        alt.Chart({"values": [{"limit": limit}]})
        .mark_rule(color=ink_of("ink"), strokeDash=[5, 3], strokeWidth=2)
        .encode(x="limit:Q")
    )
    return alt.layer(sure, rest, line).properties(width=500, height=30 * len(rows))
