"""A preliminary timetable from the draft to the publication: who sees it, who remarks, what the organisers read, when it ends."""

import csv
import datetime as dt
import io
import re

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate
from punte.apps.meetings.calendars import make_feed, read_feed
from punte.apps.meetings.models import (
    CalendarEntry,
    Meeting,
    MeetingRemark,
    MeetingRequest,
    TimetableVersion,
)
from punte.apps.meetings.preliminary import end_preliminary, preliminary_of, show_preliminary
from punte.apps.meetings.remarks import leave_remark
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, MailOptOut
from punte.apps.people.queries import subject_of_person
from punte.kernel.errors import PunteError
from signed_in import signed_in
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)
MARK = "preliminary, no invitation yet"
WORDS = "Not at this time, because my train arrives at noon."


@pytest.fixture
def forum(transactional_db: None) -> Forum:
    del transactional_db
    from punte.apps.access.reference import load_reference

    load_reference()
    made = load_small()
    solve(made)
    return made


def of(part: str) -> Client:
    return signed_in(f"{part}@bucharest.example")


def at(forum: Forum, rest: str) -> str:
    return f"/e/{forum.edition.slug}/{rest}"


def tomorrow(forum: Forum) -> str:
    return (
        f"{(timezone.now() + dt.timedelta(days=1)).astimezone(forum.edition.zone):%Y-%m-%dT%H:%M}"
    )


def show(forum: Forum, number: int) -> str:
    page = at(forum, f"timetable/v{number}/remarks/")
    return of("organiser").post(page, {"do": "show", "until": tomorrow(forum)}, follow=True).text


def company(forum: Forum) -> Delegate:
    with acting_as_system("tests"):
        return Delegate.objects.get(
            edition=forum.edition, person__account__email="company@bucharest.example"
        )


def held(delegate: Delegate, number: int = 1) -> list[Meeting]:
    with acting_as_system("tests"):
        rows = Meeting.objects.filter(
            version__edition=delegate.edition_id, version__number=number
        ).select_related("request", "slot", "request__sender__person", "request__receiver__person")
        return [one for one in rows if delegate.pk in one.request.parties]


def shown_in(page: str) -> set[str]:
    """Return the requests of which a page of My forum shows a preliminary time."""
    return set(re.findall(r"/requests/([0-9a-f-]{36})/remark/", page))


def other_side(meeting: Meeting, me: Delegate) -> Delegate:
    request = meeting.request
    return request.receiver if request.sender_id == me.pk else request.sender


def _planned_anew_and_published(forum: Forum, me: Delegate, asked: str) -> None:
    organiser, my_forum = of("organiser"), at(forum, "my/")
    solve(forum)
    show(forum, 2)
    with acting_as_system("tests"):
        (shown,) = TimetableVersion.objects.filter(preliminary_until__isnull=False)
    assert shown.number == 2, "the newer draft is shown in the place of the older one"
    assert shown_in(of("company").get(my_forum).text) == {
        str(one.request_id) for one in held(me, 2)
    }
    again = organiser.get(at(forum, "timetable/v2/remarks/")).text
    assert WORDS in again, "what was said of the version before is read beside the new one"
    done = organiser.post(at(forum, "timetable/v2/publish/"), follow=True).text
    assert "Version 2 is published" in done
    page = of("company").get(my_forum).text
    assert MARK not in page
    assert page.count("You asked:") + page.count("They asked:") == len(held(me, 2))
    later = of("company").get(asked).text
    assert "Your remarks on earlier preliminary timetables" in later
    assert WORDS in later
    refused = (
        of("company").post(asked + "remark/", {"remark": "Late", "revision": "0"}, follow=True).text
    )
    assert "open for remarks" in refused
    closed = organiser.get(at(forum, "timetable/v2/remarks/")).text
    assert "No remark is open" in closed
    assert "Remarks before the last publication" in closed
    with acting_as_system("tests"):
        assert AuditEntry.objects.filter(verb="timetable.remark").count() == 1


def test_shown_remarked_planned_anew_and_published(forum: Forum) -> None:
    me, organiser = company(forum), of("organiser")
    mine = held(me)
    assert mine
    my_forum = at(forum, "my/")
    assert MARK not in of("company").get(my_forum).text
    assert "marked as preliminary" in show(forum, 1)
    page = of("company").get(my_forum).text
    assert shown_in(page) == {str(one.request_id) for one in mine}
    assert page.count(MARK) == len(mine)
    assert "The timetable is not published yet." in page
    request = mine[0].request
    asked = at(forum, f"requests/{request.pk}/")
    assert MARK in of("company").get(asked).text
    answer = of("company").post(
        asked + "remark/", {"remark": WORDS, "revision": "0", "back": "my"}, follow=True
    )
    assert "The organisers read it beside the timetable." in answer.text
    assert WORDS in answer.text
    desk = at(forum, "timetable/v1/remarks/")
    assert WORDS in organiser.get(desk).text
    assert (
        "1 remark of a delegate is open" in organiser.get(at(forum, "timetable/v1/publish/")).text
    )
    _planned_anew_and_published(forum, me, asked)


