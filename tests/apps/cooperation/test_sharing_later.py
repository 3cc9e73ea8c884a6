"""A commitment that was private is shared later by the organisation that entered it, and by nobody else."""

import pytest

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import PUBLIC, Subject, acting, acting_as_system
from punte.apps.cooperation.agreed import Promise, enter, promise_at
from punte.apps.cooperation.models import Commitment, CommitmentEvent
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.sharing import share_commitment, share_with, to_share
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import PunteError
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def seen_by(reader: Subject) -> int:
    with acting(reader):
        return Commitment.objects.count()


def test_the_other_side_of_a_meeting_reads_it_once_it_is_shared(rows: Rows) -> None:
    request, sender, receiver, third = meeting_of(rows)
    with acting(sender):
        promised = promise_at(
            by=sender, request=request, is_shared=False, promise=Promise(who="We", what="Deliver")
        )
    assert seen_by(receiver) == 0
    with acting_as_system("tests"):
        name = Organisation.objects.get(pk=receiver.org_id).name
    with acting(sender):
        assert to_share(sender, promised) == [name]
        share_commitment(by=sender, commitment=promised)
        promised.refresh_from_db()
        assert to_share(sender, promised) == []
        with pytest.raises(PunteError, match="already"):
            share_commitment(by=sender, commitment=promised)
    assert (seen_by(receiver), seen_by(third)) == (1, 0)
    with acting(receiver):
        assert [one.evidence for one in CommitmentEvent.objects.all()] == [f"Shared with {name}."]
        assert to_share(receiver, promised) == []
        with pytest.raises(NotPartOfItError):
            share_with(by=receiver, commitment=promised, groups=["NATO"], words="Allies")


def test_one_of_no_meeting_is_shared_with_who_is_chosen_and_never_made_public(rows: Rows) -> None:
    _request, sender, _receiver, third = meeting_of(rows)
    edition = f"edition:{rows.edition.pk}"
    with acting(sender):
        promised = enter(by=sender, promise=Promise(who="We", what="Deliver"))
        with pytest.raises(PunteError, match="no cooperation and no meeting"):
            share_commitment(by=sender, commitment=promised)
        for groups in ([], [PUBLIC], ["NATO", PUBLIC]):
            with pytest.raises(PunteError, match="Choose with whom"):
                share_with(by=sender, commitment=promised, groups=groups, words="")
        assert seen_by(third) == 0
        share_with(by=sender, commitment=promised, groups=[edition], words="delegates")
        promised.refresh_from_db()
        with pytest.raises(PunteError, match="already"):
            share_with(by=sender, commitment=promised, groups=[edition], words="delegates")
    assert seen_by(third) == 1


def test_the_page_shares_it(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    with acting(sender):
        promised = promise_at(
            by=sender, request=request, is_shared=False, promise=Promise(who="We", what="Deliver")
        )
    with acting_as_system("tests"):
        account = Account.objects.create(email="owner@example.org")
        Person.objects.filter(pk=sender.person_id).update(account=account)
    browser = signed_in(account)
    address = f"/commitments/{promised.pk}/"
    assert "Share it" in browser.get(address).content.decode()
    told = browser.post(address, {"do": "share", "audience": "public"}, follow=True)
    assert "Choose with whom" in told.content.decode()
    assert seen_by(receiver) == 0
    browser.post(address, {"do": "share", "audience": "circle"})
    assert seen_by(receiver) == 1
