"""
What OCDS 1.1.5 asks of a release package of planned needs, in this project's words and closed: what Punte never writes is a fault too.

It refuses what the published schema refuses, and what its reviewing tool looks for beside the schema: fields that the schema does not
know, empty fields, identifiers twice, prefixes of another form. See ``docs/decisions/formats-0001-closed-schemas-in-our-own-words.md``.

References
----------
Open Contracting Partnership, https://standard.open-contracting.org/1.1/en/schema/reference/ and .../schema/codelists/
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import jsonschema

FORMATS: Final = jsonschema.FormatChecker(formats=())
_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(
    rf"https?://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_CHARACTER}*)*"
    rf"(?:\?(?:{_CHARACTER}|[/?])*)?(?:\#(?:{_CHARACTER}|[/?])*)?"
)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)


@FORMATS.checks("moment", raises=ValueError)
def is_moment(value: object) -> bool:
    """Whether a text is a moment with its zone; raises ValueError for a day or an hour that does not exist."""
    if not isinstance(value, str):
        return True
    return bool(_MOMENT.fullmatch(value)) and dt.datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("day", raises=ValueError)
def is_day(value: object) -> bool:
    """Whether a text is a day; raises ValueError for one that does not exist."""
    if not isinstance(value, str):
        return True
    return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(dt.date.fromisoformat(value))


@FORMATS.checks("address")
def is_address(value: object) -> bool:
    """Whether a text is an address of the web, written with plain letters."""
    return not isinstance(value, str) or bool(_ADDRESS.fullmatch(value))


TEXT: Final = {"type": "string", "pattern": r"\S"}
MOMENT: Final = {"type": "string", "format": "moment"}
ADDRESS: Final = {"type": "string", "format": "address"}
LETTERS: Final = "[a-z]{2,3}"
LANGUAGE: Final = {"type": "string", "pattern": f"^{LETTERS}$"}
"""Two letters or three, as the standard has it for translated names too."""


def thing(required: str = "", translated: str = "", **properties: object) -> dict[str, object]:
    """Return the schema of an object that holds nothing else; ``translated`` names may end in a language's code."""
    patterns = {f"^{name}_{LETTERS}$": TEXT for name in translated.split()}
    return {
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "required": required.split(),
        "minProperties": 1,
        "additionalProperties": False,
    }


def many(item: object) -> dict[str, object]:
    return {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}


CODE = thing("scheme id", scheme={"const": "CPV"}, id={"type": "string", "pattern": "^[0-9]{8}$"})
DOCUMENT = thing(
    "id documentType title url",
    translated="title",
    id=TEXT,
    documentType={"enum": ["needsAssessment"]},
    title=TEXT,
    url=ADDRESS,
    language=LANGUAGE,
    format={"const": "text/html"},
)
ITEM = thing(
    "id description",
    translated="description",
    id=TEXT,
    description=TEXT,
    quantity={"type": "number", "minimum": 0},
    classification=CODE,
    additionalClassifications=many(CODE),
)
TENDER = thing(
    "id status",
    translated="title description",
    id=TEXT,
    title=TEXT,
    description=TEXT,
    status={"enum": ["planning"]},
    mainProcurementCategory={"enum": ["goods", "works", "services"]},
    items=many(ITEM),
)
LABEL = thing(
    "format policy classification categories created_at",
    format={"const": "punte.label/1"},
    policy={"const": "PUNTE"},
    classification={"const": "UNCLASSIFIED"},
    categories={
        "type": "array",
        "items": thing(
            "type tag values",
            type={"enum": ["PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"]},
            tag=TEXT,
            values={"type": "array", "items": TEXT},
        ),
    },
    created_at=MOMENT,
)
"""The one field beside those of the standard, which lets publishers add some."""
PARTY = thing(
    "id name roles",
    id=TEXT,
    name=TEXT,
    roles=many({"const": "buyer"}),
    address=thing(countryName=TEXT),
)
VALUE = thing(
    "amount currency", amount={"type": "number"}, currency={"enum": ["EUR", "RON", "USD"]}
)
RELEASE = thing(
    "ocid id date tag initiationType",
    ocid={"type": "string", "pattern": "^ocds-[0-9a-z]{6}-."},
    id={"type": "string", "pattern": r"^[^#\s]+$"},
    date=MOMENT,
    tag=many({"enum": ["planning", "planningUpdate"]}),
    initiationType={"enum": ["tender"]},
    language=LANGUAGE,
    planning=thing(
        translated="rationale",
        rationale=TEXT,
        budget=thing("amount", amount=VALUE),
        documents=many(DOCUMENT),
    ),
    tender=TENDER,
    parties=many(PARTY),
    buyer=thing("id name", id=TEXT, name=TEXT),
    confidentialityLabel=LABEL,
)
PACKAGE = thing(
    "uri version publishedDate publisher releases",
    uri=ADDRESS,
    version={"const": "1.1"},
    publishedDate=MOMENT,
    publisher=thing("name", name=TEXT),
    releases=many(RELEASE),
    confidentialityLabel=LABEL,
)


def _twice(keys: Iterable[object]) -> list[str]:
    return [f"{key}: twice" for key, count in Counter(map(str, keys)).items() if count > 1]


def faults_of_ocds(package: Any) -> list[str]:
    """Return what is wrong with a package of planning releases."""
    checker = jsonschema.Draft202012Validator(PACKAGE, format_checker=FORMATS)
    faults = [f"{error.json_path}: {error.message}" for error in checker.iter_errors(package)]
    if faults:
        return faults
    faults += _twice((one["ocid"], one["id"]) for one in package["releases"])
    for release in package["releases"]:
        parties, item_ids = release.get("parties", []), release.get("tender", {}).get("items", [])
        for things in (parties, item_ids, release.get("planning", {}).get("documents", [])):
            faults += _twice(one["id"] for one in things)
        for item in item_ids:
            codes = item.get("additionalClassifications", [])
            faults += _twice(code["id"] for code in codes)
        if "buyer" in release and release["buyer"]["id"] not in {one["id"] for one in parties}:
            faults.append(f"{release['ocid']}: its buyer is none of its parties")
    return faults
