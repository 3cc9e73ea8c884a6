"""A case begins from an offer, a meeting or a cooperation; its verdict is said in the reader's language, with its label."""

import uuid

import pytest
from django.test import Client
from django.utils import timezone

from cast import Cast, make_cast
from edition_rows import Rows, make_edition
from money_desk import sign_in
from punte.apps.access.permissions import PUBLIC, acting_as_system
from punte.apps.cooperation.models import Cooperation
from punte.apps.funding.models import EligibilityCase
from punte.apps.market.models import Listing
from punte.apps.meetings.models import Meeting, MeetingRequest
from signed_in import let_in

pytestmark = pytest.mark.django_db
CASE = {
    "rules": "safe",
    "name": "Mast",
    "on": "2026-11-01",
    "category": ["1d"],
    "buyer-country-0": "RO",
    "buyer-role-0": "borrower",
    "buyer-country-1": "FR",
    "buyer-role-1": "partner",
    "entity-id-0": "Lead",
    "entity-role-0": "contractor",
    "entity-country-0": "MD",
    "part-id-0": "mast",
    "part-inside-0": "",
    "part-origin-0": "RO",
    "part-cost-0": "600",
    "part-id-1": "camera",
    "part-inside-1": "",
    "part-origin-1": "MD",
    "part-cost-1": "300",
    "part-id-2": "radio",
    "part-inside-2": "",
    "part-origin-2": "",
    "part-cost-2": "100",
}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def make_offer(cast: Cast, **label: object) -> Listing:
    with acting_as_system("tests"):
        return Listing.objects.create(
            owner_org_id=cast.company.organisation.pk,
            side=Listing.Side.OFFER,
            title="Mast with camera",
            kind="equipment",
            language="en",
            text="A mast.",
            published_at=timezone.now(),
            state=Listing.State.PUBLISHED,
            **{"label_releasable_to": [PUBLIC], "label_tlp": "TLP:GREEN", **label},
        )


def judge(client: Client, **changes: object) -> tuple[str, EligibilityCase]:
    page = client.post("/eligibility/new/", CASE | changes, follow=True).content.decode()
    with acting_as_system("tests"):
        return page, EligibilityCase.objects.latest("judged_at")


def test_a_verdict_is_said_in_the_language_of_its_reader(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "company")
    english, case = judge(client)
    for words in (
        "between 30% and 40% comes from outside European Union, EEA-EFTA, Ukraine; at most 35% allowed",
        "established in Moldova; Moldova is outside European Union, EEA-EFTA, Ukraine",
        "Does a component contravene security and defence interests?",
        "replace Lead by a firm established, managed, working and controlled in",
        "where radio comes from",
        "Where its components come from",
    ):
        assert words in english, words
    client.cookies["django_language"] = "ro"
    romanian = client.get(f"/eligibility/{case.pk}/").content.decode()
    for words in (
        "între 30\u00a0% și 40\u00a0% vine din afara: Uniunea Europeană, SEE-AELS, Ucraina",
        "stabilit în Republica Moldova",
        "Contravine vreo componentă intereselor de securitate și apărare?",
        "înlocuiți Lead cu o firmă stabilită",
        "de unde vine radio",
        "Articolul 16 alineatul (10)",
        "Achiziție comună sau Achiziție de către un singur stat",
    ):
        assert words in romanian, words
    for words in ("comes from outside", "established in", "Common procurement", "flags.", "[0]"):
        assert words not in romanian, words
    told = client.post(f"/eligibility/{case.pk}/replay/", follow=True).content.decode()
    assert "verdictul este același" in told
    assert (
        "Împrumută numai statele membre" in client.get("/eligibility/rules/safe/").content.decode()
    )
    moldova = client.get("/eligibility/countries/MDA/").content.decode()
    assert "Borrowers" not in moldova


def test_a_fault_is_told_in_the_language_of_the_form(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "company")
    client.cookies["django_language"] = "ro"
    wrong = {"buyer-country-1": "XX", "part-cost-0": "-5", "entity-share-0": "140"}
    page = client.post("/eligibility/new/", CASE | wrong).content.decode()
    for words in (
        "Cine cumpără, rândul 2, Țara: „XX” nu este un cod de țară.",
        "Cine produce, rândul 1, Cotă, %: este 140 % din contract.",
        "este negativ: EUR -5.00.",
    ):
        assert words in page, words
    with acting_as_system("tests"):
        assert not EligibilityCase.objects.exists()


def test_a_verdict_given_before_sentences_were_kept_apart_is_still_shown_and_the_same(
    client: Client, cast: Cast
) -> None:
    sign_in(client, cast, "company")
    _page, case = judge(client)

    def stripped(found: object) -> object:
        if isinstance(found, dict):
            return {k: stripped(v) for k, v in found.items() if not k.endswith("_said")}
        return [stripped(one) for one in found] if isinstance(found, list) else found

    with acting_as_system("tests"):
        EligibilityCase.objects.filter(pk=case.pk).update(verdict=stripped(case.verdict))
    assert "at most 35% allowed" in client.get(f"/eligibility/{case.pk}/").content.decode()
    told = client.post(f"/eligibility/{case.pk}/replay/", follow=True).content.decode()
    assert "the verdict is the same" in told


