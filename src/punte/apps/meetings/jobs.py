"""Solving in a worker: progress told as it comes, stopped on demand, begun again when a worker is lost."""

import datetime as dt
import logging
import queue
import threading
from collections.abc import Callable
from typing import Final, Self
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.meetings import import_jobs
from punte.apps.meetings.actions import SOLVE_QUEUE, SOLVE_TASK, defer_run
from punte.apps.meetings.bridge import (
    Figures,
    ask_question,
    questions_of,
    short_of,
    store_result,
)
from punte.apps.meetings.freed import seat_who_waits
from punte.apps.meetings.guarantees import PRICE_TASK
from punte.apps.meetings.holds import MOST_ATTEMPTS, Hold, notify
from punte.apps.meetings.models import RulesTrial, SolveProgress, SolveRun, TimetableVersion
from punte.apps.meetings.preliminary import end_preliminary
from punte.apps.meetings.unless_declined import accept_undeclined
from punte.apps.people.queries import subject_of_person
from punte.engines.timetable.result import Result
from punte.engines.timetable.solve import solve
from punte.kernel.anytime import Deadline, Progress, Report
from punte.kernel.errors import PunteError

BEAT_S: Final = 0.25
"""How often progress is written and a wish to stop is read [s]."""
log = logging.getLogger(__name__)


@app.task(name=SOLVE_TASK, queue=SOLVE_QUEUE)
def solve_timetable(run_id: str) -> None:
    """Solve one run, unless somebody else does or did."""
    solve_run(UUID(run_id))


@app.periodic(cron="* * * * *")
@app.task(name="meetings.revive_lost_runs", queue=SOLVE_QUEUE, pass_context=False)
def revive_lost_runs(timestamp: int = 0) -> None:
    """Put runs whose worker is gone back in the queue; every worker does so when it starts, and each minute."""
    del timestamp
    revive()


@app.periodic(cron="* * * * *")
@app.task(name="meetings.end_preliminary", queue=SOLVE_QUEUE, pass_context=False)
def tidy_preliminary(timestamp: int = 0) -> None:
    """Tidy up after preliminary timetables whose moment has passed; the wall hid them when it came."""
    del timestamp
    end_preliminary()


@app.periodic(cron="* * * * *")
@app.task(name="meetings.accept_undeclined", queue=SOLVE_QUEUE, pass_context=False)
def accept_in_silence(timestamp: int = 0) -> None:
    """Accept the requests that count as accepted because nobody declined them in time."""
    del timestamp
    accept_undeclined()


@app.periodic(cron="*/10 * * * *")
@app.task(name="meetings.seat_who_waits", queue=SOLVE_QUEUE, pass_context=False)
def fill_free_seats(timestamp: int = 0) -> None:
    """Give the seats that stayed free to who waits for them. A copy in the hall gives none: the site itself does."""
    del timestamp
    if not settings.PUNTE_HALL_COPY:
        seat_who_waits()


def revive() -> int:
    """Return how many lost runs, of the solver and of imports, were put back in the queue [count]."""
    return _revive_solving() + import_jobs.revive_imports()


def _revive_solving() -> int:
    with acting_as_system("keep the record of a run"):
        running = list(
            SolveRun.objects.filter(state=SolveRun.State.RUNNING).values_list("pk", flat=True)
        )
    count = 0
    for run_id in running:
        with Hold(run_id) as hold:
            if not hold.is_ours:
                continue
            with acting_as_system("keep the record of a run"):
                changed = SolveRun.objects.filter(pk=run_id, state=SolveRun.State.RUNNING).update(
                    state=SolveRun.State.QUEUED,
                    message="The worker was lost while solving; the run begins again.",
                )
                if changed:
                    defer_run(run_id)
                    notify(run_id)
                    count += 1
    return count


def solve_run(run_id: UUID, *, watch: Callable[[Progress], None] | None = None) -> None:
    """
    Solve a run to its end, in the name of whoever asked for it.

    Parameters
    ----------
    watch
        Also told of progress, such as a bar in the terminal; called in the solver's thread.
    """
    with Hold(run_id) as hold:
        if not hold.is_ours:
            log.info("run %s is worked on elsewhere", run_id)
            return
        run = _begin(run_id)
        if run is None:
            return
        try:
            _solve_and_store(run, watch)
        except PunteError as error:
            _finish(run, SolveRun.State.FAILED, str(error))
        except Exception as error:
            _finish(
                run, SolveRun.State.FAILED, f"Solving failed with {type(error).__name__}: {error}"
            )
            raise


def _begin(run_id: UUID) -> SolveRun | None:
    """Return the run as begun; ``None`` where it is over, or was begun too often."""
    with acting_as_system("keep the record of a run"):
        run = SolveRun.objects.select_related("version__edition").filter(pk=run_id).first()
        if run is None or run.is_over:
            return None
        run.attempt += 1
        if run.attempt > MOST_ATTEMPTS:
            _end(
                run, SolveRun.State.FAILED, f"Given up: {MOST_ATTEMPTS} workers were lost with it."
            )
            return None
        if run.attempt > 1:
            run.message = f"A worker was lost; this is attempt {run.attempt}, from the beginning."
        run.state = SolveRun.State.RUNNING
        run.started_at = run.heartbeat_at = timezone.now()
        run.save()
        notify(run_id)
    return run


