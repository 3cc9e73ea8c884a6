"""The agenda of an edition as released."""

import datetime as dt
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router

from punte.api.paging import Page, Paging, lines_of
from punte.api.resources.editions import edition_or_404
from punte.api.schemas import Answer, Marking, marking_of, said
from punte.apps.forum.agenda import released_session, released_sessions, speakers_of
from punte.apps.forum.models import Session
from punte.apps.forum.word_rows import words_of

router = Router(tags=["Agenda"])


class SpeakerAnswer(Answer):
    """Somebody on stage."""

    name: str = said("Who.", "Claire Verdon")
    function: str = said("In which function.", "Director")
    is_chair: bool = said("Whether it chairs.", False)


class SessionWords(Answer):
    """The texts of a session in another language than the edition's first; one that is empty is said in the first."""

    language: str = said("Its code.", "ro")
    title: str = said("Its title.", "Inovație în ritm alert")
    subtitle: str = said("Its second line.", "")
    about: str = said("What it is about.", "De la prototip la serie.")
    track: str = said("Its track.", "")


class SessionAnswer(Answer):
    """A part of the agenda."""

    id: UUID = said("For good.", "6b1c4a52-5a1d-4a0e-9a43-0d5e1a3a9a33")
    code: str = said("As printed.", "S04")
    kind: str = said("plenary, keynote, panel, side or break.", "panel")
    format: str = said("Who enters: allied, partner or open.", "open")
    title: str = said("Its title.", "Innovation at speed")
    subtitle: str = said("Its second line.", "")
    about: str = said("What it is about.", "From prototype to series.")
    track: str = said("Its track.", "")
    language: str = said("Spoken.", "en")
    link: str = said("Where it is streamed.", "")
    starts_at: dt.datetime = said("Begins.", "2025-11-05T08:00:00Z")
    ends_at: dt.datetime = said("Ends.", "2025-11-05T09:00:00Z")
    place: str = said("Where; empty where none is set.", "Hall A")
    place_wordings: dict[str, str] = said(
        "What other languages call the place, by their code.", {"ro": "Sala A"}
    )
    is_cancelled: bool = said("Whether it is called off.", False)
    speakers: list[SpeakerAnswer] = said("Who is on stage.")
    wordings: list[SessionWords] = said("Its texts in other languages, as far as they are written.")
    marking: Marking


def _answer(row: Session) -> SessionAnswer:
    plain = (
        "code kind format title subtitle about track language link starts_at ends_at is_cancelled"
    )
    return SessionAnswer(
        id=row.pk,
        place=row.place.name if row.place else "",
        place_wordings={code: texts["name"] for code, texts in words_of(row.place).items()}
        if row.place
        else {},
        speakers=[
            SpeakerAnswer(name=one.name, function=one.function, is_chair=one.is_chair)
            for one in speakers_of(row)
        ],
        wordings=[SessionWords(language=code, **texts) for code, texts in words_of(row).items()],
        marking=marking_of(row),
        **{name: getattr(row, name) for name in plain.split()},
    )


@router.get(
    "/{slug}/sessions",
    response=Page[SessionAnswer],
    operation_id="list_sessions",
    summary="List the sessions of an edition",
    description="The released sessions that you see, in time order, each with who is on stage.",
)
def list_all(request: HttpRequest, slug: str, asked: Query[Paging]) -> Page[SessionAnswer]:
    """Return a page of sessions."""
    del request
    edition = edition_or_404(slug)
    shown, cursor = lines_of(
        released_sessions(edition.pk),
        asked,
        name=f"sessions {edition.pk}",
        key=lambda row: [row.starts_at.astimezone(dt.UTC).isoformat(), row.code, str(row.pk)],
    )
    return Page(items=[_answer(row) for row in shown], next_cursor=cursor)


@router.get(
    "/{slug}/sessions/{uuid:session_id}",
    response=SessionAnswer,
    operation_id="get_session",
    summary="Read a session",
    description="One released session with who is on stage.",
)
def get_one(request: HttpRequest, slug: str, session_id: UUID) -> SessionAnswer:
    """Return one session."""
    del request
    row = released_session(edition_or_404(slug).pk, session_id)
    if row is None:
        raise Http404
    return _answer(row)
