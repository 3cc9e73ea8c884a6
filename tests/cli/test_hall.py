"""A copy of the site works in the hall without a network, and `punte hall` brings back what was entered there."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation import desk
from punte.apps.cooperation.follow_up import mark_meeting, write_note
from punte.apps.cooperation.hall_keys import key_for
from punte.apps.cooperation.marks import outcome_of
from punte.apps.cooperation.models import HallCopy, MeetingMark, MeetingNote, Scan
from punte.apps.forum.models import Delegate
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.queries import subject_of_person
from punte.cli import embedded_database
from punte.formats.writing import as_json
from site_folder import environment_of, folder_of_its_own, settings_name
from small_forum import Forum, load_small

ORGANISER = "organiser@bucharest.example"
PREPARE = """
import os
from punte.cli import serving
serving.prepare_environment()
print(os.environ.get("PUNTE_HALL_COPY", "no"), os.environ.get("PUNTE_EMAIL_BACKEND", "own"))
"""

AS_OF = """
import os
from punte.cli import serving
serving.prepare_environment()
print(os.environ["PUNTE_HALL_COPY_AS_OF"])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site, the laptop that takes a copy of it, and the address of the site's database."""

    folder: Path
    url: str
    forum: Forum

    @property
    def home(self) -> Path:
        return self.folder / "site"

    @property
    def laptop(self) -> Path:
        return self.folder / "laptop"


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_of_its_own() as parent:
        yield parent


def run(folder: Path, *words: str, **named: str) -> subprocess.CompletedProcess[str]:
    kept = environment_of(folder) | named
    kept.pop("PUNTE_EMAIL_BACKEND", None)
    return subprocess.run(
        [sys.executable, "-W", "ignore", *words],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )


