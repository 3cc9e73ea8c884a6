"""Addresses of needs and offers, which differ by side only, and the names of their owners' countries."""

from collections.abc import Iterable
from uuid import UUID

from django import template
from django.urls import reverse

from punte.apps.access.queries import country_name
from punte.apps.programmes.models.capability import area_name

register = template.Library()


@register.simple_tag
def listing_address(side: str, listing_id: UUID | None = None, page: str = "") -> str:
    """Return the address of a side's list, of a listing, or of one of its pages (``edit``, ``translate``)."""
    if listing_id is None:
        return reverse(f"listings:{side}-{page or 'list'}")
    return reverse(f"listings:{side}{f'-{page}' if page else ''}", args=[listing_id])


@register.simple_tag
def listing_step(side: str, listing_id: UUID, step: str) -> str:
    """Return where a step of a listing's life is posted to."""
    return reverse(f"listings:{side}-step", args=[listing_id, step])


@register.filter
def country(code: str) -> str:
    """Return a country's name in the reader's language for its three letters; the letters where it has none."""
    return country_name(code) if code else ""


@register.filter
def areas(codes: Iterable[str]) -> str:
    """Return the names of capability areas in the reader's language, parted by commas; other codes as they are."""
    return ", ".join(map(area_name, codes))
