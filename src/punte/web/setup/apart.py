"""Who never sits at one table: sides that are kept apart, and categories that do not ask one another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum.meeting_rules import allow_asking, forbid_asking
from punte.apps.forum.models import Edition, MeetingRule
from punte.apps.forum.registration_form import categories_of
from punte.apps.meetings import keeping_apart
from punte.kernel.errors import PunteError
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.files import apart_file
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.parts import unknown_step
from punte.web.tables import asked_ending


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show both lists; add a line, take one away, call off what stands between two sides."""
    edition = open_edition(slug)
    values: dict[str, str] = {}
    if request.method == "POST":
        try:
            messages.success(request, _take_step(request, edition))
        except PunteError as error:
            tell_refusal(request, error)
            values = {key: str(value) for key, value in request.POST.items()}
        else:
            return redirect("set_up_apart", slug=slug)
    rules = MeetingRule.objects.filter(edition=edition).select_related("sender", "receiver")
    lines = keeping_apart.list_apart(edition)
    if ending := asked_ending(request):
        return apart_file(edition, lines, rules, ending=ending)
    return render(
        request,
        "setup/apart.html",
        frame(
            request,
            edition,
            lines=lines,
            sides=keeping_apart.suggested_sides(edition),
            rules=rules,
            categories=categories_of(edition),
            values=values,
        ),
    )


def _take_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    deed, pair = data.get("do", ""), uuid_of(data.get("pair", ""))
    if deed == "add":
        one, other = (
            keeping_apart.find_side(edition, data.get(name, "").replace("\x00", ""))
            for name in ("one", "other")
        )
        keeping_apart.keep_apart(
            by=by, edition=edition, one=one, other=other, reason=data.get("reason", "")
        )
        return _("Kept. They are not asked for, solved or booked with one another from now on.")
    if deed == "away":
        keeping_apart.let_meet(by=by, edition=edition, pair_id=pair)
        return _("Taken away: the two may meet.")
    if deed == "off":
        count = keeping_apart.call_off_between(
            by=by, edition=edition, pair_id=pair, answer=data.get("answer", "")
        )
        return ngettext(
            "%(count)d request called off.", "%(count)d requests called off.", count
        ) % {"count": count}
    return _take_rule_step(request, edition)


def _take_rule_step(request: HttpRequest, edition: Edition) -> str:
    data, by = request.POST, active_subject()
    if data.get("do") == "rule":
        forbid_asking(
            by=by,
            edition=edition,
            sender=data.get("sender", ""),
            receiver=data.get("receiver", ""),
            reason=data.get("reason", ""),
        )
    elif data.get("do") == "rule-away":
        allow_asking(by=by, edition=edition, rule_id=uuid_of(data.get("rule", "")))
    else:
        raise unknown_step()
    return _("Kept.")
