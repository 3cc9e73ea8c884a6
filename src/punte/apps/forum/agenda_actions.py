"""Steps with the agenda: draft a session, call it off, set the hours of the venue."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.forum.agenda import Speaker
from punte.apps.forum.models import Edition, Place, Session, SessionDraft
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.stranded import Bounds, tell_stranded
from punte.apps.forum.word_rows import ByLanguage, checked_words, copy_words, set_words
from punte.kernel.errors import PunteError

FACTS: Final = (
    "kind",
    "format",
    "title",
    "subtitle",
    "about",
    "track",
    "language",
    "link",
    "starts_at",
    "ends_at",
    "place_id",
    "capacity",
    "speakers",
    "blocks_everyone",
    "is_cancelled",
)
"""What a draft and a session both say."""


class AgendaError(PunteError):
    """A step with the agenda that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What an organiser wrote about a session.

    Parameters
    ----------
    capacity
        Seats to sign up for [count]; None where everybody who sees it may come.
    """

    kind: str
    format: str
    title: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    subtitle: str = ""
    about: str = ""
    track: str = ""
    language: str = "en"
    link: str = ""
    place: Place | None = None
    capacity: int | None = None
    speakers: tuple[Speaker, ...] = ()
    blocks_everyone: bool = False


def may_make_agenda(subject: Subject, edition_id: UUID) -> bool:
    """Whether the subject makes the agenda of the edition."""
    return subject.may_write and not subject.is_denied and subject.has_right("organise", edition_id)


def require_maker(subject: Subject, edition_id: UUID) -> None:
    """
    Let only who makes the agenda pass.

    Raises
    ------
    AgendaError
        The subject does not.
    """
    if not may_make_agenda(subject, edition_id):
        raise AgendaError(
            _("You cannot change the agenda: that takes the right to organise. Ask an organiser.")
        )


def draft_session(
    *,
    by: Subject,
    edition: Edition,
    wish: Wish,
    session: Session | None = None,
    read_revision: int | None = None,
) -> SessionDraft:
    """
    Keep what a session will be after the next release; begin a new one where none is given.

    Raises
    ------
    AgendaError
        The subject is no organiser, or something is missing or impossible.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_maker(by, edition.pk)
    _refuse_wrong(edition, wish)
    _claim(edition, session, read_revision)
    values = {name: getattr(wish, name) for name in FACTS if hasattr(wish, name)}
    values |= {
        "title": whole_text(wish.title, 200),
        "place_id": wish.place.pk if wish.place else None,
        "speakers": [speaker.as_row() for speaker in wish.speakers],
        "is_cancelled": False,
    }
    label = _own_label(edition)
    if session is None:
        key = uuid4()
        # Not released: it is in nobody's way, and nobody else's to see.
        hidden = {**values, "blocks_everyone": False, "speakers": []}
        session = Session.objects.create(
            pk=key, edition=edition, code=f"s-{key.hex[:10]}", **hidden, **label
        )
    draft = _begin_draft(edition, session)
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save()
    record("agenda.drafted", session, edition_id=edition.pk)
    return draft


def _begin_draft(edition: Edition, session: Session) -> SessionDraft:
    """Return the draft of a session; a new one says what the session says, in each language."""
    draft = SessionDraft.objects.filter(session=session).first()
    if draft is None:
        facts = {name: getattr(session, name) for name in FACTS}
        draft = SessionDraft.objects.create(session=session, **facts, **_own_label(edition))
        copy_words(session, draft)
    return draft


def word_session(
    *,
    by: Subject,
    edition: Edition,
    session: Session,
    words: ByLanguage,
    read_revision: int | None = None,
) -> None:
    """
    Keep how a session will read in the other languages of the edition after the next release; what is empty is said in the first.

    Raises
    ------
    AgendaError
        The subject is no organiser.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_maker(by, edition.pk)
    with transaction.atomic():
        # Before the draft is begun, as everybody does: two who begin it at once come one after the other.
        _claim(edition, session, read_revision)
        draft = _begin_draft(edition, session)
        set_words(draft, checked_words(edition, draft, words, what=_("Agenda")))
    record("agenda.worded", session, edition_id=edition.pk)


def form_of(session: Session) -> str:
    """Return by which name the revisions of a session's form are counted."""
    return f"session {session.pk}"


def _claim(edition: Edition, session: Session | None, read_revision: int | None) -> None:
    if session is not None:
        claim_revision(edition, form_of(session), read=read_revision)
    # Who releases the agenda has to have read it with this draft.
    claim_revision(edition, "agenda", read=None)


def call_off(
    *, by: Subject, edition: Edition, session: Session, read_revision: int | None = None
) -> None:
    """
    Call a session off with the next release; one that was never released goes at once.

    Raises
    ------
    AgendaError
        The subject is no organiser.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_maker(by, edition.pk)
    _claim(edition, session, read_revision)
    record("agenda.called_off", session, edition_id=edition.pk)
    if not session.is_released:
        session.delete()
        return
    draft = _begin_draft(edition, session)
    draft.is_cancelled = True
    draft.save()


def set_hours(
    *,
    by: Subject,
    edition: Edition,
    opens_at: dt.time,
    closes_at: dt.time,
    read_revision: int | None = None,
) -> None:
    """
    Say from when to when the venue is open.

    Raises
    ------
    AgendaError
        The subject is no organiser, it closes before it opens, or a slot or a session would lie outside.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_maker(by, edition.pk)
    if closes_at <= opens_at:
        raise AgendaError(_("The venue closes before it opens. Check the two times.")).at(
            "closes_at"
        )
    wished = replace(Bounds.of(edition), opens_at=opens_at, closes_at=closes_at)
    if outside := tell_stranded(edition, wished):
        raise AgendaError(outside)
    claim_revision(edition, "hours", read=read_revision)
    edition.opens_at, edition.closes_at = opens_at, closes_at
    edition.save(update_fields=["opens_at", "closes_at"])
    record("agenda.hours", edition, edition_id=edition.pk)


def _own_label(edition: Edition) -> dict[str, object]:
    return {
        "owner_org_id": edition.owner_org_id,
        "label_releasable_to": [],
        "label_stewards": right_groups("organise", edition_id=edition.pk),
    }


def _refuse_wrong(edition: Edition, wish: Wish) -> None:
    if not wish.title.strip():
        raise AgendaError(_("Give the session a title.")).at("title")
    if wish.kind not in SessionFacts.Kind.values or wish.format not in SessionFacts.Format.values:
        raise AgendaError(_("Choose what happens in the session, and who enters.")).at("kind")
    # Two moments by one zone's clock are compared by that clock, which jumps twice a year: so by their distance from UTC's.
    if wish.ends_at.timestamp() <= wish.starts_at.timestamp():
        raise AgendaError(_("The session ends before it begins. Check the two times.")).at(
            "ends_at"
        )
    if wish.place is not None and wish.place.edition_id != edition.pk:
        raise AgendaError(_("This place is at another edition. Choose one of this edition."))
    if wish.link and not wish.link.startswith(("https://", "http://")):
        raise AgendaError(_("The link is no address. Begin it with https://.")).at("link")
    refuse_classified(
        _("Agenda"),
        [
            (_("title"), wish.title),
            (_("subtitle"), wish.subtitle),
            (_("about"), wish.about),
            (_("track"), wish.track),
            *((_("speakers"), f"{s.name} {s.function}") for s in wish.speakers),
        ],
    )
