"""The log of the desks: every scan, and which of them are of a badge that was here already."""

from dataclasses import dataclass

from punte.apps.cooperation.desk import known_marks
from punte.apps.cooperation.models import Scan
from punte.apps.cooperation.scans import repeats
from punte.apps.forum.models import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """
    A scan, as the log tells it.

    Parameters
    ----------
    before
        Desks at which the same badge was scanned in before, and not taken back; empty where it is the first scan.
    """

    scan: Scan
    before: tuple[str, ...]

    @property
    def is_again(self) -> bool:
        """Whether the badge was here already."""
        return bool(self.before)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it was here already, and never at this desk: it may have been lent."""
        return self.is_again and self.scan.desk not in self.before


def read_log(edition: Edition, *, most: int | None = None) -> list[LogLine]:
    """
    Return the newest scans of an edition that the subject sees, the newest first.

    Parameters
    ----------
    most
        How many [count]; None for all.
    """
    rows = Scan.objects.filter(edition=edition).select_related("delegate__organisation")
    scans = list(rows[:most] if most is not None else rows)
    marks = known_marks(edition, [one.delegate for one in scans] if most is not None else None)
    again = repeats(marks)
    return [LogLine(scan=one, before=again.get(one.pk, ())) for one in scans]
