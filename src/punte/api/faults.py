"""From what operations raise to the documents that say it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError as FieldsError
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from punte.api.problems import (
    BY_STATUS,
    RefusalError,
    problem_response,
    refused_by_database,
)
from punte.apps.access.classified import ClassifiedError
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.market import actions as market
from punte.apps.meetings import actions as meetings
from punte.apps.meetings.permissions import NotAllowedError as MeetingNotAllowedError
from punte.apps.people.permissions import NotAllowedError
from punte.kernel.errors import ChangedMeanwhileError, InvalidInputError, Problem, PunteError

KIND_OF: Final[Sequence[tuple[type[PunteError], str]]] = (
    (meetings.NotThereError, "not-there"),
    (meetings.WrongStateError, "wrong-state"),
    (ChangedMeanwhileError, "changed-meanwhile"),
    (market.NotAllowedError, "not-allowed"),
    (MeetingNotAllowedError, "not-allowed"),
    (NotAllowedError, "not-allowed"),
    (NotPartOfItError, "not-allowed"),
)
"""What an action's refusal is to the API; every other one is ``refused``."""


def answer_faults(api: NinjaAPI) -> None:
    """Let an API tell each kind of fault in the one shape."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)


def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    del request, error
    return problem_response("not-there")


def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem_response(BY_STATUS.get(error.status_code, "refused"))


def _database(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    del request
    told = refused_by_database(error)
    if told is None:
        raise error
    return told


def _refused(request: HttpRequest, error: PunteError) -> HttpResponse:
    del request
    if isinstance(error, RefusalError):
        return problem_response(error.kind, error.detail, error.errors)
    if isinstance(error, ClassifiedError):
        return problem_response("classified", errors=error.problems)
    if isinstance(error, InvalidInputError):
        return problem_response("invalid-input", errors=error.problems)
    kind = next((name for known, name in KIND_OF if isinstance(error, known)), "refused")
    # What is not there says nothing about itself.
    return problem_response(kind, "" if kind == "not-there" else str(error))


def _fields(request: HttpRequest, error: FieldsError) -> HttpResponse:
    """Tell what the fields of a row refused."""
    del request
    if not hasattr(error, "error_dict"):
        return problem_response("refused", " ".join(error.messages))
    faults = [
        Problem(place=f"body.{field}", what=text)
        for field, texts in error.message_dict.items()
        for text in texts
    ]
    return problem_response("invalid-input", errors=faults)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Tell every fault of parameters and body at once."""
    del request
    faults = [Problem(place=_place(found["loc"]), what=_what(found)) for found in error.errors]
    return problem_response("invalid-input", errors=faults)


def _place(parts: Sequence[object]) -> str:
    """Return where a fault is: ``body.cpv[2]``; the name of the operation's argument is nothing to a client."""
    source, *rest = parts
    if rest and source == "body":
        rest = rest[1:]
    elif rest and source == "query":
        rest = rest[-1:]
    text = str(source)
    for part in rest:
        text += f"[{part}]" if isinstance(part, int) else f".{str(part)[:60]}"
    return text


def _what(found: Mapping[str, Any]) -> str:
    """Return what is wrong in the reader's language; rare faults in the words of the library."""
    kind, context = found["type"], found.get("ctx") or {}
    match kind:
        case "missing":
            return _("is missing.")
        case "extra_forbidden":
            return _("is not known here.")
        case "string_too_long":
            return _("is longer than %(most)d characters.") % {"most": context["max_length"]}
        case "string_too_short":
            return _("is shorter than %(least)d characters.") % {"least": context["min_length"]}
        case "greater_than_equal":
            return _("is less than %(least)s.") % {"least": context["ge"]}
        case "less_than_equal":
            return _("is more than %(most)s.") % {"most": context["le"]}
        case "literal_error" | "enum":
            return _("is none of: %(known)s.") % {"known": context["expected"]}
    known = {
        "int": _("is no whole number."),
        "string": _("is no text."),
        "bool": _("is neither true nor false."),
        "date": _("is no day; write year, month and day, such as 2027-05-15."),
        "datetime": _("is no moment; write it as in 2027-05-15T09:00:00Z."),
        "uuid": _("is no identifier."),
        "list": _("is no list."),
    }
    return known.get(kind.partition("_")[0], str(found["msg"]))


HANDLERS: Final[Mapping[type[Exception], Any]] = {
    Http404: _not_there,
    HttpError: _http_error,
    ValidationError: _invalid,
    FieldsError: _fields,
    DatabaseError: _database,
    PunteError: _refused,
}
