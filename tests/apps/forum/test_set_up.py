"""Editions are set up whole: created closed, copied without people, refused with a reason, and nothing half kept."""

import dataclasses
import datetime as dt

import pytest
from django.utils.translation import override

from cast import Cast
from punte.apps.access.permissions import VISITOR, Subject, acting, acting_as_system
from punte.apps.forum import set_up, set_up_parts
from punte.apps.forum.agenda_actions import set_hours
from punte.apps.forum.capacity import Hall, expect
from punte.apps.forum.cloning import clone_edition
from punte.apps.forum.models import Closure, Delegate, Edition, Phase, Place, Slot
from punte.apps.forum.registration_form import add_question
from punte.apps.forum.set_up import EditionWish, SetUpError
from punte.apps.forum.stale_words import stale_words, word_part
from punte.apps.forum.wordings import word_edition, word_question
from punte.apps.people.clearance_stages import set_stages
from punte.apps.people.mail import set_wording
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.models import ClearanceStage, Grant, MailWording
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
WISH = EditionWish(
    forum="Forum",
    name="Bucharest 2027",
    theme="Working together",
    city="Bucharest",
    venue="Hall",
    starts_on=dt.date(2027, 3, 27),
    ends_on=dt.date(2027, 3, 29),
    time_zone="Europe/Bucharest",
    languages="en,ro",
    request_quota=12,
)


@pytest.fixture
def host(cast: Cast) -> Subject:
    with acting_as_system("tests"):
        Grant.objects.create(person=cast.organiser.person, right="organise", edition_id=None)
    return cast.organiser.subject


def test_a_new_edition_is_its_hosts_alone_until_it_is_released(cast: Cast, host: Subject) -> None:
    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
        assert edition.categories.count() == 6
    for subject in (cast.company.subject, cast.guest.subject, VISITOR):
        with acting(subject):
            assert not Edition.objects.filter(pk=edition.pk).exists()
    with acting(host) as by:
        set_up.release_edition(by=by, edition=edition, readers="public")
    with acting(VISITOR):
        assert Edition.objects.filter(pk=edition.pk).exists()
    with acting(host) as by:
        set_up.release_edition(by=by, edition=edition, readers="host")
    with acting(VISITOR):
        assert not Edition.objects.filter(pk=edition.pk).exists()


def test_only_organisers_set_up(cast: Cast, host: Subject) -> None:
    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
    for part in ("company", "authority", "guest", "outsider"):
        with acting(cast.everybody[part].subject) as by:
            with pytest.raises(SetUpError):
                set_up.create_edition(by=by, wish=WISH)
            with pytest.raises(SetUpError):
                set_up.change_edition(by=by, edition=edition, wish=WISH)
            with pytest.raises(SetUpError):
                set_up_parts.add_places(
                    by=by, edition=edition, kind="table", name="T", count=1, capacity=1
                )


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("name", "  ", "name"),
        ("ends_on", dt.date(2027, 3, 26), "before"),
        ("ends_on", dt.date(2028, 3, 26), "days"),
        ("time_zone", "Europe/Atlantis", "Atlantis"),
        ("languages", "english", "codes"),
        ("request_quota", 201, "200"),
        ("theme", "NATO SECRET", "NATO SECRET"),
    ],
)
def test_what_cannot_be_is_said(host: Subject, field: str, value: object, word: str) -> None:
    with acting(host) as by:
        before = Edition.objects.count()
        wrong = dataclasses.replace(WISH, **{field: value})  # type: ignore[arg-type]
        with pytest.raises(PunteError, match=word):
            set_up.create_edition(by=by, wish=wrong)
        assert Edition.objects.count() == before


def test_slots_and_places_are_laid_whole_or_not_at_all(host: Subject) -> None:
    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
        day = WISH.starts_on
        laid = set_up_parts.lay_slots(
            by=by,
            edition=edition,
            day=day,
            starts=dt.time(10),
            ends=dt.time(12),
            minutes=20,
            pause=5,
        )
        assert [f"{slot.starts_at:%H:%M}" for slot in laid] == [
            "10:00", "10:25", "10:50", "11:15", "11:40",
        ]  # fmt: skip
        with pytest.raises(SetUpError, match="already"):
            set_up_parts.lay_slots(
                by=by, edition=edition, day=day, starts=dt.time(11), ends=dt.time(13), minutes=20
            )
        with pytest.raises(SetUpError, match="none of the edition"):
            set_up_parts.lay_slots(
                by=by,
                edition=edition,
                day=dt.date(2027, 4, 1),
                starts=dt.time(11),
                ends=dt.time(13),
                minutes=20,
            )
        later = dataclasses.replace(WISH, starts_on=dt.date(2027, 3, 28))
        with pytest.raises(SetUpError, match="leave outside"):
            set_up.change_edition(by=by, edition=edition, wish=later)


