"""A request for assistance is answered with an offer: linked, told by mail, accepted or declined with a reason, taken back."""

import importlib
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from cast import Cast, Member, make_cast, make_open_edition
from punte.apps.access.permissions import PUBLIC, VISITOR, acting, acting_as_system
from punte.apps.cooperation import answering, assistance
from punte.apps.cooperation.models import AnswerStep, Assistance, AssistanceAnswer
from punte.apps.cooperation.permissions import NotPartOfItError
from punte.apps.people.mail_sending import send_mail
from punte.apps.people.models import Mail, Membership
from punte.kernel.errors import ChangedMeanwhileError, PunteError

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    make_open_edition(made)
    return made


def enter(by: Member, side: str, **values: Any) -> Assistance:
    wanted: dict[str, Any] = {"beneficiaries": "Moldova", "releasable_to": [PUBLIC]} | values
    with acting(by.subject):
        return assistance.enter_assistance(
            by=by.subject, kind="training", side=side, title=side.title(), about="", **wanted
        )


@pytest.fixture
def wish(cast: Cast) -> Assistance:
    return enter(cast.guest, "request")


@pytest.fixture
def offer(cast: Cast) -> Assistance:
    return enter(cast.authority, "offer", releasable_to=[])


def answer(by: Member, wish: Assistance, offer: Assistance, words: str = "") -> AssistanceAnswer:
    with acting(by.subject):
        return answering.answer_request(by=by.subject, request=wish, offer=offer, words=words)


def mails_to(member: Member) -> list[str]:
    mail.outbox.clear()
    with acting_as_system("tests"):
        waiting = list(Mail.objects.filter(person=member.person, state=Mail.State.WAITING))
    for one in waiting:
        send_mail(one.pk)
    return [f"{one.subject} | {one.body}" for one in mail.outbox]


def test_whoever_asks_is_told_and_decides(cast: Cast, wish: Assistance, offer: Assistance) -> None:
    with acting(cast.guest.subject):
        assert not Assistance.objects.filter(pk=offer.pk).exists()
    linked = answer(cast.authority, wish, offer, "We have places in May.")
    told = mails_to(cast.guest)
    assert len(told) == 1, "also where nobody is its focal point"
    assert "We have places in May." in told[0]
    assert "Request: Proposed (Offer)" in told[0]
    with acting(cast.guest.subject) as by:
        assert Assistance.objects.filter(pk=offer.pk).exists(), "they may read it from now on"
        with pytest.raises(PunteError, match="Say why"):
            answering.decide_answer(by=by, answer=linked, is_accepted=False, words=" ")
        answering.decide_answer(by=by, answer=linked, is_accepted=False, words="Too late.")
    assert "Too late." in mails_to(cast.authority)[0]
    answer(cast.authority, wish, offer, "Then in April.")
    with acting(cast.guest.subject) as by:
        answering.decide_answer(by=by, answer=linked, is_accepted=True)
        with pytest.raises(ChangedMeanwhileError, match="Accepted"):
            answering.decide_answer(by=by, answer=linked, is_accepted=False, words="No")
        states = [one.state for one in AnswerStep.objects.filter(answer=linked)]
    assert states == ["accept", "propose", "decline", "propose"], "the history keeps each step"
    with acting(cast.authority.subject) as by:
        answering.take_back_answer(by=by, answer=linked, words="The range is closed.")
    assert any("The range is closed." in one for one in mails_to(cast.guest))
    with acting(cast.guest.subject):
        assert not Assistance.objects.filter(pk=offer.pk).exists(), "they read it no more"
        assert AssistanceAnswer.objects.get().state == "back", "and see that it was taken back"


