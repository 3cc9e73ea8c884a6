"""Rules of the timetable: tried first, so that their price is seen, then kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Country
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.forum.models import Edition
from punte.apps.forum.revisions import claim_revision
from punte.apps.meetings.actions import SOLVE_QUEUE, NotThereError, WrongStateError
from punte.apps.meetings.models import MeetingRequest, RulesTrial, TimetableRules
from punte.apps.meetings.permissions import require_organiser, stewards_of
from punte.kernel.errors import PunteError

PRICE_TASK: Final = "meetings.price_rules"
MOST_GUARANTEED: Final = 50
GOALS: Final = ("weight", "fairness", "breaks", "idle_slots", "place_changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesWish:
    """
    What an organiser wants a timetable to keep to.

    Parameters
    ----------
    small_min, regional_min
        Meetings guaranteed to each delegate of a small company, and of a company of the region [count]; nobody is
        guaranteed more than are asked with it.
    regional_countries
        ISO 3166-1 alpha-3.
    max_break_spread
        Most by which the breaks of two people may differ [count]; None for no limit.
    min_gap_slots
        Empty slots between two meetings at different places [count].
    """

    objective: Sequence[str]
    small_min: int
    regional_min: int
    regional_countries: Sequence[str]
    max_break_spread: int | None
    min_gap_slots: int

    @property
    def has_guarantee(self) -> bool:
        """Whether there is something to price."""
        return self.small_min > 0 or (self.regional_min > 0 and bool(self.regional_countries))


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """
    What guarantees cost in worth of meetings held, from what is proved of both timetables.

    Parameters
    ----------
    least, most
        The cost lies between them [worth]; None where nothing is proved on that side.
    """

    least: float | None
    most: float | None

    @property
    def is_exact(self) -> bool:
        """Whether the cost is proved to the unit."""
        return self.least is not None and self.least == self.most


def price_of(trial: RulesTrial) -> Price | None:
    """
    Return what a finished trial says of the cost; None where one of the two has no timetable.

    The best worth lies between what was found and its bound, in both: so the cost lies between the worth found
    without less the bound with, and the bound without less the worth found with.
    """
    if trial.value_without is None or trial.value_with is None:
        return None
    least = None if trial.bound_with is None else trial.value_without - trial.bound_with
    most = None if trial.bound_without is None else trial.bound_without - trial.value_with
    # Guarantees only take away: no cost is below nothing.
    return Price(
        least=None if least is None else max(0.0, least),
        most=None if most is None else max(0.0, most),
    )


def rules_of(edition: Edition) -> TimetableRules:
    """Return the rules that are kept for an edition; those of a new one where none are."""
    return TimetableRules.objects.filter(edition=edition).first() or TimetableRules(edition=edition)


def keep_rules(
    *, by: Subject, edition: Edition, wish: RulesWish, read_revision: int | None = None
) -> TimetableRules:
    """
    Keep rules; they count from the next solving on.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        A number or a name is out of range.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition.pk, wish="change the rules of the timetable")
    columns = _columns(wish)
    claim_revision(edition, "rules", read=read_revision)
    rules, _new = TimetableRules.objects.update_or_create(edition=edition, defaults=columns)
    record("timetable.rules", edition, edition_id=edition.pk, **_told(wish))
    return rules


def _told(wish: RulesWish) -> dict[str, object]:
    return {"small": wish.small_min, "regional": wish.regional_min, "goals": list(wish.objective)}


def _columns(wish: RulesWish) -> dict[str, object]:
    for value in (wish.small_min, wish.regional_min):
        if not 0 <= value <= MOST_GUARANTEED:
            raise PunteError(_("Guarantee 0 to %(most)d meetings.") % {"most": MOST_GUARANTEED})
    if not 0 <= wish.min_gap_slots <= 20 or not 0 <= (wish.max_break_spread or 0) <= 50:
        raise PunteError(_("Give 0 to 20 slots between, and a spread of breaks of 0 to 50."))
    if set(wish.objective) - set(GOALS) or len(set(wish.objective)) != len(wish.objective):
        raise PunteError(_("Choose each goal once, from the list."))
    if not wish.objective:
        raise PunteError(_("Choose at least one goal."))
    codes = list(dict.fromkeys(code.strip().upper() for code in wish.regional_countries))
    known = set(Country.objects.filter(pk__in=codes).values_list("pk", flat=True))
    if set(codes) - known:
        raise PunteError(
            _("“%(code)s” is no country. Write codes of three letters, such as MDA, ROU.")
            % {"code": min(set(codes) - known)[:20]}
        )
    if wish.regional_min and not codes:
        raise PunteError(_("Name the countries of the region, or guarantee nothing to it."))
    return {
        "objective": list(wish.objective),
        "small_min_meetings": wish.small_min,
        "regional_min_meetings": wish.regional_min,
        "regional_countries": codes,
        "max_break_spread": wish.max_break_spread,
        "min_gap_slots": wish.min_gap_slots,
    }


