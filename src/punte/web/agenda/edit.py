"""The organisers' side of the agenda: drafts with their conflicts, one session, release."""

import datetime as dt
from collections import defaultdict
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.forum import agenda, agenda_actions
from punte.apps.forum.agenda_crowding import find_crowding
from punte.apps.forum.agenda_release import release_agenda
from punte.apps.forum.agenda_stage import find_stage_conflicts
from punte.apps.forum.models import (
    Edition,
    Session,
    SessionDraft,
    SessionPart,
    SessionWait,
)
from punte.apps.forum.models.agenda import SessionFacts
from punte.apps.forum.seat_queue import how_many_wait, queue_of
from punte.apps.forum.word_rows import other_languages
from punte.apps.meetings.stage import booked_rooms, booked_spans
from punte.kernel.errors import PunteError
from punte.web.agenda.pages import edition_or_404, frame
from punte.web.agenda.session_form import form_labels, form_values, wish_of
from punte.web.refusals import tell_refusal
from punte.web.setup.kept_forms import form_again, status_of
from punte.web.setup.reading import said_twice
from punte.web.setup.words import WORD, words_form, words_typed
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.typed import revision_read


def _open(slug: str) -> Edition:
    edition = edition_or_404(slug)
    if not agenda_actions.may_make_agenda(active_subject(), edition.pk):
        raise Http404
    return edition


@require_http_methods(["GET", "POST"])
def show_drafts(request: HttpRequest, slug: str) -> HttpResponse:
    """
    List every session with its conflicts; set the hours of the venue, release. What was written stays where it is refused.

    With ``?as=csv`` or ``?as=xlsx`` it is a file: who signed up for what.
    """
    edition = _open(slug)
    if request.method == "GET" and (ending := asked_ending(request)):
        return _signed_up_file(edition, ending)
    booked = booked_spans(edition.pk)
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            _take_step(request, edition, booked)
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
            edition.refresh_from_db()
        else:
            return redirect("agenda_edit", slug=slug)
    entries = agenda.drafted_agenda(edition.pk)
    rooms = booked_rooms(edition.pk)
    taken = agenda.seats_taken(entry.session for entry in entries)
    waiting = how_many_wait(entry.session for entry in entries)
    return render(
        request,
        "agenda/edit.html",
        frame(
            request,
            edition,
            entries=[
                (one, taken.get(one.session.pk, 0), waiting.get(one.session.pk, 0))
                for one in entries
            ],
            conflicts=[
                *agenda.find_conflicts(edition, entries, booked),
                *find_crowding(entries, booked, rooms),
                *find_stage_conflicts(edition, entries),
            ],
            repair=_repair_address(edition, entries, booked, rooms),
            drafts=sum(entry.is_drafted for entry in entries),
            **_forms(request, edition, refused),
        ),
        status=status_of(refused),
    )


def _repair_address(
    edition: Edition, entries: list[agenda.Entry], booked: agenda.Booked, rooms: agenda.Booked
) -> str:
    """Return where the timetable is repaired, once a session is released over its meetings; empty where none is."""
    released = [one for one in entries if one.session.is_released and not one.is_drafted]
    found = find_crowding(released, booked, rooms)
    is_needed = any(one.level == agenda.REPAIR for one in found)
    return f"/e/{edition.slug}/timetable/repair/" if is_needed else ""


def _signed_up_file(edition: Edition, ending: str) -> HttpResponse:
    columns = [
        *(_("Begins"), _("Title"), _("Place"), _("Name"), _("Organisation"), _("Country")),
        *(_("Seat"), _("Place in the queue")),
    ]
    rows = [[*_sign_up_cells(edition, one), _("yes"), ""] for one in agenda.signed_up(edition.pk)]
    places: dict[UUID, int] = defaultdict(int)
    for one in queue_of(edition.pk):
        places[one.session_id] += 1
        rows.append([*_sign_up_cells(edition, one), _("waits"), places[one.session_id]])
    return table_response(
        f"{edition.slug}-sign-ups", columns, rows, ending=ending, marking=Tlp.AMBER
    )


def _sign_up_cells(edition: Edition, row: SessionPart | SessionWait) -> list[object]:
    session, delegate = row.session, row.delegate
    return [
        minute_in(edition.zone, session.starts_at),
        session.title,
        session.place.name if session.place else "",
        delegate.badge_name,
        delegate.organisation.name,
        country_name(delegate.organisation.country_id),
    ]


