"""A mailbox of files, in the place of a mail server: for the demo, and to look at what would be sent."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final, cast

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from punte.apps.people.mail_kinds import Attachment

KEPT_TYPES: Final = frozenset(
    {
        "application/json",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/calendar",
        "text/csv",
        "text/plain",
    }
)
"""Files that are given out as what they are; any other only as bytes, which no browser shows."""


class MailboxBackend(BaseEmailBackend):
    """
    Write each mail as one file of the folder ``PUNTE_MAILBOX``.

    The name comes from the Message-ID and the file appears whole: a mail sent again after a crash is there once.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; return how many [count]."""
        folder = Path(settings.PUNTE_MAILBOX)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            message = mail.message()
            name = re.sub(r"[^A-Za-z0-9.-]", "", str(message["Message-ID"]))
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
                file.write(message.as_bytes())
            os.replace(file.name, folder / f"{name}.eml")  # noqa: PTH105  (atomic, both paths known)
        return len(email_messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail of the mailbox as a page shows it."""

    name: str
    subject: str
    at: datetime
    text: str
    attachments: tuple[str, ...]


def letters_to(address: str, *, limit: int = 200) -> list[Letter]:
    """Return the newest mails to an address, newest first; none where the site has no such mailbox."""
    found = [_letter(name, message) for name, message in _messages_to(address)]
    return sorted(found, key=lambda letter: (letter.at, letter.name), reverse=True)[:limit]


def enclosure(address: str, *, name: str, number: int) -> Attachment | None:
    """
    Return a file that came with a mail to an address; None where there is none, or the mail went to another.

    Parameters
    ----------
    name
        Of the letter.
    number
        Which of its files, counted from 0.
    """
    message = next((one for own, one in _messages_to(address) if own == name), None)
    parts = list(message.iter_attachments()) if message else []
    if number >= len(parts):
        return None
    part = parts[number]
    kind = part.get_content_type()
    if kind not in KEPT_TYPES:
        media_type = "application/octet-stream"
    else:
        method = str(part.get_param("method") or "")
        media_type = f"{kind}; method={method}" if method.isalpha() else kind
        media_type += "; charset=utf-8" if kind.startswith("text/") else ""
    return Attachment(
        name=part.get_filename() or "file",
        content=cast("bytes", part.get_payload(decode=True)) or b"",
        media_type=media_type,
    )


def _messages_to(address: str) -> Iterator[tuple[str, Message]]:
    """Yield each mail to an address with its name; none where the site has no such mailbox."""
    if not settings.PUNTE_MAILBOX or not address:
        return
    for path in Path(settings.PUNTE_MAILBOX).glob("*.eml"):
        content = path.read_bytes()
        message = cast("Message", message_from_bytes(content, policy=cast("Any", policy.default)))
        if address.lower() in str(message["To"]).lower().split(", "):
            yield path.stem, message


def letter_saying(address: str, words: str) -> Letter | None:
    """Return the newest mail to an address whose text has these words; None where there is none."""
    return next((one for one in letters_to(address) if words in one.text), None)


def _letter(name: str, message: Message) -> Letter:
    body = message.get_body(("plain",))
    return Letter(
        name=name,
        subject=str(message["Subject"]),
        at=_moment(message),
        text=body.get_content() if body else "",
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _moment(message: Message) -> datetime:
    """Return when it was written. A mail that says ``-0000`` gives its time in UTC, and Python reads that as no zone."""
    said = parsedate_to_datetime(str(message["Date"]))
    return said if said.tzinfo else said.replace(tzinfo=UTC)
