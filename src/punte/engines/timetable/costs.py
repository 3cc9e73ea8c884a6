"""What compiled moves minimise, weighed so that the objective's order is kept."""

from typing import Final, NamedTuple

from punte.engines.timetable.instance import Instance

_FAR_ABOVE: Final = 1000
"""Gain of a unit of weight that comes before breaks and idle slots: more than any move costs."""


class Costs(NamedTuple):
    """
    What moves minimise.

    Parameters
    ----------
    of_break, of_idle_slot
        >= 0.
    gain_of_weight
        What one unit of met weight is worth, >= 0.
    spread
        Breaks of one participant that cost nothing more; ``None`` for no such rule.
    """

    of_break: int
    of_idle_slot: int
    gain_of_weight: int
    spread: int | None


def weigh_costs(instance: Instance) -> Costs:
    """
    Return the costs of a search for the goals of an instance.

    Breaks and idle slots go together, so a factor of two keeps their order in practice and leaves the search room to move;
    what is kept as the best is compared goal by goal.
    """
    order = list(instance.objective)
    timing = [goal for goal in order if goal in ("breaks", "idle_slots")]
    size = {goal: len(timing) - number for number, goal in enumerate(timing)}
    gain = 0
    if "weight" in order:
        after = order[: order.index("weight")]
        gain = 1 if any(goal in after for goal in timing) else _FAR_ABOVE
        if gain == 1:
            size = {goal: 20 * cost for goal, cost in size.items()}
    elif "fairness" in order:
        gain = 1
    return Costs(
        of_break=size.get("breaks", 0),
        of_idle_slot=size.get("idle_slots", 0),
        gain_of_weight=gain,
        spread=instance.rules.max_break_spread,
    )
