"""What a case of eligibility begins from: an offer or need, a meeting, a cooperation; as far as the writer sees them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from punte.apps.access.models import Labelled
from punte.apps.cooperation.models import Cooperation
from punte.apps.funding.bridge import Content
from punte.apps.funding.inputs import Input, input_of
from punte.apps.market.models import Listing
from punte.apps.meetings.models import MeetingRequest
from punte.apps.people.models import Organisation
from punte.web.finance.tiles import alpha_codes

KINDS: Final = ("listing", "meeting", "cooperation")
_BUYERS: Final = frozenset({Organisation.Kind.AUTHORITY, Organisation.Kind.UNION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """
    Where a case begins.

    Parameters
    ----------
    content
        What is known from there: a name, who buys, who makes it.
    rows
        What the writer saw of it; the case inherits the strictest of their labels.
    """

    content: Content
    rows: tuple[Labelled, ...]
    ids: Mapping[str, UUID]

    @property
    def inputs(self) -> list[Input]:
        """Return what the case began from, each with its label."""
        return [input_of(_kind_of(row), row) for row in self.rows]


def beginning_of(data: Mapping[str, str]) -> Beginning:
    """Return where a form or an address says that a case begins; what its reader does not see is as if it were not there."""
    ids = {kind: key for kind in KINDS if (key := _id(data.get(kind, ""))) is not None}
    rows: dict[UUID, Labelled] = {}
    cooperation = _row(Cooperation, ids.get("cooperation"))
    meeting = _row(MeetingRequest, ids.get("meeting"))
    if isinstance(cooperation, Cooperation):
        rows[cooperation.pk] = cooperation
        meeting = meeting or _row(MeetingRequest, cooperation.request_id)
    wanted = [ids.get("listing")]
    if isinstance(cooperation, Cooperation):
        wanted += [cooperation.need_id, cooperation.offer_id]
    if isinstance(meeting, MeetingRequest):
        rows[meeting.pk] = meeting
        wanted.append(meeting.about_listing_id)
    for listing_id in wanted:
        listing = _row(Listing, listing_id)
        if listing is not None:
            rows[listing.pk] = listing
    found = tuple(rows.values())
    seen = {kind: key for kind, key in ids.items() if key in rows}
    return Beginning(content=_content(found), rows=found, ids=seen)


def links_of(inputs: list[Input]) -> list[dict[str, str]]:
    """Return the inputs of a case with titles and addresses; one that its reader does not see has neither."""
    links = []
    for one in inputs:
        row = _row(_MODELS[one["kind"]], _id(one["id"])) if one["kind"] in _MODELS else None
        links.append(
            {
                "kind": str(_words()[one["kind"]]),
                "tlp": one["tlp"],
                "title": _title(row) if row else "",
                "address": _address(row) if row else "",
            }
        )
    return links


_MODELS: Final[Mapping[str, type[Labelled]]] = {
    "listing": Listing,
    "meeting": MeetingRequest,
    "cooperation": Cooperation,
}


def _words() -> dict[str, str]:
    return {
        "listing": _("need or offer"),
        "meeting": _("meeting"),
        "cooperation": _("cooperation"),
    }


def _kind_of(row: Labelled) -> str:
    return next(kind for kind, model in _MODELS.items() if isinstance(row, model))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _row(model: type[Labelled], key: UUID | None) -> Labelled | None:
    return model.objects.filter(pk=key).first() if key is not None else None


def _title(row: Labelled) -> str:
    match row:
        case Listing():
            return str(row.title)
        case MeetingRequest():
            return str(row.reason[:80] or row.code)
        case _:
            return str(row)


def _address(row: Labelled) -> str:
    match row:
        case Listing():
            return f"/{row.side}s/{row.pk}/"
        case MeetingRequest():
            return f"/e/{row.edition.slug}/follow-up/{row.pk}/"
        case _:
            return f"/cooperations/{row.pk}/"


def _content(rows: tuple[Labelled, ...]) -> Content:
    if not rows:
        return {}
    codes = {three: two for two, three in alpha_codes().items()}
    buyers: dict[str, dict[str, str]] = {}
    makers: dict[str, dict[str, Any]] = {}
    for organisation in _organisations(rows):
        code = codes.get(organisation.country_id, "")
        if organisation.kind in _BUYERS:
            role = "partner" if buyers else "borrower"
            buyers.setdefault(code, {"country": code, "role": role})
        else:
            role = "subcontractor" if makers else "contractor"
            makers.setdefault(
                str(organisation.pk),
                {"id": organisation.name[:160], "role": role, "country": code},
            )
    return {
        "name": _title(rows[-1] if isinstance(rows[-1], Listing) else rows[0])[:160],
        "categories": [],
        "participants": list(buyers.values()),
        "entities": list(makers.values()),
    }


def _organisations(rows: tuple[Labelled, ...]) -> Iterator[Organisation]:
    """Yield who takes part, once each, the owner of an offer first: it is the likely contractor."""
    wanted: dict[UUID, None] = {}
    order = sorted(rows, key=lambda row: not isinstance(row, Listing))
    for row in order:
        match row:
            case Listing():
                wanted.setdefault(row.owner_org_id)
            case Cooperation():
                for partner in row.partners.filter(left_at__isnull=True):
                    wanted.setdefault(partner.organisation_id)
            case MeetingRequest():
                for delegate in (row.sender, row.receiver):
                    wanted.setdefault(delegate.organisation_id)
    known = Organisation.objects.in_bulk(list(wanted))
    yield from (known[key] for key in wanted if key in known)
