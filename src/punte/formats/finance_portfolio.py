"""The file ``punte.finance.portfolio/1``: an instrument, its draws, curves, alternatives and milestones."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag

from punte.engines.finance.calendars import Roll
from punte.engines.finance.checked import checked
from punte.engines.finance.checked_loan import loan_problems
from punte.engines.finance.curves import Index
from punte.engines.finance.instance import (
    Alternative,
    CostKind,
    CostLine,
    Draw,
    Instrument,
    InterestPaid,
    LoanTerms,
    Milestone,
    Portfolio,
    Profile,
    RateSpec,
    Term,
)
from punte.engines.finance.scenarios import Correlation, RateModel, Scenario
from punte.engines.finance.terms import settled
from punte.formats.finance_fields import (
    CalendarWord,
    Cents,
    Currency,
    Day,
    DayCountName,
    Id,
    Many,
    Rate,
    Share,
    Years,
    calendar_of,
)
from punte.formats.finance_rates import CurveFile, IndexFile, ModelFile, ScenarioFile, curve_of
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError, Problem

PORTFOLIO: Final = "punte.finance.portfolio/1"


class TermFile(Record):
    """A sourced term; two for one field may disagree and both stay."""

    field: str
    value: str | int | float | bool | None
    article: str = ""
    source: Many[str] = ()
    verified: bool = False
    valid_from: Day | None = None
    valid_to: Day | None = None
    chosen: bool = False
    reason: str = ""
    note: str = ""


class InstrumentFile(Record):
    """Where the money comes from."""

    id: Id
    name: str = ""
    lender: str = ""
    borrower: str = ""
    envelope: Cents | None = None
    availability_end: Day | None = None
    prefinancing_share: Share | None = None
    max_maturity_years: Years | None = None
    max_grace_years: Years | None = None
    terms: Many[TermFile] = ()


class RateFile(Record):
    """How rates are found; a bare number in its place is a fixed rate."""

    kind: Literal["fixed", "steps", "reset", "floating"]
    rate: Rate = 0.0
    steps: Many[Annotated[tuple[Years, Rate], Field(strict=False)]] = ()
    index: str = ""
    every_years: int = Field(default=1, ge=1, le=100)
    spread: Rate = 0.0
    lag_days: int = Field(default=0, ge=0, le=3660)
    floor: Rate | None = None
    cap: Rate | None = None
    why: str = ""


def _kind_of_rate(value: object) -> str:
    return "RateFile" if isinstance(value, dict | RateFile) else "float"


AnyRate = Annotated[
    Annotated[Rate, Tag("float")] | Annotated[RateFile, Tag("RateFile")],
    Discriminator(_kind_of_rate),
]
"""A rate for good, or how rates are found: what is wrong with the one that is written, and nothing of the other."""


class CostFile(Record):
    """A cost line beside interest."""

    name: str
    kind: CostKind
    rate: Share = 0.0
    amount: Cents = 0


class LoanFile(Record):
    """Terms of the loan that a draw becomes."""

    maturity_years: int | None = Field(default=None, ge=1, le=100)
    maturity: Day | None = None
    payments_per_year: Literal[1, 2, 4, 12] = 1
    first_payment: Day | None = None
    first_principal_year: int | None = Field(default=None, ge=1)
    first_principal_payment: int | None = Field(default=None, ge=1)
    principal_payments: int | None = Field(default=None, ge=1)
    grace_years: float | None = Field(default=None, ge=0)
    profile: Profile = "equal"
    interest: InterestPaid = "periodic"
    shares: Many[float] = ()
    day_count: DayCountName = "30/360"
    calendar: CalendarWord = "none"
    holidays: Many[Day] = ()
    roll: Roll = "none"
    payment_lag_business_days: int = Field(default=0, ge=0, le=366)
    rate: AnyRate
    costs: Many[CostFile] = ()


class DrawFile(Record):
    """A disbursement; ``loan`` names an entry of ``loans``."""

    id: Id
    date: Day
    amount: Cents
    loan: str
    milestone: str | None = None
    project: str | None = None


class AlternativeFile(Record):
    """The same draws under other terms, written in place."""

    id: Id
    name: str = ""
    loan: LoanFile
    source: str = ""
    verified: bool = False


class MilestoneFile(Record):
    """
    A distribution of dates: joint ``samples`` (equally likely, entry i of all milestones is one world), or ``distribution`` pairs.

    ``null`` in the place of a date stands for "not in the horizon".
    """

    id: Id
    name: str = ""
    samples: Many[Day | None] | None = None
    distribution: Many[Annotated[tuple[Day | None, Share], Field(strict=False)]] | None = None
    source: str = ""


class PortfolioFile(Record):
    """The whole file."""

    format: Literal["punte.finance.portfolio/1"]
    name: str = ""
    currency: Currency = "EUR"
    as_of: Day | None = None
    instrument: InstrumentFile
    loans: dict[str, LoanFile]
    draws: Many[DrawFile] = Field(min_length=1)
    indices: Many[IndexFile] = ()
    national_curve: CurveFile | None = None
    alternatives: Many[AlternativeFile] = ()
    milestones: Many[MilestoneFile] = ()
    request_lag_days: int = Field(default=0, ge=0, le=3660)
    scenarios: Many[ScenarioFile] = ()
    models: Many[ModelFile] = ()
    correlations: Many[Annotated[tuple[str, str, float], Field(strict=False)]] = ()


def read_portfolio(path: Path) -> tuple[Portfolio, bytes]:
    """
    Return the portfolio of a file and the bytes that were read.

    Raises
    ------
    InvalidInputError
        With every fault of the file.
    """
    content = read_bytes(path)
    return parse_portfolio(parse_json(content, source=str(path)), source=str(path)), content


def parse_portfolio(record: dict[str, Any], *, source: str) -> Portfolio:
    """
    Return the checked portfolio of a JSON object.

    Raises
    ------
    InvalidInputError
        With every fault, each with its place.
    """
    check_format(record, PORTFOLIO, source=source)
    file = validate(record, PortfolioFile, source=source)
    loans = {f"loans.{name}": loan for name, loan in file.loans.items()}
    loans |= {f"alternatives[{idx}].loan": a.loan for idx, a in enumerate(file.alternatives)}
    problems = [fault for at, loan in loans.items() for fault in loan_file_problems(loan, at)]
    for idx, draw in enumerate(file.draws):
        if draw.loan not in file.loans:
            problems.append(
                Problem(
                    place=f"draws[{idx}].loan",
                    what=f"{draw.loan!r} is no entry of loans.",
                    remedy=f"Known: {', '.join(file.loans) or 'none'}.",
                )
            )
    for idx, milestone in enumerate(file.milestones):
        if (milestone.samples is None) == (milestone.distribution is None):
            problems.append(
                Problem(
                    place=f"milestones[{idx}]",
                    what="give either samples or distribution, not both.",
                )
            )
    if problems:
        raise InvalidInputError(source, problems)
    portfolio = _portfolio_of(file)
    idle = list(_idle_loan_problems(file, portfolio))
    try:
        checked(portfolio, source=source)
    except InvalidInputError as error:
        raise InvalidInputError(source, [*error.problems, *idle]) from None
    if idle:
        raise InvalidInputError(source, idle)
    return portfolio


def _idle_loan_problems(file: PortfolioFile, portfolio: Portfolio) -> Iterator[Problem]:
    """Yield what is wrong with loans that no draw is on yet, as if the first draw were."""
    drawn = {draw.loan for draw in file.draws}
    indices = {index.id for index in portfolio.indices}
    for name, loan in file.loans.items():
        if name not in drawn:
            yield from loan_problems(
                loan_of(loan), portfolio.draws[0], f"loans.{name}", indices, portfolio.instrument
            )


def loan_file_problems(loan: LoanFile, at: str) -> list[Problem]:
    """Return what only the file can get wrong: fields that exclude or need each other."""
    problems = []
    if loan.first_principal_year is not None and loan.first_principal_payment is not None:
        problems.append(
            Problem(
                place=at, what="give first_principal_year or first_principal_payment, not both."
            )
        )
    if loan.profile != "bullet" and loan.principal_payments is None:
        problems.append(
            Problem(
                place=f"{at}.principal_payments",
                what=f"is needed by the profile {loan.profile!r}; it is never derived from the grace.",
            )
        )
    return problems


def loan_of(loan: LoanFile) -> LoanTerms:
    """Return the terms of a loan entry; the first principal year begins with its first payment."""
    first = loan.first_principal_payment or 1
    if loan.first_principal_year is not None:
        first = (loan.first_principal_year - 1) * loan.payments_per_year + 1
    return LoanTerms(
        maturity_years=loan.maturity_years,
        maturity=loan.maturity,
        payments_per_year=loan.payments_per_year,
        first_payment=loan.first_payment,
        first_principal_payment=first,
        principal_payments=loan.principal_payments or 1,
        grace_years=loan.grace_years,
        profile=loan.profile,
        interest=loan.interest,
        shares=loan.shares,
        day_count=loan.day_count,
        calendar=calendar_of(loan.calendar, loan.holidays),
        roll=loan.roll,
        payment_lag_business_days=loan.payment_lag_business_days,
        rate=_rate_of(loan.rate),
        costs=tuple(
            CostLine(name=cost.name, kind=cost.kind, rate=cost.rate, amount_cents=cost.amount)
            for cost in loan.costs
        ),
    )


def _rate_of(rate: float | RateFile) -> RateSpec:
    if not isinstance(rate, RateFile):
        return RateSpec(kind="fixed", rate=float(rate))
    return RateSpec(**{**rate.model_dump(), "steps": rate.steps})


def milestone_of(file: MilestoneFile) -> Milestone:
    """Return the distribution of a milestone entry."""
    dates: tuple[date | None, ...]
    if file.samples is not None:
        count = len(file.samples)
        dates, weights = file.samples, (1 / count,) * count if count else ()
    else:
        pairs = file.distribution or ()
        dates, weights = tuple(day for day, _ in pairs), tuple(weight for _, weight in pairs)
    return Milestone(
        id=file.id,
        name=file.name,
        dates=dates,
        weights=weights,
        joint=file.samples is not None,
        source=file.source,
    )


def instrument_of(file: InstrumentFile) -> Instrument:
    """Return the instrument of an entry; a figure that is not stated is the one that a person chose among its terms."""
    instrument = Instrument(
        id=file.id,
        name=file.name,
        lender=file.lender,
        borrower=file.borrower,
        envelope_cents=file.envelope,
        availability_end=file.availability_end,
        prefinancing_share=file.prefinancing_share,
        max_maturity_years=file.max_maturity_years,
        max_grace_years=file.max_grace_years,
        terms=tuple(Term(**term.model_dump()) for term in file.terms),
    )
    return settled(instrument)


def _portfolio_of(file: PortfolioFile) -> Portfolio:
    loans = {name: loan_of(loan) for name, loan in file.loans.items()}
    return Portfolio(
        name=file.name,
        currency=file.currency,
        as_of=file.as_of,
        instrument=instrument_of(file.instrument),
        draws=tuple(
            Draw(
                id=draw.id,
                day=draw.date,
                amount_cents=draw.amount,
                loan=loans[draw.loan],
                milestone=draw.milestone,
                project=draw.project,
            )
            for draw in file.draws
        ),
        indices=tuple(
            Index(id=i.id, points=i.points, source=i.source, verified=i.verified)
            for i in file.indices
        ),
        national=None if file.national_curve is None else curve_of(file.national_curve),
        alternatives=tuple(
            Alternative(
                id=a.id, name=a.name, loan=loan_of(a.loan), source=a.source, verified=a.verified
            )
            for a in file.alternatives
        ),
        **_uncertainty_of(file),
    )


def _uncertainty_of(file: PortfolioFile) -> dict[str, Any]:
    """Return the fields of a portfolio that hold distributions and other rates."""
    return {
        "milestones": tuple(milestone_of(milestone) for milestone in file.milestones),
        "request_lag_days": file.request_lag_days,
        "scenarios": tuple(Scenario(**scenario.model_dump()) for scenario in file.scenarios),
        "models": tuple(RateModel(**model.model_dump()) for model in file.models),
        "correlations": tuple(
            Correlation(first=first, second=second, value=value)
            for first, second, value in file.correlations
        ),
    }
