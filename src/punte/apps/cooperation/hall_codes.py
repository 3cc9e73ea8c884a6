"""
One-off codes at a copy for the hall: printed by who runs it for one person, short-lived, used once.

A passkey belongs to the address of the site and cannot be used at a copy. The code takes its place as the second step, after
the password: whoever finds one without the password enters nothing.
"""

import datetime as dt
import secrets
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.cooperation.actions import name_of
from punte.apps.cooperation.models import HallCode
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.forum.models import Edition
from punte.apps.meetings.permissions import may_organise
from punte.apps.people.models import Person
from punte.kernel.errors import PunteError

LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None of them is taken for another."""
LENGTH: Final = 12
"""Letters of a code: 60 bits [count]."""
LASTS: Final = dt.timedelta(minutes=30)


def print_code(*, by: Subject, edition: Edition, email: str) -> str:
    """
    Return a new code for one person; an earlier one of theirs ends.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    PunteError
        This is no copy for the hall, or no account that can sign in has the address.
    """
    _require_keeper(by, edition)
    person = _person_of(email)
    code = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    now = timezone.now()
    with acting_as_system("look after the one-off codes of a copy for the hall"):
        _end_open(person, now)
        made = HallCode.objects.create(
            person=person,
            digest=_digest(person, code),
            made_at=now,
            until=now + LASTS,
            by_id=by.person_id,
            by_name=name_of(by),
        )
    record("hall.code_printed", made, edition_id=edition.pk, person=str(person.pk))
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def revoke_codes(*, by: Subject, edition: Edition, email: str) -> int:
    """
    End the open codes of a person; return how many there were [count].

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    PunteError
        This is no copy for the hall, or no account that can sign in has the address.
    """
    _require_keeper(by, edition)
    person = _person_of(email)
    with acting_as_system("look after the one-off codes of a copy for the hall"):
        ended = _end_open(person, timezone.now())
    record("hall.code_revoked", None, edition_id=edition.pk, person=str(person.pk), count=ended)
    return ended


def list_codes(*, by: Subject, edition: Edition) -> list[HallCode]:
    """
    Return the codes that were printed at this copy, the newest first, with whom each is for.

    Raises
    ------
    NotPartOfItError
        The subject does not organise the edition.
    PunteError
        This is no copy for the hall.
    """
    _require_keeper(by, edition)
    with acting_as_system("look after the one-off codes of a copy for the hall"):
        return list(HallCode.objects.select_related("person"))


def take_code(account: Account, code: str) -> bool:
    """Whether a code is an open one of the account's person, at this copy; it is used up by it."""
    if not settings.PUNTE_HALL_COPY:
        return False
    now, plain = timezone.now(), "".join(code.upper().replace("-", " ").split())
    with acting_as_system("look after the one-off codes of a copy for the hall"):
        person = Person.objects.filter(account=account).first()
        if person is None:
            return False
        rows = HallCode.objects.select_for_update().filter(
            person=person, used_at=None, revoked_at=None
        )
        wanted = _digest(person, plain)
        found = next((row for row in rows if constant_time_compare(row.digest, wanted)), None)
        if found is None or not found.is_open(now):
            return False
        found.used_at = now
        found.save(update_fields=["used_at"])
        record("hall.code_used", found, person=str(person.pk))
    return True


def _require_keeper(by: Subject, edition: Edition) -> None:
    if not settings.PUNTE_HALL_COPY:
        raise PunteError(
            _(
                "This is the site itself, not a copy for the hall: people sign in here with their passkeys. Print codes at the copy."
            )
        )
    if not may_organise(by, edition.pk):
        raise NotPartOfItError(_("Only organisers print one-off codes at a copy for the hall."))


def _person_of(email: str) -> Person:
    with acting_as_system("look after the one-off codes of a copy for the hall"):
        person = Person.objects.filter(
            account__email=email.strip().lower(), account__is_active=True
        ).first()
    if person is None:
        raise PunteError(
            _("No person who can sign in has the address “%(email)s”.") % {"email": email[:120]}
        )
    return person


def _end_open(person: Person, now: dt.datetime) -> int:
    return HallCode.objects.filter(
        person=person, used_at=None, revoked_at=None, until__gt=now
    ).update(revoked_at=now)


def _digest(person: Person, code: str) -> str:
    return salted_hmac("punte.hall.code", f"{person.pk} {code}", algorithm="sha256").hexdigest()
