"""The coverage map: every open promise by capability area and date, its state told by colour and by shape."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import altair as alt
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.cooperation.coverage import STATES, Tally
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.models.capability import area_name
from punte.web.programmes.pictures import YEARS_AHEAD, YEARS_BACK, shifted
from punte.web.ui.charts import CATEGORIES, Chart, draw_chart, ink_of

SHAPES = {
    "well": ("circle", "●"),
    "thin": ("triangle-up", "▲"),
    "contested": ("diamond", "◆"),
    "unmet": ("cross", "✚"),
    "none": ("square", "■"),
}
COLOURS = {
    "well": CATEGORIES[2],
    "thin": CATEGORIES[1],
    "contested": CATEGORIES[3],
    "unmet": CATEGORIES[4],
    "none": ink_of("edge"),
}


def state_words(state: str) -> str:
    """Return in words how well a promise is covered."""
    return {
        "none": _("nothing hangs on it yet"),
        "unmet": _("unmet: needs without an offer"),
        "thin": _("thin: few offers, or nobody has met"),
        "contested": _("contested: many offers for each need, nobody chosen"),
        "well": _("well covered"),
    }[state]


def coverage_map(rows: Sequence[Milestone], found: Mapping[UUID, Tally]) -> Chart | None:
    """Return the map; ``None`` where no open promise is of any area."""
    values = [
        {
            "area": area_name(code),
            "day": row.promised_on.isoformat(),
            "name": row.name,
            "programme": row.programme.name,
            "state": found[row.pk].state,
            "place": number % 4,
        }
        for number, row in enumerate(rows)
        for code in row.programme.capability
    ]
    if not values:
        return None
    chart = _points(values)
    bare = sum(found[row.pk].state in {"none", "unmet"} for row in rows)
    return Chart(
        id="map",
        title=_("Open promises by capability area and date"),
        source=" · ".join(f"{SHAPES[one][1]} {state_words(one)}" for one in STATES),
        svg=draw_chart(
            chart,
            description=_("%(bare)d of %(count)d open promises have no offer behind them.")
            % {"bare": bare, "count": len(rows)},
        ),
        columns=(_("Area"), _("Milestone"), _("Programme"), _("Promised by"), _("State")),
        rows=[
            (
                str(value["area"]),
                str(value["name"]),
                str(value["programme"]),
                str(value["day"]),
                state_words(str(value["state"])),
            )
            for value in sorted(values, key=lambda one: (str(one["area"]), str(one["day"])))
        ],
        specification=chart,
    )


def _points(values: Sequence[Mapping[str, object]]) -> alt.Chart:
    days = sorted(str(value["day"]) for value in values)
    today = timezone.localdate().isoformat()
    ends = [
        max(shifted(days[0], -60), shifted(today, -YEARS_BACK * 366)),
        min(shifted(days[-1], 60), shifted(today, YEARS_AHEAD * 366)),
    ]
    areas = sorted({str(value["area"]) for value in values})
    chart: alt.Chart = (
        alt.Chart({"values": values})
        .mark_point(filled=True, size=90, opacity=0.9, clip=True)
        .encode(
            x=alt.X(
                "day:T",
                title=None,
                axis=alt.Axis(format="%Y", tickCount="year"),
                scale=alt.Scale(domain=ends),
            ),
            y=alt.Y("area:N", sort=areas, title=None, axis=alt.Axis(labelLimit=250)),
            yOffset=alt.YOffset("place:O", scale=alt.Scale(paddingInner=0.2)),
            color=alt.Color(
                "state:N",
                scale=alt.Scale(domain=list(STATES), range=[COLOURS[one] for one in STATES]),
            ),
            shape=alt.Shape(
                "state:N",
                scale=alt.Scale(domain=list(STATES), range=[SHAPES[one][0] for one in STATES]),
            ),
        )
        .properties(width=560, height=52 * len(areas))
    )
    return chart
