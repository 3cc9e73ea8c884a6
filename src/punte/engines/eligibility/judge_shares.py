"""Judge the share of costs from outside: the limits of what is possible against what is allowed, and the money between them."""

from fractions import Fraction
from math import floor

from punte.engines.eligibility.instance import Component, leaves_and_branches
from punte.engines.eligibility.result import Margin, Reason
from punte.engines.eligibility.rules import OutsideShare
from punte.engines.eligibility.shares import Inside, outside_share_limits, worst_split
from punte.kernel.money import Money
from punte.kernel.phrases import Phrase, say


def judge_outside(
    test: OutsideShare, components: tuple[Component, ...], is_inside: Inside
) -> Reason:
    """Return the reason of a limit on the share of costs from outside, with its margin and what is missing."""
    limits = outside_share_limits(components, is_inside)
    if limits is None:
        return Reason(
            state="unknown",
            text=say(
                "no component with a cost is named; at most %(limit)s allowed", limit=test.at_most
            ),
            missing=("components",),
        )
    low, high = limits
    slack_money = _slack_money(components, test, is_inside)
    margin = Margin(
        low=float(low),
        high=float(high),
        limit=float(test.at_most),
        slack=float(test.at_most - high),
        unit="share",
        slack_money=slack_money,
    )
    text = _outside_text(low, high, test, slack_money)
    if high <= test.at_most:
        return Reason(state="eligible", text=text, margin=margin)
    if low > test.at_most:
        return Reason(state="not", text=text, margin=margin)
    return Reason(
        state="unknown",
        text=text,
        margin=margin,
        missing=_open_components(components, "components"),
    )


def _outside_text(low: Fraction, high: Fraction, test: OutsideShare, slack: Money | None) -> Phrase:
    if low == high and slack is not None and slack.cents < 0:
        return say(
            "%(share)s of the cost of components comes from outside %(zones)s; at most %(limit)s allowed: replace %(money)s",
            share=low,
            zones=test.zones,
            limit=test.at_most,
            money=str(-slack),
        )
    if low == high:
        return say(
            "%(share)s of the cost of components comes from outside %(zones)s; at most %(limit)s allowed",
            share=low,
            zones=test.zones,
            limit=test.at_most,
        )
    return say(
        "between %(low)s and %(high)s comes from outside %(zones)s; at most %(limit)s allowed",
        low=low,
        high=high,
        zones=test.zones,
        limit=test.at_most,
    )


def _slack_money(
    components: tuple[Component, ...], test: OutsideShare, is_inside: Inside
) -> Money | None:
    """Return how much more may come from outside at worst, in whole cents; below 0 what must be replaced."""
    split = worst_split(components, is_inside)
    if split is None:
        return None
    outside, inside = split
    currencies = [
        money.currency
        for part in leaves_and_branches(components)
        for money in (part.cost, *(part.cost_range or ()))
        if money is not None
    ]
    if not currencies:
        return None
    return Money(floor(test.at_most * (outside + inside)) - outside, currencies[0])


def _open_components(components: tuple[Component, ...], at: str) -> tuple[str, ...]:
    places: list[str] = []
    for idx, component in enumerate(components):
        place = f"{at}[{idx}]"
        if component.origin is None:
            places.append(f"{place}.origin")
        if component.cost is None:
            places.append(f"{place}.cost")
        places.extend(_open_components(component.parts, f"{place}.parts"))
    return tuple(places)
