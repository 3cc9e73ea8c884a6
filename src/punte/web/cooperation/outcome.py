"""The outcome report of an edition, as a page and as PDF: each reader's own, from what the wall lets them see."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.actions import record
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation.coverage import read_record, tallies
from punte.apps.cooperation.models import Commitment, Cooperation, Feedback, OutcomeTotals
from punte.apps.cooperation.outcome import (
    CoverageLine,
    Outcome,
    outcome_of_edition,
    release_totals,
)
from punte.apps.forum.models import Edition
from punte.apps.forum.queries import find_edition
from punte.apps.meetings.models import MeetingRequest
from punte.apps.meetings.permissions import may_organise
from punte.apps.people.permissions import NotAllowedError
from punte.kernel.errors import PunteError
from punte.web.cooperation.papers import typeset
from punte.web.navigation import edition_items, main_items
from punte.web.programmes.coverage_map import state_words
from punte.web.refusals import tell_refusal

MARKS = {"held": "good", "not": "bad", "moved": "warn", "disputed": "warn"}


def _edition_or_404(slug: str) -> Edition:
    edition = find_edition(slug)
    if edition is None:
        raise Http404
    return edition


@login_not_required
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who met, what was agreed, what it changed in coverage and what came of it; release the totals."""
    edition = _edition_or_404(slug)
    subject = active_subject()
    if request.method == "POST":
        return _release(request, edition)
    outcome = outcome_of_edition(edition, today=timezone.localdate())
    totals = OutcomeTotals.objects.filter(edition=edition).first()
    return render(
        request,
        "cooperation/outcome.html",
        {
            "edition": edition,
            "synthetic": edition.is_synthetic,
            "navigation": main_items(request),
            "subnavigation": edition_items(request, edition, subject),
            "outcome": outcome,
            "held": _held_words(outcome),
            "is_past": timezone.localdate() > edition.ends_on,
            "sees_all": _sees_all(edition),
            "coverage": _covered(edition, outcome),
            "countries": [(country_name(line.group), line) for line in outcome.by_country],
            "meetings": [
                (line, MARKS.get(line.outcome, ""), _mark(line.outcome))
                for line in outcome.meetings[:500]
            ],
            "states": _named(outcome.states, MeetingRequest.State.choices),
            "stages": _named(outcome.stages, Cooperation.Stage.choices),
            "kept": _named(outcome.kept, Commitment.State.choices),
            "second": _named(outcome.second, Feedback.Outcome.choices),
            "totals": totals,
            "rounded": _rounded_words(),
            "total_lines": _total_lines(totals.figures) if totals else [],
            "total_countries": [
                (country_name(code), delegates, met)
                for code, delegates, met in (totals.figures["countries"] if totals else [])
            ],
            "may_release": may_organise(subject, edition.pk),
        },
    )


def _release(request: HttpRequest, edition: Edition) -> HttpResponse:
    try:
        release_totals(by=active_subject(), edition=edition)
    except NotAllowedError as error:
        raise Http404 from error
    except PunteError as error:
        tell_refusal(request, error)
    else:
        messages.success(request, _("Released."))
    return redirect("outcome", slug=edition.slug)


def _covered(edition: Edition, outcome: Outcome) -> list[tuple[CoverageLine, str, str]]:
    """Return how well each promise is covered without what this edition brought, and with it, as the coverage page says it."""
    rows = [line.milestone for line in outcome.coverage]
    found = read_record(timezone.localdate())
    before, now = tallies(found.without(edition.pk), rows), tallies(found, rows)
    return [
        (
            line,
            state_words(before[line.milestone.pk].state),
            state_words(now[line.milestone.pk].state),
        )
        for line in outcome.coverage
    ]


def _sees_all(edition: Edition) -> bool:
    subject = active_subject()
    return may_organise(subject, edition.pk) or subject.has_right("audit", edition.pk)


def _named(counts: Mapping[str, int], choices: Any) -> list[tuple[str, int]]:  # noqa: ANN401  (of any model)
    """Return counts in the order of their choices, with the words for them; those of none are left out."""
    return [(str(label), counts[value]) for value, label in choices if counts.get(value)]


def _mark(outcome: str) -> str:
    return {
        "held": _("It took place"),
        "not": _("It did not take place"),
        "moved": _("It was moved"),
        "disputed": _("Disputed"),
    }.get(outcome, "")


