"""The organisers' side of applications: the list, one with its answers and the decision, the form itself."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from punte.apps.access.models import Tlp, strictest_tlp
from punte.apps.access.permissions import active_subject
from punte.apps.access.queries import country_name
from punte.apps.access.uploads import FILE_KINDS
from punte.apps.forum import registration, registration_form
from punte.apps.forum.application_state import take_first
from punte.apps.forum.models import Application, ApplicationFile, Edition, Question
from punte.apps.forum.revisions import revision_of
from punte.apps.forum.stale_words import stale_words_of
from punte.apps.forum.waiting_list import waiting_list
from punte.apps.forum.word_rows import other_languages
from punte.apps.forum.wordings import word_question
from punte.apps.people.models import Nomination, Organisation
from punte.apps.people.vetting import awaits_confirmation
from punte.kernel.errors import PunteError
from punte.web.files import file_response
from punte.web.people.delegation import uuid_of
from punte.web.refusals import tell_refusal
from punte.web.registration.applicant import answered
from punte.web.setup.pages import frame, open_edition
from punte.web.setup.words import stale_lines
from punte.web.tables import asked_ending, minute_in, table_response
from punte.web.typed import revision_read

ROWS = 60
SEVERAL: Final[dict[str, object]] = {
    Application.State.ACCEPTED: pgettext_lazy("several", "Accepted"),
    Application.State.REFUSED: pgettext_lazy("several", "Refused"),
    Application.State.WITHDRAWN: pgettext_lazy("several", "Withdrawn"),
}
"""What states are called above more than one application: other languages have a plural of them."""


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """List the applications by state, as a file with ``?as=csv`` or ``?as=xlsx``; open or close the door."""
    edition = open_edition(slug)
    if request.method == "POST" and request.POST.get("do") == "first":
        try:
            _tell_accepted(request, take_first(by=active_subject(), edition=edition))
        except PunteError as error:
            tell_refusal(request, error)
        return redirect("applications", slug=slug)
    if request.method == "POST":
        takes = request.POST.get("takes") == "yes"
        registration_form.set_taking(by=active_subject(), edition=edition, takes=takes)
        messages.success(request, _("Kept."))
        return redirect("applications", slug=slug)
    state = request.GET.get("state", Application.State.WAITING)
    chosen = _chosen(edition, state)
    if ending := asked_ending(request):
        return _applications_file(edition, ending, list(chosen))
    everything = Application.objects.filter(edition=edition)
    counts: dict[str, int] = {
        row["state"]: row["count"]
        for row in everything.order_by().values("state").annotate(count=Count("pk"))
    }
    page = Paginator(chosen, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "registration/applications.html",
        frame(
            request,
            edition,
            rows=[(one, country_name(one.country_id)) for one in page.object_list],
            pages=page,
            state=state,
            first=waiting_list(edition).first(),
            tabs=[
                (key, SEVERAL.get(key, label), counts.get(key, 0))
                for key, label in Application.State.choices
            ],
        ),
    )


def _chosen(edition: Edition, state: str) -> QuerySet[Application]:
    if state == Application.State.LISTED:
        return waiting_list(edition)
    everything = Application.objects.filter(edition=edition)
    return everything.filter(state=state) if state in Application.State.values else everything


def _applications_file(edition: Edition, ending: str, chosen: list[Application]) -> HttpResponse:
    """Return applications with what was answered to each question of the form."""
    questions = [
        one for one in registration_form.questions_of(edition) if one.kind != Question.Kind.FILE
    ]
    columns = [
        _("Name"),
        _("E-mail address"),
        _("Function"),
        _("Organisation"),
        _("Country"),
        _("Category"),
        _("State"),
        _("Made"),
        *(question.said for question in questions),
    ]
    rows = [
        [
            one.name,
            one.email,
            one.function,
            one.organisation_name,
            country_name(one.country_id),
            one.category,
            one.get_state_display(),
            minute_in(edition.zone, one.made_at),
            *(question.said_answer(one.answers.get(question.code, "")) for question in questions),
        ]
        for one in chosen
    ]
    marking = strictest_tlp((one.label_tlp for one in chosen), least=Tlp.AMBER)
    return table_response(
        f"{edition.slug}-applications", columns, rows, ending=ending, marking=marking
    )


@require_http_methods(["GET", "POST"])
def show_one(request: HttpRequest, slug: str, application_id: UUID) -> HttpResponse:
    """Show an application; accept, put on the waiting list, or refuse."""
    edition = open_edition(slug)
    application = Application.objects.filter(edition=edition, pk=application_id).first()
    if application is None:
        raise Http404
    if request.method == "POST":
        try:
            _decide(request, application)
        except PunteError as error:
            tell_refusal(request, error)
            application.refresh_from_db()
        else:
            return redirect("application", slug=slug, application_id=application_id)
    return render(
        request,
        "registration/application.html",
        frame(
            request,
            edition,
            one=application,
            country=country_name(application.country_id),
            values=request.POST,
            answers=answered(edition, application),
            files=ApplicationFile.objects.filter(application=application).defer("content"),
            alike=registration.alike(application),
            known=registration.known_behind(by=active_subject(), application=application),
            is_open=application.state in registration.OPEN,
        ),
    )


@require_GET
def give_file(
    request: HttpRequest, slug: str, application_id: UUID, applicationfile_id: UUID
) -> HttpResponse:
    """Give a file of an application to who decides about it."""
    del request
    edition = open_edition(slug)
    file = ApplicationFile.objects.filter(
        pk=applicationfile_id, application=application_id, application__edition=edition
    ).first()
    if file is None:
        raise Http404
    return file_response(file)


def _decide(request: HttpRequest, application: Application) -> None:
    data, by = request.POST, active_subject()
    if data.get("do") == "accept":
        chosen = data.get("organisation", "")
        organisation = Organisation.objects.filter(pk=uuid_of(chosen)).first() if chosen else None
        if chosen and organisation is None:
            raise PunteError(_("This organisation is not in the register. Choose another."))
        nomination = registration.accept(
            by=by,
            application=application,
            organisation=organisation,
            is_confirmed=data.get("belongs") == "yes",
        )
        _tell_accepted(request, nomination)
        return
    registration.answer(
        by=by, application=application, state=data.get("do", ""), reason=data.get("reason", "")
    )
    messages.success(request, _("Kept."))


def _tell_accepted(request: HttpRequest, nomination: Nomination) -> None:
    """Say what follows from the acceptance: clearance, a place that is missing, an organisation that must confirm."""
    if nomination.state == Nomination.State.SUBSTITUTE:
        messages.warning(
            request,
            _(
                "Accepted as a substitute: every place of the delegation is taken. The nomination goes through "
                "clearance when a place is free."
            ),
        )
    else:
        messages.success(request, _("Accepted: the nomination now goes through clearance."))
    if awaits_confirmation(nomination):
        messages.warning(
            request,
            _(
                "Clearance can end only after the organisation has confirmed on its delegation page that this person "
                "is one of its people."
            ),
        )


@require_http_methods(["GET", "POST"])
def show_form(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the questions of the form, in the languages of the edition; add one, change it, word it, move it, or take it away."""
    edition = open_edition(slug)
    values: dict[str, str] = {}
    if request.method == "POST":
        try:
            _change_form(request, edition)
        except PunteError as error:
            tell_refusal(request, error)
            values = request.POST.dict()
        else:
            messages.success(request, _("Kept."))
            return redirect("application_form", slug=slug)
    questions = registration_form.questions_of(edition)
    languages = other_languages(edition)
    labels = {"kind": _("Kind of organisation"), **{one.code: one.label for one in questions}}
    kinds = {str(key): str(label) for key, label in Organisation.Kind.choices}
    return render(
        request,
        "registration/form.html",
        frame(
            request,
            edition,
            rows=[
                (
                    one,
                    labels.get(one.only_if_code, ""),
                    kinds.get(one.only_if_value, one.only_if_value),
                    _words_of(one, languages, values),
                    revision_of(edition, registration_form.form_of(one)),
                    stale_lines(stale_words_of(edition, "question", one)),
                )
                for one in questions
            ],
            kinds=Question.Kind.choices,
            file_kinds=", ".join(FILE_KINDS),
            hangers=labels.items(),
            organisation_kinds=kinds.items(),
            values=values,
            order_revision=revision_of(edition, registration_form.ORDER),
        ),
    )


