"""Rows of requests, matched with the delegates and requests that an edition has."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.forum.models import Delegate, Edition, MeetingRule
from punte.apps.meetings.apart import sides_apart
from punte.apps.meetings.import_cells import PlannedRow, RowCells
from punte.apps.meetings.may_ask import OPEN
from punte.apps.meetings.models import MeetingRequest
from punte.kernel.errors import Problem


class KnownRequest(NamedTuple):
    """What an import compares of a request that stands; forty thousand whole rows would take their time."""

    pk: UUID
    code: str
    sender_id: UUID
    receiver_id: UUID
    rank: int
    priority: int
    must: bool
    reason: str
    revision: int
    state: str


class RequestReader:
    """Reads rows of requests against the delegates and requests of the edition."""

    def __init__(self, edition: Edition) -> None:
        delegates = list(
            Delegate.objects.filter(edition=edition).select_related("category").order_by("code")
        )
        self.delegates = {found.code.casefold(): found for found in delegates}
        names: dict[str, list[Delegate]] = {}
        for found in delegates:
            names.setdefault(found.badge_name.casefold(), []).append(found)
        self.names = names
        rows = MeetingRequest.objects.filter(edition=edition).order_by("code", "id")
        requests = [KnownRequest(*row) for row in rows.values_list(*KnownRequest._fields)]
        self.requests = requests
        self.codes = {found.code.casefold(): found for found in requests}
        self.pairs = {(found.sender_id, found.receiver_id): found for found in requests}
        self.forbidden = {
            (rule.sender_id, rule.receiver_id): rule.reason
            for rule in MeetingRule.objects.filter(edition=edition)
        }
        self.apart = sides_apart(edition.pk)
        self.seen: dict[Any, int] = {}

    def read(self, cells: RowCells) -> PlannedRow | None:
        """Return what the row would write; ``None`` where it cannot be told, the faults then stand in the cells."""
        sender, receiver = self._who(cells, "sender"), self._who(cells, "receiver")
        code = cells.text("code", most=20)
        values = {
            "rank": cells.whole("rank", low=1, high=5),
            "priority": cells.whole("priority", low=0, high=100),
            "must": cells.yes("must"),
            "reason": cells.text("reason", most=600),
        }
        if sender is None or receiver is None or not self._may_meet(cells, sender, receiver):
            return None
        existing = self._existing(cells, code, sender, receiver)
        if not cells.is_sound:
            return None
        known = {key: value for key, value in values.items() if value is not None}
        if existing is not None:
            return PlannedRow(number=cells.number, existing=existing, values=known)
        entry = {"sender": sender, "receiver": receiver, "code": code or ""}
        return PlannedRow(number=cells.number, existing=None, values=known | entry)

    def second_firsts(self, rows: Sequence[PlannedRow], column: str) -> Iterator[Problem]:
        """Yield each row that would be the second first of all of its sender, once the whole table is written."""
        ranks = {
            row.existing.pk: row.values.get("rank")
            for row in rows
            if isinstance(row.existing, KnownRequest)
        }
        firsts = {
            one.sender_id: one.code
            for one in self.requests
            if one.state in OPEN and one.rank == 1 and (ranks.get(one.pk) or 1) == 1
        }
        for row in rows:
            known = row.existing if isinstance(row.existing, KnownRequest) else None
            if row.values.get("rank") != 1 or (known is not None and known.state not in OPEN):
                continue
            sender_id = known.sender_id if known is not None else row.values["sender"].pk
            code = known.code if known is not None else _("row %(row)s") % {"row": row.number}
            other = firsts.setdefault(sender_id, code)
            if other != code:
                yield Problem(
                    place=_("row %(row)s, column %(column)s")
                    % {"row": row.number, "column": column},
                    what=_("1 is the first of all, and that is %(other)s already.")
                    % {"other": other},
                    remedy=_("Give one of the two another rank, 2 to 5."),
                )

    def _who(self, cells: RowCells, name: str) -> Delegate | None:
        value = cells.text(name, most=160, is_needed=True)
        if value is None:
            return None
        found = self.delegates.get(value.casefold())
        namesakes = self.names.get(value.casefold(), [])
        if found is not None or len(namesakes) == 1:
            return found or namesakes[0]
        what = (
            _("“%(value)s” is the name of %(count)s delegates.")
            if namesakes
            else _("no delegate of this edition has the code or name “%(value)s”.")
        )
        cells.fault(
            name,
            what % {"value": value, "count": len(namesakes)},
            _("Write the delegate's code; import the participants first."),
        )
        return None

    def _may_meet(self, cells: RowCells, sender: Delegate, receiver: Delegate) -> bool:
        if sender.pk == receiver.pk:
            cells.fault(
                "receiver",
                _("%(name)s would meet themselves.") % {"name": sender.badge_name},
                _("Name two delegates."),
            )
        elif not sender.category.may_request:
            cells.fault(
                "sender",
                _("%(category)s do not ask for meetings.") % {"category": sender.category.name},
                _("Leave the row out, or change the category's rule."),
            )
        elif not receiver.category.may_be_asked:
            cells.fault(
                "receiver",
                _("%(category)s are not asked for meetings.")
                % {"category": receiver.category.name},
                _("Leave the row out, or change the category's rule."),
            )
        elif (reason := self.forbidden.get((sender.category_id, receiver.category_id))) is not None:
            cells.fault(
                "receiver",
                _("a rule of the edition keeps the two apart: %(reason)s") % {"reason": reason},
                _("Leave the row out, or change the rule."),
            )
        elif self.apart.pairs and self.apart.keep(sender, receiver):
            cells.fault(
                "receiver",
                _("the list of who never meets keeps the two apart."),
                _("Leave the row out, or take the pair off the list."),
            )
        return cells.is_sound

    def _existing(
        self, cells: RowCells, code: str | None, sender: Delegate, receiver: Delegate
    ) -> KnownRequest | None:
        pair = (sender.pk, receiver.pk)
        known = self.codes.get(code.casefold()) if code else self.pairs.get(pair)
        keys: list[Any] = [pair, *([code.casefold()] if code else [])]
        if (first := next((self.seen[key] for key in keys if key in self.seen), None)) is not None:
            cells.fault(
                "receiver",
                _("row %(row)s asks for it already.") % {"row": first},
                _("Leave one of the two rows out."),
            )
            return None
        self.seen |= dict.fromkeys(keys, cells.number)
        if known is not None and (known.sender_id, known.receiver_id) != pair:
            cells.fault(
                "code",
                _("%(code)s is a request between two others.") % {"code": known.code},
                _("Give another code, or none."),
            )
        elif known is None and pair in self.pairs:
            cells.fault(
                "code",
                _("the two have the request %(code)s already.") % {"code": self.pairs[pair].code},
                _("Use its code, or none, to change it."),
            )
        return known
