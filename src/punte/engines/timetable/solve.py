"""From the question to the answer: choose the method, answer, check, and say what is proved."""

from dataclasses import dataclass, replace
from typing import Final

from punte import __version__
from punte.engines.timetable.all_held import can_ask_for_all, hold_all
from punte.engines.timetable.check import check
from punte.engines.timetable.claims import MAXIMISED, TOLERANCE
from punte.engines.timetable.explain import explain_unmet
from punte.engines.timetable.found import Found
from punte.engines.timetable.greedy import hold_greedily
from punte.engines.timetable.instance import Goal, Instance
from punte.engines.timetable.large import MOST_WHOLE_OPTIONS, is_large, solve_large
from punte.engines.timetable.measure import objective_values
from punte.engines.timetable.options import Options, list_options
from punte.engines.timetable.result import GoalLine, Meeting, Result
from punte.kernel.anytime import Deadline, Report, ignore_progress

MOST_SMALL_OPTIONS: Final = 3_000
"""Up to this many options the whole model needs no timetable to begin from."""

_TRIAL_S: Final = 10.0
"""Time to find out whether all requests fit, where they need not [s]."""


def solve(
    instance: Instance,
    *,
    instance_sha256: str,
    seed: int = 0,
    workers: int = 1,
    deadline: Deadline,
    report: Report = ignore_progress,
) -> Result:
    """
    Return the best timetable found before the deadline, checked, with what is proved of it.

    Parameters
    ----------
    instance
        As :func:`punte.engines.timetable.instance.checked` returns it.
    instance_sha256
        Of the file the question was read from; the answer carries it.
    workers
        Threads or processes, >= 1; with one, the answer depends on the question and ``seed`` alone, unless the
        deadline strikes.

    Raises
    ------
    AssertionError
        If the answer did not pass the checker: a fault of ours, and nothing is returned.
    """
    found = _search(instance, seed=seed, workers=workers, deadline=deadline, report=report)
    result = state_result(
        instance, found, instance_sha256=instance_sha256, seed=seed, runtime_s=deadline.elapsed_s
    )
    verdict = check(instance, result, instance_sha256=instance_sha256)
    if not verdict.is_right:
        raise AssertionError(
            "the solver's answer failed the checker: "
            + "; ".join(str(violation) for violation in verdict.violations[:5])
        )
    return result


def _search(
    instance: Instance, *, seed: int, workers: int, deadline: Deadline, report: Report
) -> Found:
    if is_large(instance) and not all(request.must for request in instance.requests):
        return solve_large(instance, seed=seed, workers=workers, deadline=deadline, report=report)
    options = list_options(instance)
    found = _hold_all_if_possible(
        options, seed=seed, workers=workers, deadline=deadline, report=report
    )
    if found is not None and (
        found.status in ("optimal", "infeasible")
        or (found.status == "feasible" and deadline.is_over)
    ):
        return found
    if found is not None and found.status == "unknown":
        found = None
    each_place = "place_changes" in instance.objective or instance.rules.min_gap_slots > 0
    if each_place:
        options = list_options(instance, each_place=True)
    if options.size <= MOST_WHOLE_OPTIONS and not deadline.is_over:
        from punte.engines.timetable.lexicographic import solve_goals

        quick: Found | None = None
        if found is None and options.size > MOST_SMALL_OPTIONS:
            quick = solve_large(
                instance, seed=seed, workers=workers, deadline=deadline, report=report
            )
            if quick.status in ("optimal", "infeasible") or deadline.is_over:
                return quick
        start = found if quick is None or quick.status != "feasible" else _without_fairness(quick)
        last = solve_goals(
            options, seed=seed, workers=workers, deadline=deadline, report=report, start=start
        )
        if last.status != "unknown":
            return last if quick is None else _better(instance, last, quick)
    if found is not None:
        return found
    found = solve_large(instance, seed=seed, workers=workers, deadline=deadline, report=report)
    if found.status != "unknown":
        return found
    simple = hold_greedily(instance)
    return Found(status="unknown") if simple is None else Found(status="feasible", meetings=simple)


