"""The agenda as a frab schedule: nothing that its readers do not know, all that they want, and a fault of every kind is found."""

import copy
import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from formats.frab_rules import faults_of_frab_json, faults_of_frab_xml
from punte.formats.frab import Conference, Person, Talk, write_frab_json, write_frab_xml

ZONE = ZoneInfo("Europe/Bucharest")
BEGIN = dt.datetime(2027, 5, 10, 9, tzinfo=ZONE)
EVIL = '\x07 \ufffe\uffff\x85<&>"'


def conference(acronym: str = "whole-2027-a1b2c3") -> Conference:
    return Conference(
        acronym=acronym,
        title="Întâlnire",
        first=BEGIN.date(),
        last=BEGIN.date() + dt.timedelta(days=1),
        zone=ZONE,
        base_url="https://forum.example/e/whole/agenda/",
        version="1",
        talks=tuple(
            Talk(
                guid=UUID(int=number + 1),
                starts_at=BEGIN + dt.timedelta(hours=number),
                ends_at=BEGIN + dt.timedelta(hours=number, minutes=50),
                title=f"Țară {EVIL} {number}",
                room=f"Hall {EVIL}",
                url=f"https://forum.example/{number}/",
                kind="plenary",
                track="Air" if number else "",
                abstract=EVIL,
                persons=(Person(name="Ana"), Person(name=EVIL)) if number else (),
                links=(f"https://paper.example/{EVIL}",) if number == 2 else (),
            )
            for number in range(3)
        ),
    )


def as_json(written: Conference) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(write_frab_json(written))
    return found


def test_the_json_holds_what_its_readers_know_and_want() -> None:
    content = as_json(conference())
    assert faults_of_frab_json(content) == []
    days = content["schedule"]["conference"]["days"]
    talks = [talk for day in days for room in day["rooms"].values() for talk in room]
    assert [len(days), len(talks)] == [2, 3]
    assert talks[1]["persons"][0]["name"] == "Ana"
    # By its number a reader of the older form knows a person again.
    root = ET.fromstring(write_frab_xml(conference()))
    numbers = {one.text: int(one.attrib["id"]) for one in root.iter("person")}
    assert talks[1]["persons"][0]["id"] == numbers["Ana"]


def test_the_xml_holds_what_its_readers_know_and_want() -> None:
    content = write_frab_xml(conference())
    assert faults_of_frab_xml(content) == []
    assert len(ET.fromstring(content).findall("day/room/event")) == 3


@pytest.mark.parametrize("acronym", ["whole-2027-a1b2c3", "x", "Über-Forum", "----", "NIF_2027_"])
def test_an_acronym_is_plain_and_long_enough(acronym: str) -> None:
    named = conference(acronym)
    found = as_json(named)["schedule"]["conference"]["acronym"]
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", found)
    assert faults_of_frab_json(as_json(named)) == []
    assert faults_of_frab_xml(write_frab_xml(named)) == []


def test_a_slug_stays_as_it_was_where_it_was_plain() -> None:
    (day, _last) = as_json(conference())["schedule"]["conference"]["days"]
    (slug, *_more) = [talk["slug"] for talks in day["rooms"].values() for talk in talks]
    assert slug == "whole-2027-a1b2c3-2-tara-0"


def test_an_agenda_without_sessions_is_a_schedule_too() -> None:
    empty = replace(conference(), talks=())
    assert faults_of_frab_json(as_json(empty)) == []
    assert faults_of_frab_xml(write_frab_xml(empty)) == []


DAY = "schedule/conference/days/0/"
TALK = f"{DAY}rooms/Hall/1/"
NAMES = [
    "abstract",
    "date",
    "duration",
    "guid",
    "id",
    "language",
    "links",
    "persons",
    "room",
    "slug",
    "start",
    "subtitle",
    "title",
    "track",
    "type",
    "url",
]
CONFERENCE_NAMES = ["acronym", "title", "start", "end", "daysCount", "timeslot_duration", "days"]


def _change(path: str, value: object = None, *, drop: bool = False) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        *way, last = path.split("/")
        for step in way:
            content = content[int(step) if step.isdigit() else step]
        key = int(last) if last.isdigit() else last
        if drop:
            del content[key]
        else:
            content[key] = value

    return change


