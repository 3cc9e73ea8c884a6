"""A copy for the hall takes what comes back to the site, and refuses the rest in words; a site takes everything."""

import pytest
from django.test import override_settings

from edition_rows import Rows, make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Cooperation, MeetingMark, Scan
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest, SolveRun
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def count(model: type) -> int:
    with acting_as_system("tests"):
        return int(model.objects.count())  # type: ignore[attr-defined]


def test_a_copy_takes_only_what_comes_back(rows: Rows) -> None:
    base, runs = f"/e/{rows.edition.slug}", count(SolveRun)
    with acting_as_system("tests"):
        code = Delegate.objects.filter(edition=rows.edition)[0].code
        meeting = MeetingRequest.objects.filter(
            sender__person__account__email=rows.delegate, state="accepted"
        )[0]
    with override_settings(PUNTE_HALL_COPY=True):
        organiser, delegate = signed_in(rows.organiser), signed_in(rows.delegate)
        assert organiser.get(f"{base}/timetable/solve/").status_code == 200
        refused = organiser.post(f"{base}/timetable/solve/", {"time_limit_s": "5"})
        assert refused.status_code == 403
        assert "the copy for the hall" in refused.content.decode()
        assert count(SolveRun) == runs
        organiser.post(f"{base}/check-in/", {"code": code})
        assert count(Scan) == 1
        page = f"{base}/follow-up/{meeting.pk}/"
        begun = delegate.post(page, {"do": "begin", "name": "Together"})
        assert (begun.status_code, count(Cooperation)) == (403, 0)
        assert delegate.post(page, {"do": "mark", "mark": "held"}).status_code == 302
        assert count(MeetingMark) == 1
        assert organiser.post("/nowhere/").status_code == 404
        assert organiser.post("/accounts/logout/").status_code == 302
    delegate = signed_in(rows.delegate)
    assert delegate.post(page, {"do": "begin", "name": "Together"}).status_code == 302
    assert count(Cooperation) == 1, "the site itself takes it"
