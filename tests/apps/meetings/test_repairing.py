"""A repair keeps what it can, tells exactly those touched, and changes nothing until it is published."""

import datetime as dt
import re
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone, translation

from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Place, Slot
from punte.apps.meetings.actions import WrongStateError
from punte.apps.meetings.bridge import PROMISES, ask_question, held_meetings, rules_broken_by
from punte.apps.meetings.models import Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.meetings.publication import publish_version
from punte.apps.meetings.queries import published_version
from punte.apps.meetings.repairing import (
    expected_after,
    next_slot,
    propose_repair,
    repair_timetable,
)
from punte.apps.people.mail import address_of
from punte.apps.people.models import Mail, Person
from small_forum import Forum, solve

pytestmark = pytest.mark.django_db(transaction=True)


def publish(forum: Forum) -> TimetableVersion:
    version = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=version.id)
        return TimetableVersion.objects.get(pk=version.id)


def middle(forum: Forum) -> Slot:
    slots = list(Slot.objects.filter(edition=forum.edition))
    return slots[len(slots) // 3]


def people_of(codes: set[str]) -> set[UUID]:
    """Return the delegates of requests."""
    pairs = MeetingRequest.objects.filter(code__in=codes)
    return {key for pair in pairs.values_list("sender_id", "receiver_id") for key in pair}


def test_a_no_show_is_repaired_and_only_those_touched_are_told(committed_forum: Forum) -> None:
    forum = committed_forum
    published = publish(forum)
    with acting_as_system("tests"):
        Mail.objects.all().delete()
    with acting(forum.organiser) as by:
        since = middle(forum)
        expected = expected_after(forum.edition, since)
        absent = Delegate.objects.get(pk=max(expected, key=lambda key: (expected[key], str(key))))
        before = {m.request: (m.slot, m.place) for m in held_meetings(published)}
        past = {slot.code for slot in Slot.objects.filter(starts_at__lt=since.starts_at)}
        done = propose_repair(by=by, edition=forum.edition, since=since, absent=[absent], closed=[])
        assert TimetableVersion.objects.count() == 1, "a proposal is not stored"
        draft = repair_timetable(
            by=by, edition=forum.edition, since=since, absent=[absent], closed=[]
        )
        assert set(held_meetings(draft)) == set(done.meetings)
        published.refresh_from_db()
        assert (published.state, Mail.objects.exists()) == ("published", False), "nobody is told"
        after = {m.request: (m.slot, m.place) for m in held_meetings(draft)}
        for code, where in before.items():
            if where[0] in past:
                assert after[code] == where, "history stays"
        rows = Meeting.objects.filter(version=draft, slot__starts_at__gte=since.starts_at)
        assert not rows.filter(request__sender=absent).exists()
        assert not rows.filter(request__receiver=absent).exists()
        assert done.lost >= expected[absent.pk] > 0
        question = ask_question(forum.edition)
        assert question.sha256 == done.question.sha256 == draft.instance_sha256
        assert not rules_broken_by(question, held_meetings(draft), but=PROMISES)
        changed = {code for code in {*before, *after} if before.get(code) != after.get(code)}
        publish_version(by=by, version_id=draft.pk)
        people = people_of(changed)
        with acting_as_system("tests"):
            told = {UUID(mail.details["delegate"]) for mail in Mail.objects.all()}
            reached = {
                one.pk
                for one in Delegate.objects.filter(pk__in=people).select_related("person__account")
                if address_of(one.person)
            }
    assert told == reached < people, "those without an address read it on their page"


def test_a_closed_place_is_left_and_new_requests_come_in(committed_forum: Forum) -> None:
    forum = committed_forum
    published = publish(forum)
    with acting(forum.organiser) as by:
        since = Slot.objects.filter(edition=forum.edition).earliest("starts_at")
        place = Meeting.objects.filter(version=published)[0].place
        done = propose_repair(by=by, edition=forum.edition, since=since, absent=[], closed=[place])
        with translation.override("ro"):
            draft = repair_timetable(
                by=by, edition=forum.edition, since=since, absent=[], closed=[place]
            )
        when = f"{since.starts_at.astimezone(forum.edition.zone):%Y-%m-%d %H:%M}"
        assert draft.comment == f"1 loc închis, începând cu {when}"
        assert not Meeting.objects.filter(version=draft, place=place).exists()
        assert (
            done.kept + done.moved + done.lost == Meeting.objects.filter(version=published).count()
        )
        assert Place.objects.get(pk=place.pk).closures.count() == Slot.objects.count()
        assert ask_question(forum.edition).sha256 == done.question.sha256
        one = Delegate.objects.filter(edition=forum.edition)[0]
        both = repair_timetable(
            by=by, edition=forum.edition, since=since, absent=[one], closed=[place]
        )
        assert both.comment == f"1 person away, 1 place closed, from {when} on"
        nothing = repair_timetable(by=by, edition=forum.edition, since=since, absent=[], closed=[])
        assert nothing.number == both.number + 1


def test_without_a_published_timetable_or_the_right_nothing_is_noted(
    committed_forum: Forum,
) -> None:
    forum = committed_forum
    with acting(forum.organiser) as by:
        since = next_slot(forum.edition, dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        assert since is not None
        with pytest.raises(WrongStateError):
            repair_timetable(by=by, edition=forum.edition, since=since, absent=[], closed=[])
    publish(forum)
    with acting(forum.subject("company")) as by, pytest.raises(NotAllowedError):
        repair_timetable(by=by, edition=forum.edition, since=since, absent=[], closed=[])


def test_the_page_leads_to_the_publication(committed_forum: Forum) -> None:
    forum = committed_forum
    publish(forum)
    client = Client()
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    address = f"/e/{forum.edition.slug}/timetable/repair/"
    with acting(forum.organiser):
        since = middle(forum)
        expected = expected_after(forum.edition, since)
        absent = Delegate.objects.get(pk=next(iter(expected)))
    page = client.get(f"{address}?since={since.code}&q={absent.code}").content.decode()
    assert absent.badge_name in page
    ticked = {"since": since.code, "absent": [str(absent.pk), "x"]}
    shown = client.post(address, ticked, follow=True)
    assert len(shown.redirect_chain) == 1, (
        "the proposal has an address, to which the browser can go back"
    )
    page = shown.content.decode()
    assert "nobody is told yet" in page
    assert f'name="absent" value="{absent.pk}"' in page
    with acting(forum.organiser):
        assert TimetableVersion.objects.count() == 1, "a look stores nothing"
    (mark,) = re.findall(r'name="mark" value="([0-9a-f]{64})"', page)
    told = client.post(address, ticked | {"do": "publish", "mark": "0" * 64}, follow=True)
    page = told.content.decode()
    assert "changed since the repair was proposed" in page
    assert mark in page
    done = client.post(address, ticked | {"do": "publish", "mark": mark}, follow=True)
    assert "Version 2 is published" in done.content.decode()
    with acting(forum.organiser):
        assert published_version(forum.edition.pk).number == 2  # type: ignore[union-attr]
    twice = client.post(address, ticked | {"do": "publish", "mark": mark}, follow=True)
    assert "published already, as version 2" in twice.content.decode()
    with acting(forum.organiser):
        assert TimetableVersion.objects.count() == 2, "the second time nothing is published"
    answer = client.post(address, ticked | {"do": "draft"})
    assert answer["Location"].endswith("/v3/publish/")
    company = Client()
    company.force_login(Account.objects.get(email="company@bucharest.example"))
    assert company.get(address).status_code == 404


def test_a_repair_begins_with_no_slot_that_has_begun(committed_forum: Forum) -> None:
    forum = committed_forum
    publish(forum)
    with acting_as_system("tests"):
        slots = list(Slot.objects.filter(edition=forum.edition).order_by("starts_at"))
        shift = timezone.now() - slots[2].starts_at - dt.timedelta(minutes=1)
        for slot in reversed(slots):
            Slot.objects.filter(pk=slot.pk).update(
                starts_at=slot.starts_at + shift, ends_at=slot.ends_at + shift
            )
        begun, ahead = (Slot.objects.get(pk=slots[idx].pk) for idx in (2, 3))
    with acting(forum.organiser) as by:
        with pytest.raises(WrongStateError, match="has begun"):
            propose_repair(by=by, edition=forum.edition, since=begun, absent=[], closed=[])
        propose_repair(by=by, edition=forum.edition, since=ahead, absent=[], closed=[])
    client = Client()
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    address = f"/e/{forum.edition.slug}/timetable/repair/"
    assert f'value="{begun.code}"' not in client.get(address).content.decode()
    told = client.post(address, {"since": begun.code}, follow=True).content.decode()
    assert "has begun" in told


def test_the_proposal_names_who_cannot_be_told(committed_forum: Forum) -> None:
    forum = committed_forum
    publish(forum)
    client = Client()
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    address = f"/e/{forum.edition.slug}/timetable/repair/"
    with acting(forum.organiser):
        since = middle(forum)
        absent = Delegate.objects.get(pk=next(iter(expected_after(forum.edition, since))))
    with acting_as_system("tests"):
        Person.objects.filter(email="").update(email="told@sample.example")
        assert absent.person.account is None
        Person.objects.filter(pk=absent.person_id).update(email="")
    ticked = {"since": since.code, "absent": [str(absent.pk)]}
    page = client.post(address, ticked, follow=True).content.decode()
    assert "1 of them has no e-mail address" in page
    assert page.count(f'<span class="quiet">{absent.code}</span>') == 1
    (mark,) = re.findall(r'name="mark" value="([0-9a-f]{64})"', page)
    done = client.post(address, ticked | {"do": "publish", "mark": mark}, follow=True)
    assert f"tell them: {absent.badge_name} ({absent.code})." in done.content.decode()
