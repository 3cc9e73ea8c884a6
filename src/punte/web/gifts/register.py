"""The register of gifts and hospitality of an edition: a list with filters, a file, and the form that declares one."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import strictest_tlp
from punte.apps.access.permissions import VISITOR, active_subject
from punte.apps.cooperation import gifts as actions
from punte.apps.cooperation.gift_register import Asked, gifts_as_read_by, gifts_of
from punte.apps.cooperation.models import Gift
from punte.apps.forum.models import Edition
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import day_from
from punte.web.gifts.frame import audiences, declared_from, edition_or_404, fields_context, page
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, table_response
from punte.web.typed import keep_typed, typed_before

ROWS: Final = 100
EVERYBODY: Final = "everybody"


@login_not_required
@require_http_methods(["GET", "POST"])
def show_all(request: HttpRequest, slug: str) -> HttpResponse:
    """List what the reader may read, or what everybody may; as a file with ``?as=csv`` or ``?as=xlsx``; declare one."""
    edition = edition_or_404(slug)
    if request.method == "POST":
        return _declare(request, edition)
    asked, is_open = _asked(request), request.GET.get("audience") == EVERYBODY
    found = gifts_as_read_by(edition, asked, VISITOR) if is_open else list(gifts_of(edition, asked))
    if ending := asked_ending(request):
        return _file(edition, found, ending, is_open=is_open)
    subject, typed = active_subject(), typed_before(request)
    may_declare = actions.may_declare(subject, edition)
    pages = Paginator(found, ROWS).get_page(request.GET.get("page"))
    return page(
        request,
        edition,
        "gifts.html",
        rows=pages.object_list,
        pages=pages,
        total=len(found),
        asked=asked,
        is_open=is_open,
        is_reader=subject.person_id is not None,
        kinds=Gift.Kind.choices,
        ways=Gift.Way.choices,
        becames=Gift.Became.choices,
        may_declare=may_declare,
        typed=typed,
        form=fields_context(edition, typed) if may_declare else {},
        audiences=audiences(),
        marking=strictest_tlp(row.label_tlp for row in found),
    )


def _asked(request: HttpRequest) -> Asked:
    """Return what is asked for; what is no choice or no day asks for nothing."""
    get = {name: request.GET.get(name, "").replace("\x00", "") for name in request.GET}

    def chosen(name: str, values: Sequence[str]) -> str:
        return get.get(name, "") if get.get(name, "") in values else ""

    return Asked(
        words=get.get("q", "")[:120],
        kind=chosen("kind", Gift.Kind.values),
        way=chosen("way", Gift.Way.values),
        became=chosen("became", Gift.Became.values),
        state=chosen("state", ("stands", "withdrawn")),
        since=_day(get.get("from", "")),
        until=_day(get.get("to", "")),
    )


def _day(text: str) -> dt.date | None:
    try:
        return day_from(text)
    except PunteError:
        return None


def _declare(request: HttpRequest, edition: Edition) -> HttpResponse:
    subject = active_subject()
    if not actions.may_declare(subject, edition):
        raise Http404
    try:
        row = actions.declare_gift(
            by=subject,
            edition=edition,
            declared=declared_from(request.POST),
            audience=request.POST.get("audience", ""),
        )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request)
        return redirect("gifts", slug=edition.slug)
    messages.success(request, _("Declared."))
    return redirect("gift", slug=edition.slug, gift_id=row.pk)


def _file(edition: Edition, found: list[Gift], ending: str, *, is_open: bool) -> HttpResponse:
    columns = [_("When"), _("Authority"), _("Other organisation"), _("Kind"), _("Who offered it")]
    columns += [_("What it was"), _("Estimated value"), _("Currency"), _("What became of it")]
    columns += [_("Note"), _("State"), _("Declared on"), _("Who answers for it"), _("Address")]
    own = active_subject().org_id
    rows = [
        [
            one.on.isoformat(),
            one.authority_name,
            one.other_name,
            one.get_kind_display(),
            one.get_way_display(),
            one.what,
            "" if one.worth is None else one.worth,
            one.currency,
            one.get_became_display(),
            one.note,
            _("withdrawn") if one.withdrawn_at else _("stands"),
            timezone.localdate(one.declared_at, timezone=edition.zone).isoformat(),
            # Persons are named to their own organisation alone.
            one.by_name if not is_open and one.owner_org_id == own else "",
            f"{settings.PUNTE_ADDRESS}/e/{edition.slug}/gifts/{one.pk}/",
        ]
        for one in found
    ]
    name = f"{edition.slug}-gifts-{EVERYBODY}" if is_open else f"{edition.slug}-gifts"
    marking = strictest_tlp(row.label_tlp for row in found) or ("TLP:CLEAR" if is_open else "")
    return table_response(name, columns, rows, ending=ending, marking=marking)
