"""
The agenda as a frab schedule, XML and JSON, which conference apps and signage read.

References
----------
c3voc, schedule: https://github.com/voc/schedule, validator/xsd/schedule.xml.xsd and validator/json/schema.json.
"""

import datetime as dt
import json
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

GENERATOR: Final = "Punte"
SLOT: Final = "00:05"
"""The grid that times are read on [hh:mm]."""
SCHEMA: Final = "https://c3voc.de/schedule/schema.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on stage."""

    name: str

    @property
    def guid(self) -> UUID:
        """The same for the same name."""
        return uuid5(NAMESPACE_URL, f"person:{self.name.casefold()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """
    One session; ``guid`` stays the same through every release and in every language.

    Parameters
    ----------
    first_title, first_room
        As they are in the conference's first language where the texts are in another: what stays the same is made of them.
    language
        In which it is spoken, not in which its texts are.
    """

    guid: UUID
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    room: str
    url: str
    subtitle: str = ""
    track: str = ""
    kind: str = ""
    language: str = "en"
    abstract: str = ""
    description: str = ""
    persons: tuple[Person, ...] = ()
    links: tuple[str, ...] = ()
    first_title: str = ""
    first_room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """An edition with the sessions that one reader sees, in time order."""

    acronym: str
    title: str
    first: dt.date
    last: dt.date
    zone: ZoneInfo
    base_url: str
    version: str
    talks: tuple[Talk, ...] = field(default=())


def number_of(guid: UUID) -> int:
    """Return the positive 31-bit number that stands for an identifier where a file wants one."""
    return guid.int % (2**31 - 1) + 1


def _plain(text: str, between: str) -> str:
    """Return a text in small plain letters and digits, with something between its words."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", between, letters).strip(between)


def _acronym(conference: Conference) -> str:
    """Return the acronym as the JSON schema wants it: small letters, digits and underscores, four at least."""
    plain = _plain(conference.acronym, "_")
    return plain if len(plain) >= 4 else f"{plain}_agenda".strip("_")


def slug_of(conference: Conference, talk: Talk) -> str:
    """Return the talk's name for addresses: acronym, number and title, plain letters only."""
    words = (
        _plain(conference.acronym, "-"),
        number_of(talk.guid),
        _plain(talk.first_title or talk.title, "-"),
    )
    return "-".join(str(word) for word in words if word)[:120].strip("-")


