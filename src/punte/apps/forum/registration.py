"""Apply to come, and answer who applied: accepted applicants are nominated and go through clearance like everybody."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.classified import refuse_classified
from punte.apps.access.models import Account, Country
from punte.apps.access.permissions import Subject, acting_as_system, right_groups
from punte.apps.access.texts import one_line, whole_text
from punte.apps.forum.applicant_news import tell_applicant
from punte.apps.forum.models import Application, ApplicationFile, Edition, Phase, Question
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.registration_files import check_files, files_asked, keep_files
from punte.apps.forum.set_up import require_organiser
from punte.apps.people.listing import keep_first_choice
from punte.apps.people.models import Membership, Nomination, Organisation, Person
from punte.apps.people.register import delegation_of
from punte.apps.people.vetting import nominate

OPEN: Final = (Application.State.WAITING, Application.State.LISTED)
LONGEST: Final = 2000
"""Characters of an answer that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """
    What an applicant wrote.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-3.
    kind
        Of the organisation, as ``Organisation.Kind`` names it.
    answers
        By the code of the question.
    files
        Name and content of what was handed in, by the code of the question.
    agrees_to_listing
        Whether the applicant, once a delegate, may stand in the directory of the edition.
    """

    name: str
    function: str
    organisation: str
    kind: str
    country: str
    category: str
    answers: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    agrees_to_listing: bool = False


def is_open(edition: Edition, now: dt.datetime) -> bool:
    """Whether the edition takes applications now: it says so, is not archived, and its registration runs."""
    return (
        edition.takes_applications
        and edition.archived_at is None
        and edition.phases.filter(
            kind=Phase.Kind.REGISTER, starts_at__lte=now, ends_at__gt=now
        ).exists()
    )


def asked(questions: Iterable[Question], kind: str, answers: Mapping[str, str]) -> list[Question]:
    """Return the questions that are asked, given the kind of the organisation and the answers before each."""
    known = {"kind": kind}
    found = []
    for question in questions:
        if question.only_if_code and known.get(question.only_if_code) != question.only_if_value:
            continue
        found.append(question)
        known[question.code] = answers.get(question.code, "").strip()
    return found


def check_answers(
    questions: Iterable[Question], kind: str, answers: Mapping[str, str]
) -> dict[str, str]:
    """
    Return the answers to the questions that are asked; answers to others are dropped.

    Raises
    ------
    RegistrationError
        Answers that are missing or none of the choices, each named.
    """
    kept: dict[str, str] = {}
    problems = []
    for question in asked(questions, kind, answers):
        text = answers.get(question.code, "").strip()
        if len(text) > LONGEST:
            problems.append(
                _("“%(label)s”: %(count)d characters, and %(most)d are the most.")
                % {"label": question.said, "count": len(text), "most": LONGEST}
            )
        elif question.is_required and not text:
            problems.append(_("“%(label)s” must be answered.") % {"label": question.said})
        elif text and question.kind == Question.Kind.CHOICE and text not in question.choices:
            problems.append(_("“%(label)s”: choose one of the list.") % {"label": question.said})
        elif text:
            kept[question.code] = text
    if problems:
        raise RegistrationError(*problems)
    return kept


def apply(*, account: Account, subject: Subject, edition: Edition, form: Form) -> Application:
    """
    Ask to come to an edition, with an account whose address is confirmed.

    Raises
    ------
    RegistrationError
        Applications are closed, one waits already, or something is missing; each fault is named.
    ClassifiedError
        Something is marked RESTRICTED or above.
    """
    if not is_open(edition, timezone.now()):
        raise RegistrationError(_("The edition takes no applications now."))
    if subject.is_denied:
        raise RegistrationError(_("The application cannot be taken; ask the organiser."))
    _check_form(edition, form)
    questions = list(edition.questions.prefetch_related("wordings"))
    for_files = [one.code for one in files_asked(questions)]
    handed = {code: form.files[code] for code in for_files if code in form.files}
    names = {code: handed[code][0] if code in handed else "" for code in for_files}
    answers = check_answers(questions, form.kind, {**form.answers, **names})
    uploads = check_files(questions, {code: handed[code] for code in handed if code in answers})
    answers = {code: text for code, text in answers.items() if code not in uploads}
    _refuse_marked(form, answers)
    with acting_as_system("apply to come"):
        # Two clicks at once: the second waits here, and then finds the first's application.
        Account.objects.select_for_update().get(pk=account.pk)
        if Application.objects.filter(edition=edition, account=account, state__in=OPEN).exists():
            raise RegistrationError(_("Your application waits already."))
        application = Application.objects.create(
            edition=edition,
            account=account,
            name=one_line(form.name, 160),
            email=account.email,
            function=one_line(form.function, 120),
            organisation_name=one_line(form.organisation, 200),
            organisation_kind=form.kind,
            country_id=form.country,
            category=form.category,
            answers=answers,
            agrees_to_listing=form.agrees_to_listing,
            owner_org_id=edition.owner_org_id,
            label_stewards=right_groups("organise", edition_id=edition.pk),
        )
        keep_files(application, questions, uploads)
        if (person := Person.objects.filter(account=account).first()) is not None:
            _keep_choice(application, person)
        record("application.made", application, edition_id=edition.pk)
        tell_applicant(application)
    return application


