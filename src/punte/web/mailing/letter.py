"""One mail of the outbox, read by an organiser before it leaves."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.mail_reading import BLANK, Reading, read_waiting
from punte.apps.people.models import Mail
from punte.web.files import file_response
from punte.web.mailing.outbox import row_of, sees_reader
from punte.web.organiser.desk import Desk, open_desk


@require_GET
def show_letter(request: HttpRequest, slug: str, mail_id: UUID) -> HttpResponse:
    """Show a mail that waits as it would leave now, without what the organiser may not see."""
    desk, mail, reading = _read(request, slug, mail_id)
    return render(
        request,
        "mailing/letter.html",
        desk.context(
            row=row_of(mail),
            reading=reading,
            subject=_parts(reading.subject),
            text=_parts(reading.text),
            attachments=[
                {"name": _parts(name), "number": number if reading.files[number] else None}
                for number, name in enumerate(reading.attachments)
            ],
            language=dict(settings.LANGUAGES)[reading.language],
            next=_next(mail),
        ),
    )


@require_GET
def show_file(request: HttpRequest, slug: str, mail_id: UUID, number: int) -> HttpResponse:
    """Give a file that goes with a mail that waits, to keep; one that holds what the organiser may not see is not there."""
    _desk, _mail, reading = _read(request, slug, mail_id)
    file = reading.files[number] if number < len(reading.files) else None
    if file is None:
        raise Http404
    return file_response(file)


def _read(request: HttpRequest, slug: str, mail_id: UUID) -> tuple[Desk, Mail, Reading]:
    desk = open_desk(request, slug, to_change=True)
    waiting = Mail.objects.filter(edition_id=desk.edition.pk).select_related("person", "account")
    mail = waiting.filter(pk=mail_id).first()
    if mail is None or mail.kind not in KINDS:
        raise Http404
    onlooker = active_subject()
    return desk, mail, read_waiting(mail.pk, onlooker=onlooker, sees_reader=sees_reader(mail))


def _parts(words: str) -> list[dict[str, Any]]:
    """Return the words cut at their blanks: each piece, and whether a blank stands before it."""
    return [
        {"words": words, "is_after_blank": at > 0} for at, words in enumerate(words.split(BLANK))
    ]


def _next(mail: Mail) -> Mail | None:
    """Return the next mail that waits for review, in the order of the outbox."""
    after = Mail.objects.filter(
        edition_id=mail.edition_id, state=Mail.State.TO_REVIEW, queued_at__lte=mail.queued_at
    ).exclude(pk=mail.pk)
    same_moment = after.filter(queued_at=mail.queued_at, pk__gt=mail.pk).order_by("pk").first()
    return same_moment or after.filter(queued_at__lt=mail.queued_at).first()
