"""The check-in desk that works without a network: its page, its signed list, and how a device installs it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from punte.apps.access.permissions import active_subject
from punte.apps.cooperation.snapshot import public_key, take_snapshot
from punte.web.cooperation.desk import edition_or_404
from punte.web.worker import app_manifest


def _words() -> dict[str, str]:
    """Return what the page says while no server can say it."""
    return {
        "in": _("{name} is checked in."),
        "again": _("{name} was checked in before, {when}."),
        "undo": _("{name}: taken back."),
        "unknown": _(
            "{code} is not in this desk's list. The scan is kept, and decided when it is sent."
        ),
        "unreadable": _("“{code}” is no code of a badge."),
        "here": _("here"),
        "not_yet": _("not yet"),
        "check_in": _("Check in"),
        "take_back": _("Take back"),
        "scanned_again": _("scanned again"),
        "nobody": _("Nobody fits"),
        "all_sent": _("Everything is sent."),
        "unsent": _("Not sent yet: {count}"),
        "online": _("network"),
        "offline": _("no network"),
        "sent": _("Came in: {new}. Known before: {known}."),
        "unknown_codes": _("No badge carries these codes: {codes}."),
        "conflicts": _(
            "Identifiers that stand for two different scans: {count}. Both were kept. "
            "Look at the devices of these desks: {desks}."
        ),
        "sign_in": _("Sign in again to send the scans. They are safe on this device."),
        "wrong_key": _("This key does not open the list. Look at what was written down."),
        "expired": _(
            "The list has run out, or was not made by this site. It was removed; prepare the desk anew."
        ),
        "clock": _("The clock of this device was set back. Set it right, then open the list."),
        "list": _("List of {made} (names: {count}), opens until {until}."),
        "failed": _("This did not work: {reason}"),
        "needs_network": _("Preparing a desk takes the network once. Try again when it is there."),
        "insecure": _(
            "A desk without a network takes https and a browser with service workers. "
            "Use the desk with a network, or ask who runs the site."
        ),
    }


def _words_of_doubt() -> dict[str, str]:
    """Return what the page says of scans that the site did not take, and of a site that does not answer."""
    return {
        "silent": _("no answer"),
        "no_answer": _(
            "The site does not answer. The scans are safe on this device, and are sent when it does."
        ),
        "odd_answer": _("the site gave an answer that this page does not read ({status})"),
        "elsewhere": _("Checked in at another desk as well: {names}."),
        "turned_away": _(
            "Let in though withdrawn or suspended: {names}. The scans are kept; call the organisers."
        ),
        "late_undos": _(
            "Taken back with an earlier time than checked in, and so still here: {names}."
        ),
        "changed": _(
            "The key is right, but the list on this device was changed or is damaged. Remove it, and prepare the desk anew."
        ),
        "ahead": _("This time has not come yet."),
        "early": _("This time lies long before the edition."),
        "marked": _(
            "The desk's name carries a marking. Name the desk anew above, then send the scan again."
        ),
        "no_badge": _("No badge carries this code."),
        "right_time": _("Right time"),
        "correct": _("Correct the time"),
        "again_send": _("Send again"),
        "drop": _("Drop"),
        "sure": _("Drop for good"),
    }


@require_safe
@never_cache
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the desk's page; it holds nobody's data, so that a browser may keep it."""
    edition = edition_or_404(slug)
    return render(
        request,
        "cooperation/offline.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "words": _words() | _words_of_doubt(),
            "public_key": public_key(),
            "desk": request.session.get("desk", ""),
        },
    )


@require_POST
@never_cache
def give_snapshot(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the list that the desk may see, signed; the browser encrypts it before it keeps it."""
    del request
    edition = edition_or_404(slug)
    made = take_snapshot(by=active_subject(), edition=edition)
    return JsonResponse({"text": made.text, "signature": made.signature})


@require_GET
@never_cache
def give_manifest(request: HttpRequest, slug: str) -> HttpResponse:
    """Say how the desk is installed as an app."""
    del request
    edition = edition_or_404(slug)
    address = f"/e/{edition.slug}/check-in/offline/"
    return app_manifest(
        address=address,
        scope=address,
        name=_("Check-in: %(edition)s") % {"edition": edition.name},
        short_name=_("Check-in"),
    )
