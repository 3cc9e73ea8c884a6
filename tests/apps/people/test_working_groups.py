"""Working groups: in by status, out the day it ends, and never without a chair."""

import pytest
from django.utils import timezone

from cast import Cast, Member, make_member
from punte.apps.access.models import Status
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.people import working_groups
from punte.apps.people.models import GroupMember, Mail, WorkingGroup
from punte.apps.people.permissions import NotAllowedError
from punte.apps.people.privacy import erase_person, export_of_person
from punte.kernel.errors import PunteError

pytestmark = pytest.mark.django_db
State = GroupMember.State


def found(chair: Member, admission: str = "at-once") -> WorkingGroup:
    with acting(chair.subject) as by:
        return working_groups.found_group(
            by=by, name="Bridges", about="Crossings", open_to=["NATO"], admission=admission
        )


def join(member: Member, group: WorkingGroup) -> GroupMember:
    with acting(member.subject) as by:
        return working_groups.ask_to_join(by=by, group=group)


def mails(kind: str) -> set[str]:
    with acting_as_system("tests"):
        return set(Mail.objects.filter(kind=kind).values_list("person__name", flat=True))


def test_whoever_has_the_status_comes_in_and_sees_the_members(cast: Cast) -> None:
    group = found(cast.authority)
    with acting(cast.guest.subject) as guest:
        assert not WorkingGroup.objects.exists(), "Moldova is no Ally: the group is not there"
        with pytest.raises(NotAllowedError):
            working_groups.ask_to_join(by=guest, group=group)
    with acting(cast.company.subject):
        assert WorkingGroup.objects.get() == group
        assert not GroupMember.objects.exists(), "who is in it shows once one is in"
    assert join(cast.company, group).state == State.IN
    with acting(cast.company.subject):
        names = set(GroupMember.objects.values_list("name", flat=True))
    assert names == {cast.company.person.name, cast.authority.person.name}


def test_the_end_of_a_status_ends_the_membership_at_once(cast: Cast) -> None:
    group = found(cast.authority)
    join(cast.company, group)
    assert f"group:{group.pk}" in cast.company.subject.groups
    with acting_as_system("tests"):
        Status.objects.filter(country_id="POL", framework_id="NATO").update(
            withdrawn_at=timezone.now()
        )
    assert f"group:{group.pk}" not in cast.company.subject.groups
    with acting(cast.company.subject):
        assert not WorkingGroup.objects.exists()
        assert not GroupMember.objects.exists()


def test_the_chair_decides_where_the_group_has_it_so(cast: Cast) -> None:
    group = found(cast.authority, admission="asked")
    member = join(cast.company, group)
    assert member.state == State.ASKED
    assert mails("group.asked") == {cast.authority.person.name}
    assert f"group:{group.pk}" not in cast.company.subject.groups
    with acting(cast.company.subject) as by, pytest.raises(NotAllowedError):
        working_groups.decide_on_member(by=by, member=member, state=State.IN)
    with acting(cast.authority.subject) as chair:
        with pytest.raises(PunteError, match="Say why"):
            working_groups.decide_on_member(by=chair, member=member, state=State.REFUSED)
        working_groups.decide_on_member(
            by=chair, member=member, state=State.REFUSED, reason="Later"
        )
    assert mails("group.decided") == {cast.company.person.name}
    with pytest.raises(PunteError, match="asked before"):
        join(cast.company, group)
    with acting(cast.authority.subject) as chair:
        working_groups.decide_on_member(by=chair, member=member, state=State.IN)
    assert f"group:{group.pk}" in cast.company.subject.groups


def test_a_group_is_never_without_a_chair(cast: Cast) -> None:
    group = found(cast.authority)
    member = join(cast.company, group)
    with acting(cast.authority.subject) as chair:
        with pytest.raises(PunteError, match="no chair"):
            working_groups.leave_group(by=chair, group=group)
        working_groups.set_role(by=chair, member=member, role="chair")
        working_groups.leave_group(by=chair, group=group)
    with acting(cast.company.subject) as chair:
        assert working_groups.may_chair(chair, group)
        with pytest.raises(PunteError, match="no chair"):
            working_groups.decide_on_member(by=chair, member=member, state=State.OUT, reason="x")
    # Whoever left by itself comes back by itself, as a member.
    assert join(cast.authority, group).role == GroupMember.Role.MEMBER


def test_the_keeper_goes_on_where_the_last_chair_was_erased(cast: Cast) -> None:
    group = found(cast.authority)
    heir = make_member("Anne Relais", "x", "authority", "FRA")
    with acting_as_system("tests"):
        heir.person.memberships.update(organisation=cast.authority.organisation)
        nomination = heir.person.nominations.get()
        nomination.delegation = cast.authority.person.nominations.get().delegation
        nomination.save()
    with acting(cast.authority.subject) as by:
        assert any(
            row["model"] == "people.groupmember" for row in export_of_person(by=by)["records"]
        )
        erase_person(by=by, person=cast.authority.person)
    with acting(heir.subject) as by:
        assert working_groups.may_chair(by, group)
        (row,) = GroupMember.objects.all()
        assert (row.name, row.state) == ("—", State.OUT)


@pytest.mark.parametrize(
    ("name", "open_to", "why"),
    [
        ("", "NATO", "name"),
        ("x", "EU_CANDIDATE", "not be of those"),
        ("NATO SECRET", "NATO", "mark"),
    ],
)
def test_what_is_wrong_with_a_new_group_is_said(
    cast: Cast, name: str, open_to: str, why: str
) -> None:
    with acting(cast.authority.subject) as by, pytest.raises(PunteError, match=why):
        working_groups.found_group(by=by, name=name, about="", open_to=[open_to], admission="asked")
    with acting(cast.outsider.subject) as by, pytest.raises(NotAllowedError):
        working_groups.found_group(by=by, name="x", about="", open_to=["PUBLIC"], admission="")
