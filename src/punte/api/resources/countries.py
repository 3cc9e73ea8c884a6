"""Countries and their dated, sourced statuses."""

import datetime as dt

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, lines_of
from punte.api.schemas import Answer, Asked
from punte.apps.access.countries import Consequence, country_page, list_countries
from punte.apps.access.models import Status
from punte.apps.access.queries import country_name

router = Router(tags=["Countries"])
DAY = "The day (ISO 8601) whose statuses count; today where it is left out."


class OnDay(Asked):
    """Which day is asked about."""

    on: dt.date | None = Field(None, description=DAY)


class CountriesAsked(Paging):
    """Which countries are asked for."""

    on: dt.date | None = Field(None, description=DAY)


class CountryLine(Answer):
    """A country that holds or held a status."""

    code: str = Field(description="ISO 3166-1 alpha-3.", examples=["MDA"])
    name: str = Field(description="In the language of the request.", examples=["Moldova"])
    held: int = Field(description="Statuses in force on the day [count].", examples=[3])


class StatusLine(Answer):
    """A country's standing in a framework, from a day to a day, by a source."""

    framework: str = Field(description="Code of the framework.", examples=["EU_SDP"])
    standing: str = Field(description="What a country in it is.", examples=["is a candidate"])
    since: dt.date = Field(description="First day.", examples=["2024-05-21"])
    until: dt.date | None = Field(description="First day no more; null: open.", examples=[None])
    withdrawn_on: dt.date | None = Field(
        description="The day on which it was withdrawn here.", examples=[None]
    )
    sources: list[str] = Field(
        description="Where it is read.", examples=[["https://www.consilium.europa.eu/"]]
    )
    verified: bool = Field(description="Whether somebody read it there.", examples=[True])


class ConsequenceLine(Answer):
    """What a country may do, or not, in an instrument."""

    instrument: str = Field(description="The instrument.", examples=["SAFE"])
    what: str = Field(description="What is asked.", examples=["join common procurement"])
    may: bool | None = Field(description="null where nobody knows.", examples=[True])
    note: str = Field(description="More.", examples=[""])
    sources: list[str] = Field(description="Where it is read.", examples=[["Article 17"]])
    verified: bool = Field(description="Whether somebody read it there.", examples=[True])


class CountryAnswer(Answer):
    """A country on a day."""

    code: str = Field(description="ISO 3166-1 alpha-3.", examples=["MDA"])
    name: str = Field(description="In the language of the request.", examples=["Moldova"])
    day: dt.date = Field(description="The day that was asked about.", examples=["2025-11-05"])
    statuses: list[StatusLine] = Field(description="In force on the day.")
    others: list[StatusLine] = Field(description="Before, after, or withdrawn.")
    consequences: list[ConsequenceLine] = Field(description="What follows in each instrument.")


@router.get(
    "",
    response=Page[CountryLine],
    operation_id="list_countries",
    summary="List countries",
    description="Every country that holds or held a status, by name.",
)
def list_all(request: HttpRequest, asked: Query[CountriesAsked]) -> Page[CountryLine]:
    """Return a page of countries."""
    del request
    lines = [
        CountryLine(
            code=country.pk, name=country_name(country.pk), held=getattr(country, "held", 0)
        )
        for country in list_countries(asked.on or timezone.localdate())
    ]
    shown, cursor = lines_of(
        lines, asked, name="countries", key=lambda line: [line.name, line.code]
    )
    return Page(items=shown, next_cursor=cursor)


@router.get(
    "/{code}",
    response=CountryAnswer,
    operation_id="get_country",
    summary="Read a country",
    description="A country's statuses on a day, with their sources, and what follows from them in each instrument.",
)
def get_one(request: HttpRequest, code: str, asked: Query[OnDay]) -> CountryAnswer:
    """Return a country on a day."""
    del request
    page = country_page(code, asked.on or timezone.localdate())
    if page is None:
        raise Http404
    return CountryAnswer(
        code=page.country.pk,
        name=country_name(page.country.pk),
        day=page.day,
        statuses=[_status(row) for row in page.statuses],
        others=[_status(row) for row in page.others],
        consequences=[_consequence(one) for one in page.consequences],
    )


def _status(row: Status) -> StatusLine:
    return StatusLine(
        framework=row.framework_id,
        standing=row.framework.standing,
        since=row.since,
        until=row.until,
        withdrawn_on=timezone.localdate(row.withdrawn_at) if row.withdrawn_at else None,
        sources=row.sources,
        verified=row.verified,
    )


def _consequence(one: Consequence) -> ConsequenceLine:
    return ConsequenceLine(
        instrument=one.instrument,
        what=one.what,
        may=one.may,
        note=one.note,
        sources=list(one.sources),
        verified=one.verified,
    )
