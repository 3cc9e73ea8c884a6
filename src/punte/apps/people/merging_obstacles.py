"""What stands against joining two records of one person."""

from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.models import Denial, NeverMeet
from punte.apps.access.permissions import Subject
from punte.apps.people.models import Nomination, Person

OVER: Final = (Nomination.State.REJECTED, Nomination.State.WITHDRAWN)


def reasons_against(by: Subject, kept: Person, gone: Person) -> list[str]:
    """Return each reason why the two cannot be joined as they are, with what to do; the caller acts as the platform."""
    found = []
    if by.person_id in {kept.pk, gone.pk} or by.acted_by in {kept.pk, gone.pk}:
        found.append(_("One of them is you. Ask another organiser to merge your own records."))
    now = timezone.now()
    suspended = Denial.objects.in_force(now).filter(
        name__in=[f"person:{kept.pk}", f"person:{gone.pk}"]
    )
    if suspended.values("name").distinct().count() == 1:
        found.append(_("One of them is suspended. Restore it first, or suspend the other too."))
    if kept.nationality_id and gone.nationality_id and kept.nationality_id != gone.nationality_id:
        found.append(
            _("They have different nationalities, and one was cleared. Set it right first.")
        )
    found += [
        _("They belong to organisations that never meet: %(one)s and %(other)s.")
        % {"one": one, "other": other}
        for one, other in _kept_apart(kept, gone)
    ]
    found += _twice_at_an_edition(kept, gone)
    found += _twice_at_a_moment(kept, gone)
    return found


def _kept_apart(kept: Person, gone: Person) -> list[tuple[str, str]]:
    mine, theirs = (
        {one.organisation_id: one.organisation.name for one in found}
        for found in (
            person.memberships.filter(until__isnull=True).select_related("organisation")
            for person in (kept, gone)
        )
    )
    pairs = NeverMeet.objects.filter(
        models.Q(one_org_id__in=list(mine), other_org_id__in=list(theirs))
        | models.Q(one_org_id__in=list(theirs), other_org_id__in=list(mine))
    )
    names = mine | theirs
    return [(names[pair.one_org_id], names[pair.other_org_id]) for pair in pairs]


def _twice_at_an_edition(kept: Person, gone: Person) -> list[str]:
    """Say where both hold a place, or wait for one: one human being has one seat, and sits in one slot once."""
    places = apps.get_model("forum.Delegate")._default_manager.filter(left_at__isnull=True)  # noqa: SLF001
    editions = apps.get_model("forum.Edition")._default_manager  # noqa: SLF001  (public API of Django)
    nominated = Nomination.objects.exclude(state__in=OVER)
    both: set[UUID] = set()
    for rows in (places, nominated):
        mine, theirs = (
            set(rows.filter(person=one).values_list("edition_id", flat=True))
            for one in (kept, gone)
        )
        both |= mine & theirs
    names = dict(editions.filter(pk__in=both).values_list("pk", "name"))
    return [
        _(
            "Both come to “%(edition)s”. Withdraw one of the two nominations first: nobody sits at two tables in one slot."
        )
        % {"edition": names.get(one, one)}
        for one in sorted(both, key=str)
    ]


def _twice_at_a_moment(kept: Person, gone: Person) -> list[str]:
    """Say where editions overlap so that the joined person would sit in two published meetings at one moment."""
    seats = apps.get_model("meetings.MeetingSeat")._default_manager.filter(  # noqa: SLF001  (public API of Django)
        version__state="published", delegate__left_at__isnull=True
    )
    spans = [
        seats.filter(delegate__person=one).values_list(
            "slot__starts_at", "slot__ends_at", "slot__edition_id", "slot__edition__name"
        )
        for one in (kept, gone)
    ]
    theirs = list(spans[1])
    # Of one edition _twice_at_an_edition speaks.
    pairs = {
        tuple(sorted((name, other_name)))
        for start, end, edition, name in spans[0]
        for other_start, other_end, other_edition, other_name in theirs
        if edition != other_edition and start < other_end and other_start < end
    }
    return [
        _(
            "Both sit at meetings of “%(one)s” and “%(other)s” at the same moment."
            " Call one of them off first: nobody sits at two tables at once."
        )
        % {"one": one, "other": other}
        for one, other in sorted(pairs)
    ]
