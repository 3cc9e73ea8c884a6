"""The register of organisations, narrowed, in the active subject's name."""

from django.db.models import QuerySet
from django.utils import timezone

from punte.apps.people.models import Organisation


def organisations(
    *,
    words: str = "",
    country: str = "",
    kind: str = "",
    size: str = "",
    is_verified: bool = False,
) -> QuerySet[Organisation]:
    """
    Return the organisations that the subject sees and that were not joined into another, by name.

    Parameters
    ----------
    words
        Each stands in the name.
    country
        ISO 3166-1 alpha-3.
    kind, size
        As :class:`Organisation` names them; what it does not name narrows nothing.
    is_verified
        Only those whose verification holds today.
    """
    rows = Organisation.objects.filter(merged_into__isnull=True)
    for word in words.split():
        rows = rows.filter(name__icontains=word)
    if country:
        rows = rows.filter(country=country)
    if kind in Organisation.Kind.values:
        rows = rows.filter(kind=kind)
    if size and size in Organisation.Size.values:
        rows = rows.filter(size=size)
    if is_verified:
        rows = rows.filter(verified_until__gte=timezone.localdate())
    return rows