def punte(folder: Path, *words: str, **named: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-c", "from punte.cli.main import main; main()", *words, **named)


def accepted(forum: Forum) -> list[MeetingRequest]:
    with acting_as_system("tests"):
        found = MeetingRequest.objects.filter(edition=forum.edition, state="accepted")
        return list(found.select_related("sender", "receiver").order_by("code")[:2])


def work(forum: Forum, place: str, codes: slice, marks: tuple[str, str]) -> None:
    """Check people in, and let the asking side of two meetings mark them and note something."""
    with acting(forum.organiser) as by:
        people = Delegate.objects.filter(edition=forum.edition).order_by("code")
        for one in list(people)[codes]:
            desk.scan(by=by, edition=forum.edition, delegate=one, desk=place)
    for one, mark in zip(accepted(forum), marks, strict=True):
        with acting(subject_of_person(one.sender.person_id)) as by:
            mark_meeting(by=by, request=one, mark=mark)
            write_note(by=by, request=one, text=f"At {place}.", is_shared=True)


@pytest.fixture
def site(
    folder: Path,
    fill_database: Callable[[Path, str], Any],
    django_db_setup: None,
    django_db_blocker: Any,
) -> Iterator[Site]:
    """Fill a small site; the models of this process are open for it and its copy."""
    del django_db_setup
    embedded_database.start(folder / "site")
    made = fill_database(folder / "site", "punte")
    with settings_name(made.app_url), django_db_blocker.unblock():
        forum = load_small()
    with django_db_blocker.unblock():
        yield Site(folder=folder, url=made.app_url, forum=forum)


def test_a_copy_runs_in_the_hall_and_comes_back(site: Site) -> None:
    work_in_both(site)
    file, slug = site.folder / "hall.json", site.forum.edition.slug
    done = punte(site.laptop, "hall", "write", slug, str(file))
    assert done.returncode == 0, done.stderr
    assert "12 scans, 2 marks, 2 notes" in done.stdout
    assert file.stat().st_mode & 0o077 == 0
    assert "exists already" in punte(site.laptop, "hall", "write", slug, str(file)).stderr
    merge = ("hall", "merge", slug, str(file), "--by", ORGANISER)
    forged = site.folder / "forged.json"
    assert b"At the hall." not in file.read_bytes(), "what notes say is sealed"
    forged.write_bytes(file.read_bytes().replace(b'"is_shared": true', b'"is_shared": false'))
    assert forged.read_bytes() != file.read_bytes()
    merge_forged = punte(site.home, *merge[:3], str(forged), *merge[4:])
    assert (merge_forged.returncode, "not signed" in merge_forged.stderr) == (2, True)
    done = punte(site.home, *merge)
    assert done.returncode == 1, "the two places contradict each other, and somebody has to look"
    assert "Scans: 12 new, 0 known." in done.stdout
    assert "Notes: 2 new, 0 known." in done.stdout
    with settings_name(site.url):
        both_are_there(site.forum, done.stdout)
    again = punte(site.home, *merge)
    assert again.returncode == 0, again.stdout
    assert "Scans: 0 new, 12 known." in again.stdout
    nobody = punte(site.home, *merge[:-1], "nobody@example.org")
    assert (nobody.returncode, "Name an organiser" in nobody.stderr) == (2, True)


def work_in_both(site: Site) -> None:
    copy = str(site.folder / "site.tar")
    with settings_name(site.url):
        for one in accepted(site.forum)[:1]:
            with acting(subject_of_person(one.sender.person_id)) as by:
                write_note(by=by, request=one, text="Ours alone.", is_shared=False)
    done = punte(site.home, "backup", copy)
    assert done.returncode == 0, done.stderr
    key = str(site.folder / "key.json")
    done = punte(site.home, "hall", "key", site.forum.edition.slug, key, "--by", ORGANISER)
    assert done.returncode == 0, done.stderr
    assert Path(key).stat().st_mode & 0o077 == 0
    told = "have no second step"
    assert told in done.stdout
    assert f"<{ORGANISER}>" in done.stdout
    done = punte(site.laptop, "hall", "open", copy, "--key", key)
    assert done.returncode == 0, done.stderr
    assert told in done.stdout
    assert f"<{ORGANISER}>" in done.stdout
    assert "entries and 0 faults" in done.stdout
    assert "1 notes and documents" in done.stdout
    assert run(site.laptop, "-c", AS_OF).stdout.split()[-1].startswith("20")
    quiet = ["yes", "django.core.mail.backends.dummy.EmailBackend"]
    assert run(site.laptop, "-c", PREPARE).stdout.split()[-2:] == quiet
    assert run(site.home, "-c", PREPARE).stdout.split()[-2:] == ["no", "own"]
    embedded_database.start(site.laptop)
    with settings_name(embedded_database.url(site.laptop, "punte_app")):
        work(site.forum, "the hall", slice(0, 12), ("held", "not"))
    with settings_name(site.url):
        work(site.forum, "the site", slice(8, 20), ("held", "held"))


def both_are_there(forum: Forum, said: str) -> None:
    second = accepted(forum)[1]
    assert f"the later counts: {second.code}." in said
    with acting_as_system("tests"):
        for one in Delegate.objects.filter(edition=forum.edition).order_by("code")[8:12]:
            assert one.badge_name in said, "one badge at two desks is told"
        assert Scan.objects.count() == 24
        assert MeetingMark.objects.count() == 4
        texts = sorted(MeetingNote.objects.values_list("text", flat=True))
        assert texts == ["At the hall."] * 2 + ["At the site."] * 2 + ["Ours alone."]
        assert outcome_of(second) == "held", "the site's word is later"
    with acting(forum.organiser):
        assert desk.count_present(forum.edition) == 20
    with acting(subject_of_person(second.receiver.person_id)):
        assert MeetingNote.objects.filter(text="At the hall.").exists(), "shared stays shared"


def test_a_copy_is_refused_where_it_would_be_no_copy(folder: Path) -> None:
    laptop = folder / "laptop"
    key = folder / "key.json"
    made = key_for(
        HallCopy(
            pk=UUID(int=2),
            edition_id=UUID(int=1),
            holder_org_id=UUID(int=3),
            made_at=timezone.now(),
        )
    )
    key.write_bytes(as_json(made.model_dump(mode="json")))
    opening = ("hall", "open", str(folder / "none.tar"), "--key", str(key))
    missing = punte(laptop, *opening)
    assert (missing.returncode, "is not there" in missing.stderr) == (2, True)
    assert not laptop.exists(), "nothing is begun"
    named = {"DATABASE_URL": "postgresql://site@localhost/site"}
    elsewhere = punte(laptop, *opening, **named)
    assert (elsewhere.returncode, "Unset DATABASE_URL" in elsewhere.stderr) == (2, True)