def try_rules(*, by: Subject, edition: Edition, wish: RulesWish, defer: bool = True) -> RulesTrial:
    """
    Have a worker find out what rules would cost, before they are kept.

    Parameters
    ----------
    defer
        ``False`` where the caller prices it itself.

    Raises
    ------
    NotAllowedError, PunteError
        As :func:`keep_rules`.
    """
    require_organiser(by, edition.pk, wish="change the rules of the timetable")
    return _begin(by, edition, RulesTrial(**_columns(wish)), defer=defer)


def try_must(*, by: Subject, edition: Edition, request_id: UUID, defer: bool = True) -> RulesTrial:
    """
    Have a worker find out what it would cost if a request had to be met, under the rules that are kept.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    NotThereError
        There is no such request for the subject.
    WrongStateError
        It is not accepted, so no timetable holds it.
    """
    require_organiser(by, edition.pk, wish="change the rules of the timetable")
    request = MeetingRequest.objects.filter(edition=edition, pk=request_id).first()
    if request is None:
        raise NotThereError(_("There is no such request. Look at the list of your requests."))
    if request.state != MeetingRequest.State.ACCEPTED:
        raise WrongStateError(_("Only an accepted request can have to be met."))
    kept = rules_of(edition)
    columns = {
        field.attname: getattr(kept, field.attname)
        for field in RulesTrial._meta.concrete_fields  # noqa: SLF001  (Django's public API)
        if field.attname in AIMS
    }
    return _begin(by, edition, RulesTrial(must_request=request, **columns), defer=defer)


AIMS: Final = frozenset(
    {
        "objective",
        "max_break_spread",
        "min_gap_slots",
        "small_min_meetings",
        "regional_min_meetings",
        "regional_countries",
    }
)
"""The columns that rules and their trials share."""


def _begin(by: Subject, edition: Edition, trial: RulesTrial, *, defer: bool) -> RulesTrial:
    assert by.person_id is not None
    RulesTrial.objects.filter(edition=edition).delete()
    trial.edition, trial.owner_org_id = edition, edition.owner_org_id
    trial.asked_by_id = by.person_id
    trial.label_stewards = stewards_of(edition.pk)
    trial.label_releasable_to = right_groups("audit", edition_id=edition.pk)
    trial.save(force_insert=True)
    if defer:
        from procrastinate.contrib.django import app

        app.configure_task(PRICE_TASK, queue=SOLVE_QUEUE).defer(trial_id=str(trial.pk))
    return trial


def keep_trial(*, by: Subject, edition: Edition, trial_id: UUID) -> RulesTrial:
    """
    Keep what was tried: the rules, or that the request has to be met.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    NotThereError
        The trial is gone: somebody tried other rules meanwhile.
    WrongStateError
        It was kept already.
    """
    require_organiser(by, edition.pk, wish="change the rules of the timetable")
    trial = RulesTrial.objects.filter(edition=edition, pk=trial_id).first()
    if trial is None:
        raise NotThereError(_("Somebody tried other rules meanwhile. Look at the figures again."))
    if trial.kept_at is not None:
        raise WrongStateError(_("These rules are kept already."))
    if trial.must_request_id is not None:
        MeetingRequest.objects.filter(pk=trial.must_request_id).update(must=True)
        record("request.must", trial.must_request, edition_id=edition.pk)
    else:
        claim_revision(edition, "rules", read=None)
        values = {name: getattr(trial, name) for name in AIMS}
        TimetableRules.objects.update_or_create(edition=edition, defaults=values)
        record(
            "timetable.rules",
            edition,
            edition_id=edition.pk,
            small=trial.small_min_meetings,
            regional=trial.regional_min_meetings,
            goals=list(trial.objective),
        )
    trial.kept_at = timezone.now()
    trial.save(update_fields=["kept_at"])
    return trial
