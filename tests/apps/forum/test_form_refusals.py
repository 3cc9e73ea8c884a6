"""Conditions that nobody can meet, and taking away what is awaited or is not there: refused, with what to do."""

import uuid

import pytest

from cast import EDITION, Cast, make_open_edition
from punte.apps.access.permissions import Subject, acting, acting_as_system
from punte.apps.forum import set_up_parts
from punte.apps.forum.models import Application, Edition, Place, Question
from punte.apps.forum.registration_fault import RegistrationError
from punte.apps.forum.registration_form import add_question, remove_question
from punte.apps.forum.set_up import SetUpError
from punte.apps.people.models import Delegation, Nomination

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(cast: Cast) -> Edition:
    made = make_open_edition(cast, "press", "company")
    with acting_as_system("tests"):
        for position, (code, kind, options, required) in enumerate(
            (
                ("pick", "choice", "Bus\nTrain", False),
                ("must", "choice", "Red\nred wine", True),
                ("tick", "yes", "", False),
                ("paper", "file", "pdf", False),
                ("line", "text", "", False),
            )
        ):
            Question.objects.create(
                edition=made,
                code=code,
                label=code.capitalize(),
                kind=kind,
                options=options,
                is_required=required,
                position=position,
            )
    return made


def add(by: Subject, edition: Edition, code: str, value: str) -> Question:
    return add_question(
        by=by, edition=edition, label="Which?", kind="text", only_if_code=code, only_if_value=value
    )


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("pick", "ZZZ", "Bus; Train"),
        ("must", "", "Red; red wine"),
        ("tick", "no", "yes"),
        ("kind", "shop", "Authority; .*Press"),
        ("kind", "", "Authority; .*Press"),
        ("paper", "passport.pdf", "answered by a file"),
    ],
)
def test_a_condition_that_nobody_can_meet_is_refused(
    cast: Cast, edition: Edition, code: str, value: str, said: str
) -> None:
    with acting(cast.organiser.subject) as by:
        with pytest.raises(RegistrationError, match=said):
            add(by, edition, code, value)
        assert edition.questions.count() == 5


@pytest.mark.parametrize(
    ("code", "value", "kept"),
    [
        ("pick", "train", "Train"),
        ("pick", "", ""),
        ("tick", "Yes", "yes"),
        ("kind", "Press", "press"),
        ("kind", "company", "company"),
        ("line", "anything", "anything"),
    ],
)
def test_a_condition_that_can_be_met_is_kept_as_it_is_answered(
    cast: Cast, edition: Edition, code: str, value: str, kept: str
) -> None:
    with acting(cast.organiser.subject) as by:
        assert add(by, edition, code, value).only_if_value == kept


@pytest.mark.parametrize("state", ["waiting", "held", "substitute", "cleared"])
def test_a_category_in_which_somebody_is_nominated_stays(
    cast: Cast, edition: Edition, state: str
) -> None:
    with acting_as_system("tests"):
        delegation, _new = Delegation.objects.get_or_create(
            edition_id=EDITION,
            organisation=cast.company.organisation,
            defaults={"owner_org": cast.company.organisation},
        )
        Nomination.objects.filter(edition_id=EDITION).delete()
        one = Nomination.objects.create(
            delegation=delegation,
            edition_id=EDITION,
            person=cast.company.person,
            owner_org=cast.company.organisation,
            category="press",
            state=state,
            label_stewards=[f"organise@{EDITION}"],
        )
    with acting(cast.organiser.subject) as by:
        with pytest.raises(SetUpError, match="Nominees in this category: 1;"):
            set_up_parts.remove_category(by=by, edition=edition, code="press")
        assert edition.categories.filter(code="press").exists()
    with acting_as_system("tests"):
        Nomination.objects.filter(pk=one.pk).update(state="rejected")
    with acting(cast.organiser.subject) as by:
        set_up_parts.remove_category(by=by, edition=edition, code="press")
        assert not edition.categories.filter(code="press").exists()


def test_a_category_for_which_somebody_applies_stays(cast: Cast, edition: Edition) -> None:
    with acting_as_system("tests"):
        Application.objects.create(
            edition=edition,
            account=cast.outsider.account,
            name="Ana",
            email="a@example.org",
            organisation_name="Org",
            country_id="ROU",
            category="press",
            owner_org_id=edition.owner_org_id,
            label_stewards=[f"organise@{EDITION}"],
        )
    with (
        acting(cast.organiser.subject) as by,
        pytest.raises(SetUpError, match="applications for it: 1"),
    ):
        set_up_parts.remove_category(by=by, edition=edition, code="press")


def test_what_is_not_there_is_said_not_to_be_there(cast: Cast, edition: Edition) -> None:
    with acting_as_system("tests"):
        Place.objects.create(edition=edition, code="T1", name="T", kind="table", position=1)
    with acting(cast.organiser.subject) as by:
        set_up_parts.remove_place(by=by, edition=edition, code="T1")
        with pytest.raises(SetUpError, match="There is no place “T1”"):
            set_up_parts.remove_place(by=by, edition=edition, code="T1")
        with pytest.raises(SetUpError, match="There is no category “sailors”"):
            set_up_parts.remove_category(by=by, edition=edition, code="sailors")
        with pytest.raises(RegistrationError, match="no such question any more"):
            remove_question(by=by, edition=edition, question_id=uuid.uuid4())
