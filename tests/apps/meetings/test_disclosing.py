"""An authority discloses what its meeting with a firm is about: to whom, by whom, and until when."""

import csv
import dataclasses
import io

import pytest
from django.test import Client
from django.utils import timezone

from edition_rows import Rows, make_edition
from meeting_rows import meeting_of
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting, acting_as_system, right_groups
from punte.apps.market.models import Listing
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.disclosing import disclose_agenda, disclosed_about, disclosed_in
from punte.apps.meetings.insight import equal_access
from punte.apps.meetings.models import Disclosure, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from signed_in import let_in, signed_in

pytestmark = pytest.mark.django_db
AGENDA = "Delivery times of bridge sensors; no prices."


@dataclasses.dataclass(frozen=True, kw_only=True)
class World:
    """A meeting of a firm with an authority about the authority's need, and another firm that sees the need."""

    rows: Rows
    request: MeetingRequest
    firm: Subject
    authority: Subject
    bidder: Subject
    need: Listing


@pytest.fixture
def world() -> World:
    rows = make_edition()
    request, firm, authority, bidder = meeting_of(rows)
    with acting_as_system("tests"):
        Organisation.objects.filter(pk=request.sender.organisation_id).update(kind="company")
        Organisation.objects.filter(pk=request.receiver.organisation_id).update(kind="authority")
        Organisation.objects.filter(pk=bidder.org_id).update(kind="company")
        need = Listing.objects.create(
            side="need",
            kind=Listing.Kind.values[0],
            state="published",
            published_at=timezone.now(),
            language="en",
            title="Sensors for bridges",
            text="For forty bridges.",
            edition_id=rows.edition.pk,
            owner_org_id=request.receiver.organisation_id,
            label_releasable_to=[f"edition:{rows.edition.pk}"],
        )
        MeetingRequest.objects.filter(pk=request.pk).update(
            about_listing_id=need.pk,
            label_stewards=[
                f"org:{request.receiver.organisation_id}",
                *right_groups("organise", edition_id=rows.edition.pk),
            ],
        )
        request = MeetingRequest.objects.select_related(
            "sender__organisation", "receiver__organisation"
        ).get(pk=request.pk)
    return World(
        rows=rows, request=request, firm=firm, authority=authority, bidder=bidder, need=need
    )


def disclose(by: Subject, world: World, text: str = AGENDA, *, read: int = 0) -> None:
    with acting(by):
        disclose_agenda(by=by, request_id=world.request.pk, text=text, read_revision=read)


def read(by: Subject, world: World) -> list[str]:
    with acting(by):
        need = Listing.objects.filter(pk=world.need.pk).first()
        return [one.text for one in disclosed_about(need)] if need else []


def test_both_sides_and_whoever_sees_the_need_read_it(world: World) -> None:
    disclose(world.authority, world)
    for by in (world.firm, world.authority, world.bidder):
        assert read(by, world) == [AGENDA]
    with acting(world.firm):
        assert disclosed_in([world.request.pk])[world.request.pk].text == AGENDA
    with acting(world.bidder):
        (line,) = disclosed_about(world.need)
        assert line.authority == world.request.receiver.organisation.name
        assert line.on is not None
        assert world.request.sender.organisation.name not in str(dataclasses.asdict(line))
        assert not MeetingRequest.objects.filter(pk=world.request.pk).exists()


def test_whoever_does_not_see_the_need_reads_nothing_of_it(world: World) -> None:
    disclose(world.authority, world)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=world.need.pk).update(label_releasable_to=[])
    assert read(world.bidder, world) == []
    assert read(world.authority, world) == [AGENDA]
    with acting(world.bidder):
        assert not Disclosure.objects.exists()


def test_a_meeting_that_is_off_is_told_no_more(world: World) -> None:
    disclose(world.authority, world)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=world.request.pk).update(state="withdrawn")
    assert read(world.bidder, world) == []


def test_beside_a_firms_offer_or_a_third_partys_need_nothing_tells_whom_it_meets(
    client: Client, world: World
) -> None:
    for owner in (world.firm.org_id, world.bidder.org_id):
        with acting_as_system("tests"):
            Disclosure.objects.all().delete()
            Listing.objects.filter(pk=world.need.pk).update(owner_org=owner)
            world.need.refresh_from_db()
        disclose(world.authority, world)
        for by in (world.firm, world.authority, world.bidder):
            assert read(by, world) == []
        page = f"/needs/{world.need.pk}/"
        assert AGENDA not in client_of(world.bidder).get(page).text
        let_in(client, world.rows.organiser)
        assert AGENDA not in client.get(page).text, "nor to who sees the request"
        with acting(world.bidder):
            assert not Disclosure.objects.exists(), "the wall itself hides it"
        with acting(world.firm):
            assert disclosed_in([world.request.pk])[world.request.pk].text == AGENDA


