"""Guarantees are priced before they are kept, and the price says exactly how sure it is."""

import pytest
from django.test import Client

from page_forms import as_read
from punte.apps.access.models import Account
from punte.apps.access.permissions import acting, acting_as_system
from punte.apps.forum.models import Delegate, Place
from punte.apps.meetings import guarantees, jobs
from punte.apps.meetings.actions import NotThereError, WrongStateError
from punte.apps.meetings.bridge import ask_question
from punte.apps.meetings.models import MeetingRequest, RulesTrial, TimetableRules
from punte.apps.meetings.permissions import NotAllowedError
from punte.apps.people.models import Organisation
from punte.kernel.errors import PunteError
from punte.web.setup.rules import tell_price
from small_forum import Forum

pytestmark = pytest.mark.django_db


def wish(**changes: object) -> guarantees.RulesWish:
    values: dict[str, object] = {
        "objective": ["weight"],
        "small_min": 0,
        "regional_min": 0,
        "regional_countries": [],
        "max_break_spread": None,
        "min_gap_slots": 0,
    }
    return guarantees.RulesWish(**{**values, **changes})  # type: ignore[arg-type]


def tried(forum: Forum, **changes: object) -> RulesTrial:
    by = forum.organiser
    with acting(by):
        trial = guarantees.try_rules(
            by=by, edition=forum.edition, wish=wish(**changes), defer=False
        )
    jobs.price_rules(str(trial.pk))
    with acting(by):
        return RulesTrial.objects.select_related("must_request").get(pk=trial.pk)


def make_tight(forum: Forum) -> None:
    """Leave room for few meetings, and the small companies' requests worth least: a guarantee then costs."""
    with acting_as_system("tests"):
        keep = list(Place.objects.filter(edition=forum.edition)[:1])
        Place.objects.filter(edition=forum.edition).exclude(
            pk__in=[one.pk for one in keep]
        ).delete()
        Place.objects.filter(pk=keep[0].pk).update(capacity=1)
        forum.edition.slots.exclude(
            pk__in=list(forum.edition.slots.values_list("pk", flat=True)[:6])
        ).delete()
        small = Organisation.objects.filter(size__in=["micro", "small"])
        requests = MeetingRequest.objects.filter(edition=forum.edition)
        requests.update(priority=10, must=False)
        of_small = requests.filter(sender__organisation__in=small) | requests.filter(
            receiver__organisation__in=small
        )
        requests.filter(pk__in=[one.pk for one in of_small]).update(priority=1)


def test_a_guarantee_that_costs_says_exactly_what(forum: Forum) -> None:
    make_tight(forum)
    with acting_as_system("tests"):
        one = (
            MeetingRequest.objects.filter(state="accepted", priority=1)
            .select_related("sender__organisation", "receiver__organisation")
            .first()
        )
        assert one is not None
        Organisation.objects.filter(size__in=["micro", "small"]).update(size="large")
        side = one.sender.organisation
        Organisation.objects.filter(pk=side.pk).update(size="small")
    trial = tried(forum, small_min=1)
    assert trial.state == "done", trial.message
    price = guarantees.price_of(trial)
    assert price is not None
    assert price.is_exact
    assert price.least is not None
    assert price.least > 0
    assert trial.value_without is not None
    assert trial.value_with is not None
    assert price.least == trial.value_without - trial.value_with
    assert trial.guaranteed >= 1
    assert trial.short_without >= 1
    assert "exactly" in tell_price(trial)[0]
    with acting_as_system("tests"):
        kept = TimetableRules.objects.get(edition=forum.edition)
    assert kept.small_min_meetings == 0, "nothing is kept by trying"


def test_a_guarantee_that_cannot_be_kept_is_proved_so(forum: Forum) -> None:
    make_tight(forum)
    trial = tried(forum, small_min=5)
    assert trial.status_with == "infeasible"
    assert "cannot be kept" in tell_price(trial)[0]


def test_a_guarantee_that_costs_nothing_says_so(forum: Forum) -> None:
    trial = tried(forum, small_min=1)
    price = guarantees.price_of(trial)
    assert price is not None
    if price.is_exact:
        assert price.least == 0
        assert "costs nothing" in tell_price(trial)[0]
    else:
        assert "at most" in tell_price(trial)[0]


@pytest.mark.parametrize(
    ("figures", "least", "most"),
    [
        ((100.0, 100.0, 90.0, 90.0), 10.0, 10.0),
        ((100.0, 103.0, 90.0, 95.0), 5.0, 13.0),
        ((100.0, 104.0, 99.0, 104.0), 0.0, 5.0),
        ((100.0, None, 90.0, None), None, None),
    ],
)
def test_the_price_is_what_is_proved_of_both(
    figures: tuple[float | None, ...], least: float | None, most: float | None
) -> None:
    trial = RulesTrial(
        value_without=figures[0],
        bound_without=figures[1],
        value_with=figures[2],
        bound_with=figures[3],
        state="done",
    )
    price = guarantees.price_of(trial)
    assert price is not None
    assert (price.least, price.most) == (least, most)
    assert ("exactly" in tell_price(trial)[0]) == price.is_exact
    assert guarantees.price_of(RulesTrial(value_without=3.0)) is None


