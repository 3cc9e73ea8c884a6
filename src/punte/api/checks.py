"""What holds of every operation: who may call it, how it may be called, and that a refusal leaves nothing behind."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja.operation import Operation

from punte.api.once import keep_reply, take_key
from punte.api.problems import problem_response
from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.forum.models import Edition
from punte.apps.people.tokens import OpenToken, is_staff
from punte.kernel.errors import Problem

Run = Callable[..., HttpResponseBase]
READS: Final = ("GET", "HEAD")
OPEN_TAGS: Final = frozenset({"Countries", "Editions", "Eligibility", "Problems"})
"""Resources whose lists are facts that everybody sees."""
COMPUTES: Final = "_punte_computes"


def computes(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a POST that changes nothing: it answers a question that is too long for an address, and a reading token will do."""
    setattr(view, COMPUTES, True)
    return view


def is_computing(operation: Operation) -> bool:
    """Return whether an operation is such a question."""
    return bool(getattr(operation.view_func, COMPUTES, False))


def parameters_of(operation: Operation) -> frozenset[str]:
    """Return the names of the parameters that an operation takes in its address."""
    return frozenset(
        name
        for model in operation.models
        if getattr(model, "__ninja_param_source__", "") == "query"
        for name in getattr(model, "__ninja_flatten_map__", model.model_fields)
    )


def checked(run: Run) -> Run:
    """Return an operation that is called only as it may be; one that is refused changes nothing."""
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    known = parameters_of(operation)
    takes_body = any(
        getattr(model, "__ninja_param_source__", "") == "body" for model in operation.models
    )

    @wraps(run)
    def answer(request: HttpRequest, **values: Any) -> HttpResponseBase:  # noqa: ANN401  (of the address)
        refusal = (
            _caller(request, operation, active_subject())
            or _address(request, known)
            or (_body(request) if takes_body else None)
        )
        if refusal is not None:
            return refusal
        with transaction.atomic():
            taken = take_key(request, active_subject())
            if isinstance(taken, HttpResponseBase):
                return taken
            response = run(request, **values)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif _is_export(request, operation):
                record(
                    "export.read",
                    None,
                    edition_id=_edition_of(values.get("slug")),
                    what=f"api:{operation.operation_id}",
                )
            if taken is not None and response.status_code < 400:
                keep_reply(taken, response)
        return response

    return answer


def _edition_of(slug: object) -> UUID | None:
    """Return the edition that the address names; ``None`` where it names none."""
    return Edition.objects.filter(slug=slug).values_list("pk", flat=True).first() if slug else None


def _is_export(request: HttpRequest, operation: Operation) -> bool:
    """Return whether a program took a list in somebody's name: as a file of the same rows, that is kept in the log."""
    return (
        hasattr(request, "api_token")
        and str(operation.operation_id).startswith("list_")
        and operation.tags is not None
        and not OPEN_TAGS & set(operation.tags)
    )


def _caller(
    request: HttpRequest, operation: Operation, subject: Subject
) -> HttpResponseBase | None:
    token = getattr(request, "api_token", None)
    is_write = request.method not in READS and not is_computing(operation)
    if isinstance(token, OpenToken):
        if subject.is_denied:
            return problem_response("suspended")
        if settings.PUNTE_REQUIRE_MFA and is_staff(subject) and not token.has_second_step:
            return problem_response("second-step")
        if is_write and not token.may_write:
            return problem_response("scope")
    elif request.method not in READS:
        # Without a token only a cookie can say who calls, and a browser sends those by itself.
        return problem_response(
            "session-only-reads" if request.user.is_authenticated else "no-token"
        )
    return None


def _address(request: HttpRequest, known: frozenset[str]) -> HttpResponseBase | None:
    remedy = (
        _("This operation knows: %(names)s.") % {"names": ", ".join(sorted(known))}
        if known
        else _("This operation knows none.")
    )
    faults = [
        Problem(
            place=f"query.{name[:60]}", what=_("is no parameter of this operation."), remedy=remedy
        )
        for name in request.GET
        if name not in known
    ]
    if faults:
        return problem_response("unknown-parameter", errors=faults)
    twice = [
        Problem(place=f"query.{name}", what=_("stands twice."))
        for name, texts in request.GET.lists()
        if len(texts) > 1
    ]
    return problem_response("invalid-input", errors=twice) if twice else None


def _body(request: HttpRequest) -> HttpResponseBase | None:
    if request.content_type != "application/json":
        return problem_response("media-type")
    return None