def test_what_is_called_off_is_told_no_more_and_can_still_be_taken_back(
    world: World,
) -> None:
    disclose(world.authority, world)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=world.request.pk).update(state="withdrawn")
        (line,) = [
            one for one in equal_access(world.rows.edition.pk) if one.code == world.request.code
        ]
    assert line.agenda == "", "the row of the log stays, its agenda does not"
    with acting(world.firm):
        assert disclosed_in([world.request.pk]) == {}
    page = f"/e/{world.rows.edition.slug}/requests/{world.request.pk}/"
    authority = client_of(world.authority)
    assert AGENDA not in client_of(world.firm).get(page).text
    told = authority.get(page).text
    assert AGENDA in told, "who may take it back reads what it is"
    assert 'name="agenda" value=""' in told
    assert "<textarea" not in told.split('id="agenda"')[1].split("</section>")[0]
    with pytest.raises(NotAllowedError, match="once the request is accepted"):
        disclose(world.authority, world, "Anew", read=1)
    with pytest.raises(NotAllowedError):
        disclose(world.firm, world, "", read=1)
    authority.post(f"{page}disclose/", {"agenda": "", "revision": "1"})
    assert "Disclosed agenda" not in authority.get(page).text
    with acting_as_system("tests"):
        assert not Disclosure.objects.exists()
        assert AuditEntry.objects.filter(verb="agenda.taken_back").count() == 1


def test_only_the_authoritys_side_discloses_and_only_a_meeting_with_a_firm(world: World) -> None:
    reader = dataclasses.replace(world.authority, may_write=False)
    with pytest.raises(NotAllowedError, match="Only the authority's side"):
        disclose(world.firm, world)
    with pytest.raises(NotThereError):
        disclose(reader, world)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=world.request.pk).update(state="pending")
    with pytest.raises(NotAllowedError, match="once the request is accepted"):
        disclose(world.authority, world)
    with acting_as_system("tests"):
        MeetingRequest.objects.filter(pk=world.request.pk).update(state="accepted")
        Organisation.objects.filter(pk=world.firm.org_id).update(kind="authority")
    with pytest.raises(NotAllowedError):
        disclose(world.authority, world)
    with acting_as_system("tests"):
        assert not Disclosure.objects.exists()


def test_two_officials_do_not_overwrite_each_other_and_every_step_is_in_the_log(
    world: World,
) -> None:
    disclose(world.authority, world)
    with pytest.raises(ChangedMeanwhileError, match="Delivery times"):
        disclose(world.authority, world, "Something else")
    disclose(world.authority, world, "Maintenance", read=1)
    assert read(world.bidder, world) == ["Maintenance"]
    disclose(world.authority, world, "  ", read=2)
    assert read(world.bidder, world) == []
    with acting_as_system("tests"):
        steps = AuditEntry.objects.filter(verb__startswith="agenda.").order_by("id")
        told = [(one.verb, one.detail["text"]) for one in steps]
    assert told == [
        ("agenda.disclosed", AGENDA),
        ("agenda.disclosed", "Maintenance"),
        ("agenda.taken_back", ""),
    ]


@pytest.mark.parametrize("text", ["A" * 601, "NATO SECRET annex"])
def test_what_is_too_long_or_marked_is_refused(world: World, text: str) -> None:
    with pytest.raises(PunteError):
        disclose(world.authority, world, text)
    assert read(world.authority, world) == []


def test_the_equal_access_log_and_its_file_hold_it(client: Client, world: World) -> None:
    disclose(world.authority, world)
    page = f"/e/{world.rows.edition.slug}/equal-access/"
    let_in(client, world.rows.organiser)
    assert AGENDA in client.get(page).text
    content = client.get(f"{page}?as=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [one["Disclosed agenda"] for one in rows].count(AGENDA) == 1
    with acting_as_system("tests"):
        assert [one.agenda for one in equal_access(world.rows.edition.pk)].count(AGENDA) == 1


def test_it_is_written_on_the_page_of_the_request_and_read_on_that_of_the_need(
    world: World,
) -> None:
    request_page = f"/e/{world.rows.edition.slug}/requests/{world.request.pk}/"
    need_page = f"/needs/{world.need.pk}/"
    authority, firm, bidder = map(client_of, (world.authority, world.firm, world.bidder))
    assert 'name="agenda"' in authority.get(request_page).text
    assert "Disclosed agenda" not in firm.get(request_page).text
    assert "Disclosed agendas" not in bidder.get(need_page).text
    wish = {"agenda": AGENDA, "revision": "0"}
    assert AGENDA in authority.post(f"{request_page}disclose/", wish, follow=True).text
    assert AGENDA in firm.get(request_page).text
    assert 'name="agenda"' not in firm.get(request_page).text
    told = bidder.get(need_page).text
    assert AGENDA in told
    assert world.request.sender.organisation.name not in told
    late = authority.post(f"{request_page}disclose/", wish | {"agenda": "Anew"}, follow=True).text
    assert "A colleague changed what is disclosed" in late
    assert "Anew" in late, "what was typed is not lost"
    refused = firm.post(f"{request_page}disclose/", wish, follow=True).text
    assert "Only the authority" in refused


def client_of(subject: Subject) -> Client:
    with acting_as_system("tests"):
        person = Person.objects.get(pk=subject.person_id)
        if person.account is None:
            person.account = Account.objects.create_user(f"{person.pk.hex[:8]}@example.org")
            person.save(update_fields=["account"])
        return signed_in(person.account)
