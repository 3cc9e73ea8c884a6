"""Editions of the forum."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, lines_of
from punte.api.schemas import Answer, Marking, marking_of
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import EditionPage, edition_page, find_edition, list_editions
from punte.apps.forum.word_rows import words_of

router = Router(tags=["Editions"])


class EditionWords(Answer):
    """The texts of an edition in another language than its first; what is empty is said in the first."""

    language: str = Field(description="Its code.", examples=["ro"])
    name: str = Field(description="Its name.", examples=["Forumul NATO-Industrie 2025"])
    theme: str = Field(description="Its theme.", examples=["Inovație în ritm alert"])
    forum: str = Field(description="The series.", examples=["Forumul NATO-Industrie"])
    city: str = Field(description="Where.", examples=["București"])
    venue: str = Field(description="The house.", examples=["Palatul Parlamentului"])


class EditionLine(Answer):
    """An edition of a forum."""

    id: UUID = Field(examples=["0ed17100-0000-4000-8000-000000000001"], description="For good.")
    slug: str = Field(description="Its name in addresses.", examples=["bucharest-2025"])
    forum: str = Field(description="The series.", examples=["NATO-Industry Forum"])
    name: str = Field(description="Its name.", examples=["NATO-Industry Forum 2025"])
    theme: str = Field(description="Its theme.", examples=["Innovation at speed"])
    city: str = Field(description="Where.", examples=["Bucharest"])
    venue: str = Field(description="The house.", examples=["Palace of the Parliament"])
    starts_on: dt.date = Field(description="First day.", examples=["2025-11-05"])
    ends_on: dt.date = Field(description="Last day.", examples=["2025-11-06"])
    time_zone: str = Field(description="Of the venue.", examples=["Europe/Bucharest"])
    is_synthetic: bool = Field(description="Invented for the sample.", examples=[False])
    wordings: list[EditionWords] = Field(
        description="Its texts in other languages, as far as they are written."
    )


class HostAnswer(Answer):
    """Who stands behind an edition."""

    role: str = Field(description="host, co_organiser, patron or sponsor.", examples=["host"])
    name: str = Field(description="Who.", examples=["Ministry of National Defence"])
    wordings: dict[str, str] = Field(
        description="What other languages call it, by their code.",
        examples=[{"ro": "Ministerul Apărării Naționale"}],
    )
    source: str = Field(description="Where it is read.", examples=["https://www.mapn.ro/"])


class FactAnswer(Answer):
    """A public statement about an edition, with its source."""

    key: str = Field(description="About what.", examples=["venue"])
    value: str = Field(description="The statement.", examples=["Palace of the Parliament"])
    source: str = Field(description="Where it is read.", examples=["https://www.mapn.ro/"])
    verified: bool = Field(description="Whether somebody read it there.", examples=[True])


class PhaseAnswer(Answer):
    """A stage in the life of an edition."""

    kind: str = Field(description="Which.", examples=["request"])
    label: str = Field(description="In words.", examples=["Meeting requests"])
    starts_at: dt.datetime = Field(description="Begins.", examples=["2025-09-01T07:00:00Z"])
    ends_at: dt.datetime = Field(description="Ends.", examples=["2025-10-15T20:00:00Z"])
    is_now: bool = Field(description="At the moment of reading.", examples=[False])


class EditionAnswer(EditionLine):
    """An edition with hosts, facts and phases."""

    hosts: list[HostAnswer] = Field(description="Who stands behind it.")
    facts: list[FactAnswer] = Field(description="What is publicly known of it.")
    phases: list[PhaseAnswer] = Field(description="When it is what.")
    marking: Marking


@router.get(
    "",
    response=Page[EditionLine],
    operation_id="list_editions",
    summary="List editions",
    description="The editions that you see, newest first. Archived ones are in no list; each is still read by its slug.",
)
def list_all(request: HttpRequest, asked: Query[Paging]) -> Page[EditionLine]:
    """Return a page of editions."""
    del request
    shown, cursor = lines_of(
        list_editions(),
        asked,
        name="editions",
        key=lambda one: [-one.starts_on.toordinal(), str(one.pk)],
    )
    return Page(items=[EditionLine.model_validate(_line(one)) for one in shown], next_cursor=cursor)


@router.get(
    "/{slug}",
    response=EditionAnswer,
    operation_id="get_edition",
    summary="Read an edition",
    description="An edition with who stands behind it, what is publicly known of it, and its phases.",
)
def get_one(request: HttpRequest, slug: str) -> EditionAnswer:
    """Return an edition."""
    del request
    page = edition_page(slug, now=timezone.now())
    if page is None:
        raise Http404
    return EditionAnswer.model_validate(_line(page.edition) | _more(page))


def edition_or_404(slug: str) -> Edition:
    """Return an edition; a hidden one and one that never was get the same answer."""
    found = find_edition(slug)
    if found is None:
        raise Http404
    return found


def _line(edition: Edition) -> dict[str, object]:
    plain = {
        name: getattr(edition, name) for name in EditionLine.model_fields if name != "wordings"
    }
    words = words_of(edition).items()
    return plain | {"wordings": [EditionWords(language=code, **texts) for code, texts in words]}


def _more(page: EditionPage) -> dict[str, object]:
    return {
        "hosts": [
            HostAnswer(role=h.role, name=h.name, wordings=dict(h.wordings), source=h.source)
            for h in page.hosts
        ],
        "facts": [
            FactAnswer(key=f.key, value=f.value, source=f.source, verified=f.is_verified)
            for f in page.facts
        ],
        "phases": [
            PhaseAnswer(
                kind=p.kind,
                label=p.label,
                starts_at=p.starts_at,
                ends_at=p.ends_at,
                is_now=p.is_now,
            )
            for p in page.phases
        ],
        "marking": marking_of(page.edition),
    }
