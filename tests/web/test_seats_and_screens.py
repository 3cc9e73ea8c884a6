"""Seats of sessions that are over, the hall's screen, leaving oneself, and words for one and for several."""

import datetime as dt
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import PUBLIC, acting_as_system, right_groups
from punte.apps.forum.agenda import drafted_agenda
from punte.apps.forum.agenda_crowding import find_crowding
from punte.apps.forum.models import Delegate, Edition, Session, SessionPart, SessionWait
from punte.apps.meetings.models import MeetingRequest, SolveProgress
from punte.apps.people.models import Nomination
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def hold(rows: Rows, *, hours: int, title: str = "Talk", **more: object) -> Session:
    """Make a released session that began some hours ago and takes one; below zero it is still to come."""
    begins = timezone.now() - dt.timedelta(hours=hours)
    with acting_as_system("tests"):
        return Session.objects.create(
            edition=rows.edition,
            code=f"s-{title.casefold()}"[:20],
            kind="side",
            title=title,
            starts_at=begins,
            ends_at=begins + dt.timedelta(hours=1),
            is_released=True,
            owner_org_id=rows.edition.owner_org_id,
            **{"format": "open", "label_releasable_to": [PUBLIC], **more},
        )


def make_real(rows: Rows) -> None:
    """Let the edition be no invented one, and be on today."""
    today = timezone.localdate()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(
            is_synthetic=False, starts_on=today, ends_on=today
        )


def step(client: Client, rows: Rows, session: Session, do: str) -> str:
    address = f"/e/{rows.edition.slug}/agenda/{session.pk}/sign-up/"
    return unescape(client.post(address, {"do": do}, follow=True).content.decode())


def test_nobody_takes_or_gives_back_a_seat_in_a_session_that_is_over(rows: Rows) -> None:
    make_real(rows)
    over, to_come = hold(rows, hours=3), hold(rows, hours=-3, title="Later")
    delegate = signed_in(rows.delegate)
    assert "This session is over. Choose one that is still to come." in step(
        delegate, rows, over, "join"
    )
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        SessionPart.objects.create(session=over, delegate=me, part="listener")
    assert "its seats stay as they were" in step(delegate, rows, over, "leave")
    page = delegate.get(f"/e/{rows.edition.slug}/agenda/{over.pk}/").content.decode()
    assert "This session is over." in page
    assert 'value="leave"' not in page
    with acting_as_system("tests"):
        assert SessionPart.objects.filter(session=over, delegate=me).exists()
    assert "You have a seat" in step(delegate, rows, to_come, "join")


def test_an_invented_edition_that_is_over_can_still_be_tried(rows: Rows) -> None:
    delegate = signed_in(rows.delegate)
    with acting_as_system("tests"):
        late = dt.datetime.combine(rows.edition.starts_on, dt.time(18), rows.edition.zone)
        session = hold(rows, hours=0)
        session.starts_at, session.ends_at = late, late + dt.timedelta(hours=1)
        session.save()
    assert "You have a seat" in step(delegate, rows, session, "join")


def test_giving_back_a_seat_that_one_never_had_says_so(rows: Rows) -> None:
    session = hold(rows, hours=-30)
    delegate = signed_in(rows.delegate)
    told = step(delegate, rows, session, "leave")
    assert "You had no seat in this session. Nothing changed." in told
    assert "free again" not in told
    step(delegate, rows, session, "join")
    assert "Your seat is free again." in step(delegate, rows, session, "leave")


def test_the_screen_shows_what_everybody_may_see_unless_its_reader_asks(rows: Rows) -> None:
    hold(rows, hours=0, title="Open talk")
    hold(
        rows,
        hours=0,
        title="Allied talk",
        format="allied",
        label_releasable_to=[f"edition:{rows.edition.pk}"],
    )
    address = f"/e/{rows.edition.slug}/agenda/now/"
    organiser = signed_in(rows.organiser)
    screen = organiser.get(address).content.decode()
    assert "Open talk" in screen
    assert "Allied talk" not in screen
    assert "whoever is signed in" in screen
    own = organiser.get(f"{address}?mine=1").content.decode()
    assert "Allied talk" in own
    assert "not for a screen in the hall" in own
    assert "Allied talk" not in Client().get(f"{address}?mine=1").content.decode()


