"""Who takes part in a request or its meeting, as a condition of a question."""

from django.db.models import F, Q
from django.db.models.expressions import Combinable

from punte.apps.access.kept_questions import IsAmong


def takes_part(delegate: Combinable, at: str = "") -> Q:
    """
    Return the condition that a delegate takes part in what is asked for: as a side, or coming along.

    Parameters
    ----------
    delegate
        Its key, as a value or a place in a kept question.
    at
        How the request is reached, such as ``"request__"``.
    """
    along = Q(IsAmong(delegate, F(f"{at}colleagues")))
    return (
        Q(**{f"{at}sender_id": delegate})
        | Q(**{f"{at}receiver_id": delegate})
        | (Q(**{f"{at}has_colleagues": True}) & along)
    )
