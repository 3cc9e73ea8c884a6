"""What a form was opened on: a row that changed in between is refused as everywhere else."""

import pytest

from cast import Cast
from money_desk import make_keepers
from punte.apps.access.permissions import acting
from punte.apps.funding.models import LoanPlan
from punte.apps.funding.read_state import require_unchanged, state_of
from punte.kernel.errors import ChangedMeanwhileError

pytestmark = pytest.mark.django_db


def test_a_row_that_changed_in_between_is_refused() -> None:
    cast: Cast = make_keepers()
    with acting(cast.authority.subject):
        plan = LoanPlan.objects.get(is_synthetic=True)
        read = state_of(plan)
        require_unchanged(plan, read)
        LoanPlan.objects.filter(pk=plan.pk).update(name="Other")
        with pytest.raises(ChangedMeanwhileError, match="carry yours over"):
            require_unchanged(plan, read)
