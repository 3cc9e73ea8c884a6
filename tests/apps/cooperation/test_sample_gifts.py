"""The sample of the registers of gifts and of four eyes: invented, marked so, loaded once."""

import pytest

from edition_rows import Rows, make_edition, organiser_of
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.cooperation.gift_register import Asked, gifts_of
from punte.apps.cooperation.sample_gifts import load_gifts
from punte.apps.meetings.four_eyes import asks_four_eyes, with_one_pair
from punte.apps.meetings.models import MeetingRequest, TimetableRules
from punte.apps.meetings.sample_eyes import WITH_TWO, load_four_eyes

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_everybody_reads_a_few_invented_gifts(rows: Rows) -> None:
    count = load_gifts(rows.edition)
    with acting(VISITOR):
        found = list(gifts_of(rows.edition, Asked()))
        histories = [len(one.steps.all()) for one in found]
    assert len(found) == count > 3
    assert all(one.is_synthetic and "synthetic" in one.what for one in found)
    assert {one.became for one in found} == {"kept", "handed", "declined"}
    assert all(one.worth is None or one.worth < 500 for one in found)
    assert set(histories) == {1}
    assert load_gifts(rows.edition) == 0, "a second run changes nothing"


def test_the_sample_shows_meetings_with_two_and_with_one(rows: Rows) -> None:
    with acting_as_system("tests"):
        TimetableRules.objects.get_or_create(edition=rows.edition)
    assert load_four_eyes(rows.edition) == WITH_TWO
    with acting(organiser_of(rows)):
        assert asks_four_eyes(rows.edition.pk)
        alone = {one.request_id for one in with_one_pair(rows.edition)}
        two = {one.pk for one in MeetingRequest.objects.exclude(colleagues=[])}
    assert len(two) == WITH_TWO
    assert alone
    assert not alone & two
    assert load_four_eyes(rows.edition) == 0, "a second run changes nothing"
