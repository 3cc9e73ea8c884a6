"""The attack cases A1 to A24 of the security study, each a test named after its number."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from cast import EDITION, OTHER_EDITION, Cast
from punte.apps.access.models import Account, Denial
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.people.invitations import accept_invitation, invite
from punte.apps.people.models import Delegation, Grant, Membership, Nomination, Organisation, Person
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.queries import subject_of_account, subject_of_person
from punte.apps.people.rights import grant_right
from punte.web.subject import MEMBERSHIP_KEY
from security.crawl import masked
from security.routes import all_routes
from signed_in import signed_in

pytestmark = pytest.mark.django_db


def invited(cast: Cast, email: str = "invited@example.org") -> tuple[Person, str]:
    with acting_as_system("sample"):
        person = Person.objects.create(
            name="Invited", email=email, owner_org=cast.company.organisation
        )
    with acting(cast.company.subject) as by:
        _, token = invite(by=by, person=person, edition_id=EDITION)
    return person, token


def test_a01_side_endpoint_without_the_check() -> None:
    from security.test_route_census import census

    assert {route.pattern for route in all_routes()} == set(census())


def test_a02_neighbours_object_by_id(cast: Cast) -> None:
    for model in (Organisation, Person, Delegation, Nomination, Membership):
        with acting_as_system("tests"):
            field = {"Organisation": "pk", "Person": "owner_org", "Membership": "organisation"}.get(
                model.__name__, "owner_org"
            )
            theirs = model._default_manager.filter(
                **{field: cast.authority.organisation.pk}
            ).first()
            assert theirs is not None
        with acting(cast.company.subject):
            assert not model._default_manager.filter(pk=theirs.pk).exists(), model
            with pytest.raises(model.DoesNotExist):
                model._default_manager.get(pk=theirs.pk)


def test_a03_list_wider_than_its_parent(cast: Cast) -> None:
    """The organiser of one edition sees no nomination of another, though the same person stewards both kinds."""
    with acting_as_system("sample"):
        from cast import make_member

        make_member("Elsewhere", "Elsewhere House", edition_id=OTHER_EDITION)
    with acting(cast.organiser.subject):
        assert set(Nomination.objects.values_list("edition_id", flat=True)) == {EDITION}
        assert set(Delegation.objects.values_list("edition_id", flat=True)) == {EDITION}


def test_a05_linked_record_embedded(cast: Cast) -> None:
    """A membership that is seen points to an organisation that is not: neither its name nor its count shows."""
    with acting_as_system("sample"):
        Membership.objects.create(
            person=cast.company.person, organisation=cast.outsider.organisation, confirmed_at=None
        )
    with acting(cast.company.subject):
        pending = Membership.objects.get(confirmed_at__isnull=True)
        with pytest.raises(Organisation.DoesNotExist):
            _ = pending.organisation
        rows = Membership.objects.filter(pk=pending.pk)
        assert list(rows.values_list("organisation__name", flat=True)) in ([], [None])
        assert (
            not rows.select_related("organisation").exists()
            or not rows.filter(organisation__name__startswith="F").exists()
        )


def test_a06_oracle_by_filter_sort_and_count(cast: Cast) -> None:
    from django.db.models import Count, Max

    with acting(cast.company.subject):
        assert not Person.objects.filter(owner_org__name__startswith="Armament").exists()
        assert not Membership.objects.filter(organisation__name__contains="Armament").exists()
        assert Organisation.objects.aggregate(n=Count("pk"), top=Max("name")) == {
            "n": 1,
            "top": cast.company.organisation.name,
        }
        assert list(
            Organisation.objects.order_by("country__name").values_list("pk", flat=True)
        ) == [cast.company.organisation.pk]


@pytest.mark.parametrize("query", ["", "A", "Arm", "Armament Directorate", "%", "_"])
def test_a07_search_and_autocomplete(cast: Cast, query: str) -> None:
    with acting(cast.guest.subject):
        found = Organisation.objects.filter(name__icontains=query)
        assert set(found.values_list("pk", flat=True)) <= {cast.guest.organisation.pk}


def test_a08_bulk_dump_by_running_ids(cast: Cast) -> None:
    """Hidden and absent give the same answer at every address that takes an identifier."""
    import uuid

    client = signed_in(cast.guest.account)
    hidden, absent = cast.company.organisation.pk, uuid.uuid4()
    for route in all_routes():
        if [kind for _, kind in route.parameters] != ["uuid"]:
            continue
        answers = [
            client.get(next(iter(route.addresses({"<uuid>": [key]})))) for key in (hidden, absent)
        ]
        bodies = [
            masked(a).body.replace(str(k).encode(), b"*")
            for a, k in zip(answers, (hidden, absent), strict=True)
        ]
        assert answers[0].status_code == answers[1].status_code, route
        if answers[0].status_code != 200:
            assert bodies[0] == bodies[1], route


def test_a09_group_parameter_unmasks(cast: Cast) -> None:
    """Filtering persons by right or vetting tells nobody who the vetters are."""
    with acting(cast.company.subject):
        assert not Person.objects.filter(grants__right="vet").exists()
        assert not Grant.objects.filter(right="vet").exists()


def test_a14_a15_a_subject_of_a_feed_is_judged_at_each_fetch(cast: Cast) -> None:
    key = cast.guest.person.pk
    assert subject_of_person(key).is_vetted
    with acting_as_system("sample"):
        Nomination.objects.filter(person=key).update(state="withdrawn")
    assert not subject_of_person(key).is_vetted
    cast.guest.account.is_active = False
    cast.guest.account.save()
    assert subject_of_person(key) == VISITOR


def test_a19_mass_assignment(cast: Cast) -> None:
    """No form of the site sets what decides about access, whatever is posted to it."""
    extra = {
        "is_active": "1",
        "is_staff": "1",
        "is_superuser": "1",
        "vetted": "1",
        "state": "cleared",
        "owner_org": str(cast.organiser.organisation.pk),
        "label_releasable_to": "PUBLIC",
        "label_stewards": f"org:{cast.outsider.organisation.pk}",
        "edition_id": str(EDITION),
        MEMBERSHIP_KEY: str(cast.organiser.person.pk),
    }
    before = cast.outsider.subject
    client = signed_in(cast.outsider.account)
    values = {
        "<uuid>": [cast.outsider.organisation.pk],
        "<int>": [1],
        "<str>": ["x"],
        "<slug>": ["x"],
        "<path>": ["x"],
    }
    for route in all_routes():
        if route.name == "account_logout":
            continue
        for address in route.addresses(values, most=1):
            client.post(address, extra)
    assert cast.outsider.subject == before


def test_a20_grant_beyond_own_right(cast: Cast) -> None:
    for part in ("company", "guest", "outsider", "authority"):
        with acting(cast.everybody[part].subject) as by, pytest.raises(NotAllowedError):
            grant_right(by=by, person=cast.company.person, right="organise", edition_id=EDITION)
    with acting(cast.organiser.subject) as by:
        for edition_id in (OTHER_EDITION, None):
            with pytest.raises(NotAllowedError):
                grant_right(by=by, person=cast.company.person, right="vet", edition_id=edition_id)
        grant_right(by=by, person=cast.company.person, right="check-in", edition_id=EDITION)
    assert cast.company.subject.has_right("check-in", EDITION)


def test_a21_invitation_into_another_organisation(cast: Cast) -> None:
    person, token = invited(cast)
    with acting(cast.guest.subject) as by, pytest.raises(NotAllowedError):
        invite(by=by, person=person, edition_id=EDITION)
    stranger = Account.objects.create_user("stranger@example.com")
    with pytest.raises(NotAllowedError):
        accept_invitation(account=stranger, token=token, verified_emails={"stranger@example.com"})
    own = Account.objects.create_user("invited@example.org")
    with pytest.raises(NotAllowedError):
        accept_invitation(account=own, token=token, verified_emails=set())
    accept_invitation(account=own, token=token, verified_emails={"invited@example.org"})
    joined = subject_of_account(own)
    assert joined.member_of == cast.company.organisation.pk
    assert joined.org_id is None, (
        "invited, it belongs there; it acts in its name once it is cleared"
    )
    assert not subject_of_account(own).is_vetted, "an invitation clears nobody"


def test_a22_invitation_used_twice(cast: Cast) -> None:
    _, token = invited(cast)
    first = Account.objects.create_user("invited@example.org")
    accept_invitation(account=first, token=token, verified_emails={"invited@example.org"})
    second = Account.objects.create_user("second@example.org")
    sentences = set()
    for account, used in ((second, token), (second, "made-up"), (first, token)):
        with pytest.raises(NotAllowedError) as stop:
            accept_invitation(account=account, token=used, verified_emails={"invited@example.org"})
        sentences.add(str(stop.value))
    assert len(sentences) == 1, "the sentence does not tell a used token from an unknown one"
    assert subject_of_account(second) == VISITOR


@pytest.mark.parametrize(
    "how", ["status", "country", "organisation", "person", "nomination", "account"]
)
def test_a23_de_vetted_person_still_inside(cast: Cast, how: str) -> None:
    """Whatever ends the access, the open session is judged anew on its next request."""
    from punte.apps.access.models import Status

    need = cast.company.organisation
    with acting_as_system("sample"):
        Organisation.objects.filter(pk=need.pk).update(label_releasable_to=["EU_SDP"])
    client = signed_in(cast.guest.account)

    def session_sees_it() -> bool:
        subject = client.get("/").wsgi_request.subject
        with acting(subject):
            return bool(Organisation.objects.filter(pk=need.pk).exists())

    assert session_sees_it()
    now = timezone.now()
    names = {
        "country": "MDA",
        "organisation": f"org:{cast.guest.organisation.pk}",
        "person": f"person:{cast.guest.person.pk}",
    }
    if how == "status":
        Status.objects.filter(country="MDA", framework="EU_SDP").update(withdrawn_at=now)
    elif how in names:
        Denial.objects.create(name=names[how], reason="test")
    elif how == "nomination":
        with acting_as_system("sample"):
            Nomination.objects.filter(person=cast.guest.person).update(state="withdrawn")
    else:
        Account.objects.filter(pk=cast.guest.account.pk).update(is_active=False)
    assert not session_sees_it()


@pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST"])
def test_a24_reset_link_by_host_header(cast: Cast, header: str) -> None:
    cast.company.account.set_password("a long enough password")
    cast.company.account.save()
    response = Client().post(
        "/accounts/password/reset/",
        {"email": cast.company.account.email},
        **{header: "evil.example"},
    )
    if header == "HTTP_HOST":
        assert response.status_code == 400
        assert not mail.outbox
    assert all("evil.example" not in f"{m.subject}{m.body}" for m in mail.outbox)


def test_a_session_cannot_choose_an_organisation_that_is_not_its_own(cast: Cast) -> None:
    client = signed_in(cast.company.account)
    with acting_as_system("tests"):
        theirs = Membership.objects.get(person=cast.organiser.person)
    session = client.session
    session[MEMBERSHIP_KEY] = str(theirs.pk)
    session.save()
    assert client.get("/").wsgi_request.subject.org_id == cast.company.organisation.pk
