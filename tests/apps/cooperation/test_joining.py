"""Who may join an activity is a rule of its own; seats are confirmed and taken back, and those concerned are told."""

import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cast import EDITION, Cast, Member, make_cast, make_member, make_open_edition
from punte.apps.access.permissions import PUBLIC, VISITOR, acting, acting_as_system
from punte.apps.cooperation import assistance, seats
from punte.apps.cooperation.joining import joining_of
from punte.apps.cooperation.models import Assistance, Seat, SeatEvent
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.cooperation.sample import load_cooperation
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Membership
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db
COURSE: dict[str, Any] = {
    "kind": "training",
    "side": "offer",
    "title": "Course",
    "about": "",
    "beneficiaries": "Moldova",
    "releasable_to": [PUBLIC],
    "seats": 5,
}


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_open_edition(made)
    with acting_as_system("tests"):
        Membership.objects.update(is_focal_point=True)
    return made


def enter(by: Member, **values: Any) -> Assistance:
    with acting(by.subject):
        return assistance.enter_assistance(by=by.subject, **(COURSE | values))


def take(member: Member, row: Assistance, count: int) -> Seat | None:
    with acting(member.subject):
        return seats.take_seats(by=member.subject, assistance=row, count=count)


def mails_to(member: Member) -> list[str]:
    """Send what waits for somebody and return the subjects."""
    mail.outbox.clear()
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(person=member.person, state=Mail.State.WAITING))
    for one in waiting:
        send_mail(one.pk)
    return [f"{letter.subject} | {letter.body}" for letter in mail.outbox]


def test_seats_are_for_organisations_of_the_countries_it_is_for(cast: Cast) -> None:
    row = enter(cast.authority)
    press = make_member("Paul Presse", "Daily", "press", "DEU")
    for stranger in (press, cast.company, cast.authority):
        with pytest.raises(NotPartOfItError, match="open to: Moldova"):
            take(stranger, row, 5)
    take(cast.guest, row, 5)
    with acting(cast.guest.subject):
        told = joining_of(cast.guest.subject, row)
    assert told.may
    assert "You may join because it is open to organisations of your country, Moldova." in (
        told.sentence
    )
    assert not joining_of(VISITOR, row).may
    assert not joining_of(cast.outsider.subject, row).may, "not cleared"


def test_a_status_lets_in_and_is_named_with_its_source(cast: Cast) -> None:
    row = enter(cast.authority, beneficiaries="Ukraine", open_to=["EU_CANDIDATE"])
    told = joining_of(cast.guest.subject, row)
    assert told.may
    assert "candidate" in told.sentence
    assert told.sources
    assert not joining_of(cast.company.subject, row).may
    closed = enter(cast.authority, is_open_to_beneficiaries=False, open_to=["NATO"])
    assert not joining_of(cast.guest.subject, closed).may
    assert joining_of(cast.company.subject, closed).may
    anyone = enter(cast.authority, beneficiaries="")
    assert joining_of(cast.company.subject, anyone).may


def test_the_side_that_helps_confirms_and_takes_back_and_both_are_told(cast: Cast) -> None:
    row = enter(cast.authority)
    seat = take(cast.guest, row, 3)
    assert seat is not None
    assert any("Seats taken" in one for one in mails_to(cast.authority))
    with acting(cast.guest.subject), pytest.raises(NotPartOfItError):
        seats.confirm_seats(by=cast.guest.subject, seat=seat, count=3)
    by = cast.authority.subject
    with acting(by):
        with pytest.raises(ChangedMeanwhileError):
            seats.confirm_seats(by=by, seat=seat, count=2)
        seats.confirm_seats(by=by, seat=seat, count=3)
    assert any("Seats confirmed" in one for one in mails_to(cast.guest))
    take(cast.guest, row, 2)
    with acting_as_system("tests"):
        assert Seat.objects.get().confirmed_at is not None, "fewer stay confirmed"
    take(cast.guest, row, 4)
    with acting(by):
        seat = Seat.objects.select_related("assistance").get()
        assert seat.confirmed_at is None, "more are to be confirmed anew"
        with pytest.raises(PunteError, match="Say why"):
            seats.take_back_seats(by=by, seat=seat, count=4, reason=" ")
        seats.take_back_seats(by=by, seat=seat, count=4, reason="The course is full.")
        assert seats.seats_taken(row) == 0
    assert any("The course is full." in one for one in mails_to(cast.guest))


def test_the_steps_are_read_by_the_two_sides_alone(cast: Cast) -> None:
    row = enter(cast.authority)
    take(cast.guest, row, 3)
    for reader, count in (
        (cast.guest.subject, 1),
        (cast.authority.subject, 1),
        (cast.organiser.subject, 1),
        (cast.company.subject, 0),
        (VISITOR, 0),
    ):
        with acting(reader):
            assert SeatEvent.objects.count() == count


def test_an_organiser_keeps_what_is_entered_at_the_edition(cast: Cast) -> None:
    row = enter(cast.authority)
    assert f"organise@{EDITION}" in row.label_stewards
    seat = take(cast.guest, row, 1)
    assert seat is not None
    by = cast.organiser.subject
    with acting(by):
        seats.confirm_seats(by=by, seat=seat, count=1)


def test_who_helps_and_who_asks_have_a_country_and_who_helps_is_not_helped(cast: Cast) -> None:
    row = enter(cast.authority)
    assert (row.provider, row.provider_country, row.asker) == ("Armament Directorate", "FRA", "")
    with pytest.raises(PunteError, match="France helps, and is not among"):
        enter(cast.authority, beneficiaries="Moldova, France")
    by = cast.authority.subject
    with acting(by), pytest.raises(PunteError, match="France helps"):
        assistance.change_assistance(
            by=by, assistance=row, state="planned", beneficiaries="MDA, FRA"
        )
    wish = enter(cast.guest, side="request")
    told = (wish.provider, wish.provider_country, wish.asker, wish.asker_country)
    assert told == ("", "", "Partner State Chancellery", "MDA")


def test_the_public_facts_of_romania_and_moldova_stand_before_what_is_invented(
    cast: Cast, client: Client
) -> None:
    load_cooperation(cast.organiser.organisation.pk, with_synthetic=True)
    with acting_as_system("tests"):
        facts = Assistance.objects.filter(provider_country="ROU", is_synthetic=False)
        assert {one.kind for one in facts} == {"training", "capability", "technical"}
        assert all(one.sources and one.beneficiaries == ["MDA"] for one in facts)
        for one in Assistance.objects.exclude(provider_country=""):
            assert one.provider_country not in one.beneficiaries
        assert Assistance.objects.filter(provider="European Union").count() == 7
    page = client.get("/assistance/").content.decode()
    assert page.index("Joint training of Romania") < page.index("(synthetic)")
    assert page.index("European Peace Facility") < page.index("(synthetic)")
    assert "Who asks: Synthetic academy" in page


def test_a_change_of_who_may_join_stands_in_the_history(cast: Cast) -> None:
    row = enter(cast.authority)
    by = cast.authority.subject
    with acting(by):
        assistance.change_assistance(
            by=by,
            assistance=row,
            state="planned",
            seats=5,
            is_open_to_beneficiaries=False,
            open_to=["EU", f"edition:{uuid.UUID(int=7)}"],
        )
        assert {one.field for one in row.changes.all()} == {"is_open_to_beneficiaries", "open_to"}
    with pytest.raises(NotPartOfItError):
        take(cast.guest, row, 1)
