"""The desk of eligibility: write a case, read the verdict with its reasons, judge it again."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name, explain
from punte.apps.cooperation.links import link
from punte.apps.cooperation.models import Cooperation
from punte.apps.cooperation.permissions import may_change
from punte.apps.funding import actions, bridge
from punte.apps.funding.forms import (
    ANSWERS,
    BUYER_FIELDS,
    ENTITY_FIELDS,
    PART_FIELDS,
    case_content,
    case_rows,
    clean,
    rows_from,
    with_blanks,
)
from punte.apps.funding.models import EligibilityCase
from punte.apps.funding.permissions import may_judge
from punte.apps.funding.read_state import require_unchanged, state_of
from punte.apps.people.models import Organisation
from punte.kernel.errors import InvalidInputError, PunteError
from punte.web.cooperation.chain import chains_through, cooperations_of
from punte.web.finance.beginnings import beginning_of, links_of
from punte.web.finance.pictures_origin import origins
from punte.web.finance.telling import Teller, code_name, teller_of
from punte.web.finance.tiles import alpha_codes
from punte.web.navigation import main_items
from punte.web.refusals import refusal

RULES_WORDS = {
    "safe": "SAFE",
    "edip": "EDIP",
    "national-ro": gettext_lazy("Romania"),
}

FIRST_YEAR, LAST_YEAR = 1900, 2300
"""Years in which a contract is signed; a day of another one was mistyped."""


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    """Return a page of money and rules with the site's navigation."""
    return render(request, f"funding/{template}", {"navigation": main_items(request), **context})


def day_of(request: HttpRequest) -> dt.date:
    """Return the day that the address or form asks about; today where it names none, and says so where it names one that is none."""
    text = clean(request.POST.get("on") or request.GET.get("on") or "")[:40]
    try:
        return dt.date.fromisoformat(text) if text else timezone.localdate()
    except ValueError:
        today = timezone.localdate()
        messages.warning(
            request,
            _("“%(text)s” is no day of the calendar. What you see is for today, %(day)s.")
            % {"text": text, "day": today.isoformat()},
        )
        return today


@login_not_required
@require_GET
def show_desk(request: HttpRequest) -> HttpResponse:
    """Show the rule sets, one's own cases, and the way to what a country can do."""
    subject = active_subject()
    cases = EligibilityCase.objects.all()
    return page(
        request,
        "desk.html",
        cases=list(cases[:200]) if subject.org_id else list(cases.filter(is_synthetic=True)),
        rules=[
            (name, RULES_WORDS[name], teller_of(name).word(bridge.rules_of(name).title))
            for name in bridge.RULE_SETS
        ],
        may_judge=may_judge(subject),
    )


@login_not_required
@require_GET
def show_rules(request: HttpRequest, rules: str) -> HttpResponse:
    """Show a rule set: each rule with its article, dates, sources, and whether somebody read it there."""
    if rules not in bridge.RULE_SETS:
        raise Http404
    found, teller = bridge.rules_of(rules), teller_of(rules)
    return page(
        request,
        "rules.html",
        rules=found,
        title=teller.word(found.title),
        rows=[
            (
                rule,
                teller.record(
                    {
                        "title": rule.title,
                        "text": rule.text,
                        "article": rule.article,
                        "note": rule.note,
                        "sources": list(rule.sources),
                    }
                ),
                rule.id in found.advice,
            )
            for rule in found.rules
        ],
        name=rules,
    )


@login_not_required
@require_GET
def show_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Show a verdict: its tree of reasons with margins, what is missing, and the smallest change that would mend it."""
    case = _case_or_404(case_id)
    teller = teller_of(case.rules, case.content)
    bar = bridge.origin_of(case.content, rules=case.rules, on=case.on)
    return page(
        request,
        "case.html",
        case=case,
        rules_title=teller.word(bridge.rules_of(case.rules).title),
        verdict=teller.record(case.verdict),
        origin=origins(bar) if bar else None,
        unverified=_unverified(case.verdict),
        chains=chains_through(cooperations_of(case_id=case.pk)),
        may_change=may_judge(active_subject()) and active_subject().org_id == case.owner_org_id,
        **_as_judged(case, teller),
        inputs=links_of(case.inputs),
        owner=Organisation.objects.filter(pk=case.owner_org_id).first(),
        why=explain(active_subject(), case),
        marking=case.label_tlp,
        synthetic=case.is_synthetic,
    )


def _unverified(verdict: Mapping[str, Any]) -> int:
    """Return on how many rules a verdict rests that nobody has read in their source."""
    rules = (one for reading in verdict["readings"] for one in reading["reasons"])
    return len({one["rule"] for one in rules if one.get("rule") and not one.get("verified")})


def _as_judged(case: EligibilityCase, teller: Teller) -> dict[str, Any]:
    """Return the case's own inputs, so that a printed verdict can be read without the platform."""
    codes = alpha_codes()
    rows = case_rows(case.content)
    flags = case.content.get("flags", {})
    return {
        "buyers": [
            {
                "name": country_name(codes.get(one["country"], one["country"])),
                "borrows": one.get("role") == "borrower",
            }
            for one in case.content.get("participants", [])
        ],
        "entities": [
            row
            | {
                "mitigations": ", ".join(
                    map(code_name, filter(None, row["mitigations"].split(", ")))
                )
            }
            for row in rows["entities"]
            if row["id"]
        ],
        "parts": [row for row in rows["parts"] if row["id"]],
        "answers": [
            (teller.word(question), flags.get(flag))
            for flag, question in bridge.questions_of(case.rules)
        ],
    }


