"""
Needs as planning releases of the Open Contracting Data Standard 1.1.

References
----------
Open Contracting Partnership, OCDS 1.1 release package, https://standard.open-contracting.org/1.1/en/schema/
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from punte.formats.confidentiality_label import (
    ConfidentialityLabel,
    label_as_record,
    strictest_label,
)
from punte.kernel.errors import PunteError

VERSION: Final = "1.1"
LABEL: Final = "confidentialityLabel"
"""A field beside those of the standard, which allows them: the label of a release, and the strictest of the package."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedNeed:
    """
    A need as a buyer plans it.

    Parameters
    ----------
    id
        Of the need, for good.
    buyer_id, buyer, country
        The authority; empty where the reader may not see who it is. The country by its name in English.
    category
        ``goods``, ``works`` or ``services``.
    cpv
        Codes of the Common Procurement Vocabulary, eight digits each; the first is the main one.
    translations
        Language, title and text each.
    label
        Who may see it, as far as the reader may know.
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
    translations: Sequence[tuple[str, str, str]] = ()
    label: ConfidentialityLabel | None = None


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

    Raises
    ------
    PunteError
        There is no need: the standard knows no empty package.
    """
    if not needs:
        raise PunteError(
            "A release package holds one need at least. Write none where there is none."
        )
    package = {
        "uri": uri,
        "version": VERSION,
        "publishedDate": published.isoformat(timespec="seconds"),
        "publisher": {"name": publisher},
        "releases": [_release(need, prefix) for need in needs],
    }
    strictest = strictest_label(need.label for need in needs if need.label is not None)
    return package if strictest is None else {**package, LABEL: label_as_record(strictest)}


def _release(need: PlannedNeed, prefix: str) -> dict[str, Any]:
    release: dict[str, Any] = {
        "ocid": f"{prefix}-{need.id}",
        "id": f"{need.id}-{need.date:%Y%m%dT%H%M%SZ}",
        "date": need.date.isoformat(timespec="seconds"),
        "tag": ["planning"],
        "initiationType": "tender",
        "language": need.language,
        "planning": _planning(need),
        "tender": _tender(need),
    }
    if need.buyer:
        party: dict[str, Any] = {"id": need.buyer_id, "name": need.buyer, "roles": ["buyer"]}
        if need.country:
            party["address"] = {"countryName": need.country}
        release["parties"] = [party]
        release["buyer"] = {"id": need.buyer_id, "name": need.buyer}
    if need.label is not None:
        release[LABEL] = label_as_record(need.label)
    return release


def _in_languages(name: str, text: str, others: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return a text and its translations under their names, such as ``title`` and ``title_fr``; empty ones are left out."""
    named = {name: text, **{f"{name}_{language}": other for language, other in others}}
    return {key: value for key, value in named.items() if value.strip()}


def _titles(need: PlannedNeed, name: str = "title") -> dict[str, str]:
    return _in_languages(name, need.title, [(code, title) for code, title, _ in need.translations])


def _texts(need: PlannedNeed, name: str) -> dict[str, str]:
    return _in_languages(name, need.text, [(code, text) for code, _, text in need.translations])


def _planning(need: PlannedNeed) -> dict[str, Any]:
    planning: dict[str, Any] = _texts(need, "rationale")
    if need.amount_cents is not None:
        planning["budget"] = {
            "amount": {"amount": need.amount_cents / 100, "currency": need.currency}
        }
    planning["documents"] = [
        {
            "id": "need",
            "documentType": "needsAssessment",
            **_titles(need),
            "url": need.address,
            "language": need.language,
            "format": "text/html",
        }
    ]
    return planning


def _tender(need: PlannedNeed) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "id": need.id,
        **_titles(need),
        **_texts(need, "description"),
        "status": "planning",
        "mainProcurementCategory": need.category,
    }
    if need.cpv or need.quantity:
        tender["items"] = [_item(need)]
    return tender


def _item(need: PlannedNeed) -> dict[str, Any]:
    """Return what is needed as one line: several codes classify it, they do not multiply it."""
    item: dict[str, Any] = {"id": "1", **_titles(need, "description")}
    quantity = need.quantity.strip()
    if re.fullmatch(r"[0-9]+", quantity):
        item["quantity"] = int(quantity)
    elif re.fullmatch(r"[0-9]+\.[0-9]+", quantity):
        item["quantity"] = float(quantity)
    elif quantity:
        item["description"] = f"{need.title}: {quantity}"
    codes = [{"scheme": "CPV", "id": code} for code in dict.fromkeys(need.cpv)]
    if codes:
        item["classification"] = codes[0]
    if codes[1:]:
        item["additionalClassifications"] = codes[1:]
    return item
