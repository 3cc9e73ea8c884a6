"""The roadmap engine's words in the reader's language: charts, checks, practices, why an activity is critical."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from punte.apps.programmes.bridge import ActivityLine

CHART_WORDS: Final = (
    gettext_noop("Plan"),
    gettext_noop("Gantt chart"),
    gettext_noop("network"),
    gettext_noop("done"),
    gettext_noop("critical"),
    gettext_noop("float {days}"),
    gettext_noop("promised by {day}"),
    gettext_noop("status {day}"),
    gettext_noop("{first} to {last}"),
    gettext_noop("{count} activities, ending {end}"),
    gettext_noop("{count} critical, marked C"),
    gettext_noop("{count} activities, {links} links; {critical} activities are critical."),
    gettext_noop("dashed outlines are the baseline"),
    gettext_noop("whiskers reach to the finish that is kept with 80 % probability"),
    gettext_noop("diamonds are promised dates"),
)
CHECK_WORDS: Final = (
    gettext_noop("Missing predecessor or successor"),
    gettext_noop("Leads"),
    gettext_noop("Lags"),
    gettext_noop("Finish-to-start links"),
    gettext_noop("Hard constraints"),
    gettext_noop("Float above 44"),
    gettext_noop("Negative float"),
    gettext_noop("Length above 44"),
    gettext_noop("Invalid dates"),
    gettext_noop("Neither resource nor cost"),
    gettext_noop("Missed against the baseline"),
    gettext_noop("Critical path test"),
    gettext_noop("Critical path length index"),
    gettext_noop("Baseline execution index"),
    gettext_noop("needs a baseline"),
    gettext_noop("actual dates after the status date are refused"),
    gettext_noop("600 added to one critical activity must move the end by as much"),
)
PRACTICE_WORDS: Final = (
    gettext_noop("Capturing all activities"),
    gettext_noop("Sequencing all activities"),
    gettext_noop("Assigning resources to all activities"),
    gettext_noop("Establishing the durations of all activities"),
    gettext_noop("Traceable horizontally and vertically"),
    gettext_noop("A valid critical path"),
    gettext_noop("Reasonable total float"),
    gettext_noop("A schedule risk analysis"),
    gettext_noop("Updating with actual progress"),
    gettext_noop("Maintaining a baseline"),
    gettext_noop("every activity names its stage"),
    gettext_noop("checks 1, 2 and 4"),
    gettext_noop("check 10"),
    gettext_noop("check 8"),
    gettext_noop("check 1; milestones"),
    gettext_noop("checks 12 and 5"),
    gettext_noop("checks 6 and 7"),
    gettext_noop("ranges or risks are given"),
    gettext_noop("a status date and progress; check 9"),
    gettext_noop("a frozen baseline; check 11"),
)
MOST_IN_CHAIN: Final = 12


def say(text: str) -> str:
    """Return a word of the engine or of a chart in the reader's language; as it is where nobody translated it."""
    return _(text) if text else ""


def say_state(state: str) -> str:
    """Return how far a practice is followed, in the reader's language."""
    return {
        "met": _("followed"),
        "partly": _("followed in part"),
        "not met": _("not followed"),
        "unknown": _("cannot be told"),
    }[state]


def why_critical(line: ActivityLine) -> str:
    """Return in a few sentences why an activity is or is not critical."""
    why = line.why
    if why.is_done:
        return _("It is done.")
    if why.total_float < 0:
        first = ngettext(
            "It is late: a date is missed by %(n)d working day.",
            "It is late: a date is missed by %(n)d working days.",
            -why.total_float,
        ) % {"n": -why.total_float}
    elif why.is_critical:
        first = _("It is critical: a slip of one day moves the end.")
    else:
        first = ngettext(
            "It is not critical: it can slip %(n)d working day before the end or a date gives way, %(free)d before anything moves.",
            "It is not critical: it can slip %(n)d working days before the end or a date gives way, %(free)d before anything moves.",
            why.total_float,
        ) % {"n": why.total_float, "free": why.free_float}
    if why.is_running:
        before = _("It has begun: what is left of it counts from the status date.")
    elif len(why.drivers) > 1:
        before = _("Its start is set by %(chain)s.") % {"chain": _chain(why.drivers)}
    elif why.own_date is not None:
        before = _("Its start is set by its own date, %(type)s.") % {"type": why.own_date}
    else:
        before = _("Nothing before it holds it.")
    return f"{first} {before} {_what_follows(line)}"


def _what_follows(line: ActivityLine) -> str:
    why = line.why
    goal = (
        _("the date of %(id)s, %(type)s") % {"id": why.held_by[0], "type": why.held_by[1]}
        if why.held_by is not None
        else _("the end of the plan")
    )
    if len(why.limiters) > 1:
        return _("What follows it up to %(goal)s is %(chain)s.") % {
            "goal": goal,
            "chain": _chain(why.limiters),
        }
    return _("Nothing waits for it before %(goal)s.") % {"goal": goal}


def _chain(names: tuple[str, ...]) -> str:
    half = MOST_IN_CHAIN // 2
    shown = names if len(names) <= MOST_IN_CHAIN else (*names[:half], "…", *names[-half:])
    return " → ".join(shown)
