"""Reviewers are told what waits, bundled and once; owners that it is published, sent back, or ends."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core import mail
from django.utils import timezone

from apps.market.test_listings import DRAFT, published
from cast import EDITION, Cast
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.market.actions import (
    draft_listing,
    edit_listing,
    publish_listing,
    renew_listing,
    send_back_listing,
    submit_listing,
    withdraw_listing,
)
from punte.apps.market.changing import publish_change, send_back_change
from punte.apps.market.jobs import tell_of_last_days, tell_who_reviews
from punte.apps.market.models import Listing, WaitingChange, WaitingTranslation
from punte.apps.market.review_news import AHEAD, REVIEW_KIND
from punte.apps.market.translating import publish_translation, set_translation
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, MailOptOut

pytestmark = pytest.mark.django_db


def submitted(cast: Cast, title: str) -> Listing:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=replace(DRAFT, title=title))
        submit_listing(by=owner, listing=listing)
    return listing


def letters() -> list[tuple[str, str, str]]:
    """Send what waits, and return to whom, the subject and the text."""
    mail.outbox.clear()
    with acting_as_system("tests"):
        keys = list(Mail.objects.filter(state="waiting").values_list("pk", flat=True))
    for key in keys:
        send_mail(key)
    return [(one.to[0], one.subject, str(one.body)) for one in mail.outbox]


def test_a_reviewer_gets_one_mail_of_all_that_waits_and_no_second_of_the_same(cast: Cast) -> None:
    submitted(cast, "First bridge")
    submitted(cast, "Second bridge")
    assert tell_who_reviews(str(EDITION)) == 1
    ((to, subject, text),) = letters()
    assert to == cast.organiser.account.email
    assert subject == "For your review: 2"
    assert "- First bridge" in text
    assert "- Second bridge" in text
    assert "/listings/review/" in text
    assert tell_who_reviews(str(EDITION)) == 0
    submitted(cast, "Third bridge")
    assert tell_who_reviews(str(EDITION)) == 1


def test_a_reviewer_is_not_told_of_what_is_their_own_or_is_done_by_then(cast: Cast) -> None:
    with acting(cast.organiser.subject) as organiser:
        own = draft_listing(by=organiser, draft=DRAFT)
        submit_listing(by=organiser, listing=own)
    assert tell_who_reviews(str(EDITION)) == 0
    listing = submitted(cast, "First bridge")
    assert tell_who_reviews(str(EDITION)) == 1
    with acting(cast.organiser.subject) as reviewer:
        publish_listing(by=reviewer, listing=Listing.objects.get(pk=listing.pk))
    assert [one for one in letters() if one[0] == cast.organiser.account.email] == []


def test_who_refuses_the_kind_gets_none(cast: Cast) -> None:
    with acting_as_system("tests"):
        MailOptOut.objects.create(person=cast.organiser.person, kind=REVIEW_KIND)
    submitted(cast, "First bridge")
    assert tell_who_reviews(str(EDITION)) == 0


def test_a_change_and_a_translation_wait_for_review_too(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        edit_listing(by=owner, listing=row, draft=replace(DRAFT, title="New"), read_revision=1)
    assert tell_who_reviews(str(EDITION)) == 1
    with acting(cast.authority.subject) as owner:
        set_translation(by=owner, listing=listing, language="en", title="Bridge", text="Bridge")
    assert tell_who_reviews(str(EDITION)) == 1
    assert tell_who_reviews(str(EDITION)) == 0


def to_owner(cast: Cast) -> list[tuple[str, str]]:
    return [one[1:] for one in letters() if one[0] == cast.authority.account.email]


def test_the_owner_is_told_of_the_publication_and_of_what_is_sent_back(cast: Cast) -> None:
    listing = submitted(cast, "First bridge")
    with acting(cast.organiser.subject) as by:
        send_back_listing(by=by, listing=Listing.objects.get(pk=listing.pk), note="Which load?")
    ((subject, text),) = to_owner(cast)
    assert subject == "Sent back: “First bridge”"
    assert "Which load?" in text
    assert f"/needs/{listing.pk}/" in text
    with acting(cast.authority.subject) as owner:
        submit_listing(by=owner, listing=Listing.objects.get(pk=listing.pk))
    with acting(cast.organiser.subject) as by:
        publish_listing(by=by, listing=Listing.objects.get(pk=listing.pk))
    ((subject, text),) = to_owner(cast)
    assert subject == "Published: “First bridge”"
    assert "what you wrote is published" in text


def test_the_owner_is_told_what_became_of_a_change_and_of_a_translation(cast: Cast) -> None:
    listing = published(cast)
    to_owner(cast)
    for title in ("New", "Newer"):
        with acting(cast.authority.subject) as owner:
            row = Listing.objects.get(pk=listing.pk)
            number = 1 if title == "New" else WaitingChange.objects.get().number
            draft = replace(DRAFT, title=title)
            edit_listing(by=owner, listing=row, draft=draft, read_revision=number)
        with acting(cast.organiser.subject) as by:
            key = WaitingChange.objects.get().pk
            if title == "New":
                send_back_change(by=by, listing=row, waiting_id=key, note="Older is better.")
            else:
                publish_change(by=by, listing=row, waiting_id=key)
        ((subject, text),) = to_owner(cast)
        if title == "New":
            assert (subject, "Older is better." in text) == ("Sent back: “Pod mobil”", True)
        else:
            assert (subject, "your change is published" in text) == ("Published: “Newer”", True)
    with acting(cast.authority.subject) as owner:
        set_translation(by=owner, listing=listing, language="fr", title="Pont", text="Pont")
    with acting(cast.organiser.subject) as by:
        key = WaitingTranslation.objects.get().pk
        publish_translation(by=by, listing=listing, waiting_id=key)
    ((_subject, text),) = to_owner(cast)
    assert "your translation into French is published" in text


def test_the_owner_is_told_of_a_last_day_once_and_of_a_new_one_again(cast: Cast) -> None:
    today = timezone.localdate()
    listing = published(cast, expires_on=today + AHEAD)
    published(cast, expires_on=today + AHEAD + dt.timedelta(days=1))
    to_owner(cast)
    assert tell_of_last_days() == 1
    assert tell_of_last_days() == 0
    ((subject, text),) = to_owner(cast)
    assert subject == f"“Pod mobil” ends on {today + AHEAD}"
    assert "days left: 14" in text
    with acting(cast.authority.subject) as owner:
        until = today + dt.timedelta(days=3)
        renew_listing(by=owner, listing=Listing.objects.get(pk=listing.pk), until=until)
    assert tell_of_last_days() == 1
    with acting(cast.authority.subject) as owner:
        withdraw_listing(by=owner, listing=Listing.objects.get(pk=listing.pk))
    assert to_owner(cast) == [], "withdrawn by then, nothing ends any more"
