"""Input about programmes and plans, to clean values."""

import re
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.programmes.actions import ProgrammeDraft
from punte.apps.programmes.models import Milestone, Programme
from punte.apps.programmes.models.capability import AREAS

DATE: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST_SOURCE: Final = 400
"""Characters of one source."""


def _lines(text: str) -> tuple[str, ...]:
    """
    Return the lines of a field that are not blank.

    Raises
    ------
    ValidationError
        If one is longer than a source may be; the field and what was typed stay.
    """
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    for line in lines:
        if len(line) > MOST_SOURCE:
            raise forms.ValidationError(
                _(
                    "The line “%(line)s…” has %(count)d characters; at most %(most)d are kept. Shorten it."
                ),
                params={"line": line[:40], "count": len(line), "most": MOST_SOURCE},
            )
    return lines


class ProgrammeForm(forms.Form):
    """A programme as its keeper writes it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Programme.Kind.choices)
    scope = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("As in a public notice. Nothing marked RESTRICTED or above."),
    )
    authority = forms.CharField(label=gettext_lazy("Responsible"), max_length=200, required=False)
    parent = forms.ChoiceField(label=gettext_lazy("Serves"), required=False)
    countries = forms.CharField(
        label=gettext_lazy("Contributing countries"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Three letters each, such as ROU, MDA."),
    )
    capability = forms.MultipleChoiceField(
        label=gettext_lazy("Capability areas"),
        choices=list(AREAS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=Programme.Status.choices)
    status_as_of = forms.CharField(label=gettext_lazy("As of"), max_length=20, required=False)
    status_source = forms.CharField(
        label=gettext_lazy("Source of the status"),
        max_length=400,
        required=False,
        help_text=gettext_lazy("Where its authority states it. Needed beyond “proposed”."),
    )
    status_note = forms.CharField(
        label=gettext_lazy("Note on the status"), max_length=300, required=False
    )
    sources = forms.CharField(
        label=gettext_lazy("Sources, one in a line"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_public = forms.BooleanField(label=gettext_lazy("Everyone may see it"), required=False)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        parents: list[Programme],
        kept: UUID | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        choices = [("", "\N{EN DASH}"), *((str(one.pk), one.name) for one in parents)]
        if kept is not None and str(kept) not in dict(choices):
            # Unnamed it stays: a select without it would take it away unseen.
            choices.append((str(kept), _("one that you do not see (as it is now)")))
        field.choices = choices

    def clean_sources(self) -> tuple[str, ...]:
        """Return the sources, each short enough to be kept whole."""
        return _lines(str(self.cleaned_data["sources"]))

    def clean_countries(self) -> tuple[str, ...]:
        """Return the codes, each three letters."""
        codes = tuple(str(self.cleaned_data["countries"]).upper().replace(",", " ").split())
        for code in codes:
            if not re.fullmatch(r"[A-Z]{3}", code):
                raise forms.ValidationError(
                    _("“%(code)s” is no country code of three letters, such as ROU."),
                    params={"code": code},
                )
        return codes

    def draft(self) -> ProgrammeDraft:
        """Return what was written, once the form is valid."""
        values = dict(self.cleaned_data)
        parent = values.pop("parent")
        return ProgrammeDraft(
            **{
                **values,
                "capability": tuple(values["capability"]),
                "parent_id": UUID(parent) if parent else None,
            }
        )


class MilestoneForm(forms.Form):
    """A milestone as its keeper writes it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Milestone.Kind.choices, initial=Milestone.Kind.OTHER
    )
    promised_on = forms.DateField(label=gettext_lazy("Promised by"), widget=DATE)
    reason = forms.CharField(
        label=gettext_lazy("Why the date changes"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Needed where a promised date is moved; everyone who sees it reads why."
        ),
    )
    owner_name = forms.CharField(
        label=gettext_lazy("Who answers for it"), max_length=160, required=False
    )
    activity = forms.ChoiceField(
        label=gettext_lazy("Activity of the plan"),
        required=False,
        help_text=gettext_lazy("Its finish is the milestone; the plan then says how likely it is."),
    )
    required_percent = forms.IntegerField(
        label=gettext_lazy("Probability that is wanted, in per cent"),
        required=False,
        min_value=0,
        max_value=100,
    )
    after = forms.MultipleChoiceField(label=gettext_lazy("Waits for"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)
    sources = forms.CharField(
        label=gettext_lazy("Sources, one in a line"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401
        activities: list[tuple[str, str]],
        others: list[Milestone],
        kept: str = "",
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        activity, after = self.fields["activity"], self.fields["after"]
        assert isinstance(activity, forms.ChoiceField)
        assert isinstance(after, forms.MultipleChoiceField)
        choices = [("", "\N{EN DASH}"), *activities]
        if kept and kept not in dict(choices):
            words = _("%(id)s (the plan has it no longer)") % {"id": kept}
            choices.append((kept, words))
        activity.choices = choices
        after.choices = [(str(one.pk), f"{one.programme.name}: {one.name}") for one in others]

    def clean_sources(self) -> tuple[str, ...]:
        """Return the sources, each short enough to be kept whole."""
        return _lines(str(self.cleaned_data["sources"]))

    def values(self) -> dict[str, Any]:
        """Return what was written, as :func:`set_milestone` takes it."""
        found = dict(self.cleaned_data)
        found["after"] = [UUID(text) for text in found["after"]]
        return found
