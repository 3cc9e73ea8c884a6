"""What the pages of gifts share: the frame of an edition, and a declaration as its form holds it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from punte.apps.access.numbers import write_number
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.gift_fields import Declared, others_at
from punte.apps.cooperation.gifts import EVERYBODY, ORGANISERS, OWN
from punte.apps.cooperation.models import CURRENCIES, Gift
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import find_edition
from punte.web.cooperation.frame import day_from, id_from
from punte.web.navigation import edition_items, main_items


def edition_or_404(slug: str) -> Edition:
    """
    Return an edition that the reader sees.

    Raises
    ------
    Http404
        There is none.
    """
    edition = find_edition(slug)
    if edition is None:
        raise Http404
    return edition


def page(request: HttpRequest, edition: Edition, template: str, **context: object) -> HttpResponse:
    """Return a page of gifts with the navigation of its edition."""
    frame = {
        "edition": edition,
        "address": f"/e/{edition.slug}/gifts/",
        "navigation": main_items(request),
        "subnavigation": edition_items(request, edition, active_subject()),
    }
    return render(request, f"gifts/{template}", {**frame, **context})


def audiences() -> list[tuple[str, str]]:
    """Return who may read a declaration beside the authority itself, with the words for it."""
    return [
        (OWN, _("only my organisation")),
        (ORGANISERS, _("the organisers and auditors of the edition too")),
        (EVERYBODY, _("everybody, signed in or not")),
    ]


def declared_from(data: Mapping[str, str]) -> Declared:
    """
    Return what the fields of a declaration hold.

    Raises
    ------
    PunteError
        The day is none.
    """
    return Declared(
        kind=data.get("kind", ""),
        way=data.get("way", ""),
        became=data.get("became", ""),
        what=data.get("what", ""),
        on=day_from(data.get("on", "")),
        other_id=id_from(data.get("other", "")),
        other_name=data.get("other_name", ""),
        worth=data.get("worth", ""),
        currency=data.get("currency", ""),
        note=data.get("note", ""),
    )


def fields_context(
    edition: Edition, typed: Mapping[str, str], gift: Gift | None = None
) -> dict[str, Any]:
    """Return what the fields of the form show: what was typed and refused, else what stands, and what can be chosen."""
    others = others_at(edition, active_subject())
    if gift is not None and gift.other_id and gift.other_id not in dict(others):
        others.append((gift.other_id, gift.other_name))
    return {
        "kinds": Gift.Kind.choices,
        "ways": Gift.Way.choices,
        "becames": Gift.Became.choices,
        "currencies": CURRENCIES,
        "others": [(str(key), name) for key, name in others],
        "held": typed or (_held(gift) if gift else {"currency": "EUR"}),
    }


def _held(gift: Gift) -> dict[str, str]:
    return {
        "kind": gift.kind,
        "way": gift.way,
        "became": gift.became,
        "what": gift.what,
        "on": gift.on.isoformat(),
        "other": str(gift.other_id or ""),
        "other_name": "" if gift.other_id else gift.other_name,
        "worth": "" if gift.worth is None else write_number(gift.worth),
        "currency": gift.currency or "EUR",
        "note": gift.note,
    }
