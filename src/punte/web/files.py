"""Files that people handed in or publish: read within bounds, given back as something to keep, never to run."""

from django.http import HttpResponse
from django.http.request import HttpRequest
from django.utils.http import content_disposition_header

from punte.apps.access.models import StoredFile
from punte.apps.access.uploads import MOST_BYTES
from punte.apps.people.mail_kinds import Attachment


def file_of(request: HttpRequest, name: str) -> tuple[str, bytes] | None:
    """Return name and content of an uploaded file, at most a byte more than is taken; None where there is none."""
    file = request.FILES.get(name)
    if file is None:
        return None
    return str(file.name or "file"), bytes(file.read(MOST_BYTES + 1))


def file_response(file: StoredFile | Attachment) -> HttpResponse:
    """Return a file as an attachment with the type of what it is; no browser guesses another (nosniff), none keeps it."""
    disposition = content_disposition_header(as_attachment=True, filename=file.name)
    return HttpResponse(
        bytes(file.content),
        content_type=file.media_type,
        headers={
            "Content-Disposition": disposition or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
