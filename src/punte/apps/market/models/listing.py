"""A need or an offer, its translations, its budget and its earlier wordings."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.market.models.languages import language_name, validate_language
from punte.apps.people.models import Person

validate_cpv = RegexValidator(
    r"^[0-9]{8}\Z", _("%(value)s is no CPV code: write its eight digits, such as 34711200.")
)
validate_capability = RegexValidator(
    r"^[a-z][a-z0-9_]{1,39}\Z", _("%(value)s is no capability code: small letters, digits and _.")
)


class Listing(Labelled):
    """
    A need or an offer: one page with one address for good.

    Its owner is the organisation that needs or offers. Who else sees it follows from the label, which is empty until
    the listing is published. ``revision`` grows with every change and guards against two people overwriting each other.
    """

    class Side(models.TextChoices):
        """Which of the two."""

        NEED = "need", _("Need")
        OFFER = "offer", _("Offer")

    class Kind(models.TextChoices):
        """What is needed or offered."""

        EQUIPMENT = "equipment", _("Equipment")
        SERVICE = "service", _("Service")
        TRAINING = "training", _("Training")
        RESEARCH = "research", _("Research and development")
        INFRASTRUCTURE = "infrastructure", _("Infrastructure")

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", _("Draft")
        IN_REVIEW = "review", _("In review")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Audience(models.TextChoices):
        """Whom the owner wants to reach; expanded to label groups at publication."""

        EDITION = "edition", _("The delegates of the edition")
        ALLIES = "allies", _("Delegates from NATO allies")
        EU = "eu", _("Delegates from the European Union")
        EU_AND_PARTNERS = "eu-partners", _("Delegates from the European Union and its partners")
        PUBLIC = "public", _("Everyone, also outside the forum")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    edition_id = models.UUIDField(_("edition"), null=True, blank=True, db_index=True)
    side = models.CharField(_("side"), max_length=5, choices=Side.choices)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.DRAFT)
    audience = models.CharField(
        _("who may see it"), max_length=12, choices=Audience.choices, default=Audience.EDITION
    )
    language = models.CharField(_("language"), max_length=3, validators=[validate_language])
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=8000)
    cpv = ArrayField(
        models.CharField(max_length=8, validators=[validate_cpv]),
        default=list,
        blank=True,
        verbose_name=_("CPV codes"),
    )
    capability = ArrayField(
        models.CharField(max_length=40, validators=[validate_capability]),
        default=list,
        blank=True,
        verbose_name=_("capability codes"),
    )
    milestone_id = models.UUIDField(_("serves the milestone"), null=True, blank=True, db_index=True)
    quantity = models.CharField(_("quantity"), max_length=80, blank=True)
    lead_time_days = models.PositiveIntegerField(_("lead time in days"), null=True, blank=True)
    readiness_level = models.PositiveSmallIntegerField(
        _("technology readiness level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
    )
    inside_percent = models.PositiveSmallIntegerField(
        _("components from inside the EU, EEA-EFTA or Ukraine, in per cent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
    )
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    contact = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(_("revision"), default=1)
    review_note = models.CharField(_("note of the reviewer"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    is_synthetic = models.BooleanField(_("invented for the sample"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["-published_at", "title", "id"]
        verbose_name = _("need or offer")
        verbose_name_plural = _("needs and offers")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["side", "state", "-published_at"], name="market_listing_front"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(state="published", published_at__isnull=False)
                | ~models.Q(state="published"),
                name="market_listing_published_when",
            ),
            # Whatever is not published is seen by its owner and the stewards alone.
            models.CheckConstraint(
                condition=models.Q(state="published") | models.Q(label_releasable_to=[]),
                name="market_listing_released_only_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_language_display(self) -> str:
        """Return the name of its language in the reader's language."""
        return language_name(self.language)

    @property
    def is_expired(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_on is not None and self.expires_on < timezone.localdate()


class Translation(Walled):
    """A listing's title and text in another language, made by a person and shown beside the original."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=3, validators=[validate_language])
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=8000)
    of_revision = models.PositiveIntegerField(_("made from revision"))

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["listing", "language"], name="market_translation_once")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"

    def get_language_display(self) -> str:
        """Return the name of its language in the reader's language."""
        return language_name(self.language)


class WaitingTranslation(Labelled):
    """
    A translation of something published that nobody has reviewed: for its owner and the reviewers alone.

    A table of its own, so that no reader of :class:`Translation` can come upon wording that nobody has released. Sent
    back, it carries the note. Changed, it is another row: a reviewer releases what they have read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="waiting")
    language = models.CharField(_("language"), max_length=3, validators=[validate_language])
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=8000)
    of_revision = models.PositiveIntegerField(_("made from revision"))
    review_note = models.CharField(_("note of the reviewer"), max_length=300, blank=True)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["language"]
        verbose_name = _("translation that waits for review")
        verbose_name_plural = _("translations that wait for review")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(fields=["listing", "language"], name="market_waiting_once"),
            # No audience can be written on it: it is released by becoming a translation.
            models.CheckConstraint(
                condition=models.Q(label_releasable_to=[]), name="market_waiting_never_released"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language}: {self.title}"

    def get_language_display(self) -> str:
        """Return the name of its language in the reader's language."""
        return language_name(self.language)


class Budget(Labelled):
    """
    The amount behind a listing, with a label of its own: the title may be seen where the amount may not.

    Seen by whoever sees the listing *and* is named by this label.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.OneToOneField(Listing, on_delete=models.CASCADE, related_name="budget")
    amount_cents = models.BigIntegerField(_("amount"), validators=[MinValueValidator(0)])
    currency = models.CharField(_("currency"), max_length=3, default="EUR")

    class Meta(Labelled.Meta):
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(amount_cents__gte=0), name="market_budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_cents / 100:,.2f}"


class Revision(Walled):
    """How a listing read before a change, who changed it and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"))
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    changed_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-number"]
        verbose_name = _("earlier wording")
        verbose_name_plural = _("earlier wordings")

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"
