"""The pages of needs and offers: what each of the cast finds there, and what they cannot do."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.market.test_listings import DRAFT, published
from cast import Cast
from page_lines import in_one_line
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import draft_listing
from punte.apps.market.bridge import encode_listing
from punte.apps.market.models import Listing
from signed_in import signed_in


def masked(content: bytes) -> bytes:
    """Return a page without its anti-forgery tokens, which differ each time."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", content)


FORM = {
    "title": "Pod mobil <b>",
    "text": "Pentru 60 t.",
    "language": "ro",
    "kind": "equipment",
    "audience": "edition",
    "cpv": "35000000, 34711200",
}


def test_a_need_is_written_submitted_published_and_found(cast: Cast) -> None:
    authority, organiser, company = (
        signed_in(cast.authority),
        signed_in(cast.organiser),
        signed_in(cast.company),
    )
    written = authority.post("/needs/new/", FORM)
    address = written["Location"]
    assert company.get(address).status_code == 404
    authority.post(f"{address}submit/")
    assert address in organiser.get("/listings/review/").content.decode()
    assert company.get(address).status_code == 404
    assert organiser.post(f"{address}publish/")["Location"] == "/listings/review/"
    page = company.get(address).content.decode()
    assert "Pod mobil &lt;b&gt;" in page
    assert "You see this because you are a delegate of this edition" in page
    assert address in company.get("/needs/?q=34711200").content.decode()


def test_a_hidden_need_and_one_that_never_was_get_the_same_answer(cast: Cast) -> None:
    hidden = published(cast, audience="allies")
    client = signed_in(cast.guest)
    absent = uuid4()
    first, second = client.get(f"/needs/{hidden.pk}/"), client.get(f"/needs/{absent}/")
    assert (first.status_code, second.status_code) == (404, 404)
    # The page says its own address back, to return there after a change of language.
    said = masked(first.content).replace(str(hidden.pk).encode(), str(absent).encode())
    assert said == masked(second.content)


def test_the_list_does_not_change_by_what_is_hidden(cast: Cast) -> None:
    client = signed_in(cast.guest)
    before = masked(client.get("/needs/").content)
    published(cast, audience="allies", title="Canary 7f3a")
    assert masked(client.get("/needs/").content) == before
    assert b"Canary" not in client.get("/needs/?q=7f3a").content


