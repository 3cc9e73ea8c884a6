"""Personal tokens of the HTTP API: made and revoked by their person, opened by whoever holds the secret."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.access.texts import one_line
from punte.apps.people.models import ApiToken, Right
from punte.apps.people.permissions import require
from punte.kernel.errors import PunteError

PREFIX: Final = "punte_"
"""How every secret begins, so that a scanner finds one that was published by mistake."""
LONGEST_DAYS: Final = 365
MOST: Final = 20
"""Tokens of a person that work at once."""
NOTED_EVERY_S: Final = 60
"""The use of a token is noted once in so long [s]: a write at each request would wait for the disk each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token with its secret, which is shown once and not kept."""

    token: ApiToken
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenToken:
    """A token that works now, and the account behind it."""

    id: UUID
    account: Account
    membership_id: UUID | None
    may_write: bool
    has_second_step: bool


def is_staff(subject: Subject) -> bool:
    """Return whether a second step is asked of the subject: it holds a right, or acts for somebody."""
    return bool(subject.roles & set(Right.values)) or subject.acted_by is not None


def own_tokens(by: Subject) -> list[ApiToken]:
    """Return the subject's own tokens, those that work first, newest first."""
    if by.person_id is None or by.acted_by is not None:
        return []
    rows = ApiToken.objects.filter(person_id=by.person_id)
    return sorted(rows, key=lambda row: not works(row))


def works(token: ApiToken) -> bool:
    """Return whether a token opens anything now."""
    return token.revoked_at is None and token.expires_at > timezone.now()


def make_token(
    *,
    by: Subject,
    name: str,
    scope: str,
    days: int,
    membership_id: UUID | None = None,
    has_second_step: bool,
) -> NewToken:
    """
    Make a token of one's own.

    Parameters
    ----------
    scope
        A value of :class:`ApiToken.Scope`.
    days
        How long it works [d], 1 to :data:`LONGEST_DAYS`.
    membership_id
        For whom a person of several organisations acts with it.
    has_second_step
        Whether the session that asks has passed its second step.

    Raises
    ------
    NotAllowedError
        Another acts for the person, it is suspended, or it holds a right and signed in without a second step.
    PunteError
        The name is missing, the scope or the days are none, or there are too many.
    """
    wish = _("Making a token")
    require(by.person_id is not None and by.acted_by is None, wish, _("Only the person may."))
    assert by.person_id is not None
    require(not by.is_denied, wish, _("You are suspended."))
    require(
        has_second_step or not is_staff(by) or not settings.PUNTE_REQUIRE_MFA,
        wish,
        _("You hold a right: sign out, sign in with your second step, and make it then."),
    )
    name = one_line(name.replace("\x00", ""), 80)
    if not name:
        raise PunteError(_("Name the token after what will use it, such as: nightly export."))
    refuse_classified(_("Token"), [(_("name"), name)])
    if scope not in ApiToken.Scope.values:
        raise PunteError(_("Choose whether it reads only, or reads and writes."))
    if not 1 <= days <= LONGEST_DAYS:
        raise PunteError(_("A token works for 1 to %(most)d days.") % {"most": LONGEST_DAYS})
    now, secret = timezone.now(), PREFIX + secrets.token_urlsafe(32)
    with acting_as_system("keep one's own tokens"):
        held = ApiToken.objects.filter(
            person_id=by.person_id, revoked_at__isnull=True, expires_at__gt=now
        ).count()
        if held >= MOST:
            raise PunteError(
                _("You have %(most)d tokens that work. Revoke one first.") % {"most": MOST}
            )
        token = ApiToken.objects.create(
            person_id=by.person_id,
            name=name,
            scope=scope,
            secret_sha256=digest(secret),
            membership_id=membership_id,
            second_step_at=now if has_second_step else None,
            expires_at=now + dt.timedelta(days=days),
        )
    record("token.made", token, scope=scope, until=token.expires_at.date().isoformat())
    return NewToken(token=token, secret=secret)


def revoke_token(*, by: Subject, token_id: UUID) -> ApiToken:
    """
    Make a token of one's own stop working, from the next request on.

    Raises
    ------
    PunteError
        There is none of the subject's, or it is revoked already.
    """
    require(by.acted_by is None, _("Revoking a token"), _("Only the person may."))
    token = next((row for row in own_tokens(by) if row.pk == token_id), None)
    if token is None or token.revoked_at is not None:
        raise PunteError(_("There is no such token that works. Look at the list."))
    token.revoked_at = timezone.now()
    with acting_as_system("keep one's own tokens"):
        token.save(update_fields=["revoked_at"])
    record("token.revoked", token)
    return token


def open_token(secret: str) -> OpenToken | None:
    """
    Return the token behind a secret; ``None`` where none works, whatever the reason: the caller cannot tell which.

    The secret is looked up by its digest, so that the time it takes says nothing about it.
    """
    now = timezone.now()
    with acting_as_system("open a token"):
        found = (
            ApiToken.objects.filter(
                secret_sha256=digest(secret),
                revoked_at__isnull=True,
                expires_at__gt=now,
                person__account__is_active=True,
                person__erased_at__isnull=True,
                person__merged_into__isnull=True,
            )
            .select_related("person__account")
            .first()
        )
        if found is None or found.person.account is None:
            return None
        used = found.last_used_at
        if used is None or (now - used).total_seconds() >= NOTED_EVERY_S:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return OpenToken(
        id=found.pk,
        account=found.person.account,
        membership_id=found.membership_id,
        may_write=found.scope == ApiToken.Scope.WRITE,
        has_second_step=found.second_step_at is not None,
    )


def digest(secret: str) -> str:
    """Return what is kept of a secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
