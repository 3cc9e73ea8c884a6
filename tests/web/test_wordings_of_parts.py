"""Names that an organiser sets without a page of their own, in the languages of the edition: read by delegates in theirs."""

import io

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from edition_rows import Rows, make_edition
from page_forms import as_read
from page_lines import in_one_line
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.forum.models import (
    AgendaNoteWording,
    Delegate,
    Edition,
    FloorPlan,
    FloorWording,
    HostRole,
    HostWording,
    MeetingRule,
    RuleWording,
    Session,
)
from punte.apps.people.models import ClearanceStage, StageWording
from signed_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> Rows:
    made = make_edition()
    with acting_as_system("tests"):
        Edition.objects.filter(pk=made.edition.pk).update(languages="en,ro")
        made.edition.refresh_from_db()
    return made


@pytest.fixture
def organiser(rows: Rows) -> Client:
    return signed_in(rows.organiser)


def at(rows: Rows, rest: str = "") -> str:
    return f"/e/{rows.edition.slug}/{rest}"


def page(client: Client, rows: Rows, rest: str = "", language: str = "ro") -> str:
    answer = client.get(at(rows, rest), headers={"accept-language": language})
    assert answer.status_code == 200, rest
    return answer.content.decode()


def send(client: Client, rows: Rows, rest: str, data: dict[str, str]) -> str:
    sent = as_read(client, at(rows, rest), data)
    return client.post(at(rows, rest), sent, follow=True).content.decode()


def word(client: Client, rows: Rows, code: str, **words: str) -> str:
    return send(client, rows, "set-up/words/", {"do": "part-words", "code": code, **words})


def test_where_it_is_held_is_read_in_ones_language(rows: Rows, organiser: Client) -> None:
    words = {"venue-ro": "Palatul", "city-ro": "București", "forum-ro": "Forumul"}
    send(organiser, rows, "set-up/facts/", {"do": "words", **words})
    for rest in ("", "press/", "agenda/print/"):
        told = page(Client(), rows, rest)
        for said in ("Palatul", "București"):
            assert said in told, (rest, said)
            assert said not in page(Client(), rows, rest, "en"), rest
    assert "Forumul" in page(Client(), rows)
    assert "Palatul" in page(Client(), rows, "agenda/schedule.ics")
    told = organiser.get(f"/api/v1/editions/{rows.edition.slug}").json()
    assert told["wordings"][0]["venue"] == "Palatul"
    assert told["venue"] == rows.edition.venue


