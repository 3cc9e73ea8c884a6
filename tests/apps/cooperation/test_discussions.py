"""Topics: written by who sees them, decided by who keeps them, and silent to everybody else."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from cast import EDITION, Cast, Member
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.cooperation import discussions, polls
from punte.apps.cooperation.digest import digest_of, send_digests
from punte.apps.cooperation.discussions import Place
from punte.apps.cooperation.mentions import names_in
from punte.apps.cooperation.models import Decision, Post, Topic, TopicFile
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.topic_files import add_file
from punte.apps.people import working_groups
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import GroupMember, Mail, WorkingGroup
from punte.kernel.errors import PunteError
from punte.web.cooperation.topic_steps import _moment
from small_pictures import PLACE, photograph

pytestmark = pytest.mark.django_db


def open_topic(member: Member, group: WorkingGroup | None = None, *to: str) -> Topic:
    with acting(member.subject) as by:
        return discussions.open_topic(
            by=by, title="Masts", text="Begin", place=Place(group=group, releasable_to=to)
        )


def group_of(*members: Member) -> WorkingGroup:
    chair, *others = members
    with acting(chair.subject) as by:
        group = working_groups.found_group(
            by=by, name="Bridges", about="", open_to=["NATO"], admission="at-once"
        )
    for member in others:
        with acting(member.subject) as by:
            working_groups.ask_to_join(by=by, group=group)
    return group


def mails(kind: str) -> dict[str, Mail]:
    with acting_as_system("tests"):
        rows = Mail.objects.filter(kind=kind).select_related("person")
        return {row.person.name: row for row in rows}


def test_topics_are_written_by_whoever_sees_them(cast: Cast) -> None:
    topic = open_topic(cast.authority, None, f"org:{cast.company.organisation.pk}")
    with acting(cast.company.subject) as by:
        post = discussions.write_post(by=by, topic=topic, text="Answer")
        with pytest.raises(NotPartOfItError):
            discussions.decide(by=by, topic=topic, text="We decide")
    with acting(cast.guest.subject):
        assert not Topic.objects.exists()
    with acting(cast.authority.subject) as by:
        discussions.take_out(by=by, what=post, reason="Off topic")
        discussions.close_topic(by=by, topic=topic)
        with pytest.raises(PunteError, match="closed"):
            discussions.write_post(by=by, topic=topic, text="More")
        post.refresh_from_db()
        assert (post.text, post.removed_because) == ("", "Off topic")


def test_a_topic_of_a_group_is_its_members_alone(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    with acting(cast.organiser.subject) as by:
        assert WorkingGroup.objects.exists(), "an Ally sees that the group is there"
        assert not Topic.objects.exists()
        with pytest.raises(NotPartOfItError):
            discussions.open_topic(by=by, title="x", text="x", place=Place(group=group))
    with acting(cast.authority.subject) as chair:
        post = Post.objects.get(topic=topic)
        discussions.take_out(by=chair, what=post, reason="Elsewhere")
        member = GroupMember.objects.get(person=cast.company.person)
        working_groups.decide_on_member(by=chair, member=member, state="out", reason="Left us")
    with acting(cast.company.subject):
        assert not Topic.objects.exists(), "who was taken out sees not even what it opened"


def test_nothing_is_written_in_a_closed_group_and_who_is_out_did_not_leave(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    with acting(cast.authority.subject) as by:
        working_groups.close_group(by=by, group=group)
        with pytest.raises(PunteError, match="group is closed"):
            discussions.decide(by=by, topic=topic, text="x")
    with acting(cast.company.subject) as by, pytest.raises(PunteError, match="group is closed"):
        discussions.write_post(by=by, topic=topic, text="x")
    with acting_as_system("tests"):
        member = GroupMember.objects.get(group=group, person=cast.company.person)
    with acting(cast.authority.subject) as by:
        working_groups.decide_on_member(by=by, member=member, state="out", reason="Ended")
    mail.outbox.clear()
    send_mail(mails("group.decided")[cast.company.person.name].pk)
    (sent,) = mail.outbox
    assert "not a member any more" in sent.body
    assert "Left" not in sent.body


def test_a_skipped_hour_is_no_date() -> None:
    with pytest.raises(PunteError, match="clocks skip"):
        _moment("2027-03-28T03:30")
    assert _moment("2027-03-28T04:30").hour == 4


def test_a_released_decision_is_read_without_its_topic(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    with acting(cast.company.subject) as by, pytest.raises(NotPartOfItError):
        discussions.decide(by=by, topic=topic, text="We buy")
    with acting(cast.authority.subject) as chair:
        public = discussions.decide(
            by=chair, topic=topic, text="Standard agreed", releasable_to=["PUBLIC"]
        )
        discussions.decide(by=chair, topic=topic, text="Ours alone")
    with acting(VISITOR):
        assert [one.text for one in Decision.objects.all()] == ["Standard agreed"]
        assert not Topic.objects.exists()
    with acting(cast.company.subject):
        assert Decision.objects.count() == 2
    with acting(cast.authority.subject) as chair:
        discussions.take_out(by=chair, what=Post.objects.get(pk=public.post_id), reason="Wrong")
    with acting(VISITOR):
        assert [(one.text, one.withdrawn_because) for one in Decision.objects.all()] == [
            ("", "Wrong")
        ]


def test_only_who_sees_a_topic_is_told_that_it_names_them(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    text = (
        f"@{cast.authority.person.name.upper()}, ask @{cast.guest.person.name} and @Nobody At All"
    )
    before = _everything_but_the_post()
    with acting(cast.company.subject) as by:
        post = discussions.write_post(by=by, topic=topic, text=text)
        assert post.text == text, "a name that is somebody's looks like one that is nobody's"
    told = mails("topic.mentioned")
    assert set(told) == {cast.authority.person.name}
    assert _everything_but_the_post() - before == {told[cast.authority.person.name].pk}
    send_mail(told[cast.authority.person.name].pk)
    (letter,) = mail.outbox
    assert text.splitlines()[0] in letter.body
    assert cast.authority.account.email in letter.to


def _everything_but_the_post() -> set[object]:
    """Return every mail there is, to whomever: a refused mention leaves no trace."""
    with acting_as_system("tests"):
        return set(Mail.objects.values_list("pk", flat=True))


def test_a_mention_that_was_taken_out_is_told_to_nobody(cast: Cast) -> None:
    topic = open_topic(cast.authority, None, f"edition:{EDITION}")
    with acting(cast.company.subject) as by:
        post = discussions.write_post(by=by, topic=topic, text=f"@{cast.guest.person.name} look")
        discussions.take_out(by=by, what=post, reason="Wrong place")
    send_mail(mails("topic.mentioned")[cast.guest.person.name].pk)
    assert not mail.outbox


def test_names_are_found_by_their_at() -> None:
    assert names_in("mail me@ana.example or @@ana") == []
    assert names_in("(@Jean-Luc O'Neil)") == [["jean-luc o'neil", "jean-luc"]]
    assert len(names_in("@a " * 500)) == 20


def test_the_digest_tells_what_is_new_where_one_takes_part(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    open_topic(cast.guest, None, f"edition:{EDITION}")
    with acting(cast.authority.subject) as chair:
        discussions.decide(by=chair, topic=topic, text="Decided")
    now = timezone.now() + dt.timedelta(minutes=1)
    assert send_digests(now=now) == 2
    assert send_digests(now=now) == 0, "the same week goes once"
    told = mails("topics.digest")
    assert set(told) == {cast.authority.person.name, cast.company.person.name}
    with acting(cast.company.subject) as by:
        (line,) = digest_of(by, since=now - dt.timedelta(days=7), until=now)
        assert (line.title, line.posts, line.decisions) == ("Masts", 1, 1)
    with acting(cast.authority.subject) as chair:
        member = GroupMember.objects.get(person=cast.company.person)
        working_groups.decide_on_member(by=chair, member=member, state="out", reason="x")
    send_mail(told[cast.company.person.name].pk)
    assert not mail.outbox, "who was taken out in between is told nothing"


def test_a_poll_finds_a_date_and_gives_a_calendar_file(cast: Cast) -> None:
    group = group_of(cast.authority, cast.company)
    topic = open_topic(cast.company, group)
    start = timezone.now().replace(microsecond=0) + dt.timedelta(days=10)
    starts = [start + dt.timedelta(days=day) for day in range(3)]
    with acting(cast.company.subject) as by:
        for wrong in (starts[:1], [start - dt.timedelta(days=30), *starts]):
            with pytest.raises(PunteError):
                polls.open_poll(by=by, topic=topic, title="Next", starts=wrong)
        poll = polls.open_poll(by=by, topic=topic, title="Next; meeting", starts=starts)
        dates = list(poll.dates.all())
        polls.answer_poll(by=by, poll=poll, answers={dates[0].pk: "yes", dates[1].pk: "maybe"})
    with acting(cast.authority.subject) as by:
        polls.answer_poll(by=by, poll=poll, answers={dates[0].pk: "no", dates[1].pk: "yes"})
        polls.answer_poll(by=by, poll=poll, answers={dates[1].pk: "yes"})
        with pytest.raises(PunteError, match="no such date"):
            polls.answer_poll(by=by, poll=poll, answers={topic.pk: "yes"})
        table = polls.table_of(poll, person_id=by.person_id)
        assert (table.totals, table.best) == (((1, 0), (1, 1), (0, 0)), 1)
        assert [name for name, _said in table.rows] == ["Claire Verdon", "Tomasz Wilk"]
    with acting(cast.company.subject) as by:
        polls.close_poll(by=by, poll=poll, date=dates[1])
        with pytest.raises(PunteError, match="closed"):
            polls.answer_poll(by=by, poll=poll, answers={})
        content = polls.calendar_of_poll(poll, address="https://x.example/").decode()
    assert f"DTSTART:{starts[1].astimezone(dt.UTC):%Y%m%dT%H%M%SZ}" in content
    assert "SUMMARY:Next\\; meeting" in content
    told = mails("poll.closed")
    assert set(told) == {cast.authority.person.name, cast.company.person.name}
    send_mail(told[cast.company.person.name].pk)
    assert "BEGIN:VCALENDAR" in mail.outbox[0].attachments[0].get_payload(decode=True).decode()


def test_files_are_looked_through_and_seen_with_their_topic(cast: Cast) -> None:
    topic = open_topic(cast.authority, None, f"org:{cast.company.organisation.pk}")
    with acting(cast.company.subject) as by:
        for name, content, why in (
            ("plan.txt", b"NATO SECRET", "marked"),
            ("NATO RESTRICTED plan.txt", b"x", "marked"),
            ("run.exe", b"x", "not taken"),
            (".pdf", b"x", "not taken"),
            ("empty.pdf", b"", "holds something"),
            ("big.pdf", b"x" * (4 * 1024 * 1024 + 1), "4 MB"),
        ):
            with pytest.raises(PunteError, match=why):
                add_file(by=by, topic=topic, name=name, content=content)
        photo = add_file(by=by, topic=topic, name="p.jpg", content=photograph())
        assert PLACE not in photo.content
        photo.delete()
        file = add_file(by=by, topic=topic, name="../../a\x00b\r\n.txt", content=b"text")
        assert (file.name, bytes(file.content)) == ("ab.txt", b"text")
    with acting(cast.guest.subject):
        assert not TopicFile.objects.exists()
    with acting(cast.authority.subject) as by:
        discussions.take_out(by=by, what=TopicFile.objects.get(), reason="Old")
        kept = TopicFile.objects.get()
        assert (bytes(kept.content), kept.removed_because) == (b"", "Old")


def test_answers_stand_under_what_they_answer(cast: Cast) -> None:
    topic, other = (open_topic(cast.authority, None, f"edition:{EDITION}") for _ in range(2))
    with acting(cast.company.subject) as by:
        first = topic.posts.get()
        answer = discussions.write_post(by=by, topic=topic, text="Yes", answers=first)
        deeper = discussions.write_post(by=by, topic=topic, text="And", answers=answer)
        assert (answer.answers_id, deeper.answers_id) == (first.pk, first.pk)
        with pytest.raises(PunteError, match="no such post"):
            discussions.write_post(by=by, topic=topic, text="x", answers=other.posts.get())
