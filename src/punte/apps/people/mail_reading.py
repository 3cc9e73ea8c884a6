"""
A mail that waits, as an organiser may read it before it leaves.

It is filled as it would leave now, in its reader's name and language, and kept nowhere. Then it is filled once more
with all that the organiser could read: what differs is the reader's alone, and is left blank.
"""

import logging
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from punte.apps.access.permissions import Subject, acting_as_system, held_to
from punte.apps.people.mail import address_of
from punte.apps.people.mail_kinds import Attachment, MailContent, MailKind, kind_of
from punte.apps.people.mail_sending import (
    is_refused,
    language_of,
    question_of,
    read_content,
    values_of,
    words_of,
)
from punte.apps.people.models import Mail, MailOptOut

BLANK: Final = "\ue000"
"""What stands for something that the onlooker may not see."""
WAITS: Final = (Mail.State.TO_REVIEW, Mail.State.WAITING, Mail.State.FAILED)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """
    A mail as it would leave now.

    Parameters
    ----------
    subject, text
        With :data:`BLANK` for each thing that the onlooker may not see; both empty where nothing would leave.
    language
        Of the words.
    attachments
        Names of the files that go with it; :data:`BLANK` for one whose name the onlooker could not know.
    files
        The same files; ``None`` for one in which something could stand that is the reader's alone.
    why_not
        Why it would not leave; empty where it would.
    """

    subject: str = ""
    text: str = ""
    language: str
    attachments: tuple[str, ...] = ()
    files: tuple[Attachment | None, ...] = field(default=(), repr=False)
    why_not: str = ""

    @property
    def has_blanks(self) -> bool:
        """Whether something is kept from the onlooker."""
        return BLANK in f"{self.subject}{self.text}{''.join(self.attachments)}"


def read_waiting(mail_id: UUID, *, onlooker: Subject, sees_reader: bool) -> Reading:
    """
    Return a mail that waits as it would leave now, without what the onlooker may not see.

    Parameters
    ----------
    mail_id
        One that the onlooker sees in the outbox.
    sees_reader
        Whether the onlooker sees the person, or the account, that it goes to.
    """
    with acting_as_system("look at a mail before it leaves"):
        mail = Mail.objects.select_related("person__account", "account").get(pk=mail_id)
    language = language_of(mail.reader)
    kind = kind_of(mail.kind)
    if why := _why_not(mail, kind, onlooker):
        return Reading(language=language, why_not=why)
    try:
        with translation.override(language), transaction.atomic():
            content = read_content(mail, kind)
            if content is not None:
                return _reading(mail, kind, content, onlooker, sees_reader=sees_reader)
    except Exception:  # a fault in filling it is told, as the worker would meet it
        log.exception("mail %s could not be filled", mail_id)
        fault = _("It could not be filled: that is a fault of this site, and is in its log.")
        return Reading(language=language, why_not=fault)
    return Reading(language=language, why_not=_nothing_left())


def _nothing_left() -> str:
    return _(
        "There is nothing left to tell: what it is about has changed, or its reader no longer sees it."
    )


def _why_not(mail: Mail, kind: MailKind, onlooker: Subject) -> str:
    """Return why it would not leave whatever it says; that the reader refused it only to who may know."""
    if mail.state not in WAITS:
        return _("Its text is not kept: a mail is written when it leaves.")
    if not address_of(mail.reader):
        return _("Its reader has no address by now.")
    if not is_refused(mail, kind):
        return ""
    with held_to(onlooker):
        may_know = MailOptOut.objects.filter(person=mail.person_id, kind=mail.kind).exists()
    if may_know:
        return _("Its reader wants no mails of this kind any more.")
    return _nothing_left()


def _own(mail: Mail, kind: MailKind, onlooker: Subject) -> MailContent | None:
    """Return the same as far as the onlooker could read it; None where it could read nothing of it."""
    try:
        # A query that fails must not take the page's transaction with it.
        with transaction.atomic(), held_to(onlooker):
            return kind.read(question_of(mail))
    except Exception:  # what cannot be read in its name is not its own
        log.warning("mail %s could not be read in an onlooker's name", mail.pk, exc_info=True)
        return None


def _known(
    mail: Mail, kind: MailKind, own: MailContent | None, *, sees_reader: bool
) -> dict[str, str]:
    """Return the values that the onlooker may be shown."""
    known = values_of(mail, own) if own else {}
    if not (own and "name" in own.values):
        known["name"] = mail.reader.name if sees_reader else BLANK
    if kind.is_link_a_key:
        known["link"] = BLANK
    return known


def _reading(
    mail: Mail, kind: MailKind, content: MailContent, onlooker: Subject, *, sees_reader: bool
) -> Reading:
    own = _own(mail, kind, onlooker)
    known = _known(mail, kind, own, sees_reader=sees_reader)
    values = {key: _seen(value, known.get(key)) for key, value in values_of(mail, content).items()}
    subject, text = words_of(mail, kind, values)
    own_files = own.attachments if own else ()
    names = {file.name for file in own_files}
    # A file names its reader, and may hold the link: it is whole only to who may know both.
    knows_all = sees_reader and not kind.is_link_a_key
    return Reading(
        subject=subject,
        text=text,
        language=translation.get_language() or "en",
        attachments=tuple(
            file.name if file.name in names else BLANK for file in content.attachments
        ),
        files=tuple(
            file if knows_all and file in own_files else None for file in content.attachments
        ),
    )


def _seen(value: str, own: str | None) -> str:
    """Return the lines of a value that the onlooker's own has too, and a blank for those between."""
    if own is None:
        return BLANK if value else ""
    known = set(own.splitlines())
    lines: list[str] = []
    for line in value.splitlines():
        shown = line if line in known else BLANK
        if shown != BLANK or lines[-1:] != [BLANK]:
            lines.append(shown)
    return "\n".join(lines)
