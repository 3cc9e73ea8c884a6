"""The open record: the same bytes each time, nothing hidden in it, and every change found."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, acting
from punte.apps.cooperation.open_record import export_edition
from punte.apps.cooperation.signing import RECORDS, own_key
from punte.apps.meetings.publication import publish_version
from punte.apps.people.queries import subject_of_account
from punte.cli.edition import group
from punte.formats.open_record import Table, verify_record, write_record
from punte.formats.record_signature import SIGNATURE, fingerprint_of, key_pem, signature_of
from punte.kernel.errors import PunteError
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def forum() -> Forum:
    forum = load_small()
    version = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=version.id)
    return forum


def export(forum: Forum, folder: Path, part: str = "") -> list[str]:
    reader = VISITOR
    if part:
        reader = subject_of_account(Account.objects.get(email=f"{part}@bucharest.example"))
    return export_edition(
        folder, slug=forum.edition.slug, reader=reader, audience=part or "everybody"
    )


def test_a_record_is_the_same_later_and_verifies(
    forum: Forum, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = export(forum, tmp_path / "one", "organiser")
    assert {"datapackage.json", "timetable-instance.json", "timetable-result.json"} <= set(names)
    later = timezone.now() + dt.timedelta(hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    export(forum, tmp_path / "two", "organiser")
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert verify_record(tmp_path / "one").faults == ()
    result = json.loads((tmp_path / "one" / "timetable-result.json").read_bytes())
    assert result["status"] == "optimal"
    assert result["meetings"]
    Calendar.from_ical((tmp_path / "one" / "agenda.ics").read_bytes())


def test_the_public_record_holds_nothing_of_delegates(forum: Forum, tmp_path: Path) -> None:
    names = export(forum, tmp_path / "public")
    assert "timetable-result.json" not in names
    assert verify_record(tmp_path / "public").faults == ()
    with acting(forum.organiser):
        people = list(forum.edition.delegates.values_list("badge_name", "organisation__name"))
    content = b"".join((tmp_path / "public" / name).read_bytes() for name in names)
    assert people
    assert not [name for pair in people for name in pair if name.encode() in content]


@pytest.mark.parametrize("how", ["change", "drop", "add", "meeting"])
def test_every_change_is_found(forum: Forum, tmp_path: Path, how: str) -> None:
    folder = tmp_path / "record"
    export(forum, folder, "organiser")
    if how == "change":
        path = folder / "sessions.csv"
        path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
    elif how == "drop":
        (folder / "needs.csv").unlink()
    elif how == "add":
        (folder / "more.txt").write_text("x")
    else:
        # Even with its hash made anew, a timetable that was tampered with fails its own check.
        path, package = folder / "timetable-result.json", folder / "datapackage.json"
        result, named = json.loads(path.read_bytes()), json.loads(package.read_bytes())
        result["meetings"].append(result["meetings"][0])
        path.write_text(json.dumps(result))
        for resource in named["resources"]:
            if resource["path"] == path.name:
                resource["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
        package.write_text(json.dumps(named))
    faults = verify_record(folder).faults
    assert faults
    told = {"change": "sessions.csv", "drop": "missing", "add": "more.txt", "meeting": "timetable:"}
    assert told[how] in faults[0]


def signed_anew(folder: Path, how: str) -> None:
    """Forge a record so that it is consistent in itself."""
    package = folder / "datapackage.json"
    named = json.loads(package.read_bytes())
    if how == "title":
        named["title"] = "Another forum"
    elif how == "empty":
        named["resources"] = []
        for path in folder.iterdir():
            path.unlink()
    else:
        path = folder / "sessions.csv"
        path.write_bytes(path.read_bytes().replace(b"a", b"b", 1))
        (resource,) = (one for one in named["resources"] if one["path"] == path.name)
        resource["hash"] = f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    package.write_bytes(json.dumps(named).encode())


@pytest.mark.parametrize("how", ["title", "empty", "rehashed"])
def test_a_forged_record_does_not_verify(forum: Forum, tmp_path: Path, how: str) -> None:
    folder, key = tmp_path / "record", own_key(RECORDS).public_key()
    export(forum, folder)
    whole = verify_record(folder, key=key)
    assert (whole.faults, whole.signed.is_known) == ((), True)
    assert whole.signed.fingerprint == fingerprint_of(key)
    signed_anew(folder, how)
    assert verify_record(folder).faults
    forger = own_key("a forger")
    (folder / SIGNATURE).write_bytes(
        signature_of((folder / "datapackage.json").read_bytes(), forger)
    )
    found = verify_record(folder, key=key)
    assert any("not of" in fault for fault in found.faults)
    assert not found.signed.is_known
    unknown = verify_record(folder)
    assert not unknown.signed.is_known
    if how == "empty":
        assert any("sessions.csv" in fault for fault in unknown.faults)
    (folder / SIGNATURE).unlink()
    assert any("nobody stands for" in fault for fault in verify_record(folder).faults)


def test_everybody_gets_the_key_and_the_command_demands_it(
    forum: Forum, tmp_path: Path, client: Client
) -> None:
    export(forum, tmp_path / "record")
    (tmp_path / "key.pem").write_bytes(client.get("/record-key.pem").content)
    words = ["verify", str(tmp_path / "record")]
    told = CliRunner().invoke(group, [*words, "--key", str(tmp_path / "key.pem")])
    assert (told.exit_code, "Signed by the key that you named" in told.output) == (0, True)
    told = CliRunner().invoke(group, words)
    assert (told.exit_code, "Only its inner consistency" in told.output) == (0, True)
    (tmp_path / "key.pem").write_bytes(key_pem(own_key("a forger").public_key()))
    told = CliRunner().invoke(group, [*words, "--key", str(tmp_path / "key.pem")])
    assert (told.exit_code, "that you named" in told.output) == (1, True)
    (tmp_path / "key.pem").write_bytes(b"no key")
    told = CliRunner().invoke(group, [*words, "--key", str(tmp_path / "key.pem")])
    assert told.exit_code != 0


def test_a_folder_in_use_and_an_unknown_edition_are_refused(forum: Forum, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(PunteError, match="holds something"):
        export(forum, tmp_path / "full")
    assert [one.name for one in (tmp_path / "full").iterdir()] == ["mine.txt"]
    with pytest.raises(PunteError, match="No edition"):
        export_edition(tmp_path / "no", slug="nowhere", reader=VISITOR, audience="x")
    assert not (tmp_path / "no").exists()
    with pytest.raises(PunteError, match=r"datapackage\.json"):
        verify_record(tmp_path / "full")


def test_a_cell_is_no_formula(tmp_path: Path) -> None:
    table = Table(name="t", title="T", fields=[("a", "string")], rows=[["=1+1"], [None], [True]])
    write_record(
        tmp_path / "r",
        name="r",
        title="R",
        audience="x",
        tables=[table],
        files={},
        key=own_key(RECORDS),
    )
    assert verify_record(tmp_path / "r", demanded=()).faults == ()
    assert (tmp_path / "r" / "t.csv").read_text() == 'a\n\'=1+1\n""\ntrue\n'
