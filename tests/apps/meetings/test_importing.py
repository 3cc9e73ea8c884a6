"""Tables brought in: what they would do, what they do, and that a wrong row leaves everything as it was."""

import io
from itertools import pairwise
from typing import Any

import pytest
from openpyxl import Workbook

from punte.apps.access.classified import ClassifiedError
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, MeetingRule
from punte.apps.meetings.import_rows import ImportPlan, guess_mapping, plan_import
from punte.apps.meetings.importing import commit_import, stage_import
from punte.apps.meetings.models import ImportDraft, MeetingRequest
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Organisation, Person
from punte.apps.people.models.vetting import ClearanceStage
from punte.apps.people.vetting import decide
from punte.kernel.errors import InvalidInputError
from small_forum import Forum, load_small

pytestmark = pytest.mark.django_db
PEOPLE = (
    "Cod;Nume;Organizație;Țara;Function;e-mail;max\n"
    "N1;Ana Țurcanu;Șoim Radar (invented);MDA;Engineer;ana@soim.example;6\n"
    "N2;Ion Albu;Șoim Radar (invented);;Sales;;\n"
)
# Windows-1250 has the cedilla only.
CEDILLAS = PEOPLE.translate(str.maketrans("ȘȚșț", "ŞŢşţ"))


@pytest.fixture
def forum() -> Forum:
    return load_small()


def stage(forum: Forum, kind: str, text: str | bytes, name: str = "table.csv") -> ImportDraft:
    content = text.encode() if isinstance(text, str) else text
    organiser = forum.organiser
    with acting(organiser):
        return stage_import(
            by=organiser, edition=forum.edition, kind=kind, file_name=name, content=content
        )


def commit(forum: Forum, kind: str, text: str | bytes) -> ImportPlan:
    draft, organiser = stage(forum, kind, text), forum.organiser
    with acting(organiser):
        return commit_import(by=organiser, draft=draft, mapping=guess_mapping(kind, draft.columns))


def problems(forum: Forum, kind: str, text: str) -> list[str]:
    draft = stage(forum, kind, text)
    with acting(forum.organiser):
        plan = plan_import(forum.edition, draft, guess_mapping(kind, draft.columns))
    return [str(problem) for problem in plan.problems]


def two_codes(forum: Forum) -> tuple[str, str]:
    """Return two delegates who may meet and have not asked each other."""
    with acting(forum.organiser):
        asked = set(MeetingRequest.objects.values_list("sender__code", "receiver__code"))
        codes = list(
            Delegate.objects.filter(
                category__may_request=True, category__may_be_asked=True
            ).values_list("code", flat=True)
        )
    return next((a, b) for a in codes for b in codes if a != b and (a, b) not in asked)


def test_participants_come_with_their_organisation_and_are_not_cleared(forum: Forum) -> None:
    plan = commit(forum, "participants", CEDILLAS.encode("cp1250"))
    assert (plan.new, plan.changed, plan.same) == (2, 0, 0)
    with acting(forum.organiser):
        ana = Delegate.objects.get(code="N1")
        assert ana.organisation.name == "Şoim Radar (invented)"
        assert (ana.organisation.country_id, ana.max_meetings) == ("MDA", 6)
        assert ana.category.code == "company"
        assert Delegate.objects.get(code="N2").organisation_id == ana.organisation_id
        assert ana.person.email == "ana@soim.example"
        (kept,) = ImportDraft.objects.all()
        assert (kept.rows, kept.imported_at is not None) == ([], True)
    with acting_as_system("tests"):
        (nomination,) = ana.person.nominations.all()
        assert (nomination.state, nomination.category) == ("waiting", "company")
        assert not ana.person.memberships.get().confirmed_at


