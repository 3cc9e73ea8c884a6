"""Every address of the site, read from the URL resolver, with values for its parameters."""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One address: its pattern as written, and its view's name."""

    pattern: str
    name: str

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return [(m["name"], m["converter"] or "str") for m in PARAMETER.finditer(self.pattern)]

    def addresses(self, values: Mapping[str, Sequence[object]], *, most: int = 12) -> Iterator[str]:
        """Fill the parameters: by their name where ``values`` has it, else by their converter."""
        pools = [values.get(name) or values[f"<{kind}>"] for name, kind in self.parameters]
        for chosen in itertools.islice(itertools.product(*pools), most):
            fill = iter(chosen)
            yield "/" + PARAMETER.sub(lambda _, fill=fill: str(next(fill)), self.pattern)


def _walk(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for entry in patterns:
        text = before + _written(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, text)
        else:
            yield Route(pattern=text, name=entry.name or entry.lookup_str)


def _written(pattern: str) -> str:
    """Return a regular expression as a path: named groups become parameters."""
    text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<str:\1>", pattern)
    return text.removeprefix("^").removesuffix("$").replace("\\Z", "").replace("/?", "/")


def all_routes() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda route: route.pattern)
