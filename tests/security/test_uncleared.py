"""Who is not cleared acts in no organisation's name: applicants, invitees, the rejected and the withdrawn."""

import pytest
from django.test import Client
from django.utils import timezone

from cast import EDITION, OTHER_EDITION, Cast, make_member, make_open_edition
from punte.apps.access.models import Account, Denial
from punte.apps.access.permissions import acting, acting_as_system, right_groups
from punte.apps.forum.models import Application, Edition
from punte.apps.forum.registration import accept
from punte.apps.market.actions import Draft, draft_listing
from punte.apps.market.models import Listing
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.models import (
    ClearanceStage,
    Delegation,
    Membership,
    Nomination,
    Organisation,
    Person,
)
from punte.apps.people.permissions import NotAllowedError, may_send
from punte.apps.people.queries import subject_of_account, subject_of_person
from punte.apps.people.register import change_organisation, confirm_member
from punte.apps.people.vetting import awaits_confirmation, decide, nominate, withdraw_nomination

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast: Cast) -> Edition:
    made = make_open_edition(cast, "company")
    with acting_as_system("tests"):
        ClearanceStage.objects.create(edition_id=EDITION, position=1, name="Host", right="organise")
        for member in cast.everybody.values():
            Organisation.objects.filter(pk=member.organisation.pk).update(
                label_stewards=right_groups("organise", edition_id=EDITION)
            )
    return made


def applied(cast: Cast, edition: Edition) -> Application:
    """Somebody from outside writes the name of the authority into the form."""
    account = Account.objects.create_user("impostor@example.org")
    with acting_as_system("tests"):
        return Application.objects.create(
            edition=edition,
            account=account,
            name="Impostor",
            email=account.email,
            organisation_name=cast.authority.organisation.name,
            organisation_kind="authority",
            country_id="FRA",
            category="company",
            owner_org=cast.organiser.organisation,
            label_stewards=right_groups("organise", edition_id=EDITION),
        )


def takes(cast: Cast, application: Application, *, is_confirmed: bool = False) -> Nomination:
    with acting(cast.organiser.subject) as by:
        return accept(
            by=by,
            application=application,
            organisation=cast.authority.organisation,
            is_confirmed=is_confirmed,
        )


def clear(cast: Cast, nomination: Nomination, decision: str = "cleared") -> None:
    with acting(cast.organiser.subject) as by:
        decide(by=by, nomination=nomination, decision=decision, reason="Because")


def newcomer(cast: Cast) -> tuple[Person, Nomination, str]:
    """The company enters and nominates a colleague, and sends the invitation."""
    with acting_as_system("tests"):
        person = Person.objects.create(
            name="Ion New", email="ion@example.org", owner_org=cast.company.organisation
        )
        delegation = Delegation.objects.get(organisation=cast.company.organisation)
    with acting(cast.company.subject) as by:
        nomination = nominate(by=by, delegation=delegation, person=person, category="company")
        _made, token = invite(by=by, person=person, edition_id=EDITION)
    return person, nomination, token


def joins(person: Person, token: str) -> Account:
    account = Account.objects.create_user(person.email)
    accept_invitation(account=account, token=token, verified_emails={person.email})
    return account


def test_an_accepted_applicant_joins_no_existing_organisation(cast: Cast, edition: Edition) -> None:
    application = applied(cast, edition)
    nomination = takes(cast, application)
    assert awaits_confirmation(nomination)
    theirs = cast.authority.organisation
    subject = subject_of_account(application.account)
    assert (subject.org_id, subject.member_of, subject.is_vetted) == (None, None, False)
    with acting(subject) as by:
        assert not Organisation.objects.filter(pk=theirs.pk).exists()
        with pytest.raises(NotAllowedError):
            change_organisation(
                by=by, organisation=theirs, values={"website": "https://evil.example"}
            )
    with pytest.raises(NotAllowedError, match="confirmed"):
        clear(cast, nomination)
    assert nomination.state == "waiting"
    with acting(cast.guest.subject) as by, pytest.raises(NotAllowedError):
        confirm_member(
            by=by, person=nomination.person, organisation_id=theirs.pk, edition_id=EDITION
        )
    with acting(cast.authority.subject) as by:
        confirm_member(
            by=by, person=nomination.person, organisation_id=theirs.pk, edition_id=EDITION
        )
    assert subject_of_account(application.account).org_id is None, "confirmed, and not cleared yet"
    clear(cast, nomination)
    assert subject_of_account(application.account).org_id == theirs.pk


def test_the_organiser_answers_for_an_applicant_by_name(cast: Cast, edition: Edition) -> None:
    application = applied(cast, edition)
    nomination = takes(cast, application, is_confirmed=True)
    with acting_as_system("tests"):
        held = Membership.objects.get(person=nomination.person)
    assert held.confirmed_by_id == cast.organiser.person.pk
    subject = subject_of_account(application.account)
    assert (subject.org_id, subject.member_of) == (None, cast.authority.organisation.pk)
    client = Client()
    client.force_login(application.account)
    client.post(
        f"/organisations/{cast.authority.organisation.pk}/",
        {"do": "change", "website": "https://evil.example"},
    )
    with acting_as_system("tests"):
        cast.authority.organisation.refresh_from_db()
    assert cast.authority.organisation.website == ""
    assert client.get("/e/here/delegation/").status_code == 404


