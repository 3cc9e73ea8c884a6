"""Every form of the forum with one bad field: the fault is told, and every other field stays as it was written."""

import html
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from django.test import Client

from apps.market.test_listings import DRAFT, published
from cast import Cast, make_open_edition
from edition_rows import make_edition
from page_forms import form_with
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import (
    Application,
    Delegate,
    Question,
)
from punte.apps.market.actions import draft_listing, submit_listing
from punte.apps.meetings.models import MeetingRequest
from set_up_desk import FACTS, organiser_anywhere
from signed_in import signed_in
from web.listings.test_pages import FORM
from web.test_set_up_two_tabs import SESSION, at, edition_of

pytestmark = pytest.mark.django_db
LONG = "y" * 9000
OWN = {"csrfmiddlewaretoken", "revision", "once"}
TALK = SESSION | {
    "subtitle": "To all",
    "about": "What it is about",
    "track": "Main",
    "link": "https://example.org/",
    "capacity": "40",
    "speakers": "Ana Rusu; Minister",
    "kind": "panel",
    "format": "partner",
    "blocks_everyone": "yes",
}
SET_UP = (
    ("/editions/new/", FACTS, {"ends_on": "2027-01-01"}),
    ("set-up/copy/", FACTS | {"name": "Again"}, {"starts_on": "soon"}),
    ("set-up/facts/", FACTS | {"request_quota": "0"}, {"time_zone": "Mars/Base"}),
    ("set-up/facts/", FACTS | {"venue": "Other"}, {"theme": LONG}),
    (
        "set-up/phases/",
        {"request_starts": "2027-03-01T09:00", "live_starts": "2027-05-10T09:00"},
        {"request_ends": "2027-02-01T09:00"},
    ),
    ("set-up/hosts/", {"do": "host", "role": "patron", "name": "A"}, {"source": "ftp://x"}),
    ("set-up/hosts/", {"do": "host", "role": "sponsor", "source": "https://x.org/"}, {"name": ""}),
    (
        "set-up/categories/",
        {"do": "category", "name": "Guests", "quota": "7", "may_be_asked": "yes"},
        {"code": "a b!"},
    ),
    ("set-up/categories/", {"do": "category", "code": "guest", "name": "Guests"}, {"quota": "x"}),
    (
        "set-up/venue/",
        {"do": "slots", "starts": "11:00", "ends": "13:00", "pause": "5", "day": "2027-05-11"},
        {"minutes": "x"},
    ),
    (
        "set-up/venue/",
        {"do": "places", "kind": "room", "name": "Hall", "capacity": "3"},
        {"count": "many"},
    ),
    ("set-up/press/", {"do": "contact", "name": "A", "email": "a@b.example"}, {"phone": "call me"}),
    ("set-up/press/", {"do": "write", "text": "Words"}, {"title": LONG}),
    ("set-up/press/<release>/", {"do": "change", "title": "News"}, {"text": ""}),
    ("set-up/press/<release>/", {"do": "publish"}, {"until": "soon"}),
    (
        "set-up/rules/",
        {"do": "try", "regional": "2", "countries": "MDA", "gap": "1", "goal_1": "weight"},
        {"small": "x"},
    ),
    ("agenda/edit/new/", TALK, {"title": " "}),
    ("agenda/edit/new/", TALK, {"ends_at": "2027-05-10T09:00"}),
    ("agenda/edit/<session>/", TALK, {"capacity": "x"}),
    ("agenda/edit/<session>/", TALK, {"speakers": "Ana Rusu; Minister; NOBODY"}),
    ("agenda/edit/", {"do": "hours", "closes_at": "06:00"}, {"opens_at": "07:00"}),
    ("agenda/edit/", {"do": "release"}, {"note": LONG}),
    (
        "applications/form/",
        {"do": "add", "label": "Which?", "only_if_value": "press", "is_required": "yes"},
        {"kind": "choice", "options": "one", "only_if_code": "kind"},
    ),
)


def faulty(client: Client, address: str, fields: dict[str, str], bad: dict[str, str]) -> None:
    """Send a form with one bad field, and look that every other one is shown again as it was sent."""
    form = form_with(client.get(address).content.decode(), *fields, *bad)
    ticks = {name for name in form.fields if form.fields[name] == "yes" and name not in fields}
    sent = {k: v for k, v in form.fields.items() if k not in ticks - OWN} | fields | bad
    answer = client.post(urljoin(address, form.action), sent, follow=True)
    shown = answer.content.decode()
    assert 'role="alert"' in shown or "errorlist" in shown, "the fault is told"
    kept = form_with(shown, *fields, *bad).fields
    for name, value in sent.items():
        if name in OWN | {"do"} | set(bad):
            continue
        assert html.unescape(kept.get(name, "")) == value, name