@require_http_methods(["GET", "POST"])
def write_case(request: HttpRequest, case_id: UUID | None = None) -> HttpResponse:
    """Write a case and have it judged; what was typed is never lost to a fault."""
    subject = active_subject()
    case = _case_or_404(case_id) if case_id else None
    if not may_judge(subject) or (case and case.owner_org_id != subject.org_id):
        raise Http404
    rules = (
        request.POST.get("rules") or request.GET.get("rules") or (case.rules if case else "safe")
    )
    if rules not in bridge.RULE_SETS:
        raise Http404
    beginning = beginning_of(request.POST if request.method == "POST" else request.GET)
    content = case.content if case else beginning.content
    on = request.POST.get("on") or (case.on if case else timezone.localdate()).isoformat()
    problems: list[Any] = []
    if request.method == "POST":
        try:
            if case:
                require_unchanged(case, request.POST.get("read", ""))
            content = _written(request, rules)
            kept = actions.judge_case(
                by=subject,
                case=case,
                name=content["name"] or _("Case without a name"),
                rules=rules,
                on=_day(on),
                content=content,
                began=beginning.ids,
                inputs=beginning.inputs,
            )
            _link_back(kept)
            return redirect("case", case_id=kept.pk)
        except InvalidInputError as error:
            problems = [teller_of(rules).problem(one) for one in error.problems]
        except PunteError as error:
            problems = [{"what": refusal(error)}]
    return _case_form(request, case, content, rules=rules, on=on, problems=problems)


def _filled_in(
    request: HttpRequest, content: dict[str, Any], questions: list[str]
) -> dict[str, Any]:
    """Return what the form shows: what was typed, readable or not; before that, what the case holds."""
    if request.method != "POST":
        flags = content.get("flags", {})
        return {
            "name": content.get("name", ""),
            "chosen": content.get("categories", []),
            "answers": {flag: _word_of(flags.get(flag)) for flag in questions},
            **case_rows(content),
        }
    data = request.POST
    return {
        "name": clean(data.get("name", "")),
        "chosen": data.getlist("category")[:40],
        "answers": {flag: data.get(f"flag-{flag}", "") for flag in questions},
        "buyers": with_blanks(rows_from(data, "buyer", BUYER_FIELDS), BUYER_FIELDS),
        "entities": with_blanks(rows_from(data, "entity", ENTITY_FIELDS), ENTITY_FIELDS),
        "parts": with_blanks(rows_from(data, "part", PART_FIELDS), PART_FIELDS),
    }


def _word_of(answer: object) -> str:
    return next((word for word, known in ANSWERS.items() if answer is known), "")


def _link_back(case: EligibilityCase) -> None:
    """Let the cooperation that a case began from lead to it, unless it leads to another already."""
    if case.cooperation_id is None:
        return
    cooperation = Cooperation.objects.filter(pk=case.cooperation_id, case_id=None).first()
    if cooperation is not None and may_change(active_subject(), cooperation):
        link(
            by=active_subject(),
            cooperation=cooperation,
            links={"case_id": case.pk},
            read={"case_id": None},
        )


def _written(request: HttpRequest, rules: str) -> dict[str, Any]:
    return case_content(
        request.POST,
        name=" ".join(clean(request.POST.get("name", "")).split()),
        categories=[clean(code)[:20] for code in request.POST.getlist("category")[:40]],
        questions=[flag for flag, _question in bridge.questions_of(rules)],
        mitigations=bridge.mitigations_of(rules),
    )


def _case_form(
    request: HttpRequest,
    case: EligibilityCase | None,
    content: dict[str, Any],
    *,
    rules: str,
    on: str,
    problems: list[Any],
) -> HttpResponse:
    teller = teller_of(rules)
    questions = bridge.questions_of(rules)
    filled = _filled_in(request, content, [flag for flag, _question in questions])
    return page(
        request,
        "write_case.html",
        case=case,
        read=request.POST.get("read") or (state_of(case) if case else ""),
        rules=rules,
        rule_names=list(RULES_WORDS.items()),
        categories=[
            (code, teller.word(label)) for code, label in bridge.rules_of(rules).categories
        ],
        on=on,
        questions=[
            (flag, teller.word(question), filled["answers"][flag]) for flag, question in questions
        ],
        mitigations=[(code, code_name(code)) for code in bridge.mitigations_of(rules)],
        problems=problems,
        began=[
            (kind, str(key))
            for kind, key in beginning_of(
                request.POST if request.method == "POST" else request.GET
            ).ids.items()
        ],
        **filled,
    )


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PunteError(
            _("“%(text)s” is no day. Write year, month and day, such as 2027-05-15.")
            % {"text": text[:40]}
        )
    return day


@require_POST
def replay_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Judge a stored case again and say whether the verdict is the same."""
    case = _case_or_404(case_id)
    if actions.replay(case):
        messages.success(request, _("Judged again from what is stored: the verdict is the same."))
    else:
        messages.error(
            request,
            _(
                "Judged again from what is stored, the verdict differs: rules or data have changed since."
            ),
        )
    return redirect("case", case_id=case.pk)


def _case_or_404(case_id: UUID) -> EligibilityCase:
    found = EligibilityCase.objects.filter(pk=case_id).first()
    if found is None:
        raise Http404
    return found
