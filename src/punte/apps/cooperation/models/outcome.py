"""
Totals of an edition that its organisers release; nothing in them leads to one participant.

References
----------
Hundepool et al., Statistical Disclosure Control (Wiley, 2012), 5.2 (small cells are suppressed), 5.4 (conventional
rounding to a base) and 1.3 (disclosure by differencing).
"""

import uuid
from typing import Any, ClassVar, Final

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled
from punte.apps.forum.models import Edition

FEWEST: Final = 5
"""A smaller number of persons or meetings could be recognised, and is not released."""
BASE: Final = 5
"""What is released is a multiple of it: from two releases nobody learns what one person did in between."""


def released(count: int | None) -> int | None:
    """
    Return a count as it may be released: rounded to the nearest multiple of five, and None for one from 1 to 4.

    Each rounded number stands for several counts: 5 for 5 to 7, every other one for five of them.

    >>> [released(count) for count in (0, 4, 5, 7, 8, 12, 13, 774, None)]
    [0, None, 5, 5, 10, 10, 15, 775, None]
    """
    if count is None or 0 < count < FEWEST:
        return None
    return (count + BASE // 2) // BASE * BASE


class OutcomeTotals(Labelled):
    """The totals of an edition's outcome report as they stood when they were released; the newest counts."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="outcome_totals")
    content: "models.JSONField[Any, Any]" = models.JSONField(_("content"))
    by_id = models.UUIDField(_("by"), null=True, blank=True, editable=False)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("released totals")
        verbose_name_plural = _("released totals")

    def __str__(self) -> str:
        return f"{self.edition_id} {self.at}"

    @property
    def figures(self) -> dict[str, Any]:
        """The totals as every page, paper and file shows them; what was released before numbers were rounded is rounded too."""
        countries = [
            [code, *map(released, counts)] for code, *counts in self.content.get("countries", [])
        ]
        numbers = {
            name: released(count) for name, count in self.content.items() if name != "countries"
        }
        return numbers | {"countries": countries}
