"""Countries and their dated, sourced statuses: public facts, and what could be seen on any day."""

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.countries import country_page, list_countries
from punte.apps.access.queries import country_name
from punte.web.navigation import main_items


def _day(request: HttpRequest) -> dt.date:
    """Return the day asked for; today where none or no date is given."""
    try:
        return dt.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


@login_not_required
@require_GET
def show_countries(request: HttpRequest) -> HttpResponse:
    """Show every country that holds or held a status."""
    day = _day(request)
    rows = [
        {"code": country.pk, "name": country_name(country.pk), "held": getattr(country, "held", 0)}
        for country in list_countries(day)
    ]
    context = {"rows": rows, "day": day, "navigation": main_items(request)}
    return render(request, "public/countries.html", context)


@login_not_required
@require_GET
def show_country(request: HttpRequest, code: str) -> HttpResponse:
    """Show a country's statuses on a day, their sources, and what follows in each instrument."""
    page = country_page(code, _day(request))
    if page is None:
        raise Http404(_("No country has this code."))
    context = {
        "page": page,
        "name": country_name(page.country.pk),
        "navigation": main_items(request),
    }
    return render(request, "public/country.html", context)
