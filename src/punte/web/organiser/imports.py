"""Bring in a table: drop it, say which column is what, see what it would do, do it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from punte.apps.access.permissions import active_subject
from punte.apps.meetings.import_rows import FIELDS, ImportPlan, guess_mapping, plan_import
from punte.apps.meetings.import_runs import ImportLine, newest_run, request_import, stop_import
from punte.apps.meetings.importing import discard_import, find_import, stage_import
from punte.apps.meetings.models import ImportDraft
from punte.kernel.errors import PunteError
from punte.web.live import live_address
from punte.web.organiser.desk import Desk, open_desk
from punte.web.refusals import refusal, tell_refusal

SHOWN_PROBLEMS = 50
SHOWN_ROWS = 20
SHOWN_DONE = 10


class ImportForm(forms.Form):
    """A table, and what its rows are."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the rows are"), choices=ImportDraft.Kind.choices
    )
    table = forms.FileField(
        label=gettext_lazy("Table"),
        help_text=gettext_lazy(
            "CSV in any usual encoding, or XLSX without formulas, with a header. Nothing marked RESTRICTED or above."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoice:
    """A thing a row can say, and the column chosen for it."""

    name: str
    label: str
    is_needed: bool
    column: str


@require_http_methods(["GET", "POST"])
def show_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a table and lead to its preview; uploads that wait are listed."""
    desk = open_desk(request, slug, to_change=True)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["table"]
        try:
            draft = stage_import(
                by=active_subject(),
                edition=desk.edition,
                kind=form.cleaned_data["kind"],
                file_name=upload.name,
                content=upload.read(),
            )
        except PunteError as error:
            form.add_error("table", refusal(error))
        else:
            return HttpResponseRedirect(f"{desk.address}import/{draft.pk}/")
    tables = ImportDraft.objects.filter(edition=desk.edition).defer("rows")
    context = desk.context(
        form=form,
        waiting=tables.filter(imported_at=None),
        done=tables.exclude(imported_at=None).order_by("-imported_at")[:SHOWN_DONE],
        kinds=[
            (label, [field.label for field in FIELDS[kind]])
            for kind, label in ImportDraft.Kind.choices
        ],
    )
    status = 422 if form.errors else 200
    return render(request, "organiser/import.html", context, status=status)


def _draft(desk: Desk, draft_id: UUID) -> ImportDraft:
    draft = find_import(desk.edition, draft_id)
    if draft is None:
        raise Http404
    return draft


def _mapping(draft: ImportDraft, asked: QueryDict) -> dict[str, str]:
    """Return the chosen columns: those of the address where any stands there, else those the headers tell."""
    if not any(f"c_{field.name}" in asked for field in FIELDS[draft.kind]):
        return guess_mapping(draft.kind, draft.columns)
    chosen = {field.name: asked.get(f"c_{field.name}", "") for field in FIELDS[draft.kind]}
    return {name: column for name, column in chosen.items() if column in draft.columns}


def _first_rows(draft: ImportDraft, mapping: Mapping[str, str]) -> list[tuple[int, list[str]]]:
    return [
        (number, [cells.get(mapping.get(field.name, ""), "") for field in FIELDS[draft.kind]])
        for number, cells in draft.rows[:SHOWN_ROWS]
    ]


@require_safe
def preview_import(request: HttpRequest, slug: str, importdraft_id: UUID) -> HttpResponse:
    """Show what the table would do under the chosen columns; while it is imported, and afterwards, how that goes."""
    desk = open_desk(request, slug, to_change=True)
    draft = _draft(desk, importdraft_id)
    run = newest_run(draft.pk)
    if draft.imported_at is not None or (run is not None and not run.is_over):
        return _show_run(request, desk, draft, run)
    mapping: Mapping[str, str] = _mapping(draft, request.GET)
    if run is not None and not any(name.startswith("c_") for name in request.GET):
        mapping = run.mapping
    return _show(request, desk, draft, mapping, run)


def _show_run(
    request: HttpRequest, desk: Desk, draft: ImportDraft, run: ImportLine | None
) -> HttpResponse:
    events = ""
    if run is not None and not run.is_over:
        events = live_address(request.get_host(), run.id, what="imports")
    context = desk.context(draft=draft, run=run, events=events)
    return render(request, "organiser/import_run.html", context)


def _show(
    request: HttpRequest,
    desk: Desk,
    draft: ImportDraft,
    mapping: Mapping[str, str],
    run: ImportLine | None,
) -> HttpResponse:
    plan: ImportPlan = plan_import(desk.edition, draft, mapping)
    context: dict[str, Any] = desk.context(
        draft=draft,
        run=run,
        plan=plan,
        problems=plan.problems[:SHOWN_PROBLEMS],
        choices=[
            ColumnChoice(
                name=field.name,
                label=str(field.label),
                is_needed=field.is_needed,
                column=mapping.get(field.name, ""),
            )
            for field in FIELDS[draft.kind]
        ],
        left_aside=[column for column in draft.columns if column not in mapping.values()],
        rows=_first_rows(draft, mapping),
        row_count=len(draft.rows),
    )
    return render(request, "organiser/import_preview.html", context)


@require_POST
def carry_out_import(request: HttpRequest, slug: str, importdraft_id: UUID) -> HttpResponse:
    """Ask for all rows of the upload to be written, or throw it away."""
    desk = open_desk(request, slug, to_change=True)
    draft = _draft(desk, importdraft_id)
    try:
        if "discard" in request.POST:
            discard_import(by=active_subject(), draft=draft)
            messages.success(request, _("The table was thrown away; the edition is as it was."))
            return HttpResponseRedirect(f"{desk.address}import/")
        request_import(by=active_subject(), draft=draft, mapping=_mapping(draft, request.POST))
    except PunteError as error:
        tell_refusal(request, error)
    return HttpResponseRedirect(f"{desk.address}import/{draft.pk}/")


@require_POST
def halt_import(request: HttpRequest, slug: str, importdraft_id: UUID) -> HttpResponse:
    """Stop the import of a table; nothing of it is written."""
    desk = open_desk(request, slug, to_change=True)
    draft = _draft(desk, importdraft_id)
    run = newest_run(draft.pk)
    if run is None:
        raise Http404
    if stop_import(by=active_subject(), edition=desk.edition, run_id=run.id):
        messages.success(request, _("The import stops, and nothing of it is written."))
    else:
        messages.info(request, _("The import was over before it could be stopped."))
    return HttpResponseRedirect(f"{desk.address}import/{draft.pk}/")


@require_safe
def tell_import(request: HttpRequest, slug: str, importdraft_id: UUID) -> HttpResponse:
    """Answer where the import of a table stands, for the page's script."""
    desk = open_desk(request, slug, to_change=True)
    run = newest_run(_draft(desk, importdraft_id).pk)
    if run is None:
        raise Http404
    return JsonResponse(state_of_import(run))


def state_of_import(run: ImportLine) -> dict[str, object]:
    """Return what the page's script shows of a running import."""
    return {
        "state": run.state,
        "is_over": run.is_over,
        "stage": run.stage,
        "done": run.done,
        "share": run.share,
        "is_alive": run.is_alive,
        "elapsed_s": round(run.elapsed_s, 1),
    }
