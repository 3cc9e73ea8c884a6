"""What a person wants to be told, and, where mails go into files, the person's own mailbox."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.people.mail import set_opt_out
from punte.apps.people.mail_kinds import KINDS
from punte.apps.people.mailbox import enclosure, letters_to
from punte.apps.people.models import MailOptOut
from punte.web.files import file_response
from punte.web.mailing.linked import linked
from punte.web.navigation import main_items
from punte.web.people.nobody import nobody_yet
from punte.web.ui.context import own_zone


@require_http_methods(["GET", "POST"])
def show_wishes(request: HttpRequest) -> HttpResponse:
    """Show the kinds of mail; refuse some, or want them again."""
    subject = active_subject()
    if subject.person_id is None:
        raise nobody_yet()
    refused = set(
        MailOptOut.objects.filter(person_id=subject.person_id).values_list("kind", flat=True)
    )
    choices = [kind for kind in KINDS.values() if kind.may_opt_out]
    if request.method == "POST":
        for kind in choices:
            is_wanted = kind.code in request.POST
            if is_wanted == (kind.code in refused):
                set_opt_out(by=subject, kind=kind.code, is_wanted=is_wanted)
        messages.success(request, _("Kept."))
        return redirect("mail_wishes")
    return render(
        request,
        "mailing/wishes.html",
        {
            "rows": [(kind, kind.code not in refused) for kind in choices],
            "always": [kind for kind in KINDS.values() if not kind.may_opt_out],
            "navigation": main_items(request),
            "has_mailbox": bool(settings.PUNTE_MAILBOX),
        },
    )


@require_GET
def show_mailbox(request: HttpRequest) -> HttpResponse:
    """Show the reader's own mails, where the site keeps them as files."""
    if not settings.PUNTE_MAILBOX:
        raise Http404
    address = getattr(request.user, "email", "")
    return render(
        request,
        "mailing/mailbox.html",
        {
            "letters": [(letter, linked(letter.text)) for letter in letters_to(address)],
            "address": address,
            "zone": own_zone(request) or ZoneInfo(settings.TIME_ZONE),
            "navigation": main_items(request),
        },
    )


@require_GET
def show_enclosure(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Give a file that came with one of the reader's own mails, to keep: no browser shows it in a page of this site."""
    address = getattr(request.user, "email", "")
    file = enclosure(address, name=name, number=number)
    if file is None:
        raise Http404
    return file_response(file)
