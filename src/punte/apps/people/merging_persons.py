"""Join two records of one person, after looking at what moves, and take it back."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Account, AuditEntry
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.merging import WHO_MERGES, require_can_be_undone
from punte.apps.people.merging_obstacles import reasons_against
from punte.apps.people.merging_rows import (
    LABEL_FIELDS,
    Moved,
    move_back,
    move_rows,
    references_to,
    relabel,
)
from punte.apps.people.models import ApiToken, Consent, Merge, Person
from punte.apps.people.permissions import require
from punte.apps.people.vetting import plain_name

ACCOUNTS: Final = "accounts"
"""In ``Merge.moved``: the accounts of the kept and of the other record before, and the one that was closed."""
TOKENS: Final = "tokens that stopped"
"""In ``Merge.moved``: the tokens for programs that were made with another account than the one that stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    What a merge would do; nothing is written.

    Parameters
    ----------
    moves, stays
        For each kind of row, how many of those that the subject sees would move, and how many the kept record has
        already. What the subject does not see moves as well, and is not told.
    differs
        Field, what the kept record says, what the other says.
    against
        Why it cannot be done; empty where it can.
    accounts
        The addresses of both accounts where both sign in, the kept record's first; a choice is due then.
    """

    moves: tuple[tuple[str, int], ...]
    stays: tuple[tuple[str, int], ...]
    differs: tuple[tuple[str, str, str], ...]
    against: tuple[str, ...]
    accounts: tuple[tuple[int, str], ...]


def preview_merge(*, by: Subject, kept: Person, gone: Person) -> Preview:
    """
    Say what joining two records would move, what stays, what differs and what stands against it.

    Raises
    ------
    NotAllowedError
        The subject may not merge, or the two are the same, or one was merged or erased before.
    """
    _require_merger(by, kept, gone)
    with acting_as_system("merge two records"):
        against = reasons_against(by, kept, gone)
        moved, left = ({}, {}) if against else _rehearse(kept, gone)
        accounts = _that_sign_in(kept, gone)
    return Preview(
        moves=_counted(moved),
        stays=_counted(left),
        differs=_differing(kept, gone),
        against=tuple(against),
        accounts=tuple((one.pk, one.email) for one in accounts) if len(accounts) > 1 else (),
    )


def merge_persons(
    *, by: Subject, kept: Person, gone: Person, account_id: int | None = None
) -> Merge:
    """
    Move everything of ``gone`` to ``kept``; what moved is noted for :func:`undo_merge_of_persons`.

    Delegations, places at editions with their requests and meetings, notes, follow-ups and rights all follow.
    Of two accounts one stays and the other is closed; tokens for programs that were made with that one stop.

    Parameters
    ----------
    account_id
        The account that stays, where both records have one that can sign in.

    Raises
    ------
    NotAllowedError
        The subject may not, something stands against it, or the choice of the account is missing.
    """
    _require_merger(by, kept, gone)
    wish = _wish(kept, gone)
    with acting_as_system("merge two records"):
        # The two rows are held, so that nobody nominates or merges either meanwhile.
        held = {
            one.pk: one
            for one in Person.objects.select_for_update(of=("self",)).filter(
                pk__in=[kept.pk, gone.pk]
            )
        }
        kept, gone = held[kept.pk], held[gone.pk]
        _require_usable(kept, gone)
        for reason in reasons_against(by, kept, gone):
            require(False, wish, reason)
        stays = _account_that_stays(kept, gone, account_id)
        stopped = _tokens_that_stop(kept, gone, stays)
    record("person.merged", kept, gone=str(gone.pk), account=str(stays or ""))
    for token in stopped:
        record("token.revoked", token, merged=True)
    with acting_as_system("merge two records"):
        moved = _move_everything(kept, gone)
        moved[ACCOUNTS] = _join_accounts(kept, gone, stays)
        moved[TOKENS] = [str(token.pk) for token in stopped]
        ApiToken.objects.filter(pk__in=moved[TOKENS]).update(revoked_at=timezone.now())
        Person.objects.filter(pk=gone.pk).update(merged_into=kept)
        return Merge.objects.create(
            kind=Merge.Kind.PERSON,
            kept_id=kept.pk,
            gone_id=gone.pk,
            moved=moved,
            by_id=by.person_id,
            owner_org_id=kept.owner_org_id,
            label_stewards=["organise@*"],
        )


def undo_merge_of_persons(*, by: Subject, merge: Merge) -> None:
    """
    Move back exactly what a merge of two persons moved, and open the account that it closed.

    Raises
    ------
    NotAllowedError
        The subject may not, it was undone before, or the kept record was erased or merged since.
    """
    require(_may_merge(by), _("Undoing a merge"), str(WHO_MERGES))
    require_can_be_undone(merge, Merge.Kind.PERSON)
    with acting_as_system("merge two records"):
        kept = Person.objects.get(pk=merge.kept_id)
    require(
        kept.merged_into_id is None and kept.erased_at is None,
        _("Undoing a merge"),
        _("The kept record was erased, or merged into another since. Undo that merge first."),
    )
    record("person.unmerged", kept, merge=str(merge.pk))
    with acting_as_system("merge two records"):
        moved = dict(merge.moved)
        before, stopped = moved.pop(ACCOUNTS), moved.pop(TOKENS, [])
        ApiToken.objects.filter(pk__in=stopped).update(revoked_at=None)
        move_back(moved, "person", merge.gone_id, merge.kept_id)
        _part_accounts(merge, before)
        Person.objects.filter(pk=merge.gone_id).update(merged_into=None)
        Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now())


def likely_twice(*, by: Subject, most: int = 50) -> list[tuple[Person, Person]]:
    """Return pairs of visible persons that share a name (accents, case and order apart) or an address, for who may merge."""
    if not _may_merge(by):
        return []
    people = Person.objects.filter(erased_at__isnull=True, merged_into__isnull=True).order_by(
        "labelled_at", "pk"
    )
    first: dict[str, Person] = {}
    found: dict[tuple[UUID, UUID], tuple[Person, Person]] = {}
    for person in people:
        for key in filter(None, (plain_name(person.name), person.email.lower())):
            known = first.setdefault(key, person)
            if known.pk != person.pk:
                found.setdefault((known.pk, person.pk), (known, person))
    return list(found.values())[:most]


def names_person(field: "models.Field[object, object]") -> bool:
    """Whether a field keeps the identifier of a person without a reference; tables before the people's do so."""
    return isinstance(field, models.UUIDField) and (
        field.name.endswith("by_id") or field.name in {"person_id", "speaker_id"}
    )


