"""The audit log: append-only for everyone, chained at commit, and any tampering is found."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import InternalError, ProgrammingError, connection, transaction

from cast import EDITION, OTHER_EDITION, make_cast
from punte.apps.access.actions import record
from punte.apps.access.audit import verify_chain
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import VISITOR, NoSubjectError, acting, acting_as_system

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def superuser(database_owner_url: str) -> Iterator[psycopg.Connection]:
    """Someone with the keys to the database: what the chain is there for."""
    with psycopg.connect(
        database_owner_url.replace("punte_owner@", "postgres@"), autocommit=True
    ) as it:
        it.execute("SET session_replication_role = replica")
        yield it


@pytest.fixture
def three_entries() -> None:
    with acting_as_system("tests"):
        record("one", amount=1)
    with acting_as_system("tests"):
        record("two", text="ț”")
        record("three", edition_id=EDITION)


@pytest.mark.usefixtures("three_entries")
def test_the_chain_holds_and_counts() -> None:
    found = verify_chain()
    assert (found.entries, found.faults) == (3, ())
    with acting_as_system("tests"):
        record("rolled back")
        transaction.set_rollback(True)
    assert verify_chain() == found


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize(
    ("tampering", "fault"),
    [
        (
            "UPDATE access_auditentry SET detail = '{\"amount\": 2}' WHERE verb = 'one'",
            "not what was written",
        ),
        (
            "UPDATE access_auditentry SET at = at + interval '1 us' WHERE verb = 'two'",
            "not what was written",
        ),
        ("DELETE FROM access_auditentry WHERE verb = 'two'", "is gone"),
        ("DELETE FROM access_auditlink WHERE number = 2", "link 2 is missing"),
        (
            (
                "INSERT INTO access_auditentry (at, system, verb, about_table, about_id, detail) "
                "VALUES (now(), '', 'planted', '', '', '{}')"
            ),
            "has no link",
        ),
    ],
)
def test_tampering_is_found(superuser: psycopg.Connection, tampering: str, fault: str) -> None:
    superuser.execute(tampering.encode())
    assert any(fault in text for text in verify_chain().faults)


@pytest.mark.usefixtures("three_entries")
def test_a_cut_end_is_found_by_a_noted_head(superuser: psycopg.Connection) -> None:
    head = verify_chain().head
    superuser.execute("DELETE FROM access_auditlink WHERE number = 3")
    superuser.execute("DELETE FROM access_auditentry WHERE verb = 'three'")
    assert verify_chain().faults == ()
    assert "cut off" in verify_chain(noted_head=head).faults[0]


@pytest.mark.usefixtures("three_entries")
@pytest.mark.parametrize("table", ["access_auditentry", "access_auditlink"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = 9", "DELETE FROM {}", "TRUNCATE {}"])
def test_application_and_owner_cannot_change_it(
    database_owner_url: str, table: str, change: str
) -> None:
    statement = change.format(table).replace(
        "SET id", "SET number" if "link" in table else "SET id"
    )
    with (
        pytest.raises((ProgrammingError, InternalError)),
        acting_as_system("tests"),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with (
        psycopg.connect(database_owner_url) as owner,
        pytest.raises(psycopg.Error, match="append-only"),
    ):
        owner.execute(statement.encode())


def test_the_application_cannot_write_links() -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        acting_as_system("tests"),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO access_auditlink VALUES (1, 1, 'x')")


def test_nobody_writes_in_anothers_name_or_in_nobodys() -> None:
    cast = make_cast()
    with acting(cast.company.subject):
        record("mine")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            AuditEntry.objects.bulk_create(
                [AuditEntry(person_id=cast.guest.person.pk, verb="forged")]
            )
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            AuditEntry.objects.bulk_create(
                [AuditEntry(person_id=cast.company.person.pk, verb="forged", system="sample")]
            )
    with pytest.raises(NoSubjectError):
        record("nobody's")


def test_only_auditors_and_organisers_of_the_edition_read_it() -> None:
    cast = make_cast()
    with acting(cast.company.subject):
        record("here", edition_id=EDITION)
        record("there", edition_id=OTHER_EDITION)
        record("nowhere")
        assert not AuditEntry.objects.exists(), "not even one's own"
    for subject in (cast.guest.subject, cast.outsider.subject, VISITOR):
        with acting(subject):
            assert not AuditEntry.objects.exists()
    with acting(cast.organiser.subject):
        assert [entry.verb for entry in AuditEntry.objects.all()] == ["here"]