def test_nothing_of_it_reaches_a_calendar_and_the_mail_says_so(forum: Forum) -> None:
    me = company(forum)
    with acting(subject_of_person(me.person_id)):
        feed = make_feed(by=subject_of_person(me.person_id), delegate=me)
    show(forum, 1)
    assert b"BEGIN:VEVENT" not in bytes(read_feed(feed.secret))
    with acting_as_system("tests"):
        assert not CalendarEntry.objects.exists()
        assert not Mail.objects.filter(kind="timetable.published").exists()
        letter = Mail.objects.get(kind="timetable.preliminary", person=me.person_id)
        count = Mail.objects.filter(kind="timetable.preliminary").count()
    assert send_mail(letter.pk) == Mail.State.SENT
    sent = mail.outbox[-1]
    assert not sent.attachments
    assert "no invitation yet" in sent.body
    days = [line for line in sent.body.splitlines() if line.startswith(("  Wed ", "  Thu "))]
    assert len(days) == len(held(me))
    assert all(" EET" in line for line in days)
    # The moment is changed: no news. Shown anew after it was hidden: news.
    show(forum, 1)
    with acting_as_system("tests"):
        assert Mail.objects.filter(kind="timetable.preliminary").count() == count
        MailOptOut.objects.create(person_id=me.person_id, kind="timetable.preliminary")
    of("organiser").post(at(forum, "timetable/v1/remarks/"), {"do": "stop"})
    show(forum, 1)
    with acting_as_system("tests"):
        mails = Mail.objects.filter(kind="timetable.preliminary")
        assert mails.count() == 2 * count - 1, "all but the one who refused the kind"
        waiting = mails.exclude(pk=letter.pk).filter(state=Mail.State.WAITING)[0]
    of("organiser").post(at(forum, "timetable/v1/remarks/"), {"do": "stop"})
    before = len(mail.outbox)
    assert send_mail(waiting.pk) == Mail.State.NOT_SENT
    assert len(mail.outbox) == before, "what is hidden again is told to nobody"


def test_it_ends_at_its_moment_for_all_but_staff(forum: Forum) -> None:
    me = company(forum)
    show(forum, 1)
    with acting_as_system("tests"):
        version = TimetableVersion.objects.get(edition=forum.edition, number=1)
        passed = timezone.now() - dt.timedelta(seconds=1)
        TimetableVersion.objects.filter(pk=version.pk).update(
            preliminary_until=passed, label_expires_at=passed
        )
    assert MARK not in of("company").get(at(forum, "my/")).text
    with acting(subject_of_person(me.person_id)):
        assert not TimetableVersion.objects.filter(pk=version.pk).exists(), "the wall hides it"
        assert not Meeting.objects.filter(version=version).exists()
    request = held(me)[0].request
    late = of("company").post(
        at(forum, f"requests/{request.pk}/remark/"), {"remark": "x", "revision": "0"}, follow=True
    )
    assert "open for remarks" in late.text
    assert end_preliminary() == 1
    assert end_preliminary() == 0
    assert of("auditor").get(at(forum, "timetable/v1/remarks/")).status_code == 200
    assert "shown as preliminary" not in of("organiser").get(at(forum, "timetable/versions/")).text


def _pages_tell_nobody_else(forum: Forum, meeting: Meeting, other: Delegate) -> None:
    for part in ("authority", "moldova", "press"):
        page = of(part).get(at(forum, "my/")).text
        assert WORDS not in page
        assert (str(meeting.request_id) in shown_in(page)) == (
            other.person.account is not None
            and other.person.account.email == f"{part}@bucharest.example"
        )
    for part in ("company", "authority", "press"):
        for tail in ("timetable/v1/", "timetable/v1/remarks/", "timetable/v1/remarks/?as=csv"):
            assert of(part).get(at(forum, tail)).status_code == 404
    assert "preliminary" not in Client().get(at(forum, "")).text.casefold()
    answer = of("company").post(at(forum, "timetable/v1/remarks/"), {"do": "stop"})
    assert answer.status_code == 404
    assert of("auditor").post(at(forum, "timetable/v1/remarks/"), {"do": "stop"}).status_code == 404


def test_only_those_who_meet_and_the_organisers_see_a_time_and_a_remark(forum: Forum) -> None:
    """By pages, and by the database itself: the other side reads no remark, a third party nothing at all."""
    me = company(forum)
    show(forum, 1)
    meeting = held(me)[0]
    subject = subject_of_person(me.person_id)
    with acting(subject):
        leave_remark(by=subject, request_id=meeting.request_id, text=WORDS, read_revision=0)
    other = other_side(meeting, me)
    with acting_as_system("tests"):
        third = (
            Delegate.objects.filter(edition=forum.edition, person__account__isnull=False)
            .exclude(organisation__in=[me.organisation_id, other.organisation_id])
            .first()
        )
    assert third is not None
    with acting(subject_of_person(other.person_id)):
        assert Meeting.objects.filter(pk=meeting.pk).exists()
        assert not MeetingRemark.objects.exists()
    with acting(subject_of_person(third.person_id)):
        assert not Meeting.objects.filter(pk=meeting.pk).exists()
        assert not MeetingRemark.objects.exists()
        assert not MeetingRequest.objects.filter(pk=meeting.request_id).exists()
        with pytest.raises(PunteError):
            leave_remark(
                by=subject_of_person(third.person_id),
                request_id=meeting.request_id,
                text="Mine",
                read_revision=0,
            )
    _pages_tell_nobody_else(forum, meeting, other)


