"""When other people see a session than before: its log goes with it, and who is shut out leaves it and is told."""

import datetime as dt
from typing import Final

from django.utils import timezone

from punte.apps.access.actions import record
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.mails import SIGNED_OFF_KIND
from punte.apps.forum.models import AgendaChange, Delegate, Edition, Session, SessionPart
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.people.mail import queue_mails
from punte.apps.people.queries import subject_of_person

Format = SessionFacts.Format
STRICTNESS: Final = {Format.OPEN: 0, Format.PARTNER: 1, Format.ALLIED: 2}
"""How few enter; the log of a session that changes hands is for the fewer."""


def is_narrower(before: str, after: str) -> bool:
    """Whether fewer enter a session of the second format than of the first."""
    return STRICTNESS[Format(after)] > STRICTNESS[Format(before)]


def hide_earlier_changes(session: Session) -> None:
    """Show what was logged of a session to those alone who see it now."""
    AgendaChange.objects.filter(session_key=session.pk).update(
        format=session.format,
        label_releasable_to=session.label_releasable_to,
        label_restricted_to=session.label_restricted_to,
        labelled_at=timezone.now(),
    )


def follow_edition(edition: Edition, *, before: list[str]) -> None:
    """
    Show the released open sessions, and their log, to whoever sees the edition now.

    Parameters
    ----------
    before
        To whom the edition was released until now.
    """
    now = {"label_releasable_to": edition.label_releasable_to, "labelled_at": timezone.now()}
    opened = Session.objects.filter(edition=edition, is_released=True, format=Format.OPEN)
    opened.update(**now)
    logged = AgendaChange.objects.filter(release__edition=edition)
    logged.filter(format=Format.OPEN).update(**now)
    if before != [f"edition:{edition.pk}"]:
        # Of what was logged before formats were, this tells what was open; a session for partners is read by delegates.
        logged.filter(format="", label_releasable_to=before, label_restricted_to=[]).update(**now)


def sign_off_shut_out(
    edition: Edition, session: Session, *, began_at: dt.datetime
) -> set[Delegate]:
    """
    Give back the seats of those who see a session no more, and tell them by mail; return who they are.

    Parameters
    ----------
    began_at
        When it began while they saw it: all they are told of it.
    """
    shut_out = {one for one in _listeners(session) if not _sees(one, session)}
    with acting_as_system("sign off who sees a session no more"):
        SessionPart.objects.filter(
            session=session, part=SessionPart.Part.LISTENER, delegate__in=shut_out
        ).delete()
    queue_mails(
        kind=SIGNED_OFF_KIND,
        to=[(one.person, {"began_at": began_at.isoformat()}) for one in shut_out],
        key=f"{session.pk} {timezone.now():%Y%m%d%H%M%S%f}",
        edition_id=edition.pk,
        owner_org_id=edition.owner_org_id,
        # Not the session: of that they are told nothing.
        about_id=edition.pk,
    )
    if shut_out:
        record("agenda.signed_off", session, edition_id=edition.pk, people=len(shut_out))
    return shut_out


def _listeners(session: Session) -> list[Delegate]:
    with acting_as_system("sign off who sees a session no more"):
        return list(
            Delegate.objects.filter(
                session_parts__session=session, session_parts__part=SessionPart.Part.LISTENER
            ).select_related("person__account")
        )


def _sees(delegate: Delegate, session: Session) -> bool:
    with acting(subject_of_person(delegate.person_id)):
        return Session.objects.filter(pk=session.pk).exists()
