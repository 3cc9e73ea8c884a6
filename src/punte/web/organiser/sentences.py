"""What the figures of a timetable mean, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.web.ui.templatetags.ui import number, percent

GOAL_TENTHS = {"fairness"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalFigure:
    """
    One goal: what was reached and what is proved.

    Parameters
    ----------
    value, bound
        As the engine states them; None where there is none. Fairness is a share, the rest are counts.
    """

    name: str
    value: float | None
    bound: float | None
    proved: bool

    @property
    def label(self) -> str:
        """The goal's name on screen."""
        return {
            "weight": _("worth of the meetings held"),
            "fairness": _("smallest share met of anybody's requests"),
            "breaks": _("breaks in people's days"),
            "idle_slots": _("idle slots between meetings"),
            "place_changes": _("changes of place"),
        }.get(self.name, self.name)

    @property
    def shown_value(self) -> str:
        """The value in the reader's language."""
        return self._show(self.value)

    @property
    def shown_bound(self) -> str:
        """The bound in the reader's language."""
        return self._show(self.bound)

    @property
    def is_better_high(self) -> bool:
        """Whether more is better."""
        return self.name in {"weight", "fairness"}

    @property
    def gap(self) -> float | None:
        """How far the value may be from the best there is, as a fraction of the bound, >= 0."""
        if self.value is None or self.bound is None:
            return None
        if self.bound == self.value:
            return 0.0
        scale = abs(self.bound) if self.bound else abs(self.value)
        return abs(self.bound - self.value) / scale

    @property
    def proof(self) -> str:
        """What is proved of this goal, in a sentence."""
        if self.value is None:
            return _("There is no timetable yet.")
        if self.proved:
            return _("Proved: no timetable does better.")
        if self.bound is None:
            return _("How much better one could be is not known.")
        if not self.is_better_high and self.bound <= 0:
            return _("How few there could be at best is not known.")
        text = (
            _("No timetable can exceed %(bound)s.")
            if self.is_better_high
            else _("No timetable can go below %(bound)s.")
        )
        return text % {"bound": self.shown_bound}

    def _show(self, figure: float | None) -> str:
        if figure is None:
            return "\N{EN DASH}"
        if self.name == "fairness":
            return percent(figure, 0 if figure in {0, 1} else 1)
        return number(figure, 0 if float(figure).is_integer() else 1)


def state_the_proof(goals: Sequence[GoalFigure], *, met: int, asked: int) -> str:
    """
    Return the timetable's claim in plain words.

    Parameters
    ----------
    met, asked
        Requests held, and all requests of the question [count].
    """
    held = ngettext(
        "%(met)s of %(asked)s request becomes a meeting.",
        "%(met)s of %(asked)s requests become meetings.",
        asked,
    ) % {"met": number(met), "asked": number(asked)}
    first = next(iter(goals), None)
    if first is None or first.value is None:
        return held
    if first.proved or first.gap == 0:
        best = _("It is proved that no timetable can meet requests of greater worth.")
    elif first.bound is None:
        best = _("It is not known how much better a timetable could be.")
    else:
        best = _(
            "No timetable can meet more than %(bound)s in worth; this one meets %(value)s, %(share)s of that."
        ) % {
            "bound": first.shown_bound,
            "value": first.shown_value,
            "share": percent(_floor_share(first.value, first.bound), 2),
        }
    return f"{held} {best}"


def _floor_share(value: float, bound: float) -> float:
    """Return value over bound, rounded down to a hundredth of a per cent: 99.996 % is not 100 %."""
    return int(10_000 * value / bound) / 10_000 if bound else 1.0


def explain_unmet(code: str) -> str:
    """Return the cause of an unmet request in a sentence, from the engine's code."""
    return {
        "no_common_slot": _(
            "The people concerned, or every place allowed, are never free in the same slot."
        ),
        "participant_full": _(
            "One of them has no slot left: meetings of higher worth hold all of them."
        ),
        "places_full": _("In every slot in which both are free, all places are taken."),
        "lost_to_optimum": _("It could be held only if meetings of at least its worth gave way."),
        "kept_apart": _("The organisers keep the two from one table."),
    }.get(code, code)