def test_imported_participants_stand_before_the_vetting_desk(forum: Forum) -> None:
    rows = "".join(f"M{n};Nume {n};Multe Locuri (invented);MDA\n" for n in range(7))
    commit(forum, "participants", f"code;name;organisation;country\n{rows}")
    with acting(forum.organiser):
        delegation = Delegate.objects.get(code="M1").organisation.delegations.get()
        assert delegation.quota == 7
        assert {one.state for one in delegation.nominations.all()} == {"waiting"}
    commit(
        forum,
        "participants",
        "code;name;organisation;country\nM7;Nume 7;Multe Locuri (invented);MDA\n",
    )
    with acting(forum.organiser):
        delegation.refresh_from_db()
        assert (delegation.quota, delegation.nominations.count()) == (8, 8)
        nomination = delegation.nominations.get(person__delegates__code="M3")
        with acting_as_system("tests"):
            ClearanceStage.objects.filter(edition_id=forum.edition.pk).delete()
            ClearanceStage.objects.create(
                edition_id=forum.edition.pk, position=1, name="Host", right="organise"
            )
        decide(by=forum.organiser, nomination=nomination, decision="rejected", reason="unknown")
        assert Delegate.objects.get(code="M3").left_at is not None


def test_a_second_import_changes_and_adds_nothing(forum: Forum) -> None:
    commit(forum, "participants", PEOPLE)
    again = commit(forum, "participants", PEOPLE.replace("Engineer", "Director"))
    assert (again.new, again.changed, again.same) == (0, 1, 1)
    with acting(forum.organiser):
        assert Delegate.objects.get(code="N1").function == "Director"
        assert Organisation.objects.filter(name__startswith="Șoim").count() == 1


def test_requests_are_accepted_and_a_second_import_updates_them(forum: Forum) -> None:
    one, other = two_codes(forum)
    table = f"from,to,rank,must,reason\n{one},{other},2,da,Radar\n"
    assert commit(forum, "requests", table).new == 1
    again = commit(forum, "requests", table.replace(",2,da,", ",4,nu,"))
    assert (again.new, again.changed) == (0, 1)
    with acting(forum.organiser):
        (found,) = MeetingRequest.objects.filter(sender__code=one, receiver__code=other)
        assert (found.rank, found.must, found.state) == (4, False, "accepted")
        assert found.code.startswith("I")
    with acting(forum.subject("auditor")):
        entries = AuditEntry.objects.filter(verb="table.imported").order_by("id")
        assert [entry.detail["added"] for entry in entries] == [1, 0]


@pytest.mark.parametrize("count", [2, 12])
def test_the_sides_of_imported_requests_see_who_is_in_no_directory(
    forum: Forum, count: int, django_assert_max_num_queries: Any
) -> None:
    codes = [f"Q{number}" for number in range(count)]
    people = "".join(f"{code};N {code};Firm {code} (invented);MDA\n" for code in codes)
    commit(forum, "participants", f"code;name;organisation;country\n{people}")
    pairs = list(pairwise(codes))
    table = "from,to\n" + "".join(f"{one},{other}\n" for one, other in pairs)
    draft, organiser = stage(forum, "requests", table), forum.organiser
    with acting(organiser), django_assert_max_num_queries(60):
        commit_import(by=organiser, draft=draft, mapping=guess_mapping("requests", draft.columns))
    with acting_as_system("tests"):
        sides = {one.code: one for one in Delegate.objects.filter(code__in=codes)}
    for code, place in sides.items():
        met = {other for pair in pairs if code in pair for other in pair} - {code}
        seen = {name for name in place.label_releasable_to if name.startswith("org:")}
        assert seen == {f"org:{sides[other].organisation_id}" for other in met}


