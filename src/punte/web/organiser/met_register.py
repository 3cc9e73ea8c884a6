"""The register of contacts: who of the authorities met which firm, for a period and an audience, on a page and as a file."""

import datetime as dt
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.actions import record
from punte.apps.access.models import Tlp
from punte.apps.access.queries import country_name
from punte.apps.cooperation.met_register import (
    EVERYBODY,
    MetLine,
    as_read_by,
    audience_of,
    meetings_with_firms,
)
from punte.apps.cooperation.models import Gift
from punte.apps.forum.queries import faces
from punte.web.organiser.desk import Desk, open_desk
from punte.web.tables import asked_ending, minute_in, table_response

ROWS: Final = 100
DESK: Final = "desk"


@require_GET
def show_register(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who met whom as the chosen audience may read it; as a file with ``?as=csv`` or ``?as=xlsx``."""
    desk = open_desk(request, slug)
    edition = desk.edition
    first = _day(request.GET.get("from", ""), edition.starts_on)
    last = _day(request.GET.get("to", ""), edition.ends_on)
    countries = sorted({face.country for face in faces(edition.pk).values()}, key=country_name)
    wish = request.GET.get("audience", "")
    audience = wish if wish in {EVERYBODY, *countries} else DESK
    everything = meetings_with_firms(edition, first=first, last=last)
    lines = (
        everything if audience == DESK else as_read_by(everything, audience_of(audience, edition))
    )
    if ending := asked_ending(request):
        return _file(desk, ending, lines, audience=audience, first=first, last=last)
    page = Paginator(lines, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "organiser/met_register.html",
        desk.context(
            rows=[
                (
                    one,
                    country_name(one.authority_country),
                    country_name(one.firm_country),
                    [(gift.pk, gift_in_words(gift)) for gift in one.gifts],
                )
                for one in page.object_list
            ],
            pages=page,
            total=len(lines),
            left_out=len(everything) - len(lines),
            first=first,
            last=last,
            audience=audience,
            audiences=[
                (DESK, _("the organisers")),
                (EVERYBODY, _("everybody, signed in or not")),
                *((code, _nation(code)) for code in countries),
            ],
        ),
    )


def gift_in_words(gift: Gift) -> str:
    """Return a declaration in one line: day, what, estimated value, who offered it, and what became of it."""
    worth = f", {gift.value}" if gift.value else ""
    by = gift.other_name if gift.way == Gift.Way.RECEIVED else gift.authority_name
    return _("%(day)s: %(what)s%(worth)s, offered by %(by)s. %(became)s") % {
        "day": gift.on.isoformat(),
        "what": gift.what,
        "worth": worth,
        "by": by,
        "became": gift.get_became_display(),
    }


def _nation(code: str) -> str:
    return _("delegates of %(country)s") % {"country": country_name(code)}


def _day(text: str, otherwise: dt.date) -> dt.date:
    """Return the day that a field of the address holds; another where it holds none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise


def _file(
    desk: Desk,
    ending: str,
    lines: list[MetLine],
    *,
    audience: str,
    first: dt.date,
    last: dt.date,
) -> HttpResponse:
    period = {"first": first.isoformat(), "last": last.isoformat()}
    record(
        "met_register.exported",
        None,
        edition_id=desk.edition.pk,
        rows=len(lines),
        audience=audience,
        **period,
    )
    columns = [
        _("Begins"),
        _("Authority"),
        _("Country of the authority"),
        _("Firm"),
        _("Country of the firm"),
        _("Need or offer"),
        _("Topic, as disclosed"),
        _("Gifts and hospitality, as declared"),
    ]
    rows = [
        [
            minute_in(desk.edition.zone, one.starts_at),
            one.authority,
            country_name(one.authority_country),
            one.firm,
            country_name(one.firm_country),
            one.need,
            one.topic,
            "; ".join(map(gift_in_words, one.gifts)),
        ]
        for one in lines
    ]
    marking = str(Tlp.CLEAR if audience == EVERYBODY else Tlp.AMBER)
    name = f"{desk.edition.slug}-met-{period['first']}-{period['last']}"
    return table_response(name, columns, rows, ending=ending, marking=marking)
