"""One declaration: what it says, who may read it, its history, and what its authority does with it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import explain
from punte.apps.cooperation import gifts as actions
from punte.apps.cooperation.models import Gift, GiftStep
from punte.apps.cooperation.reminders import colleagues
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import id_from
from punte.web.gifts.frame import audiences, declared_from, edition_or_404, fields_context, page
from punte.web.refusals import tell_refusal
from punte.web.typed import keep_typed, typed_before

FIELDS: Final = {
    "kind": gettext_lazy("kind"),
    "way": gettext_lazy("who offered it"),
    "became": gettext_lazy("what became of it"),
    "what": gettext_lazy("what it was"),
    "on": gettext_lazy("when"),
    "other_name": gettext_lazy("other organisation"),
    "worth": gettext_lazy("estimated value"),
    "currency": gettext_lazy("currency"),
    "note": gettext_lazy("note"),
}
"""What can be corrected, in words."""


@login_not_required
@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, slug: str, gift_id: UUID) -> HttpResponse:
    """Show a declaration with its history; correct, hand on, release or withdraw it."""
    edition = edition_or_404(slug)
    row = Gift.objects.filter(pk=gift_id, edition=edition).first()
    if row is None:
        raise Http404
    subject = active_subject()
    may_keep = actions.may_keep(subject, row)
    if request.method == "POST":
        if not may_keep:
            raise Http404
        return _step(request, row, slug)
    typed = typed_before(request)
    people = colleagues(row.owner_org_id, timezone.localdate()) if may_keep else []
    is_own = subject.org_id == row.owner_org_id
    return page(
        request,
        edition,
        "gift.html",
        row=row,
        is_own=is_own,
        may_keep=may_keep,
        has_left=may_keep and all(one.id != row.by_id for one in people),
        colleagues=people,
        steps=[(one, _before(one)) for one in row.steps.all()],
        read=actions.revision_of(row),
        typed=typed,
        form=fields_context(edition, typed if typed.get("form") == "correct" else {}, row)
        if may_keep
        else {},
        audiences=audiences(),
        audience=actions.audience_of_gift(row),
        why=explain(subject, row),
        marking=row.label_tlp,
        synthetic=row.is_synthetic,
    )


def _before(step: GiftStep) -> list[tuple[str, str]]:
    """Return what stood in each field that a correction changed, in words."""
    choices = {"kind": Gift.Kind, "way": Gift.Way, "became": Gift.Became}
    lines = []
    for name, words in FIELDS.items():
        if name in step.before:
            text = step.before[name]
            if name in choices:
                text = str(dict(choices[name].choices).get(text, text))
            lines.append((str(words), text or "\N{EN DASH}"))
    return lines


def _step(request: HttpRequest, row: Gift, slug: str) -> HttpResponse:
    by, data = active_subject(), request.POST
    do, read = data.get("do", ""), data.get("read", "")
    try:
        match do:
            case "release":
                actions.release_gift(by=by, gift=row, audience=data.get("audience", ""), read=read)
            case "hand":
                person_id = id_from(data.get("person", ""))
                actions.hand_on_gift(by=by, gift=row, person_id=person_id, read=read)
            case "withdraw":
                actions.withdraw_gift(by=by, gift=row, reason=data.get("reason", ""), read=read)
            case _:
                actions.correct_gift(
                    by=by,
                    gift=row,
                    declared=declared_from(data),
                    reason=data.get("reason", ""),
                    read=read,
                )
    except PunteError as error:
        tell_refusal(request, error)
        keep_typed(request, form=do or "correct")
    else:
        messages.success(request, _("Kept."))
    return redirect("gift", slug=slug, gift_id=row.pk)
