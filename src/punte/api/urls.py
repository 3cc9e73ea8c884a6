"""Addresses of the API. No page of the library's own: its documentation would load scripts from elsewhere."""

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Router
from ninja.operation import Operation

from punte.api.checks import checked
from punte.api.document import give_document
from punte.api.faults import answer_faults
from punte.api.problems import problem_response
from punte.api.reading import StrictParser
from punte.api.resources import (
    agenda,
    assistance,
    commitments,
    cooperations,
    countries,
    editions,
    eligibility,
    finance,
    gifts,
    market,
    me,
    meetings,
    organisations,
    people,
    problems,
    programmes,
    requests,
    timetable,
)

DESCRIPTION: Final = (
    "Everything that the pages show, as documents: read and written in the name of a person, behind the same wall. "
    "A hidden thing and one that never was get the same answer."
)
ROUTERS: Final = (
    ("/me", me.router),
    ("/countries", countries.router),
    ("/editions", editions.router),
    ("/editions", agenda.router),
    ("/editions", people.router),
    ("/editions", meetings.router),
    ("/editions", requests.router),
    ("/editions", timetable.router),
    ("/editions", gifts.router),
    ("/organisations", organisations.router),
    ("/needs", market.needs),
    ("/offers", market.offers),
    ("/programmes", programmes.router),
    ("/cooperations", cooperations.router),
    ("/commitments", commitments.router),
    ("/assistance", assistance.router),
    ("/eligibility", eligibility.router),
    ("/finance", finance.router),
    ("/problems", problems.router),
)


class HouseAPI(NinjaAPI):
    """Ninja's, whose addresses are named after their first operation."""

    def get_operation_url_name(self, operation: Operation, router: Router) -> str:
        """Return the name of an operation's address."""
        del router
        return str(operation.operation_id)


def make_api() -> NinjaAPI:
    """Return the API with all its resources."""
    made = HouseAPI(
        title="Punte",
        version="1",
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        urls_namespace="api",
        parser=StrictParser(),
    )
    made.add_decorator(checked, mode="view")
    for prefix, router in ROUTERS:
        made.add_router(prefix, router)
    answer_faults(made)
    return made


@csrf_exempt
def show_nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer at every other address as at that of a hidden thing."""
    del request, rest
    return problem_response("not-there")


def _opened(patterns: list[Any]) -> list[URLPattern]:
    """Return the addresses of the API, open to visitors: what each shows, the wall decides."""
    found = [one for one in patterns if isinstance(one, URLPattern) and one.name != "api-root"]
    for one in found:
        one.callback.login_required = False  # type: ignore[attr-defined]
    return found


api = make_api()
app_name = "api"
urlpatterns = [
    path("v1/openapi.json", login_not_required(give_document), name="document"),
    *(
        path(f"v1/{one.pattern}".replace("<uuidstr:", "<uuid:"), one.callback, name=f"{one.name}")
        for one in _opened(api.urls[0])
    ),
    path("<path:rest>", login_not_required(show_nothing), name="nothing"),
]
