"""Two organisers press "Invite those without an account" in one instant: each person is invited once."""

import threading

import pytest
from django.db import connection, transaction

from cleared_rows import clear_everybody
from edition_rows import make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people.invitations import invite_all, without_account
from punte.apps.people.models import Person
from punte.apps.people.models.vetting import Invitation
from punte.apps.people.queries import subject_of_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("transactional_db")
def test_pressed_twice_in_one_instant_it_invites_once() -> None:
    from punte.apps.access.reference import load_reference

    load_reference()
    rows = make_edition(requests=4)
    clear_everybody(rows.edition)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting_as_system("tests"):
        for number, one in enumerate(Person.objects.filter(account=None, email="")):
            Person.objects.filter(pk=one.pk).update(email=f"p{number}@guests.example")
        waiting = without_account(rows.edition.pk).count()
    assert waiting > 5
    first_holds, counts = threading.Event(), []

    def press(*, is_first: bool) -> None:
        try:
            if not is_first:
                first_holds.wait(10)
            with transaction.atomic(), acting(organiser):
                counts.append(invite_all(by=organiser, edition_id=rows.edition.pk))
                if is_first:
                    first_holds.set()
                    # Meanwhile the second has asked who is without an account, and waits for the first.
                    threading.Event().wait(1)
        finally:
            connection.close()

    presses = [threading.Thread(target=press, kwargs={"is_first": one}) for one in (True, False)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(30)
    assert sorted(counts) == [0, waiting]
    with acting_as_system("tests"):
        assert Invitation.objects.filter(edition_id=rows.edition.pk).count() == waiting
