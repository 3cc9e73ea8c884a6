"""What the pages of assistance and of its activities share: who may join, seats, history, in words and from forms."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from punte.apps.access.country_codes import read_countries
from punte.apps.access.permissions import PUBLIC, active_subject
from punte.apps.access.queries import country_name
from punte.apps.cooperation import seats
from punte.apps.cooperation.assistance_history import changes_of
from punte.apps.cooperation.joining import words_for
from punte.apps.cooperation.models import Activity, Assistance, AssistanceChange, Seat
from punte.kernel.errors import PunteError
from punte.web.cooperation.frame import NOBODY, groups_of, id_from, statuses

FIELDS: Final = {
    "title": gettext_lazy("title"),
    "about": gettext_lazy("what it is about"),
    "beneficiaries": gettext_lazy("for"),
    "place": gettext_lazy("place"),
    "starts_on": gettext_lazy("begins"),
    "ends_on": gettext_lazy("ends"),
    "seats": gettext_lazy("seats"),
    "is_open_to_beneficiaries": gettext_lazy("open to organisations of the countries it is for"),
    "open_to": gettext_lazy("who may join besides"),
    "only_for": gettext_lazy("only for, of those who may"),
    "state": gettext_lazy("state"),
    "outcome": gettext_lazy("what came of it"),
}
"""What can be changed, in words."""


def joins(row: Assistance | None, typed: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """Return who may be let in, with the words for it, and whether that stands or was typed."""
    choices = [
        ("for", _("organisations of the countries it is for")),
        *statuses(),
        (PUBLIC, _("everyone who is cleared")),
    ]
    if typed:
        return [(key, words, f"joins_{key}" in typed) for key, words in choices]
    if row is None:
        return [(key, words, key == "for") for key, words in choices]
    held = set(row.open_to)
    return [
        (key, words, row.is_open_to_beneficiaries if key == "for" else _is_held(key, held))
        for key, words in choices
    ]


def narrowed(
    row: Activity | None, typed: Mapping[str, str]
) -> tuple[list[tuple[str, str, bool]], str]:
    """Return to which statuses an activity can be narrowed, with the words and whether that stands; and the countries."""
    if typed:
        chosen = [(key, words, f"only_{key}" in typed) for key, words in statuses()]
        return chosen, typed.get("countries", "")
    held = set(row.only_for) if row else set[str]()
    chosen = [(key, words, _is_held(key, held)) for key, words in statuses()]
    return chosen, ", ".join(one for one in row.only_for if _is_country(one)) if row else ""


def only_for(data: Mapping[str, str], row: Activity | None = None) -> list[str]:
    """Return to whom a form narrows an activity; groups that the form does not show stay as they are."""
    shown = {key: groups_of(key) for key, _words in statuses()}
    known = {group for groups in shown.values() for group in groups}
    held = row.only_for if row else []
    kept = [one for one in held if one not in known and not _is_country(one)]
    chosen = [g for key, groups in shown.items() if f"only_{key}" in data for g in groups]
    return list(dict.fromkeys([*kept, *chosen, *read_countries(data.get("countries", ""))]))


def _is_country(group: str) -> bool:
    return len(group) == 3 and group.isalpha()


def _is_held(audience: str, held: set[str]) -> bool:
    groups = {PUBLIC} if audience == PUBLIC else set(groups_of(audience))
    return bool(groups) and groups <= held


def who_joins(data: Mapping[str, str], row: Assistance | None = None) -> dict[str, Any]:
    """Return who may join as a form says it; groups that the form does not show stay as they are."""
    shown = {key: groups_of(key) for key, _words in statuses()} | {PUBLIC: [PUBLIC]}
    known = {group for groups in shown.values() for group in groups}
    kept = [group for group in row.open_to if group not in known] if row else []
    chosen = [g for key, groups in shown.items() if f"joins_{key}" in data for g in groups]
    return {
        "is_open_to_beneficiaries": "joins_for" in data,
        "open_to": list(dict.fromkeys([*kept, *chosen])),
    }


def seats_from(text: str) -> int | None:
    """
    Return how many seats a field says [count]; None where it is empty.

    Raises
    ------
    PunteError
        It is no whole number.
    """
    if not text.strip():
        return None
    if not (text.strip().isdecimal() and len(text.strip()) < 6):
        raise PunteError(_("Give the seats as a whole number."))
    return int(text)


def party(name: str, code: str) -> str:
    """Return who helps or asks: the organisation and its country, or the country alone."""
    country = country_name(code) if code else ""
    return name if not country or name == country else f"{name}, {country}" if name else country


def seats_context(row: Assistance | Activity, held: list[Seat]) -> dict[str, Any]:
    """Return what a page shows of seats: who took them, how many are left, and how many the reader's organisation has."""
    subject = active_subject()
    used = sum(seat.count for seat in held)
    return {
        # Who takes part is for those who are here; whoever only looks reads how many.
        "taken": held if subject.person_id is not None else [],
        "used": used,
        "left": None if row.seats is None else row.seats - used,
        "mine": next((s.count for s in held if s.organisation_id == subject.org_id), 0),
    }


def step_seats(
    data: Mapping[str, str], assistance: Assistance, activity: Activity | None = None
) -> None:
    """
    Take seats for the reader's organisation; confirm or take back an organisation's for the side that helps.

    Raises
    ------
    PunteError
        Any of it is refused.
    """
    by = active_subject()
    count = seats_from(data.get("count", "")) or 0
    if data.get("do") not in {"confirm", "take_back"}:
        read = seats_from(data.get("read", ""))
        seats.take_seats(by=by, assistance=assistance, activity=activity, count=count, read=read)
        return
    held = Seat.objects.filter(assistance=assistance, activity=activity)
    seat = held.filter(pk=id_from(data.get("seat", "")) or NOBODY).first()
    if seat is None:
        raise PunteError(_("These seats are given back already. Look again."))
    if data.get("do") == "confirm":
        seats.confirm_seats(by=by, seat=seat, count=count)
    else:
        seats.take_back_seats(by=by, seat=seat, count=count, reason=data.get("reason", ""))


def history_of(row: Assistance | Activity) -> list[tuple[AssistanceChange, str, str]]:
    """Return what was changed, with the field and what stood there before in words, the newest first."""
    return [
        (one, str(FIELDS.get(one.field, one.field)), _before(one)) for one in changes_of(row)[:100]
    ]


def _before(change: AssistanceChange) -> str:
    if change.field == "state":
        return str(dict(Assistance.State.choices).get(change.before, change.before))
    if change.field == "is_open_to_beneficiaries":
        return _("yes") if change.before == "True" else _("no")
    if change.field in {"open_to", "only_for"}:
        return words_for(one for one in change.before.split(", ") if one)
    if change.field == "beneficiaries":
        return ", ".join(country_name(code) for code in change.before.split(", ") if code)
    return change.before
