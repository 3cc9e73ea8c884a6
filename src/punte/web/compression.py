"""Pages travel compressed: text only, since pictures and type are so already, and never streams of events."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT_TYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "image/svg+xml",
    "text/csv",
)


class TextCompression(GZipMiddleware):
    """
    Django's compression for text.

    Its random padding hides how much a secret in the page shortens it (BREACH); tokens of forms are masked anew in each page
    that is composed; one that is kept ready repeats nothing that a stranger could have put into it.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress a text, leave everything else."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in TEXT_TYPES:
            return response
        return super().process_response(request, response)
