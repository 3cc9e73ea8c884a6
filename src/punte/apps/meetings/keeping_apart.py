"""Keep the list of who never sits at one table: add a pair, take it off, call off what stands between the two."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Country
from punte.apps.access.permissions import Subject, right_groups
from punte.apps.access.queries import country_name
from punte.apps.access.texts import one_line
from punte.apps.forum.models import Delegate, Edition
from punte.apps.meetings.actions import NotThereError
from punte.apps.meetings.apart import sides_apart
from punte.apps.meetings.booking import withdraw_request
from punte.apps.meetings.may_ask import OPEN
from punte.apps.meetings.models import Apart, Meeting, MeetingRequest, TimetableVersion
from punte.apps.meetings.permissions import require_organiser, stewards_of
from punte.apps.people.models import Organisation, Person
from punte.kernel.errors import PunteError

MOST_PAIRS: Final = 500
MOST_SHOWN: Final = 300
"""Organisations that a field offers; others are written out."""
MOST_NAMED: Final = 5
"""So many are named where a name fits several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    A pair as its page shows it.

    Parameters
    ----------
    open_requests, meetings
        Requests between the two sides that wait or are accepted, and those of them with a time [count].
    """

    pair: Apart
    one: str
    other: str
    entered_by: str
    open_requests: int
    meetings: int


def list_apart(edition: Edition) -> list[Line]:
    """Return the pairs of an edition as the organiser sees them, with what stands between each; queries are constant."""
    pairs = list(Apart.objects.filter(edition=edition))
    names = _names({name for pair in pairs for name in (pair.one, pair.other)})
    people: dict[UUID, str] = dict(
        Person.objects.filter(pk__in=[pair.entered_by_id for pair in pairs]).values_list(
            "pk", "name"
        )
    )
    between = _open_between(edition) if pairs else {}
    timed = _timed(edition) if pairs else set()
    hidden = _("somebody you do not see")
    return [
        Line(
            pair=pair,
            one=names.get(pair.one, hidden),
            other=names.get(pair.other, hidden),
            entered_by=people.get(pair.entered_by_id, "") if pair.entered_by_id else "",
            open_requests=len(between[pair.one, pair.other]),
            meetings=sum(one.pk in timed for one in between[pair.one, pair.other]),
        )
        for pair in pairs
    ]


def _open_between(edition: Edition) -> dict[tuple[str, str], list[MeetingRequest]]:
    """Return the open requests that each pair keeps apart."""
    sides = sides_apart(edition.pk)
    found: dict[tuple[str, str], list[MeetingRequest]] = defaultdict(list)
    rows = MeetingRequest.objects.filter(edition=edition, state__in=OPEN)
    for request in rows.select_related("sender", "receiver"):
        for pair in sides.pairs_between(request.sender, request.receiver):
            found[pair].append(request)
    return found


def _timed(edition: Edition) -> set[UUID]:
    return set(
        Meeting.objects.filter(
            version__edition=edition, version__state=TimetableVersion.State.PUBLISHED
        ).values_list("request_id", flat=True)
    )


def _names(sides: Collection[str]) -> dict[str, str]:
    """Return what the subject calls the sides; one that it does not see is left out."""
    keys: dict[str, list[UUID]] = defaultdict(list)
    found: dict[str, str] = {}
    for side in sides:
        kind, colon, key = side.partition(":")
        if colon:
            keys[kind].append(_key(key))
        else:
            found[side] = country_name(side)
    for organisation in Organisation.objects.filter(pk__in=keys["org"]):
        found[f"org:{organisation.pk}"] = organisation.name
    for delegate in Delegate.objects.filter(person__in=keys["person"]):
        found[f"person:{delegate.person_id}"] = delegate.badge_name
    return found


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def suggested_sides(edition: Edition) -> list[str]:
    """Return countries and organisations that come, to choose from while a pair is written; people are written out."""
    coming = Organisation.objects.filter(delegates__edition=edition).distinct()
    organisations = list(coming.order_by("name").values_list("name", "country_id")[:MOST_SHOWN])
    countries = sorted({country_name(code) for _name, code in organisations})
    return [*countries, *dict.fromkeys(name for name, _code in organisations)]


def find_side(edition: Edition, text: str) -> str:
    """
    Return the side that a country, an organisation or a delegate is, by what somebody wrote.

    Raises
    ------
    PunteError
        Nobody of the edition is called so, or several are: the text then says how to tell them apart.
    """
    words = " ".join(text.split())
    found: dict[str, str] = {}
    for code in Country.objects.values_list("pk", flat=True):
        if words.casefold() in {code.casefold(), country_name(code).casefold()}:
            found[code] = _("the country, as %(code)s") % {"code": code}
    coming = Organisation.objects.filter(delegates__edition=edition).distinct()
    for organisation in coming.filter(name__iexact=words)[:MOST_NAMED]:
        side = f"org:{organisation.pk}"
        found[side] = _("an organisation, as %(code)s") % {"code": side}
    people = Delegate.objects.filter(edition=edition).filter(
        Q(code__iexact=words) | Q(badge_name__iexact=words)
    )
    for delegate in people[:MOST_NAMED]:
        found[f"person:{delegate.person_id}"] = _("a delegate, as %(code)s") % {
            "code": delegate.code
        }
    if words.startswith("org:") and coming.filter(pk=_key(words[4:])).exists():
        found[words] = ""
    if len(found) == 1:
        return next(iter(found))
    if found:
        raise PunteError(
            _("“%(name)s” is several: %(which)s. Write one of these.")
            % {"name": words[:80], "which": "; ".join(found.values())}
        )
    raise PunteError(
        _(
            "Nobody of this edition is called “%(name)s”. Write a country, an organisation that comes, or a delegate's "
            "name or code."
        )
        % {"name": words[:80]}
    )


def keep_apart(*, by: Subject, edition: Edition, one: str, other: str, reason: str) -> Apart:
    """
    Put two sides on the list; from now on they are not asked for, solved or booked with one another.

    Parameters
    ----------
    one, other
        As :func:`find_side` returns them.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        The reason is missing or carries a marking, both sides are one, or the pair is on the list.
    """
    require_organiser(by, edition.pk, wish="keep two sides apart")
    reason = one_line(reason, 300)
    if not reason:
        raise PunteError(_("Give the reason: who organises after you reads it."))
    refuse_classified(_("The list"), [(_("reason"), reason)])
    if one == other:
        raise PunteError(_("Both sides are the same. Name two."))
    first, second = sorted((one, other))
    there = Apart.objects.filter(edition=edition)
    if there.filter(one=first, other=second).exists():
        raise PunteError(_("This pair is on the list already."))
    if there.count() >= MOST_PAIRS:
        raise PunteError(_("The list has at most %(count)d pairs.") % {"count": MOST_PAIRS})
    pair = Apart.objects.create(
        edition=edition,
        one=first,
        other=second,
        reason=reason,
        entered_by_id=by.acted_by or by.person_id,
        owner_org_id=edition.owner_org_id,
        label_stewards=stewards_of(edition.pk),
        label_releasable_to=right_groups("audit", edition_id=edition.pk),
    )
    record("apart.kept", pair, edition_id=edition.pk, one=first, other=second)
    return pair


def _pair_of(by: Subject, edition: Edition, pair_id: UUID) -> Apart:
    require_organiser(by, edition.pk, wish="keep two sides apart")
    pair = Apart.objects.filter(edition=edition, pk=pair_id).first()
    if pair is None:
        raise NotThereError(_("This pair is not on the list any more."))
    return pair


def let_meet(*, by: Subject, edition: Edition, pair_id: UUID) -> None:
    """
    Take a pair off the list.

    Raises
    ------
    NotAllowedError, NotThereError
        As their names say.
    """
    pair = _pair_of(by, edition, pair_id)
    record("apart.ended", pair, edition_id=edition.pk, one=pair.one, other=pair.other)
    pair.delete()


def call_off_between(*, by: Subject, edition: Edition, pair_id: UUID, answer: str) -> int:
    """
    Withdraw every open request between the sides of a pair; meetings with a time are called off. Return how many [count].

    Parameters
    ----------
    answer
        What the people concerned read.

    Raises
    ------
    NotAllowedError, NotThereError
        As their names say.
    PunteError
        There is nothing to tell them.
    """
    pair = _pair_of(by, edition, pair_id)
    if not answer.strip():
        raise PunteError(_("Write what the people concerned are told."))
    requests = _open_between(edition)[pair.one, pair.other]
    with transaction.atomic():
        for request in requests:
            withdraw_request(by=by, request_id=request.pk, answer=answer)
    return len(requests)
