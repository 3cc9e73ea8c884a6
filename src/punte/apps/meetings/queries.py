"""Reads of timetable versions, runs and unmet requests, in the active subject's name."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from punte.apps.access.kept_questions import Asked, Kept
from punte.apps.forum.queries import Face, faces
from punte.apps.meetings.models import (
    SolveRun,
    TimetableVersion,
    Unmet,
)

ALIVE_S = 5
"""A running solver shows a sign of life at least this often [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the objective; ``bound`` is what no timetable can beat, ``None`` where nothing is proved."""

    name: str
    value: float | None
    bound: float | None
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """A report of the solver after ``elapsed_s`` [s]."""

    elapsed_s: float
    stage: str
    value: float | None
    bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """
    A run of the solver as pages show it.

    Parameters
    ----------
    state
        A value of ``SolveRun.State``; ``label`` is its translation.
    attempt
        Above 1 when a worker was lost and the run began again.
    is_alive
        Whether a running solver gave a sign of life in the last :data:`ALIVE_S` seconds.
    elapsed_s
        Since the start of this attempt [s]; 0 before.
    last
        The newest point of the curve of this attempt.
    """

    id: UUID
    version_id: UUID
    state: str
    label: str
    attempt: int
    is_over: bool
    is_alive: bool
    is_stopping: bool
    elapsed_s: float
    time_limit_s: int
    message: str
    last: CurvePoint | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """
    A version of the timetable.

    Parameters
    ----------
    status
        What is known of it: ``optimal``, ``feasible``, ``infeasible``, ``unknown``; empty while solving.
    meeting_count, request_count
        Meetings held, of so many accepted requests.
    preliminary_until
        Until when delegates are shown it, and may remark on it.
    """

    id: UUID
    edition_id: UUID
    number: int
    state: str
    state_label: str
    origin: str
    origin_label: str
    comment: str
    status: str
    seed: int
    engine: str
    runtime_s: float
    instance_sha256: str
    goals: tuple[Goal, ...]
    meeting_count: int
    request_count: int
    request_weight: int
    base_number: int | None
    created_at: dt.datetime
    published_at: dt.datetime | None
    preliminary_until: dt.datetime | None
    run: RunLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetLine:
    """
    A request that a version does not hold.

    Parameters
    ----------
    code
        ``no_common_slot``, ``participant_full``, ``places_full`` or ``lost_to_optimum``.
    reason
        The engine's sentence with people's names for their codes, where the subject may see them.
    blocking
        Codes of the requests held in its stead.
    """

    request_id: UUID
    request_code: str
    sender: Face | None
    receiver: Face | None
    weight: int
    code: str
    reason: str
    blocking: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetPage:
    """Some of the unmet requests, the most valuable first, and how many of each cause there are."""

    lines: tuple[UnmetLine, ...]
    count: int
    by_code: Mapping[str, int]


_PUBLISHED = Kept(
    lambda: TimetableVersion.objects.filter(
        edition_id=Asked("edition"), state=TimetableVersion.State.PUBLISHED
    ).select_related("run")[:1]
)


def list_versions(edition_id: UUID) -> list[VersionLine]:
    """Return the versions that the subject sees, newest first."""
    rows = TimetableVersion.objects.filter(edition_id=edition_id).select_related("run")
    numbers = {row.pk: row.number for row in rows}
    return [_version_line(row, numbers) for row in rows]


def find_version(edition_id: UUID, number: int) -> VersionLine | None:
    """Return one version; ``None`` where there is none for the subject."""
    row = (
        TimetableVersion.objects.filter(edition_id=edition_id, number=number)
        .select_related("run", "base")
        .first()
    )
    if row is None:
        return None
    return _version_line(row, {row.base.pk: row.base.number} if row.base else {})


def published_version(edition_id: UUID) -> VersionLine | None:
    """Return the version that delegates see; ``None`` before the first publication."""
    row = _PUBLISHED.first(edition=edition_id)
    return None if row is None else _version_line(row, {})


def newest_version(edition_id: UUID) -> VersionLine | None:
    """Return the newest version with a timetable that the subject sees."""
    row = (
        TimetableVersion.objects.filter(edition_id=edition_id)
        .exclude(state__in=[TimetableVersion.State.SOLVING, TimetableVersion.State.FAILED])
        .select_related("run")
        .first()
    )
    return None if row is None else _version_line(row, {})


def _version_line(row: TimetableVersion, numbers: Mapping[UUID, int]) -> VersionLine:
    run = getattr(row, "run", None)
    return VersionLine(
        id=row.pk,
        edition_id=row.edition_id,
        number=row.number,
        state=row.state,
        state_label=row.get_state_display(),
        origin=row.origin,
        origin_label=row.get_origin_display(),
        comment=row.comment,
        status=row.status,
        seed=row.seed,
        engine=row.engine,
        runtime_s=row.runtime_s,
        instance_sha256=row.instance_sha256,
        goals=tuple(Goal(**line) for line in row.objective),
        meeting_count=row.meeting_count,
        request_count=row.request_count,
        request_weight=row.request_weight,
        base_number=numbers.get(row.base_id) if row.base_id else None,
        created_at=row.created_at,
        published_at=row.published_at,
        preliminary_until=row.preliminary_until,
        run=None if run is None else _run_line(run, None),
    )


def run_of_version(version_id: UUID) -> RunLine | None:
    """Return the run that makes or made a version, with its newest point; ``None`` where there is none."""
    return _with_newest_point(SolveRun.objects.filter(version_id=version_id).first())


def find_run(run_id: UUID) -> RunLine | None:
    """Return a run with its newest point; ``None`` where there is none for the subject."""
    return _with_newest_point(SolveRun.objects.filter(pk=run_id).first())


def _with_newest_point(row: SolveRun | None) -> RunLine | None:
    if row is None:
        return None
    last = row.progress.filter(attempt=row.attempt).order_by("-id").first()
    point = None
    if last is not None:
        point = CurvePoint(
            elapsed_s=last.elapsed_s, stage=last.stage, value=last.value, bound=last.bound
        )
    return _run_line(row, point)


def curve_of_run(run_id: UUID, *, after: int = 0) -> list[CurvePoint]:
    """
    Return the curve of value and bound of a run's newest attempt.

    Parameters
    ----------
    after
        How many points the reader already has [count].
    """
    row = SolveRun.objects.filter(pk=run_id).first()
    if row is None:
        return []
    points = row.progress.filter(attempt=row.attempt).values_list(
        "elapsed_s", "stage", "value", "bound"
    )[after:]
    return [
        CurvePoint(elapsed_s=elapsed, stage=stage, value=value, bound=bound)
        for elapsed, stage, value, bound in points
    ]


def _run_line(row: SolveRun, last: CurvePoint | None) -> RunLine:
    now = timezone.now()
    beat = row.heartbeat_at
    is_running = row.state == SolveRun.State.RUNNING
    end = row.finished_at or now
    return RunLine(
        id=row.pk,
        version_id=row.version_id,
        state=row.state,
        label=row.get_state_display(),
        attempt=row.attempt,
        is_over=row.is_over,
        is_alive=is_running and beat is not None and (now - beat).total_seconds() <= ALIVE_S,
        is_stopping=row.stop_asked_at is not None and not row.is_over,
        elapsed_s=max(0.0, (end - row.started_at).total_seconds()) if row.started_at else 0.0,
        time_limit_s=row.time_limit_s,
        message=row.message,
        last=last,
    )


def list_unmet(
    version: VersionLine, *, code: str = "", words: str = "", start: int = 0, limit: int = 50
) -> UnmetPage:
    """
    Return unmet requests of a version, the most valuable first.

    Parameters
    ----------
    code
        Only this cause; empty for all.
    words
        Only where a name of a person or an organisation holds these letters; empty for all.
    start, limit
        Which lines [count], after filtering.
    """
    known = faces(version.edition_id)
    rows = list(Unmet.objects.filter(version_id=version.id).select_related("request"))
    by_code: dict[str, int] = {}
    for row in rows:
        by_code[row.code] = by_code.get(row.code, 0) + 1
    chosen = [row for row in rows if (not code or row.code == code) and _names(row, known, words)]
    chosen.sort(key=lambda row: (-row.request.weight, row.request.code))
    lines = tuple(unmet_line(row, known) for row in chosen[start : start + limit])
    return UnmetPage(lines=lines, count=len(chosen), by_code=by_code)


def unmet_line(row: Unmet, known: Mapping[UUID, Face]) -> UnmetLine:
    """Return one unmet request with names for codes."""
    request = row.request
    sender, receiver = known.get(request.sender_id), known.get(request.receiver_id)
    return UnmetLine(
        request_id=request.pk,
        request_code=request.code,
        sender=sender,
        receiver=receiver,
        weight=request.weight,
        code=row.code,
        reason=_with_names(row.reason, [face for face in (sender, receiver) if face]),
        blocking=tuple(row.blocking),
    )


def _names(row: Unmet, known: Mapping[UUID, Face], words: str) -> bool:
    if not words:
        return True
    people = (known.get(row.request.sender_id), known.get(row.request.receiver_id))
    text = " ".join(f"{face.name} {face.organisation}" for face in people if face)
    return words.casefold() in text.casefold()


def _with_names(sentence: str, people: list[Face]) -> str:
    for face in people:
        sentence = re.sub(rf"\b{re.escape(face.code)}\b", face.name, sentence)
    return sentence[:1].upper() + sentence[1:]