def _solve_and_store(run: SolveRun, watch: Report | None) -> None:
    with acting(subject_of_person(run.asked_by_id)):
        question = ask_question(run.version.edition)
    deadline = Deadline(limit_s=run.time_limit_s)
    with _Herald(run, deadline, watch) as herald:
        result = solve(
            question.instance,
            instance_sha256=question.sha256,
            seed=run.version.seed,
            workers=2,
            deadline=deadline,
            report=herald.report,
        )
    if result.status in ("infeasible", "unknown"):
        _finish(run, SolveRun.State.FAILED, _no_timetable(result))
        return
    with transaction.atomic(), acting(subject_of_person(run.asked_by_id)):
        version = TimetableVersion.objects.select_for_update().get(pk=run.version_id)
        store_result(version, question, result)
        version.state = TimetableVersion.State.DRAFT
        version.save()
        was_stopped = SolveRun.objects.filter(pk=run.pk, stop_asked_at__isnull=False).exists()
        with acting_as_system("keep the record of a run"):
            _end(run, SolveRun.State.STOPPED if was_stopped else SolveRun.State.DONE, run.message)


def _no_timetable(result: Result) -> str:
    if result.status == "infeasible":
        return (
            "It is proved that no timetable keeps all rules. Look at locks, requests that have to be met "
            "and guaranteed meetings, and loosen one of them."
        )
    return "No timetable was found in the time given. Allow more time."


def _finish(run: SolveRun, state: str, message: str) -> None:
    with acting_as_system("keep the record of a run"):
        _end(run, state, message)


def _end(run: SolveRun, state: str, message: str) -> None:
    SolveRun.objects.filter(pk=run.pk).update(
        state=state, message=message[:600], finished_at=timezone.now(), attempt=run.attempt
    )
    if state == SolveRun.State.FAILED:
        TimetableVersion.objects.filter(pk=run.version_id).update(
            state=TimetableVersion.State.FAILED
        )
    notify(run.pk)


class _Herald:
    """
    Write progress and read the wish to stop, from a thread with a connection of its own.

    The solver's thread only puts reports into a queue: it never waits for the database.
    """

    def __init__(self, run: SolveRun, deadline: Deadline, watch: Report | None) -> None:
        self._run = run
        self._deadline = deadline
        self._watch = watch
        self._reports: queue.SimpleQueue[Progress] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="herald", daemon=True)

    def report(self, progress: Progress) -> None:
        """Take a report of the solver."""
        self._reports.put(progress)
        if self._watch is not None:
            self._watch(progress)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while True:
                is_last = self._over.wait(BEAT_S)
                self._tell()
                if is_last:
                    return
        finally:
            connection.close()

    def _tell(self) -> None:
        latest: dict[str, Progress] = {}
        while not self._reports.empty():
            progress = self._reports.get()
            latest[progress.stage] = progress
        with acting_as_system("keep the record of a run"):
            SolveProgress.objects.bulk_create(
                [
                    SolveProgress(
                        run_id=self._run.pk,
                        attempt=self._run.attempt,
                        elapsed_s=round(progress.elapsed_s, 3),
                        stage=progress.stage[:200],
                        value=progress.value,
                        bound=progress.bound,
                    )
                    for progress in latest.values()
                ]
            )
            runs = SolveRun.objects.filter(pk=self._run.pk)
            runs.update(heartbeat_at=dt.datetime.now(dt.UTC))
            if runs.filter(stop_asked_at__isnull=False).exists():
                self._deadline.stop()
            notify(self._run.pk)


@app.task(name=PRICE_TASK, queue=SOLVE_QUEUE)
def price_rules(trial_id: str) -> None:
    """Find out what a trial's guarantees cost: solve without them and with them, each for a short time."""
    with acting_as_system("keep the record of a run"):
        trial = (
            RulesTrial.objects.select_related("edition", "must_request").filter(pk=trial_id).first()
        )
    if trial is None or trial.state != RulesTrial.State.QUEUED:
        return
    try:
        _price(trial)
        trial.state = RulesTrial.State.DONE
    except PunteError as error:
        trial.state, trial.message = RulesTrial.State.FAILED, str(error)[:600]
    with acting_as_system("keep the record of a run"):
        # A trial that was replaced meanwhile stays gone.
        if RulesTrial.objects.filter(pk=trial.pk).exists():
            trial.save()


def _price(trial: RulesTrial) -> None:
    with acting(subject_of_person(trial.asked_by_id)):
        pricing = questions_of(trial)
    without, guaranteed = (
        solve(
            question.instance,
            instance_sha256=question.sha256,
            workers=2,
            deadline=Deadline(limit_s=trial.limit_s),
        )
        for question in (pricing.without, pricing.guaranteed)
    )
    trial.requests = len(pricing.without.instance.requests)
    trial.guaranteed = len(pricing.short)
    trial.short_without = short_of(pricing, without)
    for side, result in (("without", without), ("with", guaranteed)):
        figures = Figures.of(result)
        for name in ("status", "value", "bound", "met"):
            setattr(trial, f"{name}_{side}", getattr(figures, name))
