"""
The kinds of mail that Punte sends: what each says, and how its content is read in the name of its reader.

Each app registers its kinds in a module ``mails.py``, imported when the app is ready.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from punte.apps.people.models import Person
from punte.kernel.errors import PunteError

Words = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail; ``media_type`` with its parameters, such as ``text/calendar; method=REQUEST``."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """
    One piece of news that can change again, as a reader is told it.

    Parameters
    ----------
    sequence
        Grows with each change [count].
    digest
        Of the words; the same where the reader would be told the same.
    """

    sequence: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailContent:
    """
    What one reader is told.

    Parameters
    ----------
    values
        For the placeholders of the kind.
    path
        The page where it goes on, such as ``/e/…/my/``; empty where there is none.
    said
        By identifier, the news that can change again: kept with the mail, so that the next one knows what the reader has.
    """

    values: Mapping[str, str]
    path: str = ""
    attachments: tuple[Attachment, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which mail is to be filled: its reader and what it is about."""

    mail_id: UUID
    person: Person
    edition_id: UUID | None
    about_id: UUID | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """
    One kind of mail.

    Parameters
    ----------
    code
        Such as ``timetable.published``.
    subject, text
        The platform's own words, with placeholders in braces.
    examples
        For each placeholder a value that shows what stands there.
    read
        Returns the content as the reader may see it now, or None where nothing is left to tell. Runs in the
        reader's name.
    may_opt_out
        Whether a person can refuse it.
    is_link_a_key
        Whether its link opens something to whoever has it: nobody but the reader is shown it.
    """

    code: str
    title: Words
    subject: Words
    text: Words
    examples: Mapping[str, Words]
    read: Callable[[Question], MailContent | None] = field(repr=False)
    may_opt_out: bool = True
    is_link_a_key: bool = False


KINDS: Final[dict[str, MailKind]] = {}


def register_kind(kind: MailKind) -> MailKind:
    """
    Make a kind known.

    Raises
    ------
    ValueError
        Its own words have a placeholder without an example.
    """
    for words in (kind.subject, kind.text):
        unknown = _placeholders(str(words)) - kind.examples.keys() - ALWAYS
        if unknown:
            raise ValueError(f"{kind.code} has no example for {sorted(unknown)}.")
    KINDS[kind.code] = kind
    return kind


ALWAYS: Final = frozenset({"name", "link"})
"""Placeholders that every kind has: the reader's name, and the address of the page."""


def kind_of(code: str) -> MailKind:
    """
    Return a kind by its code.

    Raises
    ------
    PunteError
        There is no such kind.
    """
    if code not in KINDS:
        raise PunteError(
            _("There is no mail of the kind “%(kind)s”. Choose one from the list.") % {"kind": code}
        )
    return KINDS[code]


def fill(words: str, values: Mapping[str, str]) -> str:
    """Return the words with their placeholders filled; one without a value is left out, and the blank lines round it."""
    return re.sub("\n{3,}", "\n\n", words.format_map(_Blank(values)))


def check_wording(kind: MailKind, words: str) -> None:
    """
    Refuse words with a placeholder that the kind does not have.

    Raises
    ------
    PunteError
        Saying which, and which there are.
    """
    known = kind.examples.keys() | ALWAYS
    try:
        used = _placeholders(words)
    except ValueError as error:
        raise PunteError(
            _("A brace stands alone. Write placeholders such as {name}, and a brace itself twice.")
        ) from error
    unknown = used - known
    if unknown:
        raise PunteError(
            _("There is no placeholder {%(name)s} in this mail. There are: %(known)s.")
            % {
                "name": min(unknown),
                "known": ", ".join(f"{{{name}}}" for name in sorted(known)),
            }
        )


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def _placeholders(words: str) -> set[str]:
    """Return the names between braces; an attribute or an index counts as a name that nobody has."""
    found = set()
    for _literal, name, format_spec, conversion in Formatter().parse(words):
        if name is not None:
            found.add(name + (f":{format_spec}" if format_spec or conversion else ""))
    return found