@pytest.mark.parametrize(("page", "fields", "bad"), SET_UP)
def test_the_set_up_keeps_what_was_written(
    cast: Cast, page: str, fields: dict[str, str], bad: dict[str, str]
) -> None:
    client = organiser_anywhere(cast)
    address = page if page.startswith("/") else at(edition_of(client), page)
    faulty(client, address, fields, bad)


@pytest.mark.parametrize("part", ["new", "edit"])
def test_a_need_keeps_what_was_written(cast: Cast, part: str) -> None:
    with acting(cast.authority.subject) as by:
        own = draft_listing(by=by, draft=DRAFT)
    address = "/needs/new/" if part == "new" else f"/needs/{own.pk}/edit/"
    fields = FORM | {"quantity": "12 pieces", "lead_time_days": "90", "readiness_level": "7"}
    for bad in ({"title": LONG}, {"cpv": "x"}, {"text": "NATO SECRET plans"}, {"kind": "none"}):
        faulty(signed_in(cast.authority), address, fields, bad)


def test_small_forms_of_a_need_keep_what_was_written(cast: Cast) -> None:
    need = published(cast)
    page = f"/needs/{need.pk}/"
    company = signed_in(cast.company)
    for step, name in (("interest", "reason"), ("message", "text")):
        text = "We build it. " * 400
        told = company.post(f"{page}{step}/", {name: text, "thread": ""}, follow=True)
        assert text.strip() in told.content.decode(), step
    with acting(cast.authority.subject) as by:
        waiting = draft_listing(by=by, draft=DRAFT)
        submit_listing(by=by, listing=waiting)
    note = "What has to change. " * 20
    back = signed_in(cast.organiser).post(
        f"/needs/{waiting.pk}/send-back/", {"note": note}, follow=True
    )
    assert note.strip() in back.content.decode()


def open_for_applications(cast: Cast) -> None:
    """Make an edition whose form asks questions of each kind."""
    edition = make_open_edition(cast, "press")
    with acting_as_system("tests"):
        for code, kind, options in (
            ("why", "long", ""),
            ("pick", "choice", "one\ntwo"),
            ("sure", "yes", ""),
        ):
            Question.objects.create(
                edition=edition, code=code, label=code, kind=kind, options=options
            )


def test_an_application_and_its_decision_keep_what_was_written(cast: Cast) -> None:
    open_for_applications(cast)
    fields = {
        "name": "Ana Rusu",
        "function": "Editor",
        "organisation": "News",
        "kind": "press",
        "country": "ROU",
        "category": "press",
        "answer-why": "To write",
        "answer-pick": "two",
        "answer-sure": "yes",
        "listed": "yes",
    }
    client = signed_in(cast.outsider)
    for bad in ({"country": ""}, {"name": " "}, {"organisation": LONG}, {"answer-why": LONG}):
        faulty(client, "/e/here/apply/", fields, bad)
    client.post("/e/here/apply/", fields)
    with acting_as_system("tests"):
        key = Application.objects.get().pk
    desk, reason = signed_in(cast.organiser), "Too late. " * 40
    told = desk.post(f"/e/here/applications/{key}/", {"do": "refused", "reason": reason})
    assert f'value="{reason}"' in told.content.decode()
    chosen = str(uuid4())
    told = desk.post(f"/e/here/applications/{key}/", {"do": "accept", "organisation": chosen})
    assert "not in the register" in told.content.decode()


def test_a_request_keeps_what_was_written() -> None:
    rows = make_edition()
    with acting_as_system("tests"):
        me = Delegate.objects.get(edition=rows.edition, person__account__email=rows.delegate)
        MeetingRequest.objects.update(state=MeetingRequest.State.DECLINED)
        other = Delegate.objects.filter(edition=rows.edition).exclude(
            organisation=me.organisation_id
        )[0]
    client, base = signed_in(rows.delegate), f"/e/{rows.edition.slug}/"
    faulty(client, f"{base}people/{other.pk}/", {"rank": "2"}, {"reason": LONG})
    faulty(client, f"{base}people/{other.pk}/", {"reason": "We build it."}, {"rank": "9"})
    with acting_as_system("tests"):
        request = MeetingRequest.objects.create(
            edition=rows.edition,
            code="RKEPT",
            sender=me,
            receiver=other,
            reason="We build drones.",
            owner_org=me.organisation,
        )
    page = f"{base}requests/{request.pk}/"
    faulty(client, page, {"rank": "4"}, {"reason": LONG})
    faulty(client, page, {"reason": "Rather guns."}, {"rank": "9"})