@pytest.mark.parametrize("readers", [[PUBLIC], "delegates"])
def test_who_withdraws_oneself_is_told_and_led_on(rows: Rows, readers: list[str] | str) -> None:
    with acting_as_system("tests"):
        shown = [f"edition:{rows.edition.pk}"] if readers == "delegates" else readers
        Edition.objects.filter(pk=rows.edition.pk).update(label_releasable_to=shown)
        mine = Nomination.objects.get(person__account__email=rows.delegate)
    delegate = signed_in(rows.delegate)
    address = f"/e/{rows.edition.slug}/delegation/"
    form = {"do": "withdraw", "nomination": str(mine.pk), "reason": "ill"}
    assert "sure" in delegate.post(address, form).content.decode()
    end = delegate.post(address, {**form, "sure": "yes"}, follow=True)
    assert end.status_code == 200
    page = unescape(end.content.decode())
    assert "Withdrawn. A substitute moves up, if there is one." in page
    assert "<nav" in page
    assert "<h1" in page
    with acting_as_system("tests"):
        mine.refresh_from_db()
    assert mine.state == "withdrawn"


@pytest.mark.parametrize(
    ("seats", "people", "said"),
    [
        (1, 3, "has 1 seat, and 3 people signed up"),
        (0, 1, "has 0 seats, and 1 person signed up"),
        (2, 3, "has 2 seats, and 3 people signed up"),
    ],
)
def test_seats_and_people_are_counted_as_one_or_as_several(
    rows: Rows, seats: int, people: int, said: str
) -> None:
    session = hold(rows, hours=-30, capacity=seats)
    with acting_as_system("tests"):
        for one in Delegate.objects.filter(edition=rows.edition)[:people]:
            SessionPart.objects.create(session=session, delegate=one, part="listener")
        found = find_crowding(drafted_agenda(rows.edition.pk), {}, {})
    assert [one.text for one in found if said in one.text]


def test_several_requests_are_called_accepted_in_the_plural(rows: Rows) -> None:
    delegate = signed_in(rows.delegate)
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        assert MeetingRequest.objects.filter(sender=me, state="accepted").exists()
    for page in ("requests/", "my/"):
        address = f"/e/{rows.edition.slug}/{page}"
        shown = delegate.get(address, headers={"accept-language": "ro"}).content.decode()
        assert "cceptate" in shown, page


def test_a_full_session_says_so_and_offers_no_seat(rows: Rows) -> None:
    session = hold(rows, hours=-2, title="Small", capacity=1)
    page = f"/e/{rows.edition.slug}/agenda/{session.pk}/"
    client = signed_in(rows.delegate)
    open_page = client.get(page).content.decode()
    assert "1 of 1 seat is free" in open_page
    assert 'value="join"' in open_page
    with acting_as_system("tests"):
        other = Delegate.objects.filter(edition=rows.edition, person__account=None)[0]
        # Whom the reader does not see takes a seat all the same.
        Delegate.objects.filter(pk=other.pk).update(label_releasable_to=[])
        SessionPart.objects.create(session=session, delegate=other, part="listener")
    full = client.get(page).content.decode()
    assert "0 of 1 seat is free" in full
    assert 'value="join"' not in full
    assert 'value="wait"' in full


