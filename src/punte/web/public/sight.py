"""What a country's delegate could see on a day, as far as who asks sees it too; and the withdrawal of a status."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.models import Country, Labelled, Status
from punte.apps.access.permissions import Subject, acting, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.models import Assistance, Commitment, Topic
from punte.apps.forum.models import Edition, Release, Session
from punte.apps.market.models import Listing
from punte.apps.people.models import Organisation
from punte.apps.people.queries import subject_of_country
from punte.apps.people.standing import give_back_status, withdraw_status
from punte.apps.programmes.models import Programme
from punte.kernel.errors import PunteError
from punte.web.navigation import main_items
from punte.web.people.delegation import uuid_of
from punte.web.public.countries import day_of, may_ask
from punte.web.refusals import tell_refusal

MOST: Final = 500
"""Of each kind that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of things with labels: its name, its rows, and where a row has its page (empty where it has none)."""

    name: Promise
    rows: Any
    address: str


def _published() -> QuerySet[Listing]:
    return Listing.objects.filter(state=Listing.State.PUBLISHED)


KINDS: Final = (
    Kind(name=gettext_lazy("Editions"), rows=lambda: Edition.objects.all(), address=""),  # noqa: PLW0108  (the manager asks for a subject)
    Kind(
        name=gettext_lazy("Needs"),
        rows=lambda: _published().filter(side=Listing.Side.NEED),
        address="/needs/",
    ),
    Kind(
        name=gettext_lazy("Offers"),
        rows=lambda: _published().filter(side=Listing.Side.OFFER),
        address="/offers/",
    ),
    Kind(
        name=gettext_lazy("Programmes"),
        rows=lambda: Programme.objects.all(),  # noqa: PLW0108
        address="/programmes/",
    ),
    Kind(
        name=gettext_lazy("Agenda"),
        rows=lambda: Session.objects.filter(is_released=True),
        address="",
    ),
    Kind(
        name=gettext_lazy("Commitments"),
        rows=lambda: Commitment.objects.all(),  # noqa: PLW0108
        address="/commitments/",
    ),
    Kind(
        name=gettext_lazy("Assistance"),
        rows=lambda: Assistance.objects.all(),  # noqa: PLW0108
        address="/assistance/",
    ),
    Kind(
        name=gettext_lazy("Discussions"),
        rows=lambda: Topic.objects.all(),  # noqa: PLW0108
        address="/discussions/",
    ),
    Kind(name=gettext_lazy("Press"), rows=lambda: Release.objects.all(), address=""),  # noqa: PLW0108
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One thing that the delegate could see, and the reason in words."""

    title: str
    address: str
    because: str


@require_GET
def show_sight(request: HttpRequest, code: str) -> HttpResponse:
    """Show what a cleared delegate of a country could see on a day, of what the reader sees."""
    subject, code = active_subject(), code.upper()
    if not Country.objects.filter(pk=code).exists() or not may_ask(subject, code):
        raise Http404
    day = day_of(request)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Organisation.Kind.values else Organisation.Kind.AUTHORITY
    editions = list(Edition.objects.order_by("name"))
    wanted = uuid_of(request.GET.get("edition", ""))
    edition = next((one.pk for one in editions if one.pk == wanted), None)
    sections = list(_sections(code, day, str(kind), edition))
    return render(
        request,
        "public/sight.html",
        {
            "code": code,
            "name": country_name(code),
            "day": day,
            "kind": kind,
            "kinds": Organisation.Kind.choices,
            "editions": editions,
            "edition": edition,
            "sections": sections,
            "navigation": main_items(request),
        },
    )


def _sections(
    code: str, day: dt.date, kind: str, edition_id: UUID | None
) -> Iterator[tuple[Promise, list[Seen]]]:
    them = subject_of_country(code, day, role=kind, edition_id=edition_id)
    for one in KINDS:
        # What the reader sees itself is read first: of the rest nothing is told, not even a number.
        own = one.rows().filter(labelled_at__lte=them.as_of).values_list("pk", flat=True)
        keys = list(own[:MOST])
        with acting(them):
            found = [_seen(row, them, one.address) for row in one.rows().filter(pk__in=keys)]
        if found:
            yield one.name, sorted(found, key=lambda seen: seen.title)


def _seen(row: Labelled, them: Subject, address: str) -> Seen:
    return Seen(
        title=str(row),
        address=f"{address}{row.pk}/" if address else "",
        because=explain(them, row).sentence,
    )


@require_POST
def change_status(request: HttpRequest, code: str) -> HttpResponse:
    """Withdraw a status of a country, or give it back."""
    status = Status.objects.filter(
        country_id=code.upper(), pk=_number(request.POST.get("status", ""))
    ).first()
    if status is None:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "withdraw":
            withdraw_status(by=active_subject(), status=status, reason=reason)
            messages.success(
                request, _("Withdrawn. What it opened closes with their next request.")
            )
        else:
            give_back_status(by=active_subject(), status=status, reason=reason)
            messages.success(request, _("Given back."))
    except PunteError as error:
        tell_refusal(request, error)
    return redirect("country", code=status.country_id)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
