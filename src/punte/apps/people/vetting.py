"""Nominate, clear by stages, hold, reject, open again; the quota and its substitutes."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject, acting_as_system, nation_groups, right_groups
from punte.apps.access.texts import one_line, whole_text
from punte.apps.people.clearance_stages import stages_of
from punte.apps.people.mail import queue_mail
from punte.apps.people.models import Delegation, Membership, Nomination, Organisation, Person, Right
from punte.apps.people.models.vetting import Clearance, ClearanceStage, WatchEntry
from punte.apps.people.permissions import NotAllowedError, may_decide, may_send, require
from punte.apps.people.places import OPEN_STATES, free_places, move_up
from punte.apps.people.signals import nomination_ended
from punte.kernel.errors import PunteError

DECIDING = gettext_lazy("Deciding on this nomination")


def nominate(
    *, by: Subject, delegation: Delegation, person: Person, category: str = ""
) -> Nomination:
    """
    Nominate a person; beyond the delegation's places as a substitute, who moves up when one is free.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation nor an organiser, or the person already stands.
    """
    wish = _("Nominating %(name)s") % {"name": person.name}
    country = _country_of(delegation)
    require(
        may_send(by, delegation.organisation_id, delegation.edition_id, country=country),
        wish,
        _("Only the organisation's own people, its nation's focal point and the organiser may."),
    )
    refuse_classified(_("The nomination"), [(_("category"), category)])
    with acting_as_system("clear a nomination"):
        delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
        standing = Nomination.objects.filter(edition_id=delegation.edition_id, person=person)
        is_in_use = Person.objects.filter(pk=person.pk, merged_into__isnull=True).exists()
        require(
            is_in_use and not standing.exclude(state__in=["rejected", "withdrawn"]).exists(),
            wish,
            _("The nomination cannot be entered; ask the organiser."),
        )
        state = Nomination.State.WAITING if free_places(delegation) else Nomination.State.SUBSTITUTE
        nomination = Nomination.objects.create(
            delegation=delegation,
            edition_id=delegation.edition_id,
            person=person,
            category=category,
            state=state,
            owner_org_id=delegation.organisation_id,
            label_stewards=[
                *right_groups("organise", "vet", edition_id=delegation.edition_id),
                *nation_groups(country, edition_id=delegation.edition_id),
            ],
        )
    record("nomination.entered", nomination, edition_id=nomination.edition_id, state=state)
    return nomination


def set_category(*, by: Subject, nomination: Nomination, category: str) -> None:
    """
    Set in which category a nominee comes, as long as the nomination is open.

    Parameters
    ----------
    category
        Code of a category of the edition; the caller has looked it up.

    Raises
    ------
    NotAllowedError
        The subject is neither a vetter nor an organiser, or the nomination is decided.
    """
    require(
        may_decide(by, "vet", nomination.edition_id)
        or may_decide(by, "organise", nomination.edition_id),
        _("Choosing the category"),
        _("Only a vetter or the organiser may."),
    )
    _lock(nomination)
    require(
        nomination.state in {*OPEN_STATES, Nomination.State.SUBSTITUTE},
        _("Choosing the category"),
        _("The nomination is decided."),
    )
    nomination.category = category
    with acting_as_system("clear a nomination"):
        nomination.save(update_fields=["category"])
    record("nomination.category", nomination, edition_id=nomination.edition_id, category=category)


def next_stage(nomination: Nomination) -> ClearanceStage | None:
    """Return the first stage that has not cleared the nomination since it was last opened; none after the last."""
    stages = list(stages_of(nomination.edition_id))
    passed: set[UUID] = set()
    for clearance in nomination.clearances.all():
        if clearance.decision == Clearance.Decision.REOPENED:
            passed.clear()
        elif clearance.decision == Clearance.Decision.CLEARED:
            passed.add(clearance.stage_id)
    return next((stage for stage in stages if stage.pk not in passed), None)


def _stage_for(by: Subject, nomination: Nomination) -> ClearanceStage:
    """Return the stage at which the subject decides now; refused where it may not, or there is none."""
    name, stage = str(DECIDING), next_stage(nomination)
    require(nomination.state in OPEN_STATES, name, _is_already(nomination))
    if stage is None:
        raise NotAllowedError(
            _("The edition has no stage of clearance. An organiser sets the stages first.")
        )
    require(
        may_decide(by, stage.right, nomination.edition_id),
        name,
        _("Stage “%(stage)s” is decided by who has the right “%(right)s” at this edition.")
        % {"stage": stage.said["name"], "right": Right(stage.right).label},
    )
    require(nomination.person_id != by.person_id, name, _("Nobody clears themselves."))
    return stage


def decide(
    *, by: Subject, nomination: Nomination, decision: str, reason: str = ""
) -> Nomination.State:
    """
    Decide about a nomination at its next stage; after the last one it is cleared.

    Raises
    ------
    NotAllowedError
        It is not waiting, or the subject lacks the stage's right, is the nominee, or gives no reason to refuse; or it is
        the last stage, and the organisation has not confirmed that the nominee is one of its people.
    """
    stage = _stage_for(by, _lock(nomination))
    is_said = decision == Clearance.Decision.CLEARED or bool(reason.strip())
    require(is_said, str(DECIDING), _("Give the reason."))
    refuse_classified(_("The reason"), [(_("reason"), reason)])
    record(
        f"nomination.{decision}",
        nomination,
        edition_id=nomination.edition_id,
        stage=stage.name,
        reason=reason,
    )
    with acting_as_system("clear a nomination"):
        clearance = Clearance.objects.create(
            nomination=nomination, stage=stage, decision=decision, by_id=by.person_id, reason=reason
        )
        state = {
            Clearance.Decision.HELD: Nomination.State.HELD,
            Clearance.Decision.REJECTED: Nomination.State.REJECTED,
        }.get(Clearance.Decision(decision), Nomination.State.WAITING)
        if state == Nomination.State.WAITING and next_stage(nomination) is None:
            _require_confirmed(nomination)
            state = Nomination.State.CLEARED
        _set_state(nomination, state, reason)
    if state != Nomination.State.WAITING:
        queue_mail(
            kind="nomination.decided",
            to=nomination.person,
            key=str(clearance.pk),
            edition_id=nomination.edition_id,
            about_id=nomination.pk,
        )
    return state


def awaits_confirmation(nomination: Nomination) -> bool:
    """Whether the nominee says to belong to the organisation and nobody has confirmed it."""
    with acting_as_system("clear a nomination"):
        held = Membership.objects.filter(
            person_id=nomination.person_id,
            organisation_id=nomination.delegation.organisation_id,
            until__isnull=True,
        )
        return set(held.values_list("confirmed_at", flat=True)) == {None}


def _require_confirmed(nomination: Nomination) -> None:
    require(
        not awaits_confirmation(nomination),
        str(DECIDING),
        _(
            "Nobody has confirmed that %(name)s belongs to %(organisation)s: one of its people does so on its "
            "delegation page, or the organiser on the page of the nomination."
        )
        % {
            "name": nomination.person.name,
            "organisation": nomination.delegation.organisation.name,
        },
    )


def withdraw_nomination(*, by: Subject, nomination: Nomination, reason: str = "") -> None:
    """
    Take a nomination back, cleared or not; the person's access ends on its next request.

    Raises
    ------
    NotAllowedError
        The subject is neither of the organisation, nor a vetter or organiser.
    """
    require(
        may_send(
            by,
            nomination.owner_org_id,
            nomination.edition_id,
            country=_country_of(nomination.delegation),
        )
        or may_decide(by, "vet", nomination.edition_id),
        _("Withdrawing a nomination"),
        _("Only its organisation, a vetter or the organiser may."),
    )
    refuse_classified(_("The reason"), [(_("reason"), reason)])
    _lock(nomination)
    require(
        nomination.state not in {Nomination.State.REJECTED, Nomination.State.WITHDRAWN},
        _("Withdrawing a nomination"),
        _is_already(nomination),
    )
    reason = whole_text(reason, 300)
    record("nomination.withdrawn", nomination, edition_id=nomination.edition_id, reason=reason)
    with acting_as_system("clear a nomination"):
        _set_state(nomination, Nomination.State.WITHDRAWN, reason)
        # Whoever withdraws may not see the person's record.
        person = Person.objects.select_related("account").get(pk=nomination.person_id)
    queue_mail(
        kind="nomination.decided",
        to=person,
        key=f"{nomination.pk} withdrawn",
        edition_id=nomination.edition_id,
        about_id=nomination.pk,
    )


def reopen(nomination: Nomination, *, reason: str) -> None:
    """Open every stage again because a field that was cleared has changed."""
    stage = ClearanceStage.objects.filter(edition_id=nomination.edition_id).first()
    record("nomination.reopened", nomination, edition_id=nomination.edition_id, reason=reason)
    with acting_as_system("clear a nomination"):
        if stage is not None:
            Clearance.objects.create(
                nomination=nomination,
                stage=stage,
                decision=Clearance.Decision.REOPENED,
                reason=reason,
            )
        _set_state(nomination, Nomination.State.WAITING, reason)


def watch(*, by: Subject, edition_id: UUID, name: str, email: str, reason: str) -> WatchEntry:
    """
    Put a name or an address on the watch list of an edition.

    Raises
    ------
    NotAllowedError
        The subject is neither a vetter nor an organiser there, or acts for no organisation.
    PunteError
        Neither a name nor an address is given, or no reason; or a text carries a marking.
    """
    _require_watcher(by, edition_id)
    assert by.org_id is not None
    name, email = one_line(name, 160), whole_text(email.lower(), 254)
    reason = whole_text(reason, 300)
    if not (name or email) or not reason:
        raise PunteError(_("Give a name or an address, and the reason."))
    refuse_classified(
        _("The entry"),
        [(_("name"), name), (_("e-mail address"), email), (_("reason"), reason)],
    )
    entry = WatchEntry.objects.create(
        edition_id=edition_id,
        name=name,
        email=email,
        reason=reason,
        owner_org_id=by.org_id,
        label_stewards=right_groups("organise", "vet", edition_id=edition_id),
    )
    # Who is watched stands on the list alone: auditors read the log, and need not know.
    record("watch.entered", entry, edition_id=edition_id)
    return entry


def unwatch(*, by: Subject, edition_id: UUID, entry_id: UUID) -> bool:
    """
    Take an entry off the watch list; say whether there was one.

    Raises
    ------
    NotAllowedError
        As :func:`watch`.
    """
    _require_watcher(by, edition_id)
    gone, _models = WatchEntry.objects.filter(edition_id=edition_id, pk=entry_id).delete()
    if gone:
        record("watch.taken_off", None, edition_id=edition_id, entry=str(entry_id))
    return bool(gone)


def _require_watcher(by: Subject, edition_id: UUID) -> None:
    require(
        by.org_id is not None
        and (may_decide(by, "vet", edition_id) or may_decide(by, "organise", edition_id)),
        _("Changing the watch list"),
        _("Only a vetter or the organiser may."),
    )


def watch_hits(nomination: Nomination) -> list[WatchEntry]:
    """Return the watch-list entries that the nominee's name or address meets; none for who may not see the list."""
    person = nomination.person
    entries = WatchEntry.objects.filter(edition_id=nomination.edition_id)
    name, email = plain_name(person.name), person.email.lower()
    return [
        entry
        for entry in entries
        if (entry.name and plain_name(entry.name) == name)
        or (entry.email and email.endswith(entry.email.lower()))
    ]