def _forms(
    request: HttpRequest, edition: Edition, refused: PunteError | None
) -> dict[str, dict[str, Any]]:
    is_hours = request.POST.get("do") == "hours"
    hours = form_again(
        request,
        edition,
        "hours",
        values={
            "opens_at": f"{edition.opens_at:%H:%M}",
            "closes_at": f"{edition.closes_at:%H:%M}",
        },
        labels={"opens_at": _("Opens"), "closes_at": _("Closes")},
        refused=refused if is_hours else None,
    )
    # What stands is the list above the form: whoever releases has it before their eyes.
    release = form_again(
        request,
        edition,
        "agenda",
        values={},
        labels={},
        refused=None if is_hours else refused,
    )
    languages = [
        (code, name, request.POST.get(f"note-{code}", ""))
        for code, name in other_languages(edition)
    ]
    return {"hours": hours, "release": {**release, "languages": languages}}


def _take_step(request: HttpRequest, edition: Edition, booked: agenda.Booked) -> None:
    data, subject = request.POST, active_subject()
    if data.get("do") == "hours":
        agenda_actions.set_hours(
            by=subject,
            edition=edition,
            opens_at=_time(data.get("opens_at", "")),
            closes_at=_time(data.get("closes_at", "")),
            read_revision=revision_read(request),
        )
        messages.success(request, _("Kept."))
        return
    release_agenda(
        by=subject,
        edition=edition,
        note=data.get("note", ""),
        notes=words_typed(data, edition, ("note",)),
        booked=booked,
        booked_now=partial(booked_spans, edition.pk),
        read_revision=revision_read(request),
    )
    messages.success(request, _("Released: everybody who may see a session sees it as it is now."))


def _time(text: str) -> dt.time:
    try:
        return dt.time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError as error:
        raise PunteError(
            _("“%(text)s” is no time. Write hours and minutes, such as 09:30.")
            % {"text": text[:20]}
        ) from error


@require_http_methods(["GET", "POST"])
def begin_session(request: HttpRequest, slug: str) -> HttpResponse:
    """Draft a new session."""
    return _write(request, _open(slug), None)


@require_http_methods(["GET", "POST"])
def change_session(request: HttpRequest, slug: str, session_id: UUID) -> HttpResponse:
    """Draft changes of a session, or call it off."""
    edition = _open(slug)
    session = Session.objects.filter(edition=edition, pk=session_id).first()
    if session is None:
        raise Http404
    return _write(request, edition, session)


def _write(request: HttpRequest, edition: Edition, session: Session | None) -> HttpResponse:
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            _keep(request, edition, session)
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
        else:
            return redirect("agenda_edit", slug=edition.slug)
    deed = request.POST.get("do", "")
    draft = SessionDraft.objects.filter(session=session).first() if session else None
    facts: SessionFacts | None = draft or session
    form = form_again(
        request,
        edition,
        agenda_actions.form_of(session) if session else "",
        values=form_values(edition, facts),
        labels=form_labels(),
        # Calling off has no field: its form is shown as it stands.
        refused=None if deed in {"off", WORD} else refused,
    )
    return render(
        request,
        "agenda/write.html",
        frame(
            request,
            edition,
            session=session,
            words=_words(request, edition, session, facts, refused if deed == WORD else None),
            title=facts.title if facts else "",
            places=[(str(one.pk), one.name) for one in edition.places.all()],
            kinds=SessionFacts.Kind.choices,
            formats=SessionFacts.Format.choices,
            queue=queue_of(edition.pk, session.pk) if session else None,
            **form,
        ),
        status=status_of(refused),
    )


def _words(
    request: HttpRequest,
    edition: Edition,
    session: Session | None,
    facts: SessionFacts | None,
    refused: PunteError | None,
) -> dict[str, Any] | None:
    if session is None or facts is None:
        return None
    return words_form(
        request,
        edition,
        facts,
        kind="session",
        about=agenda_actions.form_of(session),
        refused=refused,
    )


def _keep(request: HttpRequest, edition: Edition, session: Session | None) -> None:
    by, read = active_subject(), revision_read(request)
    if request.POST.get("do") == "off" and session is not None:
        agenda_actions.call_off(by=by, edition=edition, session=session, read_revision=read)
        messages.success(request, _("It is called off with the next release."))
        return
    if request.POST.get("do") == WORD and session is not None:
        words = words_typed(request.POST, edition, Session.WORDS)
        agenda_actions.word_session(
            by=by, edition=edition, session=session, words=words, read_revision=read
        )
        messages.success(request, _("Kept as a draft. Release the agenda to show it."))
        return
    wish = wish_of(edition, request.POST)
    agenda_actions.draft_session(
        by=by, edition=edition, wish=wish, session=session, read_revision=read
    )
    messages.success(request, _("Kept as a draft. Release the agenda to show it."))
    for sentence in said_twice((wish.starts_at, wish.ends_at)):
        messages.info(request, sentence)
