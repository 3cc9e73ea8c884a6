"""The delegates of an edition: those who agreed to be found, and those one has to do with."""

from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router
from pydantic import Field

from punte.api.paging import Page, Paging, rows_of
from punte.api.resources.seats import take_place
from punte.api.schemas import Answer, Words, said
from punte.apps.forum.models import Delegate
from punte.apps.forum.queries import Face, delegates_named

router = Router(tags=["People"])


class PeopleAsked(Paging):
    """Which delegates are asked for."""

    q: Words = Field("", description="Words of name, organisation or function.")
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3, of the organisation.")
    category: str = Field("", max_length=20, description="Code of the attendee category.")


class FaceAnswer(Answer):
    """A delegate as others see it."""

    delegate_id: UUID = said("At this edition.", "7c1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a44")
    code: str = said("As printed.", "D017")
    name: str = said("As on the badge.", "Tomasz Wilk")
    function: str = said("In which function.", "Sales")
    organisation_id: UUID = said("For whom.", "2f1d7a52-5a1d-4a0e-9a43-0d5e1a3a9a22")
    organisation: str = said("Its name; empty where you do not see it.", "Wilk Optronika")
    country: str = said("ISO 3166-1 alpha-3.", "POL")


class DelegateAnswer(FaceAnswer):
    """A delegate with its category."""

    category: str = said("Code of the attendee category.", "industry")


def face_answer(face: Face | None) -> FaceAnswer | None:
    """Return a delegate as others see it; ``None`` where the reader does not."""
    if face is None:
        return None
    return FaceAnswer(**{name: getattr(face, name) for name in FaceAnswer.model_fields})


def _answer(row: Delegate) -> DelegateAnswer:
    return DelegateAnswer(
        delegate_id=row.pk,
        code=row.code,
        name=row.badge_name,
        function=row.function,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        country=row.organisation.country_id,
        category=row.category.code,
    )


@router.get(
    "/{slug}/people",
    response=Page[DelegateAnswer],
    operation_id="list_people",
    summary="List who is there",
    description=(
        "The delegates of an edition who agreed to be found, by name; for its delegates and organisers. "
        "Neither addresses nor telephone numbers are told: write through the site."
    ),
)
def list_all(request: HttpRequest, slug: str, asked: Query[PeopleAsked]) -> Page[DelegateAnswer]:
    """Return a page of delegates."""
    del request
    edition = take_place(slug).edition
    found = delegates_named(
        edition.pk, words=asked.q, country=asked.country.upper(), category=asked.category
    )
    shown, cursor = rows_of(found, asked, name=f"people {edition.pk}", order=("badge_name", "pk"))
    return Page(items=[_answer(row) for row in shown], next_cursor=cursor)


@router.get(
    "/{slug}/people/{uuid:delegate_id}",
    response=DelegateAnswer,
    operation_id="get_person",
    summary="Read a delegate",
    description="One delegate of an edition, as others see it.",
)
def get_one(request: HttpRequest, slug: str, delegate_id: UUID) -> DelegateAnswer:
    """Return one delegate."""
    del request
    edition = take_place(slug).edition
    row = delegates_named(edition.pk).filter(pk=delegate_id).first()
    if row is None:
        raise Http404
    return _answer(row)
