"""
Forms of an edition that several people keep: nobody overwrites what they did not read.

One mechanism for all of them. A page shows a form with its revision; who keeps it hands that revision in; where another one
was kept in between, nothing is written, and the page shows both. Needs, offers and requests count theirs on their own rows.
"""

from django.db.models import F
from django.utils.translation import gettext as _

from punte.apps.forum.models import Edition, FormRevision
from punte.kernel.errors import ChangedMeanwhileError


def revision_of(edition: Edition, about: str) -> int:
    """Return which revision of a form stands, from 1 on."""
    numbers = FormRevision.objects.filter(edition=edition, about=about)
    return numbers.values_list("number", flat=True).first() or 1


def claim_revision(edition: Edition, about: str, *, read: int | None) -> None:
    """
    Count a form as kept, once everything else about it was found right, and hold it until the transaction ends.

    Parameters
    ----------
    about
        Which form: ``facts``, ``phases``, ``closed T01``, ``session`` and its key.
    read
        The revision that the person had before their eyes; None where no form was read, as in a copy of an edition.

    Raises
    ------
    ChangedMeanwhileError
        Another revision was kept since; nothing is written.
    """
    row, _is_new = FormRevision.objects.get_or_create(edition=edition, about=about)
    rows = FormRevision.objects.filter(pk=row.pk)
    claimed = (rows if read is None else rows.filter(number=read)).update(number=F("number") + 1)
    if not claimed:
        raise ChangedMeanwhileError(changed_meanwhile())


def changed_meanwhile() -> str:
    """Return what is said, on every form alike, to who wrote while somebody else kept the same."""
    return _(
        "Somebody else changed this while you wrote, so nothing of yours was kept. What you wrote is still here, and what "
        "stands now is shown beside it: compare, then keep yours again."
    )
