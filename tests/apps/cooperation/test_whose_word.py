"""What is shown to everyone, and what becomes of a cooperation, is the word of those who answer for it."""

import pytest

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.cooperation import assistance, follow_up
from punte.apps.cooperation.models import Cooperation
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.people.models import Organisation
from punte.apps.people.queries import subject_of_account

pytestmark = pytest.mark.django_db
COURSE = {"kind": "training", "side": "offer", "title": "Course", "about": "", "beneficiaries": ""}


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_an_organiser_reads_a_cooperation_of_others_and_changes_nothing(rows: Rows) -> None:
    request, sender, _receiver, third = meeting_of(rows)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Two of them")
    with acting(organiser):
        seen = Cooperation.objects.get(pk=made.pk)
        with pytest.raises(NotPartOfItError):
            follow_up.set_stage(by=organiser, cooperation=seen, stage="contact", reason="back")
        with pytest.raises(NotPartOfItError):
            follow_up.add_partner(
                by=organiser,
                cooperation=seen,
                organisation=Organisation.objects.get(pk=third.org_id),
            )


def test_a_company_shows_nothing_to_everyone_and_an_authority_does(rows: Rows) -> None:
    _request, sender, _receiver, _third = meeting_of(rows)
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=sender.org_id).update(kind="company")
    with acting(sender), pytest.raises(NotPartOfItError, match="public authority"):
        assistance.enter_assistance(by=sender, releasable_to=[PUBLIC], **COURSE)
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=sender.org_id).update(kind="authority")
    with acting(sender):
        assistance.enter_assistance(by=sender, releasable_to=[PUBLIC], **COURSE)
