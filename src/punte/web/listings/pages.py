"""Pages of needs and offers that show and that take texts."""

from collections.abc import Container
from typing import Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.classified import ClassifiedError
from punte.apps.access.permissions import Subject
from punte.apps.access.queries import explain
from punte.apps.funding.permissions import may_judge
from punte.apps.market.actions import (
    draft_listing,
    edit_listing,
)
from punte.apps.market.bridge import NAMED, fits_of, unknown_areas, unknown_cpv
from punte.apps.market.forms import ListingForm, TranslationForm, initial_of
from punte.apps.market.models import Listing, own_names
from punte.apps.market.permissions import (
    edition_for,
    may_answer,
    may_bring_together,
    may_draft,
    may_edit,
    may_review,
)
from punte.apps.market.queries import (
    Filter,
    budget_of,
    languages_of,
    lines_of,
    listing_of,
    messages_about,
    others_of,
    owner_of,
    page_of_listings,
    titles_in,
    unmeasured_languages,
    waiting_for_review,
    written_in_language,
)
from punte.apps.market.translating import set_translation
from punte.apps.market.verdicts import own_verdicts, say_fit
from punte.apps.market.waiting import change_of, is_waiting, newest_revision
from punte.apps.meetings.disclosing import disclosed_about
from punte.apps.programmes.models.capability import AREAS
from punte.apps.programmes.queries import find_milestone
from punte.kernel.errors import ChangedMeanwhileError, PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.cooperation.talks import talks_about
from punte.web.listings.interested import interested_in
from punte.web.listings.waiting import said_of_change
from punte.web.navigation import main_items
from punte.web.refusals import refusal, tell_refusal
from punte.web.typed import revision_read, typed_before

MOST_FITS: Final = 50
"""Listings that the page of what fits names at most."""


def subject_of(request: HttpRequest) -> Subject:
    """Return in whose name the page reads."""
    return cast("Subject", request.subject)  # type: ignore[attr-defined]


def written_in(request: HttpRequest, name: str) -> str:
    """Return what was written into a field of a small form, without what a database cannot hold."""
    return request.POST.get(name, "").replace("\x00", "")


def address_of(listing: Listing, name: str = "") -> str:
    """Return the name of a listing's address for ``redirect``."""
    return f"listings:{listing.side}{name}"


