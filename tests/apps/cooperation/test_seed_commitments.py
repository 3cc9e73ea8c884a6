"""The public commitments of the sample: their milestone, their short quotation, and what nobody has read in the source."""

import pytest
from django.test import Client

from edition_rows import make_edition
from punte.apps.access.permissions import acting_as_system
from punte.apps.cooperation.models import Commitment
from punte.apps.cooperation.sample import load_cooperation
from punte.apps.programmes.models import Milestone
from punte.apps.programmes.sample import load_programmes

pytestmark = pytest.mark.django_db


def test_a_public_commitment_shows_its_words_its_milestone_and_who_has_not_read_it(
    client: Client,
) -> None:
    keeper = make_edition().edition.owner_org_id
    load_programmes(keeper, with_synthetic=False)
    load_cooperation(keeper, with_synthetic=False)
    with acting_as_system("tests"):
        rows = list(Commitment.objects.all())
        known = {str(row.pk): row.promised_on for row in Milestone.objects.all()}
        linked = [row for row in rows if row.milestone_id]
        assert len(linked) == 15
        assert [row.what for row in linked if known[str(row.milestone_id)] != row.due_on] == []
        quoted = [row for row in rows if row.quotation]
        assert len(quoted) == 5
        assert all(row.sources and not row.is_verified for row in quoted)
        assert all(len(row.quotation.split()) <= 15 for row in quoted)
        spoken = next(row for row in rows if "16.7bn" in row.what)
        first = next(row for row in rows if "first Security" in row.what)
        year = next(row for row in rows if row.what.startswith("2027"))
    assert (first.is_verified, str(first.promised_on)) == (True, "2024-05-21")
    page = client.get(f"/commitments/{spoken.pk}/").content.decode()
    for words in ("spend wisely", "not verified", "Bucharest", "over five years", "Romania"):
        assert words in page
    page = client.get(f"/commitments/{year.pk}/").content.decode()
    assert f"/programmes/milestones/{year.milestone_id}/" in page
    assert "16.7bn" in client.get("/commitments/?q=16.7").content.decode()
