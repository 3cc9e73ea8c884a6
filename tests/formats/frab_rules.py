"""
What the readers of a frab schedule ask of its JSON and its XML, in this project's words and closed: another name is a fault.

See ``docs/decisions/formats-0001-closed-schemas-in-our-own-words.md``.

References
----------
c3voc, schedule: https://github.com/voc/schedule, validator/xsd/schedule.xml.xsd and validator/json/schema.json.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

import jsonschema

from formats.ocds_rules import ADDRESS, FORMATS, MOMENT, TEXT, is_address, is_day, is_moment, thing

GUID: Final = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
HOUR: Final = "([01][0-9]|2[0-3]):[0-5][0-9]"
LENGTH: Final = "[0-9]{2}:[0-9]{2}"
ACRONYM: Final = "[a-z0-9_]{4,}"
SLUG: Final = "[a-z0-9_-]+[a-z0-9]"
ZONE: Final = "[A-Z][a-z]+/[A-Z][a-z]+.*|UTC"


def like(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^({pattern})$"}


def rows(item: object) -> dict[str, object]:
    return {"type": "array", "items": item}


STRING = {"type": "string"}
DAY = {"type": "string", "format": "day"}
NUMBER = {"type": "integer", "minimum": 1}
PERSON = thing("guid id name", guid=like(GUID), id=NUMBER, name=STRING)
LINK = thing("title url type", title=STRING, url=STRING, type={"const": "related"})
EVENT = thing(
    "id guid date start duration room slug url title subtitle track type language abstract persons links",
    id=NUMBER,
    guid=like(GUID),
    date=MOMENT,
    start=like(HOUR),
    duration=like(LENGTH),
    room=STRING,
    slug=like(SLUG),
    url=ADDRESS,
    title=STRING,
    subtitle=STRING,
    track=STRING,
    type=STRING,
    language=TEXT,
    abstract=STRING,
    description=STRING,
    recording_license=STRING,
    persons=rows(PERSON),
    links=rows(LINK),
    attachments={"type": "array", "maxItems": 0},
)
JSON_DAY = thing(
    "index date day_start day_end rooms",
    index=NUMBER,
    date=DAY,
    day_start=MOMENT,
    day_end=MOMENT,
    rooms={"type": "object", "additionalProperties": rows(EVENT)},
)
CONFERENCE = thing(
    "acronym title start end daysCount timeslot_duration time_zone_name rooms tracks days",
    acronym=like(ACRONYM),
    title=STRING,
    start=DAY,
    end=DAY,
    daysCount=NUMBER,
    timeslot_duration=like(LENGTH),
    time_zone_name=like(ZONE),
    rooms=rows(thing("guid name", guid=like(GUID), name=STRING)),
    tracks=rows(thing("name", name=STRING)),
    days={**rows(JSON_DAY), "minItems": 1},
)
JSON: Final = thing(
    "$schema generator schedule",
    generator=thing("name version", name=TEXT, version=TEXT),
    schedule=thing(
        "version base_url conference", version=TEXT, base_url=ADDRESS, conference=CONFERENCE
    ),
    **{"$schema": {"const": "https://c3voc.de/schedule/schema.json"}},
)


def _twice(what: str, values: Iterable[object]) -> list[str]:
    return [f"{what} {one!r}: twice" for one, count in Counter(values).items() if count > 1]


def faults_of_frab_json(content: Any) -> list[str]:
    """Return what is wrong with a schedule as JSON."""
    checker = jsonschema.Draft202012Validator(JSON, format_checker=FORMATS)
    faults = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(content)]
    if faults:
        return faults
    conference = content["schedule"]["conference"]
    days = conference["days"]
    talks = [talk for day in days for room in day["rooms"].values() for talk in room]
    for name in ("id", "guid", "slug"):
        faults += _twice(name, (talk[name] for talk in talks))
    faults += _twice("day", (day["index"] for day in days))
    known = {room["name"] for room in conference["rooms"]}
    faults += [
        f"room {talk['room']!r}: not among the rooms" for talk in talks if talk["room"] not in known
    ]
    if conference["daysCount"] != len(days):
        faults.append("daysCount: not the number of days")
    return faults


def _fits(pattern: str) -> Callable[[str], bool]:
    return lambda text: bool(re.fullmatch(pattern, text))


def _or_false(rule: Callable[[object], bool]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            return rule(text)
        except ValueError:
            return False

    return fits


def _any(text: str) -> bool:  # noqa: ARG001
    return True


Rule = Callable[[str], bool]
_NUMBER, _ADDRESS = _fits("[1-9][0-9]*"), _or_false(is_address)
_DAY, _MOMENT = _or_false(is_day), _or_false(is_moment)
TEXTS: Final[dict[str, Rule]] = {
    "version": _any,
    "conference/acronym": _any,
    "conference/title": _any,
    "conference/start": _DAY,
    "conference/end": _DAY,
    "conference/days": _NUMBER,
    "conference/timeslot_duration": _fits(LENGTH),
    "conference/base_url": _ADDRESS,
    "conference/time_zone_name": _any,
    "event/date": _MOMENT,
    "event/start": _fits(HOUR),
    "event/duration": _fits(LENGTH),
    "event/slug": _fits(SLUG),
    "event/url": _ADDRESS,
    "recording/license": _any,
    "recording/optout": _fits("true|false"),
    "persons/person": _any,
    "links/link": _any,
    **{
        f"event/{name}": _any
        for name in [
            "room",
            "title",
            "subtitle",
            "type",
            "abstract",
            "track",
            "logo",
            "language",
            "description",
        ]
    },
}
"""What the text of an element must be, by its name behind its parent's; all others hold elements alone."""
ATTRIBUTES: Final[dict[str, dict[str, Rule]]] = {
    "generator": {"name": _any, "version": _any},
    "day": {"index": _NUMBER, "date": _DAY, "start": _MOMENT, "end": _MOMENT},
    "room": {"name": _any},
    "event": {"id": _NUMBER, "guid": _fits(GUID)},
    "person": {"id": _NUMBER},
    "link": {"href": _any},
}
"""The attributes of an element that has any, all of them wanted."""
ONCE: Final[dict[str, str]] = {
    "conference": "acronym title start end days timeslot_duration base_url time_zone_name",
    "event": (
        "date start duration room slug url title subtitle track type language abstract description logo recording "
        "persons links attachments"
    ),
    "recording": "license optout",
}
"""Elements that hold each of these once, in any order."""
ANY_NUMBER: Final = {"day": "room", "room": "event", "persons": "person", "links": "link"}
"""Elements that hold any number of one kind."""


