"""Leave NUL characters out of what forms and addresses say: no text of the database can hold one."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

NUL = "\x00"


class WithoutNul:
    """
    Middleware: fields read on behind it hold no NUL.

    A person cannot type one; it comes from a copied file or from somebody who looks for a fault. A page whose very
    address has one is not there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Clean the fields and go on."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _cleaned(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """
        Clean the form; only here, so that a view that reads the body as a stream still can.

        Raises
        ------
        Http404
            The address has a NUL.
        """
        if NUL in request.path_info:
            raise Http404
        if request.method == "POST" and any(
            NUL in text for _name, values in request.POST.lists() for text in values
        ):
            request.POST = _cleaned(request.POST)  # type: ignore[assignment]


def _cleaned(fields: QueryDict) -> QueryDict:
    found = fields.copy()
    for name, values in fields.lists():
        found.setlist(name, [text.replace(NUL, "") for text in values])
    found._mutable = False  # noqa: SLF001  (as the request's own)
    return found
