"""The days of an edition and the hours of its venue are not drawn away from under slots and sessions."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from edition_rows import DAYS, ZONE, Rows, make_edition
from page_forms import as_read
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum.agenda_actions import AgendaError, Wish, call_off, draft_session, set_hours
from punte.apps.forum.models import Closure, Edition, Phase, Session, Slot
from punte.apps.forum.set_up import EditionWish, SetUpError, change_edition
from punte.apps.people.models import Person
from punte.apps.people.queries import subject_of_person
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    """Slots from 10:40 to 12:40 and from 14:00 to 14:40, a plenary at 9:00 and lunch till 14:00, on both days."""
    return make_edition(organisations=2, each=1, requests=0, places=1)


@pytest.fixture
def organiser(rows: Rows) -> Subject:
    with acting_as_system("tests"):
        return subject_of_person(Person.objects.get(account__email=rows.organiser).pk)


def move(rows: Rows, by: Subject, title: str, day: dt.date, first: int, last: int) -> None:
    """Draft the session of this title into other hours."""
    draft_session(
        by=by,
        edition=rows.edition,
        session=Session.objects.get(title=title, starts_at__date=DAYS[0]),
        wish=Wish(
            kind="plenary",
            format="open",
            title=title,
            starts_at=dt.datetime.combine(day, dt.time(first), ZONE),
            ends_at=dt.datetime.combine(day, dt.time(last), ZONE),
        ),
    )


def wish_of(edition: Edition, **changes: object) -> EditionWish:
    facts = {name: getattr(edition, name) for name in EditionWish.__dataclass_fields__}
    return dataclasses.replace(EditionWish(**facts), **changes)  # type: ignore[arg-type]


def stands(rows: Rows) -> Edition:
    return Edition.objects.get(pk=rows.edition.pk)


def test_hours_are_not_narrowed_under_a_slot(rows: Rows, organiser: Subject) -> None:
    with acting(organiser) as by:
        assert Closure.objects.filter(slot__code="d1-1040").exists()
        with pytest.raises(AgendaError) as refused:
            set_hours(by=by, edition=rows.edition, opens_at=dt.time(9), closes_at=dt.time(14, 20))
        text = str(refused.value)
        assert "slot d1-1420" in text
        assert "slot d2-1420" in text
        assert "plenary" not in text
        assert "Take the slots away" in text
        assert stands(rows).closes_at == dt.time(22), "nothing is kept"
        set_hours(by=by, edition=rows.edition, opens_at=dt.time(9), closes_at=dt.time(14, 40))
        assert stands(rows).closes_at == dt.time(14, 40)


def test_hours_are_not_narrowed_under_a_session(rows: Rows, organiser: Subject) -> None:
    with acting(organiser) as by:
        with pytest.raises(AgendaError) as refused:
            set_hours(by=by, edition=rows.edition, opens_at=dt.time(9, 30), closes_at=dt.time(22))
        assert "“Opening plenary: rearming, together”, 2025-11-05 09:00" in str(refused.value)
        assert "call off" in str(refused.value)
        for session in Session.objects.filter(kind="plenary"):
            call_off(by=by, edition=rows.edition, session=session)
        set_hours(by=by, edition=rows.edition, opens_at=dt.time(9, 30), closes_at=dt.time(22))


def test_a_draft_counts_where_it_lies(rows: Rows, organiser: Subject) -> None:
    with acting(organiser) as by:
        move(rows, by, "Lunch", DAYS[0], 20, 21)
        with pytest.raises(AgendaError, match="“Lunch”, 2025-11-05 20:00"):
            set_hours(by=by, edition=rows.edition, opens_at=dt.time(9), closes_at=dt.time(20, 30))


def test_what_lay_outside_before_is_in_nobodys_way(rows: Rows, organiser: Subject) -> None:
    """A session at 5 in the morning is a conflict of the agenda; the hours can still be drawn nearer to it."""
    with acting(organiser) as by:
        move(rows, by, "Lunch", DAYS[0], 5, 6)
        set_hours(by=by, edition=rows.edition, opens_at=dt.time(6), closes_at=dt.time(22))
        assert stands(rows).opens_at == dt.time(6)


def test_days_are_not_narrowed_under_slots_and_sessions(rows: Rows, organiser: Subject) -> None:
    with acting(organiser) as by:
        one_day = wish_of(rows.edition, ends_on=DAYS[0])
        with pytest.raises(SetUpError) as refused:
            change_edition(by=by, edition=rows.edition, wish=one_day)
        text = str(refused.value)
        assert "slot d2-1040" in text
        assert "and 7 more" in text, "8 slots and two sessions, of which three are named"
    with acting_as_system("tests"):
        Slot.objects.filter(day=DAYS[1]).delete()
    with acting(organiser) as by:
        with pytest.raises(SetUpError, match="“Lunch”, 2025-11-06 12:40"):
            change_edition(by=by, edition=rows.edition, wish=one_day)
        assert stands(rows).ends_on == DAYS[1]
        for session in Session.objects.filter(starts_at__date=DAYS[1]):
            call_off(by=by, edition=rows.edition, session=session)
        change_edition(by=by, edition=rows.edition, wish=one_day)
        assert stands(rows).ends_on == DAYS[0]


def test_the_page_says_it_and_keeps_what_was_typed(rows: Rows, client: Client) -> None:
    let_in(client, rows.organiser)
    address = f"/e/{rows.edition.slug}/agenda/edit/"
    sent = {"do": "hours", "opens_at": "12:00", "closes_at": "22:00"}
    read = as_read(client, address, sent)
    page = client.post(address, read).content.decode()
    assert "slot d1-1040" in page
    assert 'value="12:00"' in page
    client.post(address, read | {"opens_at": "08:30"})
    with acting_as_system("tests"):
        assert stands(rows).opens_at == dt.time(8, 30), "a refusal leaves the form as it was read"


def test_sessions_hold_the_time_zone_and_phases_keep_their_time_of_day(
    rows: Rows, organiser: Subject
) -> None:
    tokyo = "Asia/Tokyo"
    with acting(organiser) as by:
        edition = stands(rows)
        edition.phases.all().delete()
        begins = dt.datetime.combine(edition.starts_on, dt.time(9), edition.zone)
        Phase.objects.create(
            edition=edition, kind="live", starts_at=begins, ends_at=begins + dt.timedelta(hours=8)
        )
        edition.slots.all().delete()
        with pytest.raises(SetUpError, match="slots or sessions"):
            change_edition(by=by, edition=edition, wish=wish_of(edition, time_zone=tokyo))
        Session.objects.filter(edition=edition).delete()
        change_edition(by=by, edition=edition, wish=wish_of(edition, time_zone=tokyo))
        phase = Phase.objects.get(edition=edition)
        assert phase.starts_at == begins.replace(tzinfo=ZoneInfo(tokyo))


def test_days_are_not_drawn_away_from_a_phase(rows: Rows, organiser: Subject) -> None:
    with acting(organiser) as by:
        edition = stands(rows)
        edition.phases.all().delete()
        begins = dt.datetime.combine(edition.starts_on, dt.time(9), edition.zone)
        Phase.objects.create(
            edition=edition, kind="live", starts_at=begins, ends_at=begins + dt.timedelta(hours=8)
        )
        edition.slots.all().delete()
        Session.objects.filter(edition=edition).delete()
        later = {name: DAYS[0] + dt.timedelta(days=400) for name in ("starts_on", "ends_on")}
        with pytest.raises(SetUpError, match="does not fit the edition"):
            change_edition(by=by, edition=edition, wish=wish_of(edition, **later))
