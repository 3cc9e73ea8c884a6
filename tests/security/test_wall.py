"""The wall on the register itself: each test holds a row that could leak."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.utils import timezone

from cast import EDITION, Cast, make_member
from punte.apps.access.models import Denial, NeverMeet, Status
from punte.apps.access.permissions import (
    VISITOR,
    NoSubjectError,
    Subject,
    acting,
    acting_as_system,
    active_subject,
    has_subject,
)
from punte.apps.access.queries import explain
from punte.apps.people.models import (
    ApiToken,
    Delegation,
    Grant,
    Membership,
    Nomination,
    Organisation,
    Person,
)
from punte.apps.people.queries import subject_of_account, subject_of_country, subject_of_person

pytestmark = pytest.mark.django_db


def release(organisation: Organisation, *to: str, **label: object) -> None:
    with acting_as_system("sample"):
        Organisation.objects.filter(pk=organisation.pk).update(
            label_releasable_to=list(to), **{f"label_{k}": v for k, v in label.items()}
        )


def sees(subject: Subject, organisation: Organisation) -> bool:
    with acting(subject):
        return Organisation.objects.filter(pk=organisation.pk).exists()


def raw_count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_without_a_subject_the_orm_raises_and_sql_sees_nothing(cast: Cast) -> None:
    assert not has_subject()
    with pytest.raises(NoSubjectError, match="acting"):
        Organisation.objects.count()
    with pytest.raises(NoSubjectError):
        _ = cast.organiser.person.memberships.count()
    with pytest.raises(NoSubjectError):
        active_subject()
    for table in ("organisation", "person", "membership", "grant", "delegation", "nomination"):
        assert raw_count(f"people_{table}") == 0, table


def test_the_subject_ends_with_its_block_also_after_an_exception(cast: Cast) -> None:
    with acting(cast.company.subject):
        seen = raw_count("people_organisation")
        with pytest.raises(ZeroDivisionError), acting_as_system("sample"):
            _ = raw_count("people_organisation") / 0
        assert raw_count("people_organisation") == seen
        assert active_subject() == cast.company.subject
    assert raw_count("people_organisation") == 0


def test_a_new_row_is_for_its_owner_alone(cast: Cast) -> None:
    for part, member in cast.everybody.items():
        with acting(member.subject):
            names = set(Organisation.objects.values_list("name", flat=True))
        # Nobody has looked at the outsider yet: it sees nothing of the organisation that it says it belongs to.
        assert names == (set() if part == "outsider" else {member.organisation.name}), part
    with acting(VISITOR):
        assert not Organisation.objects.exists()


def test_released_to_a_status_it_reaches_the_vetted_of_those_countries(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "EU_SDP")
    assert sees(cast.guest.subject, need)
    assert not sees(cast.authority.subject, need)
    assert not sees(cast.outsider.subject, need)
    release(need, "CHE")
    assert not sees(cast.outsider.subject, need), "its country, but it is not vetted"
    assert not sees(cast.guest.subject, need)


def test_public_reaches_everyone_and_each_other_condition_still_holds(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "PUBLIC")
    assert sees(VISITOR, need)
    assert sees(cast.outsider.subject, need)
    release(need, "PUBLIC", audience=["press"])
    assert not sees(VISITOR, need)
    later, earlier = (timezone.now() + dt.timedelta(days=d) for d in (1, -1))
    release(need, "PUBLIC", audience=["ANY"], embargo_until=later)
    assert not sees(VISITOR, need)
    release(need, "PUBLIC", embargo_until=earlier, expires_at=earlier)
    assert not sees(VISITOR, need)
    assert sees(cast.company.subject, need), "its owner keeps it"
    release(need, "PUBLIC", embargo_until=None, expires_at=later, restricted_to=["NATO"])
    assert not sees(VISITOR, need)
    assert sees(cast.authority.subject, need)


def test_denials_win_over_ownership_and_release(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "POL", "FRA", denied_to=[f"person:{cast.authority.person.pk}"])
    assert not sees(cast.authority.subject, need)
    release(need, "FRA", denied_to=[])
    assert sees(cast.authority.subject, need)
    pair = NeverMeet.objects.create(one_org_id=cast.authority.organisation.pk, other_org_id=need.pk)
    assert not sees(cast.authority.subject, need)
    pair.delete()
    for name in (
        "FRA",
        f"org:{cast.authority.organisation.pk}",
        f"person:{cast.authority.person.pk}",
    ):
        denial = Denial.objects.create(name=name, reason="test")
        assert not sees(cast.authority.subject, need), name
        assert not sees(cast.authority.subject, cast.authority.organisation), name
        denial.delete()
    assert sees(cast.authority.subject, need)


def test_a_withdrawn_status_acts_on_the_next_subject(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "EU_SDP")
    assert sees(cast.guest.subject, need)
    Status.objects.filter(country="MDA", framework="EU_SDP").update(withdrawn_at=timezone.now())
    assert not sees(cast.guest.subject, need)


def test_what_moldova_could_see_on_a_day_of_the_past(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "EU_SDP")
    assert not sees(subject_of_country("MDA", dt.date(2024, 5, 1)), need)
    assert sees(subject_of_country("MDA", dt.date(2024, 5, 21)), need)


def test_each_sees_why(cast: Cast) -> None:
    need = cast.company.organisation
    release(need, "EU_SDP", "NATO")
    with acting(cast.guest.subject) as subject:
        answer = explain(subject, Organisation.objects.get(pk=need.pk))
    assert answer.is_visible
    assert answer.sentence == (
        "You see this because Moldova has a Security and Defence Partnership "
        "with the European Union since 2024-05-21."
    )
    assert answer.sources
    with acting(cast.company.subject) as subject:
        own = explain(subject, Organisation.objects.get(pk=need.pk))
    assert own.sentence == "You see this because it belongs to your organisation."
    need.label_releasable_to = []
    hidden = explain(cast.guest.subject, need)
    assert not hidden.is_visible
    assert "Partnership" not in hidden.sentence


def test_nobody_writes_who_is_who_but_by_a_named_reason(cast: Cast) -> None:
    own = cast.company
    with acting(own.subject):
        assert Organisation.objects.update(verified_at=timezone.now()) == 0
        assert Person.objects.update(name="renamed") == 0
        assert Nomination.objects.update(state="cleared") == 0
        assert Organisation.objects.filter(pk=own.organisation.pk)._raw_delete("default") == 0
    attempts = (
        lambda: Grant.objects.create(person=own.person, right="organise", edition_id=EDITION),
        lambda: Membership.objects.create(
            person=own.person,
            organisation=cast.organiser.organisation,
            confirmed_at=timezone.now(),
        ),
        lambda: Person.objects.create(name="planted", owner_org=own.organisation),
    )
    for attempt in attempts:
        with pytest.raises(ProgrammingError, match="row-level security"), acting(own.subject):
            attempt()


def test_a_dependent_row_follows_its_parent(cast: Cast) -> None:
    theirs = cast.company.person
    with acting(cast.guest.subject):
        assert not Membership.objects.filter(person=theirs).exists()
        assert not Grant.objects.exists()
    with acting(cast.organiser.subject):
        assert Grant.objects.count() == 2, "its own"


def test_a_label_above_unclassified_is_refused_by_the_table(cast: Cast) -> None:
    from django.db.utils import IntegrityError

    with (
        acting_as_system("sample"),
        pytest.raises(IntegrityError, match="no classified information"),
        acting_as_system("sample"),
    ):
        Organisation.objects.filter(pk=cast.company.organisation.pk).update(
            label_classification="NATO RESTRICTED"
        )


def test_an_account_without_a_person_and_an_inactive_one_are_visitors(cast: Cast) -> None:
    account = cast.company.account
    assert subject_of_account(account).org_id == cast.company.organisation.pk
    account.is_active = False
    account.save()
    assert subject_of_account(account) == VISITOR
    assert subject_of_person(cast.company.person.pk) == VISITOR
    assert subject_of_person(uuid4()) == VISITOR


def test_a_person_of_two_organisations_acts_for_one_at_a_time(cast: Cast) -> None:
    second = make_member("Second", "Second House")
    with acting_as_system("sample"):
        other = Membership.objects.create(
            person=cast.company.person,
            organisation=second.organisation,
            confirmed_at=timezone.now(),
        )
        pending = Membership.objects.create(
            person=cast.company.person, organisation=cast.authority.organisation
        )
    account = cast.company.account
    not_yet = subject_of_account(account, membership_id=other.pk)
    assert (not_yet.org_id, not_yet.member_of) == (None, second.organisation.pk)
    earlier = uuid4()
    with acting_as_system("sample"):
        Nomination.objects.create(
            delegation=Delegation.objects.create(
                edition_id=earlier, organisation=second.organisation, owner_org=second.organisation
            ),
            edition_id=earlier,
            person=cast.company.person,
            owner_org=second.organisation,
            state=Nomination.State.CLEARED,
            cleared_at=timezone.now(),
        )
    acting_for_second = subject_of_account(account, membership_id=other.pk)
    assert acting_for_second.org_id == second.organisation.pk
    assert not sees(acting_for_second, cast.company.organisation)
    assert f"edition:{EDITION}" not in acting_for_second.groups, "cleared there for the other one"
    assert subject_of_account(account, membership_id=pending.pk).org_id != pending.organisation_id


def test_a_token_is_seen_by_its_person_and_not_by_a_steward_of_the_person(cast: Cast) -> None:
    with acting_as_system("sample"):
        person = cast.company.person
        person.label_stewards = [*person.label_stewards, f"organise@{EDITION}"]
        person.save()
        token = ApiToken.objects.create(
            person=person, name="x", secret_sha256="0" * 64, expires_at=timezone.now()
        )
    with acting(cast.organiser.subject):
        assert Person.objects.filter(pk=person.pk).exists()
        assert not ApiToken.objects.exists()
    with acting(cast.company.subject):
        assert ApiToken.objects.get() == token
