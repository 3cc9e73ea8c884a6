"""The worked example of the sample: every link of the chain, from the milestone to the draw, and each way back."""

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from punte.apps.access.models import Account
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.cooperation.models import (
    Assistance,
    Commitment,
    Cooperation,
    Decision,
    Feedback,
    OutcomeTotals,
)
from punte.apps.cooperation.open_record import export_edition
from punte.apps.cooperation.outcome import outcome_of_edition, release_totals
from punte.apps.cooperation.sample_after import load_group, load_worked_example
from punte.apps.funding.sample import load_funding
from punte.apps.market.sample import load_listings
from punte.apps.meetings.insight import insight_into
from punte.apps.meetings.publication import publish_version
from punte.apps.people.models import WorkingGroup
from punte.apps.people.permissions import NotAllowedError
from punte.apps.programmes.sample import load_programmes, sample_milestones
from punte.formats.open_record import verify_record
from punte.web.cooperation.chain import chain_of
from small_forum import Forum, load_small, solve

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = dt.date(2026, 11, 28)


@pytest.fixture
def forum() -> Forum:
    forum = load_small()
    keeper = forum.edition.owner_org_id
    load_programmes(keeper, with_synthetic=True)
    load_funding(keeper, milestones=sample_milestones())
    company = forum.subject("company").org_id
    assert company is not None
    load_listings(forum.edition.pk, surely={company: "drones_counter_drones"})
    version = solve(forum)
    with acting(forum.organiser) as by:
        publish_version(by=by, version_id=version.id)
    load_worked_example(
        forum.edition, milestones=sample_milestones(), people=["company@bucharest.example"]
    )
    return forum


def test_the_chain_is_whole_and_leads_back_from_every_link(
    forum: Forum, client: Client, tmp_path: Path
) -> None:
    with acting_as_system("tests"):
        row = Cooperation.objects.get()
    assert load_worked_example(forum.edition, milestones=sample_milestones()) is None
    with acting(forum.organiser):
        chain = chain_of(row)
    assert [one.label for one in chain] == [
        "Programme",
        "Milestone",
        "Need",
        "Offer",
        "Request",
        "Meeting",
        "Commitment",
        "Commitment",
        "Cooperation",
        "Verdict",
        "Draw",
        "Delivery",
    ]
    by_label = {one.label: one for one in chain}
    assert by_label["Offer"].reasons, "why it fits stands beside it"
    assert "draw 1" in by_label["Draw"].title, "the draw that waits for this milestone is named"
    assert by_label["Draw"].address.endswith("/draws/1/")
    assert by_label["Delivery"].detail == "promised by 2027-04-30, commitments kept: 1 of 2"
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    own = f"/cooperations/{row.pk}/"
    page = client.get(own).content.decode()
    for place, one in enumerate(chain):
        assert f'href="{one.address}"' in page or one.address == own, one.label
        answer = client.get(one.page)
        assert answer.status_code == 200, one.label
        there = answer.content.decode()
        assert own in there or one.page == own, one.label
        for neighbour in chain[max(place - 1, 0) : place + 2]:
            assert f'href="{neighbour.address}"' in there or neighbour.page == one.page, (
                one.label,
                neighbour.label,
            )
    check_the_outcome(forum, client)
    check_the_record(forum, tmp_path)


def test_a_side_of_the_sample_signs_in_and_sees_every_link(forum: Forum, client: Client) -> None:
    company = forum.subject("company")
    with acting(company):
        row = Cooperation.objects.get()
        stations = chain_of(row)
        labels = [one.label for one in stations]
    whole = ["Programme", "Milestone", "Need", "Offer", "Request", "Meeting", "Agreed there"]
    whole += ["Commitment", "Commitment", "Cooperation", "Draw", "Delivery"]
    assert [one for one in labels if one != "Verdict"] == whole
    assert "Verdict" in labels
    client.force_login(Account.objects.get(email="company@bucharest.example"))
    for one in stations:
        assert client.get(one.page).status_code == 200, one.label


def test_the_third_partner_of_the_sample_sees_the_chain_without_the_meeting(forum: Forum) -> None:
    with acting_as_system("tests"):
        met = set(Cooperation.objects.get().partners.values_list("organisation_id", flat=True))
        Cooperation.objects.all().delete()
        Feedback.objects.all().delete()
    people = {part: forum.subject(part) for part in ("company", "authority", "moldova")}
    part, third = next((part, one) for part, one in people.items() if one.org_id not in met)
    with acting(third):
        assert not Cooperation.objects.exists()
    assert load_worked_example(
        forum.edition,
        milestones=sample_milestones(),
        people=["company@bucharest.example", f"{part}@bucharest.example"],
    )
    with acting(forum.subject(part)):
        row = Cooperation.objects.get()
        labels = {one.label for one in chain_of(row)}
        assert {"Programme", "Milestone", "Need", "Offer", "Cooperation", "Verdict"} <= labels
        assert not labels & {"Request", "Meeting", "Agreed there"}
        assert row.partners.count() == 3
        assert row.partners.get(organisation_id=third.org_id).speaker_id == third.person_id