def _may_merge(by: Subject) -> bool:
    return "organise@*" in by.groups and by.may_write and not by.is_denied


def _wish(kept: Person, gone: Person) -> str:
    return _("Merging %(gone)s into %(kept)s") % {"gone": gone.name, "kept": kept.name}


def _require_merger(by: Subject, kept: Person, gone: Person) -> None:
    require(_may_merge(by), _("Merging"), str(WHO_MERGES))
    _require_usable(kept, gone)


def _require_usable(kept: Person, gone: Person) -> None:
    is_usable = all(one.merged_into_id is None and one.erased_at is None for one in (kept, gone))
    require(
        kept.pk != gone.pk and is_usable,
        _wish(kept, gone),
        _("Choose two different records that are still in use."),
    )


def _that_sign_in(kept: Person, gone: Person) -> list[Account]:
    return [
        one.account for one in (kept, gone) if one.account is not None and one.account.is_active
    ]


def _account_that_stays(kept: Person, gone: Person, chosen: int | None) -> int | None:
    """Return the account of the joined record; of two that sign in, the chosen one and no other."""
    able = _that_sign_in(kept, gone)
    if len(able) < 2:
        return able[0].pk if able else kept.account_id or gone.account_id
    require(
        chosen in {one.pk for one in able},
        _wish(kept, gone),
        _("Both can sign in: %(one)s and %(other)s. Choose which account stays.")
        % {"one": able[0].email, "other": able[1].email},
    )
    return chosen


def _tokens_that_stop(kept: Person, gone: Person, stays: int | None) -> list[ApiToken]:
    """Return the tokens that were made with another account than the one that stays: nobody who holds one reads as the joined person."""
    others = [one.pk for one in (kept, gone) if stays is None or one.account_id != stays]
    return list(ApiToken.objects.filter(person__in=others, revoked_at__isnull=True))


