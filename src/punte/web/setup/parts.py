"""The parts of an edition's set-up, each a short page of its own: facts, phases, hosts, categories."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import set_up, set_up_parts
from punte.apps.forum.answer_rules import set_answer_rule
from punte.apps.forum.models import AttendeeCategory, Edition, HostRole, Phase
from punte.apps.forum.registration_form import categories_of
from punte.apps.forum.wordings import word_category, word_edition
from punte.kernel.errors import PunteError
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.kept_forms import form_again, status_of
from punte.web.setup.pages import frame, open_edition, values_of
from punte.web.setup.reading import said_twice, spans_of, whole, wish_of
from punte.web.setup.words import WORD, words_form, words_typed
from punte.web.typed import revision_read

Step = Callable[[HttpRequest, Edition], None]


def take(request: HttpRequest, edition: Edition, step: Step) -> PunteError | None:
    """Take a step and say what came of it; a refusal is said in its own words, returned, and nothing was changed."""
    try:
        step(request, edition)
    except PunteError as error:
        tell_refusal(request, error)
        return error
    messages.success(request, _("Kept."))
    return None


def unknown_step() -> PunteError:
    """Return what is raised where a form asks for what its page does not do."""
    return PunteError(_("This step is unknown. Use a button of the page."))


@require_http_methods(["GET", "POST"])
def show_facts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change what the edition is; what was written stays where it is refused."""
    edition = open_edition(slug)
    refused, is_words = None, request.POST.get("do") == WORD
    if request.method == "POST":
        refused = take(request, edition, _word_facts if is_words else _change_facts)
        if refused is None:
            return redirect("set_up_facts", slug=slug)
        edition.refresh_from_db()
    values = values_of(edition)
    labels = {name: capfirst(Edition._meta.get_field(name).verbose_name) for name in values}  # type: ignore[union-attr]  # noqa: SLF001  (Django's public API)
    fault = None if is_words else refused
    form = form_again(request, edition, "facts", values=values, labels=labels, refused=fault)
    fault = refused if is_words else None
    words = words_form(request, edition, edition, kind="edition", about="facts", refused=fault)
    context = frame(request, edition, words=words, **form)
    return render(request, "setup/facts_page.html", context, status=status_of(refused))


def _word_facts(request: HttpRequest, edition: Edition) -> None:
    words = words_typed(request.POST, edition, Edition.WORDS)
    read = revision_read(request)
    word_edition(by=active_subject(), edition=edition, words=words, read_revision=read)


def _change_facts(request: HttpRequest, edition: Edition) -> None:
    set_up.change_edition(
        by=active_subject(),
        edition=edition,
        wish=wish_of(request.POST),
        read_revision=revision_read(request),
    )


