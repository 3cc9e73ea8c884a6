"""
The outbox: queue a mail to a person, review it, refuse kinds of it.

``queue_mail(kind="request.received", to=person, edition_id=..., about_id=request.pk, key=str(request.pk))`` in the
action that makes the news; a worker fills and sends it in the reader's name once the transaction is through. Queued
twice with the same key it goes once. A new kind is a :class:`~punte.apps.people.mail_kinds.MailKind` in the
``mails.py`` of the app.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Account
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import one_line, whole_text
from punte.apps.people.mail_kinds import check_wording, fill, kind_of
from punte.apps.people.models import Mail, MailOptOut, MailRule, MailWording, Person
from punte.apps.people.permissions import NotAllowedError, is_in_force
from punte.kernel.errors import PunteError

MAIL_QUEUE: Final = "mail"
MAIL_TASK: Final = "people.send_mail"


def queue_mail(
    *,
    kind: str,
    to: Person,
    key: str,
    edition_id: UUID | None = None,
    owner_org_id: UUID | None = None,
    about_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> bool:
    """
    Queue a mail and say whether it is on its way.

    It is not where the person refused the kind, the edition does not send it, or the same was queued before.

    Parameters
    ----------
    kind
        Code of a registered kind.
    key
        What makes the news one of its kind for this person, such as a version's id.
    owner_org_id
        The organisation that writes, such as the edition's host; the person's own by default.
    details
        Identifiers and counts for the content; no text that somebody might not be allowed to read.
    """
    count = queue_mails(
        kind=kind,
        to=[(to, details or {})],
        key=key,
        edition_id=edition_id,
        owner_org_id=owner_org_id,
        about_id=about_id,
    )
    return bool(count)


def queue_mails(
    *,
    kind: str,
    to: Iterable[tuple[Person, Mapping[str, Any]]],
    key: str,
    edition_id: UUID | None = None,
    owner_org_id: UUID | None = None,
    about_id: UUID | None = None,
) -> int:
    """Queue the same news to many, each with its own details; return how many are on their way [count]."""
    found = kind_of(kind)
    with acting_as_system("queue a mail"):
        state = _first_state(kind, edition_id)
        if state is None:
            return 0
        readers = {person.pk: (person, details) for person, details in to}
        left_out = set(
            Mail.objects.filter(person__in=readers, kind=kind, key=key).values_list(
                "person_id", flat=True
            )
        )
        if found.may_opt_out:
            refused = MailOptOut.objects.filter(person__in=readers, kind=kind)
            left_out |= set(refused.values_list("person_id", flat=True))
        stewards = right_groups("organise", edition_id=edition_id) if edition_id else []
        mails = [
            Mail(
                person=person,
                kind=kind,
                key=key,
                edition_id=edition_id,
                about_id=about_id,
                details=dict(details),
                state=state,
                owner_org_id=owner_org_id or person.owner_org_id,
                label_stewards=[f"person:{person.pk}", *stewards],
            )
            for person, details in readers.values()
            if person.pk not in left_out and person.erased_at is None and address_of(person)
        ]
        # Two transactions with the same news: the second finds the first one's rows in its way, and leaves them.
        Mail.objects.bulk_create(mails, batch_size=1000, ignore_conflicts=True)
    if state == Mail.State.WAITING:
        defer_mails([mail.pk for mail in mails])
    return len(mails)


def queue_mail_to_account(
    *,
    kind: str,
    account: Account,
    key: str,
    edition_id: UUID,
    owner_org_id: UUID,
    about_id: UUID,
    details: Mapping[str, Any],
) -> bool:
    """Queue a mail to an account behind which no person stands yet, as :func:`queue_mail` does to a person."""
    kind_of(kind)
    with acting_as_system("queue a mail"):
        state = _first_state(kind, edition_id)
        same = Mail.objects.filter(account=account, kind=kind, key=key)
        if state is None or same.exists():
            return False
        mail = Mail(
            account=account,
            kind=kind,
            key=key,
            edition_id=edition_id,
            about_id=about_id,
            details=dict(details),
            state=state,
            owner_org_id=owner_org_id,
            label_stewards=right_groups("organise", edition_id=edition_id),
        )
        Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if state == Mail.State.WAITING:
        defer_mails([mail.pk])
    return True


def _first_state(kind: str, edition_id: UUID | None) -> Mail.State | None:
    """Return whether mails of a kind wait for review or to be sent; None where the edition does not send it."""
    rule = None
    if edition_id is not None:
        rule = MailRule.objects.filter(edition_id=edition_id, kind=kind).first()
    if rule is not None and not rule.is_on:
        return None
    return Mail.State.TO_REVIEW if rule and rule.is_reviewed else Mail.State.WAITING


def address_of(person: Person) -> str:
    """Return the address that mails of a person go to; empty where there is none."""
    return person.account.email if person.account_id and person.account else person.email


def defer_mails(mail_ids: Iterable[UUID]) -> None:
    """Have a worker send them, once this transaction is through."""
    from procrastinate.contrib.django import app
    from procrastinate.types import JSONValue

    jobs: list[dict[str, JSONValue]] = [{"mail_id": str(mail_id)} for mail_id in mail_ids]
    if jobs:
        app.configure_task(MAIL_TASK, queue=MAIL_QUEUE).batch_defer(*jobs)


def set_rule(
    *,
    by: Subject,
    edition_id: UUID,
    host_org_id: UUID,
    kind: str,
    is_on: bool,
    is_reviewed: bool,
) -> None:
    """
    Say whether an edition sends a kind, and whether each is reviewed before.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        There is no such kind.
    """
    require_organiser(by, edition_id, _("Changing the rules for mails"))
    kind_of(kind)
    with acting_as_system("queue a mail"):
        MailRule.objects.update_or_create(
            edition_id=edition_id,
            kind=kind,
            defaults={"is_on": is_on, "is_reviewed": is_reviewed},
            create_defaults={
                "is_on": is_on,
                "is_reviewed": is_reviewed,
                "owner_org_id": host_org_id,
                "label_stewards": right_groups("organise", edition_id=edition_id),
            },
        )
    record("mail.rule", None, edition_id=edition_id, kind=kind, on=is_on, review=is_reviewed)


def set_wording(
    *,
    by: Subject,
    edition_id: UUID,
    host_org_id: UUID,
    kind: str,
    language: str,
    subject: str,
    text: str,
) -> None:
    """
    Word a kind of mail in one language; empty words bring the platform's own back.

    Raises
    ------
    NotAllowedError
        The subject does not organise the edition.
    PunteError
        There is no such kind, one of the two is empty, or a placeholder is unknown.
    """
    require_organiser(by, edition_id, _("Changing a mail"))
    found = kind_of(kind)
    subject, text = one_line(subject, 160), whole_text(text, 4000)
    if bool(subject) != bool(text):
        raise PunteError(_("Give both a subject line and a text, or empty both to use our words."))
    check_wording(found, subject)
    check_wording(found, text)
    refuse_classified(_("Mail"), [(_("subject line"), subject), (_("text"), text)])
    own = {"edition_id": edition_id, "kind": kind, "language": language}
    with acting_as_system("queue a mail"):
        if not subject:
            MailWording.objects.filter(**own).delete()
        else:
            words = {"subject": subject, "text": text}
            MailWording.objects.update_or_create(
                **own,
                defaults=words,
                create_defaults={
                    **words,
                    "owner_org_id": host_org_id,
                    "label_stewards": right_groups("organise", edition_id=edition_id),
                },
            )
    record("mail.wording", None, edition_id=edition_id, kind=kind, language=language)


def copy_mail_settings(
    *, by: Subject, source_id: UUID, edition_id: UUID, host_org_id: UUID
) -> None:
    """
    Take an edition's wordings and rules of mails along to another, of which the subject is an organiser too.

    Raises
    ------
    NotAllowedError
        The subject does not organise both.
    """
    for one in (source_id, edition_id):
        require_organiser(by, one, _("Changing a mail"))
    with acting_as_system("queue a mail"):
        wordings = list(MailWording.objects.filter(edition_id=source_id))
        rules = list(MailRule.objects.filter(edition_id=source_id))
    for rule in rules:
        set_rule(
            by=by,
            edition_id=edition_id,
            host_org_id=host_org_id,
            kind=rule.kind,
            is_on=rule.is_on,
            is_reviewed=rule.is_reviewed,
        )
    for wording in wordings:
        set_wording(
            by=by,
            edition_id=edition_id,
            host_org_id=host_org_id,
            kind=wording.kind,
            language=wording.language,
            subject=wording.subject,
            text=wording.text,
        )


def set_opt_out(*, by: Subject, kind: str, is_wanted: bool) -> None:
    """
    Refuse a kind of mail for oneself, or want it again.

    Raises
    ------
    NotAllowedError
        No person stands behind the subject, or another acts for it.
    PunteError
        There is no such kind, or it cannot be refused.
    """
    if by.person_id is None or by.acted_by is not None:
        raise NotAllowedError(_("Only the person decides which mails it wants."))
    if not kind_of(kind).may_opt_out:
        raise PunteError(_("This mail cannot be refused: it is about your own access."))
    with acting_as_system("queue a mail"):
        if is_wanted:
            MailOptOut.objects.filter(person_id=by.person_id, kind=kind).delete()
        else:
            MailOptOut.objects.get_or_create(person_id=by.person_id, kind=kind)
    record("mail.wanted" if is_wanted else "mail.refused", None, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A mail as it would look, its placeholders filled with examples."""

    subject: str
    text: str


def preview_wording(*, kind: str, subject: str, text: str) -> Preview:
    """
    Return what the words look like with the kind's examples in them; nobody's data are read.

    Raises
    ------
    PunteError
        There is no such kind, or a placeholder is unknown.
    """
    found = kind_of(kind)
    subject, text = subject or str(found.subject), text or str(found.text)
    check_wording(found, subject)
    check_wording(found, text)
    values = {name: str(example) for name, example in found.examples.items()}
    values = {"name": _("Ana Example"), "link": "https://forum.example/…", **values}
    return Preview(subject=fill(subject, values), text=fill(text, values))


def require_organiser(by: Subject, edition_id: UUID, what: str) -> None:
    """
    Refuse whoever does not organise the edition.

    Raises
    ------
    NotAllowedError
        Naming what was asked.
    """
    if not (is_in_force(by) and by.has_right("organise", edition_id)):
        raise NotAllowedError(
            _("%(what)s was refused. Only the organisers of the edition may.") % {"what": what}
        )
