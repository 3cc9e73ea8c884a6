"""A contact line as a vCard: read again by another program, whatever the texts hold."""

import datetime as dt
import uuid

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from punte.formats.vcard import Card, write_vcard

AT = dt.datetime(2025, 11, 5, 17, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
KEY = uuid.UUID("00000000-0000-4000-8000-000000000007")


def card(**texts: str) -> Card:
    given_texts = {"name": "Ana", "function": "", "organisation": "", "email": "", "phone": ""}
    return Card(id=KEY, revised_at=AT, **(given_texts | texts))


def test_every_field_is_read_again() -> None:
    content = write_vcard(
        card(
            name="Ștefan Țuțu; de la Olt",
            function="Head, programmes",
            organisation="Carpat\\Optics; SRL",
            email="stefan@carpat.example",
            phone="+40 21 555 0100",
        )
    )
    read = vobject.readOne(content.decode())
    assert read.version.value == "4.0"
    assert read.fn.value == "Ștefan Țuțu; de la Olt"
    assert read.title.value == "Head, programmes"
    assert read.org.value == ["Carpat\\Optics; SRL"]
    assert read.email.value == "stefan@carpat.example"
    assert read.tel.value == "+40 21 555 0100"
    assert read.uid.value == f"urn:uuid:{KEY}"
    assert read.rev.value == "20251105T150000Z"
    assert read.validate()


def test_what_is_empty_is_left_out() -> None:
    content = write_vcard(card(email="ana@tisa.example"))
    assert b"TEL" not in content
    assert b"TITLE" not in content
    assert b"ORG" not in content


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_no_text_becomes_a_property_of_its_own(end: str) -> None:
    content = write_vcard(card(name=f"Ana{end}TEL:+1{end}END:VCARD"))
    assert content.count(b"\r\nTEL") == 0
    assert content.count(b"\r\nEND:VCARD") == 1
    assert vobject.readOne(content.decode()).fn.value == "Ana\nTEL:+1\nEND:VCARD"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=200))
def test_long_lines_are_folded_and_no_character_is_torn(name: str) -> None:
    content = write_vcard(card(name=f"A{name}"))
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    unfolded = content.replace(b"\r\n ", b"").decode()
    value = unfolded.split("\r\nFN:", 1)[1].split("\r\n", 1)[0]
    told = value.replace("\\\\", "\0").replace("\\;", ";").replace("\\,", ",").replace("\0", "\\")
    assert told == f"A{name}"
