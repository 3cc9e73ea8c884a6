"""Who is there: the delegates of an edition, one of them, and asking for a meeting."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.queries import country_name
from punte.apps.cooperation.turned_away import Why, turned_away
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import delegates_named
from punte.apps.forum.unlisted import is_unlisted
from punte.apps.market.queries import published_by
from punte.apps.meetings.asking import ask
from punte.apps.meetings.contact import contacts_among
from punte.apps.meetings.may_ask import (
    categories_of,
    listings_between,
    quota_of,
    reason_against,
)
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.own import my_contacts
from punte.apps.meetings.permissions import may_organise
from punte.apps.meetings.unless_declined import decline_until
from punte.kernel.errors import PunteError
from punte.web.cooperation.desk import away_words
from punte.web.delegate.place import Seat, take_seat
from punte.web.delegate.second_pair import asks_for_two
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
from punte.web.worker import let_keep

ROWS = 60
MOST_LISTINGS = 30
"""Needs and offers that the page of a delegate names at most; the organisation's own page has the rest."""


@require_GET
def show_people(request: HttpRequest, slug: str) -> HttpResponse:
    """List the delegates, by name, organisation, country and category; as a file with ``?as=csv`` or ``?as=xlsx``."""
    seat = take_seat(request, slug)
    everybody = Delegate.objects.filter(edition=seat.edition)
    countries = sorted(
        set(everybody.order_by().values_list("organisation__country", flat=True).distinct()),
        key=country_name,
    )
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    country, category = request.GET.get("country", ""), request.GET.get("category", "")
    chosen = delegates_named(seat.edition.pk, words=words, country=country, category=category)
    if ending := asked_ending(request):
        return _people_file(seat, ending, list(chosen))
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    away = _away(seat, list(page.object_list))
    return render(
        request,
        "delegate/people.html",
        seat.context(
            rows=[
                {
                    "delegate": delegate,
                    "country": country_name(delegate.organisation.country_id),
                    "away": away_words(away.get(delegate.pk)),
                }
                for delegate in page.object_list
            ],
            pages=page,
            q=words,
            country=country,
            category=category,
            countries=[(code, country_name(code)) for code in countries],
            categories=categories_of(seat.edition),
            quota=quota_of(seat.delegate) if seat.delegate else None,
            asks_listing=seat.delegate is not None and is_unlisted(seat.delegate),
        ),
    )


def _away(seat: Seat, chosen: Iterable[Delegate]) -> dict[UUID, Why]:
    """Return who of the delegates is withdrawn or suspended, for organisers; others are told as little as ever."""
    if not may_organise(seat.subject, seat.edition.pk):
        return {}
    return turned_away(seat.edition.pk, [one.pk for one in chosen])


def _people_file(seat: Seat, ending: str, chosen: list[Delegate]) -> HttpResponse:
    columns = [_("Name"), _("Function"), _("Organisation"), _("Country"), _("Category")]
    marks: dict[UUID, list[str]] = {}
    if may_organise(seat.subject, seat.edition.pk):
        columns.append(_("State"))
        away = _away(seat, chosen)
        marks = {one.pk: [away_words(away.get(one.pk))] for one in chosen}
    rows = [
        [
            one.badge_name,
            one.function,
            one.organisation.name,
            country_name(one.organisation.country_id),
            one.category.said,
            *marks.get(one.pk, ()),
        ]
        for one in chosen
    ]
    marking = strictest_tlp((one.label_tlp for one in chosen), least=Tlp.AMBER)
    return table_response(
        f"{seat.edition.slug}-people", columns, rows, ending=ending, marking=marking
    )


@require_http_methods(["GET", "POST"])
def show_person(request: HttpRequest, slug: str, delegate_id: UUID) -> HttpResponse:
    """Show a delegate, what stands between you, and the form that asks for a meeting."""
    seat = take_seat(request, slug)
    other = (
        Delegate.objects.filter(edition=seat.edition, pk=delegate_id)
        .select_related("organisation", "category", "edition")
        .first()
    )
    if other is None:
        raise Http404
    away = _away(seat, [other]).get(other.pk)
    if request.method == "POST":
        answer = _ask(request, seat, other)
        if answer is not None:
            return answer
    is_met = seat.delegate is not None and other in my_contacts(seat.delegate)
    response = render(
        request,
        "delegate/person.html",
        seat.context(
            other=other,
            kept_at=timezone.now() if is_met else None,
            line=contacts_among([other.pk]).get(other.pk),
            country=country_name(other.organisation.country_id),
            theirs=published_by(other.organisation_id, most=MOST_LISTINGS),
            **(_between(seat.delegate, other) if seat.delegate else {}),
            reason=request.POST.get("reason", ""),
            chosen=request.POST.getlist("colleague"),
            rank=request.POST.get("rank", "3"),
            ranks=ranks(),
            away=away_words(away),
            may_stand_for=may_organise(seat.subject, other.edition_id)
            and seat.subject.acted_by is None
            and away is None,
            about=request.POST.get("about") or request.GET.get("about", ""),
        ),
    )
    return let_keep(request, response) if is_met and request.method == "GET" else response


def ranks() -> list[tuple[str, str]]:
    """Return the ranks of a request with what each says."""
    return [
        ("1", _("1, the first of all")),
        ("2", _("2, very much")),
        ("3", _("3, gladly")),
        ("4", _("4, if there is time")),
        ("5", _("5, last")),
    ]


def _between(me: Delegate, other: Delegate) -> dict[str, object]:
    return {
        "against": reason_against(me, other),
        "quota": quota_of(me),
        "decline_until": decline_until(other),
        "asks_for_two": asks_for_two(me, other),
        "requests": MeetingRequest.objects.filter(
            sender__in=[me, other], receiver__in=[me, other]
        ).order_by("-sent_at"),
        "listings": listings_between(me, other),
        "colleagues": Delegate.objects.filter(
            edition_id=me.edition_id, organisation_id=me.organisation_id
        ).exclude(pk=me.pk)[:50],
    }


def _ask(request: HttpRequest, seat: Seat, other: Delegate) -> HttpResponse | None:
    rank, about = request.POST.get("rank", ""), request.POST.get("about", "")
    try:
        ask(
            by=seat.subject,
            sender=seat.me,
            receiver=other,
            reason=request.POST.get("reason", ""),
            rank=int(rank) if rank in {"1", "2", "3", "4", "5"} else 0,
            # What is no key at all is asked for as one that nobody has: the refusal says what to choose instead.
            colleagues=[uuid_of(text) for text in request.POST.getlist("colleague")],
            about_listing_id=uuid_of(about) if about else None,
        )
    except PunteError as error:
        tell_refusal(request, error)
        return None
    messages.success(
        request,
        _("Your request is sent. %(name)s sees it now and can accept or decline.")
        % {"name": other.badge_name},
    )
    return redirect(f"{seat.address}requests/")
