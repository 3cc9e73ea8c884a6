"""
What holds for everybody at every edition: suspensions, organisations kept apart, statuses withdrawn.

They reach further than one edition, so only who organises all of them decides: an edition's organiser holds, rejects
and withdraws nominations of its own. Each acts on the next request of whoever it concerns.
"""

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Country, Denial, NeverMeet, Status
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import whole_text
from punte.apps.people.models import Organisation, Person
from punte.apps.people.permissions import is_in_force, require
from punte.kernel.errors import PunteError

WHO_DECIDES = gettext_lazy("Only an organiser of every edition may; it concerns them all.")


def may_decide_standing(subject: Subject) -> bool:
    """Whether the subject suspends, keeps apart and withdraws: it organises every edition, and acts for itself."""
    return is_in_force(subject) and "organise@*" in subject.groups and subject.acted_by is None


def may_read_standing(subject: Subject) -> bool:
    """Whether the subject reads who is suspended and kept apart."""
    return not subject.is_denied and bool(subject.groups & {"organise@*", "audit@*"})


def _require(by: Subject, wish: str) -> None:
    require(may_decide_standing(by), wish, str(WHO_DECIDES))


def _reason(text: str) -> str:
    reason = whole_text(text, 300)
    if not reason:
        raise PunteError(_("Give the reason; it stays in the record."))
    refuse_classified(_("The reason"), [(_("reason"), reason)])
    return reason


def suspend(*, by: Subject, name: str, reason: str, until: dt.datetime | None = None) -> Denial:
    """
    Suspend a country (``"MDA"``), an organisation (``"org:..."``) or a person (``"person:..."``), at once.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition, or would shut itself out.
    PunteError
        The name is nobody's, no reason is given, or the end has passed.
    """
    _require(by, _("Suspending"))
    require(
        name not in by.names,
        _("Suspending"),
        _("You would shut yourself out. Ask another organiser."),
    )
    reason = _reason(reason)
    if until is not None and until <= timezone.now():
        raise PunteError(_("Give a day that lies ahead, or none."))
    if not _is_somebody(name):
        raise PunteError(_("Choose a country, an organisation or a person from the list."))
    record("suspended", None, name=name, reason=reason, until=until.isoformat() if until else "")
    return Denial.objects.create(name=name, reason=reason, until=until)


def _is_somebody(name: str) -> bool:
    kind, _colon, key = name.partition(":")
    try:
        # Whom it concerns may be hidden from who decides; that it can be shut out must not depend on it.
        with acting_as_system("find whom to suspend"):
            if kind == "org":
                return Organisation.objects.filter(pk=UUID(key), merged_into__isnull=True).exists()
            if kind == "person":
                return Person.objects.filter(
                    pk=UUID(key), erased_at__isnull=True, merged_into__isnull=True
                ).exists()
    except ValueError:
        return False
    return Country.objects.filter(pk=name).exists()


def restore(*, by: Subject, name: str) -> None:
    """
    End every suspension of a name.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition.
    """
    _require(by, _("Restoring"))
    now = timezone.now()
    ended = Denial.objects.filter(Q(until__isnull=True) | Q(until__gt=now), name=name).update(
        until=now
    )
    if ended:
        record("restored", None, name=name)


def keep_organisations_apart(
    *, by: Subject, one: Organisation, other: Organisation, reason: str
) -> NeverMeet:
    """
    Let two organisations see nothing of each other, at any edition.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition.
    PunteError
        Both are the same, the pair stands already, or no reason is given.
    """
    _require(by, _("Keeping two organisations apart"))
    reason = _reason(reason)
    both = sorted((one.pk, other.pk))
    if both[0] == both[1] or by.org_id in both:
        raise PunteError(_("Choose two organisations, neither of them your own."))
    if NeverMeet.objects.filter(one_org_id=both[0], other_org_id=both[1]).exists():
        raise PunteError(_("The two are kept apart already."))
    pair = NeverMeet.objects.create(one_org_id=both[0], other_org_id=both[1], reason=reason)
    record("apart.everywhere", pair, one=str(both[0]), other=str(both[1]), reason=reason)
    return pair


def let_organisations_meet(*, by: Subject, pair_id: int) -> bool:
    """
    End that two organisations are kept apart; say whether there was such a pair.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition.
    """
    _require(by, _("Ending that two organisations are kept apart"))
    gone, _models = NeverMeet.objects.filter(pk=pair_id).delete()
    if gone:
        record("apart.everywhere_ended", None, pair=pair_id)
    return bool(gone)


def withdraw_status(*, by: Subject, status: Status, reason: str) -> None:
    """
    Withdraw a country's status from today on; what it opened closes with the next request of its people.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition.
    PunteError
        It is withdrawn already, or no reason is given.
    """
    _require(by, _("Withdrawing a status"))
    reason = _reason(reason)
    changed = Status.objects.filter(pk=status.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=timezone.now(), withdrawn_because=reason
    )
    if not changed:
        raise PunteError(_("This status is withdrawn already."))
    record(
        "status.withdrawn",
        None,
        country=status.country_id,
        framework=status.framework_id,
        since=status.since.isoformat(),
        reason=reason,
    )


def give_back_status(*, by: Subject, status: Status, reason: str) -> None:
    """
    Take the withdrawal of a status back, as though it had never been.

    Raises
    ------
    NotAllowedError
        The subject does not organise every edition.
    PunteError
        It is not withdrawn, or no reason is given.
    """
    _require(by, _("Giving a status back"))
    reason = _reason(reason)
    changed = Status.objects.filter(pk=status.pk, withdrawn_at__isnull=False).update(
        withdrawn_at=None, withdrawn_because=""
    )
    if not changed:
        raise PunteError(_("This status is not withdrawn."))
    record(
        "status.given_back",
        None,
        country=status.country_id,
        framework=status.framework_id,
        since=status.since.isoformat(),
        reason=reason,
    )
