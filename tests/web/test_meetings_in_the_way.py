"""Published meetings that something else came over: a session in which nobody meets, a delegate who is away."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from page_forms import as_read
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Session, SessionPart, SessionWait
from punte.apps.meetings.models import Availability, Meeting
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def at(rows: Rows, rest: str) -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def blocker(rows: Rows) -> tuple[dict[str, str], int]:
    """Return a session over the slot with most meetings, as it is sent, and how many published meetings stand in it."""
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(version=rows.version).select_related("slot")[0]
        slot = meeting.slot
        count = Meeting.objects.filter(version=rows.version, slot=slot).count()
    zone = rows.edition.zone
    return {
        "title": "Silent minute",
        "kind": "side",
        "format": "open",
        "starts_at": f"{slot.starts_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "ends_at": f"{slot.ends_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "blocks_everyone": "yes",
    }, count


def test_nobody_meets_over_meetings_is_said_and_leads_to_repair(rows: Rows) -> None:
    organiser = signed_in(rows.organiser)
    session, count = blocker(rows)
    organiser.post(at(rows, "agenda/edit/new/"), {**session, "blocks_everyone": ""})
    edit, repair = at(rows, "agenda/edit/"), at(rows, "timetable/repair/")
    assert "nobody meets" not in organiser.get(edit).content.decode()
    with acting_as_system("tests"):
        found = Session.objects.get(edition=rows.edition, title="Silent minute")
    form = at(rows, f"agenda/edit/{found.pk}/")
    organiser.post(form, as_read(organiser, form, session))
    said = f"{count} published meeting"
    before = organiser.get(edit).content.decode()
    assert said in before
    assert "“Silent minute”, in which nobody meets" in before
    assert f'href="{repair}' not in before, "the release comes first"
    assert "Silent minute" not in organiser.get(repair).content.decode()
    data = as_read(organiser, edit, {"do": "release", "note": ""})
    after = organiser.post(edit, data, follow=True).content.decode()
    assert "Released" in after
    assert said in after
    assert f'href="{repair}' in after
    desk = organiser.get(repair).content.decode()
    assert desk.count("Nobody meets then: “Silent minute”") == count


def test_a_delegate_who_goes_away_is_told_which_meetings_stand(rows: Rows) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        held = [
            one
            for one in Meeting.objects.filter(version=rows.version).select_related("request")
            if me.pk in one.request.parties
        ]
        slots = [str(slot.pk) for slot in rows.edition.slots.all()]
    assert held
    delegate, organiser = signed_in(rows.delegate), signed_in(rows.organiser)
    page, repair = at(rows, "availability/"), at(rows, "timetable/repair/")
    assert "These meetings stand" not in delegate.get(page).content.decode()
    assert f"Away then: {me.badge_name}" not in organiser.get(repair).content.decode()
    shown = delegate.post(page, {"shown": slots, "here": []}, follow=True).content.decode()
    assert "These meetings stand although you are away" in shown
    for meeting in held:
        assert at(rows, f"requests/{meeting.request_id}/") in shown
    desk = organiser.get(repair).content.decode()
    assert desk.count(f"Away then: {me.badge_name}") == len(held)
    with acting_as_system("tests"):
        Availability.objects.filter(delegate=me).delete()
        Delegate.objects.filter(pk=me.pk).update(left_at=timezone.now())
    desk = organiser.get(repair).content.decode()
    assert desk.count(f"No longer comes: {me.badge_name}") == len(held)


def session_of(rows: Rows, title: str, **more: object) -> Session:
    with acting_as_system("tests"):
        model = Session.objects.filter(edition=rows.edition)[0]
        return Session.objects.create(
            edition=rows.edition,
            code=title[:6],
            kind="panel",
            format="open",
            title=title,
            starts_at=model.starts_at,
            ends_at=model.ends_at,
            is_released=True,
            owner_org_id=rows.edition.owner_org_id,
            label_releasable_to=model.label_releasable_to,
            **more,
        )


def test_my_forum_says_what_is_called_off_and_where_there_is_no_seat(rows: Rows) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
    off = session_of(rows, "Called-off talk", is_cancelled=True)
    full = session_of(rows, "Full talk", capacity=1)
    mine = session_of(rows, "My own talk", capacity=5)
    session_of(rows, "Talk for all")
    with acting_as_system("tests"):
        SessionPart.objects.create(session=mine, delegate=me, part=SessionPart.Part.LISTENER)
    page = signed_in(rows.delegate).get(at(rows, "my/")).content.decode()
    lines = {
        title: page.split(title, 1)[1].split("</li>", 1)[0]
        for title in ("Called-off talk", "Full talk", "My own talk", "Talk for all")
    }
    assert {title for title, line in lines.items() if "cancelled" in line} == {"Called-off talk"}
    assert {title for title, line in lines.items() if "no seat" in line} == {"Full talk"}
    assert at(rows, f"agenda/{full.pk}/") in page
    assert off.title in page


def test_my_forum_says_at_which_place_one_waits_for_a_seat(rows: Rows) -> None:
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        others = list(Delegate.objects.filter(edition=rows.edition).exclude(pk=me.pk)[:2])
    delegate = signed_in(rows.delegate)
    waited = session_of(rows, "Waited talk", capacity=1)
    session_of(rows, "Full talk", capacity=1)
    delegate.get(at(rows, "my/"))
    with CaptureQueriesContext(connection) as before:
        delegate.get(at(rows, "my/"))
    with acting_as_system("tests"):
        for number, one in enumerate([others[0], me, others[1]], start=3):
            SessionWait.objects.create(session=waited, delegate=one, number=number)
    with CaptureQueriesContext(connection) as after:
        page = delegate.get(at(rows, "my/")).content.decode()
    line = {
        title: page.split(title, 1)[1].split("</li>", 1)[0]
        for title in ("Waited talk", "Full talk")
    }
    assert "waiting, number 2" in line["Waited talk"]
    assert "no seat" in line["Waited talk"]
    assert "waiting, number" not in line["Full talk"]
    assert len(after) == len(before)
    asked = [one["sql"] for one in after if "forum_sessionwait" in one["sql"]]
    assert len([one for one in asked if "EXECUTE" in one or "SELECT" in one]) <= 1
