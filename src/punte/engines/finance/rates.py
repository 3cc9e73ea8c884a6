"""The rate of each period, and why it is that one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from punte.engines.finance.curves import Index
from punte.engines.finance.day_counts import add_months
from punte.engines.finance.instance import RateSpec
from punte.engines.finance.periods import Period
from punte.kernel.phrases import Phrase, say, template_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRate:
    """
    What a period pays, and why.

    Parameters
    ----------
    rate
        Yearly [fraction].
    looked_up
        Day on which an index was read; ``None`` for a rate of the terms.
    is_reset
        Whether this period begins with a new look-up.
    """

    rate: float
    why: str
    looked_up: date | None = None
    is_reset: bool = False


def look_up_days(
    spec: RateSpec, draw_day: date, periods: Sequence[Period]
) -> tuple[date | None, ...]:
    """Return for each period the day on which its index is read; ``None`` where the terms give the rate."""
    if spec.kind == "floating":
        return tuple(period.start - timedelta(days=spec.lag_days) for period in periods)
    if spec.kind != "reset":
        return (None,) * len(periods)
    days: list[date | None] = []
    block = 0
    for period in periods:
        while add_months(draw_day, 12 * spec.every_years * (block + 1)) <= period.start:
            block += 1
        reset = add_months(draw_day, 12 * spec.every_years * block)
        days.append(reset - timedelta(days=spec.lag_days))
    return tuple(days)


def period_rates(
    spec: RateSpec, draw_day: date, periods: Sequence[Period], indices: Mapping[str, Index]
) -> tuple[PeriodRate, ...]:
    """
    Return the rate of each period with its reason.

    Raises
    ------
    KeyError
        If the index is not in ``indices``; :func:`~punte.engines.finance.checked.checked` has refused that before.
    """
    if spec.kind == "fixed":
        why = spec.why or say("fixed at %(rate)s by the terms", rate=f"{spec.rate:.4%}")
        return (PeriodRate(rate=spec.rate, why=why),) * len(periods)
    if spec.kind == "steps":
        return tuple(_step_rate(spec, draw_day, period) for period in periods)
    index = indices[spec.index]
    before: date | None = None
    rates = []
    for day in look_up_days(spec, draw_day, periods):
        assert day is not None
        rates.append(_index_rate(spec, index, day, is_reset=day != before))
        before = day
    return tuple(rates)


def _step_rate(spec: RateSpec, draw_day: date, period: Period) -> PeriodRate:
    year, rate = spec.steps[0]
    for from_year, value in spec.steps:
        if add_months(draw_day, 12 * from_year) <= period.start:
            year, rate = from_year, value
    is_reset = add_months(draw_day, 12 * year) == period.start and year > 0
    why = say(
        "%(rate)s from year %(year)s of the draw, by the terms", rate=f"{rate:.4%}", year=year
    )
    return PeriodRate(rate=rate, why=_with_note(why, spec), is_reset=is_reset)


def _with_note(why: Phrase, spec: RateSpec) -> Phrase:
    """Return a reason with what the terms say of it."""
    return say("%(so_far)s: %(note)s", so_far=why, note=spec.why) if spec.why else why


def _index_rate(spec: RateSpec, index: Index, day: date, *, is_reset: bool) -> PeriodRate:
    point_day, value = index.value(day)
    rate = value + spec.spread
    template = (
        template_of("set on %(day)s: %(index)s %(value)s (%(point)s)")
        if spec.kind == "floating"
        else template_of("re-set on %(day)s: %(index)s %(value)s (%(point)s)")
    )
    why = say(template, day=day, index=index.id, value=f"{value:.4%}", point=point_day)
    if point_day > day:
        why = say("%(so_far)s, its first point, held back to this day", so_far=why)
    if spec.spread > 0:
        why = say("%(so_far)s + spread %(spread)s", so_far=why, spread=f"{spec.spread:.4%}")
    elif spec.spread:
        why = say("%(so_far)s - spread %(spread)s", so_far=why, spread=f"{-spec.spread:.4%}")
    bounded = bound(spec, rate)
    if bounded > rate:
        why = say("%(so_far)s, held to the floor %(rate)s", so_far=why, rate=f"{bounded:.4%}")
    elif bounded < rate:
        why = say("%(so_far)s, held to the cap %(rate)s", so_far=why, rate=f"{bounded:.4%}")
    why = _with_note(why, spec)
    return PeriodRate(rate=bounded, why=why, looked_up=day, is_reset=is_reset)


def bound(spec: RateSpec, rate: float) -> float:
    """Return ``rate`` [fraction] inside the floor and the cap of the terms."""
    if spec.floor is not None:
        rate = max(rate, spec.floor)
    if spec.cap is not None:
        rate = min(rate, spec.cap)
    return rate
