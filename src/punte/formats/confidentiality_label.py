"""
A confidentiality label in the shape of STANAG 4774 (ADatP-4774), as XML and as JSON.

It is written from what is public of the structure: namespace, elements, the three types of category. The standard itself is not
publicly distributed, so no conformance is claimed.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from xml.etree import ElementTree as ET

NAMESPACE: Final = "urn:nato:stanag:4774:confidentialitymetadatalabel:1:0"
FORMAT: Final = "punte.label/1"
POLICY: Final = "PUNTE"
"""The policy whose values the categories use: docs/reference/wall.md."""
TLP_ORDER: Final = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
RELEASABLE: Final = "Releasable To"
HANDLING: Final = "TLP"


class CategoryType(StrEnum):
    """How a category bears on access: one of its values must be held, all of them, or none."""

    PERMISSIVE = "PERMISSIVE"
    RESTRICTIVE = "RESTRICTIVE"
    INFORMATIVE = "INFORMATIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """Values under one tag."""

    type: CategoryType
    tag: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidentialityLabel:
    """
    Who may see a thing, and how it is handled.

    Parameters
    ----------
    created_at
        When the thing was labelled, with its zone.
    """

    classification: str
    categories: tuple[Category, ...]
    created_at: dt.datetime
    policy: str = POLICY


def label_as_record(label: ConfidentialityLabel) -> dict[str, Any]:
    """Return a label as plain values, for JSON."""
    return {
        "format": FORMAT,
        "policy": label.policy,
        "classification": label.classification,
        "categories": [
            {"type": str(one.type), "tag": one.tag, "values": list(one.values)}
            for one in label.categories
        ],
        "created_at": _moment(label.created_at),
    }


def label_as_xml(label: ConfidentialityLabel) -> bytes:
    """Return a label as an XML document."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_name("originatorConfidentialityLabel"))
    information = ET.SubElement(root, _name("ConfidentialityInformation"))
    ET.SubElement(information, _name("PolicyIdentifier")).text = label.policy
    ET.SubElement(information, _name("Classification")).text = label.classification
    for one in label.categories:
        found = ET.SubElement(
            information, _name("Category"), {"Type": str(one.type), "TagName": one.tag}
        )
        for value in one.values:
            ET.SubElement(found, _name("GenericValue")).text = value
    ET.SubElement(root, _name("CreationDateTime")).text = _moment(label.created_at)
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def strictest_label(labels: Iterable[ConfidentialityLabel]) -> ConfidentialityLabel | None:
    """
    Return the label of a collection, never more open than any member's; None for an empty one.

    A tag whose permissive values have nothing in common is released to nobody: it has no value left. Restrictive values add up,
    the handling is the strictest, and the time is the newest.
    """
    members = list(labels)
    if not members:
        return None
    tags = dict.fromkeys((one.type, one.tag) for label in members for one in label.categories)
    return ConfidentialityLabel(
        policy=members[0].policy,
        classification=members[0].classification,
        categories=tuple(_joined(members, *key) for key in tags),
        created_at=max(label.created_at for label in members),
    )


def _joined(members: list[ConfidentialityLabel], kind: CategoryType, tag: str) -> Category:
    sets = [
        [v for one in label.categories if (one.type, one.tag) == (kind, tag) for v in one.values]
        for label in members
        if kind is not CategoryType.PERMISSIVE or _has(label, kind, tag)
    ]
    if kind is CategoryType.PERMISSIVE:
        values = sorted(set(sets[0]).intersection(*sets[1:]))
    elif tag == HANDLING:
        found = [value for one in sets for value in one]
        values = [max(found, key=TLP_ORDER.index)] if found else []
    else:
        values = sorted({value for one in sets for value in one})
    return Category(type=kind, tag=tag, values=tuple(values))


def _has(label: ConfidentialityLabel, kind: CategoryType, tag: str) -> bool:
    """Whether a label narrows by the tag at all: one that does not, leaves the others' values as they are."""
    return any((one.type, one.tag) == (kind, tag) for one in label.categories)


def _name(local: str) -> str:
    return f"{{{NAMESPACE}}}{local}"


def _moment(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
