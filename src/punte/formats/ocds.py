"""
Needs as planning releases of the Open Contracting Data Standard 1.1.

References
----------
Open Contracting Partnership, OCDS 1.1 release package, https://standard.open-contracting.org/1.1/en/schema/
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

VERSION: Final = "1.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNeed:
    """
    A need as a buyer plans it.

    Parameters
    ----------
    id
        Of the need, for good.
    buyer_id, buyer, country
        The authority; empty where the reader may not see who it is. The country as ISO 3166-1 alpha-3.
    category
        ``goods``, ``works`` or ``services``.
    cpv
        Codes of the Common Procurement Vocabulary, eight digits each.
    amount_cents, currency
        None where there is none, or the reader may not see it.
    """

    id: str
    address: str
    title: str
    text: str
    language: str
    date: dt.datetime
    buyer_id: str
    buyer: str
    country: str
    category: str
    cpv: Sequence[str] = ()
    quantity: str = ""
    amount_cents: int | None = None
    currency: str = "EUR"


def release_package(
    needs: Sequence[PlannedNeed],
    *,
    uri: str,
    publisher: str,
    prefix: str,
    published: dt.datetime,
) -> dict[str, Any]:
    """
    Return a release package with one planning release for each need.

    Parameters
    ----------
    uri
        Address of the package itself.
    prefix
        The publisher's registered OCID prefix, such as ``ocds-213czf``.
    """
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": published.isoformat(timespec="seconds"),
        "publisher": {"name": publisher},
        "releases": [_release(need, prefix) for need in needs],
    }


def _release(need: PlannedNeed, prefix: str) -> dict[str, Any]:
    date = need.date.isoformat(timespec="seconds")
    planning: dict[str, Any] = {"rationale": need.text}
    if need.amount_cents is not None:
        planning["budget"] = {
            "amount": {"amount": need.amount_cents / 100, "currency": need.currency}
        }
    release: dict[str, Any] = {
        "ocid": f"{prefix}-{need.id}",
        "id": f"{need.id}-{need.date:%Y%m%dT%H%M%SZ}",
        "date": date,
        "tag": ["planning"],
        "initiationType": "tender",
        "language": need.language,
        "planning": planning,
        "tender": _tender(need),
    }
    if need.buyer:
        release["parties"] = [
            {
                "id": need.buyer_id,
                "name": need.buyer,
                "roles": ["buyer"],
                "address": {"countryName": need.country},
            }
        ]
        release["buyer"] = {"id": need.buyer_id, "name": need.buyer}
    return release


def _tender(need: PlannedNeed) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "id": need.id,
        "title": need.title,
        "description": need.text,
        "status": "planning",
        "mainProcurementCategory": need.category,
        "documents": [
            {
                "id": "notice",
                "documentType": "marketStudies",
                "title": need.title,
                "url": need.address,
                "language": need.language,
                "format": "text/html",
            }
        ],
    }
    if need.cpv or need.quantity:
        tender["items"] = [_item(need, index, code) for index, code in enumerate(need.cpv or [""])]
    return tender


def _item(need: PlannedNeed, index: int, code: str) -> dict[str, Any]:
    item: dict[str, Any] = {"id": str(index + 1), "description": need.quantity or need.title}
    if code:
        item["classification"] = {"scheme": "CPV", "id": code}
    return item
