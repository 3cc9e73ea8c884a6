"""What a form was opened on: whoever changed the row in between is not overwritten unseen."""

from django.utils.translation import gettext as _

from punte.apps.funding import bridge
from punte.apps.funding.models import Allocation, EligibilityCase, LoanPlan
from punte.kernel.errors import ChangedMeanwhileError


def state_of(row: LoanPlan | Allocation | EligibilityCase) -> str:
    """Return what a form remembers of the row that it was opened on."""
    state = {"name": row.name, "content": row.content}
    if isinstance(row, EligibilityCase):
        state |= {"rules": row.rules, "on": row.on.isoformat()}
    return bridge.sha256_of(state)


def require_unchanged(row: LoanPlan | Allocation | EligibilityCase, read: str) -> None:
    """
    Refuse to keep a form whose row was changed since it was opened, and hold the row until this one is kept.

    Parameters
    ----------
    read
        What the form remembered; a form that remembers nothing was opened on what stands now.

    Raises
    ------
    ChangedMeanwhileError
        Somebody kept a change in between.
    """
    now = type(row).objects.select_for_update().filter(pk=row.pk).first()
    if now is None or state_of(now) != (read or state_of(row)):
        raise ChangedMeanwhileError(
            _(
                "It was changed since you opened it, so nothing was kept of yours. Open it anew beside this page, and carry yours over."
            )
        )
