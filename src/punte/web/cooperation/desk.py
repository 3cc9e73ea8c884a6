"""The check-in desk: scan a badge, search a name, undo, and bring in what was scanned without the network."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.cooperation import bundles, desk
from punte.apps.cooperation.permissions import may_check_in
from punte.apps.cooperation.scan_log import LogLine, read_log
from punte.apps.cooperation.scans import Conflict, Presence
from punte.apps.cooperation.turned_away import Why, turned_away
from punte.apps.cooperation.walk_in import may_enter
from punte.apps.forum.folding import holds
from punte.apps.forum.models import Delegate, Edition
from punte.apps.forum.queries import find_edition
from punte.apps.meetings.permissions import may_organise
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import id_from
from punte.web.navigation import edition_items, main_items
from punte.web.refusals import refusal, tell_refusal
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.ui.templatetags.ui import moment

SHOWN = 40
MOST_BYTES = 8_000_000


def edition_or_404(slug: str) -> Edition:
    """Return an edition at whose desks the reader works; any other gets the same answer as none."""
    edition = find_edition(slug)
    if edition is None or not may_check_in(active_subject(), edition.pk):
        raise Http404
    return edition


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the desk: who is here, the newest scans, and the search; as a file with ``?as=``; check somebody in."""
    edition = edition_or_404(slug)
    if request.method == "POST":
        return _scan(request, edition)
    words = request.GET.get("q", "")[:120].replace("\x00", "").strip()
    found = _found(edition, words)
    if ending := asked_ending(request):
        if request.GET.get("of") == "scans":
            return _log_file(edition, ending)
        return _presence_file(edition, ending, list(found))
    rows = list(found[:SHOWN]) if words else []
    here = desk.who_is_here(edition, rows)
    away = turned_away(edition.pk, [row.pk for row in rows]) if rows else {}
    return render(
        request,
        "cooperation/desk.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, active_subject()),
            "q": words,
            "may_enter": may_enter(active_subject(), edition),
            "may_revoke": may_organise(active_subject(), edition.pk),
            "desk": request.session.get("desk", ""),
            "rows": [(row, here.get(row.pk), away.get(row.pk)) for row in rows],
            "present": desk.count_present(edition),
            "expected": desk.count_expected(edition),
            "log": [(one, said_of(one)) for one in read_log(edition, most=20)],
        },
    )


def _found(edition: Edition, words: str) -> QuerySet[Delegate]:
    """Return whom the words fit; without words, everybody who is expected."""
    found = Delegate.objects.filter(edition=edition).select_related("organisation")
    for word in words.split():
        found = found.filter(holds(word, "badge_name", "organisation__name") | Q(code__iexact=word))
    if not words:
        found = found.exclude(pk__in=turned_away(edition.pk))
    return found.order_by("badge_name", "pk")


def away_words(why: Why | None) -> str:
    """Return why somebody is turned away in a word; empty where they are let in."""
    return {None: "", Why.WITHDRAWN: _("withdrawn"), Why.SUSPENDED: _("suspended")}[why]


def _presence_file(edition: Edition, ending: str, chosen: list[Delegate]) -> HttpResponse:
    here = {key: one.since for key, one in desk.who_is_here(edition, chosen).items() if one.is_here}
    away = turned_away(edition.pk, [one.pk for one in chosen])
    columns = [_("Name"), _("Organisation"), _("Code"), _("State"), _("Since")]
    rows = [
        [
            one.badge_name,
            one.organisation.name,
            one.code,
            away_words(away.get(one.pk)) or (_("here") if one.pk in here else _("not yet")),
            minute_in(edition.zone, here.get(one.pk)),
        ]
        for one in chosen
    ]
    marking = strictest_tlp((one.label_tlp for one in chosen), least=Tlp.AMBER)
    return table_response(f"{edition.slug}-check-in", columns, rows, ending=ending, marking=marking)


def said_of(line: LogLine) -> str:
    """Return what the log says of a scan."""
    if line.is_elsewhere:
        return _("scanned again, at another desk")
    return _("scanned again") if line.is_again else str(line.scan.get_kind_display())


def _log_file(edition: Edition, ending: str) -> HttpResponse:
    lines = read_log(edition)
    columns = [
        _("When"),
        _("Name"),
        _("Organisation"),
        _("Code"),
        _("What happened"),
        _("Desk"),
        _("Before at"),
        _("By"),
    ]
    rows = [
        [
            minute_in(edition.zone, one.scan.at),
            one.scan.delegate.badge_name,
            one.scan.delegate.organisation.name,
            one.scan.delegate.code,
            said_of(one),
            one.scan.desk or _("unnamed"),
            ", ".join(desk or _("unnamed") for desk in one.before),
            one.scan.by_name,
        ]
        for one in lines
    ]
    marking = strictest_tlp((one.scan.label_tlp for one in lines), least=Tlp.AMBER)
    return table_response(f"{edition.slug}-scans", columns, rows, ending=ending, marking=marking)


