"""What does not fit the rest of an edition: phases off its days, slots in a closed venue, a place that is in use."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from punte.apps.forum.models import Edition, Session
from punte.apps.forum.set_up import SetUpError
from punte.apps.forum.stranded import Bounds, tell_stray_phase


def refuse_stray_phases(
    edition: Edition, spans: Mapping[str, tuple[dt.datetime, dt.datetime] | None]
) -> None:
    """
    Refuse phases that do not fit the days of the edition.

    The rule: the live phase touches its days, what leads up to it begins by its last day, and the follow-up does not
    end before its first.

    Raises
    ------
    SetUpError
        The text names the phase.
    """
    if stray := tell_stray_phase(Bounds.of(edition), spans):
        raise SetUpError(stray)


def refuse_closed_hours(edition: Edition, starts: dt.time, ends: dt.time) -> None:
    """
    Refuse a part of a day in which the venue is closed.

    Raises
    ------
    SetUpError
        The text says when it is open.
    """
    if starts < edition.opens_at or ends > edition.closes_at:
        raise SetUpError(
            _(
                "The venue is open from %(opens)s to %(closes)s. Lay slots between, or change its hours under Agenda, Edit."
            )
            % {"opens": f"{edition.opens_at:%H:%M}", "closes": f"{edition.closes_at:%H:%M}"}
        )


def refuse_occupied(edition: Edition, code: str) -> None:
    """
    Refuse to take a place away in which a session is, released or drafted.

    Raises
    ------
    SetUpError
        The text names the session.
    """
    sessions = Session.objects.filter(edition=edition)
    found = sessions.filter(place__code=code, is_released=True, is_cancelled=False).first()
    found = found or sessions.filter(draft__place__code=code, draft__is_cancelled=False).first()
    if found is not None:
        begins = found.starts_at.astimezone(edition.zone)
        raise SetUpError(
            _(
                "“%(title)s” is in this place, on %(day)s at %(time)s. Give the session another place and release the "
                "agenda first."
            )
            % {"title": found.title, "day": f"{begins:%Y-%m-%d}", "time": f"{begins:%H:%M}"}
        )
