"""The agenda on other sites: the frame to copy, and the feed of what each release changed. Both as a visitor sees it."""

import datetime as dt
import uuid
from typing import Final
from xml.sax.saxutils import quoteattr

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from punte.apps.access.permissions import VISITOR, acting
from punte.apps.forum import agenda
from punte.apps.forum.models import AgendaChange, Edition
from punte.web.agenda.pages import asked_day, asked_language, days_of, edition_or_404, frame
from punte.web.ui.templatetags.ui import moment

FRAME_HEIGHT_PX: Final = 800


@login_not_required
@require_GET
def show_snippet(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the line of HTML that puts the agenda into a page of another site, in a language and for a day."""
    edition = edition_or_404(slug)
    with acting(VISITOR):
        days = [one["day"] for one in days_of(edition, agenda.released_sessions(edition.pk))]
    language, day = asked_language(request), asked_day(request)
    day = day if day in days else None
    wished = {"language": language, "day": day.isoformat() if day else ""}
    query = urlencode({key: value for key, value in wished.items() if value})
    place = request.build_absolute_uri(f"/e/{edition.slug}/agenda/embed/")
    return render(
        request,
        "agenda/snippet.html",
        frame(
            request,
            edition,
            days=days,
            day=day,
            languages=settings.LANGUAGES,
            language=language,
            snippet=_snippet(edition, f"{place}?{query}" if query else place),
            embedded=f"/e/{edition.slug}/agenda/embed/{'?' if query else ''}{query}",
        ),
    )


def _snippet(edition: Edition, address: str) -> str:
    title = quoteattr(f"{_('Agenda')}: {edition.said['name']}")
    return (
        f"<iframe src={quoteattr(address)} title={title} "
        f'width="100%" height="{FRAME_HEIGHT_PX}" loading="lazy" style="border:0"></iframe>'
    )


class _Feed(Atom1Feed):
    """Atom whose moment is that of the newest entry, and the edition's first where there is none: the same each time."""

    def latest_post_date(self) -> dt.datetime:
        """Return when the feed last changed."""
        newest: dt.datetime = super().latest_post_date() if self.items else self.feed["since"]
        return newest


@login_not_required
@require_GET
def give_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the releases of the agenda as Atom, with the changes that a visitor sees, whoever asks."""
    with acting(VISITOR):
        edition = edition_or_404(slug)
        language = asked_language(request) or _first_language(edition)
        with translation.override(language):
            feed = _feed(request, edition, language)
            for release in agenda.list_releases(edition.pk):
                feed.add_item(
                    title=_title(edition, release),
                    link=request.build_absolute_uri(f"/e/{edition.slug}/agenda/changes/"),
                    description=_described(edition, release.changes),
                    unique_id=f"urn:uuid:{release.release_id}",
                    updateddate=release.at,
                    pubdate=release.at,
                )
    answer = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    answer["Content-Language"] = language
    feed.write(answer, "utf-8")
    return answer


def _feed(request: HttpRequest, edition: Edition, language: str) -> _Feed:
    place = request.build_absolute_uri(f"/e/{edition.slug}/agenda/")
    return _Feed(
        title=f"{edition.said['name']}: {_('What changed in the agenda')}",
        link=f"{place}changes/",
        description=str(edition.said["theme"]),
        language=language,
        author_name=str(edition.said["forum"]),
        feed_url=f"{place}changes.atom?language={language}",
        feed_guid=f"urn:uuid:{uuid.uuid5(edition.pk, f'changes of the agenda, {language}')}",
        since=dt.datetime.combine(edition.starts_on, dt.time(), edition.zone),
    )


def _first_language(edition: Edition) -> str:
    known = dict(settings.LANGUAGES)
    codes = (code.strip() for code in edition.languages.split(","))
    return next((code for code in codes if code in known), settings.LANGUAGE_CODE)


def _title(edition: Edition, release: agenda.ReleaseNote) -> str:
    title = _("Released on %(when)s") % {"when": moment(release.at, edition.zone)}
    return f"{title}: {release.note}" if release.note else title


def _described(edition: Edition, changes: tuple[AgendaChange, ...]) -> str:
    """Return the changes as a list in HTML."""
    rows = format_html_join("", "<li>{}</li>", ((_change(edition, one),) for one in changes))
    return format_html("<ul>{}</ul>", rows)


def _change(edition: Edition, change: AgendaChange) -> str:
    said = change.said
    told = [f"{change.get_what_display()}: {said['title']}", moment(change.starts_at, edition.zone)]
    if change.place_name:
        told.append(said["place_name"])
    if change.was_at:
        before = _("before: %(before)s") % {"before": moment(change.was_at, edition.zone)}
        told.append(f"{before}, {said['was_in']}" if change.was_in else before)
    return ", ".join(told)
