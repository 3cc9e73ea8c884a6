"""A person's own data: export, and erasure that keeps statistics."""

import re
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject, acting_as_system
from punte.apps.people.models import (
    ApiToken,
    GroupMember,
    Invitation,
    Mail,
    MailOptOut,
    Nomination,
    Person,
)
from punte.apps.people.models.grant import in_force
from punte.apps.people.permissions import NotAllowedError, is_in_force, require
from punte.apps.people.personal_data import (
    ERASED_NAME,
    blank_signatures,
    plain_rows,
    records_joined_into,
    rows_about,
)
from punte.apps.people.rights import is_last_organiser
from punte.apps.people.signals import person_erased
from punte.kernel.errors import PunteError


def set_languages(*, by: Subject, person: Person, languages: str) -> None:
    """
    Keep the languages that one speaks oneself, the best first, as codes of ISO 639.

    Raises
    ------
    NotAllowedError
        It is another person's record.
    PunteError
        One of them is no code of two or three letters.
    """
    require(
        is_in_force(by) and by.person_id == person.pk,
        _("Changing the languages"),
        _("Only the person may."),
    )
    codes = [code for code in re.split(r"[\s,;]+", languages.strip().lower()) if code]
    if len(codes) > 12 or not all(re.fullmatch(r"[a-z]{2,3}", code) for code in codes):
        raise PunteError(
            _("Write at most twelve codes of two or three letters, such as: ro, en, fr.")
        )
    with acting_as_system("change one's own record"):
        Person.objects.filter(pk=person.pk).update(languages=", ".join(dict.fromkeys(codes)))
    record("person.languages", person)


def export_of_person(*, by: Subject) -> dict[str, Any]:
    """
    Return everything that is kept about the subject itself, as plain values.

    Raises
    ------
    NotAllowedError
        There is no person behind the subject, or another acts for it.
    """
    require(by.acted_by is None, _("The export"), _("Only the person may ask."))
    if by.person_id is None:
        raise NotAllowedError(_("The export was refused. No person stands behind this account."))
    with acting_as_system("change one's own record"):
        person = Person.objects.get(pk=by.person_id)
        data = plain_rows(rows_about(person))
        email = person.account.email if person.account else ""
    record("privacy.exported", person)
    return {"made_at": timezone.now().isoformat(), "account": email, "records": data}


def erase_person(*, by: Subject, person: Person) -> None:
    """
    Take a person's name and addresses away and close the account; counts by country and kind stay right.

    Raises
    ------
    NotAllowedError
        The subject is neither the person nor an organiser at all editions.
    """
    own = by.person_id == person.pk and by.acted_by is None
    require(
        is_in_force(by) and (own or "organise@*" in by.groups),
        _("Erasing a person"),
        _("Only the person and the site's organiser may."),
    )
    now = timezone.now()
    with acting_as_system("change one's own record"):
        held = list(person.grants.filter(in_force(now)).select_related("person"))
    require(
        not any(is_last_organiser(grant) for grant in held),
        _("Erasing a person"),
        _("Nobody else organises. Grant the right to another person first."),
    )
    record("privacy.erased", person)
    with acting_as_system("change one's own record"):
        for one in [person, *records_joined_into(person)]:
            _erase_record(one)


def _erase_record(person: Person) -> None:
    account = person.account
    Nomination.objects.filter(
        person=person, state__in=["draft", "waiting", "held", "substitute"]
    ).update(state=Nomination.State.WITHDRAWN)
    person.grants.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    person.memberships.filter(until__isnull=True).update(until=timezone.localdate())
    for model in (ApiToken, Invitation, Mail, MailOptOut):
        model._default_manager.filter(person=person).delete()  # noqa: SLF001  (public API of Django)
    name = person.name
    person.in_groups.update(
        name=ERASED_NAME, state=GroupMember.State.OUT, label_releasable_to=[], label_stewards=[]
    )
    _blank(person)
    blank_signatures(person, name)
    person_erased.send(sender=Person, person=person)
    if account is not None:
        account.delete()


def _blank(person: Person) -> None:
    person.name, person.email, person.languages = ERASED_NAME, "", ""
    person.nationality = None
    person.account = None
    person.erased_at = timezone.now()
    person.listed_since = None
    person.label_releasable_to, person.label_stewards = [], []
    person.save()
