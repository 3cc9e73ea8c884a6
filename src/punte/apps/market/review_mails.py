"""Mails about the review of needs and offers, and about their last day."""

import datetime as dt
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from punte.apps.access.permissions import active_subject
from punte.apps.market.models import (
    Listing,
    WaitingChange,
    WaitingTranslation,
    language_name,
    own_names,
)
from punte.apps.market.queries import waiting_for_review
from punte.apps.market.review_news import (
    EXPIRES_KIND,
    PUBLISHED_KIND,
    REVIEW_KIND,
    SENT_BACK_KIND,
)
from punte.apps.people.mail_kinds import MailContent, MailKind, Question, register_kind

MOST_TITLES: Final = 20


def _listing(question: Question) -> Listing | None:
    return Listing.objects.filter(pk=question.about_id).first() if question.about_id else None


def _path(listing: Listing) -> str:
    return f"/{listing.side}s/{listing.pk}/"


def _read_review(question: Question) -> MailContent | None:
    lines = waiting_for_review(active_subject(), edition_id=question.edition_id)
    if not lines:
        return None
    titles = "\n".join(f"- {line.title}" for line in lines[:MOST_TITLES])
    return MailContent(
        values={"count": str(len(lines)), "titles": titles}, path="/listings/review/"
    )


def _read_published(question: Question) -> MailContent | None:
    listing = _listing(question)
    if listing is None or listing.state != Listing.State.PUBLISHED:
        return None
    what = str(question.details.get("what", ""))
    return MailContent(values={"title": listing.title, "what": _what(what)}, path=_path(listing))


def _what(what: str) -> str:
    if what == "change":
        return _now("your change")
    if what in own_names():
        return _now("your translation into %(language)s") % {"language": language_name(what)}
    return _now("what you wrote")


def _read_sent_back(question: Question) -> MailContent | None:
    listing = _listing(question)
    if listing is None:
        return None
    key = str(question.details.get("row", ""))
    note = listing.review_note if key == str(listing.pk) else _note(listing, key)
    return (
        MailContent(values={"title": listing.title, "note": note}, path=_path(listing))
        if note
        else None
    )


def _note(listing: Listing, key: str) -> str:
    for model in (WaitingChange, WaitingTranslation):
        for row in model.objects.filter(listing=listing):
            if str(row.pk) == key:
                return row.review_note
    return ""


def _read_expires(question: Question) -> MailContent | None:
    listing, today = _listing(question), timezone.localdate()
    if listing is None or listing.state != Listing.State.PUBLISHED or listing.expires_on is None:
        return None
    if str(listing.expires_on) != question.details.get("until") or listing.expires_on < today:
        return None
    left: dt.timedelta = listing.expires_on - today
    return MailContent(
        values={
            "title": listing.title,
            "days": str(left.days),
            "day": listing.expires_on.isoformat(),
        },
        path=_path(listing),
    )


WAITS: Final = register_kind(
    MailKind(
        code=REVIEW_KIND,
        title=_("Needs and offers wait for your review"),
        subject=_("For your review: {count}"),
        text=_(
            "Dear {name},\n\nthese needs and offers, or changes of them, wait for your review:\n\n{titles}\n\n"
            "Publish them or send them back here: {link}\n"
        ),
        examples={"count": "2", "titles": "- Mobile bridge\n- Field hospital"},
        read=_read_review,
    )
)
PUBLISHED: Final = register_kind(
    MailKind(
        code=PUBLISHED_KIND,
        title=_("A need or an offer of yours is published"),
        subject=_("Published: “{title}”"),
        text=_(
            "Dear {name},\n\n{what} is published: “{title}”. Those whom you chose see it now.\n\n{link}\n"
        ),
        examples={"title": _("Mobile bridge"), "what": _("what you wrote")},
        read=_read_published,
    )
)
SENT_BACK: Final = register_kind(
    MailKind(
        code=SENT_BACK_KIND,
        title=_("A need or an offer of yours is sent back"),
        subject=_("Sent back: “{title}”"),
        text=_(
            "Dear {name},\n\nthe reviewer asks for a change of what you wrote about “{title}”:\n\n{note}\n\n"
            "Change it here and hand it in again: {link}\n"
        ),
        examples={"title": _("Mobile bridge"), "note": _("Which load does it carry?")},
        read=_read_sent_back,
    )
)
EXPIRES: Final = register_kind(
    MailKind(
        code=EXPIRES_KIND,
        title=_("A need or an offer of yours ends soon"),
        subject=_("“{title}” ends on {day}"),
        text=_(
            "Dear {name},\n\n“{title}” is valid until {day}; days left: {days}. After that nobody finds it any more.\n\n"
            "Give it a new last day here, or let it end: {link}\n"
        ),
        examples={"title": _("Mobile bridge"), "day": "2025-11-05", "days": "14"},
        read=_read_expires,
    )
)
