"""Whatever a need says, its page ranks offers for it or says why not; what a small form takes, a database can hold."""

import pytest
from django.test import Client

from apps.market.test_fits import BOOTS, FRENCH, published_by
from apps.market.test_listings import published
from cast import Cast
from punte.apps.access.permissions import acting_as_system
from punte.apps.market.jobs import encode_published
from punte.apps.market.models import FitVerdict, Listing, Relay
from signed_in import signed_in
from web.listings.test_pages import FORM

ODD = {
    "blank": " \n\t ",
    "emoji": "🚁🚁 radar 😀",
    "long": "radar mobile " * 50_000,
    "markup": "<script>alert(1)</script><b>radar</b> &amp; <unclosed",
    "control": "ra\u0007dar \u202e mobile",
    "one": "Radar",
    "points": "... --- !!!",
    "wrong": "Мобільний радар",
}
"""Put into the rows as they are, past the form: what was brought in by a file may read like this."""


@pytest.mark.parametrize("name", sorted(ODD))
@pytest.mark.parametrize("is_read", [True, False])
def test_odd_needs_have_a_page_of_fits(cast: Cast, name: str, is_read: bool) -> None:  # noqa: FBT001
    radar = published_by(cast, cast.company, FRENCH)
    encode_published(str(radar.pk))
    encode_published(str(published_by(cast, cast.company, BOOTS).pk))
    need = published(cast)
    with acting_as_system("tests"):
        title = "" if name in {"blank", "points"} else ODD[name][:100]
        row = Listing.objects.filter(pk=need.pk)
        row.update(text=ODD[name], title=title, language="en", cpv=[])
    if is_read:
        encode_published(str(need.pk))
    answer = signed_in(cast.authority).get(f"/needs/{need.pk}/fits/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<script>alert" not in page
    if name in {"blank", "points"}:
        assert "Nothing that you may see fits yet" in page
    else:
        assert page.index(FRENCH.title) < page.find(BOOTS.title) % (1 << 30)


@pytest.mark.parametrize("words", ["a\x00b radar", "radar " * 20_000, "🚁 radar", "<b>radar", ""])
def test_odd_words_in_forms_are_taken_or_refused(cast: Cast, words: str) -> None:
    offer = published_by(cast, cast.company, FRENCH)
    need = published(cast)
    company, authority = signed_in(cast.company), signed_in(cast.authority)
    sent = words

    if "\x00" in words:
        for address in (f"/needs/{need.pk}/message/", "/listings/codes/", "/search/keep/"):
            assert company.post(address, {"text": sent, "q": sent}).status_code == 400
        return

    def post(client: Client, address: str, **values: object) -> int:
        return client.post(address, values).status_code

    assert post(authority, f"/needs/{need.pk}/fits/", other=offer.pk, do="fits", why=sent) == 302
    assert post(authority, f"/needs/{need.pk}/fits/", other=sent, do="fits", why="x") == 404
    assert post(authority, "/listings/codes/", title=sent, text=sent, language=sent) == 200
    assert post(company, f"/needs/{need.pk}/message/", text=sent, thread="") == 302
    assert post(company, f"/needs/{need.pk}/interest/", reason=sent) == 302
    assert post(company, "/search/keep/", q=sent) == 302
    assert authority.post("/needs/new/", {**FORM, "title": sent}).status_code in {200, 302}
    with acting_as_system("tests"):
        kept = [*FitVerdict.objects.values_list("why", flat=True)]
        kept += Relay.objects.values_list("text", flat=True)
    assert kept or len(words) > 4000, "what is too long for its field is kept nowhere"
    assert all("\x00" not in text for text in kept)
