"""Statements that the database plans once answer as those that it plans anew, after a rollback too."""

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from cast import Cast
from punte.apps.access.kept_plans import ask_anew, ask_planned
from punte.apps.access.models import Denial
from punte.apps.people.queries import subject_of_account, subject_of_person

pytestmark = pytest.mark.django_db


def test_both_ways_find_the_same_subject(cast: Cast) -> None:
    for member in cast.everybody.values():
        planned = [subject_of_account(member.account) for _ in range(7)]
        with override_settings(KEEP_PLANS=False):
            assert {subject_of_account(member.account), *planned} == {planned[0]}
            assert subject_of_person(member.person.pk) == planned[0]


def test_a_change_acts_on_the_next_question(cast: Cast) -> None:
    company = cast.company
    for _ in range(7):
        assert not subject_of_account(company.account).is_denied
    denial = Denial.objects.create(name=f"org:{company.organisation.pk}", reason="Left the scheme.")
    assert subject_of_account(company.account).is_denied
    denial.delete()
    assert not subject_of_account(company.account).is_denied


def test_a_rollback_forgets_no_plan() -> None:
    statement = "SELECT 100 %% 7, %s::int + %s::int"
    ask_planned(statement, [1, 2])
    with transaction.atomic():
        assert ask_planned(statement, [3, 4]) == [(2, 7)] == ask_anew(statement, [3, 4])
        transaction.set_rollback(True)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask_planned(statement, [5, 6]) == [(2, 11)]
    assert [query["sql"].split()[0] for query in asked.captured_queries] == ["EXECUTE"]


def test_it_asks_four_questions(cast: Cast) -> None:
    subject_of_account(cast.company.account)
    with CaptureQueriesContext(connection) as asked:
        subject_of_account(cast.company.account)
    questions = [q["sql"] for q in asked.captured_queries if "set_config" not in q["sql"]]
    assert len([q for q in questions if q.startswith("EXECUTE")]) == 4
