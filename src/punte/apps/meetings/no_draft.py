"""Why a version of the timetable cannot be changed, shown or published now: what is happening to it, and what to do."""

import datetime as dt
from math import ceil

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.meetings.models import SolveRun, TimetableVersion

State = TimetableVersion.State


def why_no_draft(version: TimetableVersion) -> str:
    """Return in words why a version is no draft, and what leads to one; empty where it is one."""
    number = {"number": version.number}
    if version.state == State.SOLVING:
        return why_solving(version)
    if version.state == State.PUBLISHED:
        return (
            _(
                "Version %(number)d is published and stays as it is. Move one of its meetings, or solve again: that makes a new draft."
            )
            % number
        )
    if version.state == State.SUPERSEDED:
        return (
            _(
                "Version %(number)d was published, and another one since. Move one of its meetings, or solve again: that makes a new draft."
            )
            % number
        )
    if version.state == State.FAILED:
        return (
            _(
                "Version %(number)d holds no timetable: the solver ended without one. Read why under Proof and curve, then solve again."
            )
            % number
        )
    return ""


def why_solving(version: TimetableVersion) -> str:
    """Return in words how far the solver is with a version, when it ends, and how to have its answer sooner."""
    run = SolveRun.objects.filter(version=version).first()
    number = {"number": version.number}
    if run is None or run.started_at is None:
        return (
            _(
                "Version %(number)d waits for the solver, and holds no timetable yet. Wait until it is a draft."
            )
            % number
        )
    if run.stop_asked_at is not None:
        return (
            _(
                "The solver is ending version %(number)d with its best timetable. In a moment it is a draft: load the page again."
            )
            % number
        )
    end = run.started_at + dt.timedelta(seconds=run.time_limit_s)
    left = ceil((end - timezone.now()).total_seconds())
    if left <= 0:
        return (
            _(
                "The solver is about to end version %(number)d. In a moment it is a draft: load the page again."
            )
            % number
        )
    return ngettext(
        "Version %(number)d is still being solved, for %(left)d second more at most. Wait, or stop it under Proof and curve and keep the "
        "best timetable so far: then it is a draft.",
        "Version %(number)d is still being solved, for %(left)d seconds more at most. Wait, or stop it under Proof and curve and keep the "
        "best timetable so far: then it is a draft.",
        left,
    ) % {**number, "left": left}
