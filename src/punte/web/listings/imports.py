"""Bring in needs or offers of one's organisation as a table: all rows become drafts, or none does."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from punte.apps.access.permissions import Subject
from punte.apps.market.actions import draft_listing, edit_listing
from punte.apps.market.drafts import says_the_same
from punte.apps.market.forms import ListingForm, initial_of
from punte.apps.market.models import Listing
from punte.apps.market.permissions import edition_for, may_draft, may_edit
from punte.apps.market.waiting import is_waiting, newest_revision
from punte.formats.table_cells import Row, Table, read_table_bytes
from punte.kernel.errors import PunteError
from punte.web.listings.pages import page, subject_of
from punte.web.refusals import refusal

MOST_ROWS: Final = 1000
MOST_BYTES: Final = 5 * 1024 * 1024
COLUMNS: Final = tuple(ListingForm.base_fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a cell: its row as the spreadsheet counts, its column, and the remedy."""

    row: int
    column: str
    told: str


@dataclass(slots=True)
class Outcome:
    """How many rows became drafts, changed a listing, left one as it stands; and how many changes wait for review."""

    made: int = 0
    changed: int = 0
    same: int = 0
    waiting: int = 0

    def count(self, own: Listing | None, before: int) -> None:
        """Count one row; ``before`` is the newest revision that its listing had."""
        if own is None:
            self.made += 1
        elif newest_revision(own) == before:
            self.same += 1
        else:
            self.changed += 1
            self.waiting += is_waiting(own)


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, side: str) -> HttpResponse:
    """Take a table; say each fault with its row and column, or make drafts of all rows."""
    subject = subject_of(request)
    if not may_draft(subject):
        raise Http404
    faults: list[Fault] = []
    if request.method == "POST":
        only_look = request.POST.get("only_look") == "yes"
        try:
            table = _read(request.FILES.get("table"))
            faults, outcome = _bring_in(table, side, subject, only_look=only_look)
        except PunteError as error:
            faults = [Fault(row=0, column="", told=refusal(error))]
        else:
            if not faults:
                _tell(request, outcome, only_look=only_look)
                return redirect(request.path if only_look else f"/{side}s/?mine=1")
    context: dict[str, Any] = {"side": side, "faults": faults, "columns": COLUMNS}
    return page(request, "listings/import.html", context, status=422 if faults else 200)


def _tell(request: HttpRequest, outcome: Outcome, *, only_look: bool) -> None:
    made, changed, same, waiting = outcome.made, outcome.changed, outcome.same, outcome.waiting
    told = ngettext("%(count)d new draft", "%(count)d new drafts", made) % {"count": made}
    more = [ngettext("%(count)d changed", "%(count)d changed", changed) % {"count": changed}]
    if same:
        more.append(
            ngettext("%(count)d as it stands", "%(count)d as they stand", same) % {"count": same}
        )
    if only_look:
        sentence = _("It would give: %(made)s, %(more)s.")
        messages.info(request, sentence % {"made": told, "more": ", ".join(more)})
    else:
        messages.success(request, f"{', '.join([told, *more])}.")
    if waiting:
        messages.warning(
            request,
            ngettext(
                "%(count)d of them is published: it stays as it reads until the change has been reviewed.",
                "%(count)d of them are published: they stay as they read until the changes have been reviewed.",
                waiting,
            )
            % {"count": waiting},
        )


def _read(upload: "UploadedFile[Any] | None") -> Table:
    if upload is None or upload.size is None:
        raise PunteError(_("Choose a file: CSV, or XLSX without formulas."))
    if upload.size > MOST_BYTES:
        raise PunteError(_("The file is larger than 5 MB. Split it."))
    tables = read_table_bytes(upload.read(), upload.name or "table.csv")
    if not tables or not tables[0].rows:
        raise PunteError(_("The file holds no row below its header."))
    table = tables[0]
    if len(table.rows) > MOST_ROWS:
        raise PunteError(_("The file has more than %(most)d rows. Split it.") % {"most": MOST_ROWS})
    missing = [name for name in ("title", "text") if name not in table.columns]
    if missing:
        raise PunteError(
            _("The header lacks: %(names)s. The columns that are read stand below.")
            % {"names": ", ".join(missing)}
        )
    return table


