"""
Statistical charts: an Altair specification becomes SVG on the server, with a table beside it.

The SVG takes its colours from the page's tokens, so that one rendering serves light, dark and paper. Nothing
is fetched: vl-convert carries its renderer, and the type is the page's own.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from babel import Locale
from babel.dates import get_day_names, get_month_names
from babel.numbers import get_decimal_symbol, get_group_symbol
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale

# Colours that stand for tokens while a chart is drawn; no chart uses them for anything else.
STAND_INS = {
    "#0a0b01": "var(--c1)",
    "#0a0b02": "var(--c2)",
    "#0a0b03": "var(--c3)",
    "#0a0b04": "var(--c4)",
    "#0a0b05": "var(--c5)",
    "#0a0b06": "var(--c6)",
    "#0a0c01": "var(--ink)",
    "#0a0c02": "var(--ink-2)",
    "#0a0c03": "var(--line)",
    "#0a0c04": "var(--edge)",
    "#0a0c05": "var(--accent)",
    "#0a0c06": "var(--accent-soft)",
    "#0a0c07": "var(--surface)",
}
# What the tokens are on white paper: a specification leaves the page, where no token stands for anything.
ON_PAPER = {
    "#0a0b01": "#00639c",
    "#0a0b02": "#9f5600",
    "#0a0b03": "#00755a",
    "#0a0b04": "#9c4a7c",
    "#0a0b05": "#b34700",
    "#0a0b06": "#5b5f97",
    "#0a0c01": "#1a2026",
    "#0a0c02": "#48515a",
    "#0a0c03": "#e2ded5",
    "#0a0c04": "#85807a",
    "#0a0c05": "#0b5a6f",
    "#0a0c06": "#e2eff2",
    "#0a0c07": "#ffffff",
}
_BY_TOKEN = {token[6:-1]: colour for colour, token in STAND_INS.items()}
CATEGORIES = tuple(_BY_TOKEN[f"c{number}"] for number in range(1, 7))
KEEP_S = 7 * 24 * 3600


def ink_of(token: str) -> str:
    """
    Return the stand-in colour of a token, for use inside a chart.

    Examples
    --------
    >>> ink_of("accent")
    '#0a0c05'
    """
    return _BY_TOKEN[token]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """
    A picture and the figures in it.

    Parameters
    ----------
    id
        The figure's address on the page.
    title, source
        What it shows, with the unit; where the figures come from.
    svg
        The picture, its colours taken from the page.
    legend
        Names of the categories in the order of the palette; empty when the axis names them.
    columns, rows
        The same figures as a table; each row as long as ``columns``, its first cell the row's name.
    specification
        The Vega-Lite specification of the picture, data included, for whoever draws it elsewhere.
    css
        Class of the frame of a picture that is no Vega-Lite chart; its colours stand in a style sheet.
    """

    id: str
    title: str
    svg: SafeString
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    source: str = ""
    legend: Sequence[str] = ()
    specification: alt.TopLevelMixin | None = None
    css: str = ""


def _theme() -> dict[str, Any]:
    label = {"labelColor": ink_of("ink-2"), "labelFontSize": 13, "labelFont": "sans-serif"}
    title = {"titleColor": ink_of("ink-2"), "titleFontSize": 13, "titleFontWeight": "normal"}
    axis = {
        "domainColor": ink_of("edge"),
        "gridColor": ink_of("line"),
        "tickColor": ink_of("edge"),
        "titleFont": "sans-serif",
        **label,
        **title,
    }
    return {
        "background": "transparent",
        "view": {"stroke": None},
        "range": {"category": list(CATEGORIES)},
        "axis": axis,
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False},
        "mark": {"color": ink_of("accent")},
        "text": {"color": ink_of("ink"), "font": "sans-serif", "fontSize": 13},
        "legend": {"disable": True},
        "locale": {},
    }


def _tidy(svg: str, description: str) -> str:
    """Return the SVG with the page's colours, and one accessible name."""
    for colour, token in STAND_INS.items():
        svg = svg.replace(f'"{colour}"', f'"{token}"')
    svg = re.sub(r' (?:aria-[a-z]+|role|class)="[^"]*"', "", svg)
    # Places in the picture need no third decimal; what stands in it as text may be a number whose point parts thousands.
    svg = re.sub(r"<[^>]*>", lambda tag: re.sub(r"(\d+\.\d{2})\d+", r"\1", tag[0]), svg)
    svg = svg.replace(' font-family="sans-serif"', "")
    return re.sub(
        r"<svg [^>]*? width=\"([\d.]+)\" height=\"([\d.]+)\" viewBox=\"([^\"]*)\">",
        rf'<svg xmlns="http://www.w3.org/2000/svg" width="\1" height="\2" viewBox="\3" role="img" aria-label="{escape(description)}">',
        svg,
        count=1,
    )


