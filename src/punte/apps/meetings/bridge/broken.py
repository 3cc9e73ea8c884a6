"""Rules that a timetable breaks, in the words of whoever reads them: names that they may see, and times of the venue."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate
from punte.apps.meetings.bridge.question import Question
from punte.engines.timetable.holding import Violation
from punte.engines.timetable.result import Meeting

_SENTENCES: Final[Mapping[str, Callable[[], str]]] = {
    "availability": lambda: _("%(who)s is not free %(when)s, when %(meeting)s would meet"),
    "parallel": lambda: _("%(who)s would have several meetings %(when)s: %(meeting)s"),
    "max_meetings": lambda: _("%(who)s would have more meetings than agreed"),
    "min_meetings": lambda: _("%(who)s would have fewer meetings than promised"),
    "must": lambda: _("%(meeting)s must meet and would not"),
    "locked": lambda: _("the meeting of %(meeting)s is locked to another time or place"),
    "held_once": lambda: _("%(meeting)s would meet more than once"),
    "place_closed": lambda: _("%(place)s holds no meeting %(when)s: %(meeting)s"),
    "place_capacity": lambda: _("%(place)s would hold too many meetings %(when)s: %(meeting)s"),
    "min_gap_slots": lambda: _(
        "%(who)s would have too little time to walk to %(meeting)s %(when)s"
    ),
    "max_break_spread": lambda: _("the breaks of %(who)s would differ too much"),
}


def told_rules(
    question: Question, meetings: Iterable[Meeting], violations: Iterable[Violation]
) -> list[str]:
    """
    Return each broken rule as a sentence without its full stop.

    Names are those that the active subject sees; who is hidden stays a code.
    """
    found = list(violations)
    if not found:
        return []
    slot_of = {meeting.request: meeting.slot for meeting in meetings}
    sides = {request.id: request.between for request in question.instance.requests}
    names = _names(question, found, sides)
    return [_told(question, one, slot_of, sides, names) for one in found]


def told_slot(question: Question, code: str) -> str:
    """Return when a slot of the question begins by the venue's clock: ``on 2025-11-05 at 10:40``."""
    starts = next(slot.start for slot in question.instance.slots if slot.id == code)
    return _("on %(day)s at %(time)s") % {"day": f"{starts:%Y-%m-%d}", "time": f"{starts:%H:%M}"}


def _told(
    question: Question,
    violation: Violation,
    slot_of: Mapping[str, str],
    sides: Mapping[str, tuple[str, ...]],
    names: Mapping[str, str],
) -> str:
    sentence = _SENTENCES.get(violation.rule)
    if sentence is None:
        return str(violation)
    requests = [code for code in violation.ids if code in sides]
    places = [question.places[code].name for code in violation.ids if code in question.places]
    people = [code for code in violation.ids if code not in sides and code not in question.places]
    first = next((slot_of[code] for code in requests if code in slot_of), None)
    return sentence() % {
        "who": ", ".join(names.get(code, code) for code in people),
        "meeting": ", ".join(
            " / ".join(names.get(side, side) for side in sides[code]) for code in requests
        ),
        "place": ", ".join(places),
        "when": "" if first is None else told_slot(question, first),
    }


def _names(
    question: Question, violations: Iterable[Violation], sides: Mapping[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return for each delegate's code the name on the badge, as far as the subject sees it."""
    codes = {code for one in violations for code in one.ids}
    codes |= {side for code in codes for side in sides.get(code, ())}
    editions = {request.edition_id for request in question.requests.values()}
    found = Delegate.objects.filter(edition__in=editions, code__in=codes)
    return dict(found.values_list("code", "badge_name"))
