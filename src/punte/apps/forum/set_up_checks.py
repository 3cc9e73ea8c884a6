"""What does not fit the rest of an edition: phases off its days, slots in a closed venue, a place that is in use."""

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext as _

from punte.apps.forum.models import Application, Edition, Session
from punte.apps.forum.set_up import SetUpError
from punte.apps.forum.stranded import Bounds, tell_stray_phase
from punte.apps.people.models import Nomination


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


def refuse_awaited(edition: Edition, code: str) -> None:
    """
    Refuse to take a category away that is not there, or in which somebody is nominated or applies.

    Raises
    ------
    SetUpError
        The text says who waits, and what to do.
    """
    if not edition.categories.filter(code=code).exists():
        raise _not_there(_("category"), code)
    waiting = (
        Nomination.objects.filter(edition_id=edition.pk, category=code)
        .exclude(state__in=[Nomination.State.REJECTED, Nomination.State.WITHDRAWN])
        .count()
    )
    asking = Application.objects.filter(
        edition=edition,
        category=code,
        state__in=[Application.State.WAITING, Application.State.LISTED],
    ).count()
    if waiting or asking:
        raise SetUpError(
            _(
                "Nominees in this category: %(waiting)d; applications for it: %(asking)d. Decide on them under Vetting and "
                "Applications, or keep the category."
            )
            % {"waiting": waiting, "asking": asking}
        )


def _not_there(what: str, code: str) -> SetUpError:
    return SetUpError(
        _(
            "There is no %(what)s “%(code)s” here; somebody took it away meanwhile. Nothing was changed."
        )
        % {"what": what, "code": code[:40]}
    )


def refuse_occupied(edition: Edition, code: str) -> None:
    """
    Refuse to take a place away that is not there, or in which a session is, released or drafted.

    Raises
    ------
    SetUpError
        The text names the session.
    """
    if not edition.places.filter(code=code).exists():
        raise _not_there(_("place"), code)
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
