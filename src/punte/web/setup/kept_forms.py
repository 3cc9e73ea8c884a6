"""A form of the set-up that is shown again: with what was typed, its revision, and what stands where that changed meanwhile."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from punte.apps.forum.models import Edition
from punte.apps.forum.revisions import revision_of
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from punte.web.typed import revision_read


def form_again(
    request: HttpRequest,
    edition: Edition,
    about: str,
    *,
    values: Mapping[str, Any],
    labels: Mapping[str, object],
    refused: PunteError | None,
) -> dict[str, Any]:
    """
    Return what the template of a form takes: its values, its revision, and what stands where somebody else kept it.

    Parameters
    ----------
    about
        Which form, as its revisions are counted.
    values, labels
        What stands now by field, and what a reader calls each.
    refused
        Why what was sent was refused; None where nothing was sent.
    """
    typed = request.POST.dict()
    if refused is None:
        return {"values": values, "revision": revision_of(edition, about), "stands": []}
    if not isinstance(refused, ChangedMeanwhileError):
        # What they read is still what they read: a fault of theirs lets nobody else's words slip by.
        return {"values": typed, "revision": revision_read(request), "stands": []}
    stands = [
        (label, value if value not in {"", None} else _("empty"))
        for name, label in labels.items()
        if str(value := values.get(name, "")) != str(typed.get(name, ""))
    ]
    return {"values": typed, "revision": revision_of(edition, about), "stands": stands}


def status_of(refused: PunteError | None) -> int:
    """Return the status of a page that shows a form: 409 where somebody else kept it meanwhile."""
    return 409 if isinstance(refused, ChangedMeanwhileError) else 200
