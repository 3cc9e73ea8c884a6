"""What never took place is not marked, valued or counted as met."""

import csv
import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.cooperation import feedback, follow_up
from punte.apps.cooperation.models import OutcomeTotals
from punte.apps.cooperation.open_record import export_edition
from punte.apps.cooperation.outcome import outcome_of_edition, release_totals, totals_of
from punte.apps.forum.models import Edition, Slot
from punte.apps.meetings.models import Meeting, MeetingSeat, TimetableVersion
from punte.apps.meetings.permissions import stewards_of
from punte.apps.people.queries import subject_of_account
from punte.kernel.errors import PunteError
from punte.web.cooperation.outcome import report_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def test_a_meeting_that_lies_ahead_or_was_taken_out_is_not_marked(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    with acting_as_system("tests"):
        meeting = Meeting.objects.get(version=rows.version, request=request)
        later = timezone.now() + dt.timedelta(days=2)
        Slot.objects.filter(pk=meeting.slot_id).update(
            starts_at=later, ends_at=later + dt.timedelta(minutes=20)
        )
    for words in ("has not begun", "no such meeting"):
        with acting(sender):
            with pytest.raises(PunteError, match=words):
                follow_up.mark_meeting(by=sender, request=request, mark="held")
            with pytest.raises(PunteError, match=words):
                feedback.give_feedback(by=sender, request=request, outcome="contract", worth=5)
        with acting_as_system("tests"):
            MeetingSeat.objects.filter(meeting=meeting).delete()
            Meeting.objects.filter(pk=meeting.pk).delete()
    with acting_as_system("tests"):
        TimetableVersion.objects.update(state=TimetableVersion.State.SUPERSEDED)
        request.edition.starts_on = request.edition.ends_on = dt.date(2040, 1, 1)
    with acting(sender), pytest.raises(PunteError, match="forum has not begun"):
        follow_up.mark_meeting(by=sender, request=request, mark="held")


def test_the_outcome_counts_what_was_held_apart(rows: Rows) -> None:
    request, sender, receiver, _third = meeting_of(rows)
    for side in (sender, receiver):
        with acting(side):
            follow_up.mark_meeting(by=side, request=request, mark="not")
    with acting_as_system("tests"):
        keepers = [*request.label_stewards, *stewards_of(rows.edition.pk)]
        type(request).objects.filter(pk=request.pk).update(label_stewards=keepers)
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(organiser):
        outcome = outcome_of_edition(rows.edition, today=dt.date(2026, 11, 28))
        assert (outcome.held, outcome.not_held) == (0, 1)
        with acting_as_system("tests"):
            planned = Meeting.objects.filter(version=rows.version).count()
        assert outcome.met == planned, "what was planned stays what it was"
        totals = totals_of(outcome)
        assert (totals["held"], totals["not_held"]) == (0, None), "one could be recognised"


def test_two_releases_side_by_side_tell_of_nobody(rows: Rows) -> None:
    """One who met nobody after all moves no total by one, and what is left out cannot be worked out from the rest."""
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(organiser):
        outcome = outcome_of_edition(rows.edition, today=dt.date(2026, 11, 28))
    lines = [
        dataclasses.replace(line, group=code, delegates=delegates, met=met)
        for line, (code, delegates, met) in zip(
            outcome.by_country,
            (("ROU", 401, 1203), ("POL", 203, 612), ("MDA", 7, 11)),
            strict=False,
        )
    ]
    small = dataclasses.replace(lines[0], group="NOR", delegates=2, met=4)
    full = dataclasses.replace(outcome, by_country=(*lines, small))
    for people in range(760, 780):
        for held in range(2460, 2474):
            told = [
                totals_of(
                    dataclasses.replace(
                        full, met=2474, people=people - gone, held=held - gone, not_held=gone
                    )
                )
                for gone in (0, 1)
            ]
            for name in ("people", "held", "met"):
                assert abs(told[0][name] - told[1][name]) in {0, 5}
                assert told[0][name] % 5 == 0
            assert told[1]["not_held"] is None
    total = sum(line.delegates for line in full.by_country)
    shown = totals_of(full)
    cells = [line[1] for line in shown["countries"]] + [shown["elsewhere"]]
    assert [code for code, *_ in shown["countries"]] == ["ROU", "POL"]
    assert shown["elsewhere"] == 10, "seven and two together"
    assert abs(sum(cells) - total) <= 2.5 * len(cells)


def test_every_place_shows_the_same_rounded_totals(
    rows: Rows, client: Client, tmp_path: Path
) -> None:
    """The page, the paper and the open record agree, also on what was released before numbers were rounded."""
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting(organiser) as by:
        kept = release_totals(by=by, edition=rows.edition)
    exact = {
        "met": 2474,
        "held": 9,
        "not_held": 3,
        "people": 774,
        "countries": [["ROU", 401, 1203]],
    }
    with acting_as_system("tests"):
        OutcomeTotals.objects.filter(pk=kept.pk).update(content=exact)
        kept.refresh_from_db()
    rounded = {"met": 2475, "held": 10, "not_held": None, "people": 775}
    assert kept.figures == rounded | {"countries": [["ROU", 400, 1205]]}
    page = client.get(f"/e/{rows.edition.slug}/outcome/").content.decode()
    part = page[page.index("Released totals") :]
    assert re.findall(r"<dd>(?:<small>)?([^<]*)", part)[:4] == ["2,475", "10", "left out", "775"]
    assert "rounded to the nearest five" in part
    for exact_one in ("2,474", "774", "401", "1,203"):
        assert exact_one not in page
    with acting(VISITOR):
        outcome = outcome_of_edition(rows.edition, today=timezone.localdate())
        paper = report_content(rows.edition, outcome, kept)
    export_edition(
        tmp_path / "record", slug=rows.edition.slug, reader=VISITOR, audience="everybody"
    )
    with (tmp_path / "record" / "totals.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))[1:]
    assert [row[1] for row in paper["sections"][0]["rows"]] == ["2475", "10", "left out", "775"]
    assert "rounded to the nearest five" in paper["sections"][0]["text"]
    assert {name: count for name, code, count, _met in table if not code} == {
        "met": "2475",
        "held": "10",
        "not_held": "",
        "people": "775",
    }
    assert [row for row in table if row[1]] == [["delegates", "ROU", "400", "1205"]]


def test_nothing_is_released_before_the_end(rows: Rows) -> None:
    organiser = subject_of_account(Account.objects.get(email=rows.organiser))
    with acting_as_system("tests"):
        Edition.objects.filter(pk=rows.edition.pk).update(ends_on=dt.date(2040, 1, 1))
        edition = Edition.objects.get(pk=rows.edition.pk)
    with acting(organiser):
        with pytest.raises(PunteError, match="2040-01-01"):
            release_totals(by=organiser, edition=edition)
        edition.ends_on = dt.date(2025, 11, 6)
        assert release_totals(by=organiser, edition=edition).content["met"]


def test_a_cooperation_begins_once_and_a_place_has_its_day(rows: Rows) -> None:
    request, sender, _receiver, _third = meeting_of(rows)
    with acting(sender):
        made = follow_up.begin_cooperation(by=sender, request=request, name="Mast together")
        with pytest.raises(PunteError, match="began here already"):
            follow_up.begin_cooperation(by=sender, request=request, name=" Mast together ")
        with pytest.raises(PunteError, match="Give the day"):
            follow_up.plan_next(by=sender, cooperation=made, day=None, place="Iași")
