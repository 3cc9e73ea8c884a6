"""What each kind of refusal means."""

from django.http import Http404, HttpRequest
from ninja import Router
from pydantic import Field

from punte.api.problems import KINDS
from punte.api.schemas import Answer

router = Router(tags=["Problems"])


class FaultAnswer(Answer):
    """One fault of an input."""

    place: str = Field(description="Where it is.", examples=["body.title"])
    what: str = Field(description="What is wrong.", examples=["is missing."])
    remedy: str = Field(description="What to do; empty where `what` says it.", examples=[""])


class ProblemAnswer(Answer):
    """Why a request was refused (RFC 9457), sent as application/problem+json."""

    type: str = Field(
        description="Where its kind is explained.", examples=["/api/v1/problems/invalid-input"]
    )
    title: str = Field(
        description="What kind it is.", examples=["Something in the request cannot be."]
    )
    status: int = Field(description="The HTTP status.", examples=[422])
    remedy: str = Field(
        description="What usually mends it.", examples=["Each of the errors names its place."]
    )
    detail: str = Field("", description="What is particular about this one.", examples=[""])
    errors: list[FaultAnswer] = Field([], description="Faults of the input, each with its place.")


class ProblemKindAnswer(Answer):
    """A kind of refusal."""

    kind: str = Field(description="Its name.", examples=["token-refused"])
    status: int = Field(description="The HTTP status.", examples=[401])
    title: str = Field(description="What it means.", examples=["The token does not work."])
    remedy: str = Field(
        description="What usually mends it.", examples=["Make a new one on the page of your data."]
    )


def _answer(kind: str) -> ProblemKindAnswer:
    known = KINDS[kind]
    return ProblemKindAnswer(
        kind=kind, status=known.status, title=str(known.title), remedy=str(known.remedy)
    )


@router.get(
    "",
    response=list[ProblemKindAnswer],
    operation_id="list_problems",
    summary="List the kinds of refusals",
    description="Every kind of refusal that the API gives, with what usually mends it.",
)
def list_all(request: HttpRequest) -> list[ProblemKindAnswer]:
    """Return every kind of refusal."""
    del request
    return [_answer(kind) for kind in KINDS]


@router.get(
    "/{kind}",
    response=ProblemKindAnswer,
    operation_id="get_problem",
    summary="Read a kind of refusal",
    description="What the `type` of a problem document means, and what usually mends it.",
)
def get_one(request: HttpRequest, kind: str) -> ProblemKindAnswer:
    """Return one kind of refusal."""
    del request
    if kind not in KINDS:
        raise Http404
    return _answer(kind)
