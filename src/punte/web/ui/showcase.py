"""What the page of pieces shows: invented figures, each piece once, the way pages use it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import altair as alt
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.web.ui.charts import Chart, draw_chart

VENUE_ZONE = ZoneInfo("Europe/Bucharest")
NAMES = ("Carpat Optics", "Someș Marine", "Ґрунт Системи", "Dacia Radio", "Nordvik", "Orhei Textil")
KINDS = ("g", "b", "s")


class PiecesForm(forms.Form):
    """Each kind of field, one of them faulty."""

    title = forms.CharField(label=gettext_lazy("Title"), help_text=gettext_lazy("In one line."))
    e_mail = forms.EmailField(label=gettext_lazy("E-mail"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of meeting"),
        choices=[
            ("b2g", gettext_lazy("Authority and company")),
            ("b2b", gettext_lazy("Companies")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Why you want to meet"), widget=forms.Textarea, required=False
    )
    is_urgent = forms.BooleanField(label=gettext_lazy("It cannot wait"), required=False)


def _board_rows(slots: int) -> Iterator[dict[str, Any]]:
    """Yield six invented rows of the board: free cells, one closed, one locked."""
    for row in range(6):
        cells = []
        for column in range(slots):
            pick = (row * 7 + column * 3) % 11
            cell: dict[str, Any] = {"closed": row == 4 and column > 3, "meeting": None}
            if pick < 8 and not cell["closed"]:
                first, second = (row + column) % 6, (row + column * 2 + 1) % 6
                cell["meeting"] = {
                    "first": NAMES[first],
                    "second": NAMES[second if second != first else (second + 1) % 6],
                    "people": f"{first} {second}",
                    "kind": KINDS[pick % 3],
                    "locked": pick == 2,
                }
            cells.append(cell)
        yield {"name": f"T{row + 1:02}", "cells": cells}


def _sample_chart() -> Chart:
    """Return a bar chart with its table: requests by size of organisation, invented."""
    sizes = [(_("small"), 412, 371), (_("medium"), 640, 588), (_("large"), 522, 489)]
    values = [
        {"size": name, "count": count, "kind": kind, "order": order}
        for order, (name, asked, met) in enumerate(sizes)
        for kind, count in (("0", asked), ("1", met))
    ]
    bars = (
        alt.Chart({"values": values}, width=560, height=200)
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            y=alt.Y("size:N", title=None, sort=alt.SortField("order")),
            x=alt.X("count:Q", title=_("meetings"), axis=alt.Axis(grid=True, tickCount=5)),
            yOffset="kind:N",
            color=alt.Color("kind:N", legend=None),
        )
    )
    return Chart(
        id="sample-chart",
        title=_("Requests and meetings by size of the company"),
        source=_("invented figures"),
        svg=draw_chart(bars, description=_("About nine requests in ten became meetings.")),
        legend=(_("asked for"), _("met")),
        columns=(_("size"), _("asked for"), _("met")),
        rows=[(name, str(asked), str(met)) for name, asked, met in sizes],
    )


def describe_pieces() -> dict[str, Any]:
    """Return the context of the page of pieces."""
    first = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
    slots = [first + timedelta(minutes=20 * number) for number in range(8)]
    return {
        "form": PiecesForm(),
        "faulty_form": PiecesForm(
            {"faulty-title": "", "faulty-e_mail": "ana.example", "faulty-kind": "b2g"},
            prefix="faulty",
        ),
        "venue_zone": VENUE_ZONE,
        "slots": slots,
        "slot_end": slots[0] + timedelta(minutes=20),
        "rows": list(_board_rows(len(slots))),
        "chart": _sample_chart(),
        "palette": ["k1", "k2", "k3", "k4", "k5", "k6"],
    }
