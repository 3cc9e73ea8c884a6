"""An edition's outbox: what waits, what went, what each kind says and whether it is looked at before."""

from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.people import mail as mails
from punte.apps.people.mail_kinds import ALWAYS, KINDS, MailKind
from punte.apps.people.mail_reading import WAITS
from punte.apps.people.mail_review import SENT_BACK, drop_reviewed, send_back, send_reviewed
from punte.apps.people.models import Mail, MailRule, MailWording
from punte.kernel.errors import PunteError
from punte.web.organiser.desk import Desk, open_desk
from punte.web.refusals import tell_refusal
from punte.web.tables import asked_ending, minute_in, table_response

ROWS = 100


@require_http_methods(["GET", "POST"])
def show_outbox(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the mails of the edition, as a file with ``?as=csv`` or ``?as=xlsx``; let those that wait go, or drop them."""
    desk = open_desk(request, slug, to_change=request.method == "POST")
    if request.method == "POST":
        return _act(request, desk)
    everything = Mail.objects.filter(edition_id=desk.edition.pk)
    counts = dict(
        everything.order_by()
        .values_list("state")
        .annotate(count=Count("pk"))
        .values_list("state", "count")
    )
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    chosen = everything.select_related("person", "account")
    if state in Mail.State.values:
        chosen = chosen.filter(state=state)
    if kind in KINDS:
        chosen = chosen.filter(kind=kind)
    if ending := asked_ending(request):
        return _mails_file(desk, ending, list(chosen))
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "mailing/outbox.html",
        desk.context(
            rows=[row_of(mail) for mail in page.object_list],
            pages=page,
            tabs=[(value, label, counts.get(value, 0)) for value, label in Mail.State.choices],
            total=sum(counts.values()),
            state=state,
            kind=kind,
            kinds=list(KINDS.values()),
        ),
    )


def row_of(mail: Mail) -> dict[str, Any]:
    """Return a mail as the outbox and its own page show it."""
    return {
        "id": mail.pk,
        "kind": KINDS[mail.kind].title if mail.kind in KINDS else mail.kind,
        "to": _name_of(mail),
        "state": mail.state,
        "label": mail.get_state_display(),
        "note": mail.note,
        "at": mail.sent_at or mail.queued_at,
        "waits": mail.state in WAITS,
        "can_go": mail.state in {Mail.State.TO_REVIEW, Mail.State.FAILED},
        "can_come_back": mail.state in SENT_BACK,
    }


def _name_of(mail: Mail) -> str:
    # The organiser reads every mail of the edition, and not every person.
    return mail.reader.name if sees_reader(mail) else _("somebody you do not see")


def sees_reader(mail: Mail) -> bool:
    """Whether whoever read the mail with its person and account sees one of them."""
    return mail.person is not None or mail.account is not None


def _mails_file(desk: Desk, ending: str, chosen: list[Mail]) -> HttpResponse:
    columns = [_("To"), _("Kind"), _("State"), _("When"), _("Note")]
    rows = [
        [row["to"], row["kind"], row["label"], minute_in(desk.edition.zone, row["at"]), row["note"]]
        for row in map(row_of, chosen)
    ]
    marking = strictest_tlp((mail.label_tlp for mail in chosen), least=Tlp.AMBER)
    return table_response(
        f"{desk.edition.slug}-mails", columns, rows, ending=ending, marking=marking
    )


def _act(request: HttpRequest, desk: Desk) -> HttpResponse:
    ids = []
    for text in request.POST.getlist("mail"):
        with suppress(ValueError):
            ids.append(UUID(text))
    subject, edition_id = active_subject(), desk.edition.pk
    if not ids:
        messages.error(request, _("No mail was chosen. Tick those that are meant, then try again."))
    elif request.POST.get("do") == "drop":
        count = drop_reviewed(by=subject, edition_id=edition_id, mail_ids=ids)
        told = ngettext("%(count)d mail is not sent.", "%(count)d mails are not sent.", count)
        messages.success(request, told % {"count": count})
    elif request.POST.get("do") == "back":
        count = send_back(by=subject, edition_id=edition_id, mail_ids=ids)
        told = ngettext(
            "%(count)d mail waits for review.", "%(count)d mails wait for review.", count
        )
        messages.success(request, told % {"count": count})
    else:
        count = send_reviewed(by=subject, edition_id=edition_id, mail_ids=ids)
        told = ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count)
        messages.success(request, told % {"count": count})
    return redirect(f"/e/{desk.edition.slug}/mail/")


@require_http_methods(["GET", "POST"])
def show_kinds(request: HttpRequest, slug: str) -> HttpResponse:
    """Show every kind of mail; say which the edition sends and which are looked at before."""
    desk = open_desk(request, slug, to_change=request.method == "POST")
    rules = {rule.kind: rule for rule in MailRule.objects.filter(edition_id=desk.edition.pk)}
    if request.method == "POST":
        for code in KINDS:
            wished = (f"on {code}" in request.POST, f"review {code}" in request.POST)
            rule = rules.get(code)
            if wished != ((rule.is_on, rule.is_reviewed) if rule else (True, False)):
                mails.set_rule(
                    by=active_subject(),
                    edition_id=desk.edition.pk,
                    host_org_id=desk.edition.owner_org_id,
                    kind=code,
                    is_on=wished[0],
                    is_reviewed=wished[1],
                )
        messages.success(request, _("Kept. It holds for mails that are queued from now on."))
        return redirect(f"/e/{desk.edition.slug}/mail/kinds/")
    own = set(
        MailWording.objects.filter(edition_id=desk.edition.pk).values_list("kind", "language")
    )
    rows = [
        {
            "kind": kind,
            "is_on": kind.code not in rules or rules[kind.code].is_on,
            "is_reviewed": kind.code in rules and rules[kind.code].is_reviewed,
            "languages": [
                (code, name, (kind.code, code) in own) for code, name in settings.LANGUAGES
            ],
        }
        for kind in KINDS.values()
    ]
    return render(request, "mailing/kinds.html", desk.context(rows=rows))


@require_http_methods(["GET", "POST"])
def show_wording(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Show what a kind says in one language; try other words, keep them, or go back to the platform's."""
    desk = open_desk(request, slug, to_change=request.method == "POST")
    if kind not in KINDS:
        raise Http404
    language = request.GET.get("language", "en")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    found = KINDS[kind]
    own = MailWording.objects.filter(
        edition_id=desk.edition.pk, kind=kind, language=language
    ).first()
    words = (own.subject, own.text) if own else _platform_words(found, language)
    if request.method == "POST":
        words = (request.POST.get("subject", ""), request.POST.get("text", ""))
        answer = _keep(request, desk, kind, language, words)
        if answer is not None:
            return answer
    return render(
        request,
        "mailing/wording.html",
        desk.context(
            kind=found,
            language=language,
            languages=settings.LANGUAGES,
            subject=words[0],
            text=words[1],
            is_own=own is not None,
            names=sorted(found.examples.keys() | ALWAYS),
            preview=_preview(kind, language, words),
        ),
    )


def _platform_words(kind: MailKind, language: str) -> tuple[str, str]:
    from django.utils.translation import override

    with override(language):
        return str(kind.subject), str(kind.text)


def _preview(kind: str, language: str, words: tuple[str, str]) -> mails.Preview | None:
    from django.utils.translation import override

    with override(language), suppress(PunteError):
        return mails.preview_wording(kind=kind, subject=words[0], text=words[1])
    return None


def _keep(
    request: HttpRequest, desk: Desk, kind: str, language: str, words: tuple[str, str]
) -> HttpResponse | None:
    """Do what the button says; None where the form is shown again, with what was typed."""
    deed = request.POST.get("do", "")
    if deed == "look":
        with_fault = _preview(kind, language, words) is None
        if with_fault:
            _say_fault(
                request, lambda: mails.preview_wording(kind=kind, subject=words[0], text=words[1])
            )
        return None
    kept = ("", "") if deed == "reset" else words
    is_kept = _say_fault(
        request,
        lambda: mails.set_wording(
            by=active_subject(),
            edition_id=desk.edition.pk,
            host_org_id=desk.edition.owner_org_id,
            kind=kind,
            language=language,
            subject=kept[0],
            text=kept[1],
        ),
    )
    if not is_kept:
        return None
    if any(word.strip() for word in kept):
        messages.success(request, _("Kept. The next mail of this kind says it so."))
    else:
        messages.success(request, _("Mails of this kind are written in Punte's own words now."))
    return redirect(f"{request.path}?language={language}")


def _say_fault(request: HttpRequest, deed: Any) -> bool:  # noqa: ANN401  (any call without arguments)
    try:
        cast("Any", deed)()
    except PunteError as error:
        tell_refusal(request, error)
        return False
    return True
