"""Mails of the market: what a saved search found, who wrote about a need or an offer, who is interested."""

import datetime as dt
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from punte.apps.market.models import Interest, Listing, Relay, SavedSearch
from punte.apps.market.searches import FOUND_KIND, new_finds
from punte.apps.market.telling import INTEREST_KIND, MESSAGE_KIND
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind
from punte.apps.people.queries import subject_of_person


def _read_found(question: Question) -> MailContent | None:
    if question.about_id is None:
        return None
    search = SavedSearch.objects.filter(pk=question.about_id).first()
    if search is None:
        return None
    since = dt.datetime.fromisoformat(str(question.details["since"]))
    found = new_finds(search, subject_of_person(question.person.pk), since=since)
    if not found:
        return None
    titles = "\n".join(f"- {one.title}" for one in found[:20])
    return MailContent(
        values={"words": search.words, "titles": titles},
        path=f"/search/?{urlencode({'q': search.words})}",
    )


SEARCH_FOUND: Final = register_kind(
    MailKind(
        code=FOUND_KIND,
        title=_("A saved search found something new"),
        subject=_("New for your search “{words}”"),
        text=_(
            "Your saved search “{words}” finds what was published since you were last told:\n\n{titles}"
        ),
        examples={"words": "bridges", "titles": "- Mobile bridge"},
        read=_read_found,
    )
)


def _path(listing: Listing) -> str:
    return f"/{listing.side}s/{listing.pk}/"


def _read_message(question: Question) -> MailContent | None:
    listing = Listing.objects.filter(pk=question.about_id).first() if question.about_id else None
    if listing is None or "row" not in question.details:
        return None
    message = Relay.objects.filter(pk=str(question.details["row"]), listing=listing).first()
    if message is None:
        return None
    return MailContent(values={"title": listing.title, "text": message.text}, path=_path(listing))


def _read_interest(question: Question) -> MailContent | None:
    listing = Listing.objects.filter(pk=question.about_id).first() if question.about_id else None
    if listing is None or "row" not in question.details:
        return None
    interest = Interest.objects.filter(pk=str(question.details["row"]), listing=listing).first()
    if interest is None:
        return None
    return MailContent(
        values={
            "title": listing.title,
            "organisation": interest.name,
            "reason": interest.reason,
        },
        path=_path(listing),
    )


MESSAGE_SENT: Final = register_kind(
    MailKind(
        code=MESSAGE_KIND,
        title=_("Somebody writes to you about a need or an offer"),
        subject=_("A message about “{title}”"),
        text=_(
            "Dear {name},\n\nsomebody writes to you about “{title}”:\n\n{text}\n\nAnswer here: {link}\n"
        ),
        examples={"title": _("Mobile bridge"), "text": _("May we see the drawings?")},
        read=_read_message,
    )
)
INTEREST_SAID: Final = register_kind(
    MailKind(
        code=INTEREST_KIND,
        title=_("An organisation is interested in a need or an offer of yours"),
        subject=_("{organisation} is interested in “{title}”"),
        text=_("Dear {name},\n\n{organisation} is interested in “{title}”.\n{reason}\n\n{link}\n"),
        examples={
            "title": _("Mobile bridge"),
            "organisation": _("Example Works"),
            "reason": _("We make what your need asks for."),
        },
        read=_read_interest,
    )
)
