"""
A map of countries by role under a rule set, drawn as tiles: one square each, about where the country lies.

The places are our own drawing; nothing of anybody's map is used. Every country of the register has a tile: one without a place here stands
in the row under the others.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.models import Country
from punte.apps.access.queries import country_name
from punte.apps.funding import bridge
from punte.web.ui.charts import Chart
from punte.web.ui.templatetags.ui import amount

TILE: Final = 54
GAP: Final = 4
PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "IS": (0, 0), "NO": (5, 0), "SE": (6, 0), "FI": (7, 0),
    "EE": (8, 1),
    "IE": (1, 2), "GB": (2, 2), "DK": (5, 2), "LV": (8, 2),
    "NL": (4, 3), "DE": (5, 3), "PL": (6, 3), "LT": (7, 3),
    "BE": (3, 4), "LU": (4, 4), "CZ": (5, 4), "SK": (6, 4), "UA": (8, 4),
    "FR": (3, 5), "LI": (4, 5), "AT": (5, 5), "HU": (6, 5), "RO": (7, 5), "MD": (8, 5),
    "PT": (1, 6), "ES": (2, 6), "IT": (4, 6), "SI": (5, 6), "HR": (6, 6), "RS": (7, 6), "BG": (8, 6), "GE": (11, 6),
    "BA": (6, 7), "ME": (7, 7), "MK": (8, 7), "TR": (10, 7),
    "AL": (7, 8), "GR": (8, 8),
    "MT": (4, 9), "CY": (10, 9),
}  # fmt: skip
"""Column and row of each country's tile."""

SIGNS: Final[Mapping[str, str]] = {"borrow": "€", "count": "2", "join": "+", "supply_35": "%"}
"""A sign goes with each colour, so that the map needs no colour to be read."""

ROLE_WORDS: Final = {
    "borrow": gettext_lazy("may draw the money"),
    "count": gettext_lazy("is counted among the countries that are needed"),
    "join": gettext_lazy("may join, and is not counted"),
    "supply_35": gettext_lazy("supplies within the share from outside"),
    "": gettext_lazy("nothing of this"),
}

ZONE_WORDS: Final = {
    "EU": gettext_lazy("European Union"),
    "EEA_EFTA": gettext_lazy("EEA-EFTA"),
    "UA": gettext_lazy("Ukraine"),
    "CANDIDATE": gettext_lazy("candidate country"),
    "SDP": gettext_lazy("security and defence partnership"),
    "RO": gettext_lazy("Romania"),
}


def zone_name(zone: str) -> str:
    """Return a zone's name in the reader's language."""
    return str(ZONE_WORDS.get(zone, zone))


def country_map(rules: str, on: dt.date, *, title: str) -> Chart:
    """Return the countries of the register by what they may do under a rule set on a day, with the table beside it."""
    roles = bridge.roles_of(rules, on)
    by_code = dict(roles)
    counts = {role: sum(found == role for found in by_code.values()) for role in bridge.ROLES}
    names = {code: country_name(alpha_3) for code, alpha_3 in alpha_codes().items()}
    shown = [role for role in bridge.ROLES if counts[role]]
    approved = _safe_amounts() if rules == "safe" else {}
    columns = [_("Country"), _("Role"), _("On that day it is")]
    return Chart(
        id="map",
        title=title,
        source=_(
            "On %(day)s, found by the rules themselves. One tile for each country, about where it lies."
        )
        % {"day": on.isoformat()},
        svg=_svg(by_code, names, shown),
        legend=[f"{SIGNS[role]} {ROLE_WORDS[role]} ({counts[role]})" for role in shown],
        columns=[*columns, _("SAFE, tentative, EUR")] if approved else columns,
        rows=[
            (
                names.get(code, code),
                str(ROLE_WORDS[role]),
                ", ".join(map(zone_name, bridge.zones_of(code, on))) or "\u2013",
                *((approved.get(code, "\u2013"),) if approved else ()),
            )
            for code, role in roles
        ],
    )


def alpha_codes() -> dict[str, str]:
    """Return the three letters of each country by its two."""
    rows = Country.objects.exclude(alpha_2="").values_list("alpha_2", "code")
    return {str(two): str(three) for two, three in rows}


def _safe_amounts() -> dict[str, str]:
    return {
        share.country: amount(share.tentative.cents, 0)
        for share in bridge.catalogue().shares
        if share.tentative
    }


def _svg(roles: Mapping[str, str], names: Mapping[str, str], shown: list[str]) -> SafeString:
    places = dict(PLACES)
    below = 1 + max(row for _column, row in PLACES.values())
    for number, code in enumerate(sorted(set(roles) - set(places))):
        places[code] = (number % 12, below + number // 12)
    width = (1 + max(column for column, _row in places.values())) * (TILE + GAP)
    height = (1 + max(row for _column, row in places.values())) * (TILE + GAP)
    tiles = [
        _tile(*places[code], code, names.get(code, code), role, shown)
        for code, role in sorted(roles.items())
    ]
    found = "; ".join(
        f"{ROLE_WORDS[role]}: {', '.join(sorted(c for c, r in roles.items() if r == role))}"
        for role in shown
    )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        width,
        height,
        found or _("No country may do anything under these rules on that day."),
        format_html_join("", "{}", ((tile,) for tile in tiles)),
    )


def _tile(column: int, row: int, code: str, name: str, role: str, shown: list[str]) -> SafeString:
    left, top = column * (TILE + GAP), row * (TILE + GAP)
    colour = f"var(--c{shown.index(role) + 1})" if role else "var(--edge)"
    middle = left + TILE / 2
    return format_html(
        '<g><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="6" fill="{}" stroke="{}" stroke-width="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle" font-size="16" font-weight="650" fill="{}">{}</text>'
        '<text x="{}" y="{}" text-anchor="middle" font-size="14" fill="{}">{}</text></g>',
        f"{name}: {ROLE_WORDS[role]}",
        left + 1,
        top + 1,
        TILE - 2,
        TILE - 2,
        colour if role else "none",
        colour,
        0 if role else 1,
        middle,
        top + 24,
        "var(--paper)" if role else "var(--ink-2)",
        code,
        middle,
        top + 43,
        "var(--paper)" if role else "var(--ink-2)",
        SIGNS.get(role, "\u2013"),
    )
