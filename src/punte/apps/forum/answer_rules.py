"""How requests to a category of attendees are answered: each waits for a yes, or counts as accepted unless it is declined."""

from typing import Final

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.forum.models import AttendeeCategory, Edition
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import SetUpError, require_organiser

MOST_DAYS: Final = 60


def set_answer_rule(
    *,
    by: Subject,
    edition: Edition,
    code: str,
    accepts_unless_declined: bool,
    days: int | None,
    read_revision: int | None = None,
) -> AttendeeCategory:
    """
    Say whether requests to a category count as accepted unless they are declined; it holds for what is sent from now on.

    Parameters
    ----------
    days
        To decline in [days], 1 to 60; ``None`` until the phase of requests ends.

    Raises
    ------
    SetUpError
        The subject is no organiser, there is no such category, or the days are out of range.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    category = edition.categories.filter(code=code).first()
    if category is None:
        raise SetUpError(_("There is no such category. Choose one from the list."))
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise SetUpError(_("Give 1 to 60 days to decline in, or none."))
    claim_revision(edition, "categories", read=read_revision)
    category.accepts_unless_declined = accepts_unless_declined
    category.days_to_decline = days
    category.save(update_fields=["accepts_unless_declined", "days_to_decline"])
    record(
        "edition.answer_rule",
        edition,
        edition_id=edition.pk,
        code=code,
        accepts=accepts_unless_declined,
        days=days or 0,
    )
    return category
