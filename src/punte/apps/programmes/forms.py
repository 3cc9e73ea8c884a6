"""Input about programmes and plans, to clean values."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.numbers import UnreadableNumberError, read_number, write_number
from punte.apps.programmes.actions import ProgrammeDraft
from punte.apps.programmes.models import Milestone, Programme
from punte.apps.programmes.models.capability import AREAS
from punte.kernel.errors import InvalidInputError, Problem

_AFTER_NAME: Final = r"(?:\s*(?P<type>FS|SS|FF|SF))?(?:\s*(?P<lag>[+-]\d{1,5}))?"
KIND_AND_LAG: Final = re.compile(_AFTER_NAME)
LINK: Final = re.compile(r"(?P<first>\S+?)" + _AFTER_NAME)
DATE: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BLANK_ROWS: Final = 4
MOST_ROWS: Final = 400
Row = dict[str, str]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip()[:400] for line in text.splitlines() if line.strip())


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

    def __init__(self, *args: Any, parents: list[Programme], **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "\N{EN DASH}"), *((str(one.pk), one.name) for one in parents)]

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
                "sources": _lines(values["sources"]),
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
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        activity, after = self.fields["activity"], self.fields["after"]
        assert isinstance(activity, forms.ChoiceField)
        assert isinstance(after, forms.MultipleChoiceField)
        activity.choices = [("", "\N{EN DASH}"), *activities]
        after.choices = [(str(one.pk), f"{one.programme.name}: {one.name}") for one in others]

    def values(self) -> dict[str, Any]:
        """Return what was written, as :func:`set_milestone` takes it."""
        found = dict(self.cleaned_data)
        found["sources"] = _lines(found["sources"])
        found["after"] = [UUID(text) for text in found["after"]]
        return found


def rows_of(content: Mapping[str, Any]) -> list[Row]:
    """Return the activities of a plan as the rows of its table, with blank ones to add."""
    waits: dict[str, list[str]] = {}
    for link in content.get("links", []):
        kind, lag = link.get("type", "FS"), link.get("lag", 0)
        # With its kind a lag is never read as the end of a name: "A FS-1", beside an activity "A-1".
        words = link["from"] + (f" {kind}" if lag or kind != "FS" else "")
        words += f"{lag:+d}" if lag else ""
        waits.setdefault(link["to"], []).append(words)
    rows = [
        {**_shown(line), "waits": ", ".join(waits.get(line["id"], []))}
        for line in content["activities"]
    ]
    return rows + [dict.fromkeys(ROW_FIELDS, "") for _row in range(BLANK_ROWS)]


def _shown(line: Mapping[str, Any]) -> Row:
    """Return the cells of an activity, but for what it waits for."""
    length = line["duration"]
    known = length if isinstance(length, dict) else {"likely": length}
    progress = line.get("progress", {})
    return {
        "id": line["id"],
        "name": line.get("name", ""),
        "stage": line.get("stage") or "",
        "likely": _number(known.get("likely")),
        "low": _number(known.get("low")),
        "high": _number(known.get("high")),
        "begun": str(progress.get("actual_start", "")),
        "ended": str(progress.get("actual_finish") or ""),
        "done": _number(round(100 * progress["percent_complete"]))
        if progress.get("percent_complete")
        else "",
    }


LENGTH_FIELDS: Final = ("likely", "low", "high")
PROGRESS_FIELDS: Final = ("begun", "ended", "done")
ROW_FIELDS: Final = (
    "id",
    "name",
    "stage",
    "likely",
    "low",
    "high",
    "waits",
    "begun",
    "ended",
    "done",
)


def _number(value: float | None) -> str:
    return "" if value is None else write_number(f"{value:g}")


def rows_from(data: Mapping[str, str]) -> list[Row]:
    """Return the rows that a form was sent with, blank ones left out."""
    rows = []
    for number in range(MOST_ROWS):
        if f"id-{number}" not in data:
            break
        row = {
            name: data.get(f"{name}-{number}", "").replace("\x00", "").strip()[:200]
            for name in ROW_FIELDS
        }
        if any(row.values()):
            rows.append(row)
    return rows


def content_from(
    rows: list[Row], before: Mapping[str, Any], *, start: str, status_at: str
) -> dict[str, Any]:
    """
    Return the plan that the rows say; what the table does not show stays as it was.

    Raises
    ------
    InvalidInputError
        Naming the row and column of each cell that cannot be read.
    """
    problems: list[Problem] = []
    old = {line["id"]: line for line in before["activities"]}
    activities: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    known = {row["id"] for row in rows if row["id"]}
    for number, row in enumerate(rows, start=1):
        name = row["id"] or str(_("row %(number)d") % {"number": number})
        line = dict(old.get(row["id"], {}))
        line |= {"id": row["id"], "name": row["name"], "stage": row["stage"] or None}
        shown = _shown(line) if "duration" in line else {}
        # A cell that nobody touched says no more than it shows: what stands behind it stays whole.
        if any(row[field] != shown.get(field) for field in LENGTH_FIELDS):
            line["duration"] = _duration(row, line.get("duration"), name, problems)
        if any(row[field] != shown.get(field) for field in PROGRESS_FIELDS):
            line["progress"] = _progress(row, name, problems)
        activities.append({key: value for key, value in line.items() if value is not None})
        links += _links_to(row, name, known, before, problems)
    content = {**before, "activities": activities, "links": links, "start": start}
    content |= _without_gone(before, {row["id"] for row in rows})
    content.pop("status_at", None)
    if status_at:
        content["status_at"] = status_at
    for day, field in ((start, _("begins")), (status_at or start, _("progress known until"))):
        try:
            dt.date.fromisoformat(day)
        except ValueError:
            problems.append(Problem(place=field, what=_("is no date.")))
    if problems:
        raise InvalidInputError(str(_("The plan")), problems)
    return content


def _links_to(
    row: Row, name: str, known: set[str], before: Mapping[str, Any], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Return the links that a row's cell says; each keeps what its old self held beside kind and lag."""
    links = []
    for words in filter(None, (part.strip() for part in re.split(r"[,;]", row["waits"]))):
        found = _link_of(words, known)
        if found is None:
            problems.append(
                Problem(
                    place=_("%(row)s, waits for") % {"row": name},
                    what=_("“%(words)s” is no link.") % {"words": words},
                    remedy=_("Write B, B SS or B FS+2."),
                )
            )
            continue
        first, kind, lag = found
        pair = [
            link
            for link in before.get("links", [])
            if (link["from"], link["to"]) == (first, row["id"])
        ]
        same = [link for link in pair if link.get("type", "FS") == kind]
        old = same[0] if same else pair[0] if len(pair) == 1 else {}
        links.append({**old, "from": first, "to": row["id"], "type": kind, "lag": lag})
    return links


