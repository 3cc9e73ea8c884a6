"""Needs and offers of the sample edition: invented, marked, in four languages."""

import json
import random
import uuid
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from punte.apps.access.permissions import acting_as_system
from punte.apps.market.models import Listing, Translation
from punte.apps.market.permissions import groups_of_audience, reviewers_of, roles_of_audience
from punte.apps.people.models import Organisation
from punte.apps.programmes.models import Milestone

_SPACE: Final = uuid.UUID("6f8c7a52-5b36-4a7e-9d5e-2a1f2b6c8d10")
NEEDS, OFFERS = 27, 63
LANGUAGE_OF: Final = {"ROU": "ro", "MDA": "ro", "FRA": "fr", "BEL": "fr", "UKR": "uk"}
AUDIENCES: Final = ("edition", "edition", "edition", "allies", "eu-partners", "public")


@cache
def _areas() -> dict[str, dict[str, Any]]:
    content = (files("punte.apps.market") / "data" / "sample_listings.json").read_text("utf-8")
    areas: dict[str, dict[str, Any]] = json.loads(content)["areas"]
    return areas


def load_listings(
    edition_id: UUID, *, seed: int = 1, surely: Mapping[UUID, str] | None = None
) -> list[UUID]:
    """
    Publish sample needs and offers of the invented organisations of an edition; ids of the new ones.

    Where they stand already nothing is done. The same seed gives the same listings and addresses.

    Parameters
    ----------
    surely
        Organisations that have one whatever the draw says, such as those of the people who can sign in, each with its area.
    """
    wanted = surely or {}
    with transaction.atomic(), acting_as_system("load the sample edition"):
        if Listing.objects.filter(edition_id=edition_id, is_synthetic=True).exists():
            return []
        draw = random.Random(seed)
        invented = Organisation.objects.filter(is_synthetic=True).order_by("pk")
        authorities = list(invented.filter(kind=Organisation.Kind.AUTHORITY))
        companies = list(invented.filter(kind=Organisation.Kind.COMPANY))
        made = [
            *_listings("need", _owners(draw, authorities, NEEDS, wanted), edition_id, wanted),
            *_listings("offer", _owners(draw, companies, OFFERS, wanted), edition_id, wanted),
        ]
        Listing.objects.bulk_create(made)
        Translation.objects.bulk_create(_translations(made))
        return [listing.pk for listing in made]


def write_need(edition_id: UUID, owner: Organisation, area: str) -> Listing:
    """Publish an invented need of an organisation in an area, where it does not stand yet; the caller acts as the system."""
    (made,) = _listings("need", [owner], edition_id, {owner.pk: area})
    made.id = uuid.uuid5(_SPACE, f"{edition_id}/need/{owner.pk}/{area}")
    there = Listing.objects.filter(pk=made.pk).first()
    if there is None:
        made.save(force_insert=True)
    return there or made


def _milestone_of(area: str) -> UUID | None:
    """Return the last open milestone of a programme for an area, so that the sample's needs serve one."""
    row = (
        Milestone.objects.filter(programme__capability__contains=[area], done_on__isnull=True)
        .order_by("-promised_on", "pk")
        .first()
    )
    return row.pk if row else None


def _owners(
    draw: random.Random, among: list[Organisation], count: int, wanted: Mapping[UUID, str]
) -> list[Organisation]:
    """Return owners in random order; those that are wanted and were not drawn come last, in the place of others."""
    drawn = draw.sample(among, min(count, len(among)))
    missing = [one for one in among if one.pk in wanted and one not in drawn]
    kept = [one for one in drawn if one.pk in wanted]
    others = [one for one in drawn if one.pk not in wanted]
    others = others[: count - len(kept) - len(missing)]
    return [one for one in drawn if one in kept or one in others] + missing


def _listings(
    side: str, owners: list[Organisation], edition_id: UUID, wanted: Mapping[UUID, str]
) -> list[Listing]:
    areas = list(_areas().items())
    made = []
    for place, owner in enumerate(owners):
        area, facts = areas[place % len(areas)]
        if owner.pk in wanted:
            area, facts = wanted[owner.pk], _areas()[wanted[owner.pk]]
        language = LANGUAGE_OF.get(owner.country_id, "en")
        title, text = facts[side][language]
        listing = Listing(
            id=uuid.uuid5(_SPACE, f"{edition_id}/{side}/{owner.pk}"),
            edition_id=edition_id,
            owner_org=owner,
            side=side,
            kind=facts["kind"],
            state=Listing.State.PUBLISHED,
            audience=AUDIENCES[place % len(AUDIENCES)],
            language=language,
            title=title,
            text=text,
            cpv=[facts["cpv"]] if place % 3 else [],
            capability=[area],
            milestone_id=_milestone_of(area),
            published_at=timezone.now(),
            is_synthetic=True,
        )
        listing.label_releasable_to, listing.label_restricted_to = groups_of_audience(listing)
        listing.label_tlp = "TLP:CLEAR" if listing.audience == "public" else "TLP:AMBER"
        listing.label_audience = roles_of_audience(listing)
        listing.label_stewards = reviewers_of(listing)
        made.append(listing)
    return made


def _translations(made: list[Listing]) -> list[Translation]:
    """Return an English text beside every fourth listing in another language."""
    return [
        Translation(
            listing=listing,
            language="en",
            title=_areas()[listing.capability[0]][listing.side]["en"][0],
            text=_areas()[listing.capability[0]][listing.side]["en"][1],
            of_revision=1,
        )
        for listing in made[::4]
        if listing.language != "en"
    ]
