"""A person who comes without having been announced: entered, cleared by who may clear, admitted and checked in."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Denial
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.desk import scan
from punte.apps.cooperation.permissions import NotPartOfItError, may_check_in
from punte.apps.forum.admission import admit
from punte.apps.forum.folding import folded
from punte.apps.forum.models import AttendeeCategory, Delegate, Edition
from punte.apps.people.models import Nomination, Organisation, Person
from punte.apps.people.models.vetting import Clearance
from punte.apps.people.permissions import may_decide, may_send
from punte.apps.people.places import OPEN_STATES
from punte.apps.people.register import delegation_of, enter_person
from punte.apps.people.vetting import decide, next_stage, nominate, watch_hits
from punte.kernel.errors import PunteError


class KnownUnderAnotherNameError(PunteError):
    """The address belongs to a person of the organisation whose name differs: whoever stands there says whether it is them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn:
    """
    What became of a walk-in.

    Parameters
    ----------
    delegate
        Checked in, its badge can be printed; None where somebody else still clears the person.
    waits_for
        The stage that is left, or why it waits; empty for a delegate.
    """

    nomination: Nomination
    delegate: Delegate | None
    waits_for: str


def register_walk_in(
    *,
    by: Subject,
    edition: Edition,
    organisation: Organisation,
    name: str,
    email: str,
    function: str,
    category: AttendeeCategory,
    desk: str = "",
    is_same_person: bool = False,
) -> WalkIn:
    """
    Enter a walk-in of an organisation, pass the stages of clearance that the subject decides, and check them in.

    Nobody enters without passing every stage: what is left waits for whoever decides it.

    Parameters
    ----------
    is_same_person
        Whether the desk asked, and who is known by the address under another name is the one who stands there.

    Raises
    ------
    KnownUnderAnotherNameError
        The address is known under another name, and nobody asked yet.
    NotPartOfItError
        The subject works at no desk, or neither organises the edition nor belongs to the organisation.
    PunteError
        The name or address is wrong, the person was turned away before, or somebody is suspended. Nothing is kept.
    """
    if not (may_check_in(by, edition.pk) and may_send(by, organisation.pk, edition.pk)):
        raise NotPartOfItError(
            _(
                "Entering a walk-in takes an organiser, or somebody at a desk who is of that organisation."
            )
        )
    with transaction.atomic():
        _refuse_turned_away(edition, organisation, email)
        person = _known_by(organisation, email)
        if person is not None and not is_same_person:
            _require_same_name(person, name)
        nomination = _nomination(by, edition, organisation, name, email, function, category)
        waits_for = _clear(by, nomination, desk)
        delegate = None if waits_for else admit(edition, nomination.pk)
        record(
            "walk_in.entered",
            nomination,
            edition_id=edition.pk,
            category=category.code,
            desk=desk,
            waits_for=waits_for,
        )
        if delegate is not None:
            scan(by=by, edition=edition, delegate=delegate, desk=desk)
    return WalkIn(nomination=nomination, delegate=delegate, waits_for=waits_for)


def _refuse_turned_away(edition: Edition, organisation: Organisation, email: str) -> None:
    """Refuse whom the vetting turned away, and who is suspended: a desk does not overrule either."""
    rejected = Nomination.objects.filter(
        edition_id=edition.pk,
        person__email__iexact=email.strip(),
        state=Nomination.State.REJECTED,
    )
    names = [f"org:{organisation.pk}", organisation.country_id]
    names += [
        f"person:{key}"
        for key in Person.objects.filter(email__iexact=email.strip()).values_list("pk", flat=True)
    ]
    is_suspended = Denial.objects.in_force(timezone.now()).filter(name__in=names).exists()
    if rejected.exists() or is_suspended:
        raise PunteError(_("This person cannot be entered at the desk. Send them to the vetting."))


def _known_by(organisation: Organisation, email: str) -> Person | None:
    return Person.objects.filter(
        owner_org_id=organisation.pk,
        email__iexact=email.strip(),
        erased_at__isnull=True,
        merged_into__isnull=True,
    ).first()


def _require_same_name(person: Person, name: str) -> None:
    if sorted(folded(person.name).split()) != sorted(folded(name).split()):
        raise KnownUnderAnotherNameError(
            _(
                "The address %(email)s belongs to %(known)s. Ask whether it is the same person: if so, say it below, and the "
                "badge carries %(known)s. If not, take the address of who stands before you. Nothing was kept."
            )
            % {"email": person.email, "known": person.name}
        )


def _nomination(
    by: Subject,
    edition: Edition,
    organisation: Organisation,
    name: str,
    email: str,
    function: str,
    category: AttendeeCategory,
) -> Nomination:
    """Return the nomination that stands, or a new one; a person known by the address is not entered twice."""
    person = _known_by(organisation, email)
    if person is not None:
        standing = (
            Nomination.objects.filter(edition_id=edition.pk, person=person)
            .exclude(state__in=[Nomination.State.REJECTED, Nomination.State.WITHDRAWN])
            .first()
        )
        if standing is not None:
            return standing
    else:
        person = enter_person(
            by=by,
            organisation_id=organisation.pk,
            edition_id=edition.pk,
            name=name,
            email=email,
            function=function,
        )
    delegation = delegation_of(by=by, edition_id=edition.pk, organisation_id=organisation.pk)
    return nominate(by=by, delegation=delegation, person=person, category=category.code)


def _clear(by: Subject, nomination: Nomination, desk: str) -> str:
    """Pass the stages that the subject decides; return what is left, empty where the nomination is cleared."""
    if nomination.state == Nomination.State.CLEARED:
        return ""
    if nomination.state not in OPEN_STATES:
        return _("a place of the delegation: every one is taken")
    if nomination.state == Nomination.State.HELD or watch_hits(nomination):
        return _("a vetter, who looks twice")
    if nomination.person_id == by.person_id:
        return _("somebody else: nobody clears themselves")
    while (stage := next_stage(nomination)) is not None:
        if not may_decide(by, stage.right, nomination.edition_id):
            return stage.name
        state = decide(
            by=by,
            nomination=nomination,
            decision=Clearance.Decision.CLEARED,
            reason=_("walk-in, desk %(desk)s") % {"desk": desk or "-"},
        )
        if state == Nomination.State.CLEARED:
            return ""
    return _("stages of clearance: the edition has none")


def may_enter(by: Subject, edition: Edition) -> bool:
    """Whether the subject can enter a walk-in of any organisation at all."""
    return may_check_in(by, edition.pk) and (
        by.org_id is not None or by.has_right("organise", edition.pk)
    )


def organisations_for(by: Subject, edition: Edition) -> list[Organisation]:
    """Return the organisations for which the subject may enter a walk-in, by name."""
    known = Organisation.objects.filter(merged_into__isnull=True).order_by("name", "pk")
    if not by.has_right("organise", edition.pk):
        known = known.filter(pk=by.org_id) if by.org_id else known.none()
    return list(known)
