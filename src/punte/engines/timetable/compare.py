"""What differs between two timetables, and for whom."""

from dataclasses import dataclass

from punte.engines.timetable.instance import Instance
from punte.engines.timetable.result import Meeting, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    Two timetables side by side.

    Parameters
    ----------
    same
        Meetings held in the same slot at the same place.
    moved
        Pairs (in the first, in the second) of one request.
    gone, come
        Held in only one of them.
    goals
        Name, value in the first, value in the second; ``None`` where a goal is missing.
    gains, losses
        Participants whose met weight differs: id, difference of weight, difference of meetings; the largest first. Empty
        without the question.
    """

    same: int
    moved: tuple[tuple[Meeting, Meeting], ...]
    gone: tuple[Meeting, ...]
    come: tuple[Meeting, ...]
    goals: tuple[tuple[str, float | None, float | None], ...]
    gains: tuple[tuple[str, int, int], ...]
    losses: tuple[tuple[str, int, int], ...]


def compare_timetables(
    first: Result, second: Result, instance: Instance | None = None
) -> Comparison:
    """
    Return what differs between two answers.

    Parameters
    ----------
    instance
        The question of both; requests it does not know count for nobody.
    """
    was = {meeting.request: meeting for meeting in first.meetings}
    now = {meeting.request: meeting for meeting in second.meetings}
    gone = tuple(meeting for request, meeting in was.items() if request not in now)
    come = tuple(meeting for request, meeting in now.items() if request not in was)
    before = {line.name: line.value for line in first.objective}
    after = {line.name: line.value for line in second.objective}
    changes = {} if instance is None else _changes(instance, gone, come)
    ranked = sorted(changes.items(), key=lambda item: (-abs(item[1][0]), item[0]))
    return Comparison(
        same=sum(now.get(request) == meeting for request, meeting in was.items()),
        moved=tuple(
            (meeting, now[request])
            for request, meeting in was.items()
            if request in now and now[request] != meeting
        ),
        gone=gone,
        come=come,
        goals=tuple(
            (name, before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])
        ),
        gains=tuple((person, *change) for person, change in ranked if change > (0, 0)),
        losses=tuple((person, *change) for person, change in ranked if change < (0, 0)),
    )


def _changes(
    instance: Instance, gone: tuple[Meeting, ...], come: tuple[Meeting, ...]
) -> dict[str, tuple[int, int]]:
    """Return, by participant, the differences of met weight and of meetings."""
    requests = {request.id: request for request in instance.requests}
    found: dict[str, tuple[int, int]] = {}
    for sign, meetings in ((-1, gone), (1, come)):
        for meeting in meetings:
            request = requests.get(meeting.request)
            if request is None:
                continue
            for person in request.between:
                weight, count = found.get(person, (0, 0))
                found[person] = (weight + sign * request.weight, count + sign)
    return found
