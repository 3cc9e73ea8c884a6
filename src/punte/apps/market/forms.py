"""Input about needs and offers, to clean values."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from punte.apps.market.actions import Draft
from punte.apps.market.models import Language, Listing
from punte.apps.market.models.listing import validate_capability, validate_cpv
from punte.apps.programmes.queries import open_milestones

MAX_CODES = 12


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


class ListingForm(forms.Form):
    """A need or an offer as its owner writes it."""

    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(
        label=_("What it is about"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("As in a public notice. Nothing marked RESTRICTED or above."),
    )
    language = forms.ChoiceField(label=_("Language of the text"), choices=Language.choices)
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
    lead_time_days = forms.IntegerField(
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

    def clean_milestone_id(self) -> UUID | None:
        """Return the chosen milestone."""
        text = self.cleaned_data["milestone_id"]
        return UUID(text) if text else None

    def draft(self, side: str, edition_id: UUID | None) -> Draft:
        """Return what was written, once the form is valid."""
        return Draft(side=side, edition_id=edition_id, **self.cleaned_data)


def initial_of(listing: Listing) -> dict[str, object]:
    """Return a listing as the form shows it."""
    values: dict[str, object] = {
        name: getattr(listing, name)
        for name in ListingForm.base_fields
        if name not in {"cpv", "capability"}
    }
    return {
        **values,
        "cpv": ", ".join(listing.cpv),
        "capability": ", ".join(listing.capability),
        "expires_on": listing.expires_on.isoformat() if listing.expires_on else "",
    }


class TranslationForm(forms.Form):
    """The owner's own translation."""

    language = forms.ChoiceField(label=_("Language"))
    title = forms.CharField(label=_("Title"), max_length=160)
    text = forms.CharField(
        label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 7})
    )

    def __init__(self, *args: Any, original: str, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in Language.choices if choice[0] != original]