def test_an_earlier_first_day_takes_slots_of_its_own(host: Subject) -> None:
    def lay(day: dt.date) -> list[str]:
        laid = set_up_parts.lay_slots(
            by=host, edition=edition, day=day, starts=dt.time(10), ends=dt.time(11), minutes=30
        )
        return [slot.code for slot in laid]

    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
        assert lay(WISH.starts_on) == ["d1-1000", "d1-1030"]
        earlier = WISH.starts_on - dt.timedelta(days=1)
        set_up.change_edition(
            by=by, edition=edition, wish=dataclasses.replace(WISH, starts_on=earlier)
        )
        assert lay(earlier) == ["d2-1000", "d2-1030"]


def test_slots_are_as_long_as_they_say_in_the_nights_of_a_clock_change(host: Subject) -> None:
    def lay(day: dt.date, starts: dt.time, ends: dt.time) -> list[tuple[str, dt.timedelta]]:
        wish = dataclasses.replace(WISH, starts_on=day, ends_on=day)
        edition = set_up.create_edition(by=host, wish=wish)
        set_hours(by=host, edition=edition, opens_at=dt.time(0), closes_at=dt.time(23, 59))
        laid = set_up_parts.lay_slots(
            by=host, edition=edition, day=day, starts=starts, ends=ends, minutes=60
        )
        for slot in laid:
            slot.refresh_from_db()
        return [(slot.code, slot.ends_at - slot.starts_at) for slot in laid]

    hour, spring, autumn = dt.timedelta(hours=1), dt.date(2027, 3, 28), dt.date(2027, 10, 31)
    with acting(host):
        assert lay(spring, dt.time(2), dt.time(5)) == [("d1-0200", hour), ("d1-0400", hour)]
        assert lay(autumn, dt.time(2), dt.time(5)) == [
            ("d1-0200", hour),
            ("d1-0300", hour),
            ("d1-0300b", hour),
            ("d1-0400", hour),
        ]
        with pytest.raises(SetUpError, match="clocks skip 03:30"):
            lay(spring, dt.time(3, 30), dt.time(5))


def test_places_are_numbered_on_and_closing_times_counted(host: Subject) -> None:
    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
        day = WISH.starts_on
        laid = set_up_parts.lay_slots(
            by=by, edition=edition, day=day, starts=dt.time(10), ends=dt.time(12), minutes=24
        )
        set_up_parts.add_places(
            by=by, edition=edition, kind="table", name="Table", count=3, capacity=2
        )
        more = set_up_parts.add_places(
            by=by, edition=edition, kind="table", name="Table", count=1, capacity=1
        )
        assert [place.code for place in more] == ["T04"]
        first = Place.objects.get(edition=edition, code="T01")
        set_up_parts.set_closed(by=by, edition=edition, place=first, slot_ids={laid[0].pk})
        hall = set_up_parts.hall_of(edition)
        assert (hall.at_once, hall.slots, hall.closed, hall.seats) == (7, 5, 2, 33)
        assert set_up_parts.clear_slots(by=by, edition=edition, day=day) == 5


def _full_edition(by: Subject) -> Edition:
    """Return an edition with a host, rooms, slots, phases, a closing time, a question, stages and a wording."""
    source = set_up.create_edition(by=by, wish=WISH)
    set_up_parts.add_host(by=by, edition=source, role="patron", name="A patron")
    set_up_parts.add_places(by=by, edition=source, kind="room", name="Room", count=2, capacity=1)
    # The clock goes forward on 28 March 2027 in Bucharest: the time of day must stay.
    day, nine, ten = dt.date(2027, 3, 29), dt.time(9), dt.time(10)
    set_up_parts.lay_slots(by=by, edition=source, day=day, starts=nine, ends=ten, minutes=30)
    zone = source.zone
    span = (dt.datetime(2027, 3, 1, 8, tzinfo=zone), dt.datetime(2027, 3, 2, tzinfo=zone))
    set_up_parts.set_phases(by=by, edition=source, spans={"request": span, "live": None})
    room = Place.objects.get(edition=source, code="R01")
    slot = Slot.objects.filter(edition=source)[0]
    set_up_parts.set_closed(by=by, edition=source, place=room, slot_ids={slot.pk})
    question = add_question(by=by, edition=source, label="Diet", kind="text")
    words = {"ro": ("Regim alimentar", "")}
    word_question(by=by, edition=source, question_id=question.pk, words=words)
    set_stages(by=by, edition_id=source.pk, stages=[("Security", "vet"), ("Host", "organise")])
    stage = ClearanceStage.objects.get(edition_id=source.pk, position=1)
    host = source.host_roles.get()
    for kind, one, name in (("stage", stage, "Securitate"), ("host", host, "Un patron")):
        said = {"ro": {"name": name}}
        word_part(by=by, edition=source, kind=kind, key=str(one.pk), words=said)
    set_wording(
        by=by,
        edition_id=source.pk,
        host_org_id=source.owner_org_id,
        kind=next(iter(KINDS)),
        language="en",
        subject="Come",
        text="Please come.",
    )
    return source


NEXT = dataclasses.replace(
    WISH, name="Next", starts_on=dt.date(2027, 11, 8), ends_on=dt.date(2027, 11, 10)
)