def _children_fault(element: ET.Element, kind: str) -> str | None:
    tags = [child.tag for child in element]
    if kind == "schedule":
        return (
            None if re.fullmatch("generator version conference( day)+", " ".join(tags)) else "order"
        )
    if kind in ONCE:
        return None if sorted(tags) == sorted(ONCE[kind].split()) else "not each once"
    if kind in ANY_NUMBER:
        return None if set(tags) <= {ANY_NUMBER[kind]} else "of another kind"
    return "holds elements" if tags else None


def _element_faults(element: ET.Element, parent: str) -> list[str]:
    # A room of the day holds events; the room of an event, or of a day's event, is a text.
    path, kind = f"{parent}/{element.tag}", element.tag
    rule = TEXTS.get(path) or (TEXTS.get(kind) if parent == "schedule" else None)
    text = element.text or ""
    faults = [] if (rule(text) if rule else not text.strip()) else [f"{path}: text {text!r}"]
    wanted = ATTRIBUTES.get(kind, {}) if path != "event/room" else {}
    if set(element.attrib) != set(wanted):
        faults.append(f"{path}: attributes {sorted(element.attrib)}")
    else:
        faults += [
            f"{path}: {key}" for key, fits in wanted.items() if not fits(element.attrib[key])
        ]
    wrong = _children_fault(element, "" if rule else kind)
    faults += [f"{path}: {wrong}"] if wrong else []
    for child in element:
        faults += _element_faults(child, kind)
        faults += [f"{path}: stray text"] if (child.tail or "").strip() else []
    return faults


def faults_of_frab_xml(content: bytes) -> list[str]:
    """Return what is wrong with a schedule as XML."""
    try:
        root = ET.fromstring(content)
    except ET.ParseError as error:
        return [str(error)]
    if root.tag != "schedule":
        return [f"{root.tag}: no schedule"]
    faults = _element_faults(root, "")
    events = root.findall("day/room/event")
    faults += _twice("id", (event.get("id") for event in events))
    faults += _twice("guid", (event.get("guid") for event in events))
    faults += _twice("slug", (event.findtext("slug") for event in events))
    return faults + _twice("day", (day.get("index") for day in root.findall("day")))
