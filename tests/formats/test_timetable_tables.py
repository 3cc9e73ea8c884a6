"""Questions from spreadsheets: encodings, delimiters, formulas, and faults named by row and column."""

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from punte.formats.timetable_tables import Defaults, import_tables
from punte.kernel.errors import InvalidInputError

DEFAULTS = Defaults(days=(date(2025, 11, 5),), tables=2)


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def test_requests_alone_make_a_question(tmp_path: Path) -> None:
    path = text(tmp_path / "wishes.csv", "from,to,weight\nA,B,5\nB,C,2\n")
    instance = import_tables(path, DEFAULTS).instance
    assert [request.between for request in instance.requests] == [("A", "B"), ("B", "C")]
    assert [person.id for person in instance.participants] == ["A", "B", "C"]
    assert (len(instance.slots), len(instance.places)) == (24, 2)
    assert instance.slots[0].start.isoformat() == "2025-11-05T09:00:00+02:00"


def test_windows_1250_with_semicolons_is_read(tmp_path: Path) -> None:
    content = "from;to;weight;must\nMinisterul Apărării;Úřad;3;da\n"
    path = text(tmp_path / "requests.csv", content, "cp1250")
    request = import_tables(path, DEFAULTS).instance.requests[0]
    assert request.between == ("Ministerul Apărării", "Úřad")
    assert (request.weight, request.must) == (3, True)


def test_utf_8_with_mark_and_utf_16_are_read(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        path = text(tmp_path / "requests.csv", "from\tto\nȚara\tЇжак\n", encoding)
        assert import_tables(path, DEFAULTS).instance.requests[0].between == ("Țara", "Їжак")


def test_a_folder_of_four_tables(tmp_path: Path) -> None:
    text(tmp_path / "requests.csv", "id,between,places,locked_slot\nR1,A|B|C,T1,\nR2,A|B,,s1\n")
    text(
        tmp_path / "participants.csv",
        "id,unavailable,max_meetings,min_meetings,parallel,seat,phone\nA,s2,3,1,2,T1,1\nB,,,,,,\nC,,,,,,\n",
    )
    text(
        tmp_path / "slots.csv",
        "id,day,start,end\ns1,2025-11-05,9:00,9:20\ns2,2025-11-05,9:20,9:40\n",
    )
    text(tmp_path / "places.csv", "id,capacity,closed\nT1,2,s1\n")
    found = import_tables(tmp_path, Defaults())
    person = found.instance.participants[0]
    assert (person.unavailable, person.max_meetings, person.seat) == (("s2",), 3, "T1")
    assert found.instance.requests[0].between == ("A", "B", "C")
    assert found.instance.requests[1].locked is not None
    assert found.instance.places[0].closed == ("s1",)
    assert found.ignored == ("participants: phone",)


def test_a_workbook_with_sheets(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Requests"
    sheet.append(["From", "To", "Weight"])
    sheet.append(["A", "B", 5.0])
    places = book.create_sheet("places")
    places.append(["id", "capacity"])
    places.append([7, 1])
    book.save(tmp_path / "forum.xlsx")
    instance = import_tables(tmp_path / "forum.xlsx", DEFAULTS).instance
    assert (instance.requests[0].weight, instance.places[0].id) == (5, "7")


def test_formulas_are_refused_each_with_its_cell(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "requests"
    sheet.append(["from", "to", "weight"])
    sheet.append(["A", "B", "=1+1"])
    book.save(tmp_path / "forum.xlsx")
    with pytest.raises(
        InvalidInputError, match=r"requests!C2: holds the formula .*paste them as values"
    ):
        import_tables(tmp_path / "forum.xlsx", DEFAULTS)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("from,to,weight\nA,B,heavy\n", r"row 2, column weight: 'heavy' is no whole number"),
        ("from,to,must\nA,B,maybe\n", r"row 2, column must: 'maybe' is neither yes nor no"),
        ("from,to\nA,A\n", r"row 2, column between: .*nobody can meet oneself"),
        ("from,to\nA,B\n,C\n", r"row 3, column from: is empty"),
        ("from,to,weight\nA,B,-1\n", r"row 2, column weight: is -1"),
        ("from,to,slots\nA,B,nine\n", r"row 2, column slots: 'nine' is no slot"),
        ("von,nach\nA,B\n", r"has no column from and no column to"),
        ("from,from\nA,B\n", r"row 1: The column 'from' stands twice"),
        ("from,to\nA,B,C,D\n", r"row 2: has more cells"),
        ("from,to\n", r"has a header and no row"),
        ("id,from,to\nR,A,B\nR,B,A\n", r"requests: 'R' stands 2 times"),
        ('from,to\n"A,B\n', r"line 2: This is no CSV"),
    ],
)
def test_faults_are_named_with_their_place(tmp_path: Path, content: str, fault: str) -> None:
    with pytest.raises(InvalidInputError, match=fault):
        import_tables(text(tmp_path / "requests.csv", content), DEFAULTS)


def test_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    path = text(tmp_path / "requests.csv", "from,to\nA,B\n")
    with pytest.raises(InvalidInputError) as caught:
        import_tables(path, Defaults())
    assert "--day 2025-11-05" in str(caught.value)
    assert "--tables 40" in str(caught.value)


def test_a_bad_slot_names_its_row(tmp_path: Path) -> None:
    text(tmp_path / "requests.csv", "from,to\nA,B\n")
    text(tmp_path / "slots.csv", "day,start,end\n2025-11-05,9:20,9:00\n2025-13-05,9:00,9:20\n")
    with pytest.raises(InvalidInputError, match=r"slots.csv, row 3, column day: '2025-13-05'"):
        import_tables(tmp_path, DEFAULTS)
    text(tmp_path / "slots.csv", "day,start,end\n2025-11-05,9:20,9:00\n")
    with pytest.raises(InvalidInputError, match=r"slots.csv, row 2: 's1' ends before it begins"):
        import_tables(tmp_path, DEFAULTS)


def test_garbage_is_refused(tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(InvalidInputError, match="no text in UTF-8 or Windows-1250"):
        import_tables(tmp_path / "requests.csv", DEFAULTS)
    (tmp_path / "requests.xlsx").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(InvalidInputError, match="no XLSX workbook"):
        import_tables(tmp_path / "requests.xlsx", DEFAULTS)
