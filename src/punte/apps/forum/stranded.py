"""What lies within the days of an edition and the hours of its venue, and would not any more if these were narrowed."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Final, Self
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from punte.apps.forum.agenda import Span, drafted_agenda
from punte.apps.forum.models import Edition, Phase

MOST_NAMED: Final = 3
"""Of what lies outside, in one sentence."""

BEFORE: Final = tuple(
    kind for kind in Phase.Kind.values if kind not in {Phase.Kind.LIVE, Phase.Kind.FOLLOW_UP}
)
"""Phases that lead up to the edition: they begin by its last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The days of an edition and the hours of its venue, by the clock of ``time_zone``."""

    starts_on: dt.date
    ends_on: dt.date
    opens_at: dt.time
    closes_at: dt.time
    time_zone: str

    @classmethod
    def of(cls, edition: Edition) -> Self:
        """Return those of an edition as it stands."""
        return cls(**{field.name: getattr(edition, field.name) for field in fields(cls)})

    def hold(self, span: Span) -> bool:
        """Whether a span lies within one of the days and within the hours."""
        first, last = (moment.astimezone(ZoneInfo(self.time_zone)) for moment in span)
        return (
            self.starts_on <= first.date() == last.date() <= self.ends_on
            and self.opens_at <= first.time()
            and last.time() <= self.closes_at
        )


def tell_stranded(edition: Edition, wished: Bounds) -> str:
    """
    Return in a sentence which slots and sessions lie inside now and would lie outside; empty where none would.

    What lies outside already is a conflict of the agenda, and in nobody's way here. A session counts where its draft
    lies; one that is called off does not count. A closing time goes with its slot.
    """
    stand = Bounds.of(edition)
    names = [name for name, span in _lying(edition) if stand.hold(span) and not wished.hold(span)]
    if not names:
        return ""
    more = len(names) - MOST_NAMED
    if more > 0:
        told = ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more}
        names = [*names[:MOST_NAMED], told]
    return _(
        "This would leave outside: %(what)s. Take the slots away on the page of the venue, and move or call off the "
        "sessions in the agenda; then narrow the time."
    ) % {"what": ", ".join(names)}


def lies_in_days(edition: Edition) -> bool:
    """Whether there is a slot, or a session that is not called off."""
    return next(_lying(edition), None) is not None


def _lying(edition: Edition) -> Iterator[tuple[str, Span]]:
    for slot in edition.slots.all():
        yield _("slot %(code)s") % {"code": slot.code}, (slot.starts_at, slot.ends_at)
    for entry in drafted_agenda(edition.pk):
        if not entry.facts.is_cancelled:
            begins = f"{entry.facts.starts_at.astimezone(edition.zone):%Y-%m-%d %H:%M}"
            named = (
                f"\N{LEFT DOUBLE QUOTATION MARK}{entry.facts.title}\N{RIGHT DOUBLE QUOTATION MARK}"
            )
            yield f"{named}, {begins}", (entry.facts.starts_at, entry.facts.ends_at)


def tell_stray_phase(
    bounds: Bounds, spans: Mapping[str, tuple[dt.datetime, dt.datetime] | None]
) -> str:
    """Return in a sentence which phase, by kind, does not fit the days of an edition; empty where each does."""
    zone = ZoneInfo(bounds.time_zone)
    for kind, span in spans.items():
        if span is None:
            continue
        first, last = (moment.astimezone(zone).date() for moment in span)
        begins_late = kind != Phase.Kind.FOLLOW_UP and first > bounds.ends_on
        ends_early = kind not in BEFORE and last < bounds.starts_on
        if begins_late or ends_early:
            return _(
                "“%(phase)s” from %(first)s to %(last)s does not fit the edition, which is from %(starts)s to "
                "%(ends)s. Check the year."
            ) % {
                "phase": Phase.Kind(kind).label,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "starts": bounds.starts_on.isoformat(),
                "ends": bounds.ends_on.isoformat(),
            }
    return ""
