"""The pages of requests: look who is there, ask, answer, book; what others do not reach; files of organisers."""

import io
from dataclasses import replace
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.market.models import Listing
from punte.apps.meetings.asking import edit_request
from punte.apps.meetings.booking import free_meeting
from punte.apps.meetings.models import Availability, MeetingRequest
from punte.apps.people.queries import subject_of_person
from signed_in import let_in

pytestmark = pytest.mark.django_db
State = MeetingRequest.State


@pytest.fixture
def rows() -> Rows:
    return make_edition()


@pytest.fixture
def delegate(client: Client, rows: Rows) -> Client:
    let_in(client, rows.delegate)
    return client


def me_and_another(rows: Rows) -> tuple[Delegate, Delegate]:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        MeetingRequest.objects.filter(sender=me).update(state=State.DECLINED)
        MeetingRequest.objects.filter(receiver=me).update(state=State.DECLINED)
        return me, Delegate.objects.filter(edition=rows.edition).exclude(
            organisation=me.organisation_id
        )[0]


def base(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def test_a_delegate_asks_from_the_directory(delegate: Client, rows: Rows) -> None:
    me, other = me_and_another(rows)
    assert other.badge_name in delegate.get(base(rows, "people/")).content.decode()
    page = base(rows, f"people/{other.pk}/")
    empty = delegate.post(page, {"reason": "", "rank": "2"}).content.decode()
    assert "Say why you want to meet" in empty
    done = delegate.post(page, {"reason": "We build <b>it</b>.", "rank": "2"}, follow=True)
    assert "Your request is sent." in done.content.decode()
    assert "&lt;b&gt;it" in done.content.decode()
    with acting_as_system("tests"):
        request = MeetingRequest.objects.get(sender=me, receiver=other, state=State.PENDING)
    assert request.rank == 2
    again = delegate.post(page, {"reason": "Again", "rank": "2"}).content.decode()
    assert "There is a request between you already" in again


def test_a_request_to_me_is_accepted_and_booked(delegate: Client, rows: Rows) -> None:
    me, other = me_and_another(rows)
    with acting_as_system("tests"):
        request = MeetingRequest.objects.filter(edition=rows.edition, state=State.DECLINED)[0]
        request.meetings.all().delete()
        MeetingRequest.objects.filter(pk=request.pk).update(
            sender=other,
            receiver=me,
            state=State.PENDING,
            owner_org=other.organisation_id,
            label_stewards=[f"org:{me.organisation_id}"],
        )
    page = base(rows, f"requests/{request.pk}/")
    assert "Your answer" in delegate.get(page).content.decode()
    delegate.post(page + "accept/", {"revision": "1"})
    shown = delegate.get(page).content.decode()
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.state == State.ACCEPTED
    code = shown.split('<option value="')[1].split('"')[0]
    booked = delegate.post(
        page + "book/", {"slot": code, "revision": "2"}, follow=True
    ).content.decode()
    assert "Booked." in booked
    assert delegate.post(page + "explode/").status_code == 404


def test_what_was_changed_since_is_shown_and_asked_again(delegate: Client, rows: Rows) -> None:
    me, other = me_and_another(rows)
    with acting_as_system("tests"):
        request = MeetingRequest.objects.create(
            edition=rows.edition,
            code="RSTALE",
            sender=other,
            receiver=me,
            reason="We build drones.",
            owner_org=other.organisation,
            label_stewards=[f"org:{me.organisation_id}"],
        )
    listed = delegate.get(base(rows, "requests/")).content.decode()
    page = base(rows, f"requests/{request.pk}/")
    assert 'name="revision" value="1"' in listed
    assert 'name="revision" value="1"' in delegate.get(page).content.decode()
    with acting_as_system("tests"):
        edit_request(
            by=replace(subject_of_person(me.person_id), org_id=other.organisation_id),
            request_id=request.pk,
            reason="We want money.",
            rank=2,
            read_revision=1,
        )
    for step, data in (("accept", {"back": "list"}), ("decline", {}), ("accept", {"revision": ""})):
        wish = {"revision": "1", "answer": "My long answer", **data}
        told = delegate.post(f"{page}{step}/", wish, follow=True).content.decode()
        assert "reads now: “We want money.”" in told, step
        assert "<blockquote>We build drones.</blockquote>" in told, "what it was before"
        assert 'value="My long answer"' in told, "nothing typed is lost"
        with acting_as_system("tests"):
            request.refresh_from_db()
        assert request.state == State.PENDING
    delegate.post(page + "accept/", {"revision": "2"})
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.state == State.ACCEPTED


def test_requests_of_others_are_not_there(delegate: Client, rows: Rows) -> None:
    me, _other = me_and_another(rows)
    with acting_as_system("tests"):
        strange = MeetingRequest.objects.exclude(sender__organisation=me.organisation_id).exclude(
            receiver__organisation=me.organisation_id
        )[0]
    page = base(rows, f"requests/{strange.pk}/")
    assert delegate.get(page).status_code == 404
    assert delegate.post(page + "accept/").status_code == 404
    for rest in ("all-requests/", "figures/", "equal-access/"):
        assert delegate.get(base(rows, rest)).status_code == 404


def test_lists_keep_their_number_of_queries(delegate: Client, rows: Rows) -> None:
    me, _other = me_and_another(rows)
    counts = []
    delegate.get(base(rows, "requests/"))
    for number in (1, 3):
        with acting_as_system("tests"):
            ids = list(MeetingRequest.objects.filter(sender=me).values_list("pk", flat=True))
            MeetingRequest.objects.filter(pk__in=ids[number:]).update(
                label_denied_to=[f"person:{me.person_id}"]
            )
            MeetingRequest.objects.filter(pk__in=ids[:number]).update(label_denied_to=[])
        with CaptureQueriesContext(connection) as queries:
            delegate.get(base(rows, "requests/"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_absence_is_ticked_off(delegate: Client, rows: Rows) -> None:
    me, _other = me_and_another(rows)
    page = base(rows, "availability/")
    assert "You are there in" in delegate.get(page).content.decode()
    with acting_as_system("tests"):
        slots = list(rows.edition.slots.all())
    keys = [str(slot.pk) for slot in slots]
    delegate.post(page, {"shown": keys, "here": keys[1:]})
    with acting_as_system("tests"):
        assert Availability.objects.get(delegate=me).away == [slots[0].pk]
    refused = delegate.post(page, {"shown": keys, "here": [*keys, "wrong"]}, follow=True)
    assert "A slot is gone" in refused.content.decode()
    # The page was read when there were only the first two slots: nobody unticked the others.
    delegate.post(page, {"shown": keys[:2], "here": keys[1:2]})
    with acting_as_system("tests"):
        assert Availability.objects.get(delegate=me).away == [slots[0].pk]
    delegate.post(page, {"shown": keys, "here": [], "day": f"all {slots[0].day}"})
    with acting_as_system("tests"):
        away = set(Availability.objects.get(delegate=me).away)
    assert away == {slot.pk for slot in slots if slot.day != slots[0].day}


def test_the_calendar_address_is_shown_once_and_works(delegate: Client, rows: Rows) -> None:
    made = delegate.post(base(rows, "my/calendar/"), {"do": "make"}, follow=True).content.decode()
    address = made.split("<code>")[1].split("</code>")[0]
    assert address not in delegate.get(base(rows, "my/")).content.decode()
    path = address.split("testserver")[1]
    feed = Client().get(path)
    assert feed["Content-Type"].startswith("text/calendar")
    assert feed.content.startswith(b"BEGIN:VCALENDAR")
    delegate.post(base(rows, "my/calendar/"), {"do": "stop"})
    assert Client().get(path).status_code == 404
    assert delegate.get(base(rows, "my/badge.svg")).content.startswith(b"<svg")


def test_organisers_keep_lists_as_files_without_formulas(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(edition=rows.edition).update(reason="=1+1")
        total = MeetingRequest.objects.filter(edition=rows.edition).count()
    for rest in ("all-requests/", "figures/", "equal-access/"):
        assert client.get(base(rows, rest)).status_code == 200
        assert client.get(base(rows, f"{rest}?as=csv")).content.startswith(b"\xef\xbb\xbf")
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(base(rows, "all-requests/?as=xlsx")).content)
    )
    lines = list(book.worksheets[0].values)
    assert len(lines) == total + 1
    assert lines[1][-1] == "'=1+1"
    filtered = client.get(base(rows, "all-requests/?q=nobody-of-that-name")).content.decode()
    assert "No request fits the filter" in filtered


def test_a_request_is_about_a_listing_of_the_two_and_no_other(delegate: Client, rows: Rows) -> None:
    me, other = me_and_another(rows)
    page = base(rows, f"people/{other.pk}/")
    content = {"reason": "We build it.", "rank": "2"}
    with acting_as_system("tests"):
        theirs, hidden, foreign = (
            Listing.objects.create(
                side="need",
                kind="equipment",
                language="en",
                title=title,
                text="A bridge.",
                state="published",
                published_at=timezone.now(),
                owner_org_id=owner,
                label_releasable_to=groups,
            )
            for title, owner, groups in (
                ("Theirs", other.organisation_id, ["PUBLIC"]),
                ("Hidden", other.organisation_id, []),
                ("Foreign", rows.edition.owner_org_id, ["PUBLIC"]),
            )
        )
    shown = delegate.get(page).content.decode()
    assert "Theirs" in shown
    assert "Hidden" not in shown
    told = {
        delegate.post(page, {**content, "about": str(key)}).content.decode().count("no such need")
        for key in (hidden.pk, foreign.pk, uuid4())
    }
    assert told == {1}
    delegate.post(page, {**content, "about": str(theirs.pk)})
    with acting_as_system("tests"):
        made = MeetingRequest.objects.get(sender=me, receiver=other, state=State.PENDING)
    assert made.about_listing_id == theirs.pk


def test_two_tabs_overwrite_neither_a_booking_nor_a_priority(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    with acting_as_system("tests"):
        request = MeetingRequest.objects.filter(
            edition=rows.edition, state=State.ACCEPTED, meetings__version=rows.version
        )[0]
        free_meeting(request)
    page = base(rows, f"requests/{request.pk}/")
    shown = client.get(page).content.decode()
    code = shown.split('<option value="')[1].split('"')[0]
    first = {"priority": "7", "revision": "1"}
    assert "Kept." in client.post(page + "priority/", first, follow=True).content.decode()
    second = {"priority": "9", "revision": "1", "must": "on"}
    told = client.post(page + "priority/", second, follow=True).content.decode()
    assert "Somebody else changed this while you wrote" in told
    assert "It stands at 7 now." in told
    assert 'value="9"' in told, "what was typed is still there"
    with acting_as_system("tests"):
        request.refresh_from_db()
        assert (request.priority, request.must) == (7, False)
        MeetingRequest.objects.filter(pk=request.pk).update(revision=2)
    stale = client.post(page + "book/", {"slot": code, "revision": "1"}, follow=True)
    assert "It was changed since you read it" in stale.content.decode()
    with acting_as_system("tests"):
        assert not request.meetings.filter(version=rows.version).exists()
        sides = [request.sender_id, request.receiver_id]
        mate = Delegate.objects.filter(edition=rows.edition).exclude(pk__in=sides)[0]
        mate.organisation_id = mate.owner_org_id = request.sender.organisation_id
        mate.save()
    stale = client.post(
        page + "stand-in/", {"delegate": str(mate.pk), "revision": "1"}, follow=True
    )
    assert "It was changed since you read it" in stale.content.decode()
    with acting_as_system("tests"):
        before = request.sender_id
        request.refresh_from_db()
        assert request.sender_id == before
    done = client.post(page + "book/", {"slot": code, "revision": "2"}, follow=True)
    assert "Booked." in done.content.decode()


def test_the_page_says_and_changes_who_comes_too(delegate: Client, rows: Rows) -> None:
    me, other = me_and_another(rows)
    with acting_as_system("tests"):
        mate = Delegate.objects.filter(edition=rows.edition).exclude(pk__in=[me.pk, other.pk])[0]
        mate.organisation_id = mate.owner_org_id = me.organisation_id
        mate.save()
        request = MeetingRequest.objects.create(
            edition=rows.edition,
            code="RMATES",
            sender=me,
            receiver=other,
            reason="We build drones.",
            owner_org=me.organisation,
            label_releasable_to=[f"org:{other.organisation_id}"],
        )
    page = base(rows, f"requests/{request.pk}/")
    assert "A meeting is held only when all of you are free" in delegate.get(page).content.decode()
    wish = {"reason": request.reason, "rank": "3", "mates": "1"}
    delegate.post(f"{page}edit/", {**wish, "colleague": str(mate.pk), "revision": "1"})
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.colleagues == [mate.pk]
    assert f'value="{mate.pk}" checked' in delegate.get(page).content.decode()
    delegate.post(f"{page}edit/", {**wish, "revision": "2"})
    with acting_as_system("tests"):
        request.refresh_from_db()
    assert request.colleagues == []
