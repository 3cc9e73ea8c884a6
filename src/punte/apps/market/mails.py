"""Mails of the market: what a saved search found."""

import datetime as dt
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from punte.apps.market.models import SavedSearch
from punte.apps.market.searches import FOUND_KIND, new_finds
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