def _scan(request: HttpRequest, edition: Edition) -> HttpResponse:
    name = " ".join(request.POST.get("desk", "").split())[:40]
    if name:
        request.session["desk"] = name
    try:
        delegate = _chosen(request, edition)
        kind = "undo" if request.POST.get("do") == "undo" else "in"
        before = desk.who_is_here(edition, [delegate]).get(delegate.pk)
        if kind == "undo":
            _require_here(delegate, before)
        desk.scan(
            by=active_subject(),
            edition=edition,
            delegate=delegate,
            kind=kind,
            desk=request.session.get("desk", ""),
        )
    except PunteError as error:
        tell_refusal(request, error)
    else:
        told = {"name": delegate.badge_name}
        if kind == "undo":
            messages.success(request, _("%(name)s: taken back.") % told)
        elif before is not None and before.is_here:
            messages.warning(request, _("%(name)s was checked in before.") % told)
        else:
            messages.success(request, _("%(name)s is checked in.") % told)
    return redirect(f"/e/{edition.slug}/check-in/")


def _require_here(delegate: Delegate, presence: Presence | None) -> None:
    if presence is None or not presence.is_here:
        raise PunteError(
            _("%(name)s was not checked in; there is nothing to take back.")
            % {"name": delegate.badge_name}
        )


def _chosen(request: HttpRequest, edition: Edition) -> Delegate:
    """Return the delegate that was clicked or scanned."""
    key = id_from(request.POST.get("delegate", ""))
    if key is None and not request.POST.get("code", "").strip():
        raise PunteError(_("Scan a badge first, or type its code."))
    if key is None:
        return desk.find_by_code(edition, request.POST.get("code", ""))
    found = Delegate.objects.filter(edition=edition, pk=key).first()
    if found is None:
        raise PunteError(_("There is no such delegate. Choose one from the list."))
    return found


def _content_of(request: HttpRequest) -> bytes:
    file = request.FILES.get("bundle")
    if file is None or file.size is None or file.size > MOST_BYTES:
        raise PunteError(_("Choose the bundle of a desk, a JSON file of at most 8 MB."))
    content: bytes = file.read()
    return content


def _tell_conflicts(request: HttpRequest, conflicts: tuple[Conflict, ...]) -> None:
    if not conflicts:
        return
    messages.error(
        request,
        _(
            "%(count)d identifiers stand for two different scans; both were kept. "
            "Look at the devices of these desks: %(desks)s."
        )
        % {"count": len(conflicts), "desks": ", ".join(_desks_of(conflicts))},
    )


def _warn(request: HttpRequest, edition: Edition, done: bundles.Merged) -> None:
    """Say whom somebody has to look at."""
    mistimed = [f"{one.code} ({moment(one.at, edition.zone)})" for one in done.mistimed]
    for told, found in (
        (_("No badge carries these codes: %(found)s."), done.unknown_codes),
        (_("Checked in at another desk as well: %(found)s."), done.elsewhere),
        (
            _(
                "Let in though withdrawn or suspended: %(found)s. The scans are kept; call the organisers."
            ),
            done.turned_away,
        ),
        (
            _("Taken back with an earlier time than checked in, and so still here: %(found)s."),
            done.late_undos,
        ),
        (
            _(
                "Not taken, because their times cannot be: %(found)s. Correct them in the bundle, and bring it in again."
            ),
            mistimed,
        ),
    ):
        if found:
            messages.warning(request, told % {"found": ", ".join(found[:20])})


def _desks_of(conflicts: tuple[Conflict, ...]) -> list[str]:
    """Return the names of the desks whose scans share identifiers."""
    return sorted(
        {
            mark.desk or _("unnamed")
            for conflict in conflicts
            for mark in (conflict.first, conflict.second)
        }
    )


def _as_json(done: bundles.Merged) -> dict[str, object]:
    """Return what a bundle brought, for the desk's own page."""
    return {
        "new": done.new,
        "known": done.known,
        "unknown_codes": done.unknown_codes[:20],
        "conflicts": len(done.conflicts),
        "conflict_desks": _desks_of(done.conflicts),
        "elsewhere": done.elsewhere[:20],
        "turned_away": done.turned_away[:20],
        "late_undos": done.late_undos[:20],
        "doubtful": [{"id": str(one.id), "reason": one.reason} for one in done.doubtful],
    }


@require_POST
def merge(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring in the bundle of a desk that had no network; twice is as good as once."""
    edition = edition_or_404(slug)
    for_app = request.headers.get("Accept") == "application/json"
    try:
        done = bundles.merge_bundle(
            by=active_subject(),
            edition=edition,
            content=_content_of(request),
            desk=request.POST.get("desk", "")[:40],
        )
    except PunteError as error:
        if for_app:
            return JsonResponse({"error": refusal(error)}, status=400)
        tell_refusal(request, error)
        return redirect(f"/e/{edition.slug}/check-in/")
    if for_app:
        return JsonResponse(_as_json(done))
    told = ngettext(
        "%(new)d scan came in, %(known)d were known.",
        "%(new)d scans came in, %(known)d were known.",
        done.new,
    )
    messages.success(request, told % {"new": done.new, "known": done.known})
    _warn(request, edition, done)
    _tell_conflicts(request, done.conflicts)
    return redirect(f"/e/{edition.slug}/check-in/")
