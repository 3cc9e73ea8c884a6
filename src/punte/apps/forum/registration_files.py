"""Files that applicants hand in: what is taken, who reads it, when it goes."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.classified import ClassifiedError
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting_as_system
from punte.apps.access.uploads import Upload, UploadError, checked_upload
from punte.apps.forum.models import Application, ApplicationFile, Edition, Question
from punte.apps.forum.registration_fault import RegistrationError
from punte.kernel.errors import Problem


def files_asked(questions: Iterable[Question]) -> list[Question]:
    """Return the questions that are answered by a file."""
    return [one for one in questions if one.kind == Question.Kind.FILE]


def check_files(
    questions: Iterable[Question], handed: Mapping[str, tuple[str, bytes]]
) -> dict[str, Upload]:
    """
    Return the files that are taken, by the code of their question.

    Parameters
    ----------
    handed
        Name and content by the code of the question.

    Raises
    ------
    RegistrationError
        One is too large, empty, or none of the kinds that its question takes; each is named.
    ClassifiedError
        One is marked RESTRICTED or above; each place is named.
    """
    found: dict[str, Upload] = {}
    faults: list[str] = []
    marked: list[Problem] = []
    for question in files_asked(questions):
        if question.code not in handed:
            continue
        name, content = handed[question.code]
        try:
            found[question.code] = checked_upload(name, content, kinds=question.file_kinds)
        except UploadError as error:
            faults.append(f"{question.label}: {error}")
        except ClassifiedError as error:
            marked += error.problems
    if marked:
        raise ClassifiedError(_("The application"), marked)
    if faults:
        raise RegistrationError(*faults)
    return found


def keep_files(
    application: Application, questions: Iterable[Question], uploads: Mapping[str, Upload]
) -> None:
    """Keep the files of an application; who calls has checked that it may be made."""
    for question in questions:
        if question.code in uploads:
            file = ApplicationFile(
                application=application, code=question.code, label=question.label
            )
            file.take(uploads[question.code])
            file.save(force_insert=True)


def own_files(*, account: Account, edition: Edition) -> list[ApplicationFile]:
    """Return the files of the account's applications to the edition, without their content."""
    with acting_as_system("show one's own application"):
        return list(
            ApplicationFile.objects.filter(
                application__edition=edition, application__account=account
            ).defer("content")
        )


def own_file(*, account: Account, edition: Edition, file_id: UUID) -> ApplicationFile | None:
    """Return a file that the account handed in; None where it handed in no such file."""
    with acting_as_system("show one's own application"):
        return ApplicationFile.objects.filter(
            pk=file_id, application__edition=edition, application__account=account
        ).first()
