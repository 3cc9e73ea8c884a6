"""Found a working group, come in by status, decide who does, hand the chair on."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.people.mail import queue_mails
from punte.apps.people.models import GroupMember, Organisation, Person, WorkingGroup
from punte.apps.people.permissions import NotAllowedError, is_in_force, require
from punte.kernel.errors import PunteError

State, Role = GroupMember.State, GroupMember.Role


def is_member(by: Subject, group: WorkingGroup) -> bool:
    """Return whether the subject is in the group, with the status that it asks for."""
    return f"group:{group.pk}" in by.groups


def may_chair(by: Subject, group: WorkingGroup) -> bool:
    """Return whether the subject decides in the group: its chairs, and the organisation that keeps it."""
    return (
        is_in_force(by)
        and by.is_vetted
        and (f"chair:{group.pk}" in by.groups or by.org_id == group.owner_org_id)
    )


def has_status(by: Subject, group: WorkingGroup) -> bool:
    """Return whether the subject is of those that the group is open to."""
    return bool(set(group.open_to) & by.groups) and not leaves_out(by, group)


def leaves_out(by: Subject, group: WorkingGroup) -> bool:
    """Return whether the subject stays out whatever its status, because it comes for an organisation of the press."""
    return Organisation.Kind.PRESS in by.roles and not group.takes_press


def may_found(by: Subject) -> bool:
    """Return whether the subject may found a group: a cleared person of an organisation."""
    return is_in_force(by) and by.is_vetted and by.org_id is not None


def found_group(
    *,
    by: Subject,
    name: str,
    about: str,
    open_to: Iterable[str],
    admission: str,
    takes_press: bool = False,
    programme_id: UUID | None = None,
    area: str = "",
) -> WorkingGroup:
    """
    Found a working group; whoever founds it is its first chair.

    Parameters
    ----------
    takes_press
        Whether those come in too who come for an organisation of the press.

    Raises
    ------
    NotAllowedError
        The subject is no cleared person of an organisation.
    PunteError
        The name is missing, a text carries a marking, or the founder would not be of those it is open to.
    """
    require(
        may_found(by),
        _("Founding a group"),
        _("Only cleared persons of an organisation found a working group."),
    )
    chosen = list(open_to)
    if not name.strip():
        raise PunteError(_("Give the group a name."))
    if Organisation.Kind.PRESS in by.roles and not takes_press:
        raise PunteError(
            _(
                "You come for an organisation of the press, and the group leaves the press out. Tick it."
            )
        )
    if not set(chosen) & by.groups:
        raise PunteError(_("You would not be of those it is open to. Choose another status."))
    refuse_classified(_("Working group"), [(_("name"), name), (_("what it works on"), about)])
    assert by.org_id is not None
    group = WorkingGroup(
        name=whole_text(name, 160),
        about=whole_text(about, 4000),
        programme_id=programme_id,
        area=area,
        open_to=chosen,
        takes_press=takes_press,
        admission=admission
        if admission in WorkingGroup.Admission.values
        else WorkingGroup.Admission.ASKED,
        owner_org_id=by.org_id,
        label_releasable_to=chosen,
    )
    group.label_stewards = [f"chair:{group.pk}"]
    group.save(force_insert=True)
    _enter(by, group, state=State.IN, role=Role.CHAIR)
    record("group.founded", group)
    return group


def ask_to_join(*, by: Subject, group: WorkingGroup) -> GroupMember:
    """
    Come into a group, or ask its chair to be let in, as the group has it.

    Raises
    ------
    NotAllowedError
        The subject is not cleared, or not of those that the group is open to.
    PunteError
        The group is closed, or the subject asked before.
    """
    require(
        may_found(by) and has_status(by, group),
        _("Coming in"),
        _("The group leaves organisations of the press out.")
        if leaves_out(by, group)
        else _("The group is open to cleared persons with the status that it names."),
    )
    if group.closed_at is not None:
        raise PunteError(_("The group is closed."))
    at_once = group.admission == WorkingGroup.Admission.AT_ONCE
    before = _row_of(by, group)
    # Whoever was removed or refused comes back by the chair's word only.
    if before is not None and not (before.state == State.OUT and not before.reason):
        raise PunteError(_("You asked before: %(state)s.") % {"state": before.get_state_display()})
    member = _enter(by, group, state=State.IN if at_once else State.ASKED, role=Role.MEMBER)
    record("group.joined" if at_once else "group.asked", group)
    if not at_once:
        _tell_chairs(group, member)
    return member


def _enter(by: Subject, group: WorkingGroup, *, state: str, role: str) -> GroupMember:
    assert by.person_id is not None
    assert by.org_id is not None
    with acting_as_system("keep a working group"):
        person = Person.objects.get(pk=by.person_id)
        organisation = Organisation.objects.get(pk=by.org_id)
        values = {
            "name": person.name,
            "organisation_name": organisation.name,
            "country": organisation.country_id,
            "role": role,
            "state": state,
            "reason": "",
            "at": timezone.now(),
            "owner_org_id": group.owner_org_id,
            "label_releasable_to": [f"group:{group.pk}"] if state == State.IN else [],
            "label_stewards": [f"person:{person.pk}", f"chair:{group.pk}"],
        }
        member, _new = GroupMember.objects.update_or_create(
            group=group, person=person, defaults=values
        )
    return member


def _tell_chairs(group: WorkingGroup, member: GroupMember) -> None:
    with acting_as_system("keep a working group"):
        chairs = [
            one.person
            for one in GroupMember.objects.filter(
                group=group, state=State.IN, role=Role.CHAIR
            ).select_related("person__account")
        ]
    queue_mails(
        kind="group.asked",
        to=[(chair, {}) for chair in chairs],
        key=f"{member.pk}/{member.at.isoformat()}",
        about_id=member.pk,
    )


def decide_on_member(*, by: Subject, member: GroupMember, state: str, reason: str = "") -> None:
    """
    Let somebody in, refuse, or take out, with the reason where it is a no.

    Raises
    ------
    NotAllowedError
        The subject does not chair the group.
    PunteError
        It is a no without a reason, or it would leave the group without a chair.
    """
    _require_chair(by, member.group)
    if state not in {State.IN, State.REFUSED, State.OUT}:
        raise PunteError(_("Choose what becomes of it."))
    if state != State.IN and not reason.strip():
        raise PunteError(_("Say why; the person reads it."))
    refuse_classified(_("Working group"), [(_("reason"), reason)])
    if state != State.IN:
        _require_another_chair(member)
    _set(member, state=state, reason="" if state == State.IN else whole_text(reason, 300))
    record("group.decided", member.group, person=str(member.person_id), state=state)
    with acting_as_system("keep a working group"):
        person = Person.objects.select_related("account").get(pk=member.person_id)
    queue_mails(
        kind="group.decided",
        to=[(person, {})],
        key=f"{member.pk}/{member.at.isoformat()}",
        about_id=member.pk,
    )


def leave_group(*, by: Subject, group: WorkingGroup) -> None:
    """
    Leave a group; the last chair names another first.

    Raises
    ------
    NotAllowedError
        The subject is in no such group.
    PunteError
        It is the last chair.
    """
    member = _row_of(by, group)
    if member is None or member.state != State.IN or not is_in_force(by):
        raise NotAllowedError(_("You are not in this group."))
    _require_another_chair(member)
    _set(member, state=State.OUT, reason="")
    record("group.left", group)


def set_role(*, by: Subject, member: GroupMember, role: str) -> None:
    """
    Make a member a chair, or a chair a member, so that the group outlives who founded it.

    Raises
    ------
    NotAllowedError
        The subject does not chair the group.
    PunteError
        There is no such part, the person is not in the group, or no chair would be left.
    """
    _require_chair(by, member.group)
    if role not in Role.values or member.state != State.IN:
        raise PunteError(_("Choose a member and a part."))
    if role != Role.CHAIR:
        _require_another_chair(member)
    with acting_as_system("keep a working group"):
        GroupMember.objects.filter(pk=member.pk).update(role=role)
    record("group.role", member.group, person=str(member.person_id), role=role)


def close_group(*, by: Subject, group: WorkingGroup) -> None:
    """
    Close a group, or open it again; what was written stays readable.

    Raises
    ------
    NotAllowedError
        The subject does not chair the group.
    """
    _require_chair(by, group)
    group.closed_at = None if group.closed_at else timezone.now()
    group.save(update_fields=["closed_at"])
    record("group.closed" if group.closed_at else "group.opened", group)


def _row_of(by: Subject, group: WorkingGroup) -> GroupMember | None:
    if by.person_id is None:
        return None
    with acting_as_system("keep a working group"):
        return GroupMember.objects.filter(group=group, person_id=by.person_id).first()


def _set(member: GroupMember, *, state: str, reason: str) -> None:
    member.state, member.reason, member.at = state, reason, timezone.now()
    member.role = member.role if state == State.IN else Role.MEMBER
    member.label_releasable_to = [f"group:{member.group_id}"] if state == State.IN else []
    with acting_as_system("keep a working group"):
        member.save(update_fields=["state", "reason", "at", "role", "label_releasable_to"])


def _require_chair(by: Subject, group: WorkingGroup) -> None:
    if not may_chair(by, group):
        raise NotAllowedError(_("Only the chair decides this."))


def _require_another_chair(member: GroupMember) -> None:
    with acting_as_system("keep a working group"):
        # Two chairs that leave at once: the second waits here, and finds that it is the last.
        WorkingGroup.objects.select_for_update().get(pk=member.group_id)
        chairs = set(
            GroupMember.objects.filter(
                group_id=member.group_id, state=State.IN, role=Role.CHAIR
            ).values_list("pk", flat=True)
        )
    if chairs == {member.pk}:
        raise PunteError(_("The group would have no chair. Name another first."))
