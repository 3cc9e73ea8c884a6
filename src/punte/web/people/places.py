"""How many each delegation, and each nation in all, may send."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import Subject
from punte.apps.access.queries import country_name
from punte.apps.forum.models import Edition
from punte.apps.people.models import Delegation, NationQuota, Nomination
from punte.apps.people.places import FILLING_STATES, set_nation_quota
from punte.apps.people.register import set_quota
from punte.kernel.errors import PunteError
from punte.web.people.delegation import country_choices, frame, uuid_of
from punte.web.people.vetting import ROWS, organiser_or_404
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response


@require_http_methods(["GET", "POST"])
def show_places(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how many each delegation may send; set it."""
    edition, subject = organiser_or_404(slug)
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    if request.method == "POST":
        if "country" in request.POST:
            _keep_nation(request, edition, subject)
        else:
            _keep_places(request, edition, subject)
        return redirect(request.get_full_path())
    taken = Count("nominations", filter=Q(nominations__state__in=FILLING_STATES))
    found = (
        Delegation.objects.filter(edition_id=edition.pk)
        .select_related("organisation")
        .annotate(taken=taken)
        .order_by("organisation__name", "pk")
    )
    if words:
        found = found.filter(organisation__name__icontains=words)
    if ending := asked_ending(request):
        return _file(ending, edition, found)
    pages = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = [(row, country_name(row.organisation.country_id)) for row in pages.object_list]
    return render(
        request,
        "people/places.html",
        frame(
            request,
            edition,
            rows=rows,
            pages=pages,
            q=words,
            nations=_nations(edition),
            countries=country_choices(),
        ),
    )


def _file(ending: str, edition: Edition, found: QuerySet[Delegation]) -> HttpResponse:
    """Give the places of nations, then those of delegations; an empty number is no limit."""
    columns = [_("Organisation"), _("Country"), _("Places taken"), _("Places")]
    rows: list[list[object]] = [
        [_("the whole nation"), name, taken, one.places] for one, name, taken in _nations(edition)
    ]
    for one in found:
        place = one.organisation
        taken: int = one.taken  # type: ignore[attr-defined]
        rows.append([place.name, country_name(place.country_id), taken, one.quota])
    return table_response(f"{edition.slug}-places", columns, rows, ending=ending, marking=Tlp.AMBER)


def _nations(edition: Edition) -> list[tuple[NationQuota, str, int]]:
    """Return the places of nations, with how many of each are taken [count]."""
    filling = Nomination.objects.filter(edition_id=edition.pk, state__in=FILLING_STATES)
    taken = dict(
        filling.values_list("delegation__organisation__country")
        .annotate(count=Count("pk"))
        .order_by()
    )
    quotas = NationQuota.objects.filter(edition_id=edition.pk)
    rows = [(one, country_name(one.country_id), taken.get(one.country_id, 0)) for one in quotas]
    return sorted(rows, key=lambda row: row[1])


def _keep_nation(request: HttpRequest, edition: Edition, subject: Subject) -> None:
    text = request.POST.get("places", "").strip()
    try:
        set_nation_quota(
            by=subject,
            edition_id=edition.pk,
            country=request.POST["country"],
            places=_count(text) if text else None,
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Kept."))


def _count(text: str) -> int:
    """Return the number that a field holds; -1, which is refused, where it holds none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _keep_places(request: HttpRequest, edition: Edition, subject: Subject) -> None:
    wished = dict(
        zip(request.POST.getlist("delegation"), request.POST.getlist("quota"), strict=False)
    )
    rows = Delegation.objects.filter(
        edition_id=edition.pk, pk__in=[uuid_of(key) for key in wished]
    ).select_related("organisation")
    changed = 0
    try:
        with transaction.atomic():
            for row in rows:
                text = wished.get(str(row.pk), "").strip()
                quota = _count(text)
                if quota != row.quota:
                    set_quota(by=subject, delegation=row, quota=quota)
                    changed += 1
    except PunteError as error:
        tell_refusal(request, error)
        return
    messages.success(
        request,
        ngettext("%(n)d delegation changed.", "%(n)d delegations changed.", changed)
        % {"n": changed},
    )
