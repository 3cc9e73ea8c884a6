"""Steps with the agenda: draft a session, call it off, release, sign up."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.forum.agenda import Span, Speaker
from punte.apps.forum.models import Delegate, Edition, Place, Session, SessionDraft, SessionPart
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.stranded import Bounds, tell_stranded
from punte.apps.forum.word_rows import ByLanguage, checked_words, set_words, words_of
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
        set_words(draft, words_of(session))
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
        draft = _begin_draft(edition, session)
        kept = checked_words(edition, draft, words, what=_("Agenda"))
        _claim(edition, session, read_revision)
        set_words(draft, kept)
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
        raise AgendaError(_("The venue closes before it opens. Check the two times."))
    wished = replace(Bounds.of(edition), opens_at=opens_at, closes_at=closes_at)
    if outside := tell_stranded(edition, wished):
        raise AgendaError(outside)
    claim_revision(edition, "hours", read=read_revision)
    edition.opens_at, edition.closes_at = opens_at, closes_at
    edition.save(update_fields=["opens_at", "closes_at"])
    record("agenda.hours", edition, edition_id=edition.pk)


def sign_up(
    *,
    by: Subject,
    session: Session,
    delegate: Delegate,
    booked: Callable[[], Sequence[Span]] = tuple,
) -> None:
    """
    Sign a delegate up for a session; it is not free for meetings meanwhile.

    Parameters
    ----------
    booked
        Reads when the delegate sits in meetings, once nobody else can change it.

    Raises
    ------
    AgendaError
        It is not the subject's own place, the session takes nobody, is over or full, or the delegate is not free then.
    """
    if delegate.person_id != by.person_id or not by.may_write or by.is_denied:
        raise AgendaError(_("You can sign up yourself only. Ask your colleague to do it."))
    with acting_as_system("sign up for a session"):
        # One after the other, and after whoever books or publishes: nobody sits in two places, the last seat goes once.
        Edition.objects.select_for_update(no_key=True).get(pk=session.edition_id)
        row = Session.objects.select_related("edition").get(pk=session.pk)
        if not row.is_released or row.is_cancelled:
            raise AgendaError(_("This session takes nobody. Choose another one."))
        if is_past(row):
            raise AgendaError(_("This session is over. Choose one that is still to come."))
        if any(first < row.ends_at and row.starts_at < last for first, last in booked()):
            raise AgendaError(_("You have a meeting at this time. Move it first."))
        parts = SessionPart.objects.filter(delegate=delegate).exclude(session=row)
        if parts.filter(
            session__starts_at__lt=row.ends_at, session__ends_at__gt=row.starts_at
        ).exists():
            raise AgendaError(_("You are in another session at this time. Leave it first."))
        taken = row.parts.filter(part=SessionPart.Part.LISTENER).exclude(delegate=delegate)
        if row.capacity is not None and taken.count() >= row.capacity:
            raise AgendaError(_("Every seat is taken. Look again later: a seat may come back."))
        SessionPart.objects.get_or_create(
            session=row, delegate=delegate, defaults={"part": SessionPart.Part.LISTENER}
        )
    record("agenda.signed_up", session, edition_id=session.edition_id)


def seats_free(session: Session) -> int | None:
    """Return how many seats of a session are free [count], whoever sees those who sit there; ``None`` where seats are not counted."""
    if session.capacity is None:
        return None
    with acting_as_system("sign up for a session"):
        taken = SessionPart.objects.filter(session=session, part=SessionPart.Part.LISTENER).count()
    return max(0, session.capacity - taken)


def leave(*, by: Subject, session: Session, delegate: Delegate) -> bool:
    """
    Give a seat back; return whether there was one.

    Raises
    ------
    AgendaError
        It is not the subject's own, or the session is over.
    """
    if delegate.person_id != by.person_id or not by.may_write:
        raise AgendaError(_("You can give back your own seat only."))
    with acting_as_system("leave a session"):
        row = Session.objects.select_related("edition").get(pk=session.pk)
        if is_past(row):
            raise AgendaError(_("This session is over: its seats stay as they were."))
        given, _each = SessionPart.objects.filter(
            session=session, delegate=delegate, part=SessionPart.Part.LISTENER
        ).delete()
    if given:
        record("agenda.left", session, edition_id=session.edition_id)
    return bool(given)


def is_past(session: Session) -> bool:
    """Whether a session is over for who would sign up; those of an invented edition that is over can still be tried."""
    edition = session.edition
    if edition.is_synthetic and edition.ends_on < timezone.localdate(timezone=edition.zone):
        return False
    return session.ends_at <= timezone.now()


def _own_label(edition: Edition) -> dict[str, object]:
    return {
        "owner_org_id": edition.owner_org_id,
        "label_releasable_to": [],
        "label_stewards": right_groups("organise", edition_id=edition.pk),
    }


def _refuse_wrong(edition: Edition, wish: Wish) -> None:
    if not wish.title.strip():
        raise AgendaError(_("Give the session a title."))
    if wish.kind not in SessionFacts.Kind.values or wish.format not in SessionFacts.Format.values:
        raise AgendaError(_("Choose what happens in the session, and who enters."))
    # Two moments by one zone's clock are compared by that clock, which jumps twice a year: so by their distance from UTC's.
    if wish.ends_at.timestamp() <= wish.starts_at.timestamp():
        raise AgendaError(_("The session ends before it begins. Check the two times."))
    if wish.place is not None and wish.place.edition_id != edition.pk:
        raise AgendaError(_("This place is at another edition. Choose one of this edition."))
    if wish.link and not wish.link.startswith(("https://", "http://")):
        raise AgendaError(_("The link is no address. Begin it with https://."))
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
