"""Answers of the timetable engine back to rows, and rows that are checked, repaired and measured with it."""

from collections import defaultdict
from collections.abc import Iterable

from punte.apps.meetings.bridge.broken import told_rules
from punte.apps.meetings.bridge.question import Question, ask_question, question_file
from punte.apps.meetings.models import Meeting, MeetingSeat, TimetableVersion, Unmet
from punte.engines.timetable import result as answer
from punte.engines.timetable.causes import name_causes
from punte.engines.timetable.check import check, check_meetings, objective_values
from punte.formats.restating import restated
from punte.formats.timetable import result_record
from punte.formats.writing import as_json
from punte.kernel.errors import PunteError

KEPT_APART = "The organisers keep the two from one table."
"""Why a request is unmet that the question leaves out; the engine's own causes are in the same language."""


class TimetableConflictError(PunteError):
    """A timetable that would break a rule; it is not stored."""


def store_result(version: TimetableVersion, question: Question, result: answer.Result) -> None:
    """
    Store an answer as the meetings of a version, after checking it once more.

    Raises
    ------
    TimetableConflictError
        The answer is wrong; nothing is stored.
    """
    verdict = check(question.instance, result, instance_sha256=question.sha256)
    if not verdict.is_right:
        raise TimetableConflictError(
            "The timetable was not stored, because the checker refused it: "
            + "; ".join(str(violation) for violation in verdict.violations[:5])
        )
    version.instance_sha256 = question.sha256
    version.status = result.status
    version.seed = result.seed
    version.engine = result.engine
    version.runtime_s = round(result.runtime_s, 3)
    version.objective = [
        {"name": line.name, "value": line.value, "bound": line.bound, "proved": line.proved}
        for line in result.objective
    ]
    version.request_count = question.asked
    version.request_weight = sum(request.weight for request in question.instance.requests)
    store_meetings(version, question, result.meetings, result.unmet)


def store_meetings(
    version: TimetableVersion,
    question: Question,
    meetings: Iterable[answer.Meeting],
    unmet: Iterable[answer.Unmet],
) -> None:
    """Store the rows of a version that has none yet, and count them."""
    taken: dict[tuple[str, str], int] = defaultdict(int)
    rows, seats = [], []
    for held in meetings:
        request = question.requests[held.request]
        row = Meeting(
            version=version,
            request=request,
            slot=question.slots[held.slot],
            place=question.places[held.place],
            seat_idx=taken[held.slot, held.place],
        )
        taken[held.slot, held.place] += 1
        rows.append(row)
        seats += [
            MeetingSeat(meeting=row, version=version, slot=row.slot, delegate_id=delegate_id)
            for delegate_id in request.parties
        ]
    Meeting.objects.bulk_create(rows, batch_size=1000)
    MeetingSeat.objects.bulk_create(seats, batch_size=1000)
    store_unmet(version, question, unmet)
    version.meeting_count = len(rows)


def store_unmet(
    version: TimetableVersion, question: Question, unmet: Iterable[answer.Unmet]
) -> None:
    """Store why the unmet requests of a version are unmet, in the place of what was said before."""
    Unmet.objects.filter(version=version).delete()
    Unmet.objects.bulk_create(
        [
            Unmet(
                version=version,
                request=question.requests[line.request],
                code=line.code,
                reason=line.reason,
                blocking=list(line.blocking),
            )
            for line in unmet
        ]
        + [
            Unmet(version=version, request=request, code="kept_apart", reason=KEPT_APART)
            for request in question.apart
        ],
        batch_size=1000,
    )


def held_meetings(version: TimetableVersion) -> tuple[answer.Meeting, ...]:
    """Return the meetings of a version in the engine's words."""
    rows = Meeting.objects.filter(version=version).order_by("request__code")
    return tuple(
        answer.Meeting(request=request, slot=slot, place=place)
        for request, slot, place in rows.values_list("request__code", "slot__code", "place__code")
    )


def rules_broken_by(
    question: Question,
    meetings: Iterable[answer.Meeting],
    *,
    but: frozenset[str] = frozenset(),
    already: Iterable[answer.Meeting] = (),
) -> list[str]:
    """
    Return each rule that a timetable breaks, in words; empty when it may stand.

    Parameters
    ----------
    but
        Rules that are left out, by name.
    already
        Another timetable: what it breaks in the very same way is left out.
    """
    held, before = tuple(meetings), tuple(already)
    known = {str(one) for one in check_meetings(question.instance, before)} if before else set()
    broken = [
        violation
        for violation in check_meetings(question.instance, held)
        if violation.rule not in but and str(violation) not in known
    ]
    return told_rules(question, held, broken)


PROMISES = frozenset({"must", "min_meetings"})
"""Rules that a repair keeps where it can: somebody who is not there cannot be met."""


def proof_files(version: TimetableVersion) -> tuple[bytes, bytes]:
    """
    Return the question and the answer of a version as the files that ``punte timetable check`` reads.

    Bounds are told only where the question is still the one that was solved.
    """
    question = ask_question(version.edition)
    is_same = version.instance_sha256 == question.sha256
    result = restated(
        question.instance,
        held_meetings(version),
        instance_sha256=question.sha256,
        lines=version.objective if is_same else (),
        seed=version.seed,
        runtime_s=version.runtime_s,
        engine=version.engine,
    )
    return question_file(question.instance), as_json(result_record(result))


def measure_again(version: TimetableVersion, question: Question) -> None:
    """
    Set a changed version's figures anew: values recomputed, bounds kept where the question is the same.

    A bound of another question proves nothing of this one and is dropped.
    """
    meetings = held_meetings(version)
    values = objective_values(question.instance, meetings)
    is_same = version.instance_sha256 == question.sha256
    bounds = {line["name"]: line["bound"] for line in version.objective} if is_same else {}
    is_proved = True
    lines: list[dict[str, object]] = []
    for goal in question.instance.objective:
        # Only the first goal's bound holds whatever the others are.
        bound = bounds.get(goal) if not lines else None
        is_proved = is_proved and bound is not None and bound == values[goal]
        lines.append({"name": goal, "value": values[goal], "bound": bound, "proved": is_proved})
    version.objective = lines
    version.instance_sha256 = question.sha256
    version.status = "feasible"
    version.meeting_count = len(meetings)
    store_unmet(version, question, name_causes(question.instance, meetings))
