"""Quotas in, assignments out."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from punte.engines.matching.assignment import Assignment, AssignmentQuestion
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem

QUOTAS_FORMAT: Final = "punte.matching.quotas/1"
ASSIGNMENT_FORMAT: Final = "punte.matching.assignment/1"

Quota = Annotated[int, Field(ge=0, le=10_000)]


class _QuotasRecord(Record):
    format: str
    needs: dict[str, Quota] = Field(default_factory=dict)
    offers: dict[str, Quota] = Field(default_factory=dict)


def read_quotas(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    """
    Return quotas of single needs and of single offers.

    Raises
    ------
    InvalidInputError
        With every fault.
    """
    record = parse_json(read_bytes(path), source=str(path))
    check_format(record, QUOTAS_FORMAT, source=str(path))
    found = validate(record, _QuotasRecord, source=str(path))
    return dict(found.needs), dict(found.offers)


def refuse_unknown(
    path: Path,
    needs: Iterable[str],
    offers: Iterable[str],
    pairs: Sequence[tuple[str, str, float]],
) -> None:
    """
    Refuse quotas of needs and offers that the ranking does not know.

    Parameters
    ----------
    path
        The file of the quotas, for the message.
    needs, offers
        Those that have a quota of their own.
    pairs
        Need, offer and score of each pair of the ranking.

    Raises
    ------
    InvalidInputError
        With each that stands in no pair.
    """
    known = {"needs": {pair[0] for pair in pairs}, "offers": {pair[1] for pair in pairs}}
    problems = [
        Problem(
            place=f"{side}.{name}",
            what="stands in no line of the ranking.",
            remedy="Mend the id, or leave it out.",
        )
        for side, named in (("needs", needs), ("offers", offers))
        for name in named
        if name not in known[side]
    ]
    if problems:
        raise InvalidInputError(str(path), problems)


def assignment_record(question: AssignmentQuestion, answer: Assignment) -> dict[str, Any]:
    """Return an assignment as a JSON object, with the regret of each need."""
    return {
        "format": ASSIGNMENT_FORMAT,
        "status": answer.status,
        "per_need": question.per_need,
        "per_offer": question.per_offer,
        "floor": question.floor,
        "worth": round(answer.worth, 6),
        "resolution": answer.resolution,
        "base": question.base,
        "pairs": [
            {"need_id": pair.need_id, "offer_id": pair.offer_id, "score": pair.score}
            for pair in answer.pairs
        ],
        "regrets": [
            {
                "need_id": regret.need_id,
                "offers": regret.offers,
                "worth": round(regret.worth, 6),
                "best": round(regret.best, 6),
                "regret": round(regret.value, 6),
            }
            for regret in answer.regrets
        ],
    }
