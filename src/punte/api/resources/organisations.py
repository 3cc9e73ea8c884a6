"""The register of organisations, as far as the reader sees it."""

import datetime as dt
from typing import Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.schemas import Answer, Marking, Words, marking_of, said
from punte.apps.people.directory import organisations
from punte.apps.people.models import Organisation

router = Router(tags=["Organisations"])
Kind = Literal["authority", "union", "company", "association", "research", "press"]
Size = Literal["micro", "small", "medium", "midcap", "large"]


class OrganisationsAsked(Paging):
    """Which organisations are asked for."""

    q: Words = Field("", description="Words of the name.")
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3.")
    kind: Kind | None = Field(None, description="What it is.")
    size: Size | None = Field(None, description="Size class.")
    verified: bool = Field(default=False, description="Only those verified today.")


class OrganisationAnswer(Answer):
    """An authority, a company or another body."""

    id: UUID = said("For good.", "2f1d7a52-5a1d-4a0e-9a43-0d5e1a3a9a22")
    name: str = said("Its name.", "Wilk Optronika")
    short_name: str = said("Its short name.", "Wilk")
    kind: str = said("What it is.", "company")
    country: str = said("ISO 3166-1 alpha-3.", "POL")
    size: str = said("Size class; empty where not stated.", "small")
    website: str = said("Its website.", "https://wilk.example.org/")
    about: str = said("What it says of itself.", "Optics for cold places.")
    ncage: str = said("NCAGE code.", "0A1B2")
    lei: str = said("Legal entity identifier.", "")
    vat: str = said("VAT number.", "")
    verified_until: dt.date | None = said(
        "Verified by its nation's focal point until.", "2027-05-01"
    )
    is_synthetic: bool = said("Invented for the sample.", False)
    marking: Marking


def _answer(row: Organisation) -> OrganisationAnswer:
    plain = "name short_name kind size website about ncage lei vat verified_until is_synthetic"
    return OrganisationAnswer(
        id=row.pk,
        country=row.country_id,
        marking=marking_of(row),
        **{name: getattr(row, name) for name in plain.split()},
    )


@router.get(
    "",
    response=Page[OrganisationAnswer],
    operation_id="list_organisations",
    summary="List organisations",
    description="The organisations that you see, by name.",
)
def list_all(request: HttpRequest, asked: Query[OrganisationsAsked]) -> Page[OrganisationAnswer]:
    """Return a page of organisations."""
    del request
    found = organisations(
        words=asked.q,
        country=asked.country.upper(),
        kind=asked.kind or "",
        size=asked.size or "",
        is_verified=asked.verified,
    )
    shown, cursor = rows_of(found, asked, name="organisations", order=("name", "pk"))
    return Page(items=[_answer(row) for row in shown], next_cursor=cursor)


@router.get(
    "/{uuid:organisation_id}",
    response=OrganisationAnswer,
    operation_id="get_organisation",
    summary="Read an organisation",
    description="One organisation with its codes and until when it is verified.",
)
def get_one(request: HttpRequest, organisation_id: UUID) -> OrganisationAnswer:
    """Return one organisation."""
    del request
    row = Organisation.objects.filter(pk=organisation_id).first()
    if row is None:
        raise Http404
    return _answer(row)
