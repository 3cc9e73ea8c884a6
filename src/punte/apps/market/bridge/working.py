"""What the worker does with texts: reads each once as it stands, and forgets what is gone."""

from collections.abc import Sequence
from uuid import UUID

from punte.apps.market.bridge.readings import (
    PART,
    counted,
    free_of_languages,
    key_of,
    model,
    sentences_about,
    tally_kind,
    vectors_of,
)
from punte.apps.market.models import Tally, Vector
from punte.engines.matching.collection import encoded_text
from punte.engines.matching.instance import Item


def read_item(item: Item) -> None:
    """Read all that can be read out of one item, keep it, and drop what was read out of earlier wordings."""
    about = UUID(item.id)
    counted([item], may_keep=True)
    vectors_of([item], most_new=1)
    sentences = list(sentences_about([item]))
    if model() is not None and sentences:
        free_of_languages(sentences_about([item]), most_new=len(sentences)).encode(sentences)
    encoder = model()
    key = key_of(tally_kind(), item.id, repr(item))
    Tally.objects.filter(about=about).exclude(key=key).delete()
    if encoder is not None:
        live = {key_of(encoder.sha256, item.id, text) for text in (encoded_text(item), *sentences)}
        Vector.objects.filter(about=about).exclude(key__in=live).delete()


def read_waiting(items: Sequence[Item], *, most: int) -> int:
    """
    Read those items that nothing was read out of in their present wording, and return how many were [count].

    Parameters
    ----------
    most
        How many are read now, >= 0.
    """
    kind = tally_kind()
    key_for = {key_of(kind, item.id, repr(item)): item for item in items}
    keys = list(key_for)
    for start in range(0, len(keys), PART):
        rows = Tally.objects.filter(key__in=keys[start : start + PART])
        for key in rows.values_list("key", flat=True):
            key_for.pop(bytes(key), None)
    waiting = list(key_for.values())[:most]
    for item in waiting:
        read_item(item)
    return len(waiting)


def forget_all_but(living: set[UUID]) -> None:
    """Drop what was read out of things that are gone."""
    for table in (Tally, Vector):
        held = table.objects.order_by().values_list("about", flat=True).distinct()
        gone = list({about for about in held if about is not None} - living)
        for start in range(0, len(gone), PART):
            table.objects.filter(about__in=gone[start : start + PART]).delete()


def forget(about: UUID) -> None:
    """Drop what was read out of a thing that is withdrawn."""
    Tally.objects.filter(about=about).delete()
    Vector.objects.filter(about=about).delete()