def _number_words(locale: Locale) -> dict[str, Any]:
    """Return how axes write numbers in a language, as d3-format asks for it."""
    return {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", "\u00a0€"],
    }


def _date_words(locale: Locale) -> dict[str, Any]:
    """Return how axes write dates in a language, as d3-time-format asks for it; weeks begin on Sunday there."""
    days, short_days = (
        get_day_names("wide", locale=locale),
        get_day_names("abbreviated", locale=locale),
    )
    months = get_month_names("wide", locale=locale)
    short_months = get_month_names("abbreviated", locale=locale)
    sunday_first = [6, *range(6)]
    return {
        "dateTime": "%e %B %Y %X",
        "date": "%Y-%m-%d",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days[number] for number in sunday_first],
        "shortDays": [short_days[number] for number in sunday_first],
        "months": [months[number] for number in range(1, 13)],
        "shortMonths": [short_months[number] for number in range(1, 13)],
    }


def draw_chart(specification: alt.TopLevelMixin, *, description: str) -> SafeString:
    """
    Return a chart as SVG, drawn once for each language and kept.

    Parameters
    ----------
    specification
        An Altair chart; colours from `ink_of` or the category range.
    description
        What a person who cannot see the picture should hear: the finding, not the form.
    """
    question = specification.to_dict()
    question["config"] = {**question.get("config", {}), **_theme()}
    locale = Locale.parse(to_locale(get_language() or "en"))
    text = repr((sorted(question.items()), description, str(locale), vl_convert.get_vega_version()))
    key = "chart-2:" + hashlib.sha256(text.encode()).hexdigest()
    drawn = caches["local"].get(key)
    if drawn is None:
        drawn = _tidy(
            vl_convert.vegalite_to_svg(
                question,
                format_locale=_number_words(locale),
                time_format_locale=_date_words(locale),
            ),
            description,
        )
        caches["local"].set(key, drawn, KEEP_S)
    return format_html("{}", SafeString(drawn))


def specification_of(chart: Chart) -> bytes | None:
    """Return a chart's Vega-Lite specification as JSON, with colours for white paper; ``None`` where it has none."""
    if chart.specification is None:
        return None
    found = chart.specification.to_dict()
    found["title"] = chart.title
    found["config"] = {**found.get("config", {}), **_theme(), "background": "#ffffff"}
    text = json.dumps(found, ensure_ascii=False, indent=1)
    for stand_in, colour in ON_PAPER.items():
        text = text.replace(f'"{stand_in}"', f'"{colour}"')
    return text.encode()


def figure_response(request: HttpRequest, values: Iterable[object]) -> HttpResponse | None:
    """
    Return the specification of the figure that ``?figure=id`` asks for, as a file; ``None`` where no figure is asked for or found.

    Parameters
    ----------
    values
        What the page shows; the charts among it are looked through.
    """
    wanted = request.GET.get("figure")
    if not wanted:
        return None
    for value in values:
        if isinstance(value, Chart) and value.id == wanted:
            content = specification_of(value)
            if content is not None:
                return HttpResponse(
                    content,
                    content_type="application/json",
                    headers={"Content-Disposition": f'attachment; filename="{value.id}.vl.json"'},
                )
    return None
