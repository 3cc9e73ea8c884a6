"""What the sample's agenda says beyond its hours: invented speakers, and the log of the first release."""

import datetime as dt
from typing import Final

from punte.apps.forum.agenda import Speaker
from punte.apps.forum.agenda_release import label_of
from punte.apps.forum.models import AgendaChange, AgendaRelease, Edition, Session

SPEAKERS: Final = (
    Speaker(name="Ilinca Dobrescu (invented)", function="State Secretary", is_chair=True),
    Speaker(name="Piotr Zalewski (invented)", function="Armament Director"),
    Speaker(name="Marta Lindqvist (invented)", function="Chief Engineer"),
    Speaker(name="Andrei Munteanu (invented)", function="Head of Research"),
)
KINDS: Final = {Session.Kind.PLENARY: 2, Session.Kind.KEYNOTE: 1, Session.Kind.PANEL: 4}
"""How many speak in a session of each kind."""


def fill_sample_agenda(edition: Edition) -> None:
    """Put invented speakers on the stages of the sample and log its first release."""
    sessions = list(Session.objects.filter(edition=edition).select_related("place"))
    for session in sessions:
        count = KINDS.get(Session.Kind(session.kind), 0)
        session.speakers = [one.as_row() for one in SPEAKERS[:count]]
    Session.objects.bulk_update(sessions, ["speakers"])
    release = AgendaRelease.objects.create(
        edition=edition,
        note="First release. Sample: the speakers are invented.",
        at=dt.datetime.combine(edition.starts_on, dt.time(9), edition.zone) - dt.timedelta(days=30),
    )
    AgendaChange.objects.bulk_create(
        AgendaChange(
            release=release,
            session_key=session.pk,
            what=AgendaChange.What.ADDED,
            format=session.format,
            title=session.title,
            starts_at=session.starts_at,
            place_name=session.place.name if session.place else "",
            owner_org_id=edition.owner_org_id,
            **label_of(edition, session.format),
        )
        for session in sessions
    )
