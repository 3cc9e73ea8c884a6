"""Labels in the shape of STANAG 4774: the published structure, both ways of writing, and the label of a collection."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from punte.formats.confidentiality_label import (
    TLP_ORDER,
    Category,
    CategoryType,
    ConfidentialityLabel,
    label_as_record,
    label_as_xml,
    strictest_label,
)

NAMESPACE = "{urn:nato:stanag:4774:confidentialitymetadatalabel:1:0}"
MADE = dt.datetime(2026, 5, 21, 14, 30, tzinfo=dt.timezone(dt.timedelta(hours=3)))
TEXT = st.text("aZ09ăі <>&\"'=:@*-", min_size=1, max_size=8).filter(
    lambda text: text.strip() == text
)


def category(kind: CategoryType, tag: str, *values: str) -> Category:
    return Category(type=kind, tag=tag, values=values)


def label(*categories: Category, made: dt.datetime = MADE) -> ConfidentialityLabel:
    return ConfidentialityLabel(
        classification="UNCLASSIFIED", categories=categories, created_at=made
    )


def faults(document: bytes) -> list[str]:
    """Say where a document differs from the structure as it is publicly known."""
    root = ET.fromstring(document)
    found = []
    if root.tag != f"{NAMESPACE}originatorConfidentialityLabel":
        found.append(f"root is {root.tag}")
    if [one.tag for one in root] != [
        f"{NAMESPACE}ConfidentialityInformation",
        f"{NAMESPACE}CreationDateTime",
    ]:
        found.append("a label holds its information, then its time")
        return found
    information, made = root
    names = [one.tag.removeprefix(NAMESPACE) for one in information]
    if names[:2] != ["PolicyIdentifier", "Classification"] or set(names[2:]) - {"Category"}:
        found.append(f"the information holds {names}")
    found += [f"{one.tag} is empty" for one in information if not len(one) and not one.text]
    for one in information.iter(f"{NAMESPACE}Category"):
        if set(one.attrib) != {"Type", "TagName"}:
            found.append(f"a category has {sorted(one.attrib)}")
        if one.get("Type") not in {"PERMISSIVE", "RESTRICTIVE", "INFORMATIVE"}:
            found.append(f"the type {one.get('Type')} is unknown")
        if {value.tag for value in one} - {f"{NAMESPACE}GenericValue"}:
            found.append("a category holds generic values")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", made.text or ""):
        found.append(f"the time is {made.text}")
    return found


def test_a_label_has_the_published_structure() -> None:
    text = label_as_xml(
        label(
            category(CategoryType.PERMISSIVE, "Releasable To", "ROU", "EU_SDP"),
            category(CategoryType.INFORMATIVE, "TLP", "TLP:AMBER+STRICT"),
        )
    )
    assert faults(text) == []
    assert b"<CreationDateTime>2026-05-21T11:30:00Z</CreationDateTime>" in text
    assert b'<Category Type="PERMISSIVE" TagName="Releasable To">' in text
    assert b"<PolicyIdentifier>PUNTE</PolicyIdentifier>" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"PolicyIdentifier", b"Policy"),
        (b'Type="PERMISSIVE"', b'Type="FREE"'),
        (b"GenericValue", b"Value"),
        (b"2026-05-21T11:30:00Z", b"yesterday"),
        (b"UNCLASSIFIED", b""),
        (b"stanag:4774", b"stanag:4778"),
    ],
)
def test_the_check_of_the_structure_can_fail(before: bytes, after: bytes) -> None:
    text = label_as_xml(label(category(CategoryType.PERMISSIVE, "Releasable To", "ROU")))
    assert before in text
    assert faults(text.replace(before, after))


@given(
    st.lists(
        st.builds(
            Category,
            type=st.sampled_from(CategoryType),
            tag=TEXT,
            values=st.lists(TEXT, min_size=1, max_size=3).map(tuple),
        ),
        max_size=4,
    )
)
def test_any_value_is_read_back_from_both(categories: list[Category]) -> None:
    made = label(*categories)
    text = label_as_xml(made)
    assert faults(text) == []
    root = ET.fromstring(text)
    read = [
        {
            "type": one.get("Type"),
            "tag": one.get("TagName"),
            "values": [value.text for value in one],
        }
        for one in root.iter(f"{NAMESPACE}Category")
    ]
    assert read == label_as_record(made)["categories"]


def test_a_collection_is_never_more_open_than_a_member() -> None:
    kinds = CategoryType
    joined = strictest_label(
        [
            label(
                category(kinds.PERMISSIVE, "Releasable To", "EU", "NATO"),
                category(kinds.RESTRICTIVE, "Only With All Of", "edition:1"),
                category(kinds.INFORMATIVE, "TLP", "TLP:GREEN"),
            ),
            label(
                category(kinds.PERMISSIVE, "Releasable To", "NATO", "MDA"),
                category(kinds.RESTRICTIVE, "Only With All Of", "edition:2"),
                category(kinds.INFORMATIVE, "TLP", "TLP:RED"),
                made=MADE + dt.timedelta(days=1),
            ),
        ]
    )
    assert joined is not None
    assert {one.tag: one.values for one in joined.categories} == {
        "Releasable To": ("NATO",),
        "Only With All Of": ("edition:1", "edition:2"),
        "TLP": ("TLP:RED",),
    }
    assert joined.created_at == MADE + dt.timedelta(days=1)
    apart = strictest_label(
        [
            label(category(kinds.PERMISSIVE, "Releasable To", "EU")),
            label(category(kinds.PERMISSIVE, "Releasable To", "NATO")),
        ]
    )
    assert apart is not None
    assert apart.categories[0].values == (), "nothing in common is nobody"
    assert strictest_label([]) is None


GROUPS = ("NATO", "EU", "MDA", "ROU")


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(GROUPS)),
            st.sets(st.sampled_from(GROUPS)),
            st.sampled_from(TLP_ORDER),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sets(st.sampled_from(GROUPS)),
)
def test_who_may_see_a_collection_may_see_each_member(
    members: list[tuple[set[str], set[str], str]], held: set[str]
) -> None:
    def may_see(one: ConfidentialityLabel) -> bool:
        for found in one.categories:
            if found.type is CategoryType.PERMISSIVE and not held & set(found.values):
                return False
            if found.type is CategoryType.RESTRICTIVE and not set(found.values) <= held:
                return False
        return True

    labels = [
        label(
            category(CategoryType.PERMISSIVE, "Releasable To", *sorted(some)),
            category(CategoryType.RESTRICTIVE, "Only With All Of", *sorted(every)),
            category(CategoryType.INFORMATIVE, "TLP", tlp),
        )
        for some, every, tlp in members
    ]
    joined = strictest_label(labels)
    assert joined is not None
    if may_see(joined):
        assert all(may_see(one) for one in labels)