def test_the_proof_shows_the_curve_of_the_first_goal_under_its_name(rows: Rows) -> None:
    with acting_as_system("tests"):
        run = rows.version.run
        SolveProgress.objects.create(
            run=run, attempt=run.attempt, elapsed_s=9.5, stage="idle_slots", value=22, bound=22
        )
    page = signed_in(rows.organiser).get(f"/e/{rows.edition.slug}/timetable/v1/proof/")
    shown = page.content.decode().split("How it was found", 1)[1]
    assert "<dt>worth of the meetings held</dt>" in shown
    assert "worth met so far" not in shown
    assert ">22<" not in shown
    assert "22.0" not in shown.split('id="points"', 1)[1]


def test_a_delegate_waits_for_a_seat_and_stops_and_the_organiser_sees_the_queue(rows: Rows) -> None:
    stewards = right_groups("organise", edition_id=rows.edition.pk)
    session = hold(rows, hours=-2, title="Small", capacity=1, label_stewards=stewards)
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        others = Delegate.objects.filter(edition=rows.edition, person__account=None)
        others = list(others[:2])
        SessionPart.objects.create(session=session, delegate=others[0], part="listener")
        SessionWait.objects.create(session=session, delegate=others[1], number=7)
    client, organiser = signed_in(rows.delegate), signed_in(rows.organiser)
    page = step(client, rows, session, "wait")
    assert "You are number 2 in the queue." in page
    assert "You wait for a seat: you are number 2 in the queue." in page
    assert 'value="join"' not in page
    drafts = f"/e/{rows.edition.slug}/agenda/edit/"
    assert "2 wait" in organiser.get(drafts).content.decode()
    queue = organiser.get(f"{drafts}{session.pk}/").content.decode().split('id="queue"')[1]
    assert queue.index(others[1].badge_name) < queue.index(me.badge_name)
    table = organiser.get(f"{drafts}?as=csv").content.decode("utf-8-sig").splitlines()
    assert table[0].endswith("Seat,Place in the queue")
    ends = {line.split(",")[3]: line.rsplit(",", 2)[1:] for line in table[1:]}
    assert ends[others[0].badge_name] == ["yes", ""]
    assert ends[others[1].badge_name] == ["waits", "1"]
    assert ends[me.badge_name] == ["waits", "2"]
    assert client.get(f"{drafts}?as=csv").status_code == 404
    assert "You left the queue." in step(client, rows, session, "stop")
    assert "You were not in the queue." in step(client, rows, session, "stop")
    with acting_as_system("tests"):
        assert not SessionWait.objects.filter(delegate=me).exists()


def test_who_was_passed_over_can_take_a_seat_that_is_still_free(rows: Rows) -> None:
    session = hold(rows, hours=-2, title="Small", capacity=1)
    with acting_as_system("tests"):
        me = Delegate.objects.get(person__account__email=rows.delegate)
        SessionWait.objects.create(session=session, delegate=me, number=1)
    client = signed_in(rows.delegate)
    page = client.get(f"/e/{rows.edition.slug}/agenda/{session.pk}/").content.decode()
    assert "Take the free seat" in page
    assert "You have a seat" in step(client, rows, session, "join")


def test_the_queues_cost_the_same_questions_for_one_and_for_three(rows: Rows) -> None:
    stewards = right_groups("organise", edition_id=rows.edition.pk)
    session = hold(rows, hours=-2, title="Small", capacity=1, label_stewards=stewards)
    organiser = signed_in(rows.organiser)
    drafts = f"/e/{rows.edition.slug}/agenda/edit/"
    counted = []
    for count in (1, 3):
        with acting_as_system("tests"):
            SessionWait.objects.filter(session=session).delete()
            people = Delegate.objects.filter(edition=rows.edition)[:count]
            for number, one in enumerate(people, start=1):
                SessionWait.objects.create(session=session, delegate=one, number=number)
        for page in (drafts, f"{drafts}{session.pk}/", f"{drafts}?as=csv"):
            organiser.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert organiser.get(page).status_code == 200
            counted.append(len(asked))
    assert counted[:3] == counted[3:]
