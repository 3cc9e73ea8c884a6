"""Names that alternatives, curves and draws get from the software, in the reader's language; what people typed stays as it is."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext as _

from punte.apps.access.numbers import write_number
from punte.apps.funding.bridge import LoanFigures
from punte.apps.funding.loan_presets import ANOTHER, BUDGET, FLAT, ONCE, ROLLED
from punte.kernel.phrases import template_of

_TEMPLATES: Final = (
    ONCE,
    ROLLED,
    BUDGET,
    ANOTHER,
    FLAT,
    template_of("unified 5 %%"),
    template_of("national curve"),
    template_of("pre-financing"),
    template_of("instalment %(number)s"),
    template_of("draw %(number)s"),
    template_of("SAFE loan to Romania"),
    template_of("Romania, assumed flat %(rate)s %%"),
    template_of("one point more from %(year)s"),
    template_of("two points more over ten years"),
    template_of("three points for three years"),
    template_of("issue"),
    template_of("issue again"),
)
NAMELESS: Final = "loan"
"""Short name of an instrument that nobody named."""
_VALUE: Final = r"(?P<\1>\\d+(?:\\.\\d+)?)"


def _pattern(template: str) -> re.Pattern[str]:
    text = re.escape(template).replace("%%", "%").replace(r"%\(", "%(").replace(r"\)s", ")s")
    return re.compile(re.sub(r"%\((\w+)\)s", _VALUE, text))


_PATTERNS: Final = tuple((_pattern(template), template) for template in _TEMPLATES)


def way_words(name: str) -> str:
    """
    Return a name of the software's own in the reader's language; any other text as it is.

    Examples
    --------
    "10-year bond, once" is said in Romanian to a Romanian reader; "Titluri de stat 2036" stays.
    """
    for pattern, template in _PATTERNS:
        found = pattern.fullmatch(name)
        if found:
            values = {key: _number(value) for key, value in found.groupdict().items()}
            return _(template) % values
    return name


def _number(text: str) -> str:
    """Return a number with the reader's decimal sign."""
    return write_number(text)


def kept_words(data: Mapping[str, str], content: Mapping[str, Any]) -> dict[str, str]:
    """Return a form in which each name that stands as the reader was shown it is again the one that is kept."""
    found = dict(data.items())
    names = [
        (f"alt-{number}-name", one.get("name", ""))
        for number, one in enumerate(content.get("alternatives", []))
    ]
    names.append(("curve-name", (content.get("national_curve") or {}).get("name", "")))
    for key, name in names:
        if key in found and found[key] == way_words(name):
            found[key] = name
    return found


def said_figures(found: LoanFigures) -> LoanFigures:
    """Return the figures of a plan with its ways to have the money, and the curves, called as the reader's language calls them."""
    names = _names_of(found.comparison.ways)
    ways = tuple(
        replace(
            way,
            name=name,
            grant_elements=tuple((way_words(curve), share) for curve, share in way.grant_elements),
        )
        for name, way in zip(names, found.comparison.ways, strict=True)
    )
    fans = found.simulation.fans if found.simulation else ()
    return replace(
        found,
        comparison=replace(found.comparison, curve=way_words(found.comparison.curve), ways=ways),
        simulation=found.simulation
        and replace(
            found.simulation,
            fans=tuple(replace(fan, name=name) for name, fan in zip(names, fans, strict=True)),
        ),
    )


def _names_of(ways: Sequence[Any]) -> list[str]:
    """Return what each way to have the money is called, the instrument first; ways of one name have their id beside it."""
    words = [way_words(way.name) or way.id for way in ways]
    if ways and not ways[0].name and ways[0].id == NAMELESS:
        words[0] = _("this loan")
    count = Counter(words)
    return [
        f"{name} ({way.id})" if count[name] > 1 else name
        for name, way in zip(words, ways, strict=True)
    ]
