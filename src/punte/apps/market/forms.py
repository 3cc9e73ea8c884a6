"""Input about needs and offers, to clean values."""

import copy
import datetime as dt
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from punte.apps.access.models import Tlp
from punte.apps.access.numbers import (
    UnreadableNumberError,
    how_to_write,
    read_number,
    write_number,
)
from punte.apps.market.amounts import AmountDraft, reader_of
from punte.apps.market.bridge.vocabulary import unknown_cpv
from punte.apps.market.drafts import Draft, draft_in, set_fields
from punte.apps.market.models import Budget, Listing, WaitingAmount
from punte.apps.market.models.languages import language_choices, validate_language
from punte.apps.market.models.listing import validate_capability, validate_cpv
from punte.apps.market.permissions import AMOUNT_READERS
from punte.apps.market.waiting import change_of
from punte.apps.programmes.queries import open_milestones
from punte.kernel.money import Money

MAX_CODES = 12
EITHER_WAY: Final = {"dir": "auto"}
"""A text runs from the left or from the right, as its first letter says."""
FREE_TLP: Final = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)
"""What is released to others carries one of these; the stricter ones are for one's own organisation, or for named persons."""


class CodesField(forms.CharField):
    """Several codes in one line, parted by commas or spaces."""

    def __init__(self, *, validator: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's own open arguments
        super().__init__(required=False, max_length=400, **kwargs)
        self.code_validator = validator

    def clean(self, value: Any) -> tuple[str, ...]:  # noqa: ANN401
        """Return the codes, each checked on its own, so that the fault names the code."""
        text = super().clean(value).replace(",", " ").replace(";", " ")
        codes = tuple(dict.fromkeys(text.split()))
        if len(codes) > MAX_CODES:
            raise forms.ValidationError(
                _("At most %(most)s codes, please."), params={"most": MAX_CODES}
            )
        for code in codes:
            self.code_validator(code)
        return codes


class AmountField(forms.DecimalField):
    """An amount as people type it in the reader's language; a decimal comma is never dropped."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - the stub of the parent says int
        """Return the amount, or a fault that says what could have been meant."""
        if value in self.empty_values:
            return None
        return _read(str(value), decimals=2)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401
        """Return a kept amount as it is typed; what was typed stays as it was."""
        return write_number(value) if isinstance(value, Decimal) else value


class LanguageField(forms.ChoiceField):
    """A language by its code: the usual ones first, then every other by what it calls itself."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(choices=language_choices, **kwargs)

    def validate(self, value: str) -> None:
        """Refuse what is no code, with how one is written."""
        super(forms.ChoiceField, self).validate(value)
        validate_language(value)
        if not self.valid_value(value):
            raise forms.ValidationError(_("The original is already in this language."))


class WholeField(forms.IntegerField):
    """A whole number as people type it: ``1.000`` is not silently one."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:  # noqa: ANN401
        """Return the number, or a fault that says what could have been meant."""
        if value in self.empty_values:
            return None
        found = _read(str(value), decimals=0)
        if found != found.to_integral_value():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(found)


def _read(text: str, *, decimals: int) -> Decimal:
    try:
        return read_number(text, decimals=decimals)
    except UnreadableNumberError as error:
        raise forms.ValidationError(f"{error} {how_to_write()}", code="invalid") from error


class ListingForm(forms.Form):
    """A need or an offer as its owner writes it."""

    title = forms.CharField(
        label=_("Title"), max_length=160, widget=forms.TextInput(attrs=EITHER_WAY)
    )
    text = forms.CharField(
        label=_("What it is about"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 9, **EITHER_WAY}),
        help_text=_("As in a public notice. Nothing marked RESTRICTED or above."),
    )
    language = LanguageField(label=_("Language of the text"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Listing.Kind.choices)
    audience = forms.ChoiceField(label=_("Who may see it"), choices=Listing.Audience.choices)
    cpv = CodesField(
        label=_("CPV codes"),
        validator=validate_cpv,
        help_text=_("Eight digits each, parted by commas. They help to be found, they never hide."),
    )
    capability = CodesField(label=_("Capability codes"), validator=validate_capability)
    milestone_id = forms.ChoiceField(
        label=_("Serves the milestone"),
        required=False,
        help_text=_("The promise of a programme that it helps to keep."),
    )
    quantity = forms.CharField(label=_("Quantity"), max_length=80, required=False)
    lead_time_days = WholeField(
        label=_("Lead time in days"), required=False, min_value=0, max_value=36500
    )
    readiness_level = forms.IntegerField(
        label=_("Technology readiness level, 1 to 9"), required=False, min_value=1, max_value=9
    )
    inside_percent = forms.IntegerField(
        label=_("Components from inside the EU, EEA-EFTA or Ukraine, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
    )
    expires_on = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    tlp = forms.ChoiceField(
        label=_("Handling (TLP)"),
        required=False,
        choices=[("", "\N{EN DASH}"), *((one.value, one.value) for one in FREE_TLP)],
        help_text=_("How whoever sees it may pass it on. What everyone may see is TLP:CLEAR."),
    )
    embargo_on = forms.DateField(
        label=_("Seen by others not before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    amount = AmountField(
        label=_("Amount, in euro"),
        required=False,
        min_value=0,
        max_value=Decimal(999999999999),
        decimal_places=2,
    )
    amount_for = forms.ChoiceField(
        label=_("Who may see the amount"), required=False, choices=AMOUNT_READERS.items()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["milestone_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", "\N{EN DASH}"),
            *((str(one.pk), f"{one.programme.name}: {one.name}") for one in open_milestones()),
        ]
        kept = str(self.initial.get("milestone_id") or "")
        # One that is done or hidden by now stays what it was, without its name.
        if kept and kept not in dict(field.choices):
            field.choices.append((kept, _("as before")))

    def clean_cpv(self) -> tuple[str, ...]:
        """Return the codes; one that the vocabulary has not is refused, unless the listing holds it already."""
        codes: tuple[str, ...] = self.cleaned_data["cpv"]
        held = str(self.initial.get("cpv") or "")
        if unknown := [code for code in unknown_cpv(codes) if code not in held]:
            raise forms.ValidationError(
                _("%(codes)s is no code of the CPV vocabulary. Look the code up, or leave it out."),
                params={"codes": ", ".join(unknown)},
            )
        return codes

    def clean_milestone_id(self) -> UUID | None:
        """Return the chosen milestone."""
        text = self.cleaned_data["milestone_id"]
        return UUID(text) if text else None

    def clean(self) -> dict[str, Any]:
        """Let the handling fit the audience: what is public is for passing on."""
        values = super().clean() or self.cleaned_data
        is_public = values.get("audience") == Listing.Audience.PUBLIC
        if is_public and values.get("tlp") not in {"", None, Tlp.CLEAR.value}:
            self.add_error(
                "tlp", _("What everyone may see is TLP:CLEAR. Choose it, or fewer readers.")
            )
        embargo, expires = values.get("embargo_on"), values.get("expires_on")
        if embargo and expires and embargo > expires:
            self.add_error(
                "embargo_on",
                _("Others would never see it: it is valid until %(day)s. Choose an earlier day.")
                % {"day": expires.isoformat()},
            )
        values["tlp"] = values.get("tlp") or (Tlp.CLEAR if is_public else Tlp.AMBER).value
        return values

    def draft(self, side: str, edition_id: UUID | None) -> Draft:
        """Return what was written, once the form is valid."""
        values = dict(self.cleaned_data)
        day, amount = values.pop("embargo_on"), values.pop("amount")
        reader = values.pop("amount_for") or "own"
        until = timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None
        money = None if amount is None else Money(cents=int(amount * 100), currency="EUR")
        return Draft(
            side=side,
            edition_id=edition_id,
            embargo_until=until,
            amount=AmountDraft(amount=money, reader=reader),
            **values,
        )


def initial_of(listing: Listing) -> dict[str, object]:
    """Return a listing as the form shows it: the newest wording, waiting for review or not."""
    change = change_of(listing)
    amount, reader = _amount_of(listing)
    if change is not None:
        listing = copy.copy(listing)
        set_fields(listing, draft_in(change))
    values: dict[str, object] = {
        name: getattr(listing, name)
        for name in ListingForm.base_fields
        if name not in {"cpv", "capability", "tlp", "embargo_on", "amount", "amount_for"}
    }
    until = listing.label_embargo_until
    return {
        **values,
        "cpv": ", ".join(listing.cpv),
        "capability": ", ".join(listing.capability),
        "expires_on": listing.expires_on.isoformat() if listing.expires_on else "",
        "tlp": listing.label_tlp,
        "embargo_on": timezone.localdate(until).isoformat() if until else "",
        "amount": amount,
        "amount_for": reader,
    }


def _amount_of(listing: Listing) -> tuple[str, str]:
    """Return the newest amount, and by which choice of the form it is to be seen."""
    waits = WaitingAmount.objects.filter(listing=listing).first()
    if waits is not None:
        return f"{waits.amount_cents / 100:.2f}", waits.reader
    budget = Budget.objects.filter(listing=listing).first()
    if budget is None:
        return "", "own"
    return f"{budget.amount_cents / 100:.2f}", reader_of(listing, budget)


class TranslationForm(forms.Form):
    """The owner's own translation."""

    language = LanguageField(label=_("Language"))
    title = forms.CharField(
        label=_("Title"), max_length=160, widget=forms.TextInput(attrs=EITHER_WAY)
    )
    text = forms.CharField(
        label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7, **EITHER_WAY})
    )

    def __init__(self, *args: Any, original: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, LanguageField)
        field.choices = [choice for choice in language_choices() if choice[0] != original]
