"""The form of applications to an edition: whether it is open, and which questions it asks."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.access.uploads import FILE_KINDS
from punte.apps.forum.models import Application, AttendeeCategory, Edition, Question
from punte.apps.forum.registration import LONGEST
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import require_organiser
from punte.apps.people.models import Organisation

MOST_QUESTIONS: Final = 40
ORDER: Final = "order of the questions"
"""By which name the revisions of their order are counted."""
MOST_FILES: Final = 5
"""Questions of a form that are answered by a file."""


def set_taking(*, by: Subject, edition: Edition, takes: bool) -> None:
    """Say whether the edition takes applications while its registration runs; refused to who is no organiser."""
    require_organiser(by, edition)
    edition.takes_applications = takes
    edition.save(update_fields=["takes_applications"])
    record("edition.applications", edition, edition_id=edition.pk, takes=takes)


def add_question(
    *,
    by: Subject,
    edition: Edition,
    label: str,
    kind: str,
    options: str = "",
    is_required: bool = False,
    only_if_code: str = "",
    only_if_value: str = "",
) -> Question:
    """
    Add a question to the form, after those that are there.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        The question or its choices are missing, or it hangs from a question that comes later or is not there, or from an
        answer that nobody can give.
    """
    require_organiser(by, edition)
    there = list(edition.questions.all())
    if kind not in Question.Kind.values:
        raise RegistrationError(_("Write the question, and choose how it is answered."))
    label, options = _checked_words(there, kind, label, options)
    if kind == Question.Kind.FILE and sum(one.kind == kind for one in there) >= MOST_FILES:
        raise RegistrationError(
            _("A form asks for at most %(count)d files.") % {"count": MOST_FILES}
        )
    if only_if_code and only_if_code not in {"kind", *(one.code for one in there)}:
        raise RegistrationError(_("The question on which it depends is not in the form."))
    if len(there) >= MOST_QUESTIONS:
        raise RegistrationError(
            _("A form has at most %(count)d questions.") % {"count": MOST_QUESTIONS}
        )
    only_if_value = _condition(there, only_if_code, whole_text(only_if_value, 200))
    refuse_classified(_("The question"), [(_("condition"), only_if_value)])
    codes = {one.code for one in there} | {"kind"}
    stem = slugify(label)[:24] or "question"
    code = next(c for c in (stem, *(f"{stem}-{n}" for n in range(2, 99))) if c not in codes)
    question = Question.objects.create(
        edition=edition,
        code=code,
        label=label,
        kind=kind,
        options=options,
        is_required=is_required,
        only_if_code=only_if_code,
        only_if_value=only_if_value,
        position=max((one.position for one in there), default=-1) + 1,
    )
    record("edition.question", edition, edition_id=edition.pk, code=code)
    return question


def _condition(there: list[Question], code: str, value: str) -> str:
    """Return the answer on which a question hangs, as it is kept; one that nobody can give is refused."""
    if not code:
        return ""
    if code == "kind":
        label, is_sure = _("kind of organisation"), True
        kinds = Organisation.Kind.choices
        answers = {str(word): key for key, said in kinds for word in (said, key)}
        shown = [str(said) for _key, said in kinds]
    else:
        other = next(one for one in there if one.code == code)
        label, is_sure = other.label, other.is_required
        if other.kind == Question.Kind.FILE:
            raise RegistrationError(
                _(
                    "“%(label)s” is answered by a file: nothing can depend on what it is. Choose another question under “Only where”."
                )
                % {"label": label}
            )
        shown = ["yes"] if other.kind == Question.Kind.YES else other.choices
        if other.kind not in {Question.Kind.YES, Question.Kind.CHOICE}:
            shown = [value] if value else []
        answers = {one: one for one in shown}
    if not value and not is_sure:
        return ""
    alike = {word.casefold(): key for word, key in answers.items()}
    found = answers.get(value) or alike.get(value.casefold())
    if found is None:
        raise RegistrationError(
            _(
                "Nobody can answer “%(label)s” with “%(value)s”, so this question would never be asked. Write one of these "
                "under “is”: %(answers)s."
            )
            % {"label": label, "value": value[:60], "answers": "; ".join(shown) or _("an answer")}
        )
    return found


def _checked_words(
    others: Iterable[Question], kind: str, label: str, options: str
) -> tuple[str, str]:
    """Return the question and its answers as they are kept, once nothing in them is missing or said twice."""
    label, options = one_line(label, 200), whole_text(options, LONGEST)
    if not label:
        raise RegistrationError(_("Write the question, and choose how it is answered."))
    if label.casefold() in {one.label.casefold() for one in others}:
        raise RegistrationError(
            _("The form asks “%(question)s” already. Change that question, or ask something else.")
            % {"question": label}
        )
    refuse_classified(_("The question"), [(_("question"), label), (_("answers"), options)])
    lines = [line.strip() for line in options.splitlines() if line.strip()]
    if kind == Question.Kind.FILE:
        _refuse_unknown_kinds(lines)
        return label, "\n".join(line.lower() for line in lines)
    if kind == Question.Kind.CHOICE:
        _refuse_odd_choices(lines)
    return label, "\n".join(lines)


def _refuse_odd_choices(lines: list[str]) -> None:
    twice = next((line for n, line in enumerate(lines) if line in lines[:n]), "")
    if twice:
        raise RegistrationError(
            _("The answer “%(answer)s” stands twice. Write each once.") % {"answer": twice}
        )
    if len(lines) < 2:
        raise RegistrationError(_("Write at least two answers to choose from, one a line."))


def _refuse_unknown_kinds(lines: list[str]) -> None:
    unknown = {line.lower() for line in lines} - set(FILE_KINDS)
    if unknown:
        raise RegistrationError(
            _(
                "“%(kind)s” is no kind of file that is taken. Write, one a line: %(kinds)s; or nothing."
            )
            % {"kind": min(unknown)[:20], "kinds": ", ".join(FILE_KINDS)}
        )


def form_of(question: Question) -> str:
    """Return by which name the revisions of a question are counted."""
    return f"question {question.code}"


def change_question(
    *,
    by: Subject,
    edition: Edition,
    question_id: UUID,
    label: str,
    options: str,
    is_required: bool,
    read_revision: int | None,
) -> bool:
    """
    Say a question in other words, or let it have other answers; how it is answered stays as it is.

    Returns
    -------
    Whether its answers in other languages went, since they are no longer those of the first.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        There is no such question, its words are missing or said twice, or an answer goes that was given or asked for.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``.
    """
    require_organiser(by, edition)
    question = _question_of(edition, question_id)
    others = edition.questions.exclude(pk=question.pk)
    label, options = _checked_words(others, question.kind, label, options)
    before = question.choices
    changed = Question(kind=question.kind, options=options).choices != before
    if question.kind == Question.Kind.CHOICE and changed:
        _refuse_lost_answers(edition, question, options.splitlines())
    with transaction.atomic():
        claim_revision(edition, form_of(question), read=read_revision)
        question.label, question.options, question.is_required = label, options, is_required
        question.save(update_fields=["label", "options", "is_required"])
        worded = question.wordings.exclude(options="") if changed else question.wordings.none()
        lost = worded.update(options="")
    record("edition.question_changed", edition, edition_id=edition.pk, code=question.code)
    return bool(lost)


def _refuse_lost_answers(edition: Edition, question: Question, kept: Iterable[str]) -> None:
    lost = [one for one in question.choices if one not in set(kept)]
    hanging = edition.questions.filter(only_if_code=question.code, only_if_value__in=lost).first()
    if hanging is not None:
        raise RegistrationError(
            _("“%(other)s” is asked only where the answer is “%(answer)s”. Keep that answer.")
            % {"other": hanging.label, "answer": hanging.only_if_value}
        )
    answers = Application.objects.filter(edition=edition).values_list("answers", flat=True)
    given = {one.get(question.code, "") for one in answers}
    if answer := next((one for one in lost if one in given), ""):
        raise RegistrationError(
            _("Somebody answered “%(answer)s”. Keep that answer; you can add others.")
            % {"answer": answer}
        )


def move_question(
    *, by: Subject, edition: Edition, question_id: UUID, is_up: bool, read_revision: int | None
) -> None:
    """
    Ask a question one place earlier or later; at the end of the form nothing moves.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        There is no such question, or it would come before the one on which it depends.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``.
    """
    require_organiser(by, edition)
    question = _question_of(edition, question_id)
    order = list(edition.questions.all())
    here = order.index(question)
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(order):
        return
    first, second = order[min(here, there)], order[max(here, there)]
    if second.only_if_code == first.code:
        raise RegistrationError(
            _("“%(second)s” depends on the answer to “%(first)s”, so it comes after it.")
            % {"second": second.label, "first": first.label}
        )
    order[here], order[there] = order[there], order[here]
    with transaction.atomic():
        claim_revision(edition, ORDER, read=read_revision)
        for position, one in enumerate(order):
            one.position = position
        Question.objects.bulk_update(order, ["position"])
    record("edition.question_moved", edition, edition_id=edition.pk, code=question.code)


def _question_of(edition: Edition, question_id: UUID) -> Question:
    question = edition.questions.filter(pk=question_id).first()
    if question is None:
        raise RegistrationError(_("There is no such question any more. Load the page again."))
    return question


def remove_question(*, by: Subject, edition: Edition, question_id: UUID) -> None:
    """
    Take a question away; answers that were given stay with their applications.

    Raises
    ------
    RegistrationError
        There is no such question, or another one depends on it.
    """
    require_organiser(by, edition)
    question = _question_of(edition, question_id)
    if edition.questions.filter(only_if_code=question.code).exists():
        raise RegistrationError(_("Another question depends on it. Take that one away first."))
    question.delete()
    record("edition.question_removed", edition, edition_id=edition.pk, code=question.code)


def questions_of(edition: Edition) -> list[Question]:
    """Return the questions of the form in their order, each with how it reads in other languages."""
    return list(edition.questions.prefetch_related("wordings"))


def categories_of(edition: Edition) -> list[AttendeeCategory]:
    """Return the categories that an applicant chooses from."""
    return list(edition.categories.prefetch_related("wordings"))