def test_the_region_is_its_companies(forum: Forum) -> None:
    with acting_as_system("tests"):
        company = Organisation.objects.filter(
            kind="company", delegates__edition=forum.edition
        ).first()
        assert company is not None
    country = company.country_id
    trial = tried(forum, regional_min=2, regional_countries=[country.lower()])
    with acting(forum.organiser):
        question = ask_question(forum.edition, trial)
    with acting_as_system("tests"):
        codes = {
            one.code
            for one in Delegate.objects.filter(
                organisation__kind="company", organisation__country=country
            )
        }
    least = {one.id: one.min_meetings for one in question.instance.participants}
    assert any(least.get(code, 0) for code in codes)
    assert not any(count for code, count in least.items() if code not in codes)


def test_what_was_tried_is_kept_by_a_step_of_its_own(forum: Forum) -> None:
    trial, by = tried(forum, small_min=1), forum.organiser
    with acting(by):
        guarantees.keep_trial(by=by, edition=forum.edition, trial_id=trial.pk)
        assert guarantees.rules_of(forum.edition).small_min_meetings == 1
        with pytest.raises(WrongStateError, match="already"):
            guarantees.keep_trial(by=by, edition=forum.edition, trial_id=trial.pk)
    newer = tried(forum, small_min=2)
    with acting(by), pytest.raises(NotThereError, match="meanwhile"):
        guarantees.keep_trial(by=by, edition=forum.edition, trial_id=trial.pk)
    assert newer.pk != trial.pk


def test_a_request_that_has_to_be_met_has_its_price(forum: Forum) -> None:
    make_tight(forum)
    by = forum.organiser
    with acting_as_system("tests"):
        cheap = (
            MeetingRequest.objects.filter(state="accepted", priority=1).order_by("-rank").first()
        )
        pending = MeetingRequest.objects.exclude(pk=cheap.pk).first() if cheap else None
        assert cheap is not None
        assert pending is not None
        MeetingRequest.objects.filter(pk=pending.pk).update(state="pending")
    with acting(by), pytest.raises(WrongStateError, match="accepted"):
        guarantees.try_must(by=by, edition=forum.edition, request_id=pending.pk, defer=False)
    with acting(by):
        trial = guarantees.try_must(by=by, edition=forum.edition, request_id=cheap.pk, defer=False)
    jobs.price_rules(str(trial.pk))
    with acting(by):
        trial.refresh_from_db()
        price = guarantees.price_of(trial)
        assert price is not None
        assert price.is_exact
        assert price.least is not None
        assert price.least > 0
        guarantees.keep_trial(by=by, edition=forum.edition, trial_id=trial.pk)
    with acting_as_system("tests"):
        cheap.refresh_from_db()
        assert cheap.must


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"small_min": 51}, "0 to 50"),
        ({"regional_min": 1}, "Name the countries"),
        ({"regional_min": 1, "regional_countries": ["XXX"]}, "XXX"),
        ({"objective": []}, "at least one goal"),
        ({"objective": ["weight", "weight"]}, "once"),
        ({"objective": ["beauty"]}, "from the list"),
        ({"min_gap_slots": 21}, "0 to 20"),
    ],
)
def test_what_makes_no_sense_is_refused(
    forum: Forum, changes: dict[str, object], match: str
) -> None:
    by = forum.organiser
    with acting(by), pytest.raises(PunteError, match=match):
        guarantees.keep_rules(by=by, edition=forum.edition, wish=wish(**changes))


def test_nobody_else_tries_or_keeps(forum: Forum) -> None:
    trial = tried(forum, small_min=1)
    for part in ("company", "authority"):
        by = forum.subject(part)
        with acting(by):
            assert not RulesTrial.objects.exists()
            with pytest.raises(NotAllowedError):
                guarantees.keep_trial(by=by, edition=forum.edition, trial_id=trial.pk)
            with pytest.raises(NotAllowedError):
                guarantees.try_rules(by=by, edition=forum.edition, wish=wish(), defer=False)


def test_the_page_prices_first_and_keeps_then(forum: Forum) -> None:
    client = Client()
    client.force_login(Account.objects.get(email="organiser@bucharest.example"))
    address = f"/e/{forum.edition.slug}/set-up/rules/"
    form = {"do": "try", "small": "1", "regional": "0", "gap": "0", "goal_1": "weight"}
    page = client.post(address, form, follow=True).content.decode()
    assert "Nothing is kept yet" in page
    assert "hx-trigger" in page, "it looks again by itself"
    with acting_as_system("tests"):
        (trial,) = RulesTrial.objects.all()
    jobs.price_rules(str(trial.pk))
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Found without: worth" in page
    assert "hx-trigger" not in page
    assert "<html" not in page
    client.post(address, {"do": "keep", "trial": str(trial.pk)})
    assert (
        'name="small" inputmode="numeric" maxlength="2" value="1"'
        in client.get(address).content.decode()
    )
    page = client.post(
        address, as_read(client, address, form | {"small": "0"}), follow=True
    ).content.decode()
    assert "nothing to price" in page
    page = client.post(address, form | {"small": "many"}).content.decode()
    assert "“many” is no whole number" in page
