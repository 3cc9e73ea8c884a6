"""Releasing the agenda: drafts become what everybody sees, and the log says what changed."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import whole_text
from punte.apps.forum.agenda import (
    ERROR,
    Booked,
    Entry,
    drafted_agenda,
    find_conflicts,
    speakers_of,
)
from punte.apps.forum.agenda_actions import FACTS, AgendaError, require_maker
from punte.apps.forum.agenda_readers import (
    STRICTNESS,
    hide_earlier_changes,
    is_narrower,
    sign_off_shut_out,
)
from punte.apps.forum.mails import SESSION_KIND
from punte.apps.forum.models import (
    AgendaChange,
    AgendaRelease,
    Delegate,
    Edition,
    Place,
    Session,
    SessionDraft,
    SessionPart,
)
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.seat_queue import ReadBooked, fill_queues, follow_release, in_no_meeting
from punte.apps.forum.stage_news import on_stage, tell_stage
from punte.apps.forum.word_rows import (
    ByLanguage,
    checked_words,
    copy_words,
    set_words,
    words_of,
)
from punte.apps.people.mail import queue_mails
from punte.apps.people.mail_said import NEWS

Format = SessionFacts.Format


def label_of(edition: Edition, chosen: str) -> dict[str, list[str]]:
    """Return whom a session of this format is released to: everybody, the edition's delegates, those of Allies."""
    delegates = [f"edition:{edition.pk}"]
    return {
        "label_releasable_to": (
            list(edition.label_releasable_to) if chosen == Format.OPEN else delegates
        ),
        "label_restricted_to": ["NATO"] if chosen == Format.ALLIED else [],
        "label_stewards": right_groups("organise", edition_id=edition.pk),
    }


def release_agenda(
    *,
    by: Subject,
    edition: Edition,
    note: str = "",
    notes: ByLanguage | None = None,
    booked: Booked | None = None,
    booked_now: ReadBooked = in_no_meeting,
    read_revision: int | None = None,
) -> AgendaRelease:
    """
    Release what was drafted, and log what was added, moved, changed and called off.

    Parameters
    ----------
    note, notes
        For whoever sees one of the changes; and in the other languages of the edition.
    booked
        When delegates sit in meetings.
    booked_now
        Reads it anew for who waits for a seat, once nobody else can change it.

    Raises
    ------
    AgendaError
        The subject is no organiser, nothing changed, or a conflict of level error stands.
    ChangedMeanwhileError
        Something was drafted since the agenda was read, ``read_revision``; None reads none.
    """
    require_maker(by, edition.pk)
    refuse_classified(_("Agenda"), [(_("note"), note)])
    entries = drafted_agenda(edition.pk)
    errors = [c for c in find_conflicts(edition, entries, booked or {}) if c.level == ERROR]
    if errors:
        raise AgendaError(
            _("The agenda cannot be released yet. %(errors)s")
            % {"errors": " ".join(conflict.text for conflict in errors)}
        )
    changed = [entry for entry in entries if entry.is_drafted]
    if not any(_what(entry) for entry in changed):
        raise AgendaError(_("Nothing changed since the last release. Change a session first."))
    with transaction.atomic():
        # Whoever signs up or books at this moment comes before or after, not in the middle.
        Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)
        claim_revision(edition, "agenda", read=read_revision)
        release = AgendaRelease.objects.create(
            edition=edition, note=whole_text(note, 400), at=timezone.now()
        )
        said = checked_words(edition, release, notes or {}, what=_("Agenda"))
        set_words(release, said if release.note else {})
        queues = [_make_public(release, edition, entry) for entry in changed]
        # Who waits moves up once every session is where it will be.
        for follow in queues:
            follow(key=str(release.pk), booked=booked_now)
        # Who took part in what moved or is off is free then for the sessions that stay.
        fill_queues(edition.pk, booked_now)
        record("agenda.released", release, edition_id=edition.pk, changes=len(changed))
    return release


def _make_public(release: AgendaRelease, edition: Edition, entry: Entry) -> partial[None]:
    """Log a change, make it and tell who takes part; return how the session's queue follows it."""
    session = entry.session
    _log(release, edition, entry)
    is_moved = _what(entry) == AgendaChange.What.MOVED
    concerned, before = _concerned(entry), on_stage(session)
    shut_out = _take_over(edition, entry)
    # Whom another mail tells.
    told = shut_out | tell_stage(release, session, before)
    _tell(release, edition, session, [one for one in concerned if one not in told])
    return partial(follow_release, session, before=before.span, is_moved=is_moved)


