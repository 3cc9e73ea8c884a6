"""A row of every walled model that nobody of the cast may see, with a canary in each of its texts."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from cast import EDITION
from punte.apps.access.models import Country, Labelled, Walled
from punte.apps.access.permissions import acting_as_system
from punte.apps.funding.bridge import shipped
from punte.apps.people.models import Organisation

ASKED = "zqcanary7"
"""What the crawl searches for: the beginning of the canary, which it never says whole."""
CANARY = f"{ASKED}hush"
SHOWN = "shown"
NAMESPACE = uuid.UUID("ca0a0000-0000-4000-8000-000000000000")

Overrides = dict[str, Callable[["World"], dict[str, Any]]]
FAR = dt.datetime(2035, 5, 7, 9, tzinfo=dt.UTC)


def _far(world: World) -> dict[str, Any]:
    """A span that neither begins nor ends while a crawl runs: what is on now would change by itself."""
    start = FAR + dt.timedelta(hours=len(world.made))
    return {"starts_at": start, "ends_at": start + dt.timedelta(minutes=20)}


OVERRIDES: Overrides = {
    "forum.Slot": _far,
    "forum.Session": _far,
    # In the language of whoever crawls, or nobody would be shown them.
    "forum.EditionWording": lambda _: {"language": "en"},
    "forum.ReleaseWording": lambda _: {"language": "en"},
    "forum.PlaceWording": lambda _: {"language": "en"},
    "forum.SessionWording": lambda _: {"language": "en"},
    "forum.SessionDraftWording": lambda _: {"language": "en"},
    "forum.HostWording": lambda _: {"language": "en"},
    "forum.RuleWording": lambda _: {"language": "en"},
    "forum.FloorWording": lambda _: {"language": "en"},
    "forum.AgendaNoteWording": lambda _: {"language": "en"},
    # Published, so that only its label can hide it.
    "forum.Webhook": lambda world: {"kinds": ["request"], "url": f"https://{world.text}.example/"},
    "market.Listing": lambda _: {"state": "published", "published_at": timezone.now()},
    # Never released: the database refuses it an audience.
    "market.WaitingTranslation": lambda _: {"label_releasable_to": []},
    "market.WaitingChange": lambda _: {"label_releasable_to": [], "facts": {"kind": "equipment"}},
    "market.WaitingAmount": lambda _: {"label_releasable_to": [], "reader": "own"},
    "forum.Edition": lambda _: {"time_zone": "Europe/Bucharest"},
    "people.ClearanceStage": lambda world: {"position": len(world.text)},
    "funding.EligibilityCase": lambda world: {
        "rules": "safe",
        "content": {
            "format": "punte.eligibility.case/1",
            "name": world.text,
            "categories": ["1a"],
        },
        "verdict": {"readings": [], "missing": [world.text], "periods": []},
    },
    "funding.LoanPlan": lambda world: {
        "content": {**shipped("romania-portfolio"), "name": world.text},
    },
    "funding.Allocation": lambda world: {
        "content": {**shipped("romania-projects"), "name": world.text},
        "plan": {"value": 1.0, "bound": 1.0, "reason": world.text},
    },
    "programmes.PlanVersion": lambda world: {
        "kind": "plan",
        "content": {
            "format": "punte.roadmap.plan/1",
            "unit": "day",
            "start": "2027-01-04",
            "activities": [{"id": "A", "name": world.text, "duration": 20}],
        },
    },
    "cooperation.Decision": lambda world: {"post_id": uuid.uuid5(NAMESPACE, world.text)},
    "cooperation.NextMeeting": lambda world: {
        "request_id": World.key_of(apps.get_model("meetings.MeetingRequest"), text=world.text)
    },
    "cooperation.DatePoll": lambda _: {"time_zone": "Europe/Bucharest"},
    "cooperation.OutcomeTotals": lambda world: {
        "content": {"met": 20, "people": 30, "countries": [[world.text, 10, 10]]}
    },
    "meetings.TimetableVersion": lambda _: {"state": "published"},
}
"""Field values that cannot be guessed, by model label: an app's own tests may add theirs."""


def walled() -> list[type[models.Model]]:
    """Return every walled model of the site, parents first as far as the registry has them so."""
    return [model for model in apps.get_models() if issubclass(model, Walled)]


