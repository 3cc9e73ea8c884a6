"""What guarantees cost: the question without them and with them, and the figures of the two answers."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Self

from punte.apps.meetings.bridge.question import Question, ask_question
from punte.apps.meetings.models import RulesTrial
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.result import Result

WORTH: tuple[Goal, ...] = ("weight",)
"""The goal that is priced: the others come after it and would only blur its proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pricing:
    """
    The two questions that a price takes.

    Parameters
    ----------
    short
        Codes of the delegates with a guarantee, with the meetings that it gives each [count].
    """

    without: Question
    guaranteed: Question
    short: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """
    What a solver said of one of the two.

    Parameters
    ----------
    value, bound
        Worth of the meetings held, and the proved limit of it; None where there is none.
    met
        Meetings held [count].
    """

    status: str
    value: float | None
    bound: float | None
    met: int

    @classmethod
    def of(cls, result: Result) -> Self:
        """Return the figures of a result whose only goal is the worth."""
        line = next(iter(result.objective), None)
        return cls(
            status=result.status,
            value=line.value if line else None,
            bound=line.bound if line else None,
            met=len(result.meetings),
        )


def questions_of(trial: RulesTrial) -> Pricing:
    """Return the questions without and with the guarantees of a trial; everything else is the same in both."""
    bare = RulesTrial(
        max_break_spread=trial.max_break_spread,
        min_gap_slots=trial.min_gap_slots,
        regional_countries=trial.regional_countries,
    )
    request = trial.must_request.code if trial.must_request else None
    without = _worth_only(ask_question(trial.edition, bare), request, must=False)
    guaranteed = _worth_only(ask_question(trial.edition, trial), request, must=True)
    before = {one.id: one.min_meetings for one in without.instance.participants}
    return Pricing(
        without=without,
        guaranteed=guaranteed,
        short={
            one.id: one.min_meetings
            for one in guaranteed.instance.participants
            if one.min_meetings > before[one.id]
        },
    )


def _worth_only(question: Question, request: str | None, *, must: bool) -> Question:
    instance: Instance = replace(
        question.instance,
        objective=WORTH,
        requests=tuple(
            replace(one, must=must) if one.id == request else one
            for one in question.instance.requests
        ),
    )
    return replace(question, instance=instance)


def short_of(pricing: Pricing, result: Result) -> int:
    """Return how many delegates have fewer meetings in an answer than the guarantee gives them [count]."""
    sides = {one.id: one.between for one in pricing.without.instance.requests}
    held = Counter(person for meeting in result.meetings for person in sides[meeting.request])
    return sum(held[person] < least for person, least in pricing.short.items())