def _refuse_marked(form: Form, answers: Mapping[str, str]) -> None:
    texts = [(_("name"), form.name), (_("function"), form.function)]
    texts += [(_("organisation"), form.organisation), *answers.items()]
    refuse_classified(_("The application"), texts)


def _check_form(edition: Edition, form: Form) -> None:
    problems: dict[str, str] = {}
    for key, label in (("name", _("name")), ("organisation", _("organisation"))):
        if not getattr(form, key).strip():
            problems[key] = _("Give the %(what)s.") % {"what": label}
    if form.kind not in Organisation.Kind.values:
        problems["kind"] = _("Choose what kind of organisation it is.")
    if not Country.objects.filter(pk=form.country).exists():
        problems["country"] = _("Choose the country from the list.")
    categories: set[str] = set(edition.categories.values_list("code", flat=True))
    if form.category not in categories:
        problems["category"] = _("Choose a category from the list.")
    if problems:
        raise RegistrationError(*problems.values(), fields=[*problems])


def own_application(*, account: Account, edition: Edition) -> Application | None:
    """Return the account's latest application to the edition; None where there is none."""
    with acting_as_system("show one's own application"):
        return Application.objects.filter(edition=edition, account=account).last()


def withdraw(*, account: Account, edition: Edition) -> None:
    """
    Take one's own application back; its files are deleted at once.

    Raises
    ------
    RegistrationError
        None waits.
    """
    with acting_as_system("take back one's own application"):
        own = Application.objects.filter(edition=edition, account=account, state__in=OPEN)
        ApplicationFile.objects.filter(application__in=own).delete()
        count = own.update(state=Application.State.WITHDRAWN, decided_at=timezone.now())
        if not count:
            raise RegistrationError(_("No application of yours waits."))
        record("application.withdrawn", None, edition_id=edition.pk)


def answer(*, by: Subject, application: Application, state: str, reason: str = "") -> None:
    """
    Refuse an application with a reason, or put it on the waiting list.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        It does not wait, or the reason is missing.
    """
    require_organiser(by, application.edition)
    _hold(application)
    if state not in {Application.State.REFUSED, Application.State.LISTED}:
        raise RegistrationError(_("This step is unknown. Use a button of the page."))
    reason = whole_text(reason, 300)
    if state == Application.State.REFUSED and not reason:
        raise RegistrationError(_("Give the reason: the applicant reads it."))
    refuse_classified(_("The reason"), [(_("reason"), reason)])
    _decide(application, state, reason)
    record(f"application.{state}", application, edition_id=application.edition_id, reason=reason)


