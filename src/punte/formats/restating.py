"""State a timetable that was stored once more as an answer of the engine, with what is still proved of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from punte.engines.timetable.causes import name_causes
from punte.engines.timetable.check import objective_values
from punte.engines.timetable.instance import Instance
from punte.engines.timetable.result import GoalLine, Meeting, Result


def restated(
    instance: Instance,
    meetings: tuple[Meeting, ...],
    *,
    instance_sha256: str,
    lines: Iterable[Mapping[str, Any]],
    seed: int,
    runtime_s: float,
    engine: str,
) -> Result:
    """
    Return the answer that these meetings are to a question; values and causes are computed anew.

    Parameters
    ----------
    lines
        Name, bound and proof of each goal as stored; empty where the question is another by now, which proves nothing.
    runtime_s
        Of the solver that found them [s].
    """
    values = objective_values(instance, meetings)
    kept = {str(line["name"]): line for line in lines}
    goals = tuple(
        GoalLine(
            name=goal,
            value=values[goal],
            bound=kept.get(goal, {}).get("bound"),
            proved=bool(kept.get(goal, {}).get("proved")),
        )
        for goal in instance.objective
    )
    return Result(
        instance_sha256=instance_sha256,
        status="optimal" if goals and all(goal.proved for goal in goals) else "feasible",
        seed=seed,
        runtime_s=runtime_s,
        engine=engine,
        objective=goals,
        meetings=meetings,
        unmet=tuple(name_causes(instance, meetings)),
    )
