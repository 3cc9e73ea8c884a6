"""What the documents of the API have in common."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from punte.apps.access.models import Labelled
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain

Words = Annotated[str, Field(max_length=120)]
"""What is searched for."""


def said(description: str, *example: object) -> Any:  # noqa: ANN401  (pydantic's field, of whatever type stands beside it)
    """Return a required field with what it says, and an example where its type has none of its own."""
    return Field(description=description, **({"examples": [example[0]]} if example else {}))  # type: ignore[call-overload]


class Answer(BaseModel):
    """A document that the API gives."""

    model_config = ConfigDict(extra="forbid")


class Asked(BaseModel):
    """Parameters of an address."""

    model_config = ConfigDict(extra="forbid")


class Body(BaseModel):
    """A document that the API takes: what it does not know is refused, so that nobody writes a field that is not theirs."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Marking(Answer):
    """How a document may be handled, and why this reader sees it."""

    tlp: str = Field(description="Traffic Light Protocol 2.0.", examples=["TLP:AMBER"])
    classification: str = Field(
        description="Always UNCLASSIFIED: Punte takes nothing above.", examples=["UNCLASSIFIED"]
    )
    why: str = Field(
        description="Why you see it, in words.", examples=["You see this because it is public."]
    )


def marking_of(item: Labelled) -> Marking:
    """Return the marking of an item that the active subject sees."""
    return Marking(
        tlp=item.label_tlp,
        classification=item.label_classification,
        why=explain(active_subject(), item).sentence,
    )