def test_one_request_of_a_delegate_is_the_first_of_all(forum: Forum) -> None:
    with acting_as_system("tests"):
        first = MeetingRequest.objects.filter(rank=1, state="accepted").earliest("code")
        one, met_first = first.sender.code, first.receiver.code
        met = MeetingRequest.objects.filter(sender=first.sender).values("receiver")
        others = list(
            Delegate.objects.filter(category__may_be_asked=True)
            .exclude(pk=first.sender_id)
            .exclude(pk__in=met)
            .values_list("code", flat=True)[:2]
        )
    new = "from,to,rank\n" + "".join(f"{one},{other},1\n" for other in others)
    told = problems(forum, "requests", new)
    assert len(told) == 2
    assert all(f"1 is the first of all, and that is {first.code} already" in one for one in told)
    moved = f"from,to,rank\n{one},{others[0]},1\n{one},{met_first},3\n"
    assert commit(forum, "requests", moved).new == 1
    again = problems(forum, "requests", f"from,to,rank\n{one},{met_first},1\n")
    assert "is the first of all" in again[0]


def test_an_answer_that_was_given_stays(forum: Forum) -> None:
    with acting(forum.organiser):
        declined = MeetingRequest.objects.filter(state="declined").first()
        assert declined is not None
        row = f"{declined.sender.code},{declined.receiver.code},5"
    commit(forum, "requests", f"from,to,rank\n{row}\n")
    with acting(forum.organiser):
        declined.refresh_from_db()
    assert (declined.state, declined.rank) == ("declined", 5)


def test_each_fault_is_named_at_its_row_and_nothing_is_written(forum: Forum) -> None:
    one, other = two_codes(forum)
    table = (
        "from,to,rank,must\n"
        f"{one},{one},1,\n{one},nobody,1,\n{one},{other},9,\n{one},{other},,maybe\n"
    )
    found = problems(forum, "requests", table)
    assert [text.split(":")[0] for text in found] == [
        "row 2, column to",
        "row 3, column to",
        "row 4, column rank",
        "row 5, column must",
    ]
    with acting(forum.organiser):
        before = MeetingRequest.objects.count()
    with pytest.raises(InvalidInputError, match="4 problems"):
        commit(forum, "requests", table)
    with acting(forum.organiser):
        assert MeetingRequest.objects.count() == before
        assert ImportDraft.objects.exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("N9;;Firm (invented);ROU;;;", "row 2, column nume: is empty"),
        ("N9;A;Firm (invented);;;;", "its country is not given"),
        ("N9;A;Firm (invented);XX;;;", "“XX” is not known"),
        ("N9;A;Firm (invented);ROU;;not a mail;", "no e-mail address"),
        ("N9;A;Firm (invented);ROU;;;-1", "no whole number from 0 to 500"),
        (f"N9;{'A' * 161};Firm (invented);ROU;;;", "161 characters, at most 160 fit"),
    ],
)
def test_a_wrong_participant(forum: Forum, row: str, said: str) -> None:
    header = PEOPLE.split("\n", 1)[0]
    (found,) = problems(forum, "participants", f"{header}\n{row}\n")
    assert said in found


def test_a_participant_twice_and_one_of_another_organisation(forum: Forum) -> None:
    header, ana, ion, _ = PEOPLE.split("\n")
    (found,) = problems(forum, "participants", f"{header}\n{ana}\n{ion}\n{ana}")
    assert "“N1” stands in row 2 already" in found
    commit(forum, "participants", PEOPLE)
    moved = PEOPLE.replace("N2;Ion Albu;Șoim Radar", "N2;Ion Albu;Other").replace(
        "Other (invented);;", "Other (invented);ROU;"
    )
    (found,) = problems(forum, "participants", moved)
    assert "N2 comes for Șoim Radar" in found


def test_a_rule_of_the_edition_and_a_category_without_meetings_are_kept(forum: Forum) -> None:
    one, other = two_codes(forum)
    with acting(forum.organiser):
        sender = Delegate.objects.get(code=one)
        MeetingRule.objects.create(
            edition=forum.edition,
            sender=sender.category,
            receiver=Delegate.objects.get(code=other).category,
            reason="Kept apart.",
        )
        press = Delegate.objects.filter(category__may_request=False).first()
    (found,) = problems(forum, "requests", f"from,to\n{one},{other}\n")
    assert "Kept apart." in found
    if press is not None:
        (found,) = problems(forum, "requests", f"from,to\n{press.code},{one}\n")
        assert "do not ask for meetings" in found


