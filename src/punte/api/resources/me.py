"""Who asks, and why it sees what it sees."""

import datetime as dt
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from punte.api.schemas import Answer
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import words_of
from punte.apps.people.models import Organisation, Person
from punte.apps.people.tokens import OpenToken

router = Router(tags=["Me"])


class GroundAnswer(Answer):
    """Why the reader belongs to a group that labels name."""

    group: str = Field(description="The group.", examples=["EU_SDP"])
    because: str = Field(description="In words.", examples=["it is released to your country"])
    since: dt.date | None = Field(description="Since when.", examples=["2024-05-21"])
    sources: list[str] = Field(description="By which sources.", examples=[[]])


class MeAnswer(Answer):
    """In whose name the API reads."""

    person_id: UUID | None = Field(
        description="null for a visitor.", examples=["5b0c4a52-5a1d-4a0e-9a43-0d5e1a3a9a11"]
    )
    name: str = Field(description="Of the person; empty for a visitor.", examples=["Ion Cazacu"])
    organisation_id: UUID | None = Field(
        description="For whom it acts.", examples=["2f1d7a52-5a1d-4a0e-9a43-0d5e1a3a9a22"]
    )
    organisation: str = Field(description="Its name.", examples=["Partner State Chancellery"])
    country: str = Field(description="ISO 3166-1 alpha-3.", examples=["MDA"])
    is_vetted: bool = Field(description="Cleared by a host.", examples=[True])
    may_write: bool = Field(
        description="Whether this call could have changed something.", examples=[True]
    )
    grounds: list[GroundAnswer] = Field(description="Why it sees what it sees.")


@router.get(
    "",
    response=MeAnswer,
    operation_id="get_me",
    summary="Read who you are",
    description="In whose name the API answers you, and why you see what you see. Without a token or session: a visitor.",
)
def get_me(request: HttpRequest) -> MeAnswer:
    """Return who asks."""
    subject = active_subject()
    token = getattr(request, "api_token", None)
    person = Person.objects.filter(pk=subject.person_id).first() if subject.person_id else None
    org = Organisation.objects.filter(pk=subject.org_id).first() if subject.org_id else None
    return MeAnswer(
        person_id=subject.person_id,
        name=person.name if person else "",
        organisation_id=subject.org_id,
        organisation=org.name if org else "",
        country=subject.country,
        is_vetted=subject.is_vetted,
        may_write=isinstance(token, OpenToken) and token.may_write and subject.may_write,
        grounds=[
            GroundAnswer(
                group=one.group,
                because=words_of(subject, one),
                since=one.since,
                sources=list(one.sources),
            )
            for one in sorted(subject.grounds, key=lambda one: one.group)
            if one.because
        ],
    )