def _words_of(
    question: Question, languages: list[tuple[str, str]], typed: dict[str, str]
) -> list[tuple[str, str, str, str]]:
    """Return for each other language its code and name, the question and its answers; as typed where that was refused."""
    stand = {one.language: (one.label, one.options) for one in question.wordings.all()}
    if typed.get("do") == "words" and typed.get("question") == str(question.pk):
        stand = {
            code: (typed.get(f"label-{code}", ""), typed.get(f"options-{code}", ""))
            for code, _name in languages
        }
    return [(code, name, *stand.get(code, ("", ""))) for code, name in languages]


def _change_form(request: HttpRequest, edition: Edition) -> None:
    data, by = request.POST, active_subject()
    if data.get("do") == "words":
        word_question(
            by=by,
            edition=edition,
            question_id=uuid_of(data.get("question", "")),
            words={
                code: (data.get(f"label-{code}", ""), data.get(f"options-{code}", ""))
                for code, _name in other_languages(edition)
            },
            read_revision=revision_read(request),
        )
        return
    if data.get("do") == "change":
        _change_question(request, edition)
        return
    if data.get("do") in {"up", "down"}:
        registration_form.move_question(
            by=by,
            edition=edition,
            question_id=uuid_of(data.get("question", "")),
            is_up=data.get("do") == "up",
            read_revision=revision_read(request),
        )
        return
    if data.get("do") == "away":
        registration_form.remove_question(
            by=by, edition=edition, question_id=uuid_of(data.get("question", ""))
        )
        return
    registration_form.add_question(
        by=by,
        edition=edition,
        label=data.get("label", ""),
        kind=data.get("kind", ""),
        options=data.get("options", ""),
        is_required=data.get("is_required") == "yes",
        only_if_code=data.get("only_if_code", ""),
        only_if_value=data.get("only_if_value", ""),
    )


def _change_question(request: HttpRequest, edition: Edition) -> None:
    data = request.POST
    lost = registration_form.change_question(
        by=active_subject(),
        edition=edition,
        question_id=uuid_of(data.get("question", "")),
        label=data.get("label", ""),
        options=data.get("options", ""),
        is_required=data.get("is_required") == "yes",
        read_revision=revision_read(request),
    )
    if lost:
        messages.warning(
            request,
            _("Its answers in the other languages went with the change. Write them anew."),
        )
