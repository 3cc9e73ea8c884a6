"""Persons who are in the register twice: find the pair, look at what would move, join them, take it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import Subject, active_subject
from punte.apps.people import merging_persons
from punte.apps.people.models import Merge, Organisation, Person
from punte.apps.people.permissions import NotAllowedError
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import uuid_of
from punte.web.refusals import refusal, tell_refusal

MOST = 40


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show who may be in the register twice, and of a chosen pair what joining them would do."""
    subject = active_subject()
    if "organise@*" not in subject.groups:
        raise Http404
    if request.method == "POST":
        return _step(request, subject)
    kept, gone = (_person(request.GET.get(name, "")) for name in ("kept", "gone"))
    preview, refused = None, ""
    if kept is not None and gone is not None:
        try:
            preview = merging_persons.preview_merge(by=subject, kept=kept, gone=gone)
        except NotAllowedError as error:
            refused = refusal(error)
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    merges = list(
        Merge.objects.filter(kind=Merge.Kind.PERSON, undone_at__isnull=True).order_by("-at")[:MOST]
    )
    names = dict(
        Person.objects.filter(
            pk__in=[key for one in merges for key in (one.kept_id, one.gone_id)]
        ).values_list("pk", "name")
    )
    pairs = merging_persons.likely_twice(by=subject, most=MOST)
    return render(
        request,
        "people/merge_persons.html",
        {
            "kept": kept,
            "gone": gone,
            "preview": preview,
            "refused": refused,
            "q": words,
            "found": _found(words, but=kept),
            "pairs": [(_described(one), _described(other)) for one, other in pairs],
            "merges": [(one, names.get(one.kept_id), names.get(one.gone_id)) for one in merges],
            "navigation": main_items(request),
        },
    )


def _person(text: str) -> Person | None:
    return Person.objects.filter(pk=uuid_of(text)).first() if text else None


def _found(words: str, but: Person | None) -> list[tuple[Person, str]]:
    """Return the persons whose name or address holds every word, with their organisation; none for no words."""
    if not words:
        return []
    rows = Person.objects.filter(erased_at__isnull=True, merged_into__isnull=True)
    for word in words.split():
        rows = rows.filter(name__icontains=word) | rows.filter(email__icontains=word)
    rows = rows.exclude(pk=but.pk) if but is not None else rows
    return [_described(one) for one in rows.order_by("name", "pk")[:MOST]]


def _described(person: Person) -> tuple[Person, str]:
    """Return a person with what tells two of one name apart: address and organisation, if it is seen."""
    organisation = Organisation.objects.filter(pk=person.owner_org_id).first()
    return person, ", ".join(
        filter(None, [person.email, organisation.name if organisation else ""])
    )


def _step(request: HttpRequest, subject: Subject) -> HttpResponse:
    try:
        told = (
            _undo(request, subject)
            if request.POST.get("do") == "undo"
            else _merge(request, subject)
        )
    except PunteError as error:
        tell_refusal(request, error)
        return redirect(request.get_full_path())
    messages.success(request, told)
    return redirect("merge_persons")


def _undo(request: HttpRequest, subject: Subject) -> str:
    merge = Merge.objects.filter(pk=uuid_of(request.POST.get("merge", ""))).first()
    if merge is None:
        raise PunteError(_("There is no such merge."))
    merging_persons.undo_merge_of_persons(by=subject, merge=merge)
    return _("Undone: both records are as they were.")


def _merge(request: HttpRequest, subject: Subject) -> str:
    data = request.POST
    kept, gone = (_person(data.get(name, "")) for name in ("kept", "gone"))
    if kept is None or gone is None:
        raise PunteError(_("Choose both records from the list."))
    chosen = data.get("account", "")[:18]
    account_id = int(chosen) if chosen.isdecimal() else None
    merging_persons.merge_persons(by=subject, kept=kept, gone=gone, account_id=account_id)
    return _("Merged. It can be undone here.")