def test_who_stands_behind_it_is_named_in_ones_language(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        host = HostRole.objects.filter(edition=rows.edition).earliest("position")
    word(organiser, rows, f"host.{host.pk}", **{"name-ro": "Ministerul Apărării Naționale"})
    assert "<dd>Ministerul Apărării Naționale</dd>" in page(Client(), rows)
    assert "Ministerul" not in page(Client(), rows, "", "en")
    told = organiser.get(f"/api/v1/editions/{rows.edition.slug}").json()["hosts"][0]
    assert told["name"] == host.name
    assert told["wordings"] == {"ro": "Ministerul Apărării Naționale"}


def test_a_delegate_reads_the_name_of_a_floor(rows: Rows, organiser: Client) -> None:
    drawn = io.BytesIO()
    segno.make("a floor").save(drawn, kind="png")
    organiser.post(
        at(rows, "set-up/venue/plans/"),
        {
            "do": "add",
            "floor": "Ground floor",
            "file": SimpleUploadedFile("f.png", drawn.getvalue()),
        },
    )
    with acting_as_system("tests"):
        plan = FloorPlan.objects.get()
    word(organiser, rows, f"floor.{plan.pk}", **{"floor-ro": "Parter"})
    delegate = signed_in(rows.delegate)
    assert "<b>Parter</b>" in page(delegate, rows, "my/")
    assert "Parter" not in page(delegate, rows, "my/", "en")
    with acting(VISITOR):
        assert not FloorWording.objects.exists(), "seen by whoever sees the plan, and nobody else"


def test_who_may_not_ask_reads_why_in_ones_language(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        own = Delegate.objects.get(person__account__email=rows.delegate)
        other = (
            Delegate.objects.filter(edition=rows.edition)
            .exclude(organisation=own.organisation_id)
            .select_related("category")
            .first()
        )
        assert other is not None
        rule = MeetingRule.objects.create(
            edition=rows.edition, sender=own.category, receiver=other.category, reason="Not here."
        )
    word(organiser, rows, f"rule.{rule.pk}", **{"reason-ro": "Nu aici."})
    delegate = signed_in(rows.delegate)
    shown = page(delegate, rows, f"people/{other.pk}/")
    assert "Nu aici." in shown
    assert "Nu aici." not in page(delegate, rows, f"people/{other.pk}/", "en")
    with acting_as_system("tests"):
        assert RuleWording.objects.get().original == {"reason": "Not here."}


def test_a_stage_is_named_in_ones_language_and_keeps_it_when_they_are_set_anew(
    rows: Rows, organiser: Client
) -> None:
    def keep(*stages: tuple[str, str]) -> None:
        data = {"name": [name for name, _right in stages], "right": [right for _n, right in stages]}
        assert (
            "Kept."
            in organiser.post(at(rows, "vetting/stages/"), data, follow=True).content.decode()
        )

    keep(("Security", "vet"), ("Host", "organise"))
    with acting_as_system("tests"):
        stage = ClearanceStage.objects.get(name="Security")
    word(organiser, rows, f"stage.{stage.pk}", **{"name-ro": "Securitate"})
    keep(("Head", "organise"), ("Security", "vet"))
    with acting_as_system("tests"):
        assert StageWording.objects.get().stage.position == 2
    keep(("Head", "organise"), ("Safety", "vet"))
    told = page(organiser, rows, "set-up/words/", "en")
    assert "<del>Security</del><ins>Safety</ins>" in in_one_line(told), (
        "renamed: it has to be looked at"
    )
    assert "Securitate" in told
    keep(("Head", "organise"))
    with acting_as_system("tests"):
        assert not StageWording.objects.exists()


def test_a_vetter_reads_the_stages_in_their_language(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        stage = ClearanceStage.objects.create(
            edition_id=rows.edition.pk, position=1, name="Security", right="nobody"
        )
    word(organiser, rows, f"stage.{stage.pk}", **{"name-ro": "Securitate"})
    assert "Securitate" in page(organiser, rows, "vetting/")
    assert "Securitate" in page(organiser, rows, "set-up/")


def test_the_track_of_a_session_is_read_in_ones_language(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        session = Session.objects.filter(edition=rows.edition).earliest("starts_at")
        Session.objects.filter(pk=session.pk).update(track="Sensors")
    send(organiser, rows, f"agenda/edit/{session.pk}/", {"do": "words", "track-ro": "Senzori"})
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    shown = page(Client(), rows, f"agenda/{session.pk}/")
    assert '<span class="badge line">Senzori</span>' in shown
    assert "Senzori" not in page(Client(), rows, f"agenda/{session.pk}/", "en")


def test_the_log_of_changes_is_read_in_ones_language(rows: Rows, organiser: Client) -> None:
    with acting_as_system("tests"):
        session = Session.objects.filter(edition=rows.edition).earliest("starts_at")
    words = {"title-ro": "Deschiderea"}
    send(organiser, rows, f"agenda/edit/{session.pk}/", {"do": "words", **words})
    note = {"do": "release", "note": "Now in Romanian", "note-ro": "Acum și în română"}
    send(organiser, rows, "agenda/edit/", note)
    for rest in ("agenda/changes/", "agenda/changes.atom?language=ro"):
        told = page(Client(), rows, rest)
        assert "Deschiderea" in told, rest
        assert "Acum și în română" in told, rest
    english = page(Client(), rows, "agenda/changes/", "en")
    assert "Now in Romanian" in english
    assert "Deschiderea" not in english
    # It says what the session was called when it was released, whatever it is called later.
    send(organiser, rows, f"agenda/edit/{session.pk}/", {"do": "words", "title-ro": "Altceva"})
    send(organiser, rows, "agenda/edit/", {"do": "release", "note": ""})
    later = page(Client(), rows, "agenda/changes/")
    assert "Altceva" in later
    assert "Deschiderea" in later
    with acting_as_system("tests"):
        assert AgendaNoteWording.objects.count() == 1
        Edition.objects.filter(pk=rows.edition.pk).update(label_releasable_to=[])
    with acting(VISITOR):
        assert not AgendaNoteWording.objects.exists()


def test_nothing_marked_is_taken_and_two_do_not_overwrite_each_other(
    rows: Rows, organiser: Client
) -> None:
    with acting_as_system("tests"):
        host = HostRole.objects.filter(edition=rows.edition).earliest("position")
    code = f"host.{host.pk}"
    told = word(organiser, rows, code, **{"name-ro": "NATO SECRET"})
    assert 'value="NATO SECRET"' in told
    with acting_as_system("tests"):
        assert not HostWording.objects.exists()
    sent = {"do": "part-words", "code": code, "name-ro": "Al meu"}
    mine = as_read(organiser, at(rows, "set-up/words/"), sent)
    word(organiser, rows, code, **{"name-ro": "Al altcuiva"})
    answer = organiser.post(at(rows, "set-up/words/"), mine)
    assert answer.status_code == 409
    assert "Al altcuiva" in answer.content.decode()
