"""What figures mean in words, and the layout of the board; no database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from punte.web.organiser.board import (
    Board,
    BoardMeeting,
    BoardPlace,
    Column,
    draw_head,
    draw_rows,
    merge_columns,
)
from punte.web.organiser.sentences import GoalFigure, explain_unmet, state_the_proof
from punte.web.tables import guard

START = datetime(2025, 11, 5, 8, tzinfo=UTC)


def _goal(
    name: str, value: float | None, bound: float | None, *, proved: bool = False
) -> GoalFigure:
    return GoalFigure(name=name, value=value, bound=bound, proved=proved)


def _column(number: int, title: str = "") -> Column:
    start = START + timedelta(minutes=20 * number)
    return Column(
        code=f"s{number}", starts_at=start, ends_at=start + timedelta(minutes=20), title=title
    )


@pytest.fixture(autouse=True)
def _english() -> object:
    with override("en"):
        yield


def test_proved_claim() -> None:
    said = state_the_proof([_goal("weight", 10, 10, proved=True)], met=4, asked=5)
    assert (
        said
        == "4 of 5 requests become meetings. It is proved that no timetable can meet requests of greater worth."
    )


def test_bounded_claim_never_rounds_up_to_all() -> None:
    said = state_the_proof([_goal("weight", 99_999, 100_000)], met=4, asked=5)
    assert (
        "No timetable can meet more than 100,000 in worth; this one meets 99,999, 99.99% of that."
        in said
    )


def test_claim_without_a_bound() -> None:
    assert "not known" in state_the_proof([_goal("weight", 10, None)], met=4, asked=5)


@pytest.mark.parametrize(
    ("goal", "proof"),
    [
        (_goal("idle_slots", 12, 9), "No timetable can go below 9."),
        (_goal("weight", 12, 15), "No timetable can exceed 15."),
        (_goal("fairness", 0.5, 0.5, proved=True), "Proved: no timetable does better."),
        (_goal("weight", None, None), "There is no timetable yet."),
    ],
)
def test_proof_of_a_goal(goal: GoalFigure, proof: str) -> None:
    assert goal.proof == proof


def test_gap_counts_in_both_directions() -> None:
    assert _goal("weight", 90, 100).gap == pytest.approx(0.1)
    assert _goal("breaks", 4, 0).gap == pytest.approx(1)
    assert _goal("breaks", 0, 0).gap == 0


@pytest.mark.parametrize(
    "code", ["no_common_slot", "participant_full", "places_full", "lost_to_optimum"]
)
def test_each_cause_has_a_sentence(code: str) -> None:
    assert explain_unmet(code).endswith(".")
    assert explain_unmet(code) != code


def _board(lit: tuple[int, ...] = ()) -> Board:
    return Board(
        columns=[_column(0), _column(1, "Lunch"), _column(2)],
        places=[
            BoardPlace(code="T1", name="Table 1"),
            BoardPlace(code="T2", name="Table 2", closed=frozenset({"s0"})),
        ],
        meetings=[
            BoardMeeting(
                code="R1",
                slot="s0",
                place="T1",
                first="A & <B>",
                second="Č",
                people=(0, 1),
                kind="companies",
                is_locked=True,
            )
        ],
        organisation_of=[0, 1],
        lit=lit,
    )


def test_rows_escape_names_and_mark_closed_cells() -> None:
    drawn = draw_rows(_board())
    assert "A &amp; &lt;B&gt;" in drawn
    assert 'class="m b l" data-p="0 1"' in drawn
    assert drawn.count('class="x"') == 1
    assert drawn.count('class="gap"') == 2
    assert 'id="c-T1-s2"' in drawn


def test_only_places_of_lit_people() -> None:
    assert draw_rows(_board(lit=(1,)), only=True).count("<tr>") == 1


def test_blocks_at_the_ends_of_the_day_leave_no_gap() -> None:
    slots = [_column(1), _column(4)]
    merged = merge_columns(
        slots, [_column(0, "Opening"), _column(2, "Lunch"), _column(9, "Closing")]
    )
    assert [column.title for column in merged] == ["", "Lunch", ""]
    assert merge_columns([], [_column(2, "Lunch")]) == []


def test_head_shows_the_time_at_the_venue() -> None:
    assert "10:00" in draw_head([_column(0)], ZoneInfo("Europe/Bucharest"))


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@x", "\tx"])
def test_a_formula_is_disarmed(text: str) -> None:
    assert guard(text) == f"'{text}"
