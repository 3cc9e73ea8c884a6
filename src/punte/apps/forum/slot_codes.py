"""Codes of slots: the number of the day, then its time."""

import datetime as dt
import re

from punte.apps.forum.models import Edition, Slot


def number_of_day(edition: Edition, day: dt.date) -> int:
    """Return the number in the codes of a day's slots: the day's own, or the next that no other day's slots bear."""
    day_of: dict[int, dt.date] = {}
    for code, slot_day in Slot.objects.filter(edition=edition).values_list("code", "day"):
        numbered = re.match(r"d(\d+)-", code)
        if numbered:
            day_of[int(numbered[1])] = slot_day
    for number, slot_day in day_of.items():
        if slot_day == day:
            return number
    own = (day - edition.starts_on).days + 1
    return own if own not in day_of else max(day_of) + 1


def code_of(edition: Edition, number: int, moment: dt.datetime) -> str:
    """
    Return the code of the slot that begins at a moment of the day of this number.

    The second of two times alike, in the night of a clock change, is told apart.
    """
    there = moment.astimezone(edition.zone)
    return f"d{number}-{there:%H%M}{'b' if there.fold else ''}"