class World:
    """Builds the hidden rows; each has the same primary key every time."""

    def __init__(
        self, text: str = CANARY, *, pointing_to: World | None = None, **label: object
    ) -> None:
        self.text, self.label, self.pointing_to = text, label, pointing_to
        self.made: dict[tuple[type[models.Model], int], models.Model] = {}
        # Months away: no moment of the world passes while a slow crawl runs.
        self.moment = timezone.now() + dt.timedelta(days=90)
        self.owner = Organisation(pk=self.key_of(Organisation, text=text))
        self.row(Organisation)

    @staticmethod
    def key_of(model: type[models.Model], copy: int = 0, text: str = CANARY) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{text}{model._meta.label}{copy or ''}")

    def row(self, model: type[models.Model], copy: int = 0) -> models.Model:
        """Return the row of a model; a second one for a row that points twice, to two different ones."""
        if model._meta.label in {"people.Organisation", "forum.Edition"}:
            copy = 0
        key = (model, copy)
        if key not in self.made:
            values = self._values(model, copy)
            if issubclass(model, Labelled):
                values |= self.label
            values |= OVERRIDES.get(model._meta.label, lambda _: {})(self)
            instance = model(**values)
            instance.save(force_insert=True)
            self.made[key] = instance
        return self.made[key]

    @property
    def rows(self) -> set[type[models.Model]]:
        return {model for model, _ in self.made}

    def _values(self, model: type[models.Model], copy: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        pointed: list[object] = []
        for field in model._meta.concrete_fields:
            if field.primary_key:
                if isinstance(field, models.UUIDField):
                    values[field.name] = self.key_of(model, copy, self.text)
            elif field.name == "owner_org":
                values["owner_org_id"] = self.owner.pk
            elif not field.name.startswith("label"):
                again = pointed.count(field.related_model)
                pointed.append(field.related_model)
                found = self._value(field, copy + again if field.is_relation else copy)
                if found is not None:
                    values[field.name] = found
        return values

    def _value(self, field: models.Field[Any, Any], copy: int) -> Any:
        if isinstance(field, models.ForeignKey):
            return self._related(field, copy)
        if field.choices:
            return (
                None
                if field.has_default() or field.blank
                else next(k for k, _ in field.flatchoices if k)
            )
        if isinstance(field, models.CharField | models.TextField):
            return self._text(field, copy)
        if field.has_default() or field.null or isinstance(field, ArrayField):
            return None
        return self._plain(field)

    def _related(self, field: models.ForeignKey[Any, Any], copy: int) -> Any:
        target = field.related_model
        if target is Country:
            return Country.objects.get(pk="CHE")
        if isinstance(target, type) and issubclass(target, Walled):
            if field.null and (target, copy) not in self.made:
                return None
            if self.pointing_to is not None and target is not Organisation:
                return self.pointing_to.row(target, copy)
            return self.row(target, copy)
        if field.null:
            return None
        return self.row(target, copy)

    def _text(
        self, field: models.CharField[Any, Any] | models.TextField[Any, Any], copy: int
    ) -> Any:
        if isinstance(field, models.EmailField):
            return f"{self.text}@example.org"
        if isinstance(field, models.URLField):
            return f"https://{self.text}.example.org/"
        plain = len(field.validators) <= (1 if field.max_length else 0) or isinstance(
            field, models.SlugField
        )
        fits = field.max_length is None or field.max_length >= len(self.text)
        if plain and fits:
            return f"{self.text}{copy or ''}"[: field.max_length]
        return None if field.blank or field.has_default() else "x"

    def _later(self) -> dt.datetime:
        """Return a moment after all before it: what ends must end after it began."""
        self.moment += dt.timedelta(minutes=1)
        return self.moment

    def _plain(self, field: models.Field[Any, Any]) -> Any:
        kinds: list[tuple[type, Callable[[], Any]]] = [
            (models.DateTimeField, self._later),
            (models.DateField, dt.date.today),
            (models.TimeField, lambda: dt.time(10)),
            (models.DurationField, lambda: dt.timedelta(minutes=20)),
            (models.DecimalField, lambda: Decimal(1)),
            (models.IntegerField, lambda: 1),
            (models.FloatField, lambda: 1.0),
            (models.BooleanField, lambda: False),
            (models.UUIDField, lambda: EDITION),
            (models.JSONField, lambda: {"note": self.text}),
            (models.BinaryField, self.text.encode),
        ]
        return next((make() for kind, make in kinds if isinstance(field, kind)), None)


def build_hidden_world() -> World:
    """Write a hidden row of every walled model."""
    with acting_as_system("tests"):
        world = World()
        for model in walled():
            world.row(model)
        return world


def build_shown_world() -> World:
    """Write a row of every walled model that everybody sees, so that the pages have something to show."""
    with acting_as_system("tests"):
        world = World(SHOWN, label_releasable_to=["PUBLIC"])
        for model in walled():
            world.row(model)
        return world


def build_links(hidden: World) -> set[type[models.Model]]:
    """Write public rows that point to hidden ones; return the models for which the tables allow it."""
    made: set[type[models.Model]] = set()
    with acting_as_system("tests"):
        world = World("link", pointing_to=hidden, label_releasable_to=["PUBLIC"])
        for model in walled():
            with contextlib.suppress(IntegrityError), transaction.atomic():
                world.row(model)
                made.add(model)
    return made


def labelled() -> list[type[Labelled]]:
    return [model for model in apps.get_models() if issubclass(model, Labelled)]