def check_the_outcome(forum: Forum, client: Client) -> None:
    """The report agrees with the figures, hides what the wall hides, and releases no small number."""
    edition = forum.edition
    with acting(forum.organiser) as by:
        outcome = outcome_of_edition(edition, today=TODAY)
        insight = insight_into(edition.pk)
        assert (outcome.met, outcome.states) == (insight.met, insight.states)
        assert len(outcome.meetings) == outcome.met > 0
        assert outcome.stages == {"apply": 1}
        assert outcome.second == {"work": 2}
        assert outcome_of_edition(edition, today=dt.date(2026, 1, 31)).stages == {"explore": 1}
        totals = release_totals(by=by, edition=edition)
    numbers = [value for value in totals.content.values() if isinstance(value, int)]
    numbers += [n for line in totals.content["countries"] for n in line[1:]]
    assert numbers
    assert not [n for n in numbers if 0 < n < 5]
    assert totals.content["cooperations"] is None
    with acting(VISITOR):
        public = outcome_of_edition(edition, today=TODAY)
        assert (public.met, public.meetings, public.cooperations) == (0, (), ())
        assert OutcomeTotals.objects.get().content == totals.content
    visitor = Client()
    page = visitor.get(f"/e/{edition.slug}/outcome/").content.decode()
    assert "left out" in page
    with acting_as_system("tests"):
        names = list(edition.delegates.values_list("badge_name", "organisation__name"))
    assert not [name for pair in names for name in pair if name in page]
    for reader in (client, visitor):
        answer = reader.get(f"/e/{edition.slug}/outcome.pdf")
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert visitor.post(f"/e/{edition.slug}/outcome/").status_code == 404
    with acting(forum.subject("company")) as company:
        with pytest.raises(NotAllowedError):
            release_totals(by=company, edition=edition)
        own = outcome_of_edition(edition, today=TODAY)
        assert 0 < own.met < outcome.met, "a delegate's report is of its own meetings"


def check_the_record(forum: Forum, tmp_path: Path) -> None:
    """What is released between forums is in everybody's record; what is not stays out of it."""
    emails = tuple(f"{part}@bucharest.example" for part in ("authority", "company", "moldova"))
    assert load_group(forum.edition, emails) is not None
    assert load_group(forum.edition, emails) is None
    with acting(VISITOR):
        assert Decision.objects.count() == 1
    for name in ("one", "two"):
        export_edition(
            tmp_path / name, slug=forum.edition.slug, reader=VISITOR, audience="everybody"
        )
    assert verify_record(tmp_path / "one").faults == ()
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name
    assert b"wind load of zone 3" in (tmp_path / "one" / "decisions.csv").read_bytes()
    check_only_of_the_edition(forum, tmp_path)


def check_only_of_the_edition(forum: Forum, tmp_path: Path) -> None:
    """What leads to no meeting, day, delegate or topic of the edition is in its record for nobody, organisers included."""
    days, keeper = forum.edition.ends_on, forum.edition.owner_org_id
    public: dict[str, Any] = {"owner_org_id": keeper, "label_releasable_to": ["PUBLIC"]}
    with acting_as_system("tests"):
        Cooperation.objects.create(name="Of no edition", **public)
        Commitment.objects.create(who="We", what="Of no edition", **public)
        WorkingGroup.objects.create(name="Of no edition", open_to=["NATO"], **public)
        Decision.objects.create(
            topic_id=uuid.uuid4(),
            post_id=uuid.uuid4(),
            text="Of no edition",
            decided_on=days,
            **public,
        )
        for number in (-1, 1):
            day = days + dt.timedelta(days=10 * number)
            Assistance.objects.create(
                title="Of no edition", kind="training", side="offer", starts_on=day, **public
            )
        Assistance.objects.create(
            title="On its days", kind="training", side="offer", starts_on=days, **public
        )
        served = Cooperation.objects.exclude(milestone_id=None).get()
    reader = forum.organiser
    folder = tmp_path / "organiser"
    export_edition(folder, slug=forum.edition.slug, reader=reader, audience="organiser")
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"Of no edition" not in content
    assert b"On its days" in content
    assert str(served.pk).encode() in (folder / "cooperations.csv").read_bytes()
    milestones = (folder / "milestones.csv").read_text().splitlines()
    assert any(str(served.milestone_id) in line for line in milestones)
    assert b"national annex; zone" not in (tmp_path / "one" / "decisions.csv").read_bytes()
    assert (tmp_path / "one" / "groups.csv").read_text().count("\n") == 1
    assert b"met" in (tmp_path / "one" / "totals.csv").read_bytes()