def _total_lines(content: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    """Return the released totals with the words for them; None stands for what is left out."""
    words = {
        "met": _("meetings in the published timetable"),
        "held": _("of these, said to have taken place"),
        "not_held": _("of these, said not to have taken place"),
        "people": _("persons who met somebody"),
        "organisations": _("organisations of which somebody met somebody"),
        "cooperations": _("cooperations begun"),
        "commitments": _("commitments"),
        "elsewhere": _("delegates from countries not named"),
    }
    return [(label, content[name]) for name, label in words.items() if name in content]


@login_not_required
@require_GET
def give_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Give the report as PDF, as this reader sees it now."""
    del request
    edition = _edition_or_404(slug)
    outcome = outcome_of_edition(edition, today=timezone.localdate())
    totals = OutcomeTotals.objects.filter(edition=edition).first()
    content = typeset("outcome", report_content(edition, outcome, totals))
    if active_subject().person_id is not None:
        record("outcome.printed", edition, edition_id=edition.pk)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{edition.slug}-outcome.pdf"'},
    )


def report_content(
    edition: Edition, outcome: Outcome, totals: OutcomeTotals | None
) -> dict[str, Any]:
    """Return what the PDF says: plain text in tables, never markup; a column of width 0 is as wide as its longest word."""
    sections = [
        _who_met(edition, outcome, totals),
        _agreed(outcome),
        _coverage(edition, outcome),
        _came_of_it(outcome),
    ]
    return {
        "title": _("Outcome of %(edition)s") % {"edition": edition.name},
        "under": f"{edition.said['forum']} · {edition.said['city']}, {edition.starts_on} / {edition.ends_on}",
        "stamp": _("printed %(when)s, as its reader saw it")
        % {"when": f"{timezone.now().astimezone(edition.zone):%Y-%m-%d}"},
        "synthetic": _("Sample: all people are invented.") if edition.is_synthetic else "",
        "nothing": _("Nothing that you may see."),
        "sections": sections,
    }


def _agreed(outcome: Outcome) -> dict[str, Any]:
    return {
        "title": _("What was agreed"),
        "text": _task_words(outcome),
        "columns": [_("What"), _("Who"), _("State")],
        "widths": [3, 2, 0],
        "rows": [
            *(
                [
                    one.name,
                    " · ".join(partner.organisation_name for partner in one.partners.all()),
                    one.get_stage_display(),
                ]
                for one in outcome.cooperations
            ),
            *([one.what, one.who, one.get_state_display()] for one in outcome.commitments),
        ],
    }


def _coverage(edition: Edition, outcome: Outcome) -> dict[str, Any]:
    return {
        "title": _("What it changed in coverage"),
        "text": "",
        "columns": [
            _("Milestone"),
            _("Needs and offers of this edition"),
            _("Without it"),
            _("With it"),
            _("Cooperations"),
        ],
        "widths": [6, 3, 3, 3, 3],
        "rows": [
            [
                f"{line.milestone.programme.name}: {line.milestone.name}",
                f"{line.own_needs} + {line.own_offers}",
                without,
                with_it,
                str(line.cooperations),
            ]
            for line, without, with_it in _covered(edition, outcome)
        ],
    }


def _came_of_it(outcome: Outcome) -> dict[str, Any]:
    counts = (
        *_named(outcome.stages, Cooperation.Stage.choices),
        *_named(outcome.kept, Commitment.State.choices),
        *_named(outcome.second, Feedback.Outcome.choices),
    )
    return {
        "title": _("What came of it"),
        "text": _year_words(outcome),
        "columns": [_("What"), _("Count")],
        "widths": [1, 0],
        "rows": [[label, str(count)] for label, count in counts],
    }


def _who_met(edition: Edition, outcome: Outcome, totals: OutcomeTotals | None) -> dict[str, Any]:
    section: dict[str, Any] = {"title": _("Who met"), "text": "", "columns": [], "rows": []}
    if outcome.meetings:
        section["text"] = ngettext(
            "%(met)d meeting of %(people)d persons that you see.",
            "%(met)d meetings of %(people)d persons that you see.",
            outcome.met,
        ) % {"met": outcome.met, "people": outcome.people}
        section["text"] += " " + _held_words(outcome)
        section["columns"] = [_("When"), _("Who"), _("With whom"), _("State")]
        section["widths"] = [0, 1, 1, 0]
        section["rows"] = [
            [
                f"{line.when.astimezone(edition.zone):%Y-%m-%d %H:%M}",
                line.sender,
                line.receiver,
                _mark(line.outcome),
            ]
            for line in outcome.meetings
        ]
    elif totals is not None:
        section["text"] = " ".join(
            [_("Totals released on %(day)s.") % {"day": f"{totals.at:%Y-%m-%d}"}, _rounded_words()]
        )
        section["columns"], section["widths"] = [_("What"), _("Count")], [1, 0]
        section["rows"] = [
            [label, _("left out") if count is None else str(count)]
            for label, count in _total_lines(totals.figures)
        ]
    return section


def _rounded_words() -> str:
    return _(
        "Numbers from one to four are left out, every other is rounded to the nearest five: sums may differ a little, and "
        "nobody is recognised by comparing."
    )


def _held_words(outcome: Outcome) -> str:
    return _(
        "Said to have taken place: %(held)d, not to have: %(not_held)d, not known: %(rest)d."
    ) % {
        "held": outcome.held,
        "not_held": outcome.not_held,
        "rest": outcome.met - outcome.held - outcome.not_held,
    }


def _task_words(outcome: Outcome) -> str:
    """Return how many agreed actions the reader sees; nothing where it sees none, for there may be some."""
    if not outcome.tasks[0]:
        return ""
    return _("Agreed actions: %(all)d, done: %(done)d.") % {
        "all": outcome.tasks[0],
        "done": outcome.tasks[1],
    }


def _year_words(outcome: Outcome) -> str:
    words = (
        _("As it stood a year later, on %(day)s.")
        if outcome.is_over
        else _("The year is not over; as it stands on %(day)s.")
    )
    return words % {"day": outcome.year_on.isoformat()}