def accept(
    *,
    by: Subject,
    application: Application,
    organisation: Organisation | None,
    is_confirmed: bool = False,
) -> Nomination:
    """
    Accept an application: its applicant is nominated for the organisation, and goes through clearance.

    Parameters
    ----------
    organisation
        The organisation of the register that the applicant comes for; a new one is entered where there is none.
    is_confirmed
        Whether the organiser answers for it that the applicant belongs to that organisation. Otherwise one of its own
        people must confirm it before the clearance can end: anybody can write any organisation's name into a form.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    RegistrationError
        It does not wait.
    """
    edition = application.edition
    require_organiser(by, edition)
    _hold(application)
    with acting_as_system("enter who was accepted"):
        person, own = _known(application)
        organisation = own if own is not None else organisation
        is_confirmed = is_confirmed or organisation is None
        organisation = organisation or _enter_organisation(application)
        if person is None:
            person = _enter_person(application, organisation)
            _keep_choice(application, person)
        _enter_membership(application, person, organisation, by if is_confirmed else None)
    delegation = delegation_of(by=by, edition_id=edition.pk, organisation_id=organisation.pk)
    nomination = nominate(
        by=by, delegation=delegation, person=person, category=application.category
    )
    _decide(application, Application.State.ACCEPTED, "")
    record(
        "application.accepted",
        application,
        edition_id=edition.pk,
        organisation=str(organisation.pk),
        is_confirmed=is_confirmed,
    )
    return nomination


def _known(application: Application) -> tuple[Person | None, Organisation | None]:
    """Return whom the register knows behind the account that applied, and for which organisation they are confirmed."""
    person = Person.objects.filter(account_id=application.account_id).first()
    if person is None:
        return None, None
    own = Membership.objects.filter(
        person=person, until__isnull=True, confirmed_at__isnull=False
    ).first()
    return person, own.organisation if own is not None else None


def known_behind(*, by: Subject, application: Application) -> tuple[str, str]:
    """
    Return the names of the person and of the organisation that accepting nominates, whatever the form says.

    Either is empty where the register knows none.

    Raises
    ------
    SetUpError
        The subject is no organiser.
    """
    require_organiser(by, application.edition)
    with acting_as_system("enter who was accepted"):
        person, own = _known(application)
        return person.name if person else "", own.name if own else ""


def _enter_organisation(application: Application) -> Organisation:
    edition_id = application.edition_id
    organisation = Organisation(
        name=application.organisation_name,
        kind=application.organisation_kind,
        country_id=application.country_id,
        label_releasable_to=[f"edition:{edition_id}"],
        label_stewards=right_groups("organise", edition_id=edition_id),
    )
    organisation.save()
    return organisation


def _enter_person(application: Application, organisation: Organisation) -> Person:
    key = uuid.uuid4()
    return Person.objects.create(
        id=key,
        name=application.name,
        email=application.email,
        account_id=application.account_id,
        owner_org=organisation,
        label_stewards=[
            f"person:{key}",
            *right_groups("organise", "vet", edition_id=application.edition_id),
        ],
    )


def _enter_membership(
    application: Application, person: Person, organisation: Organisation, by: Subject | None
) -> None:
    """Enter that the person belongs to the organisation, confirmed by a subject, or by nobody yet."""
    said: dict[str, object] = {}
    if by is not None:
        said = {"confirmed_at": timezone.now(), "confirmed_by_id": by.person_id}
    held, is_new = Membership.objects.get_or_create(
        person=person,
        organisation=organisation,
        until=None,
        defaults={"function": application.function, **said},
    )
    if said and not is_new and held.confirmed_at is None:
        Membership.objects.filter(pk=held.pk).update(**said)


def _keep_choice(application: Application, person: Person) -> None:
    """Keep what the applicant said of the directory; the caller acts as the platform."""
    keep_first_choice(
        person=person,
        edition_id=application.edition_id,
        is_listed=application.agrees_to_listing,
        said_at=application.made_at,
        where="application",
    )


def _hold(application: Application) -> None:
    """Hold the row until the transaction ends and read its state anew: whoever answers first, has answered."""
    with acting_as_system("enter who was accepted"):
        application.state = Application.objects.select_for_update().get(pk=application.pk).state
    if application.state not in OPEN:
        raise RegistrationError(
            _("This application is answered already: %(state)s.")
            % {"state": application.get_state_display()}
        )


def _decide(application: Application, state: str, reason: str) -> None:
    application.state, application.reason = state, reason
    application.decided_at = timezone.now()
    application.save(update_fields=["state", "reason", "decided_at"])
    tell_applicant(application)


def alike(application: Application) -> list[Organisation]:
    """Return organisations of the same country that the reader sees and whose names share a long word, most 20."""
    words = {word.casefold() for word in application.organisation_name.split() if len(word) > 3}
    return [
        one
        for one in Organisation.objects.filter(
            country_id=application.country_id, merged_into__isnull=True
        )
        if words & {word.casefold() for word in one.name.split()}
    ][:20]
