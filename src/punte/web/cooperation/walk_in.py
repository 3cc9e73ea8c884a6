"""The desk's page for who comes unannounced."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.walk_in import (
    KnownUnderAnotherNameError,
    may_enter,
    organisations_for,
    register_walk_in,
)
from punte.apps.forum.models import Edition
from punte.apps.forum.registration_form import categories_of
from punte.kernel.errors import PunteError
from punte.web.cooperation.desk import edition_or_404
from punte.web.cooperation.frame import id_from
from punte.web.navigation import edition_items, main_items
from punte.web.refusals import tell_refusal

FIELDS = ("name", "email", "function", "organisation", "category")


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter a walk-in; lead to the badge, or say who still clears the person."""
    edition = edition_or_404(slug)
    subject = active_subject()
    if not may_enter(subject, edition):
        raise Http404
    asks = False
    if request.method == "POST":
        try:
            return _enter(request, edition)
        except PunteError as error:
            asks = isinstance(error, KnownUnderAnotherNameError)
            tell_refusal(request, error)
    return render(
        request,
        "cooperation/walk_in.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, subject),
            "organisations": [
                (str(one.pk), f"{one.name}, {country_name(one.country_id)}")
                for one in organisations_for(subject, edition)
            ],
            "categories": categories_of(edition),
            "asks_whether_same": asks,
            "typed": {name: request.POST.get(name, "")[:254] for name in FIELDS},
        },
        status=400 if request.method == "POST" else 200,
    )


def _enter(request: HttpRequest, edition: Edition) -> HttpResponse:
    data, subject = request.POST, active_subject()
    key = id_from(data.get("organisation", ""))
    organisation = next((one for one in organisations_for(subject, edition) if one.pk == key), None)
    if organisation is None:
        raise PunteError(
            _("Choose the organisation from the list. One that is not there applies to come first.")
        )
    category = edition.categories.filter(code=data.get("category", "")[:20]).first()
    if category is None:
        raise PunteError(_("Choose a category from the list."))
    done = register_walk_in(
        by=subject,
        edition=edition,
        organisation=organisation,
        name=data.get("name", "").replace("\x00", ""),
        email=data.get("email", "").replace("\x00", ""),
        function=data.get("function", "").replace("\x00", ""),
        category=category,
        desk=str(request.session.get("desk", "")),
        is_same_person=data.get("same") == "yes",
    )
    told = {"name": done.nomination.person.name, "what": done.waits_for}
    if done.delegate is None:
        messages.warning(request, _("%(name)s is entered and waits for: %(what)s.") % told)
        return redirect(f"/e/{edition.slug}/check-in/")
    messages.success(request, _("%(name)s is entered and checked in. Print the badge.") % told)
    return redirect(f"/e/{edition.slug}/check-in/?q={done.delegate.code}")
