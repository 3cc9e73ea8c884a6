"""The label of a thing: in words, as XML and JSON in the shape of STANAG 4774, and its form with who gains and who loses sight."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.labels import label_of
from punte.apps.access.models import Labelled, Tlp
from punte.apps.access.permissions import Subject, active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.gifts import may_keep as may_keep_gift
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    Cooperation,
    CooperationFile,
    Gift,
    Topic,
)
from punte.apps.cooperation.permissions import may_change
from punte.apps.forum.models import Edition, Session
from punte.apps.market.models import Listing
from punte.apps.people.labels import Change, Reader, Wanted, change_label, preview_label
from punte.apps.programmes.models import Programme
from punte.apps.programmes.permissions import may_keep
from punte.formats.confidentiality_label import label_as_record, label_as_xml
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import audiences, day_from, groups_of
from punte.web.navigation import main_items
from punte.web.refusals import tell_refusal
from punte.web.tables import HANDLING_HEADER

AS_IT_IS: Final = "as-it-is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """
    A kind of labelled thing that has a page of its label.

    Parameters
    ----------
    title
        The attribute that names one.
    address
        Where one is read, given its identifier.
    may_relabel
        Who changes the label here; nobody where the thing's own form has it.
    """

    model: type[Labelled]
    title: str
    address: str
    may_relabel: Callable[[Subject, Any], bool] | None = None


def _may_relabel_topic(subject: Subject, topic: Topic) -> bool:
    # A topic of a working group is its members'.
    return topic.group_id is None and may_change(subject, topic)


THINGS: Final[dict[str, Thing]] = {
    "programme": Thing(
        model=Programme, title="name", address="/programmes/{}/", may_relabel=may_keep
    ),
    "commitment": Thing(
        model=Commitment, title="what", address="/commitments/{}/", may_relabel=may_change
    ),
    "assistance": Thing(
        model=Assistance, title="title", address="/assistance/{}/", may_relabel=may_change
    ),
    "gift": Thing(model=Gift, title="what", address="", may_relabel=may_keep_gift),
    "topic": Thing(
        model=Topic, title="title", address="/discussions/{}/", may_relabel=_may_relabel_topic
    ),
    "listing": Thing(model=Listing, title="title", address=""),
    "cooperation": Thing(model=Cooperation, title="name", address="/cooperations/{}/"),
    "cooperationfile": Thing(model=CooperationFile, title="name", address=""),
    "session": Thing(model=Session, title="title", address=""),
}
"""By the name that stands in the address."""


def _found(kind: str, keys: dict[str, UUID]) -> tuple[Thing, Labelled]:
    thing = THINGS[kind]
    row = thing.model._default_manager.filter(pk=next(iter(keys.values()))).first()  # noqa: SLF001
    if row is None:
        raise Http404
    return thing, row


@login_not_required
@require_GET
def give(request: HttpRequest, kind: str, ending: str, **keys: UUID) -> HttpResponse:
    """Give the label as a file; of what the reader does not see there is none."""
    del request
    _thing, row = _found(kind, keys)
    label = label_of(row, active_subject())
    headers = {
        "Content-Disposition": f'attachment; filename="label-{kind}-{row.pk}.{ending}"',
        HANDLING_HEADER: row.label_tlp,
    }
    if ending == "xml":
        return HttpResponse(
            label_as_xml(label), content_type="application/xml; charset=utf-8", headers=headers
        )
    return JsonResponse(
        label_as_record(label),
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers=headers,
    )


@login_not_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, kind: str, **keys: UUID) -> HttpResponse:
    """Show who may see the thing, in words; who keeps it changes that, after looking at who gains and who loses."""
    thing, row = _found(kind, keys)
    subject = active_subject()
    may_relabel = thing.may_relabel is not None and thing.may_relabel(subject, row)
    change: Change | None = None
    if request.method == "POST":
        if not may_relabel:
            raise Http404
        try:
            wanted = _wanted(request, row)
            if request.POST.get("do") == "change":
                change_label(by=subject, row=row, wanted=wanted)
                messages.success(request, _("The label is changed. It acts with the next request."))
                return redirect(request.path)
            change = preview_label(by=subject, row=row, wanted=wanted)
        except PunteError as error:
            row.refresh_from_db()
            tell_refusal(request, error)
    return render(request, "labels/label.html", _context(request, thing, row, change, may_relabel))


def _context(
    request: HttpRequest,
    thing: Thing,
    row: Labelled,
    change: Change | None,
    may_relabel: bool,  # noqa: FBT001  (the value of a predicate)
) -> dict[str, Any]:
    typed = request.POST if request.method == "POST" else {}
    return {
        "row": row,
        "title": getattr(row, thing.title),
        "address": thing.address.format(row.pk) if thing.address else "",
        "label": label_of(row, active_subject()),
        "why": explain(active_subject(), row),
        "may_relabel": may_relabel,
        "change": change,
        "gains": _sentences(change.gains) if change else [],
        "loses": _sentences(change.loses) if change else [],
        "audiences": [(AS_IT_IS, _("as it is now")), *audiences()],
        "chosen": typed.get("audience", AS_IT_IS),
        "tlps": Tlp.choices,
        "tlp": typed.get("tlp", row.label_tlp),
        "embargo_on": typed.get("embargo_on", _day(row.label_embargo_until)),
        "expires_on": typed.get("expires_on", _last_day(row.label_expires_at)),
        "navigation": main_items(request),
    }


def _wanted(request: HttpRequest, row: Labelled) -> Wanted:
    data = request.POST
    audience = data.get("audience", AS_IT_IS)
    groups: tuple[str, ...] | None = None
    if audience != AS_IT_IS:
        if audience not in dict(audiences()):
            raise PunteError(_("Choose who may see it from the list."))
        # Whoever is named as an organisation, person or group takes part in it, and stays.
        kept = [one for one in row.label_releasable_to if one.startswith(("org:", "person:"))]
        groups = tuple(dict.fromkeys([*kept, *groups_of(audience)]))
    last = _midnight(data.get("expires_on", ""))
    return Wanted(
        releasable_to=groups,
        tlp=data.get("tlp", ""),
        embargo_until=_midnight(data.get("embargo_on", "")),
        expires_at=last + dt.timedelta(days=1) if last else None,
    )


def _midnight(text: str) -> dt.datetime | None:
    day = day_from(text) if text.strip() else None
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None


def _day(moment: dt.datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""


def _last_day(moment: dt.datetime | None) -> str:
    return _day(moment - dt.timedelta(days=1)) if moment else ""


def _sentences(readers: tuple[Reader, ...]) -> list[str]:
    """Return who gains or loses, a sentence for each place."""
    places: dict[UUID | None, list[str]] = defaultdict(list)
    lines = []
    for one in readers:
        if one.country:
            places[one.edition_id].append(country_name(one.country))
        else:
            lines.append(_("Everyone, signed in or not"))
    editions = dict(
        Edition.objects.filter(pk__in=[key for key in places if key]).values_list("pk", "name")
    )
    for place, names in places.items():
        where = (
            _("Delegates cleared at %(edition)s from")
            % {"edition": editions.get(place, _("an edition"))}
            if place
            else _("Cleared delegates from")
        )
        lines.append(f"{where}: {', '.join(sorted(names))}")
    return lines


def _routes() -> list[URLPattern]:
    found = []
    for kind, thing in THINGS.items():
        place = f"labels/{kind}/<uuid:{thing.model._meta.model_name}_id>/"  # noqa: SLF001
        found.append(path(place, show, {"kind": kind}, name=f"label_{kind}"))
        found += [
            path(
                f"{place}label.{ending}",
                give,
                {"kind": kind, "ending": ending},
                name=f"label_{kind}_{ending}",
            )
            for ending in ("xml", "json")
        ]
    return found


urlpatterns = _routes()