def plain_name(name: str) -> str:
    """Return a name without accents, case and order: "Şandru, ION" meets "Ion Sandru"."""
    import unicodedata

    letters = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))
    return " ".join(sorted(kept.split()))


def _is_already(nomination: Nomination) -> str:
    return _("Its state is: %(state)s.") % {"state": nomination.get_state_display()}


def _lock(nomination: Nomination) -> Nomination:
    """Hold the row until the transaction ends, and read its state anew: whoever was first decided."""
    with acting_as_system("clear a nomination"):
        held = Nomination.objects.select_for_update().get(pk=nomination.pk)
    nomination.state = held.state
    return nomination


def _set_state(nomination: Nomination, state: Nomination.State, reason: str) -> None:
    nomination.state, nomination.reason = state, reason
    nomination.cleared_at = timezone.now() if state == Nomination.State.CLEARED else None
    nomination.save(update_fields=["state", "reason", "cleared_at"])
    if state in {Nomination.State.REJECTED, Nomination.State.WITHDRAWN}:
        nomination_ended.send(sender=Nomination, nomination=nomination)
        move_up(Delegation.objects.select_for_update().get(pk=nomination.delegation_id))


def _country_of(delegation: Delegation) -> str:
    with acting_as_system("clear a nomination"):
        return Organisation.objects.get(pk=delegation.organisation_id).country_id
