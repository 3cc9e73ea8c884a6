"""
The agenda as a frab schedule: nothing that the schemas of its readers do not know, and everything that they want.

References
----------
c3voc, schedule: https://github.com/voc/schedule, validator/xsd/schedule.xml.xsd and validator/json/schema.json. Both
schemas are closed: a name that they do not list is a fault.
"""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from punte.formats.frab import Conference, Person, Talk, write_frab_json, write_frab_xml

ZONE = ZoneInfo("Europe/Bucharest")
BEGIN = dt.datetime(2027, 5, 10, 9, tzinfo=ZONE)
CONFERENCE = {
    "acronym",
    "title",
    "description",
    "start",
    "end",
    "daysCount",
    "timeslot_duration",
    "time_zone_name",
    "logo",
    "colors",
    "keywords",
    "url",
    "tracks",
    "rooms",
    "meta",
    "days",
}
EVENT = {
    "id",
    "guid",
    "logo",
    "date",
    "start",
    "duration",
    "room",
    "slug",
    "url",
    "title",
    "subtitle",
    "track",
    "type",
    "language",
    "abstract",
    "description",
    "recording_license",
    "do_not_record",
    "do_not_stream",
    "persons",
    "links",
    "attachments",
    "answers",
}
NEEDED = EVENT - {
    "logo",
    "description",
    "recording_license",
    "do_not_record",
    "do_not_stream",
    "attachments",
    "answers",
}
XML_EVENT = {
    "room",
    "title",
    "subtitle",
    "type",
    "date",
    "start",
    "duration",
    "abstract",
    "slug",
    "track",
    "logo",
    "persons",
    "language",
    "description",
    "recording",
    "links",
    "attachments",
    "video_download_url",
    "url",
}
ATTRIBUTES = {
    "day/room": {"name"},
    "day/room/event": {"id", "guid"},
    "day/room/event/persons/person": {"id"},
    "day/room/event/links/link": {"href"},
}


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
                title=f"Țară \x07 {number}",
                room="Hall A",
                url=f"https://forum.example/{number}/",
                kind="plenary",
                persons=(Person(name="Ana"), Person(name="Ion")) if number else (),
                links=("https://paper.example/",) if number == 2 else (),
            )
            for number in range(3)
        ),
    )


def test_the_json_holds_what_the_schema_knows_and_wants() -> None:
    content = json.loads(write_frab_json(conference()))
    assert set(content) == {"$schema", "generator", "schedule"}
    assert set(content["schedule"]) == {"version", "base_url", "conference"}
    found = content["schedule"]["conference"]
    assert set(found) <= CONFERENCE
    assert found["daysCount"] == len(found["days"]) == 2
    talks = [talk for day in found["days"] for room in day["rooms"].values() for talk in room]
    assert len(talks) == 3
    for talk in talks:
        assert set(talk) <= EVENT
        assert set(talk) >= NEEDED
        assert not [name for name, value in talk.items() if value is None]
        assert talk["id"] >= 1
        assert re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", talk["slug"])
        assert re.fullmatch(r"[0-9]+:[0-9]{2}", talk["duration"])
    # A person is of exactly one kind: with a name, or with a number and a public name.
    assert all("name" in one and "public_name" not in one for t in talks for one in t["persons"])


@pytest.mark.parametrize("acronym", ["whole-2027-a1b2c3", "x", "Über-Forum", "----"])
def test_an_acronym_is_plain_and_long_enough(acronym: str) -> None:
    found = json.loads(write_frab_json(conference(acronym)))["schedule"]["conference"]["acronym"]
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", found)


def test_the_xml_holds_what_the_schema_knows_in_its_order() -> None:
    root = ET.fromstring(write_frab_xml(conference()))
    assert [child.tag for child in root] == ["generator", "version", "conference", "day", "day"]
    events = root.findall("day/room/event")
    assert len(events) == 3
    for event in events:
        assert {child.tag for child in event} <= XML_EVENT
        assert (event.findtext("url") or "").startswith("https://")
    for path, names in ATTRIBUTES.items():
        found = root.findall(path)
        assert found, path
        assert all(set(one.attrib) == names for one in found), path
    for day in root.findall("day"):
        assert re.search(r"[+-][0-9]{2}:[0-9]{2}$", day.attrib["start"]), "with its zone"
    assert len({event.attrib["id"] for event in events}) == 3
    assert len({event.findtext("slug") for event in events}) == 3
