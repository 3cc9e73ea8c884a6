"""Say the names of categories and the questions of the form in the other languages of an edition."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.permissions import Subject
from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum.models import Edition, Place, Question, QuestionWording
from punte.apps.forum.registration import LONGEST
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.registration_form import form_of
from punte.apps.forum.revisions import claim_revision
from punte.apps.forum.set_up import SetUpError, require_organiser
from punte.apps.forum.word_rows import ByLanguage, checked_words, other_languages, set_words


def word_edition(
    *, by: Subject, edition: Edition, words: ByLanguage, read_revision: int | None = None
) -> None:
    """
    Set the name and the theme of an edition in its other languages; what is empty is said in the first.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    _word(edition, edition, words, form="facts", read_revision=read_revision)
    record("edition.worded", edition, edition_id=edition.pk)


def _word(
    edition: Edition,
    thing: Any,  # noqa: ANN401
    words: ByLanguage,
    *,
    form: str,
    read_revision: int | None,
) -> None:
    kept = checked_words(edition, thing, words, what=_("The edition"))
    with transaction.atomic():
        claim_revision(edition, form, read=read_revision)
        set_words(thing, kept)


def word_place(
    *,
    by: Subject,
    edition: Edition,
    code: str,
    words: ByLanguage,
    read_revision: int | None = None,
) -> None:
    """
    Set what a place is called in the other languages of the edition; what is empty is said in the first.

    Raises
    ------
    SetUpError
        The subject is no organiser, or there is no such place.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    place = edition.places.filter(code=code).first()
    if place is None:
        raise SetUpError(_("There is no such place. Load the page again."))
    _word(edition, place, words, form=naming_form_of(place), read_revision=read_revision)
    record("edition.place_worded", edition, edition_id=edition.pk, code=code)


def naming_form_of(place: Place) -> str:
    """Return by which name the revisions of what a place is called are counted."""
    return f"place {place.code}"


def word_category(
    *,
    by: Subject,
    edition: Edition,
    code: str,
    words: ByLanguage,
    read_revision: int | None = None,
) -> None:
    """
    Set what a category is called in the other languages of the edition; an empty name is taken away.

    Raises
    ------
    SetUpError
        The subject is no organiser, or there is no such category.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    category = edition.categories.filter(code=code).first()
    if category is None:
        raise SetUpError(_("There is no such category any more. Load the page again."))
    _word(edition, category, words, form="categories", read_revision=read_revision)
    record("edition.category_worded", edition, edition_id=edition.pk, code=code)


def word_question(
    *,
    by: Subject,
    edition: Edition,
    question_id: UUID,
    words: Mapping[str, tuple[str, str]],
    read_revision: int | None = None,
) -> None:
    """
    Set how a question and its answers read in the other languages of the edition; an empty question is taken away.

    Parameters
    ----------
    words
        By language the question, and the answers to choose from, one a line.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        There is no such question, or not as many answers as it has.
    ChangedMeanwhileError
        It is not the revision that was read, ``read_revision``; None reads none.
    """
    require_organiser(by, edition)
    question = edition.questions.filter(pk=question_id).first()
    if question is None:
        raise RegistrationError(_("There is no such question any more. Load the page again."))
    made = []
    for key, name in other_languages(edition):
        label, options = words.get(key, ("", ""))
        label, options = one_line(label, 200), whole_text(options, LONGEST)
        if label or options:
            made.append(_worded(question, key, name, label, options))
    kept = {one.language: {"label": one.label, "options": one.options} for one in made}
    with transaction.atomic():
        claim_revision(edition, form_of(question), read=read_revision)
        set_words(question, kept)
    record("edition.question_worded", edition, edition_id=edition.pk, code=question.code)


def _worded(
    question: Question, language: str, name: str, label: str, options: str
) -> QuestionWording:
    if not label:
        raise RegistrationError(_("%(language)s: write the question too.") % {"language": name})
    refuse_classified(_("The question"), [(_("question"), label), (_("answers"), options)])
    found = QuestionWording(question=question, language=language, label=label)
    if question.kind == Question.Kind.CHOICE and options:
        lines = [line.strip() for line in options.splitlines() if line.strip()]
        if len(lines) != len(question.choices) or len({*lines}) != len(lines):
            raise RegistrationError(
                _(
                    "%(language)s: write %(count)d different answers, one a line, in the order of the first language; or "
                    "none."
                )
                % {"language": name, "count": len(question.choices)}
            )
        found.options = "\n".join(lines)
    return found
