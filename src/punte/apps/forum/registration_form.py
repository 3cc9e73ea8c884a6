"""The form of applications to an edition: whether it is open, and which questions it asks."""

from typing import Final
from uuid import UUID

from django.utils.text import slugify
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.access.uploads import FILE_KINDS
from punte.apps.forum.models import AttendeeCategory, Edition, Question
from punte.apps.forum.registration import LONGEST
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.set_up import require_organiser
from punte.apps.people.models import Organisation

MOST_QUESTIONS: Final = 40
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
    label, options = one_line(label, 200), whole_text(options, LONGEST)
    there = list(edition.questions.all())
    if not label or kind not in Question.Kind.values:
        raise RegistrationError(_("Write the question, and choose how it is answered."))
    if kind == Question.Kind.CHOICE and len({*options.splitlines()}) < 2:
        raise RegistrationError(_("Write at least two answers to choose from, one a line."))
    if kind == Question.Kind.FILE:
        _check_file_question(there, options)
    if only_if_code and only_if_code not in {"kind", *(one.code for one in there)}:
        raise RegistrationError(_("The question on which it depends is not in the form."))
    if len(there) >= MOST_QUESTIONS:
        raise RegistrationError(
            _("A form has at most %(count)d questions.") % {"count": MOST_QUESTIONS}
        )
    if kind == Question.Kind.FILE:
        options = options.lower()
    only_if_value = _condition(there, only_if_code, whole_text(only_if_value, 200))
    refuse_classified(
        _("The question"),
        [(_("question"), label), (_("answers"), options), (_("condition"), only_if_value)],
    )
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


def _check_file_question(there: list[Question], options: str) -> None:
    unknown = {line.strip().lower() for line in options.splitlines() if line.strip()} - set(
        FILE_KINDS
    )
    if unknown:
        raise RegistrationError(
            _(
                "“%(kind)s” is no kind of file that is taken. Write, one a line: %(kinds)s; or nothing."
            )
            % {"kind": min(unknown)[:20], "kinds": ", ".join(FILE_KINDS)}
        )
    if sum(one.kind == Question.Kind.FILE for one in there) >= MOST_FILES:
        raise RegistrationError(
            _("A form asks for at most %(count)d files.") % {"count": MOST_FILES}
        )


def remove_question(*, by: Subject, edition: Edition, question_id: UUID) -> None:
    """
    Take a question away; answers that were given stay with their applications.

    Raises
    ------
    RegistrationError
        It is not there, or another question depends on it.
    """
    require_organiser(by, edition)
    question = edition.questions.filter(pk=question_id).first()
    if question is None:
        raise RegistrationError(
            _(
                "This question is not in the form; somebody took it away meanwhile. Nothing was changed."
            )
        )
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
