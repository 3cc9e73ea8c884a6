"""Files of reference cases: each computed again and laid beside what was published."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from pydantic import ConfigDict, Field

from punte.formats.finance_cases import answer_case, day_count_answer
from punte.formats.finance_tables import range_answer
from punte.formats.reading import Record, validate
from punte.kernel.errors import InvalidInputError, Problem, PunteError

State = Literal["equal", "named", "out"]
"""Within tolerance; outside it for a reason that is named; outside it."""

ANSWER: Final = "punte.finance.case-answer/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    One published value beside the computed one.

    Parameters
    ----------
    deviation
        Computed less expected; ``None`` where values are no numbers or nothing was computed.
    reason
        Why a deviation is no fault of the computation, or what is missing.
    """

    name: str
    expected: Any
    computed: Any
    deviation: float | None
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReport:
    """All comparisons of one case."""

    id: str
    kind: str
    comparisons: tuple[Comparison, ...]

    @property
    def state(self) -> State:
        """The worst state of its comparisons."""
        states = {comparison.state for comparison in self.comparisons}
        return "out" if "out" in states else "named" if "named" in states else "equal"


class _CaseFile(Record):
    """A case as it is published; remarks under other keys are let through."""

    model_config = ConfigDict(extra="ignore")

    id: str = "?"
    kind: str
    source: dict[str, Any] = Field(default_factory=dict)
    inputs: dict[str, Any] | list[Any] = Field(default_factory=dict)
    expected: dict[str, Any] | list[list[Any]] = Field(default_factory=dict)
    tolerance: float | dict[str, float] | None = None


_Row = dict[str, str | int | float]


class _RangeFile(Record):
    """What several payments repay together."""

    start_payment: int
    end_payment: int
    balance: str | None = None
    principal: str | None = None
    interest: str | None = None


class _TablesFile(Record):
    """The parts of ``expected`` that hold rows; single values are compared as they are."""

    model_config = ConfigDict(extra="ignore")

    rows_head: list[_Row] = Field(default_factory=list)
    rows_tail: list[_Row] = Field(default_factory=list)
    amortization_ranges: list[_RangeFile] = Field(default_factory=list)


def case_answer(record: dict[str, Any], *, source: str) -> dict[str, Any]:
    """
    Return what the engine computes for one case, with the bare ``inputs`` or the whole case given.

    Raises
    ------
    InvalidInputError
        If the case names no kind, or its inputs make no sense.
    """
    kind = record.get("kind")
    if not isinstance(kind, str):
        problem = Problem(
            place="kind", what="this key is missing.", remedy="Say which kind of case it is."
        )
        raise InvalidInputError(source, [problem])
    if kind == "day_count":
        rows = record.get("inputs") or record.get("expected")
        if not isinstance(rows, list) or not all(
            isinstance(row, list) and len(row) > 2 for row in rows
        ):
            problem = Problem(place="expected", what="must list [variant, start, end, value].")
            raise InvalidInputError(source, [problem])
        return {"rows": day_count_answer(rows)}
    inputs = record.get("inputs", {})
    if not isinstance(inputs, dict):
        raise InvalidInputError(source, [Problem(place="inputs", what="must be an object.")])
    return answer_case(kind, inputs, source=source)


def compare_case(record: dict[str, Any], *, source: str) -> CaseReport:
    """Return the comparisons of one case; a case that cannot be computed is out, with the reason."""
    identifier, kind = str(record.get("id", "?")), str(record.get("kind", "?"))
    try:
        at = f"{source}, case {identifier}"
        case = validate(record, _CaseFile, source=at)
        answer = case_answer(record, source=at)
        comparisons = tuple(_comparisons(case, answer))
    except PunteError as error:
        fault = Comparison(
            name="inputs",
            expected=None,
            computed=None,
            deviation=None,
            state="out",
            reason=str(error),
        )
        return CaseReport(id=identifier, kind=kind, comparisons=(fault,))
    return CaseReport(id=identifier, kind=kind, comparisons=comparisons)


def _comparisons(case: _CaseFile, answer: dict[str, Any]) -> Iterator[Comparison]:
    expected, tolerance = case.expected, case.tolerance
    if isinstance(expected, list):
        if case.kind != "day_count" or any(len(row) < 4 for row in expected):
            what = "must be an object of names and values, or rows of a day_count case."
            raise InvalidInputError("The case", [Problem(place="expected", what=what)])
        for row, computed in zip(expected, answer["rows"], strict=True):
            yield _compare(" ".join(map(str, row[:3])), row[3], computed[3], tolerance)
        return
    tables = validate(expected, _TablesFile, source="The case, expected")
    for name, published in expected.items():
        if name in {"rows_head", "rows_tail"} and "rows" in answer:
            yield from _row_comparisons(name, getattr(tables, name), answer["rows"])
        elif name == "amortization_ranges" and "rows" in answer:
            yield from _range_comparisons(tables.amortization_ranges, answer["rows"])
        elif name == "n_rows" and case.kind == "amortisation_table":
            yield _row_count(published, answer)
        elif name in answer:
            yield _named(_compare(name, published, answer[name], tolerance))
        else:
            yield _not_computed(case, name, published)


def _row_count(published: Any, answer: dict[str, Any]) -> Comparison:  # noqa: ANN401 - as published
    """Return whether the table holds as many rows as were printed; excerpts print fewer."""
    holds = isinstance(published, int) and 0 < published <= answer["n_rows"]
    return Comparison(
        name="n_rows",
        expected=published,
        computed=answer["n_rows"],
        deviation=None,
        state="equal" if holds else "out",
        reason="" if published == answer["n_rows"] else "rows printed; the whole table has more",
    )