def found_or_404(listing_id: UUID, side: str) -> Listing:
    """Return a listing the reader sees; a hidden one and one that never was get the same answer."""
    listing = listing_of(listing_id, side)
    if listing is None:
        raise Http404
    return listing


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Return one of these pages, with the links on top."""
    links = {"navigation": main_items(request)}
    return render(request, template, {**links, **context}, status=status)


def filter_of(request: HttpRequest, side: str, subject: Subject) -> Filter:
    """Return to what the address narrows a list, or the table of it."""
    return Filter(
        side=side,
        words=request.GET.get("q", "")[:200].replace("\x00", ""),
        kind=_known(request.GET.get("kind", ""), Listing.Kind.values),
        language=_known(request.GET.get("lang", ""), own_names()),
        mine=request.GET.get("mine") == "1" and may_draft(subject),
    )


@login_not_required
@require_GET
def show_list(request: HttpRequest, side: str) -> HttpResponse:
    """List the needs, or the offers, that the reader may see."""
    subject = subject_of(request)
    wanted = filter_of(request, side, subject)
    number = request.GET.get("page", "1")
    found = page_of_listings(
        wanted, subject, number=int(number) if number.isdecimal() and len(number) < 7 else 1
    )
    context = {
        "side": side,
        "page": found,
        "wanted": wanted,
        "kinds": Listing.Kind.choices,
        "languages": languages_of(wanted, subject),
        "may_draft": may_draft(subject),
        "may_bring_together": may_bring_together(subject),
        "reviews": len(waiting_for_review(subject)),
        "query": urlencode({k: v for k, v in request.GET.items() if k != "page"}),
    }
    return page(request, "listings/list.html", context)


def _known(value: str, values: Container[str]) -> str:
    return value if value in values else ""


@login_not_required
@require_GET
def show_one(request: HttpRequest, side: str, listing_id: UUID) -> HttpResponse:
    """Show one need or offer, in its original with the translations beside it, and why the reader sees it."""
    listing = found_or_404(listing_id, side)
    shown = describe(listing, subject_of(request))
    return page(request, "listings/one.html", shown | {"typed": typed_before(request)})


def describe(listing: Listing, subject: Subject) -> dict[str, Any]:
    """Return what the page of a listing shows to this reader."""
    is_owner = subject.org_id == listing.owner_org_id
    milestone = find_milestone(listing.milestone_id) if listing.milestone_id else None
    return {
        "listing": listing,
        "side": listing.side,
        "owner": owner_of(listing),
        "budget": budget_of(listing),
        "translations": list(listing.translations.all()),
        "waiting": list(listing.waiting.all()),
        "change": said_of_change(listing),
        "reviews_waiting": may_review(subject, listing),
        "why": explain(subject, listing),
        "marking": listing.label_tlp,
        "may_edit": may_edit(subject, listing),
        "may_review": may_review(subject, listing) and listing.state == Listing.State.IN_REVIEW,
        "may_answer": may_answer(subject, listing),
        "may_judge": may_judge(subject),
        "is_owner": is_owner,
        "shows_fits": may_draft(subject) and listing.state == Listing.State.PUBLISHED,
        "milestone": milestone,
        "talks": talks_about(
            programme_id=milestone.programme_id if milestone else None, areas=listing.capability
        ),
        "chains": chains_through(cooperations_of(listing_id=listing.pk)),
        "interests": interested_in(listing, subject),
        "letters": messages_about(listing),
        "disclosed": disclosed_about(listing),
        "revisions": list(listing.revisions.all()) if is_owner else [],
    }


@require_http_methods(["GET", "POST"])
def show_fits(request: HttpRequest, side: str, listing_id: UUID) -> HttpResponse:
    """Show what fits a listing, with the reasons, and take what the reader says of it; a part of its page."""
    listing, subject = found_or_404(listing_id, side), subject_of(request)
    if request.method == "POST":
        return _judge(request, listing, subject)
    top = MOST_FITS if request.GET.get("more") else NAMED
    others = others_of(listing, subject)
    fits = fits_of(listing, others, by=subject, top=top)
    owners = {line.id: line for line in lines_of([fit.listing for fit in fits.fits])}
    said = own_verdicts(listing, subject)
    language = (get_language() or "en").partition("-")[0]
    titles = titles_in(language, owners)
    shown = []
    for fit in fits.fits:
        key = fit.listing.pk
        shown.append((fit, owners[key], said.get(key), titles.get(key)))
    context = {
        "listing": listing,
        "side": side,
        "fits": shown,
        "reading": fits.reading,
        "unmeasured": unmeasured_languages(listing, others),
        "is_cut": fits.is_cut,
        "top": top,
        "most": MOST_FITS,
        "language": language,
        "may_judge": may_draft(subject),
    }
    return page(request, "listings/fits.html", context)


def _judge(request: HttpRequest, listing: Listing, subject: Subject) -> HttpResponse:
    """Keep what the reader says of one fit, and lead back to the listing."""
    other = "offer" if listing.side == Listing.Side.NEED else "need"
    try:
        key = UUID(request.POST.get("other", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        say_fit(
            by=subject,
            listing=listing,
            other=found_or_404(key, other),
            fits=request.POST.get("do") == "fits",
            why=written_in(request, "why"),
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Kept to measure the matching with. It changes no ranking."))
    return redirect(address_of(listing), listing_id=listing.pk)


@require_http_methods(["GET", "POST"])
def write_new(request: HttpRequest, side: str) -> HttpResponse:
    """Write a new need or offer; it stays a draft until it is submitted."""
    subject = subject_of(request)
    if not may_draft(subject):
        raise Http404
    form = ListingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            listing = draft_listing(by=subject, draft=form.draft(side, edition_for(subject)))
        except PunteError as error:
            form.add_error(error.field if error.field in form.fields else None, refusal(error))
        else:
            messages.success(request, _("Saved as a draft. Nobody else sees it yet."))
            _hint_at_codes(request, listing)
            return redirect(address_of(listing), listing_id=listing.pk)
    return page(request, "listings/write.html", {"form": form, "side": side})


@require_http_methods(["GET", "POST"])
def edit_one(request: HttpRequest, side: str, listing_id: UUID) -> HttpResponse:
    """Change a listing; two people who write at once do not overwrite each other."""
    listing, subject = found_or_404(listing_id, side), subject_of(request)
    if not may_edit(subject, listing):
        raise Http404
    form = ListingForm(request.POST or None, initial=initial_of(listing))
    meanwhile = ""
    if request.method == "POST" and form.is_valid():
        try:
            edit_listing(
                by=subject,
                listing=listing,
                draft=form.draft(side, listing.edition_id),
                read_revision=revision_read(request),
            )
        except ChangedMeanwhileError as error:
            listing.refresh_from_db()
            meanwhile = refusal(error)
        except PunteError as error:
            form.add_error(error.field if error.field in form.fields else None, refusal(error))
        else:
            messages.success(request, _change_waits() if is_waiting(listing) else _("Saved."))
            _hint_at_codes(request, listing)
            return redirect(address_of(listing), listing_id=listing.pk)
    # Who is refused for a fault of their own still read what they read.
    is_refused = request.method == "POST" and not meanwhile
    context = {
        "form": form,
        "side": side,
        "listing": listing,
        "revision": revision_read(request) if is_refused else newest_revision(listing),
        "change": change_of(listing),
        "meanwhile": meanwhile,
    }
    return page(request, "listings/write.html", context, status=409 if meanwhile else 200)


@require_http_methods(["GET", "POST"])
def translate_one(request: HttpRequest, side: str, listing_id: UUID) -> HttpResponse:
    """Write the owner's own translation, beside the original."""
    listing, subject = found_or_404(listing_id, side), subject_of(request)
    if not may_edit(subject, listing):
        raise Http404
    written = written_in_language(listing, request.GET.get("language", "")[:8])
    form = TranslationForm(request.POST or None, initial=written, original=listing.language)
    if request.method == "POST" and form.is_valid():
        try:
            waits = set_translation(by=subject, listing=listing, **form.cleaned_data)
        except ClassifiedError as error:
            form.add_error(error.field if error.field in form.fields else None, refusal(error))
        else:
            messages.success(
                request, _waits() if waits else _("The translation is shown beside the original.")
            )
            return redirect(address_of(listing), listing_id=listing.pk)
    context = {"form": form, "side": side, "listing": listing}
    return page(request, "listings/translate.html", context)


def _hint_at_codes(request: HttpRequest, listing: Listing) -> None:
    """Say of codes that no list has, and that the listing held before or the site invented, that they may be mistyped."""
    for code in unknown_cpv(listing.cpv):
        said = _("Check %(code)s: it is no code of the CPV vocabulary.")
        messages.warning(request, said % {"code": code})
    for code in unknown_areas(listing.capability):
        said = _("Check %(code)s: it is none of the capability areas, which are %(areas)s.")
        messages.warning(request, said % {"code": code, "areas": ", ".join(AREAS)})


def _waits() -> str:
    """Return what becomes of a translation of something that is published."""
    return _(
        "The translation waits for review: until it is published, only your organisation and the reviewers see it."
    )


def _change_waits() -> str:
    """Return what becomes of a change of something that is published."""
    return _(
        "Saved. The change waits for review: until it is published, others read what was published before. "
        "Whatever lets fewer people see it acts already."
    )


@require_GET
def show_review(request: HttpRequest) -> HttpResponse:
    """List what waits for the reader's review."""
    lines = waiting_for_review(subject_of(request))
    return page(request, "listings/review.html", {"lines": lines})
