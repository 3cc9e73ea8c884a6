"""
Fill and send one mail, in its reader's name.

A mail is claimed in a transaction of its own before it leaves, so that two workers never send the same. A worker
that dies in between leaves it claimed; it goes again after :data:`CLAIM_LASTS` with the same Message-ID, by which
mailboxes know it for the same mail.
"""

import datetime as dt
import logging
import smtplib
from collections.abc import Mapping
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formatdate
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from punte.apps.access.claiming import claim, free_lost, next_try
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.people.mail import address_of, defer_mails
from punte.apps.people.mail_kinds import Attachment, MailContent, MailKind, Question, fill, kind_of
from punte.apps.people.mail_said import note_said
from punte.apps.people.models import Mail, MailOptOut, MailWording, Person
from punte.apps.people.queries import subject_of_account, subject_of_person

CLAIM_LASTS: Final = dt.timedelta(minutes=10)
DOMAIN: Final = "punte.invalid"
log = logging.getLogger(__name__)


def send_mail(mail_id: UUID) -> Mail.State | None:
    """Send one mail and return what became of it; None where another worker has it or it does not wait."""
    mail = _claim(mail_id)
    if mail is None:
        return None
    try:
        message = _message(mail)
    except Exception as error:  # a fault in filling it must not lose the mail, nor stop the worker
        log.exception("mail %s could not be filled", mail_id)
        return _put_off(mail, f"{type(error).__name__}: {error}")
    if message is None:
        return _finish(mail, Mail.State.NOT_SENT, _("There was nothing left to tell."))
    try:
        get_connection().send_messages([message])
    except (OSError, smtplib.SMTPException) as error:
        return _put_off(mail, f"{type(error).__name__}: {error}")
    return _finish(mail, Mail.State.SENT, "")


def take_up_lost(*, now: dt.datetime | None = None) -> int:
    """Put mails that wait for their next attempt, or whose worker was lost, in the queue; return how many [count]."""
    now = now or timezone.now()
    with acting_as_system("send a mail"):
        free_lost(Mail.objects.all(), now=now)
        due = list(
            Mail.objects.filter(
                state=Mail.State.WAITING, next_at__lte=now - dt.timedelta(minutes=1)
            ).values_list("pk", flat=True)[:2000]
        )
    defer_mails(due)
    return len(due)


def _claim(mail_id: UUID) -> Mail | None:
    with acting_as_system("send a mail"):
        if not claim(Mail.objects.filter(pk=mail_id), lasts=CLAIM_LASTS):
            return None
        return Mail.objects.select_related("person__account", "account").get(pk=mail_id)


def _finish(mail: Mail, state: Mail.State, note: str) -> Mail.State:
    with acting_as_system("send a mail"):
        Mail.objects.filter(pk=mail.pk).update(
            state=state,
            note=note[:300],
            attempts=mail.attempts + 1,
            sent_at=timezone.now() if state == Mail.State.SENT else None,
        )
    return state


def _put_off(mail: Mail, note: str) -> Mail.State:
    next_at = next_try(mail.attempts)
    if next_at is None:
        return _finish(mail, Mail.State.FAILED, note)
    with acting_as_system("send a mail"):
        Mail.objects.filter(pk=mail.pk).update(
            state=Mail.State.WAITING,
            note=note[:300],
            attempts=mail.attempts + 1,
            next_at=next_at,
        )
    return Mail.State.WAITING


def _message(mail: Mail) -> EmailMessage | None:
    kind = kind_of(mail.kind)
    if is_refused(mail, kind) or not address_of(mail.reader):
        return None
    with translation.override(language_of(mail.reader)):
        content = read_content(mail, kind)
        if content is None:
            return None
        note_said(mail, content.said)
        return _written(mail, kind, content)


def is_refused(mail: Mail, kind: MailKind) -> bool:
    """Whether the reader wants no mails of the kind by now."""
    with acting_as_system("send a mail"):
        refused = MailOptOut.objects.filter(person=mail.person_id, kind=mail.kind)
        return kind.may_opt_out and refused.exists()


def read_content(mail: Mail, kind: MailKind) -> MailContent | None:
    """Return what the mail tells now, read in its reader's name and the active language; None where nothing is left."""
    with acting(_subject_of(mail)):
        return kind.read(question_of(mail))


def question_of(mail: Mail) -> Question:
    """Return which mail is to be filled, as its kind reads it."""
    return Question(
        mail_id=mail.pk,
        person=mail.reader,
        edition_id=mail.edition_id,
        about_id=mail.about_id,
        details=mail.details,
    )


def _subject_of(mail: Mail) -> Subject:
    if mail.account is not None:
        return subject_of_account(mail.account)
    return subject_of_person(mail.reader.pk)


def language_of(person: Person) -> str:
    """Return the language that mails to a person are in: the account's, the first known of the person's, English."""
    known = {code for code, _name in settings.LANGUAGES}
    wished = [person.account.language] if person.account_id and person.account else []
    wished += [code.strip().lower() for code in person.languages.replace(";", ",").split(",")]
    return next((code for code in wished if code in known), settings.LANGUAGE_CODE)


def values_of(mail: Mail, content: MailContent) -> dict[str, str]:
    """Return what stands for each placeholder of the mail."""
    link = f"{settings.PUNTE_ADDRESS}{content.path}" if content.path else settings.PUNTE_ADDRESS
    return {"name": mail.reader.name, "link": link, **content.values}


def words_of(mail: Mail, kind: MailKind, values: Mapping[str, str]) -> tuple[str, str]:
    """Return subject line and text in the active language, in the edition's own words where it has some."""
    own = _own_words(mail)
    subject = fill(own.subject if own else str(kind.subject), values)
    text = fill(own.text if own else str(kind.text), values).rstrip() + "\n"
    if kind.may_opt_out:
        text += "\n-- \n" + _("You can refuse such mails: %(address)s") % {
            "address": f"{settings.PUNTE_ADDRESS}/me/mail/\n"
        }
    return " ".join(subject.split()), text


def _written(mail: Mail, kind: MailKind, content: MailContent) -> EmailMessage:
    subject, text = words_of(mail, kind, values_of(mail, content))
    message = EmailMessage(
        subject=subject,
        body=text,
        to=[address_of(mail.reader)],
        headers={
            "Message-ID": f"<{mail.pk}@{DOMAIN}>",
            "Date": formatdate(mail.queued_at.timestamp(), localtime=False),
            "Auto-Submitted": "auto-generated",
            "Content-Language": translation.get_language() or "en",
        },
    )
    for attachment in content.attachments:
        message.attach(_part(attachment))
    return message


def _own_words(mail: Mail) -> MailWording | None:
    """Return the edition's own words in the language that is active, where it has some."""
    if mail.edition_id is None:
        return None
    with acting_as_system("send a mail"):
        return MailWording.objects.filter(
            edition_id=mail.edition_id, kind=mail.kind, language=translation.get_language()
        ).first()


def _part(attachment: Attachment) -> MIMEBase:
    """Return the attachment with its parameters; a program of mails reads ``method`` of a calendar from them."""
    media, _separator, parameters = attachment.media_type.partition(";")
    main, sub = media.strip().split("/")
    part = MIMEBase(main, sub)
    for parameter in filter(None, parameters.split(";")):
        name, _equals, value = parameter.strip().partition("=")
        part.set_param(name, value)
    part.set_payload(attachment.content)
    encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part
