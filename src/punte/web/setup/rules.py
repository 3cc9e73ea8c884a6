"""The rules of an edition's timetable: goals, guarantees, and what guarantees cost before they are kept."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import active_subject
from punte.apps.forum.models import Edition
from punte.apps.meetings import guarantees
from punte.apps.meetings.four_eyes import asks_four_eyes, set_four_eyes
from punte.apps.meetings.models import RulesTrial
from punte.kernel.errors import PunteError
from punte.web.organiser.sentences import GoalFigure
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.setup.kept_forms import form_again, status_of
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.reading import whole
from punte.web.typed import revision_read
from punte.web.ui.templatetags.ui import number, percent


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the rules and what was tried; try others, keep what was tried."""
    edition = open_edition(slug)
    refused: PunteError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _take_step(request, edition))
        except PunteError as error:
            tell_refusal(request, error)
            refused = error
        else:
            return redirect("set_up_rules", slug=slug)
    form = form_again(
        request,
        edition,
        "rules",
        values=_values_of(edition),
        labels=_labels(),
        refused=refused if request.POST.get("do") == "try" else None,
    )
    values = form["values"]
    trial = RulesTrial.objects.filter(edition=edition).select_related("must_request").first()
    template = "setup/trial.html" if request.headers.get("HX-Request") else "setup/rules.html"
    return render(
        request,
        template,
        frame(
            request,
            edition,
            **form,
            trial=trial,
            asks_four_eyes=asks_four_eyes(edition.pk),
            said=tell_price(trial) if trial is not None else [],
            ranks=[(n, _goal_choices(values.get(f"goal_{n}", ""))) for n in range(1, 6)],
        ),
        status=status_of(refused),
    )


def _goal_choices(chosen: str) -> list[tuple[str, str, bool]]:
    return [
        (name, GoalFigure(name=name, value=None, bound=None, proved=False).label, name == chosen)
        for name in guarantees.GOALS
    ]


def _labels() -> dict[str, object]:
    return {
        "small": _("Guaranteed to a small company"),
        "regional": _("Guaranteed to a company of the region"),
        "countries": _("Countries of the region"),
        "spread": _("Most difference of breaks"),
        "gap": _("Empty slots between two places"),
        **{f"goal_{n}": _("Goal %(place)d") % {"place": n} for n in range(1, 6)},
    }


def _values_of(edition: Edition) -> dict[str, Any]:
    rules = guarantees.rules_of(edition)
    spread = rules.max_break_spread
    return {
        "small": rules.small_min_meetings,
        "regional": rules.regional_min_meetings,
        "countries": ", ".join(rules.regional_countries),
        "spread": "" if spread is None else spread,
        "gap": rules.min_gap_slots,
        **{f"goal_{n}": name for n, name in enumerate(rules.objective, start=1)},
    }


def _wish_of(data: QueryDict) -> guarantees.RulesWish:
    spread = data.get("spread", "").strip()
    return guarantees.RulesWish(
        objective=[name for n in range(1, 6) if (name := data.get(f"goal_{n}", ""))],
        small_min=whole(data, "small", _("Guaranteed to a small company"), 0),
        regional_min=whole(data, "regional", _("Guaranteed to a company of the region"), 0),
        regional_countries=data.get("countries", "").replace(",", " ").split(),
        max_break_spread=whole(data, "spread", _("Most difference of breaks")) if spread else None,
        min_gap_slots=whole(data, "gap", _("Empty slots between two places"), 0),
    )


def _take_step(request: HttpRequest, edition: Edition) -> str:
    by = active_subject()
    if request.POST.get("do") == "eyes":
        asks = "asks_four_eyes" in request.POST
        set_four_eyes(by=by, edition=edition, asks=asks, read_revision=revision_read(request))
        return _("Kept. It counts at once.")
    if request.POST.get("do") == "keep":
        trial_id = uuid_of(request.POST.get("trial", ""))
        guarantees.keep_trial(by=by, edition=edition, trial_id=trial_id)
        return _("Kept. It counts from the next solving on.")
    if request.POST.get("do") == "must":
        request_id = uuid_of(request.POST.get("request", ""))
        guarantees.try_must(by=by, edition=edition, request_id=request_id)
        return _("What it costs is being worked out below.")
    wish = _wish_of(request.POST)
    if not wish.has_guarantee:
        guarantees.keep_rules(
            by=by, edition=edition, wish=wish, read_revision=revision_read(request)
        )
        return _("Kept. Nothing is guaranteed, so there was nothing to price.")
    guarantees.try_rules(by=by, edition=edition, wish=wish)
    return _("Nothing is kept yet: what it costs is being worked out below.")


def tell_price(trial: RulesTrial) -> list[str]:
    """Return in sentences what a finished trial says: the price, what it is of, and how sure it is."""
    if trial.state != RulesTrial.State.DONE:
        return []
    if trial.status_with == "infeasible" and trial.status_without != "infeasible":
        return [_("It cannot be kept: it is proved that no timetable keeps these guarantees.")]
    price = guarantees.price_of(trial)
    if price is None:
        return [
            _("No timetable was found in %(seconds)d seconds, so nothing can be said of the cost.")
            % {"seconds": trial.limit_s}
        ]
    without, found = trial.value_without or 0.0, trial.value_with or 0.0
    said = [
        _tell_cost(price, without),
        _(
            "Found without: worth %(before)s, %(met_before)s of %(all)s requests met. Found with: worth %(after)s, "
            "%(met_after)s met."
        )
        % {
            "before": number(without),
            "after": number(found),
            "met_before": number(trial.met_without),
            "met_after": number(trial.met_with),
            "all": number(trial.requests),
        },
    ]
    if trial.must_request_id is None:
        said.append(
            _(
                "The guarantee touches %(all)s delegates; %(short)s of them have fewer meetings in the timetable found "
                "without it."
            )
            % {"all": number(trial.guaranteed), "short": number(trial.short_without)}
        )
    return said


def _tell_cost(price: guarantees.Price, without: float) -> str:
    if price.is_exact:
        least = price.least or 0.0
        if not least:
            return _(
                "It costs nothing: it is proved that meetings of the same worth are held with it."
            )
        return _(
            "It costs exactly %(cost)s in worth, %(share)s of the best there is; both are proved."
        ) % {
            "cost": number(least),
            "share": percent(least / without if without else 0.0, 2),
        }
    if price.most is None:
        return _("How much it costs at most is not known: nothing was proved in the time given.")
    return _(
        "It costs at least %(least)s and at most %(most)s in worth (%(share)s of the worth found without it): more time "
        "would narrow it."
    ) % {
        "least": number(price.least or 0.0),
        "most": number(price.most),
        "share": percent(price.most / without if without else 0.0, 2),
    }
