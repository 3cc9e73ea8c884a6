"""The organisers' side of the press page: the contact, releases and their files."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum import press
from punte.apps.forum.models import Edition, Release
from punte.kernel.errors import PunteError
from punte.web.files import file_of
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.kept_forms import form_again, status_of
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.parts import unknown_step
from punte.web.setup.reading import moment
from punte.web.setup.words import WORD, words_form, words_typed
from punte.web.typed import revision_read


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the contact and the releases; keep the contact, begin a release."""
    edition = open_edition(slug)
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            address = _take_step(request, edition)
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
            edition.refresh_from_db()
        else:
            return redirect(address)
    is_contact = request.POST.get("do") == "contact"
    contact = form_again(
        request,
        edition,
        "press contact",
        values={
            "name": edition.press_contact,
            "email": edition.press_email,
            "phone": edition.press_phone,
        },
        labels={"name": _("Name"), "email": _("E-mail address"), "phone": _("Telephone")},
        refused=refused if is_contact else None,
    )
    context = frame(
        request,
        edition,
        releases=list(edition.releases.all()),
        contact=contact,
        values={} if is_contact else request.POST.dict(),
    )
    return render(request, "setup/press.html", context, status=status_of(refused))


def _take_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    if data.get("do") == "contact":
        press.set_contact(
            by=by,
            edition=edition,
            name=data.get("name", ""),
            email=data.get("email", ""),
            phone=data.get("phone", ""),
            read_revision=revision_read(request),
        )
        messages.success(request, _("Kept."))
        return f"/e/{edition.slug}/set-up/press/"
    if data.get("do") == "write":
        made = press.write_release(
            by=by, edition=edition, title=data.get("title", ""), text=data.get("text", "")
        )
        messages.success(request, _("Written. It is a draft until you publish it."))
        return f"/e/{edition.slug}/set-up/press/{made.pk}/"
    raise unknown_step()


@require_http_methods(["GET", "POST"])
def show_release(request: HttpRequest, slug: str, release_id: UUID) -> HttpResponse:
    """Show a release; change its words, add or take away files, publish it, take it back, delete it."""
    edition = open_edition(slug)
    release = Release.objects.filter(edition=edition, pk=release_id).first()
    if release is None:
        raise Http404
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _take_release_step(request, edition, release))
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
            release.refresh_from_db()
        else:
            if request.POST.get("do") == "remove":
                return redirect("set_up_press", slug=slug)
            return redirect("set_up_release", slug=slug, release_id=release_id)
    files = release.files.defer("content")
    form = form_again(
        request,
        edition,
        press.form_of(release),
        values={"title": release.title, "text": release.text},
        labels={"title": _("Title"), "text": _("Text")},
        refused=refused if request.POST.get("do") == "change" else None,
    )
    until = request.POST.get("until", "")
    about, fault = press.form_of(release), refused if request.POST.get("do") == WORD else None
    words = words_form(request, edition, release, kind="release", about=about, refused=fault)
    context = frame(
        request, edition, release=release, files=files, until=until, words=words, **form
    )
    return render(request, "setup/release.html", context, status=status_of(refused))


def _take_release_step(request: HttpRequest, edition: Edition, release: Release) -> str:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "change":
        title, text = data.get("title", ""), data.get("text", "")
        press.write_release(
            by=by,
            edition=edition,
            title=title,
            text=text,
            release=release,
            read_revision=revision_read(request),
        )
        return _("Kept.")
    if deed == WORD:
        words = words_typed(data, edition, Release.WORDS)
        press.word_release(
            by=by, release=release, words=words, read_revision=revision_read(request)
        )
        return _("Kept.")
    if deed == "publish":
        press.publish_release(
            by=by,
            release=release,
            embargo_until=_embargo(data, edition),
            read_revision=revision_read(request),
        )
        return _("Published.")
    if deed == "back":
        press.take_back_release(by=by, release=release)
        return _("It is a draft again.")
    if deed == "remove":
        press.remove_release(by=by, release=release)
        return _("Deleted.")
    return _take_file_step(request, release)


def _take_file_step(request: HttpRequest, release: Release) -> str:
    data, by = request.POST, active_subject()
    deed = data.get("do", "")
    if deed == "file":
        handed = file_of(request, "file")
        if handed is None:
            raise PunteError(_("Choose a file."))
        press.add_file(by=by, release=release, name=handed[0], content=handed[1])
        return _("Added.")
    if deed == "file-away":
        press.remove_file(by=by, release=release, file_id=uuid_of(data.get("file", "")))
        return _("Taken away.")
    raise unknown_step()


def _embargo(data: QueryDict, edition: Edition) -> dt.datetime | None:
    text = data.get("until", "").strip()
    return moment(text, _("Embargo until"), edition.zone) if text else None
