"""The applicant's page: the form while registration runs, then where the application stands."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.models import Account, Country
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.access.uploads import MOST_BYTES
from punte.apps.forum import registration, registration_files, registration_form
from punte.apps.forum.application_state import own_clearance, own_place
from punte.apps.forum.models import Application, Edition, Question
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.people.models import Consent, Organisation
from punte.kernel.errors import PunteError
from punte.web.files import file_of, file_response
from punte.web.people.delegation import edition_or_404, frame
from punte.web.refusals import refusal


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the form or where one's application stands; apply, or take it back."""
    edition, account = edition_or_404(slug), request.user
    if not isinstance(account, Account):
        raise Http404
    # The press page leads here with its own kind and category chosen.
    values: dict[str, Any] = {key: request.GET.get(key, "") for key in ("kind", "category")}
    values["listed"] = "yes" if _agreed_before(edition) else ""
    problems: tuple[tuple[str, str], ...] = ()
    if request.method == "POST":
        try:
            _take_step(request, edition, account)
        except RegistrationError as error:
            problems = tuple(zip(error.fields, error.problems, strict=True))
            values = request.POST.dict()
        except PunteError as error:
            problems, values = ((error.field, refusal(error)),), request.POST.dict()
        else:
            return redirect("apply", slug=slug)
    return _page(request, edition, account, values, problems)


def _agreed_before(edition: Edition) -> bool:
    """Whether the reader agreed already to be listed at the edition; the form then says so."""
    person_id = active_subject().person_id
    return (
        person_id is not None
        and Consent.objects.filter(
            person_id=person_id, edition_id=edition.pk, withdrawn_at__isnull=True
        ).exists()
    )


def _page(
    request: HttpRequest,
    edition: Edition,
    account: Account,
    values: dict[str, Any],
    problems: tuple[tuple[str, str], ...],
) -> HttpResponse:
    own = registration.own_application(account=account, edition=edition)
    is_waiting = own is not None and own.state in registration.OPEN
    is_open = registration.is_open(edition, timezone.now())
    questions = registration_form.questions_of(edition)
    return render(
        request,
        "registration/apply.html",
        frame(
            request,
            edition,
            **_standing(own),
            is_waiting=is_waiting,
            shows_form=is_open and not is_waiting and (own is None or own.state != "accepted"),
            is_open=is_open,
            answered=answered(edition, own) if own is not None else [],
            files=[
                file
                for file in registration_files.own_files(account=account, edition=edition)
                if own is not None and file.application_id == own.pk
            ],
            asks_files=any(one.kind == Question.Kind.FILE for one in questions),
            most_mb=MOST_BYTES // 2**20,
            values=values,
            problems=problems,
            email=account.email,
            kinds=Organisation.Kind.choices,
            countries=sorted(
                (
                    (code, country_name(code))
                    for code in Country.objects.values_list("pk", flat=True)
                ),
                key=lambda pair: pair[1],
            ),
            categories=registration_form.categories_of(edition),
            questions=[
                (one, values.get(f"answer-{one.code}", ""), _condition(edition, one))
                for one in questions
            ],
        ),
    )


@require_GET
def give_file(request: HttpRequest, slug: str, applicationfile_id: UUID) -> HttpResponse:
    """Give the applicant a file that they handed in."""
    edition, account = edition_or_404(slug), request.user
    if not isinstance(account, Account):
        raise Http404
    file = registration_files.own_file(account=account, edition=edition, file_id=applicationfile_id)
    if file is None:
        raise Http404
    return file_response(file)


def _standing(own: Application | None) -> dict[str, object]:
    return {"own": own, "place": own_place(own), "clearance": own_clearance(own)}


def _condition(edition: Edition, question: Any) -> str:  # noqa: ANN401  (a row of the form)
    """Return when a question is asked, in words; empty where always."""
    if not question.only_if_code:
        return ""
    if question.only_if_code == "kind":
        kinds = dict(Organisation.Kind.choices)
        value = str(kinds.get(question.only_if_value, question.only_if_value))
        return _("Only for: %(value)s") % {"value": value}
    other = edition.questions.filter(code=question.only_if_code).first()
    return _("Only where “%(label)s” is “%(value)s”") % {
        "label": other.said if other else question.only_if_code,
        "value": other.said_answer(question.only_if_value) if other else question.only_if_value,
    }


def answered(edition: Edition, application: Application) -> list[tuple[str, str]]:
    """Return what was answered to which question, in the reader's language; a question that is gone by its code."""
    asked = {one.code: one for one in registration_form.questions_of(edition)}
    return [
        (asked[code].said, asked[code].said_answer(text)) if code in asked else (code, text)
        for code, text in application.answers.items()
    ]


def _take_step(request: HttpRequest, edition: Edition, account: Account) -> None:
    data = request.POST
    if data.get("do") == "withdraw":
        registration.withdraw(account=account, edition=edition)
        messages.success(request, _("Taken back."))
        return
    form = registration.Form(
        name=data.get("name", ""),
        function=data.get("function", ""),
        organisation=data.get("organisation", ""),
        kind=data.get("kind", ""),
        country=data.get("country", ""),
        category=data.get("category", ""),
        agrees_to_listing=data.get("listed") == "yes",
        answers={
            name.removeprefix("answer-"): text.replace("\x00", "")
            for name, text in data.items()
            if name.startswith("answer-") and isinstance(text, str)
        },
        files={
            name.removeprefix("answer-"): handed
            for name in request.FILES
            if name.startswith("answer-") and (handed := file_of(request, name)) is not None
        },
    )
    registration.apply(account=account, subject=active_subject(), edition=edition, form=form)
    messages.success(request, _("Your application is made. Its state is shown here."))