def test_a_pair_that_is_asked_for_twice(forum: Forum) -> None:
    one, other = two_codes(forum)
    (found,) = problems(forum, "requests", f"from,to\n{one},{other}\n{one},{other}\n")
    assert "row 3, column to: row 2 asks for it already" in found


def test_a_needed_column_must_be_chosen(forum: Forum) -> None:
    (found,) = problems(forum, "requests", "from,why\nA,b\n")
    assert found.startswith("To: no column was chosen")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.pdf", b"a,b\n1,2\n", "neither CSV nor XLSX"),
        ("t.xlsx", b"PK\x03\x04 broken", "no XLSX workbook"),
        ("t.csv", b"", "empty"),
        ("t.csv", b"from,to\n", "0 rows"),
        ("t.csv", b"from,from\na,b\n", "stands twice"),
    ],
)
def test_a_file_that_is_no_table(forum: Forum, name: str, content: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        stage(forum, "requests", content, name)


def test_formulas_and_markings_are_refused(forum: Forum) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["from", "to"])
    sheet.append(["=A1", "b"])
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(InvalidInputError, match="holds the formula"):
        stage(forum, "requests", stream.getvalue(), "t.xlsx")
    with pytest.raises(ClassifiedError):
        stage(forum, "requests", "from,to,reason\na,b,NATO SECRET\n")
    with acting_as_system("tests"):
        assert not ImportDraft.objects.exists()


def test_only_an_organiser_imports_and_sees_what_waits(forum: Forum) -> None:
    draft, company = stage(forum, "participants", PEOPLE), forum.subject("company")
    with acting(company):
        assert not ImportDraft.objects.exists()
        with pytest.raises(NotAllowedError, match="You cannot"):
            stage_import(
                by=company,
                edition=forum.edition,
                kind="requests",
                file_name="t.csv",
                content=b"from,to\na,b\n",
            )
        with pytest.raises(NotAllowedError):
            commit_import(by=company, draft=draft, mapping={})
    with acting_as_system("tests"):
        assert not Person.objects.filter(name="Ana Țurcanu").exists()


def test_one_address_is_one_person_of_the_table_and_of_the_register(forum: Forum) -> None:
    head = "Code;Name;Organisation;Country;E-mail\n"
    twice = f"{head}N1;Ana;Twice Works;MDA;a@twice.example\nN2;Ana;Twice Works;;A@twice.example\n"
    assert "row 2" in " ".join(problems(forum, "participants", twice)) or "row 1" in " ".join(
        problems(forum, "participants", twice)
    )
    with acting_as_system("tests"):
        comes = Delegate.objects.select_related("person", "organisation").get(
            edition=forum.edition, person__account__email="company@bucharest.example"
        )
    row = f"N3;Somebody;{comes.organisation.name};;company@bucharest.example\n"
    assert comes.code in " ".join(problems(forum, "participants", head + row))
    with acting_as_system("tests"):
        fresh = Person.objects.create(
            name="Nina New",
            email="nina@known.example",
            owner_org_id=comes.organisation_id,
            label_stewards=comes.person.label_stewards,
        )
    elsewhere = "N4;Nina New;Elsewhere Works;MDA;nina@known.example\n"
    assert "another organisation" in " ".join(problems(forum, "participants", head + elsewhere))
    linked = f"N5;Nina New;{comes.organisation.name};;Nina@known.example\n"
    assert problems(forum, "participants", head + linked) == []
    with acting_as_system("tests"):
        before = Person.objects.count()
    commit(forum, "participants", head + linked)
    with acting_as_system("tests"):
        assert Delegate.objects.get(edition=forum.edition, code="N5").person_id == fresh.pk
        assert Person.objects.count() == before