def _bring_in(
    table: Table, side: str, subject: Subject, *, only_look: bool
) -> tuple[list[Fault], Outcome]:
    """Return the faults, and what the rows gave; with a fault nothing is kept."""
    faults = [*_twice(table), *_there_already(table, side, subject)]
    outcome = Outcome()
    with transaction.atomic():
        for row in table.rows:
            try:
                faults += _take_row(row, side, subject, outcome)
            except PunteError as error:
                faults.append(Fault(row=row.number, column="", told=refusal(error)))
        # Undone as a whole: a fault anywhere keeps nothing anywhere.
        transaction.set_rollback(bool(faults) or only_look)
    return faults, outcome


def _twice(table: Table) -> list[Fault]:
    """
    Return a fault for each row whose id stands in an earlier row, or that says all that an earlier one says.

    Which of the two counts is not ours to choose, and a new row that stands twice would be two drafts of the same.
    """
    first: dict[object, int] = {}
    faults = []
    for row in table.rows:
        key = row.cells.get("id", "").casefold()
        told, column = _("This id stands in row %(row)d too. Leave one of the two."), "id"
        said: object = key
        if not key:
            told, column = _("This row says the same as row %(row)d. Leave one of the two."), ""
            said = _plain(*(row.cells.get(name, "") for name in COLUMNS))
        if said in first:
            faults.append(Fault(row=row.number, column=column, told=told % {"row": first[said]}))
        first.setdefault(said, row.number)
    return faults


def _there_already(table: Table, side: str, subject: Subject) -> list[Fault]:
    """Return a fault for each new row that says what a listing of one's own says: the table was brought in before."""
    own = Listing.objects.filter(owner_org_id=subject.org_id, side=side).exclude(
        state=Listing.State.WITHDRAWN
    )
    there = {_plain(title, text) for title, text in own.values_list("title", "text")}
    told = _(
        "Title and text stand among yours already. Write its id in the column id to change it, or leave the row out."
    )
    return [
        Fault(row=row.number, column="id", told=told)
        for row in table.rows
        if not row.cells.get("id", "")
        and _plain(row.cells.get("title", ""), row.cells.get("text", "")) in there
    ]


def _plain(*texts: str) -> tuple[str, ...]:
    """Return texts as they are compared: without what nobody sees of them."""
    return tuple(" ".join(text.split()).casefold() for text in texts)


def _take_row(row: Row, side: str, subject: Subject, outcome: Outcome) -> list[Fault]:
    """Make or change one draft, and count it; return what is wrong."""
    own = _own(row.cells.get("id", ""), side, subject)
    initial = initial_of(own) if own is not None else {"language": "en", "kind": "equipment"}
    given = {name: text for name, text in row.cells.items() if name in COLUMNS}
    values = {"audience": Listing.Audience.EDITION, **initial, **given}
    form = ListingForm(values, initial=initial)
    if not form.is_valid():
        return [
            Fault(row=row.number, column=name, told=" ".join(map(str, errors)))
            for name, errors in form.errors.items()
        ]
    if own is None:
        draft_listing(by=subject, draft=form.draft(side, edition_for(subject)))
        outcome.count(None, 0)
        return []
    before, draft = newest_revision(own), form.draft(side, own.edition_id)
    # A table of what is published, as it was handed out, takes no change back that waits for its reviewer.
    if not says_the_same(own, draft):
        own = edit_listing(by=subject, listing=own, draft=draft, read_revision=before)
    outcome.count(own, before)
    return []


def _own(text: str, side: str, subject: Subject) -> Listing | None:
    """Return the listing that a row changes; None where it is a new one."""
    if not text:
        return None
    try:
        found = Listing.objects.filter(pk=UUID(text), side=side).first()
    except ValueError:
        found = None
    if found is None or not may_edit(subject, found):
        raise PunteError(
            _("“%(id)s” is none of your organisation's. Leave the column id empty for a new one.")
            % {"id": text[:40]}
        )
    return found
