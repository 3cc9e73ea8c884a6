"""Answer input that no field can hold with a clear page, wherever it was written: the last line behind the forms' own checks."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from punte.kernel.characters import without_unseen
from punte.web.navigation import main_items

NUL = "\x00"


class UnreadableInputMiddleware:
    """
    Refuse the character NUL in addresses and forms, and tell what the database refused as what it is.

    What is written into a form passes here before any page reads it: characters that nobody sees are taken out, and the
    reader is told. Which are permitted, :mod:`punte.kernel.characters` says.

    It stands innermost, so that its page is shown like every other one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or say what cannot be read."""
        if NUL in request.path or any(NUL in text for text in _texts(request)):
            return self._tell(request, _nul_sentence())
        if _take_out_unseen(request):
            messages.warning(
                request,
                _(
                    "Characters that nobody sees were taken out of what you wrote: they can make one text read as another."
                ),
            )
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for what reached the database though a form should have refused it; nothing is kept of it."""
        told = str(error)
        if isinstance(error, DatabaseError) and "carries a marking of" in told:
            sentence = _(
                "Something in what you wrote carries a marking of RESTRICTED or above. Punte takes no classified "
                "information: remove it, tell your security officer, and write an unclassified version."
            )
        elif isinstance(error, DatabaseError | ValueError) and "NUL" in told:
            sentence = _nul_sentence()
        else:
            return None
        transaction.set_rollback(True)
        return self._tell(request, sentence)

    def _tell(self, request: HttpRequest, sentence: str) -> HttpResponse:
        if request.headers.get("Accept") == "application/json":
            return JsonResponse({"error": sentence}, status=400)
        context = {"sentence": sentence, "navigation": main_items(request)}
        return render(request, "400.html", context, status=400)


def _nul_sentence() -> str:
    return _(
        "The address or the form holds a character that is no text (NUL). Remove it and try again; nothing was changed."
    )


def _take_out_unseen(request: HttpRequest) -> bool:
    """Take the characters that nobody sees out of a form; return whether there were any. Passwords stay as they are."""
    if request.method != "POST" or request.path.startswith("/api/"):
        return False
    plain = {
        name: cleaned
        for name, texts in request.POST.lists()
        if "password" not in name
        and (cleaned := [without_unseen(str(text)) for text in texts]) != texts
    }
    if not plain:
        return False
    fields = request.POST.copy()
    for name, texts in plain.items():
        fields.setlist(name, texts)
    fields._mutable = False  # noqa: SLF001  (as Django's own parser leaves it)
    request.POST = fields  # type: ignore[assignment]
    return True


def _texts(request: HttpRequest) -> Iterable[str]:
    for fields in (request.GET, request.POST):
        for name, texts in fields.lists():
            yield name
            yield from map(str, texts)
    yield from request.FILES.keys()  # the names of the files themselves arrive without what cannot be printed
