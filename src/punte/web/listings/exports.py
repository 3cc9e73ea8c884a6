"""Needs and offers as files: tables, JSON, and needs as OCDS planning releases; only what the reader sees."""

import json
import re
from collections import Counter
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from punte.apps.access.labels import labels_of
from punte.apps.access.models import strictest_tlp
from punte.apps.access.permissions import Subject
from punte.apps.market.bridge import Hint
from punte.apps.market.models import FitVerdict, Listing
from punte.apps.market.queries import Filter, listings
from punte.apps.market.records import COLUMNS, ocds_package, records_of
from punte.apps.market.searches import suggested_codes
from punte.apps.people.models import Organisation
from punte.formats.confidentiality_label import label_as_record, strictest_label
from punte.web.listings.pages import filter_of, subject_of
from punte.web.listings.recorded import record_listings
from punte.web.tables import table_response

MOST: Final = 20_000
MOST_HINTS: Final = 10


@login_not_required
@require_GET
def give_table(request: HttpRequest, side: str) -> HttpResponse:
    """Give a list of needs or offers as its page narrows it, as CSV, XLSX, JSON, or JSON lines for the matching."""
    subject = subject_of(request)
    wanted = filter_of(request, side, subject)
    if request.GET.get("format") == "jsonl":
        return _give_items(wanted, subject)
    cells = records_of(wanted, subject)
    ending = request.GET.get("format", "csv")
    if subject.person_id is not None:
        record_listings(f"{side}s", _keys(wanted, subject))
    if ending == "json":
        records = [dict(zip(COLUMNS, line, strict=True)) for line in cells]
        return JsonResponse(
            {
                "format": "punte.market.listings/1",
                "side": side,
                "handling": strictest_tlp(str(line[-1]) for line in cells),
                "label": _label_of_all(wanted, subject),
                "listings": records,
            },
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )
    marking = strictest_tlp(str(line[-1]) for line in cells)
    return table_response(
        f"{side}s",
        COLUMNS,
        cells,
        ending="xlsx" if ending == "xlsx" else "csv",
        marking=marking,
    )


def _give_items(wanted: Filter, subject: Subject) -> HttpResponse:
    """Give the texts as ``punte matching rank`` reads them; an owner whom the reader may not see is left out."""
    rows = list(listings(wanted, subject).order_by("pk"))
    owners = set(
        Organisation.objects.filter(pk__in={row.owner_org_id for row in rows}).values_list(
            "pk", flat=True
        )
    )
    lines = [
        json.dumps(
            {
                "id": str(row.pk),
                "lang": row.language,
                "title": row.title,
                "text": row.text,
                "codes": {"cpv": row.cpv, "capability": row.capability},
                "org": {
                    "id": str(row.owner_org_id) if row.owner_org_id in owners else "",
                    "label": row.label_tlp,
                },
            },
            ensure_ascii=False,
        )
        for row in rows
    ]
    if subject.person_id is not None:
        record_listings(f"{wanted.side}s", [row.pk for row in rows])
    return _kept_as(f"{wanted.side}s.jsonl", "".join(f"{line}\n" for line in lines))


def _label_of_all(wanted: Filter, subject: Subject) -> dict[str, Any] | None:
    """Return the label of the file: who may see it may see each row. None for no rows."""
    label = strictest_label(labels_of(listings(wanted, subject), subject))
    return label_as_record(label) if label is not None else None


def _keys(wanted: Filter, subject: Subject) -> list[UUID]:
    return list(listings(wanted, subject).values_list("pk", flat=True))


def _kept_as(name: str, text: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@login_not_required
@require_GET
def give_ocds(request: HttpRequest) -> HttpResponse:
    """Give the needs that the reader sees as an OCDS release package; nothing is there for who sees none."""
    subject = subject_of(request)
    package = ocds_package(subject)
    if package is None:  # the standard knows no empty package
        raise Http404
    if subject.person_id is not None:
        record_listings("ocds", _keys(Filter(side=Listing.Side.NEED), subject))
    return JsonResponse(package, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_GET
def give_verdicts(request: HttpRequest) -> HttpResponse:
    """
    Give what was said of fits, as far as the reader sees it, to measure the matching with.

    As ``qrels`` it is what ``punte matching evaluate`` reads: a pair is relevant where more people say that it fits than not.
    """
    found = list(FitVerdict.objects.all()[:MOST])
    record_listings("verdicts", [one.need_id for one in found])
    if request.GET.get("format") == "qrels":
        votes: Counter[tuple[str, str]] = Counter()
        for one in found:
            votes[str(one.need_id), str(one.offer_id)] += 1 if one.fits else -1
        lines = (f"{need}\t{offer}\t{int(vote > 0)}\n" for (need, offer), vote in votes.items())
        return _kept_as("verdicts.tsv", "".join(sorted(lines)))
    rows = [
        [str(one.need_id), str(one.offer_id), "fits" if one.fits else "does not fit", one.why]
        for one in found
    ]
    ending = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return table_response("verdicts", ("need", "offer", "verdict", "why"), rows, ending=ending)


@require_POST
def suggest_codes(request: HttpRequest) -> HttpResponse:
    """Say which codes near needs and offers declare, while somebody writes: a hint and no more."""
    subject = subject_of(request)
    words = f"{request.POST.get('title', '')} {request.POST.get('text', '')}"
    words = " ".join(words.replace("\x00", "").split())[:600]
    language = request.POST.get("language") or (get_language() or "en").partition("-")[0]
    found: list[Hint] = []
    if len(words) >= 8 and subject.org_id is not None:
        found = suggested_codes(subject, words, language=language[:3])
    written = f"{request.POST.get('cpv', '')} {request.POST.get('capability', '')}"
    taken = {code.partition("-")[0] for code in re.split(r"[\s,;]+", written)}
    shown = [hint for hint in found if hint.code not in taken][:MOST_HINTS]
    return render(request, "listings/codes.html", {"codes": shown})
