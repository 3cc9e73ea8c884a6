"""A partner who joins later reads a commitment once it is shared anew, and of its history what is written from then on."""

import pytest

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import actions, follow_up
from punte.apps.cooperation.agreed import Promise, promise_in
from punte.apps.cooperation.leaving import end_partnership
from punte.apps.cooperation.models import Commitment, CommitmentEvent, Cooperation
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.sharing import not_reading, share_commitment
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import PunteError
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def joined(
    rows: Rows, *, is_shared: bool
) -> tuple[Cooperation, Commitment, Subject, Subject, Subject]:
    """Return a cooperation with a commitment of before its third partner was taken in."""
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        promised = promise_in(
            by=sender,
            cooperation=made,
            is_shared=is_shared,
            promise=Promise(who="We", what="Deliver"),
        )
        actions.report_on(by=sender, commitment=promised, state="open", evidence="Contract 77")
    take_in(made, sender, third)
    return made, promised, sender, receiver, third


def account_of(who: Subject) -> Account:
    """Give somebody an account."""
    with acting_as_system("tests"):
        account = Account.objects.create(email="owner@example.org")
        Person.objects.filter(pk=who.person_id).update(account=account)
    return account


def take_in(made: Cooperation, by: Subject, new: Subject) -> None:
    with acting_as_system("tests"):
        organisation = Organisation.objects.get(pk=new.org_id)
    with acting(by):
        follow_up.add_partner(by=by, cooperation=made, organisation=organisation)


def read_by(reader: Subject) -> list[str]:
    with acting(reader):
        return list(CommitmentEvent.objects.order_by("at").values_list("evidence", flat=True))


def test_who_joins_reads_it_when_it_is_shared_anew_and_nothing_older(rows: Rows) -> None:
    made, promised, sender, receiver, third = joined(rows, is_shared=True)
    with acting(third):
        assert Cooperation.objects.exists()
        assert not Commitment.objects.exists()
    with acting(receiver), pytest.raises(NotPartOfItError):
        share_commitment(by=receiver, commitment=promised)
    with acting(sender):
        partners = list(made.partners.all())
        (name,) = not_reading(promised, partners)
        share_commitment(by=sender, commitment=promised)
        promised.refresh_from_db()
        assert not_reading(promised, partners) == []
        with pytest.raises(PunteError, match="already"):
            share_commitment(by=sender, commitment=promised)
    with acting(third):
        assert Commitment.objects.get().what == "Deliver"
    assert read_by(third) == [f"Shared with {name}."]
    whole = ["Entered.", "Contract 77", f"Shared with {name}."]
    assert read_by(receiver) == read_by(sender) == whole
    with acting(sender):
        actions.report_on(by=sender, commitment=promised, state="kept", evidence="Letter 8")
    assert read_by(third) == [f"Shared with {name}.", "Letter 8"]
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="commitment.shared").count() == 1


def test_who_comes_back_reads_nothing_of_before(rows: Rows) -> None:
    made, promised, sender, _receiver, third = joined(rows, is_shared=True)
    with acting(sender):
        share_commitment(by=sender, commitment=promised)
    with acting(third):
        own = made.partners.get(organisation=third.org_id, left_at__isnull=True)
        end_partnership(by=third, partner=own, reason="For now.")
    assert read_by(third) == []
    take_in(made, sender, third)
    assert read_by(third) == []
    with acting(sender):
        promised.refresh_from_db()
        share_commitment(by=sender, commitment=promised)
    assert len(read_by(third)) == 1


def test_ones_own_stays_ones_own_and_the_page_offers_the_rest(rows: Rows) -> None:
    made, own, sender, _receiver, third = joined(rows, is_shared=False)
    with acting(sender):
        assert not_reading(own, list(made.partners.all())) == [], "it was shared with nobody"
        promise = Promise(who="We", what="Both")
        promise_in(by=sender, cooperation=made, is_shared=True, promise=promise)
    address = f"/cooperations/{made.pk}/"
    client = signed_in(account_of(sender))
    assert "share_promise/" not in client.get(address).content.decode()
    with acting_as_system("tests"):
        both = Commitment.objects.get(what="Both")
        both.label_releasable_to = [
            one for one in both.label_releasable_to if str(third.org_id) not in one
        ]
        both.save()
    page = client.get(address).content.decode()
    assert page.count("share_promise/") == 1
    client.post(f"{address}share_promise/", {"commitment": str(both.pk)})
    assert "share_promise/" not in client.get(address).content.decode()
    with acting(third):
        assert [one.what for one in Commitment.objects.all()] == ["Both"]
