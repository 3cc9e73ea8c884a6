"""Suspensions and organisations kept apart: for who organises every edition, to decide; for auditors, to read."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Denial, NeverMeet
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name
from punte.apps.people import standing
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import country_choices, uuid_of
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before

MOST = 2000


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show who is suspended and which organisations are kept apart; change it."""
    subject = active_subject()
    if not standing.may_read_standing(subject):
        raise Http404
    if request.method == "POST":
        return _step(request, subject)
    return render(request, "people/standing.html", _shown(request, subject))


def _shown(request: HttpRequest, subject: Subject) -> dict[str, object]:
    now = timezone.now()
    denials = list(Denial.objects.order_by("-since", "pk")[:MOST])
    organisations = list(Organisation.objects.filter(merged_into__isnull=True).order_by("name"))
    names = _names(denials, organisations)
    by_id = {one.pk: one.name for one in organisations}
    return {
        "rows": [
            (one, names.get(one.name, one.name), one.until is None or one.until > now)
            for one in denials
        ],
        "pairs": [
            (
                pair,
                by_id.get(pair.one_org_id, str(pair.one_org_id)),
                by_id.get(pair.other_org_id, str(pair.other_org_id)),
            )
            for pair in NeverMeet.objects.order_by("pk")[:MOST]
        ],
        "may_change": standing.may_decide_standing(subject),
        "organisations": organisations[:MOST],
        "countries": country_choices(),
        "people": list(
            Person.objects.filter(erased_at__isnull=True, merged_into__isnull=True).order_by(
                "name"
            )[:MOST]
        ),
        "typed": typed_before(request),
        "navigation": main_items(request),
    }


def _names(denials: list[Denial], organisations: list[Organisation]) -> dict[str, str]:
    """Return what the reader may read in the place of the names of suspensions."""
    keys = [uuid_of(one.name.removeprefix("person:")) for one in denials if ":" in one.name]
    named = {f"person:{one.pk}": one.name for one in Person.objects.filter(pk__in=keys)}
    named |= {f"org:{one.pk}": one.name for one in organisations}
    return named | {one.name: country_name(one.name) for one in denials if ":" not in one.name}


def _step(request: HttpRequest, subject: Subject) -> HttpResponse:
    try:
        messages.success(request, _take(request, subject))
    except PunteError as error:
        keep_typed(request)
        tell_refusal(request, error)
    return redirect("standing")


def _take(request: HttpRequest, subject: Subject) -> str:
    data = request.POST
    deed = data.get("do", "")
    if deed == "suspend":
        standing.suspend(
            by=subject,
            name=data.get("name", "")[:80],
            reason=data.get("reason", ""),
            until=_until(data.get("until", "")),
        )
        return _("Suspended. It acts with the next request.")
    if deed == "restore":
        standing.restore(by=subject, name=data.get("name", "")[:80])
        return _("Restored.")
    if deed == "meet":
        pair = data.get("pair", "")
        standing.let_organisations_meet(
            by=subject, pair_id=int(pair) if pair.isdecimal() and len(pair) < 10 else 0
        )
        return _("They see each other again, as their labels say.")
    sides = [
        Organisation.objects.filter(pk=uuid_of(data.get(name, ""))).first()
        for name in ("one", "other")
    ]
    if sides[0] is None or sides[1] is None:
        raise PunteError(_("Choose two organisations, neither of them your own."))
    standing.keep_organisations_apart(
        by=subject, one=sides[0], other=sides[1], reason=data.get("reason", "")
    )
    return _("Kept apart: neither sees anything of the other.")


def _until(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
        return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    except (ValueError, OverflowError) as error:
        raise PunteError(_("Give the last day as a date.")) from error
