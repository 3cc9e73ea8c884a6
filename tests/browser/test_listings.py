"""Needs and offers in a real browser: every page in every look, and a need's whole way by keyboard."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.test import Client
from playwright.sync_api import Page

from apps.market.test_listings import DRAFT, published
from browser.conftest import Look
from browser.faults import faults_of
from cast import Cast, Member
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import edit_listing, express_interest
from punte.apps.market.bridge import encode_listing
from punte.apps.market.models import Listing, WaitingTranslation
from punte.apps.market.translating import publish_translation, set_translation

PICTURES = os.environ.get("PUNTE_PICTURES", "")


def enter(page: Page, site: str, member: Member) -> None:
    """Give the browser the member's session."""
    client = Client()
    client.force_login(member.account)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}]
    )


def keep_picture(page: Page, name: str) -> None:
    """Keep a picture where one was asked for."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_every_page_is_without_fault(
    site: str, open_page: Callable[[Look], Page], look: Look, cast_on_stage: Cast
) -> None:
    cast = cast_on_stage
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        set_translation(
            by=owner, listing=row, language="en", title="Mobile bridge", text="Carries 60 t."
        )
    with acting(cast.organiser.subject) as reviewer:
        row = Listing.objects.get(pk=listing.pk)
        waiting_id = WaitingTranslation.objects.get(listing=row).pk
        publish_translation(by=reviewer, listing=row, waiting_id=waiting_id)
    with acting(cast.authority.subject) as owner:
        changed = replace(DRAFT, title="Pod de asalt 60 t", quantity="12", audience="eu")
        edit_listing(by=owner, listing=row, draft=changed, read_revision=row.revision)
        set_translation(by=owner, listing=row, language="fr", title="Pont", text="Pour 60 t.")
    with acting(cast.company.subject) as company:
        row = Listing.objects.get(pk=row.pk)
        express_interest(by=company, listing=row, reason="We build bridges.")
    found: list[str] = []
    for member, addresses in (
        (cast.company, ["/needs/", "/offers/", f"/needs/{listing.pk}/", "/offers/new/"]),
        (
            cast.authority,
            [
                "/needs/?mine=1",
                f"/needs/{listing.pk}/",
                f"/needs/{listing.pk}/edit/",
                f"/needs/{listing.pk}/translate/",
            ],
        ),
        (cast.organiser, ["/listings/review/", f"/needs/{listing.pk}/"]),
    ):
        page = open_page(look)
        enter(page, site, member)
        for number, address in enumerate(addresses):
            page.goto(site + address)
            keep_picture(page, f"{look.name}-{member.organisation.kind}-{number}")
            found += [f"{address}: {fault}" for fault in faults_of(page)]
    assert found == []


def test_a_need_goes_its_way_by_keyboard(
    site: str, open_page: Callable[[Look], Page], look: Look, cast_on_stage: Cast
) -> None:
    cast = cast_on_stage
    page = open_page(look)
    enter(page, site, cast.authority)
    page.goto(site + "/needs/new/")
    page.locator("#id_title").focus()
    page.keyboard.type("Pod de asalt")
    page.keyboard.press("Tab")
    page.keyboard.type(DRAFT.text)
    page.locator("#id_title").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.locator("form[action$='/submit/'] button").press("Enter")
    address = page.url
    reviewer = open_page(look)
    enter(reviewer, site, cast.organiser)
    reviewer.goto(site + "/listings/review/")
    with reviewer.expect_navigation():
        reviewer.get_by_role("link", name="Pod de asalt").press("Enter")
    with reviewer.expect_navigation():
        reviewer.locator("form[action$='/publish/'] button").press("Enter")
    reader = open_page(look)
    enter(reader, site, cast.company)
    reader.goto(address)
    assert reader.locator("h1").inner_text() == "Pod de asalt"


BRIDGES = (
    (
        "Pont mobile d'assaut pour franchir les rivières",
        "Pont mobile pour véhicules lourds, posé en dix minutes.",
        "fr",
    ),
    (
        "Мобільний міст для переправи через річки",
        "Мобільний міст для важкої техніки, складається за десять хвилин.",
        "uk",
    ),
)
OTHER_OFFERS = (
    ("Catering for events", "Coffee and cakes for two hundred guests."),
    ("Field hospital", "Tents, beds and an operating theatre for one hundred patients."),
    ("Training in first aid", "A course of five days for soldiers and civilians."),
    ("Winter clothing", "Jackets and gloves for temperatures below minus thirty degrees."),
    ("Software for logistics", "Keeps stocks of spare parts and plans their transport."),
    ("Solar power for camps", "Panels and batteries that replace diesel generators."),
    ("Weather stations", "Wind, rain and temperature, reported each minute by radio."),
    ("Translation services", "Interpreters for conferences in eleven languages."),
)


def test_a_romanian_need_finds_french_and_ukrainian_offers(
    site: str, open_page: Callable[[Look], Page], look: Look, cast_on_stage: Cast
) -> None:
    cast = cast_on_stage
    need = _encoded(
        published(cast),
        "Pod mobil de asalt pentru trecerea râurilor",
        "Pod mobil pentru vehicule grele, montat în zece minute de patru oameni.",
        "ro",
    )
    for title, text, language in BRIDGES:
        _encoded(published(cast, side="offer", by=cast.company), title, text, language)
    for title, text in OTHER_OFFERS:
        _encoded(published(cast, side="offer", by=cast.company), title, text, "en")
    page = open_page(look)
    enter(page, site, cast.authority)
    page.goto(f"{site}/needs/{need.pk}/fits/")
    languages = "all => all.map(a => a.lang)"
    # The stage keeps what earlier looks put on it: languages are told apart, not rows.
    found = page.locator(".card h2 a").evaluate_all(languages)
    assert {"fr", "uk"} <= set(found[:4])
    assert "en" not in found[:2]
    assert page.locator(".card").nth(0).locator("li").count() > 0
    page.goto(f"{site}/search/?kind=offer")
    page.get_by_role("searchbox").press_sequentially("pod mobil peste râu")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=*")
    assert {"fr", "uk"} <= set(page.locator("main h2 a").evaluate_all(languages)[:6])
    assert "near in meaning" in page.content() or "aproape ca înțeles" in page.content()
    keep_picture(page, f"{look.name}-search")
    assert faults_of(page) == []


def _encoded(listing: Listing, title: str, text: str, language: str) -> Listing:
    with acting_as_system("tests"):
        Listing.objects.filter(pk=listing.pk).update(title=title, text=text, language=language)
        row = Listing.objects.get(pk=listing.pk)
        encode_listing(row)
    return row
