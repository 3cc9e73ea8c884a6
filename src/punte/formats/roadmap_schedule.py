"""``punte.roadmap.schedule/1``: a schedule as JSON, for people with its dates."""

from pathlib import Path
from typing import Any, Final, Literal

from punte.engines.roadmap.instance import Plan
from punte.engines.roadmap.result import Schedule
from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate

SCHEDULE_FORMAT: Final = "punte.roadmap.schedule/1"


class ScheduleRecord(Record):
    """The whole file."""

    format: str
    instance_sha256: str = ""
    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    seed: int = 0
    runtime_s: float = 0.0
    engine: str = ""
    makespan: int | None
    bound: int | None = None
    gap: float | None = None
    end: str | None = None
    starts: dict[str, int]
    dates: dict[str, str] | None = None
    reasons: list[str] | None = None


def read_schedule(path: Path) -> Schedule:
    """
    Return the schedule of a file.

    Raises
    ------
    InvalidInputError
        With every fault of the file, each with its place.
    """
    source = str(path)
    found = parse_json(read_bytes(path), source=source)
    check_format(found, SCHEDULE_FORMAT, source=source)
    record = validate(found, ScheduleRecord, source=source)
    return Schedule(
        instance_sha256=record.instance_sha256,
        status=record.status,
        seed=record.seed,
        runtime_s=record.runtime_s,
        engine=record.engine,
        makespan=record.makespan,
        bound=record.bound,
        starts=record.starts,
        reasons=tuple(record.reasons or ()),
    )


def schedule_record(schedule: Schedule, plan: Plan) -> dict[str, Any]:
    """Return the JSON object of ``schedule``; ``dates`` repeat the starts where the plan has dates."""
    gap = schedule.gap
    record: dict[str, Any] = {
        "format": SCHEDULE_FORMAT,
        "instance_sha256": schedule.instance_sha256,
        "status": schedule.status,
        "seed": schedule.seed,
        "runtime_s": schedule.runtime_s,
        "engine": schedule.engine,
        "makespan": schedule.makespan,
        "bound": schedule.bound,
        "gap": None if gap is None else round(gap, 6),
        "starts": schedule.starts,
    }
    if plan.start is not None and schedule.makespan is not None:
        record["end"] = str(plan.finish_date_of(schedule.makespan))
        record["dates"] = {
            name: str(plan.date_of(start)) for name, start in schedule.starts.items()
        }
    if schedule.reasons:
        record["reasons"] = list(schedule.reasons)
    return record