def test_the_page_says_that_nobody_has_confirmed_it_and_the_organiser_answers(
    cast: Cast, edition: Edition
) -> None:
    application = applied(cast, edition)
    desk = Client()
    desk.force_login(cast.organiser.account)
    page = desk.post(
        f"/e/here/applications/{application.pk}/",
        {"do": "accept", "organisation": str(cast.authority.organisation.pk)},
        follow=True,
    )
    assert "has confirmed on its delegation page" in page.content.decode()
    own = Client()
    own.force_login(cast.authority.account)
    assert "nobody has confirmed it" in own.get("/e/here/delegation/").content.decode()
    with acting_as_system("tests"):
        nomination = Nomination.objects.get(person__account=application.account)
    address = f"/e/here/vetting/{nomination.pk}/"
    assert "nobody has confirmed it" in desk.get(address).content.decode()
    desk.post(address, {"do": "belongs"})
    assert not awaits_confirmation(nomination)


def test_powers_come_with_clearance_and_go_with_rejection_and_withdrawal(
    cast: Cast, edition: Edition
) -> None:
    with acting(cast.company.subject) as by:
        listing = draft_listing(
            by=by,
            draft=Draft(side="offer", kind="equipment", language="en", title="Drone", text="Ours"),
        )
    person, nomination, token = newcomer(cast)
    account = joins(person, token)

    def sees() -> bool:
        with acting(subject_of_account(account)):
            return Listing.objects.filter(pk=listing.pk).exists()

    client = Client()
    client.force_login(account)
    assert not sees()
    assert client.get("/e/here/delegation/").status_code == 404
    clear(cast, nomination)
    assert sees()
    assert client.get("/e/here/delegation/").status_code == 200
    with acting(cast.organiser.subject) as by:
        withdraw_nomination(by=by, nomination=nomination)
    assert not sees()
    assert client.get("/e/here/delegation/").status_code == 404
    subject = subject_of_account(account)
    assert f"org:{cast.company.organisation.pk}" not in subject.groups
    assert not may_send(subject, cast.company.organisation.pk, EDITION)
    assert edition.pk == EDITION


def test_the_rejected_withdraw_nobody(cast: Cast, edition: Edition) -> None:
    person, nomination, token = newcomer(cast)
    account = joins(person, token)
    clear(cast, nomination, "rejected")
    with acting_as_system("tests"):
        colleague = Nomination.objects.get(person=cast.company.person)
    client = Client()
    client.force_login(account)
    client.post(
        "/e/here/delegation/", {"do": "withdraw", "nomination": str(colleague.pk), "sure": "yes"}
    )
    with acting_as_system("tests"):
        colleague.refresh_from_db()
    assert colleague.state == "cleared"
    assert edition.pk == EDITION


@pytest.mark.parametrize("how", ["rejected", "withdrawn"])
def test_an_invitation_ends_with_its_nomination(cast: Cast, edition: Edition, how: str) -> None:
    person, nomination, token = newcomer(cast)
    if how == "rejected":
        clear(cast, nomination, "rejected")
    else:
        with acting(cast.company.subject) as by:
            withdraw_nomination(by=by, nomination=nomination)
    with pytest.raises(NotAllowedError, match="rejected or withdrawn"):
        joins(person, token)
    with (
        acting(cast.company.subject) as by,
        pytest.raises(NotAllowedError, match="rejected or withdrawn"),
    ):
        invite(by=by, person=person, edition_id=EDITION)
    with acting_as_system("tests"):
        person.refresh_from_db()
    assert person.account_id is None
    assert edition.pk == EDITION


def test_who_was_cleared_before_keeps_it_while_another_edition_decides(cast: Cast) -> None:
    with acting_as_system("tests"):
        delegation = Delegation.objects.create(
            edition_id=OTHER_EDITION,
            organisation=cast.company.organisation,
            owner_org=cast.company.organisation,
        )
        Nomination.objects.create(
            delegation=delegation,
            edition_id=OTHER_EDITION,
            person=cast.company.person,
            owner_org=cast.company.organisation,
            state="waiting",
        )
    assert cast.company.subject.org_id == cast.company.organisation.pk


def test_the_organisation_that_one_speaks_for_comes_before_a_newer_one(cast: Cast) -> None:
    with acting_as_system("tests"):
        Membership.objects.create(
            person=cast.company.person,
            organisation=cast.outsider.organisation,
            since=timezone.localdate(),
            confirmed_at=timezone.now(),
        )
        Membership.objects.filter(organisation=cast.company.organisation).update(since="2020-01-01")
    assert cast.company.subject.org_id == cast.company.organisation.pk


def test_a_suspended_organisation_shuts_its_uncleared_people_out_too() -> None:
    member = make_member("Nina Late", "Late House", is_cleared=False)
    assert not member.subject.is_denied
    Denial.objects.create(name=f"org:{member.organisation.pk}", reason="Test")
    assert subject_of_person(member.person.pk).is_denied


def test_the_rejected_still_read_what_was_decided_about_them(cast: Cast, edition: Edition) -> None:
    from django.core import mail

    from punte.apps.people.mail_sending import send_mail
    from punte.apps.people.models import Mail

    person, nomination, token = newcomer(cast)
    joins(person, token)
    clear(cast, nomination, "rejected")
    with acting_as_system("tests"):
        queued = Mail.objects.get(person=person, kind="nomination.decided")
    assert send_mail(queued.pk) == Mail.State.SENT
    letter = mail.outbox[-1]
    assert (edition.name in letter.subject, "Rejected" in letter.subject) == (True, True)
    assert "Because" in str(letter.body)
    assert f"/e/{edition.slug}/" in str(letter.body)
