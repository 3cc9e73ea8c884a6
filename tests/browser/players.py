"""Somebody at a browser: what they see, what they press, and the mails they get."""

import re
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page

PASSWORD = "a bridge of plain words"
PATIENCE_S = 60
"""How long a mail or a timetable may take on a loaded machine [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """
    One person with a browser of their own.

    Parameters
    ----------
    site
        Its address, without a slash at the end.
    """

    page: Page
    site: str
    mailbox: Path
    email: str = ""

    def see(self, path: str) -> str:
        """Open a page that is there, and return what it says."""
        answer = self.page.goto(f"{self.site}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        return self.page.locator("body").inner_text()

    def status(self, path: str) -> int:
        """Return how the site answers an address, without following where it leads."""
        return self.page.request.get(f"{self.site}{path}", max_redirects=0).status

    def fill(self, **fields: str) -> None:
        """Write into fields by their name; a choice is chosen."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name={name}]:visible").first
            if field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def press(self, words: str, *, within: str = "main") -> str:
        """Press a button by its words, and return what the page says then."""
        button = self.page.locator(within).get_by_role("button", name=words, exact=True).first
        with self.page.expect_navigation():
            button.click()
        return self.page.locator("body").inner_text()

    def sign_up(self) -> None:
        """Open an account, with the code that comes by mail."""
        self.see("/accounts/signup/")
        self.fill(email=self.email, password1=PASSWORD, password2=PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("[name=password2]").press("Enter")
        code = self.await_mail(r"\n\s*([A-Z0-9]{4}-?[A-Z0-9]{4}|[A-Z0-9]{3}-?[A-Z0-9]{3})\s*\n")
        self.page.locator("[name=code]").fill(code)
        with self.page.expect_navigation():
            self.page.locator("[name=code]").press("Enter")
        assert self.page.locator("header").inner_text().find("Sign in") == -1

    def mails(self) -> list[str]:
        """Return the texts of the mails to this person, with their subjects, in no order."""
        found = []
        for path in self.mailbox.glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if self.email not in str(mail["To"]):
                continue
            parts = [part for part in mail.walk() if not part.is_multipart()]
            texts = [str(part.get_content()) for part in parts if "text" in part.get_content_type()]
            found.append("\n".join([f"Subject: {mail['Subject']}", *texts]))
        return found

    def await_mail(self, pattern: str) -> str:
        """Wait for a mail to this person that fits, and return the part of it in brackets."""
        limit = time.monotonic() + PATIENCE_S
        while time.monotonic() < limit:
            for text in self.mails():
                found = re.search(pattern, text)
                if found:
                    return found[1] if found.groups() else found[0]
            time.sleep(0.2)
        raise AssertionError(f"no mail to {self.email} fits {pattern!r}: {self.mails()}")
