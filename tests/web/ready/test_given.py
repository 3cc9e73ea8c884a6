"""My forum, kept ready: given to exactly its reader, and only while it is what would be answered anyway."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection, transaction
from django.db.utils import OperationalError
from django.test import Client, override_settings
from django.utils import timezone, translation

from edition_rows import PASSWORD, Rows
from punte.apps.access import ready_pages
from punte.apps.access.change_marks import unmarked_tables
from punte.apps.access.models import Account, Denial
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Delegate, Place, Session
from punte.apps.meetings.models import CalendarFeed, ContactLine, Meeting, MeetingRequest
from punte.apps.people.models import Membership, Organisation, Person
from punte.web import preparing, ready
from punte.web.preparing import prepare_pages
from ready_reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_nobody_changed_is_given_without_being_composed(reader: Reader) -> None:
    assert reader.is_given()
    assert reader.is_given()
    status, body = reader.open()
    assert status == "200 OK"
    assert b"My forum" in body


def test_before_it_is_prepared_the_page_is_composed(rows: Rows, client_of_one: Client) -> None:
    reader = Reader.of(client_of_one, f"/e/{rows.edition.slug}/my/")
    assert not reader.is_given()
    assert not reader.is_given()


OTHERS: dict[str, dict[str, str]] = {
    "browser": {"HTTP_USER_AGENT": "another browser"},
    "address": {"REMOTE_ADDR": "127.0.0.2"},
    "language": {"HTTP_ACCEPT_LANGUAGE": "ro"},
    "name of the site": {"HTTP_HOST": "localhost"},
    "way through proxies": {"HTTP_X_FORWARDED_FOR": "192.0.2.1"},
    "parts of pages": {"HTTP_HX_REQUEST": "true"},
    "compression": {"HTTP_ACCEPT_ENCODING": "gzip"},
    "question": {"QUERY_STRING": "a=1"},
    "method": {"REQUEST_METHOD": "HEAD"},
    "a program's answer": {"HTTP_ACCEPT": "application/json"},
    "range": {"HTTP_RANGE": "bytes=0-1"},
}


def test_another_request_is_answered_anew(reader: Reader) -> None:
    with mock.patch.object(ready, "want_ready"):
        for name, more in OTHERS.items():
            before = reader.composed
            reader.open(**more)
            assert reader.composed == before + 1, name
        assert reader.is_given(), "the first one still has its own"


def test_where_one_came_from_changes_nothing(reader: Reader) -> None:
    assert reader.is_given(HTTP_REFERER="http://testserver/", HTTP_CACHE_CONTROL="max-age=0")


def test_what_a_browsers_own_script_asks_does_not_displace_it(reader: Reader) -> None:
    for accept in ("*/*", "text/html,application/xhtml+xml;q=0.9", "*/*"):
        assert reader.is_given(HTTP_ACCEPT=accept)


def test_another_session_or_cookie_is_given_nothing_of_it(rows: Rows, reader: Reader) -> None:
    other = Client()
    assert other.login(email=rows.delegate, password=PASSWORD)
    mixed = Reader.of(other, reader.path)
    assert not mixed.is_given()
    for cookies in (
        f"{reader.cookies}; punte_theme=dark",
        reader.cookies.replace("csrftoken=", "csrftoken=x"),
        "",
        "sessionid=" + "a" * 400,
        "sessionid=;",
        "\x00=;;;",
        f"{reader.cookies}; sessionid=another",
        f"{reader.cookies}; sessionid\u00a0=another",
    ):
        turned = Reader(cookies, reader.path)
        turned.open()
        assert turned.composed == 1


def _first_meeting() -> MeetingRequest:
    return MeetingRequest.objects.order_by("pk")[0]


def _denied(rows: Rows) -> None:
    person = Person.objects.get(account__email=rows.delegate)
    Denial.objects.create(name=f"person:{person.pk}", reason="shut out", since=timezone.now())


def _released(rows: Rows) -> None:
    Session.objects.filter(edition=rows.edition).update(title="Renamed")


CHANGES: dict[str, Callable[[Rows], Any]] = {
    "a meeting goes": lambda rows: Meeting.objects.filter(version=rows.version).delete(),
    "a reason": lambda _rows: MeetingRequest.objects.update(reason="Said otherwise"),
    "a place": lambda rows: Place.objects.filter(edition=rows.edition).update(name="Table 99"),
    "a name": lambda _rows: Organisation.objects.update(name="Renamed"),
    "a session": _released,
    "no longer comes": lambda rows: Delegate.objects.filter(
        person__account__email=rows.delegate
    ).update(left_at=timezone.now()),
    "the account is closed": lambda rows: Account.objects.filter(email=rows.delegate).update(
        is_active=False
    ),
    "no member any more": lambda rows: Membership.objects.filter(
        person__account__email=rows.delegate
    ).delete(),
    "shut out": _denied,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen_at_the_next_opening(
    rows: Rows, reader: Reader, change: Callable[[Rows], Any]
) -> None:
    assert reader.is_given()
    with acting_as_system("load sample data"):
        change(rows)
    assert not reader.is_given()
    prepare_pages()
    reader.is_given()  # whatever it is now, it is what would be answered


def test_what_is_written_by_reading_leaves_it(
    rows: Rows, reader: Reader, client_of_one: Client
) -> None:
    with acting_as_system("load sample data"):
        delegate = Delegate.objects.get(person__account__email=rows.delegate)
        feed = CalendarFeed.objects.create(
            delegate=delegate,
            edition=rows.edition,
            owner_org_id=delegate.organisation_id,
            secret_sha256="0" * 64,
        )
    reader.make_ready()
    with acting_as_system("load sample data"):
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=timezone.now())
    Account.objects.filter(email=rows.delegate).update(last_login=timezone.now())
    client_of_one.get("/needs/")
    assert reader.is_given()
    with acting_as_system("load sample data"):
        CalendarFeed.objects.filter(pk=feed.pk).update(revoked_at=timezone.now())
    assert not reader.is_given()


def test_what_is_not_committed_yet_is_no_change_and_is_one_when_it_is(
    rows: Rows, reader: Reader, database_owner_url: str
) -> None:
    superuser = database_owner_url.replace("punte_owner@", "postgres@")
    with psycopg.connect(superuser) as other:
        other.execute("UPDATE forum_place SET name = 'Table 77'")
        assert reader.is_given()
        # Composed while the other one is under way: it does not see the change, and must not outlive it.
        with acting_as_system("load sample data"):
            Session.objects.filter(edition=rows.edition).update(capacity=None)
        assert prepare_pages() == 1
        assert reader.is_given()
        other.commit()
    assert not reader.is_given()
    assert prepare_pages() == 1
    assert reader.is_given()
    assert b"Table 77" in reader.open()[1]


def test_a_change_between_looking_around_and_keeping_is_seen(rows: Rows, reader: Reader) -> None:
    compose = preparing._compose

    def compose_and_change(stale: ready_pages.Stale) -> ready_pages.Answer | None:
        answer = compose(stale)
        with acting_as_system("load sample data"):
            Place.objects.filter(edition=rows.edition).update(name="Table 55")
        return answer

    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 54")
    with mock.patch.object(preparing, "_compose", compose_and_change):
        assert prepare_pages() == 1
    assert not reader.is_given()


def take_back(rows: Rows) -> None:
    with transaction.atomic():
        Place.objects.filter(edition=rows.edition).update(name="Table 1")
        transaction.set_rollback(True)


def test_what_is_taken_back_is_no_change(rows: Rows, reader: Reader) -> None:
    with acting_as_system("load sample data"):
        take_back(rows)
    assert reader.is_given()
    with acting_as_system("load sample data"), transaction.atomic():
        take_back(rows)
        Place.objects.filter(edition=rows.edition).update(name="Table 2")
    assert not reader.is_given()


def test_signing_out_ends_it(reader: Reader, client_of_one: Client) -> None:
    client_of_one.post("/accounts/logout/")
    before = reader.composed
    status, _ = reader.open()
    assert reader.composed == before + 1
    assert status == "302 Found"


def test_a_session_that_is_over_or_says_something_else_ends_it(
    reader: Reader, client_of_one: Client
) -> None:
    session = client_of_one.session
    session["acting_for"] = "nobody"
    session.save()
    assert not reader.is_given()
    assert prepare_pages() == 1
    assert reader.is_given()
    BrowserSession.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    before = reader.composed
    assert reader.open()[0] == "302 Found"
    assert reader.composed == before + 1


def test_a_moment_that_a_row_names_ends_it(reader: Reader) -> None:
    soon = timezone.now() + dt.timedelta(seconds=2)
    with acting_as_system("load sample data"):
        ContactLine.objects.all().delete()
        Organisation.objects.update(label_expires_at=soon)
    reader.make_ready()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(good_until) FROM access_ready_page")
        assert cursor.fetchone() == (soon,)
        cursor.execute("SELECT pg_sleep(2.1)")
    assert not reader.is_given()


def test_nothing_is_kept_over_a_quarter_of_an_hour(
    rows: Rows, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.is_given()
    monkeypatch.undo()
    assert dt.timedelta(minutes=15) == ready_pages.QUARTER
    noon = dt.datetime(2026, 11, 5, 12, 0, tzinfo=dt.UTC)
    for minute, second, until in ((0, 0, 15), (14, 59.999, 15), (15, 0, 30), (59, 59, 60)):
        now = noon + dt.timedelta(minutes=minute, seconds=second)
        assert ready_pages.end_of_quarter(now) == noon + dt.timedelta(minutes=until)
    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 9")
    before = ready_pages.end_of_quarter(timezone.now())
    prepare_pages()
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(good_until) FROM access_ready_page")
        (until,) = cursor.fetchone()
        assert before <= until <= ready_pages.end_of_quarter(timezone.now())
        cursor.execute("UPDATE access_ready_page SET good_until = clock_timestamp()")
    assert not reader.is_given()


def test_other_code_settings_or_secrets_give_nothing_of_it(reader: Reader) -> None:
    with override_settings(SECRET_KEY="another secret of the site, long enough"):
        before = reader.composed
        reader.open()
        assert reader.composed == before + 1
    assert reader.is_given()
    with mock.patch.object(ready, "build_mark", return_value="another"):
        assert not reader.is_given()
    assert not reader.is_given()


def test_the_mark_of_code_and_settings_is_one_in_every_language_and_on_every_machine() -> None:
    marks = set()
    for language, shown, place in (
        ("en", True, "/one"),
        ("ro", True, "/other"),
        ("en", False, "/one"),
    ):
        ready.build_mark.cache_clear()
        with (
            translation.override(language),
            override_settings(PUNTE_SYNTHETIC=shown, STATIC_ROOT=place),
        ):
            marks.add((shown, ready.build_mark()))
    ready.build_mark.cache_clear()
    assert len(marks) == 2


def test_a_worker_of_another_build_leaves_it_and_says_so(
    rows: Rows, reader: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    with mock.patch("punte.web.preparing.build_mark", return_value="another"):
        assert prepare_pages() == 0
        assert "wait for a worker of the same" in caplog.text
        assert reader.is_given()
        with acting_as_system("load sample data"):
            Place.objects.filter(edition=rows.edition).update(name="Table 9")
        assert prepare_pages() == 0
    assert prepare_pages() == 1
    assert reader.is_given()


def test_a_database_that_was_started_again_gives_nothing_of_it(reader: Reader) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_ready_page SET server_started = server_started - interval '1 s'"
        )
    assert not reader.is_given()


def test_where_a_table_leaves_no_mark_nothing_is_kept(
    reader: Reader, database_owner_url: str
) -> None:
    with psycopg.connect(database_owner_url, autocommit=True) as owner:
        owner.execute("ALTER TABLE forum_place DISABLE TRIGGER marks_change")
        try:
            ready.is_on.cache_clear()
            before = reader.composed
            reader.open()
            assert reader.composed == before + 1
            assert prepare_pages() == 0
        finally:
            owner.execute("ALTER TABLE forum_place ENABLE ALWAYS TRIGGER marks_change")
            ready.is_on.cache_clear()
    assert reader.is_given()


def test_a_fault_of_what_is_kept_goes_the_usual_way(reader: Reader) -> None:
    for name in ("give_ready", "want_ready", "is_on"):
        with (
            mock.patch.object(ready, name, side_effect=OperationalError("gone")),
            mock.patch.object(ready, "build_mark", return_value="another"),
        ):
            assert reader.open()[0] == "200 OK"
    reader.make_ready()
    with mock.patch.object(ready, "note_seen", side_effect=OperationalError("gone")):
        assert reader.is_given()


def test_a_connection_that_the_database_dropped_is_opened_anew(
    reader: Reader, database_owner_url: str
) -> None:
    superuser = database_owner_url.replace("punte_owner@", "postgres@")
    ready.is_on.cache_clear()
    connection.ensure_connection()
    with psycopg.connect(superuser, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    assert reader.open()[0] == "200 OK"
    assert reader.is_given()


def test_a_table_of_somebody_else_in_the_same_database_is_theirs(database_owner_url: str) -> None:
    superuser = database_owner_url.replace("punte_owner@", "postgres@")
    with psycopg.connect(superuser, autocommit=True) as other:
        other.execute("CREATE TABLE theirs (id int)")
        try:
            assert unmarked_tables() == []
        finally:
            other.execute("DROP TABLE theirs")


def test_the_rows_show_nothing_without_the_secret_and_the_cookie(reader: Reader) -> None:
    body = reader.open()[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, asked FROM access_ready_page WHERE content IS NOT NULL")
        ((content, asked),) = cursor.fetchall()
    assert body[:40] not in bytes(content)
    assert b"csrftoken" not in bytes(asked)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE access_ready_page SET content = set_byte(content, 40, get_byte(content, 40) # 1)"
        )
    assert not reader.is_given()


def test_one_who_opens_it_in_many_ways_has_one_page_kept(reader: Reader) -> None:
    for number in range(5):
        reader.open(HTTP_USER_AGENT=f"browser {number}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(content) FROM access_ready_page")
        assert cursor.fetchone() == (1, 0)


def test_a_page_that_is_none_any_more_is_forgotten(rows: Rows, reader: Reader) -> None:
    Account.objects.filter(email=rows.delegate).update(is_active=False)
    assert prepare_pages() == 1
    assert prepare_pages() == 0
    assert reader.open()[0] == "302 Found"
