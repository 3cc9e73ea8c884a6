from pathlib import Path

import pytest

from punte.formats.reading import Record, check_format, parse_json, read_bytes, validate
from punte.kernel.errors import InvalidInputError


class Point(Record):
    x: int
    y: int


def test_validate_names_every_fault_with_its_place() -> None:
    with pytest.raises(InvalidInputError) as caught:
        validate({"x": "1", "z": 3}, Point, source="P.json")
    assert [problem.place for problem in caught.value.problems] == ["x", "y", "z"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"a": 1', "no JSON"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[1]", "one JSON object"),
        (b'{"a": "\xff"}', "no UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "number"),
    ],
)
def test_parse_json_refuses_what_is_no_sound_object(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        parse_json(content, source="I.json")


def test_check_format_refuses_another_kind() -> None:
    with pytest.raises(InvalidInputError, match=r"expected 'punte\.x/1'"):
        check_format({"format": "punte.y/1"}, "punte.x/1", source="I.json")


def test_read_bytes_refuses_missing_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_bytes(tmp_path / "none.json")
    empty = tmp_path / "empty.json"
    empty.write_bytes(b" \n")
    with pytest.raises(InvalidInputError, match="empty"):
        read_bytes(empty)
