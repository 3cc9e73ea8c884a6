"""Countries and their dated, sourced statuses: public facts, and what could be seen on any day."""

import datetime as dt
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.countries import country_page, list_countries
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.going_on import of_country
from punte.apps.market.models import Listing
from punte.apps.market.permissions import FRAMEWORKS_OF
from punte.apps.people.standing import may_decide_standing
from punte.web.navigation import main_items


def day_of(request: HttpRequest) -> dt.date:
    """Return the day asked for; today where none or no date is given."""
    try:
        return dt.date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


ASKING: Final = ("organise", "vet", "focal", "audit")
"""Rights of which one is needed to ask what another country than one's own sees."""


def may_ask(subject: Subject, code: str) -> bool:
    """Whether a subject may ask what a country sees: its own people, and who vets, organises or audits."""
    if subject.person_id is None or subject.is_denied:
        return False
    return subject.country == code or any(
        group.partition("@")[0] in ASKING for group in subject.groups if "@" in group
    )


def _audiences(frameworks: set[str]) -> list[tuple[str, bool]]:
    """Return to whom needs and offers of a forum are released, and whether a cleared delegate is among them."""
    return [
        (
            str(Listing.Audience(code).label),
            code not in FRAMEWORKS_OF or bool(frameworks & set(FRAMEWORKS_OF[code])),
        )
        for code in Listing.Audience.values
    ]


@login_not_required
@require_GET
def show_countries(request: HttpRequest) -> HttpResponse:
    """Show every country that holds or held a status."""
    day = day_of(request)
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
    page = country_page(code, day_of(request))
    if page is None:
        raise Http404(_("No country has this code."))
    subject = active_subject()
    context = {
        "page": page,
        "name": country_name(page.country.pk),
        "audiences": _audiences({status.framework_id for status in page.statuses}),
        "may_ask": may_ask(subject, page.country.pk),
        "going_on": of_country(page.country.pk),
        "cooperations_filter": f"country={page.country.pk}",
        "may_change": may_decide_standing(subject),
        "navigation": main_items(request),
    }
    return render(request, "public/country.html", context)
