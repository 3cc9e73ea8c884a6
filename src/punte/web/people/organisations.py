"""The register of organisations: a list with filters, one with its codes, verification, merge."""

import datetime as dt
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.going_on import of_organisation
from punte.apps.people import register
from punte.apps.people.directory import organisations
from punte.apps.people.merging import merge_organisations, undo_merge
from punte.apps.people.models import Merge, Organisation
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
from punte.web.typed import keep_typed, typed_before

ROWS = 80


@require_http_methods(["GET"])
def show_all(request: HttpRequest) -> HttpResponse:
    """List the organisations that the reader sees, narrowed; as a file with ``?as=csv`` or ``?as=xlsx``."""
    everybody = Organisation.objects.filter(merged_into__isnull=True)
    countries = everybody.order_by().values_list("country", flat=True).distinct()
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    country, kind = request.GET.get("country", ""), request.GET.get("kind", "")
    size, verified = request.GET.get("size", ""), request.GET.get("verified") == "1"
    rows = organisations(words=words, country=country, kind=kind, size=size, is_verified=verified)
    if ending := asked_ending(request):
        return _file(ending, list(rows))
    pages = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "people/organisations.html",
        {
            "rows": [(row, country_name(row.country_id)) for row in pages.object_list],
            "pages": pages,
            "q": words,
            "country": country,
            "countries": sorted(
                ((code, country_name(code)) for code in countries), key=lambda c: c[1]
            ),
            "kind": kind,
            "kinds": Organisation.Kind.choices,
            "size": size,
            "sizes": [choice for choice in Organisation.Size.choices if choice[0]],
            "verified": verified,
            "may_merge": "organise@*" in active_subject().groups,
            "today": timezone.localdate(),
            "navigation": main_items(request),
        },
    )


def _file(ending: str, chosen: list[Organisation]) -> HttpResponse:
    columns = [_("Name"), _("Country"), _("Kind"), _("Size"), _("Verified until")]
    today = timezone.localdate()
    rows = [
        [
            one.name,
            country_name(one.country_id),
            one.get_kind_display(),
            one.get_size_display(),
            one.verified_until if one.verified_until and one.verified_until >= today else "",
        ]
        for one in chosen
    ]
    marking = strictest_tlp((one.label_tlp for one in chosen), least=Tlp.AMBER)
    return table_response("organisations", columns, rows, ending=ending, marking=marking)


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, organisation_id: UUID) -> HttpResponse:
    """Show an organisation; its people change it, its nation's focal point verifies it, the site's organiser merges it."""
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise Http404
    subject = active_subject()
    if request.method == "POST":
        return _change(request, row, subject)
    may_merge = "organise@*" in subject.groups
    typed = typed_before(request)
    return render(
        request,
        "people/organisation.html",
        {
            "row": row,
            "typed": typed,
            "chosen_size": typed.get("size", row.size),
            "country": country_name(row.country_id),
            "is_mine": subject.org_id == row.pk,
            "may_verify": register.may_verify(subject, row),
            "is_verified": bool(row.verified_until and row.verified_until >= timezone.localdate()),
            "may_merge": may_merge,
            "others": list(
                Organisation.objects.filter(merged_into__isnull=True)
                .exclude(pk=row.pk)
                .order_by("name")[:2000]
            )
            if may_merge
            else [],
            "merges": list(Merge.objects.filter(kept_id=row.pk, undone_at__isnull=True))
            if may_merge
            else [],
            "sizes": Organisation.Size.choices,
            "going_on": of_organisation(row),
            "cooperations_filter": urlencode({"q": row.name}),
            "why": explain(subject, row),
            "synthetic": row.is_synthetic,
            "navigation": main_items(request),
        },
    )


def _change(request: HttpRequest, row: Organisation, subject: Subject) -> HttpResponse:
    try:
        told = _step(request, row, subject)
    except PunteError as error:
        keep_typed(request)
        tell_refusal(request, error)
    else:
        messages.success(request, told)
    return redirect("organisation", organisation_id=row.pk)


def _step(request: HttpRequest, row: Organisation, subject: Subject) -> str:
    data, deed = request.POST, request.POST.get("do", "")
    if deed == "verify":
        try:
            until = dt.date.fromisoformat(data.get("until", ""))
        except ValueError as error:
            raise PunteError(_("Give the last day as a date.")) from error
        register.verify_organisation(
            by=subject, organisation=row, evidence=data.get("evidence", ""), until=until
        )
        return _("Verified.")
    if deed == "merge":
        gone = Organisation.objects.filter(pk=uuid_of(data.get("gone", ""))).first()
        if gone is None:
            raise PunteError(_("Choose the record that is taken in."))
        merge_organisations(by=subject, kept=row, gone=gone)
        return _("Merged. It can be undone here.")
    if deed == "undo":
        merge = Merge.objects.filter(pk=uuid_of(data.get("merge", ""))).first()
        if merge is None:
            raise PunteError(_("There is no such merge."))
        undo_merge(by=subject, merge=merge)
        return _("Undone: both records are as they were.")
    register.change_organisation(
        by=subject,
        organisation=row,
        values={name: data.get(name, "") for name in register.OWN_FIELDS},
    )
    return _("Kept.")
