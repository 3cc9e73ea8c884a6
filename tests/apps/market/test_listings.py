"""Needs and offers: who may do what, who sees what, and nothing lost."""

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from cast import EDITION, Cast, Member, make_member
from punte.apps.access.models import AuditEntry
from punte.apps.access.permissions import VISITOR, acting, acting_as_system
from punte.apps.market.actions import (
    ChangedMeanwhileError,
    Draft,
    NotAllowedError,
    draft_listing,
    edit_listing,
    express_interest,
    publish_listing,
    renew_listing,
    send_back_listing,
    send_message,
    set_budget,
    submit_listing,
    withdraw_listing,
)
from punte.apps.market.models import (
    Budget,
    Interest,
    Listing,
    Relay,
    Translation,
    WaitingTranslation,
)
from punte.apps.market.queries import (
    Filter,
    budget_of,
    interests_in,
    lines_of,
    listing_of,
    messages_about,
    page_of_listings,
    waiting_for_review,
)
from punte.apps.market.translating import publish_translation, set_translation
from punte.apps.people.models import Grant
from punte.kernel.errors import PunteError
from punte.kernel.money import Money

DRAFT = Draft(
    side="need",
    kind="equipment",
    language="ro",
    title="Pod mobil",
    text="Pod mobil pentru vehicule de 60 de tone.",
    edition_id=EDITION,
    cpv=("35000000",),
)


def published(cast: Cast, *, by: Member | None = None, **changes: object) -> Listing:
    """Return a need of the authority, or what another member wrote, reviewed by the organiser."""
    with acting((by or cast.authority).subject) as owner:
        listing = draft_listing(by=owner, draft=replace(DRAFT, **changes))  # type: ignore[arg-type]
        submit_listing(by=owner, listing=listing)
    with acting(cast.organiser.subject) as reviewer:
        listing = Listing.objects.get(pk=listing.pk)
        publish_listing(by=reviewer, listing=listing)
    return listing


def seen_by(cast: Cast, listing: Listing) -> dict[str, bool]:
    """Return who of the cast finds the listing."""
    found = {}
    for part, member in cast.everybody.items():
        with acting(member.subject):
            found[part] = listing_of(listing.pk, listing.side) is not None
    return found