def test_what_is_taken_back_closes_only_what_the_answer_opened(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    second = enter(cast.guest, "request")
    one, two = answer(cast.authority, wish, offer), answer(cast.authority, second, offer)
    for linked, is_read in ((one, True), (two, False)):
        with acting(cast.authority.subject) as by:
            answering.take_back_answer(by=by, answer=linked, words="Full.")
        with acting(cast.guest.subject):
            assert Assistance.objects.filter(pk=offer.pk).exists() == is_read
    answer(cast.authority, wish, offer)
    with acting(cast.guest.subject):
        assert Assistance.objects.filter(pk=offer.pk).exists(), "offered again, read again"


def test_what_was_taken_back_before_is_closed_by_the_migration(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    moved = importlib.import_module("punte.apps.cooperation.migrations.0021_taken_back")
    asker, other = f"org:{wish.owner_org_id}", f"org:{cast.company.organisation.pk}"
    linked = answer(cast.authority, wish, offer)
    for state, readers in (("propose", ["NATO", asker, other]), ("back", ["NATO", other])):
        with acting_as_system("tests"), connection.cursor() as cursor:
            AssistanceAnswer.objects.filter(pk=linked.pk).update(state=state)
            Assistance.objects.filter(pk=offer.pk).update(
                label_releasable_to=["NATO", asker, other]
            )
            cursor.execute(moved.CLOSE)
            assert Assistance.objects.get(pk=offer.pk).label_releasable_to == readers


def test_an_offer_that_is_public_stays_so(cast: Cast, wish: Assistance) -> None:
    offer = enter(cast.authority, "offer")
    linked = answer(cast.authority, wish, offer)
    with acting(cast.authority.subject) as by:
        answering.take_back_answer(by=by, answer=linked, words="Full.")
    for reader in (cast.guest.subject, VISITOR):
        with acting(reader):
            assert Assistance.objects.get(pk=offer.pk).label_releasable_to == [PUBLIC]


def test_a_reader_from_before_the_answer_stays_one(cast: Cast, wish: Assistance) -> None:
    asker = f"org:{cast.guest.organisation.pk}"
    offer = enter(cast.authority, "offer", releasable_to=[asker])
    for _again in range(2):
        linked = answer(cast.authority, wish, offer)
        with acting(cast.authority.subject) as by:
            answering.take_back_answer(by=by, answer=linked, words="Full.")
        with acting(cast.guest.subject):
            assert Assistance.objects.get(pk=offer.pk).label_releasable_to == [asker]


def test_a_second_answer_closes_what_the_first_opened_and_not_what_was_given_since(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    second = enter(cast.guest, "request")
    one, two = answer(cast.authority, wish, offer), answer(cast.authority, second, offer)
    for linked in (one, two):
        with acting(cast.authority.subject) as by:
            answering.take_back_answer(by=by, answer=linked, words="Full.")
    asker = f"org:{cast.guest.organisation.pk}"
    with acting_as_system("tests"):
        assert Assistance.objects.get(pk=offer.pk).label_releasable_to == []
        Assistance.objects.filter(pk=offer.pk).update(label_releasable_to=[asker])
    again = answer(cast.authority, wish, offer)
    with acting(cast.authority.subject) as by:
        answering.take_back_answer(by=by, answer=again, words="Full.")
    with acting(cast.guest.subject):
        assert Assistance.objects.filter(pk=offer.pk).exists(), "opened by hand, not by the answer"


def test_only_the_two_sides_read_and_move_it(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    with pytest.raises(NotPartOfItError):
        answer(cast.company, wish, offer)
    linked = answer(cast.authority, wish, offer)
    with pytest.raises(PunteError, match="answered with this offer already"):
        answer(cast.authority, wish, offer)
    for reader, count in (
        (cast.authority.subject, 1),
        (cast.guest.subject, 1),
        (cast.company.subject, 0),
        (VISITOR, 0),
    ):
        with acting(reader):
            assert AssistanceAnswer.objects.count() == count
            assert AnswerStep.objects.count() == count
    with acting(cast.authority.subject) as by, pytest.raises(NotPartOfItError):
        answering.decide_answer(by=by, answer=linked, is_accepted=True)
    with acting(cast.guest.subject) as by, pytest.raises(NotPartOfItError):
        answering.take_back_answer(by=by, answer=linked, words="No")


def test_what_does_not_fit_is_refused(cast: Cast, wish: Assistance, offer: Assistance) -> None:
    with pytest.raises(PunteError, match="one of each"):
        answer(cast.authority, offer, offer)
    own = enter(cast.authority, "request")
    with pytest.raises(PunteError, match="one organisation"):
        answer(cast.authority, own, offer)
    with acting(cast.authority.subject) as by:
        assistance.change_assistance(by=by, assistance=offer, state="off")
    with pytest.raises(PunteError, match="over"):
        answer(cast.authority, wish, offer)


def test_an_offer_shows_the_requests_that_fit(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    other = enter(cast.guest, "request", beneficiaries="Ukraine")
    with acting(cast.authority.subject):
        assert [one.pk for one in assistance.requests_for(offer)] == [wish.pk]
        assert [one.pk for one in assistance.answers_to(wish)] == [offer.pk]
        assert assistance.answers_to(other) == []


def test_the_pages_of_both_sides_link_and_decide(
    cast: Cast, wish: Assistance, offer: Assistance
) -> None:
    with acting_as_system("tests"):
        Membership.objects.update(is_focal_point=True)
    helper, asker = Client(), Client()
    for browser, member in ((helper, cast.authority), (asker, cast.guest)):
        assert member.account is not None
        browser.force_login(member.account)
    mine, theirs = f"/assistance/{offer.pk}/", f"/assistance/{wish.pk}/"
    page = helper.get(mine).content.decode()
    assert "Requests that it fits" in page
    assert cast.guest.organisation.name in page, "who asks is said"
    assert "Answer with this offer" in helper.get(theirs).content.decode()
    assert "Answer with this offer" not in asker.get(theirs).content.decode()
    helper.post(mine, {"do": "answer", "other": str(wish.pk), "words": "In May."})
    page = asker.get(theirs).content.decode()
    assert "In May." in page
    with acting_as_system("tests"):
        linked = AssistanceAnswer.objects.get()
    step = {"do": "decline", "answer": str(linked.pk), "words": ""}
    assert "Say why" in asker.post(theirs, step, follow=True).content.decode()
    asker.post(theirs, step | {"do": "accept"})
    page = helper.get(mine).content.decode()
    assert "It answers" in page
    assert "Accepted" in page
    assert "Answer with this offer" not in page
    assert linked.pk.hex not in Client().get(theirs).content.decode().replace("-", "")
    told = Client().get(f"/api/v1/assistance/{wish.pk}").json()
    assert told["answers"] == []


def test_it_is_written_on_what_stands_now(cast: Cast, wish: Assistance, offer: Assistance) -> None:
    with acting_as_system("tests"):
        # Another tab shows the offer to Ukraine, after this one read it.
        Assistance.objects.filter(pk=offer.pk).update(label_releasable_to=["UKR"])
    linked = answer(cast.authority, wish, offer)
    with acting_as_system("tests"):
        shown = Assistance.objects.get(pk=offer.pk).label_releasable_to
    assert "UKR" in shown
    assert len(shown) == 2, "whoever asks, besides"
    with acting(cast.authority.subject) as by:
        answering.take_back_answer(by=by, answer=linked, words="Wrong week")
    with acting_as_system("tests"):
        Assistance.objects.filter(pk=wish.pk).update(state=Assistance.State.CANCELLED)
    with pytest.raises(PunteError, match="One of the two is over"):
        answer(cast.authority, wish, offer)
