"""What was typed into a form that was refused: kept for the next showing of its page, so that nobody types twice."""

from typing import Final

from django.http import HttpRequest

from punte.kernel.markings import marking_in

KEY: Final = "typed"
MOST: Final = 20_000
"""Characters that are kept; a longer form is not."""
MOST_TOLD: Final = 2_000
"""Characters of a refusal that are told."""
NEVER: Final = frozenset({"csrfmiddlewaretoken", "password"})


def keep_typed(request: HttpRequest, *, page: str = "", refused: str = "", form: str = "") -> None:
    """
    Keep the fields of a refused form in the session, but for those that bear a marking: what is refused is stored nowhere.

    Of a field that came several times each text is kept under its number: ``start1``, ``start2`` and so on.

    Parameters
    ----------
    page
        Path of the page that shows the form again; the request's own where empty.
    refused
        Why it was refused, for the page to say beside the form: the field "refused" of what was typed.
    form
        Which of the page's forms it was: the field "form" of what was typed.
    """
    fields = {
        name: text
        for name, text in request.POST.items()
        if isinstance(text, str) and name not in NEVER
    }
    for name, texts in request.POST.lists():
        if len(texts) > 1 and name not in NEVER:
            fields |= {f"{name}{number}": str(text) for number, text in enumerate(texts, 1)}
    if sum(map(len, fields.values())) > MOST:
        fields = {}
    fields = {name: text for name, text in fields.items() if not marking_in(text)}
    if refused:
        fields["refused"] = shortened(refused)
    if form:
        fields["form"] = form
    request.form_was_refused = True  # type: ignore[attr-defined]
    request.session[KEY] = {"page": page or request.path, "fields": fields}


def revision_read(request: HttpRequest) -> int:
    """Return which revision a form was opened on; 0, which is none, for a form that does not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def shortened(text: str) -> str:
    """Return a refusal that a page can show: a list of a thousand names says no more than its beginning."""
    return text if len(text) <= MOST_TOLD else f"{text[:MOST_TOLD]}…"


def typed_before(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into this page's form before it was refused, once; empty where nothing was."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("page") != request.path:
        return {}
    del request.session[KEY]
    return dict(kept["fields"])
