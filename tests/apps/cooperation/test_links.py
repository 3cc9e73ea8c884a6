"""The links of a cooperation: what a partner may not see, or did not read, it does not destroy."""

import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import follow_up
from punte.apps.cooperation.links import link
from punte.apps.cooperation.models import Cooperation
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Person
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def listing_of(by: Subject, side: str, readers: list[str]) -> Listing:
    assert by.org_id is not None
    with acting_as_system("tests"):
        return Listing.objects.create(
            side=side,
            title=f"A {side}",
            state=Listing.State.PUBLISHED,
            published_at=timezone.now(),
            owner_org_id=by.org_id,
            label_releasable_to=readers,
        )


def test_a_link_that_a_partner_may_not_see_outlives_its_form(rows: Rows, client: Client) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    hidden = listing_of(sender, "need", [])
    offer = listing_of(receiver, "offer", [f"org:{sender.org_id}"])
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        link(by=sender, cooperation=made, links={"need_id": hidden.pk}, read={})
    with acting_as_system("tests"):
        account = Account.objects.create(email="receiver@example.org")
        Person.objects.filter(pk=receiver.person_id).update(account=account)
    client.force_login(account)
    base = f"/cooperations/{made.pk}/"
    page = client.get(base).content.decode()
    assert str(hidden.pk) not in page
    assert 'name="read_need_id" value=""' in page
    empty = dict.fromkeys(("need_id", "milestone_id", "case_id", "loan_plan_id"), "")
    client.post(base + "link/", {**empty, "read_need_id": "", "offer_id": str(offer.pk)})
    with acting_as_system("tests"):
        made.refresh_from_db()
    assert (made.need_id, made.offer_id) == (hidden.pk, offer.pk)
    for wrong in ("not one", str(uuid.uuid4()), str(hidden.pk)):
        told = client.post(base + "link/", {"loan_plan_id": wrong}, follow=True)
        assert "nowhere" in told.content.decode()
    with acting_as_system("tests"):
        assert Cooperation.objects.get().loan_plan_id is None


def test_choosing_a_link_tells_nobody_whether_a_hidden_one_was_there(
    rows: Rows, client: Client
) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    hidden, own = listing_of(sender, "need", []), listing_of(receiver, "need", [])
    with acting_as_system("tests"):
        account = Account.objects.create(email="receiver@example.org")
        Person.objects.filter(pk=receiver.person_id).update(account=account)
        MeetingRequest.objects.filter(pk=request.pk).update(about_listing_id=None)
    client.force_login(account)
    answers = []
    for name, key in (("Mast one", hidden.pk), ("Mast two", None)):
        with acting(sender):
            made = follow_up.begin_cooperation(by=sender, request=request, name=name)
        with acting_as_system("tests"):
            Cooperation.objects.filter(pk=made.pk).update(need_id=key)
        told = client.post(
            f"/cooperations/{made.pk}/link/",
            {"read_need_id": "", "need_id": str(own.pk)},
            follow=True,
        ).content.decode()
        assert "Links changed: Need." in told, "the others learn that something changed"
        answers.append(re.sub(r"[0-9a-f-]{36}|value=\"[\w-]{60,}\"|Mast \w+", "", told))
        with acting_as_system("tests"):
            assert Cooperation.objects.get(pk=made.pk).need_id == own.pk
    assert answers[0] == answers[1]
    with acting_as_system("tests"):
        logged = AuditEntry.objects.filter(verb="cooperation.linked").order_by("pk")[0]
        assert logged.detail["before"] == {"need_id": str(hidden.pk)}


def test_a_stale_page_takes_back_nothing(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    both = [f"org:{sender.org_id}", f"org:{receiver.org_id}"]
    first, second = (listing_of(sender, "need", both) for _ in range(2))
    offer = listing_of(receiver, "offer", both)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        link(
            by=sender,
            cooperation=made,
            links={"need_id": first.pk},
            read={"need_id": made.need_id},
        )
    with acting(receiver):
        # Read before the need was there: what is empty in the form was not emptied by its reader.
        link(
            by=receiver,
            cooperation=made,
            links={"need_id": None, "offer_id": offer.pk},
            read={"need_id": None, "offer_id": None},
        )
        with pytest.raises(ChangedMeanwhileError):
            link(by=receiver, cooperation=made, links={"need_id": second.pk}, read={})
        with pytest.raises(PunteError, match="nowhere"):
            link(
                by=receiver,
                cooperation=made,
                links={"offer_id": uuid.uuid4()},
                read={"offer_id": offer.pk},
            )
    with acting_as_system("tests"):
        made.refresh_from_db()
    assert (made.need_id, made.offer_id) == (first.pk, offer.pk)
    with acting(receiver):
        link(by=receiver, cooperation=made, links={"need_id": None}, read={"need_id": first.pk})
    with acting_as_system("tests"):
        assert Cooperation.objects.get().need_id is None
