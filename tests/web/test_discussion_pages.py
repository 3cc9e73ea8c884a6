"""Pages of groups and discussions: what a member does there, and what an outsider tries."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cast import EDITION, Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import DatePoll, Decision, Post, Topic, TopicFile
from punte.apps.people.models import GroupMember, Mail, WorkingGroup
from signed_in import signed_in

pytestmark = pytest.mark.django_db
DATES = ["2027-05-15T10:00", "2027-05-16T10:00"]


def make_group(chair: Client, **more: str) -> WorkingGroup:
    chair.post(
        "/groups/",
        {"name": "Bridges <b>", "about": "x", "open_to": "NATO", "admission": "at-once", **more},
    )
    with acting_as_system("tests"):
        return WorkingGroup.objects.get()


def make_topic(client: Client, group: WorkingGroup) -> Topic:
    client.post(
        f"/groups/{group.pk}/", {"do": "topic", "title": "Loads", "text": "<script>x</script>"}
    )
    with acting_as_system("tests"):
        return Topic.objects.get()


def say(client: Client, address: str, **data: object) -> str:
    answer = client.post(address, data, follow=True)
    assert answer.status_code == 200, (address, data)
    return answer.content.decode()


def test_a_group_works_from_founding_to_export(cast: Cast) -> None:
    chair, member = signed_in(cast.authority), signed_in(cast.company)
    group = make_group(chair, area="maritime")
    page = f"/groups/{group.pk}/"
    assert "Bridges &lt;b&gt;" in chair.get(page).content.decode()
    assert "Members, topics and files show once you are in" in member.get(page).content.decode()
    assert "Tomasz Wilk" in say(member, page, do="join")
    topic = make_topic(member, group)
    address = f"/discussions/{topic.pk}/"
    assert "&lt;script&gt;" in chair.get(address).content.decode()
    told = say(chair, address, do="write", text="Answer", answers=_first(topic))
    assert "Answer" in told
    assert "We take class 80" in say(
        chair, address, do="decide", text="We take class 80", audience="public"
    )
    assert "We take class 80" in Client().get("/decisions/").content.decode()
    assert b"class 80" in Client().get("/decisions/?as=csv&q=class").content
    file = SimpleUploadedFile("notes.txt", b"<b>notes</b>")
    assert "notes.txt" in say(member, address, do="file", file=file)
    exported = json.loads(member.get(f"/groups/{group.pk}/export.json").content)
    assert [one["name"] for one in exported["members"]] == ["Claire Verdon", "Tomasz Wilk"]
    assert exported["topics"][0]["decisions"][0]["text"] == "We take class 80"
    assert json.loads(member.get(f"{address}?as=json").content)["format"] == "punte.topic/1"
    assert b"Answer" in member.get(f"{address}?as=csv").content
    assert "Name another first" in say(chair, page, do="leave")


def _first(topic: Topic) -> str:
    with acting_as_system("tests"):
        return str(topic.posts.order_by("at")[0].pk)


def test_a_poll_on_the_page_ends_in_a_calendar_file(cast: Cast) -> None:
    chair = signed_in(cast.authority)
    topic = make_topic(chair, make_group(chair))
    address = f"/discussions/{topic.pk}/"
    told = say(chair, address, do="poll", title="Next", length_min="90", start=DATES)
    assert "15 May 2027" in told
    with acting_as_system("tests"):
        poll = DatePoll.objects.get()
        first, second = poll.dates.all()
    assert chair.get(f"{address}polls/{poll.pk}.ics").status_code == 404
    told = say(
        chair,
        address,
        do="answer",
        poll=poll.pk,
        **{f"date-{first.pk}": "no", f"date-{second.pk}": "yes"},
    )
    assert "suits most" in told
    say(chair, address, do="close-poll", poll=poll.pk, date=second.pk)
    answer = chair.get(f"{address}polls/{poll.pk}.ics")
    assert b"DTSTART:20270516T070000Z" in answer.content
    assert b"DTEND:20270516T083000Z" in answer.content


def test_a_poll_tells_of_the_nights_in_which_the_clocks_change(cast: Cast) -> None:
    chair = signed_in(cast.authority)
    address = f"/discussions/{make_topic(chair, make_group(chair)).pk}/"
    wish = {"do": "poll", "title": "At night", "length_min": "60"}
    told = say(chair, address, **wish, start=["2027-03-28T03:30", DATES[0]])
    assert "The clocks skip 2027-03-28T03:30 in that night" in told
    assert not _polls()
    told = say(chair, address, **wish, start=["2027-10-31T03:30", DATES[0]])
    assert "2027-10-31 03:30 comes twice in that night" in told
    assert _polls() == 1


def _polls() -> int:
    with acting_as_system("tests"):
        return DatePoll.objects.count()


def test_an_outsider_finds_and_changes_nothing(cast: Cast) -> None:
    chair, outsider = signed_in(cast.authority), signed_in(cast.guest)
    group = make_group(chair)
    topic = make_topic(chair, group)
    say(chair, f"/discussions/{topic.pk}/", do="file", file=SimpleUploadedFile("a.txt", b"x"))
    with acting_as_system("tests"):
        file, member = TopicFile.objects.get(), GroupMember.objects.get()
        before = (Post.objects.count(), Mail.objects.count())
    for address in (
        f"/groups/{group.pk}/",
        f"/groups/{group.pk}/export.json",
        f"/discussions/{topic.pk}/",
        f"/discussions/{topic.pk}/?as=json",
        f"/discussions/{topic.pk}/files/{file.pk}/",
    ):
        hidden, never = (
            outsider.get(address),
            outsider.get(address.replace(str(group.pk), str(uuid.uuid4()))),
        )
        assert hidden.status_code == 404, address
        assert never.status_code == 404
    for address, data in (
        (f"/groups/{group.pk}/", {"do": "join"}),
        (f"/groups/{group.pk}/", {"do": "chair", "member": member.pk}),
        (f"/discussions/{topic.pk}/", {"do": "write", "text": "@Claire Verdon hello"}),
        (f"/discussions/{topic.pk}/", {"do": "decide", "text": "Mine"}),
        (f"/discussions/{topic.pk}/", {"do": "close"}),
    ):
        assert outsider.post(address, data).status_code == 404, data
    # A file is found under its own topic alone.
    other = signed_in(cast.guest)
    other.post("/discussions/", {"title": "Mine", "text": "x", "audience": "edition"})
    with acting_as_system("tests"):
        mine = Topic.objects.exclude(pk=topic.pk).get()
        assert (Post.objects.count() - 1, Mail.objects.count()) == before
    assert other.get(f"/discussions/{mine.pk}/files/{file.pk}/").status_code == 404


def test_a_plain_member_moderates_nobody(cast: Cast) -> None:
    chair, member = signed_in(cast.authority), signed_in(cast.company)
    group = make_group(chair)
    say(member, f"/groups/{group.pk}/", do="join")
    topic = make_topic(chair, group)
    address = f"/discussions/{topic.pk}/"
    with acting_as_system("tests"):
        boss = GroupMember.objects.get(person=cast.authority.person)
    for data in (
        {"do": "out", "post": _first(topic), "reason": "x"},
        {"do": "close"},
        {"do": "decide", "text": "x"},
    ):
        assert "Only those who take part in it change it." in say(member, address, **data)
    for deed in ("remove", "chair", "refuse", "close"):
        told = say(member, f"/groups/{group.pk}/", do=deed, member=boss.pk, reason="x")
        assert "Only the chair decides this." in told
    with acting_as_system("tests"):
        assert Post.objects.get().text
        assert not Decision.objects.exists()
        assert Topic.objects.get().closed_at is None


BAD = ("a\x00b", "٣", "9" * 40, "2027-02-30T10:00", "9999-12-31T23:59", "x" * 9000, "-1", "")


@pytest.mark.parametrize("bad", BAD)
def test_whatever_is_written_into_each_step_is_answered(cast: Cast, bad: str) -> None:
    told = {400} if "\x00" in bad else {200, 302, 404}
    chair = signed_in(cast.authority)
    group = make_group(chair)
    topic = make_topic(chair, group)
    address = f"/discussions/{topic.pk}/"
    names = ("text", "title", "start", "length_min", "place", "answers", "post", "file", "poll")
    names += ("date", "reason", "audience")
    for deed in (
        *("write", "decide", "out", "out-file", "file", "poll", "answer", "close-poll", bad),
    ):
        data = dict.fromkeys(names, bad) | {"do": deed}
        assert chair.post(address, data).status_code in told, deed
        good = {"title": "Next", "length_min": "60", "text": "Some text", "reason": "r"}
        mixed = data | good | {"start": [bad, *DATES]}
        assert chair.post(address, mixed).status_code in told, deed
    for deed in ("topic", "admit", "refuse", "remove", "chair", "member", "close", "leave", "join"):
        data = dict.fromkeys(("title", "text", "member", "reason"), bad) | {"do": deed}
        assert chair.post(f"/groups/{group.pk}/", data).status_code in told, deed
    names = ("name", "about", "open_to", "admission", "programme", "area", "title", "text")
    for page in ("/groups/", "/discussions/"):
        assert chair.post(page, dict.fromkeys(names, bad)).status_code in told
        assert chair.get(page, dict.fromkeys(("programme", "area", "q"), bad)).status_code in told
    upload = SimpleUploadedFile(f"{bad[:60]}.txt", b"text")
    # Django drops what cannot be printed from a file's name, so a NUL never arrives and the file is taken.
    assert chair.post(address, {"do": "file", "file": upload}).status_code in {200, 302, 404}
    if "\x00" in bad:
        with acting_as_system("tests"):
            assert [file.name for file in TopicFile.objects.all()] == ["ab.txt"]


def test_the_topic_of_an_edition_names_it(cast: Cast) -> None:
    guest = signed_in(cast.guest)
    guest.post("/discussions/", {"title": "Mine", "text": "x", "audience": "edition"})
    with acting_as_system("tests"):
        assert Topic.objects.get().label_releasable_to == [f"edition:{EDITION}"]


def test_what_was_typed_stands_in_the_form_that_was_refused(cast: Cast) -> None:
    chair = signed_in(cast.authority)
    typed = {"name": " ", "about": "What we do", "open_to": "EU", "admission": "at-once"}
    page = say(chair, "/groups/", **typed, area="maritime")
    assert ">What we do</textarea>" in page
    for value in ("EU", "at-once", "maritime"):
        assert f'<option value="{value}" selected>' in page
    page = say(chair, "/discussions/", title=" ", text="First <b>", audience="NATO")
    assert ">First &lt;b&gt;</textarea>" in page
    assert '<option value="NATO" selected>' in page
    group = make_group(chair)
    page = say(chair, f"/groups/{group.pk}/", do="topic", title="Loads", text=" ")
    assert 'value="Loads"' in page
    address = f"/discussions/{make_topic(chair, group).pk}/"
    dates = [*DATES, "2027-05-17T10:00"]
    page = say(chair, address, do="poll", title="Next", length_min="2", place="Iași", start=dates)
    for value in ("Next", "Iași", "2", *dates):
        assert f'value="{value}"' in page
    assert 'value="2027-05' not in chair.get(address).content.decode(), "once"


def test_the_press_stays_out_of_a_group_unless_it_is_ticked(cast: Cast) -> None:
    with acting_as_system("tests"):
        press = cast.company.organisation
        press.kind = "press"
        press.save(update_fields=["kind"])
    founder, reporter = signed_in(cast.authority), signed_in(cast.company)
    assert "stays out, whatever the status" in founder.get("/groups/").content.decode()
    pages = {}
    for name, more in (("Closed", {}), ("Open", {"press": "yes"})):
        data = {"name": name, "about": "x", "open_to": "edition", "admission": "at-once", **more}
        answer = founder.post("/groups/", data, follow=True)
        pages[name] = answer.redirect_chain[-1][0]
    page = reporter.get(pages["Closed"]).content.decode()
    assert "organisations of the press stay out" in page
    assert "the group leaves the press out" in page
    assert "Come in" not in page
    told = reporter.post(pages["Closed"], {"do": "join"}, follow=True).content.decode()
    assert "leaves organisations of the press out" in told
    assert "may come in too" in reporter.get(pages["Open"]).content.decode()
    reporter.post(pages["Open"], {"do": "join"})
    key = pages["Open"].strip("/").split("/")[-1]
    assert f"group:{key}" in cast.company.subject.groups
    with acting_as_system("tests"):
        WorkingGroup.objects.filter(pk=key).update(takes_press=False)
    assert f"group:{key}" not in cast.company.subject.groups, "the rule holds at each request"
    assert "the group leaves the press out" in reporter.get(pages["Open"]).content.decode()
