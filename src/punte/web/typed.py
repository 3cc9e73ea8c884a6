"""What was typed into a form that was refused: kept for the next showing of its page, so that nobody types twice."""

from typing import Final

from django.http import HttpRequest

KEY: Final = "typed"
MOST: Final = 20_000
"""Characters that are kept; a longer form is not."""
NEVER: Final = frozenset({"csrfmiddlewaretoken", "password"})


def keep_typed(request: HttpRequest, *, page: str = "", refused: str = "") -> None:
    """
    Keep the fields of a refused form in the session.

    Parameters
    ----------
    page
        Path of the page that shows the form again; the request's own where empty.
    refused
        Why it was refused, for the page to say beside the form: the field "refused" of what was typed.
    """
    fields = {
        name: text
        for name, text in request.POST.items()
        if isinstance(text, str) and name not in NEVER
    }
    if refused:
        fields["refused"] = refused
    if sum(map(len, fields.values())) <= MOST:
        request.session[KEY] = {"page": page or request.path, "fields": fields}


def typed_before(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into this page's form before it was refused, once; empty where nothing was."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("page") != request.path:
        return {}
    del request.session[KEY]
    return dict(kept["fields"])
