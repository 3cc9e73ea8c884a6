"""A mail server that writes down each mail that is handed to it, one line each: what comes twice is there twice."""

import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

NOTE = "handed-over"


class CountedMails(BaseEmailBackend):
    """Take mails, slowly enough to be killed among them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Note the Message-ID of each."""
        for mail in email_messages:
            with (Path(settings.PUNTE_MAILBOX) / NOTE).open("a", encoding="utf-8") as file:
                file.write(f"{mail.message()['Message-ID']}\n")
            time.sleep(0.05)
        return len(email_messages)