WRONG_JSON = {
    **{f"without {name}": _change(TALK + name, drop=True) for name in NAMES},
    **{
        f"without {name}": _change(f"schedule/conference/{name}", drop=True)
        for name in CONFERENCE_NAMES
    },
    **{
        f"day without {name}": _change(DAY + name, drop=True)
        for name in ("index", "date", "day_start", "day_end", "rooms")
    },
    **{
        f"{path} is {value!r}": _change(path, value)
        for path, value in (
            ("url", "https://forum.example/"),
            ("schedule/version", 1),
            ("schedule/rooms", []),
            ("schedule/base_url", "/e/whole/"),
            ("schedule/conference/url", 1),
            ("schedule/conference/acronym", "NIF 2027"),
            ("schedule/conference/end", "11.05.2027"),
            ("schedule/conference/daysCount", "2"),
            ("schedule/conference/time_zone_name", "EET"),
            ("schedule/conference/rooms/0/guid", "1"),
            ("schedule/conference/rooms/0/size", 12),
            (DAY + "day_start", "2027-05-10T06:00:00"),
            (DAY + "date", "2027-02-30"),
            (TALK + "id", 0),
            (TALK + "id", "1"),
            (TALK + "guid", "x"),
            (TALK + "date", "2027-05-10"),
            (TALK + "start", 9),
            (TALK + "duration", "50"),
            (TALK + "slug", "Țară"),
            (TALK + "url", "agenda/1/"),
            (TALK + "title", None),
            (TALK + "subtitle", 1),
            (TALK + "recording", {}),
            (TALK + "persons", [{"id": 1}]),
            (TALK + "persons", [{"id": 1, "name": "Ana", "public_name": "Ana"}]),
            (TALK + "links", {}),
        )
    },
}


@pytest.mark.parametrize("name", WRONG_JSON)
def test_a_fault_of_every_kind_is_found_in_json(name: str) -> None:
    plain = conference()
    talks = tuple(replace(talk, room="Hall") for talk in plain.talks)
    content = copy.deepcopy(as_json(replace(plain, talks=talks)))
    assert faults_of_frab_json(content) == []
    WRONG_JSON[name](content)
    assert faults_of_frab_json(content), name


WRONG_XML = [
    ("<schedule>", "<plan>"),
    ("<version>1</version>", ""),
    ("<conference>", "<conference><url>https://forum.example/</url>"),
    ("<start>2027-05-10</start>", "<start>10 May</start>"),
    ("<days>2</days>", "<days>two</days>"),
    ("<timeslot_duration>00:05<", "<timeslot_duration>5<"),
    ("<base_url>https:", "<base_url>ftp:"),
    ('index="2"', 'index="1"'),
    ('index="2"', 'index="0"'),
    ('date="2027-05-10"', 'date="2027-02-30"'),
    ('T06:00:00+03:00" end', 'T06:00:00" end'),
    ('id="2"', 'id="x"'),
    ('id="2"', 'id="3"'),
    ('id="2"', ""),
    ("-000000000001", "-000000000002"),
    ("-000000000001", "-1"),
    ("<title>Țară", "<titel>Țară"),
    ("<duration>00:50<", "<duration>50 min<"),
    ("<start>09:00<", "<start>9:00<"),
    ("+03:00</date>", "</date>"),
    ("<url>https:", "<url>"),
    ("<optout>true<", "<optout>maybe<"),
    ("<subtitle />", ""),
    ("<persons />", "<persons /><persons />"),
    ("<links />", "<links><url>x</url></links>"),
    ("<room name=", "<room color='red' name="),
    ("<person id=", "<person role=''  id="),
    ("<attachments />", "<attachments /><feedback_url />"),
    ("</event>", "text</event>"),
]


@pytest.mark.parametrize(("was", "becomes"), WRONG_XML)
def test_a_fault_of_every_kind_is_found_in_xml(was: str, becomes: str) -> None:
    text = write_frab_xml(conference()).decode()
    assert was in text
    assert faults_of_frab_xml(text.replace(was, becomes, 1).encode()), (was, becomes)