def _link_of(words: str, known: set[str]) -> tuple[str, str, int] | None:
    """Return first activity, kind and lag; the longest known name that the words begin with is the activity."""
    for first in sorted((one for one in known if words.startswith(one)), key=len, reverse=True):
        rest = KIND_AND_LAG.fullmatch(words[len(first) :])
        if rest is not None:
            return first, rest["type"] or "FS", int(rest["lag"] or 0)
    found = LINK.fullmatch(words)
    return (found["first"], found["type"] or "FS", int(found["lag"] or 0)) if found else None


def _without_gone(before: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """Return risks and correlations without activities that were taken out of the table."""
    gone = {line["id"] for line in before["activities"]} - kept
    risks = []
    for risk in before.get("risks", []):
        named = [name for name in risk["activities"] if name not in gone]
        if named:
            risks.append({**risk, "activities": named})
    gone |= {risk["id"] for risk in before.get("risks", [])} - {risk["id"] for risk in risks}
    groups = []
    for group in before.get("correlations", []):
        members = [name for name in group["members"] if name not in gone]
        if len(members) > 1:
            groups.append({**group, "members": members})
    return {"risks": risks, "correlations": groups}


def _duration(row: Row, before: object, name: str, problems: list[Problem]) -> object:
    values: dict[str, float] = {}
    for field in ("likely", "low", "high"):
        if not row[field]:
            continue
        try:
            values[field] = float(read_number(row[field]))
        except UnreadableNumberError as error:
            problems.append(
                Problem(
                    place=f"{name}, {field}",
                    what=str(error),
                    remedy=_("Write days, such as 12 or 7.5."),
                )
            )
    if "likely" not in values:
        if not row["likely"]:
            problems.append(
                Problem(
                    place=name,
                    what=_("has no length."),
                    remedy=_("Write its days, 0 for a moment."),
                )
            )
        return 0
    if "low" in values and "high" in values:
        shape = before.get("shape", "triangular") if isinstance(before, dict) else "triangular"
        return {**values, "shape": shape}
    if len(values) == 2:
        problems.append(
            Problem(
                place=name,
                what=_("has only one of least and greatest length."),
                remedy=_("Give both, or neither."),
            )
        )
    return values["likely"]


def _progress(row: Row, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    if not (row["begun"] or row["ended"] or row["done"]):
        return None
    if not row["begun"]:
        problems.append(
            Problem(
                place=name,
                what=_("has progress and no day on which it began."),
                remedy=_("Give the day."),
            )
        )
    text = row["done"].replace("%", "").strip() or ("100" if row["ended"] else "0")
    share = int(text) if text.isdecimal() and len(text) < 4 else -1
    if not 0 <= share <= 100:
        problems.append(
            Problem(place=name, what=_("The share done lies between 0 and 100 per cent."))
        )
    found: dict[str, Any] = {"actual_start": row["begun"], "percent_complete": share / 100}
    if row["ended"]:
        found["actual_finish"] = row["ended"]
    return found