@require_http_methods(["GET", "POST"])
def show_phases(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and change when each phase runs; what was written stays where it is refused."""
    edition = open_edition(slug)
    refused = None
    if request.method == "POST":
        refused = take(request, edition, _change_phases)
        if refused is None:
            return redirect("set_up_phases", slug=slug)
    values = _phase_values(edition)
    labels = {
        f"{kind}_{edge}": f"{label}: {name}"
        for kind, label in Phase.Kind.choices
        for edge, name in (("starts", _("Begins")), ("ends", _("Ends")))
    }
    form = form_again(request, edition, "phases", values=values, labels=labels, refused=refused)
    rows = [
        {
            "kind": kind,
            "label": str(label),
            "starts": form["values"].get(f"{kind}_starts", ""),
            "ends": form["values"].get(f"{kind}_ends", ""),
        }
        for kind, label in Phase.Kind.choices
    ]
    context = frame(request, edition, phases=rows, **form)
    return render(request, "setup/phases.html", context, status=status_of(refused))


def _change_phases(request: HttpRequest, edition: Edition) -> None:
    spans = spans_of(request.POST, edition)
    set_up_parts.set_phases(
        by=active_subject(), edition=edition, spans=spans, read_revision=revision_read(request)
    )
    for sentence in said_twice(edge for span in spans.values() if span for edge in span):
        messages.info(request, sentence)


def _phase_values(edition: Edition) -> dict[str, str]:
    return {
        f"{phase.kind}_{edge}": f"{moment.astimezone(edition.zone):%Y-%m-%dT%H:%M}"
        for phase in edition.phases.all()
        for edge, moment in (("starts", phase.starts_at), ("ends", phase.ends_at))
    }


@require_http_methods(["GET", "POST"])
def show_hosts(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who stands behind the edition; add or take away. What was written stays where it is refused."""
    edition = open_edition(slug)
    values: dict[str, str] = {}
    if request.method == "POST":
        if take(request, edition, _change_hosts) is None:
            return redirect("set_up_hosts", slug=slug)
        values = request.POST.dict() if request.POST.get("do") == "host" else {}
    context: dict[str, Any] = {"hosts": list(edition.host_roles.all()), "values": values}
    context["roles"] = HostRole.Role.choices
    return render(request, "setup/hosts.html", frame(request, edition, **context))


def _change_hosts(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "host":
        set_up_parts.add_host(
            by=by,
            edition=edition,
            role=data.get("role", ""),
            name=data.get("name", ""),
            source=data.get("source", ""),
        )
    elif deed == "host-away":
        set_up_parts.remove_host(by=by, edition=edition, host_id=uuid_of(data.get("host", "")))
    else:
        raise unknown_step()


NEW_CATEGORY = {"quota": "12", "may_request": "yes", "may_be_asked": "yes"}
"""What the form of a new category begins with."""


@require_http_methods(["GET", "POST"])
def show_categories(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the categories of attendees; add, change or take away. What was written stays where it is refused."""
    edition = open_edition(slug)
    refused = None
    if request.method == "POST":
        refused = take(request, edition, _change_categories)
        if refused is None:
            return redirect("set_up_categories", slug=slug)
    # What stands is the list above the form: nothing is shown twice.
    form = form_again(
        request,
        edition,
        "categories",
        values=NEW_CATEGORY,
        labels={},
        refused=refused if request.POST.get("do") == "category" else None,
    )
    typed = request.POST if refused is not None else {}
    rows = [(one, _names_of(request, edition, one, refused)) for one in categories_of(edition)]
    context = frame(request, edition, categories=rows, typed=typed, **form)
    return render(request, "setup/categories.html", context, status=status_of(refused))


def _names_of(
    request: HttpRequest, edition: Edition, category: AttendeeCategory, refused: PunteError | None
) -> dict[str, Any]:
    """Return the form of what the other languages call a category; as typed where that was refused."""
    data = request.POST
    is_this = data.get("do") == "category-words" and data.get("code") == category.code
    form = words_form(
        request,
        edition,
        category,
        kind="category",
        about="categories",
        refused=refused if is_this else None,
        deed="category-words",
        key=category.code,
    )
    return {**form, "of": category.name}


def _change_categories(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "category":
        set_up_parts.set_category(
            by=by,
            edition=edition,
            code=data.get("code", ""),
            name=data.get("name", ""),
            may_request=data.get("may_request") == "yes",
            may_be_asked=data.get("may_be_asked") == "yes",
            quota=whole(data, "quota", _("Requests for each delegate"), 12),
            read_revision=revision_read(request),
        )
    elif deed == "category-answers":
        days = data.get("days", "").strip()
        set_answer_rule(
            by=by,
            edition=edition,
            code=data.get("code", ""),
            accepts_unless_declined=data.get("accepts") == "yes",
            days=whole(data, "days", _("Days to decline in")) if days else None,
            read_revision=revision_read(request),
        )
    elif deed == "category-words":
        word_category(
            by=by,
            edition=edition,
            code=data.get("code", ""),
            words=words_typed(data, edition, AttendeeCategory.WORDS),
            read_revision=revision_read(request),
        )
    elif deed == "category-away":
        set_up_parts.remove_category(by=by, edition=edition, code=data.get("code", ""))
    else:
        raise unknown_step()