def _without_fairness(found: Found) -> Found:
    """Return what was found with nothing proved from fairness on: the whole model settles every level of it."""
    proved = found.proved
    if "fairness" in proved:
        proved = proved[: proved.index("fairness")]
    return replace(found, proved=proved)


def _better(instance: Instance, exact: Found, quick: Found) -> Found:
    """Return the better of two timetables, goal by goal; the first of equals."""
    if exact.status in ("optimal", "infeasible") or quick.status != "feasible":
        return exact
    values = [objective_values(instance, found.meetings) for found in (exact, quick)]
    keys = [
        [-value if goal in MAXIMISED else value for goal, value in found.items()]
        for found in values
    ]
    return quick if keys[1] < keys[0] else exact


def _hold_all_if_possible(
    options: Options, *, seed: int, workers: int, deadline: Deadline, report: Report
) -> Found | None:
    """Return the best timetable that holds every request; ``None`` if the question is another, or holding all is no must and fails."""
    if not can_ask_for_all(options):
        return None
    requests = options.instance.requests
    if not all(request.must for request in requests):
        # a "no" may take for ever to prove, and here it would prove little
        trial = hold_all(
            replace(options, instance=replace(options.instance, objective=())),
            seed=seed,
            workers=workers,
            deadline=_Part(limit_s=_TRIAL_S, whole=deadline),
            report=report,
        )
        if trial.status != "optimal":
            return None
    return hold_all(options, seed=seed, workers=workers, deadline=deadline, report=report)


@dataclass(slots=True, kw_only=True)
class _Part(Deadline):
    """A part of the time that is over with the whole at the latest."""

    whole: Deadline

    @property
    def left_s(self) -> float:
        """Time left [s], >= 0."""
        own: float = Deadline.left_s.__get__(self)
        return min(own, self.whole.left_s)


def state_result(
    instance: Instance, found: Found, *, instance_sha256: str, seed: int, runtime_s: float
) -> Result:
    """
    Return what was found as an answer: values recomputed, bounds, and a cause for each unmet request.

    Parameters
    ----------
    instance_sha256
        Of the file that holds the question.
    runtime_s
        Wall time of the search [s], >= 0.
    """
    meetings = found.meetings
    has_timetable = found.status in ("optimal", "feasible")
    values = objective_values(instance, meetings) if has_timetable else {}
    lines = []
    is_proved = has_timetable
    for goal in instance.objective:
        value = values.get(goal)
        bound = _tightest(goal, found.bounds.get(goal), value, goal in found.proved)
        is_proved = is_proved and goal in found.proved
        lines.append(GoalLine(name=goal, value=value, bound=bound, proved=is_proved))
    return Result(
        instance_sha256=instance_sha256,
        status=found.status,
        seed=seed,
        runtime_s=runtime_s,
        engine=f"punte {__version__}",
        objective=tuple(lines),
        meetings=_in_order(instance, meetings),
        unmet=explain_unmet(instance, meetings) if has_timetable else (),
    )


def _tightest(
    goal: Goal,
    bound: float | None,
    value: float | None,
    is_proved: bool,  # noqa: FBT001 - plain fact
) -> float | None:
    """Return the bound; a proved value is its own, and what nothing can beat is always one."""
    if is_proved and value is not None:
        assert bound is None or abs(bound - value) <= TOLERANCE
        return value
    if bound is None and goal not in MAXIMISED:
        return 0.0
    return bound


def _in_order(instance: Instance, meetings: tuple[Meeting, ...]) -> tuple[Meeting, ...]:
    order = {request.id: idx for idx, request in enumerate(instance.requests)}
    return tuple(sorted(meetings, key=lambda meeting: order[meeting.request]))
