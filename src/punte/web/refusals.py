"""Say why something was refused: the one place where an error becomes words on a page."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.kernel.errors import InvalidInputError, Problem, PunteError
from punte.kernel.phrases import Phrase

MOST_NOTED: Final = 12
"""Fields of a refused form whose names are noted: enough to know it among the forms of its page."""
_NO_FIELDS: Final = frozenset({"csrfmiddlewaretoken", "once"})


def tell_refusal(request: HttpRequest, error: PunteError) -> None:
    """Say on the next page why something was refused, in the reader's language."""
    messages.error(request, refusal(error), extra_tags=_noted(request, error))


def _noted(request: HttpRequest, error: PunteError) -> str:
    """Return what a page that follows needs to know of a refused form: its field, and which of its forms it was."""
    names = [name for name in request.POST if name not in _NO_FIELDS and " " not in name]
    noted = [f"sent:{name}" for name in names[:MOST_NOTED] if name != "do"]
    if (deed := request.POST.get("do", "")) and " " not in deed:
        noted.append(f"sent:do={deed[:40]}")
    return " ".join([*([f"field:{error.field}"] if error.field else []), *noted])


def refusal(error: PunteError) -> str:
    """Return why something was refused: an input's problems in the reader's words, where its own text is for a terminal."""
    if not isinstance(error, InvalidInputError):
        return str(error)
    told = " ".join(map(_in_words, error.problems[: error.SHOWN]))
    more = len(error.problems) - error.SHOWN
    if more > 0:
        told += " " + ngettext("And %(n)s more.", "And %(n)s more.", more) % {"n": more}
    return _("%(what)s was refused. %(why)s") % {"what": error.source, "why": told}


def _in_words(problem: Problem) -> str:
    told = str(
        Problem(place="", what=_translated(problem.what), remedy=_translated(problem.remedy))
    )
    return f"{problem.place}: {told}" if problem.place else told


def _translated(text: str) -> str:
    """Return a sentence of a reader of files in the reader's language, where it can be said in another."""
    if isinstance(text, Phrase):
        values = {
            name: _translated(value) if isinstance(value, str) else value
            for name, value in text.values.items()
        }
        return _(text.template) % values
    return _(text) if text.strip() else text