def test_a_case_begins_from_an_offer_and_carries_its_label(client: Client, cast: Cast) -> None:
    offer = make_offer(cast, label_tlp="TLP:RED")
    sign_in(client, cast, "company")
    assert (
        f"/eligibility/new/?listing={offer.pk}"
        in client.get(f"/offers/{offer.pk}/").content.decode()
    )
    form = client.get(f"/eligibility/new/?listing={offer.pk}").content.decode()
    assert 'value="Mast with camera"' in form
    assert cast.company.organisation.name in form
    page, case = judge(client, listing=str(offer.pk))
    assert (case.label_tlp, case.listing_id) == ("TLP:RED", offer.pk)
    assert case.inputs == [{"kind": "listing", "id": str(offer.pk), "tlp": "TLP:RED"}]
    assert page.count("TLP:RED") >= 3, "both strips and the label"
    assert "Mast with camera" in page
    assert case.content_sha256 in page
    assert "The case as it was judged" in page
    open_offer = make_offer(cast, label_tlp="TLP:CLEAR")
    _page, other = judge(client, listing=str(open_offer.pk))
    assert other.label_tlp == "TLP:AMBER", (
        "one's own case is never more open than it would be alone"
    )


def test_what_its_writer_does_not_see_is_no_beginning(client: Client, cast: Cast) -> None:
    with acting_as_system("tests"):
        hidden = Listing.objects.create(
            owner_org_id=cast.authority.organisation.pk,
            side=Listing.Side.OFFER,
            title="Hidden mast",
            kind="equipment",
            language="en",
            text="A mast.",
            published_at=timezone.now(),
            state=Listing.State.PUBLISHED,
            label_tlp="TLP:RED",
        )
    sign_in(client, cast, "company")
    for key in (str(hidden.pk), str(uuid.uuid4()), "x", "1" * 4000):
        for kind in ("listing", "meeting", "cooperation"):
            form = client.get("/eligibility/new/", {kind: key})
            assert form.status_code == 200
            assert "Hidden mast" not in form.content.decode()
            _page, case = judge(client, **{kind: key})
            assert (case.inputs, case.label_tlp) == ([], "TLP:AMBER")
            assert (case.listing_id, case.meeting_id, case.cooperation_id) == (None, None, None)


def test_a_case_begins_from_a_meeting_and_a_cooperation(client: Client) -> None:
    rows: Rows = make_edition()
    let_in(client, rows.delegate)
    with acting_as_system("tests"):
        meeting = Meeting.objects.filter(
            version=rows.version, request__sender__person__account__email=rows.delegate
        ).select_related("request__receiver__organisation", "request__sender__organisation")[0]
        asked = meeting.request
        MeetingRequest.objects.filter(pk=asked.pk).update(
            label_stewards=[f"org:{asked.receiver.organisation_id}"], label_tlp="TLP:RED"
        )
    follow_up = f"/e/{rows.edition.slug}/follow-up/{asked.pk}/"
    assert f"/eligibility/new/?meeting={asked.pk}" in client.get(follow_up).content.decode()
    form = client.get(f"/eligibility/new/?meeting={asked.pk}").content.decode()
    assert f'name="meeting" value="{asked.pk}"' in form
    _page, case = judge(client, meeting=str(asked.pk))
    assert (case.meeting_id, case.label_tlp) == (asked.pk, "TLP:RED")
    client.post(follow_up, {"do": "begin", "name": "Together", "kind": "contract"})
    with acting_as_system("tests"):
        cooperation = Cooperation.objects.get()
    at = f"/cooperations/{cooperation.pk}/"
    assert f"/eligibility/new/?cooperation={cooperation.pk}" in client.get(at).content.decode()
    form = client.get(f"/eligibility/new/?cooperation={cooperation.pk}").content.decode()
    assert 'value="Together"' in form
    _page, case = judge(client, cooperation=str(cooperation.pk), name="Ours")
    assert {one["kind"] for one in case.inputs} == {"cooperation", "meeting"}
    with acting_as_system("tests"):
        cooperation.refresh_from_db()
    assert cooperation.case_id == case.pk, "the chain leads to the verdict"
    assert f"/eligibility/{case.pk}/" in client.get(at).content.decode()


def test_a_printed_verdict_can_be_followed_without_the_platform(client: Client, cast: Cast) -> None:
    sign_in(client, cast, "company")
    _text, case = judge(client, **{
        "entity-id-0": "Optics", "entity-role-0": "subcontractor", "entity-country-0": "MD",
        "entity-management_country-0": "MD", "entity-controlled_by-0": "MD", "entity-facilities-0": "MD",
        "entity-share-0": "20", "entity-since-0": "2019-03-04", "entity-mitigations-0": "fdi_screening",
        "entity-studies_replacement-0": "yes",
    })  # fmt: skip
    page = client.get(f"/eligibility/{case.pk}/").content.decode()
    judged = page.split("The case as it was judged")[1]
    for told in (
        "2019-03-04",
        "screening as foreign direct investment",
        "Replacement studied",
        case.on.isoformat(),
    ):
        assert told in judged, told
    reasons = [one for reading in case.verdict["readings"] for one in reading["reasons"]]
    sources = {one for reason in reasons for one in reason["sources"] if one.startswith("http")}
    assert max(map(len, sources)) > 60
    for source in sources:
        assert f">{source}<" in page, "the whole address is on paper"
    count = len({one["rule"] for one in reasons if not one["verified"]})
    head = page.split('<div class="note', 1)[1].split("</div>", 1)[0]
    assert f"rests on {count} rule" in head
    assert count
