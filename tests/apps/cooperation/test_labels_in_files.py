"""A file carries the whole label of what is in it: policy, classification, to whom it is released, and its window."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.market.test_listings import published
from cast import EDITION, Cast
from edition_rows import make_edition
from formats.ocds_rules import faults_of_ocds
from punte.apps.access.permissions import PUBLIC, acting, acting_as_system
from punte.apps.cooperation.models import Commitment, Topic
from punte.apps.cooperation.open_record import export_edition
from punte.apps.market.records import ocds_package
from punte.apps.people.models import WorkingGroup
from punte.apps.people.models.working_group import GroupMember
from punte.formats.open_record import verify_record

pytestmark = pytest.mark.django_db
BEFORE = timezone.now().replace(microsecond=0) - dt.timedelta(days=2)
AFTER = timezone.now().replace(microsecond=0) + dt.timedelta(days=30)


def values(label: dict[str, Any], tag: str) -> list[str]:
    return [value for one in label["categories"] if one["tag"] == tag for value in one["values"]]


def windowed(row: Any, **label: Any) -> None:
    with acting_as_system("tests"):
        type(row).objects.filter(pk=row.pk).update(
            label_embargo_until=BEFORE, label_expires_at=AFTER, **label
        )


def is_windowed(label: dict[str, Any]) -> bool:
    return (
        values(label, "Not Before") == [BEFORE.isoformat()]
        and values(label, "Not After") == [AFTER.isoformat()]
        and (label["policy"], label["classification"]) == ("PUNTE", "UNCLASSIFIED")
    )


def test_each_release_and_the_package_carry_the_whole_label(cast: Cast) -> None:
    one, other = published(cast), published(cast, title="Radar")
    windowed(one, label_tlp="TLP:AMBER", label_releasable_to=[f"edition:{EDITION}", "MDA"])
    with acting(cast.guest.subject) as reader:
        package = ocds_package(reader)
    assert package is not None
    assert faults_of_ocds(package) == []
    told = {one["tender"]["id"]: one["confidentialityLabel"] for one in package["releases"]}
    assert is_windowed(told[str(one.pk)])
    assert values(told[str(one.pk)], "TLP") == ["TLP:AMBER"]
    assert "MDA" in values(told[str(one.pk)], "Releasable To")
    assert values(told[str(other.pk)], "Not Before") == []
    whole = package["confidentialityLabel"]
    assert values(whole, "TLP") == ["TLP:AMBER"]
    assert "MDA" not in values(whole, "Releasable To"), "not every release may go there"
    del package["releases"][0]["confidentialityLabel"]["policy"]
    assert faults_of_ocds(package), "half a label is a fault"


def test_what_a_reader_may_not_know_is_in_no_label(cast: Cast) -> None:
    need = published(cast)
    names = [f"edition:{EDITION}", f"org:{cast.outsider.organisation.pk}"]
    windowed(need, label_releasable_to=names)
    with acting(cast.company.subject) as reader:
        text = json.dumps(ocds_package(reader))
    assert str(cast.outsider.organisation.pk) not in text
    with acting(cast.authority.subject) as owner:
        assert str(cast.outsider.organisation.pk) in json.dumps(ocds_package(owner))


def test_labels_of_many_cost_no_more_queries(cast: Cast) -> None:
    def queries() -> int:
        with acting(cast.company.subject) as reader, CaptureQueriesContext(connection) as found:
            ocds_package(reader)
        return len(found)

    published(cast)
    few = queries()
    for title in ("Radar", "Ferry", "Drone"):
        published(cast, title=title)
    assert queries() == few


def test_a_group_and_each_topic_carry_theirs_and_the_file_the_strictest(cast: Cast) -> None:
    with acting_as_system("tests"):
        group = WorkingGroup.objects.create(
            name="Bridges",
            owner_org=cast.authority.organisation,
            label_tlp="TLP:GREEN",
            label_releasable_to=[f"edition:{EDITION}"],
        )
        GroupMember.objects.create(
            group=group,
            person=cast.authority.person,
            name="Claire",
            state="in",
            role="chair",
            owner_org=cast.authority.organisation,
        )
        topic = Topic.objects.create(
            title="Class 80",
            group=group,
            owner_org=cast.authority.organisation,
            label_tlp="TLP:AMBER",
            label_releasable_to=[f"edition:{EDITION}", "MDA"],
        )
    windowed(topic)
    client = Client()
    client.force_login(cast.authority.account)
    answer = client.get(f"/groups/{group.pk}/export.json")
    assert answer.status_code == 200
    content = answer.json()
    assert (content["tlp"], content["handling"]) == ("TLP:GREEN", "TLP:AMBER")
    assert values(content["label"], "TLP") == ["TLP:GREEN"]
    assert is_windowed(content["topics"][0]["label"])
    assert "MDA" in values(content["topics"][0]["label"], "Releasable To")
    assert values(content["label_of_all"], "TLP") == ["TLP:AMBER"]
    assert values(content["label_of_all"], "Releasable To") == [f"edition:{EDITION}"]


def test_the_open_record_has_the_labels_of_all_its_rows(cast: Cast, tmp_path: Path) -> None:
    rows = make_edition()
    with acting_as_system("tests"):
        late = Commitment.objects.create(
            who="Host",
            what="Range",
            promised_on=rows.edition.starts_on,
            entered_at=timezone.now(),
            owner_org=cast.authority.organisation,
            label_releasable_to=[PUBLIC],
        )
        hidden = Commitment.objects.create(
            who="Host",
            what="Secret range",
            promised_on=rows.edition.starts_on,
            entered_at=timezone.now(),
            owner_org=cast.authority.organisation,
        )
        elsewhere = Commitment.objects.create(
            who="Host",
            what="Another day",
            promised_on=rows.edition.ends_on + dt.timedelta(days=1),
            owner_org=cast.authority.organisation,
            label_releasable_to=[PUBLIC],
        )
    windowed(late, label_tlp="TLP:RED")
    folder = tmp_path / "record"
    names = export_edition(
        folder, slug=rows.edition.slug, reader=cast.outsider.subject, audience="everybody"
    )
    assert "labels.json" in names
    assert str(elsewhere.pk) not in (folder / "labels.json").read_text()
    assert b"Another day" not in (folder / "commitments.csv").read_bytes()
    told = json.loads((folder / "labels.json").read_bytes())
    assert is_windowed(told["tables"]["commitments"][str(late.pk)])
    assert str(hidden.pk) not in json.dumps(told)
    assert set(told["tables"]["edition"]) == {str(rows.edition.pk)}
    assert values(told["label"], "TLP") == ["TLP:RED"]
    sessions = (folder / "sessions.csv").read_text().splitlines()[1:]
    assert len(told["tables"]["sessions"]) == len(sessions) > 0
    assert verify_record(folder).faults == ()
