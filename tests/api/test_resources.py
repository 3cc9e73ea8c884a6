"""What the API reads: the same rows as the pages, in a constant number of queries."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api_caller import Caller, caller_of, secret_of
from cast import EDITION, Cast, Member
from edition_rows import Rows, make_edition
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.cooperation.models import Assistance, Commitment, Cooperation, Partner, Task
from punte.apps.forum.models import Delegate
from punte.apps.funding.bridge import shipped
from punte.apps.market.actions import (  # fmt: skip
    Draft,
    draft_listing,
    publish_listing,
    set_budget,
    submit_listing,
)
from punte.apps.market.models import Listing
from punte.apps.market.translating import set_translation
from punte.apps.people.models import Organisation, Person
from punte.apps.programmes.models import Milestone, Programme
from punte.kernel.money import Money

pytestmark = pytest.mark.django_db


def need(cast: Cast, title: str = "Bridge", **more: Any) -> Listing:
    draft = Draft(
        side=more.pop("side", "need"),
        kind="equipment",
        language="en",
        title=title,
        text="A mobile bridge for 60 tonnes.",
        edition_id=EDITION,
        **more,
    )
    with acting(cast.authority.subject) as by:
        row = draft_listing(by=by, draft=draft)
        set_translation(by=by, listing=row, language="ro", title="Pod", text="Pod mobil.")
        set_budget(by=by, listing=row, amount=Money(cents=12345), groups=[])
        submit_listing(by=by, listing=row)
    with acting(cast.organiser.subject) as by:
        publish_listing(by=by, listing=Listing.objects.get(pk=row.pk))
    return row


def entered(model: Any, **values: Any) -> Any:
    with acting_as_system("tests"):
        owner = Organisation.objects.get(name="Ministry of the Host")
        return model.objects.create(
            **{"owner_org": owner, "label_releasable_to": ["PUBLIC"], **values}
        )


def queries(caller: Caller, path: str) -> int:
    caller.get(path)
    with CaptureQueriesContext(connection) as found:
        assert caller.get(path).status_code == 200
    return len(found)


@pytest.fixture
def rows() -> Rows:
    return make_edition()


def delegate_of(rows: Rows) -> tuple[Delegate, Member]:
    with acting_as_system("tests"):
        person = Person.objects.select_related("account", "owner_org").get(
            account__email=rows.delegate
        )
        delegate = Delegate.objects.get(person=person, edition=rows.edition)
    assert person.account is not None
    return delegate, Member(person=person, organisation=person.owner_org, account=person.account)


def test_a_need_with_its_translation_and_its_amount_for_whom_it_is_meant(cast: Cast) -> None:
    row = need(cast)
    shown = caller_of(cast.company).get("needs").json()["items"]
    assert [one["title"] for one in shown] == ["Bridge"]
    (one,) = shown
    assert one["translations"] == [
        {"language": "ro", "title": "Pod", "text": "Pod mobil.", "of_revision": 1}
    ]
    assert (one["budget"], one["own"], one["owner"]) == (None, None, None)
    own = caller_of(cast.authority).get(f"needs/{row.pk}").json()
    assert own["budget"] == {"amount_cents": 12345, "currency": "EUR"}
    assert own["owner"]["name"] == cast.authority.organisation.name
    assert own["own"]["amount_for"] == "own"
    assert own["marking"]["why"] == "You see this because it belongs to your organisation."
    for caller in (Caller(), caller_of(cast.outsider)):
        assert caller.get("needs").json()["items"] == []
        hidden, never = caller.get(f"needs/{row.pk}"), caller.get(f"needs/{EDITION}")
        assert (hidden.status_code, hidden.content) == (never.status_code, never.content)
    assert caller_of(cast.company).get(f"offers/{row.pk}").status_code == 404


def test_needs_are_narrowed_as_on_their_page(cast: Cast) -> None:
    need(cast, "Bridge")
    need(cast, "Ferry", cpv=("35000000",))
    caller = caller_of(cast.company)

    def titles(**asked: Any) -> list[str]:
        return [one["title"] for one in caller.get("needs", **asked).json()["items"]]

    assert titles() == ["Ferry", "Bridge"]
    assert titles(q="ferry") == ["Ferry"]
    assert titles(q="pod") == ["Ferry", "Bridge"]
    assert titles(kind="training") == []
    assert titles(mine=True) == []
    assert caller.get("needs", kind="weapon").status_code == 422


def test_a_list_asks_the_same_number_of_queries_for_one_row_and_for_three(cast: Cast) -> None:
    caller = caller_of(cast.company)
    need(cast, "One")
    milestone = entered(Programme, kind="flagship", name="P0")
    cooperation = {"name": "C", "label_releasable_to": [f"edition:{EDITION}"]}

    def more(count: int) -> None:
        for number in range(count):
            entered(Programme, kind="flagship", name=f"P{number}")
            entered(Commitment, who="W", what=f"{number}", entered_at=timezone.now())
            entered(Assistance, kind="training", side="offer", title=f"T{number}")
            made = entered(Cooperation, **cooperation)
            with acting_as_system("tests"):
                Partner.objects.create(
                    cooperation=made,
                    organisation=cast.company.organisation,
                    organisation_name="W",
                )
                Task.objects.create(cooperation=made, text="x", who="y")
                Milestone.objects.create(
                    programme=milestone, name=f"M{number}", promised_on=dt.date(2027, 1, 1)
                )

    paths = ("needs", "organisations", "programmes", "commitments", "assistance", "cooperations")
    more(1)
    first = {path: queries(caller, path) for path in paths}
    need(cast, "Two")
    need(cast, "Three")
    more(2)
    assert {path: queries(caller, path) for path in paths} == first
    assert max(first.values()) < 60, first


def test_programmes_with_their_milestones(cast: Cast) -> None:
    made = entered(Programme, kind="flagship", name="Drone wall", capability=["counter_drone"])
    entered(Programme, kind="national", name="Hidden", label_releasable_to=[])
    with acting_as_system("tests"):
        Milestone.objects.create(programme=made, name="First", promised_on=dt.date(2027, 1, 1))
    caller = caller_of(cast.guest)
    (line,) = caller.get("programmes").json()["items"]
    assert line["milestones"][0]["promised_on"] == "2027-01-01"
    one = caller.get(f"programmes/{made.pk}").json()
    assert one["milestones"][0]["chance"] is None
    assert caller.get("programmes", area="space").json()["items"] == []
    assert Caller().get("programmes", status="endorsed").json()["items"] == []


def test_commitments_assistance_and_cooperations(cast: Cast) -> None:
    today = timezone.localdate()
    late = entered(Commitment, who="Host", what="Range", due_on=today - dt.timedelta(days=1))
    course = entered(
        Assistance, kind="training", side="offer", title="Course", beneficiaries=["MDA"]
    )
    joint = entered(Cooperation, name="Optics", label_releasable_to=[f"edition:{EDITION}"])
    caller = caller_of(cast.company)
    assert [one["id"] for one in caller.get("commitments", state="overdue").json()["items"]] == [
        str(late.pk)
    ]
    assert caller.get(f"commitments/{late.pk}").json()["events"] == []
    assert caller.get("assistance", country="mda").json()["items"][0]["title"] == "Course"
    assert caller.get(f"assistance/{course.pk}").json()["amount_cents"] is None
    assert caller.get("cooperations", q="opt").json()["items"][0]["id"] == str(joint.pk)
    assert caller.get(f"cooperations/{joint.pk}").json()["partners"] == []
    assert Caller().get(f"cooperations/{joint.pk}").status_code == 404


def test_an_edition_from_inside(rows: Rows) -> None:
    delegate, member = delegate_of(rows)
    caller, base = caller_of(member), f"editions/{rows.edition.slug}"
    sessions = caller.get(f"{base}/sessions").json()["items"]
    assert sessions
    assert caller.get(f"{base}/sessions/{sessions[0]['id']}").json() == sessions[0]
    people = caller.get(f"{base}/people", limit=3).json()
    assert len(people["items"]) == 3
    assert people["next_cursor"]
    assert "email" not in str(people)
    one = people["items"][0]
    assert caller.get(f"{base}/people/{one['delegate_id']}").json() == one
    mine = caller.get(f"{base}/my/meetings").json()["items"]
    assert mine
    assert mine == sorted(mine, key=lambda one: one["starts_at"])
    requests = caller.get(f"{base}/requests", whose="all").json()["items"]
    assert {one["state"] for one in requests} <= {"pending", "accepted", "declined", "withdrawn"}
    timetable = caller.get(f"{base}/timetable").json()
    assert timetable["number"] == rows.version.number
    assert timetable["goals"]
    held = caller.get(f"{base}/timetable/meetings", limit=100).json()["items"]
    assert {one["request_code"] for one in held} >= {
        one["request_code"] for one in mine if one["starts_at"][:10] == "2025-11-05"
    }
    assert caller.get(f"{base}/timetable/meetings", day="2024-01-01").json()["items"] == []
    visitor = Caller()
    for path in ("people", "my/meetings", "requests"):
        assert visitor.get(f"{base}/{path}").status_code == 404, path
    assert str(delegate.pk) not in visitor.get(f"{base}/sessions").content.decode()


def test_pages_of_people_and_meetings_cost_the_same(rows: Rows) -> None:
    _delegate, member = delegate_of(rows)
    caller, base = caller_of(member), f"editions/{rows.edition.slug}"
    for path in ("people", "requests", "timetable/meetings", "sessions"):
        few, many = (queries(caller, f"{base}/{path}?limit={count}") for count in (1, 50))
        assert few == many, path


def test_matches_with_their_reasons(cast: Cast) -> None:
    row = need(cast)
    with acting(cast.company.subject) as by:
        offer = draft_listing(
            by=by,
            draft=Draft(
                side="offer",
                kind="equipment",
                language="en",
                title="Mobile bridge",
                text="A mobile bridge for 70 tonnes.",
                edition_id=EDITION,
            ),
        )
        submit_listing(by=by, listing=offer)
    with acting(cast.organiser.subject) as by:
        publish_listing(by=by, listing=Listing.objects.get(pk=offer.pk))
    found = caller_of(cast.authority).get(f"needs/{row.pk}/matches").json()
    assert found["items"][0]["listing"]["id"] == str(offer.pk)
    assert any("mobile" in reason for reason in found["items"][0]["reasons"])
    assert Caller().get(f"needs/{row.pk}/matches").status_code == 404


def test_a_case_is_judged_and_kept_nowhere(cast: Cast) -> None:
    from punte.apps.funding.models import EligibilityCase

    caller = caller_of(cast.company, "read")
    case = {
        "format": "punte.eligibility.case/1",
        "categories": ["1a"],
        "participants": [{"country": "RO", "role": "borrower"}, {"country": "FR"}],
    }
    told = caller.post(
        "eligibility/evaluations", {"rules": "safe", "case": case, "on": "2026-01-15"}
    )
    assert told.status_code == 200, told.content
    assert told.json()["state"] in {"unknown", "eligible", "not"}
    assert told.json()["verdict"]["format"] == "punte.eligibility.verdict/1"
    with acting(cast.company.subject):
        assert not EligibilityCase.objects.exists()
    wrong = caller.post("eligibility/evaluations", {"rules": "safe", "case": {**case, "participants": "all"}})  # fmt: skip
    assert wrong.status_code == 422
    assert "participants" in wrong.json()["errors"][0]["place"]
    marked = {**case, "name": "NATO SECRET sights"}
    told = caller.post("eligibility/evaluations", {"rules": "safe", "case": marked})
    assert told.json()["type"] == "/api/v1/problems/classified"
    assert (
        Caller().post("eligibility/evaluations", {"rules": "safe", "case": case}).status_code == 401
    )
    assert {one["name"] for one in Caller().get("eligibility/rules").json()} >= {"safe"}
    rules = Caller().get("eligibility/rules/safe").json()
    assert all(rule["article"] for rule in rules["rules"])


def test_a_loan_plan_is_computed_to_the_cent(cast: Cast) -> None:
    caller = caller_of(cast.company, "read")
    told = caller.post("finance/schedules", {"portfolio": shipped("romania-portfolio")})
    assert told.status_code == 200, told.content
    found = told.json()
    assert found["drawn_cents"] == sum(one["amount_cents"] for one in found["draws"])
    assert found["service_cents"] == sum(
        one["interest_cents"] + one["fee_cents"] + one["principal_cents"] for one in found["years"]
    )
    assert all(one["rate_reason"] for one in found["payments"] if one["number"])
    wrong = caller.post("finance/schedules", {"portfolio": {"format": "other/1"}})
    assert wrong.status_code == 422


def test_who_read_a_list_by_program_is_in_the_log(cast: Cast) -> None:
    caller_of(cast.company, "read").get("organisations")
    Caller().get("organisations")
    with acting_as_system("tests"):
        (entry,) = AuditEntry.objects.filter(verb="export.read")
    assert entry.person_id == cast.company.person.pk
    assert entry.detail["what"] == "api:list_organisations"


def test_a_list_of_an_edition_names_it_in_the_log(rows: Rows) -> None:
    _delegate, member = delegate_of(rows)
    caller_of(member).get(f"editions/{rows.edition.slug}/people")
    with acting_as_system("tests"):
        (entry,) = AuditEntry.objects.filter(verb="export.read")
    assert (entry.edition_id, entry.detail["what"]) == (rows.edition.pk, "api:list_people")


def test_organisations_are_narrowed(cast: Cast) -> None:
    caller = Caller(secret_of(cast.company))
    (own,) = caller.get("organisations", q="wilk").json()["items"]
    assert own["id"] == str(cast.company.organisation.pk)
    assert caller.get(f"organisations/{own['id']}").json() == own
    assert caller.get("organisations", kind="press").json()["items"] == []
    hidden = caller.get(f"organisations/{cast.outsider.organisation.pk}")
    assert hidden.content == caller.get(f"organisations/{EDITION}").content
