"""Whom a release of the agenda puts on stage, moves there or takes off: they are told, each by a mail of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.agenda import Span
from punte.apps.forum.models import AgendaChange, AgendaRelease, Delegate, Session, SessionPart
from punte.apps.forum.stage_mails import STAGE_KIND
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_said import NEWS


@dataclass(frozen=True, slots=True, kw_only=True)
class OnStage:
    """Who is on stage in a session, each with their part; when that is, and where."""

    parts: Mapping[UUID, str]
    span: Span
    place_id: UUID | None


def on_stage(session: Session) -> OnStage:
    """Return who is on stage in a session as released, whoever asks."""
    with acting_as_system("tell who takes part in a session"):
        rows = SessionPart.objects.filter(session=session).exclude(part=SessionPart.Part.LISTENER)
        parts = dict(rows.values_list("delegate_id", "part"))
    return OnStage(
        parts=parts, span=(session.starts_at, session.ends_at), place_id=session.place_id
    )


def tell_stage(release: AgendaRelease, session: Session, before: OnStage) -> set[Delegate]:
    """
    Queue the mails of a release to those on stage in a session; return to whom.

    They are told where they are new or gone, where their part is another one, and where the session has another time or place.
    """
    now = on_stage(session)
    moved = (before.span, before.place_id) != (now.span, now.place_id)
    added = {key for key, part in now.parts.items() if moved or before.parts.get(key) != part}
    gone = before.parts.keys() - now.parts.keys()
    told = dict.fromkeys(added, now.span) | dict.fromkeys(gone, before.span)
    with acting_as_system("tell who takes part in a session"):
        people = list(
            Delegate.objects.filter(pk__in=told, left_at__isnull=True).select_related(
                "person__account"
            )
        )
        changes = AgendaChange.objects.filter(session_key=session.pk)
        sequence = changes.exclude(what=AgendaChange.What.ADDED).count()
    common = {"sequence": sequence, "released_at": release.at.isoformat()}
    queue_mails(
        kind=STAGE_KIND,
        to=[
            (
                one.person,
                {
                    NEWS: [str(session.pk)],
                    "stage": {
                        **common,
                        "is_on": one.pk in added,
                        "starts_at": told[one.pk][0].isoformat(),
                        "ends_at": told[one.pk][1].isoformat(),
                    },
                },
            )
            for one in people
        ],
        key=f"{release.pk} {session.pk}",
        edition_id=release.edition_id,
        owner_org_id=release.edition.owner_org_id,
        about_id=session.pk,
    )
    return set(people)
