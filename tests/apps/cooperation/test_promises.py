"""Commitments with a day: whose they are, and who is reminded of them."""

import datetime as dt

import pytest
from django.core import mail
from django.test import Client

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from page_lines import in_one_line
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.cooperation import actions, agreed, promises
from punte.apps.cooperation.jobs import remind_each_morning
from punte.apps.cooperation.models import Commitment
from punte.apps.cooperation.open_items import open_items
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.promises import PROMISE_KIND, remind_of_promises
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, MailOptOut, Person
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
DUE = dt.date(2027, 3, 15)
Meeting = tuple[MeetingRequest, Subject, Subject, Subject]


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def meeting(rows: Rows) -> Meeting:
    found = meeting_of(rows)
    with acting_as_system("tests"):
        for by in found[1:]:
            Person.objects.filter(pk=by.person_id).update(email=f"{by.person_id}@example.org")
    return found


def promised(meeting: Meeting, *, reminded: str, is_shared: bool = False) -> Commitment:
    request, sender, _receiver, _third = meeting
    promise = agreed.Promise(who="We", what="Deliver", due_on=DUE, reminded=reminded)
    with acting(sender):
        return agreed.promise_at(by=sender, request=request, is_shared=is_shared, promise=promise)


def told() -> list[Mail]:
    with acting_as_system("tests"):
        return list(Mail.objects.filter(kind=PROMISE_KIND).order_by("queued_at"))


def test_a_person_is_reminded_three_times_and_no_more(meeting: Meeting) -> None:
    sender = meeting[1]
    row = promised(meeting, reminded=f"person:{sender.person_id}")
    assert remind_of_promises(today=DUE - dt.timedelta(days=8)) == 0
    days = [(-7, 1), (-1, 0), (0, 1), (1, 1), (2, 0), (30, 0), (300, 0)]
    for days_after, count in days:
        assert remind_of_promises(today=DUE + dt.timedelta(days=days_after)) == count, days_after
    assert {one.person_id for one in told()} == {sender.person_id}
    assert {one.key.removeprefix(f"{row.pk}/{DUE}/") for one in told()} == {
        "soon",
        "today",
        "overdue",
    }
    send_mail(told()[0].pk)
    assert "Deliver" in mail.outbox[0].body
    assert f"/commitments/{row.pk}/" in mail.outbox[0].body
    with acting(sender):
        actions.report_on(by=sender, commitment=row, state="kept", evidence="Protocol 3")
    send_mail(told()[1].pk)
    assert len(mail.outbox) == 1, "who has said what came of it is reminded no more"


def test_the_other_side_is_reminded_only_of_what_it_reads(meeting: Meeting) -> None:
    request, _sender, receiver, _third = meeting
    with acting_as_system("tests"):
        receiver_person = Person.objects.get(pk=receiver.person_id)
        receiver_person.memberships.update(is_focal_point=True)
    hidden = promised(meeting, reminded=f"org:{request.receiver.organisation_id}")
    assert remind_of_promises(today=DUE) == 0
    with acting(receiver):
        assert str(hidden.pk) not in {str(one.key) for one in open_items(receiver, today=DUE)}
    shared = promised(meeting, reminded=f"org:{request.receiver.organisation_id}", is_shared=True)
    assert remind_of_promises(today=DUE) >= 1
    assert receiver.person_id in {one.person_id for one in told()}
    with acting(receiver):
        assert shared.pk in {one.key for one in open_items(receiver, today=DUE)}
    with acting_as_system("tests"):
        MailOptOut.objects.create(person=receiver_person, kind=PROMISE_KIND)
    remind_of_promises(today=DUE + dt.timedelta(days=1))
    assert len([one for one in told() if one.person_id == receiver.person_id]) == 1


def test_only_those_of_the_list_can_be_chosen_and_only_by_who_entered_it(meeting: Meeting) -> None:
    _request, sender, receiver, third = meeting
    for wrong in (f"org:{third.org_id}", f"person:{receiver.person_id}", "org:x", "x"):
        with pytest.raises(PunteError, match="whose promise"):
            promised(meeting, reminded=wrong)
    row = promised(meeting, reminded="", is_shared=True)
    assert remind_of_promises(today=DUE) == 0
    with acting(receiver), pytest.raises(NotPartOfItError):
        promises.set_promiser(by=receiver, commitment=row, chosen=f"org:{receiver.org_id}")
    with acting(sender):
        own = f"person:{sender.person_id}"
        promises.set_promiser(by=sender, commitment=row, chosen=own)
        assert promises.chosen_of(Commitment.objects.get(pk=row.pk)) == own
        assert row.pk in {one.key for one in open_items(sender, today=DUE, whose="mine")}
    assert remind_of_promises(today=DUE) == 1
    with acting(sender):
        promises.set_promiser(by=sender, commitment=row, chosen="")
        assert promises.chosen_of(Commitment.objects.get(pk=row.pk)) == ""


def test_the_morning_round_reminds_of_promises(
    meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    promised(meeting, reminded=f"person:{meeting[1].person_id}")
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_args: DUE)
    remind_each_morning()
    assert len(told()) == 1


def test_the_forms_begin_with_ones_own_organisation_and_keep_what_is_chosen(
    client: Client, rows: Rows, meeting: Meeting
) -> None:
    request, sender, receiver, _third = meeting
    own, person = f"org:{sender.org_id}", f"person:{sender.person_id}"
    with acting_as_system("tests"):
        account = Account.objects.create_user("promiser@example.org")
        Person.objects.filter(pk=sender.person_id).update(account=account)
    client.force_login(account)
    for path in ("/commitments/", f"/e/{rows.edition.slug}/follow-up/{request.pk}/"):
        page = in_one_line(client.get(path).content)
        assert f'<option value="{own}" selected>' in page, path
        assert f'<option value="{person}">' in page, path
    assert f'value="org:{receiver.org_id}"' in page, "the other side of the meeting"
    said = {"who": "We", "what": "Deliver", "due_on": DUE.isoformat(), "once": "yes"}
    client.post("/commitments/", said | {"reminded": own})
    with acting_as_system("tests"):
        row = Commitment.objects.get(what="Deliver")
    assert (row.promiser_id, row.speaker_id) == (sender.org_id, None)
    page = client.get(f"/commitments/{row.pk}/").content.decode()
    assert "Reminded of the day" in page
    client.post(f"/commitments/{row.pk}/", {"do": "remind", "reminded": person})
    with acting_as_system("tests"):
        row.refresh_from_db()
    assert (row.promiser_id, row.speaker_id) == (sender.org_id, sender.person_id)
    client.post("/commitments/", said | {"what": "Other", "reminded": f"org:{receiver.org_id}"})
    with acting_as_system("tests"):
        assert not Commitment.objects.filter(what="Other").exists()