def test_a_colleague_who_does_not_come_sees_no_time_and_one_who_does_may_remark(
    forum: Forum,
) -> None:
    me = company(forum)
    meeting = next(one for one in held(me) if one.request.sender_id == me.pk)
    with acting_as_system("tests"):
        colleague = (
            Delegate.objects.filter(edition=forum.edition, organisation=me.organisation_id)
            .exclude(pk=me.pk)
            .first()
        )
        if colleague is None:
            colleague = Delegate.objects.filter(edition=forum.edition).exclude(
                organisation__in=[me.organisation_id, other_side(meeting, me).organisation_id]
            )[0]
            Delegate.objects.filter(pk=colleague.pk).update(
                organisation=me.organisation_id, owner_org=me.owner_org_id
            )
    show(forum, 1)
    subject = subject_of_person(me.person_id)
    request = meeting.request
    assert colleague.pk not in request.parties
    theirs = subject_of_person(colleague.person_id)
    with acting(theirs), pytest.raises(PunteError, match=r"open for remarks|no such request"):
        leave_remark(by=theirs, request_id=request.pk, text="Mine", read_revision=0)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=request.pk).update(colleagues=[colleague.pk])
    with acting(subject):
        request.refresh_from_db()
        shown = preliminary_of(request, colleague)
    assert shown is not None
    assert shown.meeting.pk == meeting.pk


def test_one_remark_each_changed_in_place_and_taken_back(forum: Forum) -> None:
    me = company(forum)
    show(forum, 1)
    request = held(me)[0].request
    page = at(forum, f"requests/{request.pk}/remark/")
    client = of("company")
    client.post(page, {"remark": "First", "revision": "0"})
    stale = client.post(page, {"remark": "From another window", "revision": "0"}, follow=True).text
    assert "was changed since you read it" in stale
    assert "From another window" in stale, "nobody types twice"
    client.post(page, {"remark": "Second", "revision": "1"})
    with acting_as_system("tests"):
        assert [one.text for one in MeetingRemark.objects.all()] == ["Second"]
    marked = client.post(page, {"remark": "NATO SECRET: not then", "revision": "2"}, follow=True)
    assert "RESTRICTED" in marked.text
    with acting_as_system("tests"):
        assert [one.text for one in MeetingRemark.objects.all()] == ["Second"]
    too_long = client.post(page, {"remark": "x" * 301, "revision": "2"}, follow=True).text
    assert "300 are the most" in too_long
    client.post(page, {"remark": "", "revision": "2"})
    with acting_as_system("tests"):
        assert not MeetingRemark.objects.exists()


def test_remarks_as_tables_run_nothing_and_cost_the_same_questions(forum: Forum) -> None:
    me = company(forum)
    show(forum, 1)
    subject = subject_of_person(me.person_id)
    for meeting in held(me)[:2]:
        with acting(subject):
            leave_remark(
                by=subject, request_id=meeting.request_id, text="=1+1; not then", read_revision=0
            )
    page = at(forum, "timetable/v1/remarks/")
    answer = of("organiser").get(page + "?as=csv")
    heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert heading[:5] == ["Request", "From", "To", "Who", "Remark"]
    assert len(lines) == min(2, len(held(me)))
    assert all(line[4].startswith("'=") for line in lines)
    assert answer["X-Handling"] == "TLP:AMBER"
    sheet = load_workbook(io.BytesIO(of("organiser").get(page + "?as=xlsx").content)).active
    assert sheet is not None
    assert [cell.value for cell in next(sheet.iter_rows())] == heading


def test_only_a_draft_is_shown_and_only_until_a_moment_to_come(forum: Forum) -> None:
    page = at(forum, "timetable/v1/remarks/")
    passed = of("organiser").post(page, {"do": "show", "until": "2020-01-01T10:00"}, follow=True)
    assert "That moment has passed" in passed.text
    assert "2020-01-01T10:00" in passed.text
    nonsense = of("organiser").post(page, {"do": "show", "until": "soon"}, follow=True).text
    assert "Until: “soon” is no day and time. Write it such as 2027-05-15 17:00." in nonsense
    empty = of("organiser").post(page, {"do": "show", "until": ""}, follow=True).text
    assert "Until is empty. Give a day and a time" in empty
    assert "leave both fields empty" not in nonsense + empty
    of("organiser").post(at(forum, "timetable/v1/publish/"))
    with acting_as_system("tests"):
        version = TimetableVersion.objects.get(edition=forum.edition, number=1)
    organiser = forum.organiser
    with (
        acting(organiser),
        pytest.raises(PunteError, match=r"is published and stays .* Only a draft is shown"),
    ):
        show_preliminary(
            by=organiser, version_id=version.pk, until=timezone.now() + dt.timedelta(days=1)
        )
