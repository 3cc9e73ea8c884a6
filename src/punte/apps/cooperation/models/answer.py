"""An offer of assistance that answers a request for it: proposed by one side, accepted or declined by the other."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Labelled, Walled
from punte.apps.cooperation.models.assistance import Assistance


class AssistanceAnswer(Labelled):
    """A request answered with an offer: it belongs to whoever offers, and is read by whoever asks and the organisers of the two."""

    class State(models.TextChoices):
        """How far it is."""

        PROPOSED = "propose", _("Proposed")
        ACCEPTED = "accept", _("Accepted")
        DECLINED = "decline", _("Declined")
        WITHDRAWN = "back", _("Taken back")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="answers")
    offer = models.ForeignKey(Assistance, on_delete=models.CASCADE, related_name="answered")
    state = models.CharField(
        _("state"), max_length=7, choices=State.choices, default=State.PROPOSED
    )
    opened_offer = models.BooleanField(_("let whoever asks read the offer"), default=False)

    class Meta(Labelled.Meta):
        ordering: ClassVar[list[str]] = ["request_id", "id"]
        verbose_name = _("answer to a request for assistance")
        verbose_name_plural = _("answers to requests for assistance")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Labelled.Meta.constraints,
            models.UniqueConstraint(
                fields=["request", "offer"], name="cooperation_assistanceanswer_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.offer_id} {self.state}"


class AnswerStep(Walled):
    """What was done with an answer: proposed, accepted, declined or taken back, with words."""

    written_by: ClassVar[str] = "by_id"
    """Where the writer stands, for the copy of their own data."""
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    answer = models.ForeignKey(AssistanceAnswer, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(_("state"), max_length=7, choices=AssistanceAnswer.State.choices)
    words = models.CharField(_("words"), max_length=400, blank=True)
    by_id = models.UUIDField(_("by"), null=True, blank=True)
    by_name = models.CharField(_("by"), max_length=160, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta(Walled.Meta):
        ordering: ClassVar[list[str]] = ["-at", "id"]
        verbose_name = _("step of an answer")
        verbose_name_plural = _("steps of answers")

    def __str__(self) -> str:
        return f"{self.answer_id} {self.state}"