def test_a_new_edition_names_its_categories_in_its_languages(host: Subject) -> None:
    wish = dataclasses.replace(WISH, languages="ro,en,fr")
    with acting(host) as by, override("en"):
        first = set_up.create_edition(by=by, wish=wish).categories.all()[0]
        assert (first.name, first.said) == ("Autorități", "Authorities")
        assert [one.language for one in first.wordings.all()] == ["en"]
        assert first.wordings.get().original == {"name": "Autorități"}


def test_a_copy_takes_the_house_along_and_nobody(host: Subject) -> None:
    with acting(host) as by:
        source = _full_edition(by)
        copy = clone_edition(by=by, source=source, wish=NEXT).edition
        zone = copy.zone
        assert copy.cloned_from_id == source.pk
        assert copy.slug != source.slug
        assert copy.places.count() == 2
        assert copy.host_roles.get().name == "A patron"
        assert copy.categories.count() == source.categories.count()
        with override("ro"):
            assert [one.said for one in copy.categories.all()][:2] == [
                "Autorități",
                "Organisme ale Alianței și ale Uniunii",
            ]
            assert [one.said for one in copy.questions.all()] == ["Regim alimentar"]
            assert copy.host_roles.get().said["name"] == "Un patron"
            stage = ClearanceStage.objects.get(edition_id=copy.pk, position=1)
            assert stage.said["name"] == "Securitate"
        moved = [slot.starts_at.astimezone(zone) for slot in Slot.objects.filter(edition=copy)]
        assert [f"{one:%Y-%m-%d %H:%M}" for one in moved] == [
            "2027-11-10 09:00",
            "2027-11-10 09:30",
        ]
        phase = Phase.objects.get(edition=copy)
        assert f"{phase.starts_at.astimezone(zone):%Y-%m-%d %H:%M}" == "2027-10-13 08:00"
        assert not Delegate.objects.filter(edition=copy).exists()
        assert not copy.label_releasable_to
        assert stale_words(copy) == []


def test_a_copy_takes_settings_along_and_says_what_it_leaves(host: Subject) -> None:
    with acting(host) as by:
        source = _full_edition(by)
        made = clone_edition(by=by, source=source, wish=NEXT)
        assert made.left_out == 0
        (closure,) = Closure.objects.filter(place__edition=made.edition)
        assert (closure.place.code, closure.slot.edition_id) == ("R01", made.edition.pk)
        assert made.edition.questions.get().label == "Diet"
        stages = ClearanceStage.objects.filter(edition_id=made.edition.pk).order_by("position")
        assert [one.name for one in stages] == ["Security", "Host"]
        short = dataclasses.replace(NEXT, name="Short", ends_on=NEXT.starts_on)
        assert clone_edition(by=by, source=source, wish=short).left_out == 2
    with acting_as_system("tests"):
        assert MailWording.objects.get(edition_id=made.edition.pk).subject == "Come"


def test_a_phase_that_ends_before_it_begins_keeps_what_was(host: Subject) -> None:
    with acting(host) as by:
        edition = set_up.create_edition(by=by, wish=WISH)
        early, late = (dt.datetime(2027, 1, day, tzinfo=edition.zone) for day in (1, 2))
        set_up_parts.set_phases(by=by, edition=edition, spans={"announce": (early, late)})
        with pytest.raises(SetUpError, match="Meeting requests"):
            set_up_parts.set_phases(
                by=by, edition=edition, spans={"announce": None, "request": (late, early)}
            )
        assert Phase.objects.get(edition=edition).kind == "announce"


@pytest.mark.parametrize("slots", [0, 1, 7, 30])
@pytest.mark.parametrize("at_once", [0, 1, 40])
@pytest.mark.parametrize(("delegates", "each"), [(0, 0), (3, 1), (800, 6)])
def test_what_the_calculator_asks_for_is_enough_and_one_less_is_not(
    slots: int, at_once: int, delegates: int, each: int
) -> None:
    need = expect(Hall(slots=slots, at_once=at_once), delegates=delegates, each=each)
    assert need.meetings * 2 >= delegates * each > need.meetings * 2 - 2
    if need.at_once is not None:
        assert expect(Hall(slots=slots, at_once=need.at_once), delegates=delegates, each=each).fits
        if need.at_once:
            smaller = Hall(slots=slots, at_once=need.at_once - 1)
            assert not expect(smaller, delegates=delegates, each=each).fits
    if need.slots is not None:
        assert need.slots >= each
        assert expect(Hall(slots=need.slots, at_once=at_once), delegates=delegates, each=each).fits
    with pytest.raises(PunteError, match="filled"):
        expect(Hall(slots=1, at_once=1), delegates=1, each=1, fill_pct=0)


def test_a_copy_keeps_the_words_of_what_it_keeps(host: Subject) -> None:
    words = {"ro": {"name": "Primul", "theme": "Inovație"}}
    with acting(host) as by:
        source = set_up.create_edition(by=by, wish=dataclasses.replace(WISH, theme="Innovation"))
        word_edition(by=by, edition=source, words=words)
        wish = dataclasses.replace(NEXT, theme="Innovation")
        copied = clone_edition(by=by, source=source, wish=wish).edition.wordings.get()
        assert (copied.language, copied.name, copied.theme) == ("ro", "", "Inovație")
