"""Quotas in, assignments out."""

from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from punte.engines.matching.assignment import Assignment, AssignmentQuestion
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate

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