def _join_accounts(kept: Person, gone: Person, stays: int | None) -> list[str]:
    before = (kept.account_id, gone.account_id)
    other = next((one for one in before if one is not None and one != stays), None)
    Person.objects.filter(pk__in=[kept.pk, gone.pk]).update(account=None)
    Person.objects.filter(pk=kept.pk).update(account_id=stays)
    Person.objects.filter(pk=gone.pk).update(account_id=other)
    closed = 0
    if other is not None:
        closed = Account.objects.filter(pk=other, is_active=True).update(is_active=False)
    return [*(str(one or "") for one in before), str(other) if closed else ""]


def _part_accounts(merge: Merge, before: list[str]) -> None:
    kept, gone, closed = (one or None for one in before)
    Person.objects.filter(pk__in=[merge.kept_id, merge.gone_id]).update(account=None)
    for person_id, account_id in ((merge.kept_id, kept), (merge.gone_id, gone)):
        # An account that was deleted meanwhile is not brought back.
        found = Account.objects.filter(pk=account_id).first() if account_id else None
        Person.objects.filter(pk=person_id).update(account=found)
    if closed:
        Account.objects.filter(pk=closed).update(is_active=True)


def _places_that_name() -> list[tuple[type[models.Model], str, str]]:
    """Return every column that names a person: model, column, name of the field."""
    referring = [
        (model, field.attname, field.name)
        for model, field in references_to(Person, but={Person, Merge})
    ]
    plain = [
        (model, field.attname, field.name)
        for model in apps.get_models()
        if model not in {AuditEntry, Merge}
        for field in model._meta.concrete_fields  # noqa: SLF001  (public API of Django)
        if names_person(field)
    ]
    return referring + plain


def _move_everything(kept: Person, gone: Person) -> Moved:
    moved = relabel("person", gone.pk, kept.pk)
    for model, column, name in _places_that_name():
        rows = None
        if model is Consent:
            # What the kept record said of a directory itself holds.
            said = Consent.objects.filter(person=kept).values("edition_id")
            rows = Consent.objects.filter(person=gone).exclude(edition_id__in=said)
        if keys := move_rows(model, column, gone.pk, kept.pk, rows):
            moved[f"{model._meta.label}.{name}"] = keys  # noqa: SLF001  (public API of Django)
    return moved


def _rehearse(kept: Person, gone: Person) -> tuple[Moved, Moved]:
    """Return what a merge moves, and what it leaves; the database takes everything back."""
    with transaction.atomic():
        moved = _move_everything(kept, gone)
        left = _left_behind(gone)
        transaction.set_rollback(True)
    return moved, left


def _left_behind(gone: Person) -> Moved:
    left: Moved = {}
    for model, column, name in _places_that_name():
        rows = model._default_manager.filter(**{column: gone.pk})  # noqa: SLF001  (public API of Django)
        if keys := [str(key) for key in rows.values_list("pk", flat=True)]:
            left[f"{model._meta.label}.{name}"] = keys  # noqa: SLF001  (public API of Django)
    return left


def _counted(moved: Moved) -> tuple[tuple[str, int], ...]:
    """Return how many rows of each kind the active subject sees; labels that name the person are no rows of theirs."""
    keys: dict[type[models.Model], set[str]] = {}
    for place, found in moved.items():
        label, name = place.rsplit(".", 1)
        if name not in LABEL_FIELDS:
            keys.setdefault(apps.get_model(label), set()).update(found)
    counts = (
        (_plural(model), model._default_manager.filter(pk__in=found).count())  # noqa: SLF001
        for model, found in keys.items()
    )
    return tuple(sorted(one for one in counts if one[1]))


def _plural(model: type[models.Model]) -> str:
    return capfirst(str(model._meta.verbose_name_plural))  # noqa: SLF001  (public API of Django)


def _differing(kept: Person, gone: Person) -> tuple[tuple[str, str, str], ...]:
    pairs = (
        (_("Name"), kept.name, gone.name),
        (_("E-mail address"), kept.email, gone.email),
        (_("Nationality"), kept.nationality_id or "", gone.nationality_id or ""),
        (_("Languages"), kept.languages, gone.languages),
    )
    return tuple(one for one in pairs if one[1] != one[2])