def _length(talk: Talk) -> str:
    minutes = int((talk.ends_at - talk.starts_at).total_seconds() // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _start(conference: Conference, talk: Talk) -> dt.datetime:
    return talk.starts_at.astimezone(conference.zone)


def _days(conference: Conference) -> Iterable[tuple[int, dt.date, Mapping[str, list[Talk]]]]:
    by_day = {
        day: list(talks)
        for day, talks in groupby(
            sorted(conference.talks, key=lambda talk: (talk.starts_at, talk.title)),
            key=lambda talk: _start(conference, talk).date(),
        )
    }
    count = (conference.last - conference.first).days + 1
    days = {conference.first + dt.timedelta(days=n) for n in range(count)} | set(by_day)
    for index, day in enumerate(sorted(days), start=1):
        rooms: dict[str, list[Talk]] = {}
        for talk in by_day.get(day, []):
            rooms.setdefault(talk.room, []).append(talk)
        yield index, day, rooms


def _bounds(conference: Conference, day: dt.date) -> tuple[str, str]:
    first = dt.datetime.combine(day, dt.time(6), conference.zone)
    last = dt.datetime.combine(day, dt.time(23, 59), conference.zone)
    return first.isoformat(), last.isoformat()


def write_frab_xml(conference: Conference) -> bytes:
    """Return the schedule as XML."""
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", name=GENERATOR, version="1")
    _put(root, version=conference.version)
    days = list(_days(conference))
    _put(
        ET.SubElement(root, "conference"),
        acronym=_acronym(conference),
        title=conference.title,
        start=conference.first.isoformat(),
        end=conference.last.isoformat(),
        days=str(len(days)),
        timeslot_duration=SLOT,
        base_url=conference.base_url,
        time_zone_name=conference.zone.key,
    )
    for index, day, rooms in days:
        first, last = _bounds(conference, day)
        element = ET.SubElement(
            root, "day", index=str(index), date=day.isoformat(), start=first, end=last
        )
        for name, talks in rooms.items():
            room = ET.SubElement(element, "room", name=_printable(name))
            for talk in talks:
                _put_talk(room, conference, talk)
    ET.indent(root, " ")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _put(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = _printable(text)


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _put_talk(room: ET.Element, conference: Conference, talk: Talk) -> None:
    start = _start(conference, talk)
    event = ET.SubElement(room, "event", guid=str(talk.guid), id=str(number_of(talk.guid)))
    _put(
        event,
        date=start.isoformat(),
        start=f"{start:%H:%M}",
        duration=_length(talk),
        room=talk.room,
        slug=slug_of(conference, talk),
        url=talk.url,
        title=talk.title,
        subtitle=talk.subtitle,
        track=talk.track,
        type=talk.kind,
        language=talk.language,
        abstract=talk.abstract,
        description=talk.description,
        logo="",
    )
    _put(ET.SubElement(event, "recording"), license="", optout="true")
    persons = ET.SubElement(event, "persons")
    for one in talk.persons:
        ET.SubElement(persons, "person", id=str(number_of(one.guid))).text = _printable(one.name)
    links = ET.SubElement(event, "links")
    for link in talk.links:
        ET.SubElement(links, "link", href=_printable(link)).text = _printable(link)
    ET.SubElement(event, "attachments")


def write_frab_json(conference: Conference) -> bytes:
    """Return the schedule as JSON."""
    days = list(_days(conference))
    rooms = sorted({(talk.room, talk.first_room or talk.room) for talk in conference.talks})
    content = {
        "$schema": SCHEMA,
        "generator": {"name": GENERATOR, "version": "1"},
        "schedule": {
            "version": conference.version,
            "base_url": conference.base_url,
            "conference": {
                "acronym": _acronym(conference),
                "title": conference.title,
                "start": conference.first.isoformat(),
                "end": conference.last.isoformat(),
                "daysCount": len(days),
                "timeslot_duration": SLOT,
                "time_zone_name": conference.zone.key,
                "rooms": [
                    {"name": name, "guid": str(uuid5(NAMESPACE_URL, f"room:{first}"))}
                    for name, first in rooms
                ],
                "tracks": [
                    {"name": name}
                    for name in sorted({talk.track for talk in conference.talks if talk.track})
                ],
                "days": [_day_row(conference, *day) for day in days],
            },
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _day_row(
    conference: Conference, index: int, day: dt.date, rooms: Mapping[str, list[Talk]]
) -> dict[str, object]:
    first, last = _bounds(conference, day)
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": first,
        "day_end": last,
        "rooms": {
            name: [_talk_row(conference, talk) for talk in talks] for name, talks in rooms.items()
        },
    }


def _talk_row(conference: Conference, talk: Talk) -> dict[str, object]:
    start = _start(conference, talk)
    return {
        "id": number_of(talk.guid),
        "guid": str(talk.guid),
        "date": start.isoformat(),
        "start": f"{start:%H:%M}",
        "duration": _length(talk),
        "room": talk.room,
        "slug": slug_of(conference, talk),
        "url": talk.url,
        "title": talk.title,
        "subtitle": talk.subtitle,
        "track": talk.track,
        "type": talk.kind,
        "language": talk.language,
        "abstract": talk.abstract,
        "description": talk.description,
        "recording_license": "",
        # Not with "public_name" as well: a person is of exactly one of the two kinds. c3voc's own tools read the "id".
        "persons": [
            {"guid": str(one.guid), "id": number_of(one.guid), "name": one.name}
            for one in talk.persons
        ],
        "links": [{"title": link, "url": link, "type": "related"} for link in talk.links],
        "attachments": [],
    }
