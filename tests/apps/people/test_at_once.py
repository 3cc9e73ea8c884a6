"""Two connections at once: the row is held, so that the second step sees what the first did."""

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cast import EDITION, Cast, make_cast
from edition_rows import make_edition
from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, acting, acting_as_system, right_groups
from punte.apps.forum.models import Application, Edition, Phase
from punte.apps.forum.registration import Form, RegistrationError, apply
from punte.apps.people.models import ClearanceStage, Nomination, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.vetting import decide, withdraw_nomination

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return make_cast()


def together(*steps: Callable[[], None]) -> list[Exception]:
    """Run steps in threads with connections of their own; return what was refused."""
    refused: list[Exception] = []
    begin = threading.Barrier(len(steps))

    def run(step: Callable[[], None]) -> None:
        try:
            begin.wait(timeout=30)
            step()
        except Exception as error:  # noqa: BLE001  (the test looks at each)
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return refused


def test_a_withdrawal_while_a_vetter_clears_never_ends_cleared(people: Cast) -> None:
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=EDITION, position=1, name="Security", right="organise"
        )
        Person.objects.filter(pk=people.company.person.pk).update(
            label_stewards=right_groups("organise", edition_id=EDITION)
        )
        key = Nomination.objects.get(person=people.company.person).pk
    organiser, company = people.organiser.subject, people.company.subject

    def clear() -> None:
        with acting(organiser) as by, transaction.atomic():
            row = Nomination.objects.get(pk=key)
            decide(by=by, nomination=row, decision="cleared")
            time.sleep(0.05)

    def withdraw() -> None:
        with acting(company) as by, transaction.atomic():
            row = Nomination.objects.get(pk=key)
            withdraw_nomination(by=by, nomination=row)
            time.sleep(0.05)

    for _turn in range(5):
        with acting_as_system("tests"):
            Nomination.objects.filter(pk=key).update(state="waiting", cleared_at=None)
        refused = together(clear, withdraw)
        with acting_as_system("tests"):
            assert Nomination.objects.get(pk=key).state == "withdrawn"
        assert all(isinstance(error, NotAllowedError) for error in refused), refused
        assert len(refused) <= 1


def test_two_clicks_on_apply_make_one_application() -> None:
    edition = make_edition().edition
    with acting_as_system("tests"):
        now = timezone.now()
        Edition.objects.filter(pk=edition.pk).update(takes_applications=True)
        Phase.objects.update_or_create(
            edition=edition,
            kind=Phase.Kind.REGISTER,
            defaults={
                "starts_at": now - dt.timedelta(days=1),
                "ends_at": now + dt.timedelta(days=1),
            },
        )
        edition.refresh_from_db()
    account = Account.objects.create_user("new@example.org")
    form = Form(
        name="Ana Pop",
        function="",
        organisation="Podul",
        kind="company",
        country="ROU",
        category="industry",
        answers={},
    )

    def click() -> None:
        with acting(VISITOR) as by, transaction.atomic():
            apply(account=account, subject=by, edition=edition, form=form)

    refused = together(click, click)
    assert [type(error) for error in refused] == [RegistrationError], refused
    with acting_as_system("tests"):
        assert Application.objects.filter(account=account).count() == 1