def test_a_visitor_reads_what_is_public_and_is_asked_to_sign_in_for_more(cast: Cast) -> None:
    listing = published(cast, audience="public")
    assert Client().get(f"/needs/{listing.pk}/").status_code == 200
    assert Client().get("/needs/new/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("step", ["submit", "publish", "send-back", "withdraw", "renew"])
def test_a_stranger_takes_no_step(cast: Cast, step: str) -> None:
    listing = published(cast)
    signed_in(cast.company).post(
        f"/needs/{listing.pk}/{step}/",
        {"note": "x", "until": f"{timezone.localdate() + dt.timedelta(days=30)}"},
    )
    with acting(cast.authority.subject):
        row = Listing.objects.get(pk=listing.pk)
        assert (row.state, row.expires_on) == ("published", None)


def test_fields_that_are_not_in_the_form_change_nothing(cast: Cast) -> None:
    forged = {
        **FORM,
        "state": "published",
        "owner_org": str(cast.company.organisation.pk),
        "label_releasable_to": "PUBLIC",
    }
    address = signed_in(cast.authority).post("/needs/new/", forged)["Location"]
    with acting(cast.authority.subject):
        row = Listing.objects.get(pk=address.split("/")[2])
        assert (row.state, row.label_releasable_to) == ("draft", [])
        assert row.owner_org_id == cast.authority.organisation.pk


def test_the_second_writer_is_told_and_keeps_the_text(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
    client = signed_in(cast.authority)
    client.post(f"/needs/{listing.pk}/edit/", {**FORM, "revision": "1"})
    late = client.post(f"/needs/{listing.pk}/edit/", {**FORM, "title": "Mine", "revision": "1"})
    assert late.status_code == 409
    assert 'value="Mine"' in late.content.decode()


def test_interest_and_message_reach_the_owner_without_an_address(cast: Cast) -> None:
    listing = published(cast)
    company = signed_in(cast.company)
    company.post(f"/needs/{listing.pk}/interest/", {"reason": "We build bridges."})
    company.post(f"/needs/{listing.pk}/message/", {"text": "May we talk?"})
    page = signed_in(cast.authority).get(f"/needs/{listing.pk}/").content.decode()
    assert "We build bridges." in page
    assert "May we talk?" in page
    assert cast.company.person.email not in page
    assert (
        "We build bridges."
        not in signed_in(cast.guest).get(f"/needs/{listing.pk}/").content.decode()
    )


@pytest.mark.parametrize(
    "query", ["?page=99999999999", "?page=-1", "?kind=x'--", "?q=%00", "?lang=zz&mine=1"]
)
def test_odd_queries_are_answered(cast: Cast, query: str) -> None:
    wanted = 400 if "%00" in query else 200
    assert signed_in(cast.company).get(f"/needs/{query}").status_code == wanted


def test_bad_codes_are_named_in_the_form(cast: Cast) -> None:
    page = signed_in(cast.authority).post("/needs/new/", {**FORM, "cpv": "35000000, 12"})
    assert "12 is no CPV code" in page.content.decode()


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_marked_text_is_refused_and_nothing_is_kept(cast: Cast, field: str) -> None:
    page = signed_in(cast.authority).post("/needs/new/", {**FORM, field: "NATO SECRET radar"})
    assert "Punte takes no classified information" in page.content.decode()
    with acting(cast.authority.subject):
        assert Listing.objects.count() == 0


@pytest.mark.parametrize("code", ["٣٤٧١١٢٠٠", "34711200\n", "3471120"])
def test_a_cpv_code_has_eight_plain_digits(cast: Cast, code: str) -> None:
    answer = signed_in(cast.authority).post("/needs/new/", FORM | {"cpv": f"x{code}"[1:]})
    kept = answer.status_code == 302
    assert kept == (code.strip() == "34711200")


def test_a_cpv_code_that_no_list_has_is_refused_unless_it_was_held(cast: Cast) -> None:
    client = signed_in(cast.authority)
    page = client.post("/needs/new/", FORM | {"cpv": "99999999, 34711200"}).content.decode()
    assert "99999999 is no code of the CPV vocabulary. Look the code up, or leave it out." in page
    assert "34711200 is no code" not in page
    with acting(cast.authority.subject):
        assert not Listing.objects.exists()
        client.post("/needs/new/", FORM)
        [held] = Listing.objects.all()
        held.cpv = ["99999999"]
        held.save()
    form = FORM | {"cpv": "99999999", "title": "Another", "revision": str(held.revision)}
    page = client.post(f"/needs/{held.pk}/edit/", form, follow=True).content.decode()
    assert "Check 99999999: it is no code of the CPV vocabulary." in page
    with acting(cast.authority.subject):
        assert Listing.objects.get(pk=held.pk).title == "Another"


def test_what_would_be_shown_after_it_expired_is_refused(cast: Cast) -> None:
    client = signed_in(cast.authority)
    first, last = (timezone.localdate() + dt.timedelta(days=days) for days in (31, 30))
    late = FORM | {"embargo_on": first.isoformat(), "expires_on": last.isoformat()}
    page = client.post("/needs/new/", late).content.decode()
    assert f"Others would never see it: it is valid until {last.isoformat()}." in page
    answer = client.post("/needs/new/", late | {"embargo_on": last.isoformat()})
    assert answer.status_code == 302


def test_a_last_day_too_far_away_is_refused_on_the_form(cast: Cast) -> None:
    client = signed_in(cast.authority)
    page = client.post("/needs/new/", FORM | {"expires_on": "2099-01-01"})
    assert page.status_code == 200
    assert "valid for at most five years" in page.content.decode()
    client.post("/needs/new/", FORM)
    with acting(cast.authority.subject):
        [held] = Listing.objects.all()
    form = FORM | {"expires_on": "2099-01-01", "revision": str(held.revision)}
    page = client.post(f"/needs/{held.pk}/edit/", form)
    assert "valid for at most five years" in page.content.decode()


def test_areas_that_no_list_has_are_kept_with_a_hint(cast: Cast) -> None:
    client = signed_in(cast.authority)
    form = FORM | {"cpv": "34711200", "capability": "nope_code, maritime"}
    page = client.post("/needs/new/", form, follow=True).content.decode()
    assert "Check nope_code: it is none of the capability areas" in page
    assert "Check 34711200" not in page
    assert "Check maritime" not in page
    page = client.post("/needs/new/", FORM, follow=True).content.decode()
    assert "Check " not in page


def test_ones_own_empty_list_says_what_to_do(cast: Cast) -> None:
    company = signed_in(cast.company)
    assert "Authorities publish them" in company.get("/needs/").content.decode()
    page = company.get("/needs/?mine=1").content.decode()
    assert "Your organisation has written no need yet." in page
    assert "Authorities publish them" not in page
    offers = company.get("/offers/?mine=1").content.decode()
    assert "Your organisation has written no offer yet." in offers


def test_a_hinted_capability_has_its_name_and_half_a_code_hides_no_hint(cast: Cast) -> None:
    with acting_as_system("tests"):
        for title in ("Corturi de iarnă", "Barci pentru port", "Spital de campanie"):
            encode_listing(published(cast, title=title, text=title))
    for number in range(3):
        need = published(
            cast,
            title=f"Radar mobil {number}",
            text="Radar mobil de supraveghere aeriană.",
            cpv=("35722000",),
            capability=("air_missile_defence",),
        )
        with acting_as_system("tests"):
            encode_listing(need)
    words = {"title": "Radar mobil", "text": "Radar mobil de supraveghere", "language": "ro"}
    client = signed_in(cast.company)
    page = client.post("/listings/codes/", words | {"cpv": "1357220009"}).content.decode()
    assert "<code>air_missile_defence</code> Air and missile defence" in page
    assert "<code>35722000</code>" in page
    page = client.post("/listings/codes/", words | {"cpv": "35722000-1, 3"}).content.decode()
    assert "<code>35722000</code>" not in page


def test_headings_of_what_fits_follow_the_page_they_stand_on(cast: Cast) -> None:
    need = published(cast, title="Pod mobil", text="Pod mobil pentru vehicule.")
    published(
        cast,
        by=cast.company,
        side="offer",
        title="Pod mobil greu",
        text="Pod mobil pentru vehicule grele.",
    )
    client = signed_in(cast.authority)
    address = f"/needs/{need.pk}/fits/"
    assert "<h2><a" in in_one_line(client.get(address).content)
    assert "<h3><a" in in_one_line(client.get(address, headers={"HX-Request": "true"}).content)
