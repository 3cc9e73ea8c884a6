"""What a worker prepares: in time, of its own build, and leaving nothing behind."""

import datetime as dt
from unittest import mock

import pytest
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection
from django.test import Client
from django.utils import timezone

from edition_rows import Rows
from punte.apps.access import ready_pages
from punte.apps.access.permissions import acting_as_system
from punte.apps.forum.models import Place
from punte.web import seen
from punte.web.preparing import prepare_pages
from ready_reader import Reader

pytestmark = pytest.mark.django_db(transaction=True)


def test_preparing_is_not_being_seen(rows: Rows, reader: Reader) -> None:
    from allauth.usersessions.models import UserSession

    assert UserSession.objects.exists(), reader
    long_ago = timezone.now() - dt.timedelta(hours=3)
    UserSession.objects.update(last_seen_at=long_ago)
    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 9")
    assert prepare_pages() == 1
    assert set(UserSession.objects.values_list("last_seen_at", flat=True)) <= {long_ago}


def test_who_was_given_a_page_was_seen_when_it_was_given(reader: Reader) -> None:
    from allauth.usersessions.models import UserSession

    assert UserSession.objects.exists(), reader
    long_ago = timezone.now() - dt.timedelta(days=3)
    UserSession.objects.update(last_seen_at=long_ago)
    key = UserSession.objects.get(user__isnull=False).session_key
    seen._seen.clear()
    for hours in (5, 4):
        given = timezone.now() - dt.timedelta(hours=hours)
        with mock.patch.object(timezone, "now", return_value=given):
            seen.note_seen(key)
    seen.note_seen("somebody else")
    assert UserSession.objects.get(session_key=key).last_seen_at == given
    assert seen._seen == {}


def test_preparing_stops_in_time_and_goes_on_where_it_stopped(rows: Rows, reader: Reader) -> None:
    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 9")
    assert prepare_pages(longest_s=-1) == 0
    assert prepare_pages() == 1
    assert reader.is_given()


def test_preparing_takes_nothing_that_is_shown_once(reader: Reader, client_of_one: Client) -> None:
    client_of_one.post(reader.path + "calendar/", {"do": "make"})
    prepare_pages()
    status, body = reader.open()
    assert status == "200 OK"
    assert b"/calendar/" in body, "the address is shown"
    assert b".ics" in body
    for _ in range(2):
        prepare_pages()
        assert b".ics" not in reader.open()[1], "and once only"
    assert reader.is_given()
    session = client_of_one.session
    session["_messages"] = '[["__json_message",0,25,"Kept for you.",""]]'
    session.save()
    prepare_pages()
    prepare_pages()
    assert not reader.is_given(), "a sentence that waits is shown by an answer of its own"


def test_what_is_over_is_dropped_and_no_mark_that_is_needed(rows: Rows, reader: Reader) -> None:
    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 9")
    ready_pages.drop_over()
    assert not reader.is_given(), "its mark is kept as long as the page is"
    BrowserSession.objects.all().delete()
    ready_pages.drop_over()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_ready_page")
        assert cursor.fetchone() == (0,)
        ready_pages.drop_over()
        cursor.execute("SELECT count(*) FROM access_change")
        assert cursor.fetchone() == (0,)


def test_marks_of_another_server_are_dropped(rows: Rows, reader: Reader) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO access_change (xid, told) VALUES (%s, 'copied')", [2**40])
    assert not reader.is_given(), "in doubt it is composed"
    prepare_pages()
    assert reader.is_given()
    with acting_as_system("load sample data"):
        Place.objects.filter(edition=rows.edition).update(name="Table 9")
    ready_pages.drop_over()
    assert not reader.is_given()
