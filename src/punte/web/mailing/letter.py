"""One mail of the outbox, read by an organiser before it leaves."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import active_subject
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.mail_reading import BLANK, read_waiting
from punte.apps.people.models import Mail
from punte.web.mailing.outbox import row_of, sees_reader
from punte.web.organiser.desk import open_desk


@require_GET
def show_letter(request: HttpRequest, slug: str, mail_id: UUID) -> HttpResponse:
    """Show a mail that waits as it would leave now, without what the organiser may not see."""
    desk = open_desk(request, slug, to_change=True)
    waiting = Mail.objects.filter(edition_id=desk.edition.pk).select_related("person", "account")
    mail = waiting.filter(pk=mail_id).first()
    if mail is None or mail.kind not in KINDS:
        raise Http404
    reading = read_waiting(mail.pk, onlooker=active_subject(), sees_reader=sees_reader(mail))
    return render(
        request,
        "mailing/letter.html",
        desk.context(
            row=row_of(mail),
            reading=reading,
            subject=_parts(reading.subject),
            text=_parts(reading.text),
            attachments=[_parts(name) for name in reading.attachments],
            language=dict(settings.LANGUAGES)[reading.language],
            next=_next(mail),
        ),
    )


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
