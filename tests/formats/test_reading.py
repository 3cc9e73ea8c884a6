import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from punte.formats import reading
from punte.formats.reading import (
    Record,
    check_format,
    parse_json,
    plain_number,
    plain_whole,
    read_bytes,
    validate,
)
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


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
def test_a_device_that_never_ends_is_read_no_further_than_a_file(
    monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100_000)
    with pytest.raises(InvalidInputError, match=r"at most 100,000 are read"):
        read_bytes(Path(device))


def test_a_pipe_is_read_to_its_end_or_to_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 100_000)

    def written(pieces: int) -> Path:
        pipe = tmp_path / f"pipe-{pieces}"
        os.mkfifo(pipe)

        def write() -> None:
            with suppress(BrokenPipeError), pipe.open("wb", buffering=0) as file:
                for _piece in range(pieces):
                    file.write(b"x" * 1000)

        threading.Thread(target=write, daemon=True).start()
        return pipe

    assert len(read_bytes(written(99))) == 99_000
    with pytest.raises(InvalidInputError, match="are read"):
        read_bytes(written(10**9))


@pytest.mark.parametrize(
    "text",
    ["1_0", "\u0661\u0662", "nan", "inf", "-inf", "1e999", "0x1f", "1,5", "", "1 0", "\uff11"],
)
def test_only_plain_digits_are_a_number(text: str) -> None:
    assert plain_number(text) is None
    assert plain_whole(text) is None


def test_plain_numbers_are_read() -> None:
    texts = ["7", " 7.5 ", "-3", "+.5", "1e3", "2.E-2"]
    assert [plain_number(text) for text in texts] == [7.0, 7.5, -3.0, 0.5, 1000.0, 0.02]
    assert [plain_whole(text) for text in ("7", " -12 ", "7.5")] == [7, -12, None]
