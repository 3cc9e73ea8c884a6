"""A kept plan that breaks rules which came after it: its pages say why, and how to mend it, instead of failing."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from punte.apps.access.permissions import active_subject
from punte.apps.programmes import bridge
from punte.apps.programmes.models import PlanVersion, Programme
from punte.apps.programmes.permissions import may_keep
from punte.apps.programmes.plan_table import Fault, faults_of
from punte.apps.programmes.queries import newest
from punte.kernel.errors import Problem
from punte.web.navigation import main_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsound:
    """What a page says of such a plan."""

    version: PlanVersion
    faults: tuple[Fault, ...]

    @property
    def problems(self) -> list[Problem]:
        """The faults without their cells."""
        return [fault.problem for fault in self.faults]

    @property
    def is_in_table(self) -> bool:
        """Whether every fault is of a cell of the table; others are mended in a file."""
        return all(fault.activity is not None for fault in self.faults)


def unsound_plan(version: PlanVersion | None) -> Unsound | None:
    """Return what is wrong with a kept plan; None where nothing is, or there is none."""
    problems = bridge.problems_of(version) if version is not None else ()
    if version is None or not problems:
        return None
    return Unsound(version=version, faults=tuple(faults_of(problems, version.content)))


class UnsoundPlanMiddleware:
    """Answer for every page and file that cannot be made of such a plan: the last line behind the pages' own words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say what is wrong with the plan, and how it is mended."""
        if not isinstance(error, bridge.UnsoundPlanError) or error.version.programme_id is None:
            return None
        programme: Programme = error.version.programme
        context = {
            "navigation": main_items(request),
            "programme": programme,
            "plan": newest(programme, PlanVersion.Kind.PLAN),
            "unsound": unsound_plan(error.version),
            "may_keep": may_keep(active_subject(), programme),
            "tab": "none",
            "marking": programme.label_tlp,
            "synthetic": programme.is_synthetic,
        }
        return render(request, "programmes/unsound_page.html", context, status=409)