def _row_comparisons(
    name: str, published: list[_Row], rows: list[dict[str, str]]
) -> Iterator[Comparison]:
    by_number = {row["payment"]: row for row in rows}
    for row in published:
        if "payment" not in row:
            problem = Problem(place=f"expected.{name}", what="a row lacks its payment number.")
            raise InvalidInputError("The case", [problem])
        found = by_number.get(str(row["payment"]), {})
        for key, cell in row.items():
            yield _compare(f"{name} {row['payment']} {key}", cell, found.get(key), None)


def _range_comparisons(
    published: list[_RangeFile], rows: list[dict[str, str]]
) -> Iterator[Comparison]:
    for part in published:
        found = range_answer(rows, part.start_payment, part.end_payment)
        for key, cell in part.model_dump(exclude_none=True).items():
            name = f"payments {part.start_payment}-{part.end_payment} {key}"
            yield _compare(name, cell, found.get(key), None)


def _compare(name: str, expected: Any, computed: Any, tolerance: Any) -> Comparison:  # noqa: ANN401 - as published
    """Return one comparison; lists are compared item by item and reported by their worst."""
    if isinstance(expected, list) and isinstance(computed, list):
        if len(expected) != len(computed):
            return _outcome(name, expected, computed, None, holds=False)
        parts = [
            _compare(name, want, have, tolerance)
            for want, have in zip(expected, computed, strict=True)
        ]
        deviations = [part.deviation for part in parts if part.deviation is not None]
        worst = max(deviations, key=abs, default=None)
        return _outcome(
            name, expected, computed, worst, holds=all(part.state == "equal" for part in parts)
        )
    want, have = _number(expected), _number(computed)
    if want is None or have is None:
        return _outcome(name, expected, computed, None, holds=expected == computed)
    allowed = _allowed(name, expected, tolerance)
    if allowed is None:
        # A whole number printed for a computed fraction was rounded to the unit.
        allowed = Decimal(0) if isinstance(computed, int | str) else Decimal("0.499999")
    return _outcome(name, expected, computed, float(have - want), holds=abs(have - want) <= allowed)


def _outcome(
    name: str,
    expected: Any,  # noqa: ANN401 - as published
    computed: Any,  # noqa: ANN401 - as published
    deviation: float | None,
    *,
    holds: bool,
) -> Comparison:
    return Comparison(
        name=name,
        expected=expected,
        computed=computed,
        deviation=deviation,
        state="equal" if holds else "out",
    )


def _number(value: Any) -> Decimal | None:  # noqa: ANN401 - as published
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _MOST else None


def _allowed(name: str, expected: Any, tolerance: Any) -> Decimal | None:  # noqa: ANN401 - as published
    """
    Return the largest deviation that still counts as equal.

    The case's own tolerance where it has one for this value; nothing for texts, which are money as printed; else half a unit of the
    last digit that was published. ``None`` for a whole number: what is allowed then hangs on the computed value.
    """
    if isinstance(tolerance, int | float):
        return Decimal(str(tolerance))
    if isinstance(tolerance, dict):
        words = {"line": "yearly", "total": "total"}
        for key, allowed in tolerance.items():
            if f"_{key}" in name or name == key or words.get(key, "?") in name:
                return Decimal(str(allowed))
    if isinstance(expected, str):
        return Decimal(0)
    return None if isinstance(expected, int) else _last_digit(expected) / 2


def _named(comparison: Comparison) -> Comparison:
    """Return a deviation with its reason where the publication itself explains it."""
    deviation = comparison.deviation
    if comparison.state != "out" or deviation is None:
        return comparison
    reason = ""
    if comparison.name == "stated_average_maturity_years" and abs(deviation) <= 0.5:
        reason = (
            "the source rounds: its own dates and number of payments give the computed average life"
        )
    elif isinstance(comparison.expected, float) and abs(deviation) <= 2 * float(
        _last_digit(comparison.expected)
    ):
        reason = "within two units of the last printed digit: printed from intermediate values that were rounded"
    return replace(comparison, state="named", reason=reason) if reason else comparison


def _last_digit(published: float) -> Decimal:
    """Return one unit of the last digit that was printed."""
    exponent = Decimal(str(published)).as_tuple().exponent
    assert isinstance(exponent, int)
    return Decimal(10) ** exponent


_MOST: Final = Decimal(10) ** 30
"""Above it a published value was mistyped and is compared as a text."""

_TITLE_AMOUNT: Final = re.compile(r"EUR (\d+(?:\.\d+)?) ?bn")


def _not_computed(case: _CaseFile, name: str, published: Any) -> Comparison:  # noqa: ANN401 - as published
    """Return a value that the inputs do not determine; the title may still hold the amount, rounded."""
    title = str(case.source.get("title", ""))
    share = case.inputs.get("prefinancing_share") if isinstance(case.inputs, dict) else None
    found = _TITLE_AMOUNT.search(title)
    if (
        name == "prefinancing_eur_bn"
        and found
        and isinstance(share, float)
        and isinstance(published, int | float)
    ):
        low, high = (share * (float(found[1]) + half) for half in (-0.5, 0.5))
        computed = share * float(found[1])
        return Comparison(
            name=name,
            expected=published,
            computed=round(computed, 10),
            deviation=computed - published,
            state="named" if low <= published <= high else "out",
            reason=f"the inputs hold no amount; the title's {found[0]}, rounded to the billion, allows {low:.3f} to {high:.3f}",
        )
    return Comparison(
        name=name,
        expected=published,
        computed=None,
        deviation=None,
        state="out",
        reason="this value is not computed from such inputs",
    )