def test_a_draft_is_seen_by_its_owner_alone(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
    assert seen_by(cast, listing) == {
        "organiser": False,
        "authority": True,
        "company": False,
        "guest": False,
        "outsider": False,
    }


def test_a_submitted_listing_is_seen_by_its_reviewers_too(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
        submit_listing(by=owner, listing=listing)
    seen = seen_by(cast, listing)
    assert [part for part, sees in seen.items() if sees] == ["organiser", "authority"]
    with acting(cast.organiser.subject) as reviewer:
        assert [line.id for line in waiting_for_review(reviewer)] == [listing.pk]
    with acting(cast.company.subject) as stranger:
        assert waiting_for_review(stranger) == []


@pytest.mark.parametrize(
    ("audience", "parts"),
    [
        ("edition", ["organiser", "authority", "company", "guest"]),
        ("allies", ["organiser", "authority", "company"]),
        ("eu", ["organiser", "authority", "company"]),
        ("eu-partners", ["organiser", "authority", "company", "guest"]),
        ("public", ["organiser", "authority", "company", "guest", "outsider"]),
    ],
)
def test_the_audience_decides_who_sees_it(cast: Cast, audience: str, parts: list[str]) -> None:
    listing = published(cast, audience=audience)
    assert [part for part, sees in seen_by(cast, listing).items() if sees] == parts
    with acting(VISITOR):
        assert (listing_of(listing.pk, "need") is not None) == (audience == "public")


def test_nobody_publishes_their_own(cast: Cast) -> None:
    with acting(cast.organiser.subject) as organiser:
        listing = draft_listing(by=organiser, draft=DRAFT)
        submit_listing(by=organiser, listing=listing)
        with pytest.raises(NotAllowedError, match="another organisation"):
            publish_listing(by=organiser, listing=listing)


def test_a_company_neither_edits_nor_publishes_anothers_listing(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.company.subject) as stranger:
        found = listing_of(listing.pk, "need")
        assert found is not None
        with pytest.raises(NotAllowedError):
            edit_listing(by=stranger, listing=found, draft=DRAFT, read_revision=1)
        with pytest.raises(NotAllowedError):
            publish_listing(by=stranger, listing=found)
        with pytest.raises(NotAllowedError):
            withdraw_listing(by=stranger, listing=found)
        # Below the actions the database refuses too: nothing matches for writing.
        assert Listing.objects.filter(pk=listing.pk).update(title="taken over") == 0


def test_two_people_cannot_overwrite_each_other(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
        edit_listing(by=owner, listing=listing, draft=replace(DRAFT, title="A"), read_revision=1)
        with pytest.raises(ChangedMeanwhileError):
            edit_listing(
                by=owner, listing=listing, draft=replace(DRAFT, title="B"), read_revision=1
            )
        assert Listing.objects.get(pk=listing.pk).title == "A"


def test_sending_back_needs_a_reason_and_keeps_it(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
        submit_listing(by=owner, listing=listing)
    with acting(cast.organiser.subject) as reviewer:
        row = Listing.objects.get(pk=listing.pk)
        with pytest.raises(PunteError, match="Say what has to change"):
            send_back_listing(by=reviewer, listing=row, note=" ")
        send_back_listing(by=reviewer, listing=row, note="Name the load class.")
    with acting(cast.authority.subject):
        row = Listing.objects.get(pk=listing.pk)
        assert (row.state, row.review_note) == ("draft", "Name the load class.")


def test_a_withdrawn_listing_is_gone_for_others_at_once(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        withdraw_listing(by=owner, listing=Listing.objects.get(pk=listing.pk))
    assert [part for part, sees in seen_by(cast, listing).items() if sees] == ["authority"]


def test_the_amount_is_hidden_where_the_title_is_seen(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        set_budget(by=owner, listing=row, amount=Money(125_000_00), groups=["NATO"])
    with acting(cast.company.subject):
        assert budget_of(listing) is not None
    with acting(cast.guest.subject):
        assert listing_of(listing.pk, "need") is not None
        assert budget_of(listing) is None
        assert Budget.objects.filter(amount_cents__gt=0).count() == 0
        assert not Listing.objects.filter(budget__amount_cents__gt=0).exists()


def test_what_hangs_from_a_hidden_listing_is_hidden(cast: Cast) -> None:
    listing = published(cast, audience="allies")
    with acting(cast.authority.subject) as owner:
        row = Listing.objects.get(pk=listing.pk)
        set_translation(
            by=owner, listing=row, language="en", title="Mobile bridge", text="For 60 t."
        )
    with acting(cast.organiser.subject) as reviewer:
        waiting = WaitingTranslation.objects.get()
        publish_translation(by=reviewer, listing=listing, waiting_id=waiting.pk)
    with acting(cast.guest.subject):
        assert Translation.objects.count() == 0
    with acting(cast.company.subject):
        assert Translation.objects.get().title == "Mobile bridge"


def test_interest_is_seen_by_the_two_sides_only(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.company.subject) as company:
        express_interest(by=company, listing=listing, reason="We build bridges.")
        express_interest(by=company, listing=listing, reason="We build bridges for 60 t.")
    with acting(cast.guest.subject):
        assert Interest.objects.count() == 0
    with acting(cast.authority.subject):
        (interest,) = interests_in(listing)
        assert interest.reason == "We build bridges for 60 t."
        assert interest.name == "Wilk Optronika"


def test_the_owner_does_not_answer_itself(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner, pytest.raises(NotAllowedError):
        express_interest(by=owner, listing=listing)


def test_messages_pass_between_two_organisations_without_a_third(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.company.subject) as company:
        send_message(by=company, listing=listing, text="May we see the drawings?")
    with acting(cast.authority.subject) as owner:
        (asked,) = messages_about(listing)
        send_message(
            by=owner, listing=listing, text="After the forum.", thread_org_id=asked.thread_org_id
        )
    with acting(cast.company.subject):
        assert [row.text for row in messages_about(listing)] == [
            "May we see the drawings?",
            "After the forum.",
        ]
    with acting(cast.guest.subject):
        assert Relay.objects.count() == 0


def test_the_owner_does_not_write_first(cast: Cast) -> None:
    listing = published(cast)
    with acting(cast.authority.subject) as owner, pytest.raises(NotAllowedError):
        send_message(
            by=owner, listing=listing, text="Buy!", thread_org_id=cast.company.organisation.pk
        )


def test_renewal_goes_forward_only(cast: Cast) -> None:
    with acting(cast.authority.subject) as owner:
        listing = draft_listing(by=owner, draft=DRAFT)
        with pytest.raises(PunteError, match="future"):
            renew_listing(by=owner, listing=listing, until=dt.date(2020, 1, 1))
        renew_listing(by=owner, listing=listing, until=timezone.localdate() + dt.timedelta(days=30))


def test_an_expired_need_leaves_the_list_and_keeps_its_address(cast: Cast) -> None:
    listing = published(cast)
    with acting_as_system("tests"):
        Listing.objects.filter(pk=listing.pk).update(expires_on=dt.date(2020, 1, 1))
    with acting(cast.company.subject) as company:
        assert page_of_listings(Filter(side="need"), company).count == 0
        assert listing_of(listing.pk, "need") is not None


def test_a_hidden_listing_changes_no_count_and_no_search(cast: Cast) -> None:
    published(cast, audience="edition", title="Seen bridge")
    with acting(cast.guest.subject) as guest:
        before = page_of_listings(Filter(side="need", words="bridge"), guest)
    published(cast, audience="allies", title="Hidden bridge canary")
    with acting(cast.guest.subject) as guest:
        assert page_of_listings(Filter(side="need", words="bridge"), guest) == before
        assert page_of_listings(Filter(side="need", words="canary"), guest).count == 0


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_three_queries(
    cast: Cast, count: int, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        published(cast)
    with acting(cast.company.subject) as company:
        with django_assert_num_queries(3):  # type: ignore[operator]
            assert page_of_listings(Filter(side="need"), company).count == count
        lines_of(list(Listing.objects.all()))


def test_an_uncleared_person_cannot_answer(cast: Cast) -> None:
    listing = published(cast, audience="public")
    stranger = make_member("Eva Late", "Late Ltd", is_cleared=False)
    with acting(stranger.subject) as late, pytest.raises(NotAllowedError):
        express_interest(by=late, listing=listing)


def test_a_bad_code_is_refused_with_its_value(cast: Cast) -> None:
    from django.core.exceptions import ValidationError

    with acting(cast.authority.subject) as owner, pytest.raises(ValidationError, match="35-1"):
        draft_listing(by=owner, draft=replace(DRAFT, cpv=("35-1",)))


def test_a_release_is_in_the_log_with_whom_it_reaches_and_never_with_the_amount(cast: Cast) -> None:
    listing = published(cast, audience="eu")
    with acting(cast.authority.subject) as owner:
        set_budget(
            by=owner, listing=listing, amount=Money(cents=770077, currency="EUR"), groups=["EU"]
        )
        withdraw_listing(by=owner, listing=listing)
    with acting(cast.organiser.subject):
        told = {entry.verb: entry for entry in AuditEntry.objects.filter(about_id=str(listing.pk))}
    assert set(told) >= {
        "listing.drafted",
        "listing.submitted",
        "listing.published",
        "listing.budget",
        "listing.withdrawn",
    }
    assert told["listing.published"].detail["releasable_to"] == "EU"
    assert told["listing.published"].person_id == cast.organiser.person.pk
    assert not [one for one in told.values() if "770077" in str(one.detail)]


def test_what_is_released_to_delegates_is_neither_for_the_press_nor_for_a_helper(
    cast: Cast,
) -> None:
    press = make_member("Rita Presa", "Gazeta", "press", "ROU")
    helper = make_member("Hans Helfer", "Wilk Events", "company", "ROU", is_cleared=False)
    with acting_as_system("sample"):
        Grant.objects.create(person=helper.person, right="check-in", edition_id=EDITION)
    inside, public = published(cast), published(cast, audience="public")
    for member in (press, helper):
        with acting(member.subject):
            assert listing_of(inside.pk, "need") is None
            assert listing_of(public.pk, "need") is not None
    with acting(cast.company.subject):
        assert listing_of(inside.pk, "need") is not None
    with acting_as_system("sample"):
        Grant.objects.create(person=helper.person, right="finance", edition_id=EDITION)
    with acting(helper.subject):
        assert listing_of(inside.pk, "need") is not None


def test_a_message_and_an_interest_are_told_to_the_other_side(cast: Cast) -> None:
    from django.core import mail

    from punte.apps.people.mail_sending import send_mail
    from punte.apps.people.models import Mail

    listing = published(cast)
    with acting(cast.company.subject) as company:
        express_interest(by=company, listing=listing, reason="We make it.")
        express_interest(by=company, listing=listing, reason="We make it well.")
        send_message(by=company, listing=listing, text="May we see the drawings?")
    with acting(cast.authority.subject) as owner:
        (asked,) = messages_about(listing)
        send_message(
            by=owner, listing=listing, text="After the forum.", thread_org_id=asked.thread_org_id
        )
    with acting_as_system("tests"):
        # What was published is told to its owner too; that is another test's.
        told = Mail.objects.exclude(kind="listing.published").order_by("queued_at")
        queued = [(one.pk, one.kind, one.person_id) for one in told]
    assert [(kind, person) for _key, kind, person in queued] == [
        ("listing.interest", cast.authority.person.pk),
        ("listing.message", cast.authority.person.pk),
        ("listing.message", cast.company.person.pk),
    ]
    for key, _kind, _person in queued:
        assert send_mail(key) == Mail.State.SENT
    bodies = [str(one.body) for one in mail.outbox[-3:]]
    assert "We make it well." in bodies[0]
    assert "May we see the drawings?" in bodies[1]
    assert "After the forum." in bodies[2]
    assert f"/needs/{listing.pk}/" in bodies[2]
