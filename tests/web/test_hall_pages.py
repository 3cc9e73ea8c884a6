"""The hall: its clock for everybody, its board for the desks, who is late or unannounced."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from cast import make_member
from edition_rows import Rows, make_edition
from punte.apps.access.models import AuditEntry, Denial
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Scan
from punte.apps.forum.models import Closure, Delegate, Slot
from punte.apps.meetings.models import Availability, Meeting, TimetableVersion
from punte.apps.meetings.repairing import repair_timetable
from punte.apps.people.models import Grant, Nomination, Organisation, Person
from punte.apps.people.models.vetting import ClearanceStage, WatchEntry
from signed_in import let_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    """Return an edition whose third slot runs now."""
    made = make_edition()
    with acting_as_system("tests"):
        slots = list(Slot.objects.filter(edition=made.edition).order_by("starts_at"))
        shift = timezone.now() - slots[2].starts_at - dt.timedelta(minutes=5)
        # Later ones first or earlier ones first, so that no two ever begin at the same moment.
        for slot in reversed(slots):
            Slot.objects.filter(pk=slot.pk).update(
                starts_at=slot.starts_at + shift, ends_at=slot.ends_at + shift
            )
    return made


def _board(client: Client, rows: Rows) -> str:
    let_in(client, rows.organiser)
    return client.get(f"/e/{rows.edition.slug}/check-in/board/").content.decode()


def _sitting(rows: Rows, position: int) -> Meeting:
    slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))
    return Meeting.objects.filter(version=rows.version, slot=slots[position]).select_related(
        "request__sender", "place"
    )[0]


def test_the_screen_says_nobodys_name_whoever_opens_it(client: Client, rows: Rows) -> None:
    address = f"/e/{rows.edition.slug}/hall/"
    with acting_as_system("tests"):
        delegates = list(
            Delegate.objects.filter(edition=rows.edition).select_related("organisation")
        )
        place = _sitting(rows, 2).place
        running = Slot.objects.filter(edition=rows.edition).order_by("starts_at")[2]
        Closure.objects.create(place=place, slot=running)
    for email in ("", rows.delegate, rows.organiser):
        if email:
            let_in(client, email)
        answer = client.get(address)
        page = answer.content.decode()
        assert running.ends_at.isoformat() in page
        assert place.name in page
        assert answer["Refresh"]
        named = [one.badge_name for one in delegates if f"{one.badge_name}<" in page]
        assert not named
        assert not [one for one in delegates if one.organisation.name in page]


def test_the_board_shows_who_sits_where_and_who_is_missing(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        meeting = _sitting(rows, 2)
    page = _board(client, rows)
    missing = page[page.index("Awaited") : page.index("<table")]
    assert f"<b>{meeting.request.sender.badge_name}</b>" in missing
    assert meeting.place.name in page
    client.post(f"/e/{rows.edition.slug}/check-in/", {"code": meeting.request.sender.code})
    page = _board(client, rows)
    missing = page[page.index("Awaited") : page.index("<table")]
    assert f"<b>{meeting.request.sender.badge_name}</b>" not in missing


def test_a_desk_alone_sees_no_meetings_on_the_board(client: Client, rows: Rows) -> None:
    helper = make_member("Desk Helper", "Helpers", is_cleared=False)
    with acting_as_system("tests"):
        Grant.objects.create(person=helper.person, right="check-in", edition_id=rows.edition.pk)
    client.force_login(helper.account)
    answer = client.get(f"/e/{rows.edition.slug}/check-in/board/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Organisers see them all" in page
    assert "free" in page
    assert "Person 1" not in page
    told = client.post(
        f"/e/{rows.edition.slug}/check-in/board/", {"do": "close", "place": "x"}, follow=True
    )
    assert "no such place" in told.content.decode()
    with acting_as_system("tests"):
        place, before = rows.edition.places.all()[0], Closure.objects.count()
    client.post(f"/e/{rows.edition.slug}/check-in/board/", {"do": "close", "place": place.pk})
    with acting_as_system("tests"):
        assert Closure.objects.count() == before


def test_who_comes_late_is_away_until_then_and_repaired(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))
        meeting = _sitting(rows, 3)
        delegate = meeting.request.sender
    _board(client, rows)
    told = client.post(
        f"/e/{rows.edition.slug}/check-in/board/",
        {"do": "late", "delegate": delegate.pk, "until": slots[5].code},
        follow=True,
    )
    assert "repair the timetable" in told.content.decode()
    with acting_as_system("tests"):
        away = Availability.objects.get(delegate=delegate).away
        # The slot that runs is left as it is.
        assert set(away) == {slots[3].pk, slots[4].pk}
        assert AuditEntry.objects.filter(verb="delegate.late").exists()
        by = Person.objects.get(account__email=rows.organiser)
    from punte.apps.access.permissions import acting
    from punte.apps.people.queries import subject_of_person

    subject = subject_of_person(by.pk)
    with acting(subject):
        done = repair_timetable(
            by=subject, edition=rows.edition, since=slots[3], absent=[], closed=[]
        )
        kept = Meeting.objects.filter(version=done, slot__in=away, seats__delegate=delegate)
        assert not kept.exists()
        assert done.state == TimetableVersion.State.DRAFT


def test_a_place_is_closed_from_now_on_and_opened(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))
        place = rows.edition.places.all()[0]
        Closure.objects.create(place=place, slot=slots[0])
    address = f"/e/{rows.edition.slug}/check-in/board/"
    _board(client, rows)
    client.post(address, {"do": "close", "place": place.pk})
    with acting_as_system("tests"):
        closed = set(place.closures.values_list("slot_id", flat=True))
    assert closed == {slots[0].pk} | {slot.pk for slot in slots[2:]}
    assert "badge bad" in _board(client, rows)
    client.post(address, {"do": "open", "place": place.pk})
    with acting_as_system("tests"):
        assert set(place.closures.values_list("slot_id", flat=True)) == {slots[0].pk}


# Walk-ins


def _walk_in(client: Client, rows: Rows, known: Organisation, **changed: str) -> str:
    with acting_as_system("tests"):
        category = rows.edition.categories.all()[0]
    form = {
        "name": "Vasile Neanunțat",
        "email": "vasile@example.org",
        "organisation": str(known.pk),
        "category": category.code,
    } | changed
    answer = client.post(f"/e/{rows.edition.slug}/check-in/walk-in/", form, follow=True)
    return answer.content.decode()


@pytest.fixture
def known(rows: Rows) -> Organisation:
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=1, name="Host nation", right="organise"
        )
        return Delegate.objects.filter(edition=rows.edition).order_by("code")[3].organisation


def test_a_walk_in_is_cleared_checked_in_and_gets_a_badge(
    client: Client, rows: Rows, known: Organisation
) -> None:
    let_in(client, rows.organiser)
    assert "choose" in client.get(f"/e/{rows.edition.slug}/check-in/walk-in/").content.decode()
    page = _walk_in(client, rows, known)
    assert "entered and checked in" in page
    with acting_as_system("tests"):
        made = Delegate.objects.get(edition=rows.edition, badge_name="Vasile Neanunțat")
        assert Scan.objects.filter(delegate=made, kind="in").count() == 1
        entry = AuditEntry.objects.get(verb="walk_in.entered")
        assert entry.detail["waits_for"] == ""
        assert AuditEntry.objects.filter(verb="nomination.cleared").count() == 1
    badge = f"/e/{rows.edition.slug}/papers/badge/{made.pk}.pdf"
    assert badge in page
    assert client.get(badge).content.startswith(b"%PDF-")
    # The same person again: known by the address, not entered twice.
    assert "entered and checked in" in _walk_in(client, rows, known, email="VASILE@example.org")
    with acting_as_system("tests"):
        assert Delegate.objects.filter(badge_name="Vasile Neanunțat").count() == 1


def test_an_address_known_under_another_name_is_asked_about(
    client: Client, rows: Rows, known: Organisation
) -> None:
    let_in(client, rows.organiser)
    _walk_in(client, rows, known)
    before = _count(Scan)
    page = _walk_in(client, rows, known, name="Walk In2")
    assert "belongs to Vasile Neanunțat" in page
    assert 'name="same"' in page
    assert _count(Scan) == before, "nobody is checked in under another name"
    assert "checked in" in _walk_in(client, rows, known, name="Walk In2", same="yes")
    assert "checked in" in _walk_in(client, rows, known, name="NEANUNTAT Vasile")
    assert _count(Scan) == before + 2


def test_a_desk_marks_who_is_suspended_and_counts_without_them(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    base = f"/e/{rows.edition.slug}/check-in/"
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition).order_by("code")[3]
        everybody = Delegate.objects.filter(edition=rows.edition, left_at=None).count()
    assert f"of {everybody} expected" in client.get(base).content.decode()
    found = f"{base}?q={one.code}"
    assert str(one.pk) in client.get(found).content.decode()
    with acting_as_system("tests"):
        Denial.objects.create(name=f"person:{one.person_id}", reason="x")
    page = client.get(found).content.decode()
    assert ">suspended<" in page
    assert str(one.pk) not in page, "neither button nor badge"
    assert f"of {everybody - 1} expected" in client.get(base).content.decode()
    assert f"of {everybody - 1} expected" in client.get(f"{base}board/").content.decode()


def test_a_desk_says_what_was_not_done(client: Client, rows: Rows) -> None:
    let_in(client, rows.organiser)
    base = f"/e/{rows.edition.slug}/check-in/"
    assert "Scan a badge first" in client.post(base, {"code": " "}, follow=True).content.decode()
    with acting_as_system("tests"):
        one = Delegate.objects.filter(edition=rows.edition).order_by("code")[3]
    client.post(base, {"code": one.code})
    undo = {"delegate": str(one.pk), "do": "undo"}
    assert "taken back" in client.post(base, undo, follow=True).content.decode()
    assert "was not checked in" in client.post(base, undo, follow=True).content.decode()
    assert _count(Scan) == 2


def _count(model: type) -> int:
    with acting_as_system("tests"):
        return int(model.objects.count())  # type: ignore[attr-defined]


def test_a_walk_in_waits_where_somebody_else_clears(
    client: Client, rows: Rows, known: Organisation
) -> None:
    with acting_as_system("tests"):
        ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=2, name="Security", right="vet"
        )
    let_in(client, rows.organiser)
    assert "waits for: Security" in _walk_in(client, rows, known)
    with acting_as_system("tests"):
        assert Nomination.objects.get(person__email="vasile@example.org").state == "waiting"
        assert not Delegate.objects.filter(badge_name="Vasile Neanunțat").exists()


@pytest.mark.parametrize("cause", ["watched", "rejected", "suspended"])
def test_a_desk_does_not_overrule_the_vetting(
    client: Client, rows: Rows, known: Organisation, cause: str
) -> None:
    with acting_as_system("tests"):
        if cause == "watched":
            WatchEntry.objects.create(
                edition_id=rows.edition.pk,
                name="Neanuntat Vasile",
                reason="x",
                owner_org_id=rows.edition.owner_org_id,
            )
        elif cause == "suspended":
            Denial.objects.create(name=f"org:{known.pk}", reason="x")
    let_in(client, rows.organiser)
    if cause == "rejected":
        _walk_in(client, rows, known)
        with acting_as_system("tests"):
            Delegate.objects.filter(badge_name="Vasile Neanunțat").delete()
            Nomination.objects.filter(person__email="vasile@example.org").update(state="rejected")
    page = _walk_in(client, rows, known)
    assert ("waits for: a vetter" if cause == "watched" else "Send them to the vetting") in page
    with acting_as_system("tests"):
        assert not Delegate.objects.filter(badge_name="Vasile Neanunțat").exists()


def test_wrong_words_are_said_and_nothing_is_kept(
    client: Client, rows: Rows, known: Organisation
) -> None:
    let_in(client, rows.organiser)
    with acting_as_system("tests"):
        before = Person.objects.count()
    for changed, said in (
        ({"email": "nobody"}, "no e-mail address"),
        ({"name": " "}, "Give the person"),
        ({"organisation": "x"}, "Choose the organisation"),
        ({"category": "none"}, "Choose a category"),
    ):
        assert said in _walk_in(client, rows, known, **changed)
    with acting_as_system("tests"):
        assert Person.objects.count() == before


def test_a_desk_alone_enters_nobody_of_another_organisation(
    client: Client, rows: Rows, known: Organisation
) -> None:
    helper = make_member("Desk Helper", "Helpers", is_cleared=False)
    with acting_as_system("tests"):
        Grant.objects.create(person=helper.person, right="check-in", edition_id=rows.edition.pk)
    client.force_login(helper.account)
    assert "Choose the organisation" in _walk_in(client, rows, known)
    let_in(client, rows.delegate)
    assert client.get(f"/e/{rows.edition.slug}/check-in/walk-in/").status_code == 404


@pytest.mark.parametrize("page", ["check-in/", "people/", "timetable/repair/"])
@pytest.mark.parametrize("word", ["turcanu", "ȚURCANU", "Ţurcanu", "mures"])
def test_a_name_is_found_without_its_marks(
    client: Client, rows: Rows, page: str, word: str
) -> None:
    with acting_as_system("tests"):
        one = _sitting(rows, 5).request.sender
        Organisation.objects.filter(pk=one.organisation_id).update(name="Mureș Forge")
        Delegate.objects.filter(pk=one.pk).update(badge_name="Ștefania Țurcanu")
    let_in(client, rows.organiser)
    shown = client.get(f"/e/{rows.edition.slug}/{page}", {"q": f"{word} stefania"})
    assert "Ștefania Țurcanu" in shown.content.decode()
    other = client.get(f"/e/{rows.edition.slug}/{page}", {"q": f"{word} stefanic"})
    assert "Ștefania Țurcanu" not in other.content.decode()


def test_a_desk_sees_that_a_table_is_taken_and_not_by_whom(client: Client, rows: Rows) -> None:
    helper = make_member("Desk Helper", "Helpers", edition_id=rows.edition.pk)
    with acting_as_system("tests"):
        Grant.objects.create(person=helper.person, right="check-in", edition_id=rows.edition.pk)
        slots = list(Slot.objects.filter(edition=rows.edition).order_by("starts_at"))[2:4]
        taken = Meeting.objects.filter(version=rows.version, slot__in=slots)
        places, held = rows.edition.places.count(), taken.count()
        names = {one.request.sender.badge_name for one in taken.select_related("request__sender")}
    client.force_login(helper.account)
    shown = client.get(f"/e/{rows.edition.slug}/check-in/board/").content.decode()
    assert shown.count(">taken<") == held > 0
    assert shown.count(">free<") == 2 * places - held
    assert not [name for name in names if f">{name}<" in shown]


def test_nothing_is_closed_when_every_slot_is_over(client: Client, rows: Rows) -> None:
    with acting_as_system("tests"):
        place = _sitting(rows, 2).place
        for slot in Slot.objects.filter(edition=rows.edition).order_by("starts_at"):
            back = dt.timedelta(days=30)
            Slot.objects.filter(pk=slot.pk).update(
                starts_at=slot.starts_at - back, ends_at=slot.ends_at - back
            )
    let_in(client, rows.organiser)
    board = f"/e/{rows.edition.slug}/check-in/board/"
    told = client.post(board, {"do": "close", "place": str(place.pk)}, follow=True)
    assert "is over" in told.content.decode()
    assert 'value="close"' not in told.content.decode(), "nothing is offered that would be refused"
    assert "closed from now on" not in told.content.decode()
