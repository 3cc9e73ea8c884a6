"""A run of the solver as the page shows it, and as its script asks for it."""

import json
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from punte.apps.meetings.models import SolveRun
from punte.apps.meetings.queries import RunLine, VersionLine, curve_of_run, run_of_version
from punte.web.live import live_address
from punte.web.organiser.curve import Point, points_as_data
from punte.web.organiser.sentences import GoalFigure
from punte.web.ui.templatetags.ui import number, percent

DASH = "\N{EN DASH}"
GOALS = frozenset({"weight", "fairness", "breaks", "idle_slots", "place_changes"})
"""Stages of a run that are named as the goal they are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCard:
    """
    A run with its curve.

    Parameters
    ----------
    goal
        What the curve is of: the first goal; those after it are proved apart, and have their figures above.
    goal_now
        What the figures are of: while it runs the goal that is worked on, then the one of the curve.
    names
        For the page's script: the states of a run that goes on and the goals, each as the reader's language names it, and
        of which goal the curve is.
    value, bound, gap
        As text in the reader's language.
    points
        The curve as JSON, a row ``[seconds, value, bound]`` a point.
    events
        Where its events are sent; empty when nothing more will come.
    """

    state: str
    state_label: str
    is_over: bool
    stop_asked: bool
    attempt: int
    message: str
    goal: str
    goal_now: str
    names: dict[str, object]
    stage: str
    value: str
    bound: str
    gap: str
    elapsed_s: float
    time_limit_s: int
    points: SafeString
    events: str


def run_card(version: VersionLine, *, host: str) -> RunCard | None:
    """Return the run that made or makes a version; ``None`` where there is none."""
    run = run_of_version(version.id)
    if run is None:
        return None
    goal = version.goals[0].name if version.goals else "weight"
    points = [one for one in curve_of_run(run.id) if goal == one.stage or one.stage not in GOALS]
    curve = [
        Point(elapsed_s=point.elapsed_s, value=point.value, bound=point.bound) for point in points
    ]
    last = run.last if not run.is_over or not points else points[-1]
    return RunCard(
        state=run.state,
        state_label=str(run.label),
        is_over=run.is_over,
        stop_asked=run.is_stopping,
        attempt=run.attempt,
        message=run.message,
        goal=goal_label(goal),
        goal_now=goal_label(_worked_on(last.stage if last else "", goal)),
        names=_names(goal),
        stage=_stage_label(last.stage) if last else "",
        value=_shown(last.value if last else None),
        bound=_shown(last.bound if last else None),
        gap=_gap(last.value, last.bound) if last else DASH,
        elapsed_s=run.elapsed_s,
        time_limit_s=run.time_limit_s,
        points=mark_safe(json.dumps(points_as_data(curve))),  # noqa: S308 - numbers only
        events="" if run.is_over else live_address(host, run.id),
    )


def state_of(run: RunLine) -> dict[str, object]:
    """Return what the page's script asks for once a second where events do not arrive."""
    last = run.last
    return {
        "elapsed_s": last.elapsed_s if last else run.elapsed_s,
        "value": last.value if last else None,
        "bound": last.bound if last else None,
        "stage": last.stage if last else "",
        "state": run.state,
        "is_over": run.is_over,
    }


def _worked_on(stage: str, first: str) -> str:
    """Return the goal of a stage; the steps before and between, such as a first timetable, are of the first goal."""
    return stage if stage in GOALS else first


def _stage_label(stage: str) -> str:
    return goal_label(stage) if stage in GOALS else stage


def _names(goal: str) -> dict[str, object]:
    going_on = (SolveRun.State.QUEUED, SolveRun.State.RUNNING)
    return {
        "curve": goal,
        "goals": {name: goal_label(name) for name in sorted(GOALS)},
        "states": {one.value: str(one.label) for one in going_on},
    }


def goal_label(name: str) -> str:
    """Return a goal as its figure above the curve is named."""
    return GoalFigure(name=name, value=None, bound=None, proved=False).label


def _shown(figure: float | None) -> str:
    return DASH if figure is None else number(figure, 0 if float(figure).is_integer() else 2)


def _gap(value: float | None, bound: float | None) -> str:
    if value is None or not bound:
        return DASH
    return percent(abs(bound - value) / abs(bound), 2)
