"""The nightly round takes what the list says, on the day it says, and nothing else."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from cast import EDITION, Cast
from edition_rows import make_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting_as_system, right_groups
from punte.apps.forum.models import Application
from punte.apps.meetings.models import ImportDraft
from punte.apps.people.kept_by_clock import CLOCKED
from punte.apps.people.models import Invitation, Mail, Person, WatchEntry
from punte.apps.people.purging import purge_expired

pytestmark = pytest.mark.django_db
TODAY = dt.date(2031, 5, 20)


def at(days: int) -> dt.datetime:
    """Return noon that many days before the round."""
    return dt.datetime.combine(TODAY, dt.time(12), tzinfo=dt.UTC) - dt.timedelta(days=days)


Make = Callable[[Cast, int], models.Model]


def person(cast: Cast, days: int) -> Person:
    return Person.objects.create(
        name="Idle",
        email=f"idle{days}@example.org",
        nationality_id="POL",
        languages="pl",
        owner_org=cast.company.organisation,
        labelled_at=at(days),
    )


def invitation(cast: Cast, days: int) -> Invitation:
    return Invitation.objects.create(
        edition_id=EDITION,
        organisation=cast.company.organisation,
        person=cast.company.person,
        email="in@example.org",
        token_hash=f"{days:064}",
        expires_at=at(days),
        owner_org=cast.company.organisation,
    )


def mail(cast: Cast, days: int) -> Mail:
    return Mail.objects.create(
        person=cast.company.person,
        kind="test",
        key=str(days),
        queued_at=at(days),
        owner_org=cast.company.organisation,
    )


def watch(cast: Cast, days: int) -> WatchEntry:
    return WatchEntry.objects.create(
        edition_id=EDITION,
        name="Watched",
        reason="Known",
        labelled_at=at(days),
        owner_org=cast.organiser.organisation,
    )


@pytest.mark.parametrize(("make", "days"), [(invitation, 90), (mail, 730), (watch, 730)])
def test_a_row_goes_the_day_after_its_time_and_no_day_before(
    cast: Cast, make: Make, days: int
) -> None:
    with acting_as_system("tests"):
        young, old = make(cast, days - 1), make(cast, days + 1)
    table = young._meta.label
    assert purge_expired(today=TODAY)[table] == 1
    with acting_as_system("tests"):
        left = set(type(young)._default_manager.values_list("pk", flat=True))
    assert young.pk in left
    assert old.pk not in left
    assert purge_expired(today=TODAY)[table] == 0


def test_fields_are_emptied_and_their_row_stays(cast: Cast) -> None:
    with acting_as_system("tests"):
        young, old = person(cast, 729), person(cast, 731)
        # Who signs in, or was nominated since, is no idle record.
        Person.objects.filter(pk=cast.company.person.pk).update(labelled_at=at(900))
    counts = purge_expired(today=TODAY)
    assert counts["people.Person.email"] == counts["people.Person.nationality"] == 1
    with acting_as_system("tests"):
        young.refresh_from_db()
        old.refresh_from_db()
        kept = Person.objects.get(pk=cast.company.person.pk)
    assert (young.email, young.nationality_id, young.languages) == (
        "idle729@example.org",
        "POL",
        "pl",
    )
    assert (old.name, old.email, old.nationality_id, old.languages) == ("Idle", "", None, "")
    assert kept.email


def test_applications_go_by_what_came_of_them(cast: Cast) -> None:
    edition = make_edition().edition
    with acting_as_system("tests"):
        edition.ends_on = (at(731)).date()
        edition.save()
        made = {
            state: Application.objects.create(
                edition=edition,
                account=member.account,
                name="Ana Rusu",
                email="ana@example.org",
                organisation_name="Știri",
                organisation_kind="press",
                country_id="ROU",
                answers={"card": "77"},
                state=state,
                decided_at=at(364 if state == "refused" else 366),
                owner_org_id=edition.owner_org_id,
                label_stewards=right_groups("organise", edition_id=edition.pk),
            )
            for state, member in zip(
                ("accepted", "refused", "withdrawn", "waiting"),
                (cast.company, cast.authority, cast.guest, cast.outsider),
                strict=True,
            )
        }
    purge_expired(today=TODAY)
    with acting_as_system("tests"):
        left = {one.state: one for one in Application.objects.all()}
    assert set(left) == {"accepted", "refused"}, "withdrawn for a year, never answered"
    assert (left["accepted"].name, left["accepted"].answers) == ("", {})
    assert left["refused"].answers == {"card": "77"}, "one day is left"
    assert made["accepted"].pk == left["accepted"].pk


def test_the_rows_of_an_upload_go_and_its_name_stays(cast: Cast) -> None:
    edition = make_edition().edition
    with acting_as_system("tests"):
        draft = ImportDraft.objects.create(
            edition=edition,
            kind="participants",
            file_name="people.csv",
            rows=[[2, {"email": "x@example.org"}]],
            created_at=at(31),
            owner_org=cast.organiser.organisation,
        )
    purge_expired(today=TODAY)
    with acting_as_system("tests"):
        draft.refresh_from_db()
    assert (draft.rows, draft.file_name) == ([], "people.csv")


def test_the_round_is_logged_by_field_and_sessions_end(cast: Cast, client: Client) -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    client.force_login(cast.company.account)
    with acting_as_system("tests"):
        person(cast, 800)
        UserSession.objects.create(
            user=cast.company.account,
            ip="192.0.2.1",
            session_key="gone",
            user_agent="x",
            last_seen_at=at(31),
        )
    Session.objects.update(expire_date=at(1))
    counts = purge_expired(today=TODAY)
    assert counts["sessions.Session"] >= 1
    assert counts["usersessions.UserSession"] >= 1
    assert not Session.objects.filter(expire_date__lt=at(0)).exists()
    with acting_as_system("tests"):
        entry = AuditEntry.objects.get(verb="privacy.purged")
    assert entry.detail["fields"]["people.Person.email"] == 1


def test_every_clock_of_the_list_runs(cast: Cast) -> None:
    """Each condition is one that the database understands, and a fresh site loses nothing by it."""
    assert cast.company.person
    counts = purge_expired(today=timezone.localdate())
    for kept in CLOCKED:
        names = [kept.table] if kept.then == "deleted" else list(kept.names)
        assert all(name in counts for name in names)
    assert not sum(counts.values())


def test_the_page_says_what_the_list_says(client: Client) -> None:
    page = client.get("/privacy/").content.decode()
    for kept in CLOCKED:
        unit = "day" if kept.days == 1 else "days"
        assert f"{kept.days} {unit} after" in page or kept.days == 0
    assert "e-mail address" in page
    assert "/privacy/" in client.get("/").content.decode()