def _what(entry: Entry) -> str:
    """Return what a release does to a session; empty where nothing."""
    old, new = entry.session, entry.facts
    if not old.is_released or (old.is_cancelled and not new.is_cancelled):
        return AgendaChange.What.ADDED
    if new.is_cancelled:
        return "" if old.is_cancelled else AgendaChange.What.CANCELLED
    if (old.starts_at, old.ends_at, old.place_id) != (new.starts_at, new.ends_at, new.place_id):
        return AgendaChange.What.MOVED
    if any(getattr(old, name) != getattr(new, name) for name in FACTS):
        return AgendaChange.What.CHANGED
    if entry.is_drafted and words_of(old) != words_of(new):
        return AgendaChange.What.CHANGED
    return ""


def _log(release: AgendaRelease, edition: Edition, entry: Entry) -> None:
    old, new, what = entry.session, entry.facts, _what(entry)
    if not what:
        return
    formats = [new.format, *([old.format] if old.is_released else [])]
    strictest = max(formats, key=lambda chosen: STRICTNESS[Format(chosen)])
    moved = what == AgendaChange.What.MOVED
    AgendaChange.objects.create(
        release=release,
        session_key=old.pk,
        what=what,
        format=strictest,
        title=new.title,
        starts_at=new.starts_at,
        place_name=new.place.name if new.place else "",
        was_at=old.starts_at if moved else None,
        was_in=old.place.name if moved and old.place else "",
        words=_words_then(entry, old.place if moved else None),
        owner_org_id=edition.owner_org_id,
        **label_of(edition, strictest),
    )


def _words_then(entry: Entry, was_in: Place | None) -> dict[str, dict[str, str]]:
    """Return title and places by language, as the log goes on to say them whatever they are called later."""
    found: dict[str, dict[str, str]] = {}
    for name, thing, text in (
        ("title", entry.facts, "title"),
        ("place_name", entry.facts.place, "name"),
        ("was_in", was_in, "name"),
    ):
        for language, texts in words_of(thing).items() if thing else ():
            if texts[text]:
                found.setdefault(language, {})[name] = texts[text]
    return found


def _concerned(entry: Entry) -> list[Delegate]:
    """Return who takes part in a session that moves or is called off; nobody where neither happens."""
    if _what(entry) not in {AgendaChange.What.MOVED, AgendaChange.What.CANCELLED}:
        return []
    with acting_as_system("tell who takes part in a session"):
        return list(
            Delegate.objects.filter(session_parts__session=entry.session)
            .select_related("person__account")
            .distinct()
        )


def _tell(
    release: AgendaRelease, edition: Edition, session: Session, concerned: list[Delegate]
) -> None:
    """Queue a mail for each of them; it is filled in their name when it leaves."""
    queue_mails(
        kind=SESSION_KIND,
        to=[(delegate.person, {NEWS: [str(session.pk)]}) for delegate in concerned],
        key=f"{release.pk} {session.pk}",
        edition_id=edition.pk,
        owner_org_id=edition.owner_org_id,
        about_id=session.pk,
    )


def _take_over(edition: Edition, entry: Entry) -> set[Delegate]:
    """Make a session what was drafted; return who sees it no more and was signed off."""
    session, facts = entry.session, entry.facts
    narrows = session.is_released and is_narrower(session.format, facts.format)
    began_at = session.starts_at
    for name in FACTS:
        setattr(session, name, getattr(facts, name))
    if facts.is_cancelled:
        session.blocks_everyone = False
    for name, value in label_of(edition, facts.format).items():
        setattr(session, name, value)
    session.is_released = True
    session.save()
    if entry.is_drafted:
        copy_words(facts, session)
    SessionDraft.objects.filter(session=session).delete()
    _seat_speakers(session)
    if not narrows:
        return set()
    hide_earlier_changes(session)
    return sign_off_shut_out(edition, session, began_at=began_at)


def _seat_speakers(session: Session) -> None:
    """Whoever is on stage is not free for meetings; whoever left it is again."""
    on_stage = {s.delegate_id: s for s in speakers_of(session) if s.delegate_id is not None}
    with acting_as_system("seat the speakers of a released session"):
        parts = SessionPart.objects.filter(session=session)
        if session.is_cancelled:
            parts.delete()
            return
        parts.exclude(part=SessionPart.Part.LISTENER).delete()
        for delegate in Delegate.objects.filter(pk__in=on_stage, edition=session.edition_id):
            chair = on_stage[delegate.pk].is_chair
            SessionPart.objects.update_or_create(
                session=session,
                delegate=delegate,
                defaults={"part": SessionPart.Part.CHAIR if chair else SessionPart.Part.SPEAKER},
            )
