"""Load the countries and their dated, sourced statuses from the project's data. Runs after every migration."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from punte.apps.access.models import Country, Framework, Status

DATA: Final = Path(__file__).parent / "data"


def load_reference(sender: AppConfig | None = None, **kwargs: Any) -> None:  # noqa: ANN401
    """
    Bring countries, frameworks and statuses up to the project's data; may run any number of times.

    A status that someone withdrew stays withdrawn: the data says what was, the withdrawal what was decided.
    """
    del sender, kwargs
    _load_countries()
    facts = json.loads((DATA / "statuses.json").read_text(encoding="utf-8"))
    Framework.objects.bulk_create(
        [Framework(order=order, **row) for order, row in enumerate(facts["frameworks"])],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "standing", "kind", "order"],
    )
    Status.objects.bulk_create(
        [_status(row) for row in facts["statuses"]],
        update_conflicts=True,
        unique_fields=["country", "framework", "since"],
        update_fields=["since_text", "until", "sources", "verified", "note"],
    )


def _load_countries() -> None:
    import pycountry

    Country.objects.bulk_create(
        [
            Country(
                code=country.alpha_3,
                alpha_2=country.alpha_2,
                name=getattr(country, "common_name", country.name),
            )
            for country in pycountry.countries
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["alpha_2", "name"],
    )


def _status(row: dict[str, Any]) -> Status:
    return Status(
        country_id=row["country"],
        framework_id=row["framework"],
        since=dt.date.fromisoformat(row["since"]),
        since_text=row["since_text"],
        until=dt.date.fromisoformat(row["until"]) if row["until"] else None,
        sources=row["sources"],
        verified=row["verified"],
        note=row.get("note", ""),
    )


def words_of_the_data() -> tuple[str, ...]:
    """Return the words that the data hold and pages show, so that translators meet them."""
    return (
        gettext_noop("European Union"),
        gettext_noop("European Economic Area (EFTA States)"),
        gettext_noop("Candidate for the European Union"),
        gettext_noop("Acceding to the European Union"),
        gettext_noop("EU Security and Defence Partnership"),
        gettext_noop("Partnership for Peace"),
        gettext_noop("Individual Partnership Action Plan"),
        gettext_noop("Defence Capacity Building"),
        gettext_noop("Interoperability Platform"),
        gettext_noop("Enhanced Opportunities Partner"),
        gettext_noop("is a NATO Ally"),
        gettext_noop("is a Member State of the European Union"),
        gettext_noop("is an EFTA State of the European Economic Area"),
        gettext_noop("is a candidate for the European Union"),
        gettext_noop("is acceding to the European Union"),
        gettext_noop("has a Security and Defence Partnership with the European Union"),
        gettext_noop("takes part in NATO's Partnership for Peace"),
        gettext_noop("has an individual partnership plan with NATO"),
        gettext_noop("has a Defence Capacity Building package from NATO"),
        gettext_noop("is in NATO's Interoperability Platform"),
        gettext_noop("is an Enhanced Opportunities Partner of NATO"),
    )


def remarks_of_the_data() -> tuple[str, ...]:
    """Return the remarks of the data, and what countries may do by them, so that translators meet them too."""
    return (
        gettext_noop("before 2024"),
        gettext_noop("by 2024-03-07"),
        gettext_noop("the source at hand gives the month; the day is from memory"),
        gettext_noop("first country with one"),
        gettext_noop("the source gives the year"),
        gettext_noop("the source gives the year; since then under One Partner, One Plan"),
        gettext_noop("the source gives the month"),
        gettext_noop("the source lists it on that day, not since when"),
        gettext_noop("inferred from the definition"),
        gettext_noop("unless it has an agreement under Article 17 of the regulation"),
        gettext_noop("the legal text was not read"),
        gettext_noop("the instrument ended on 2025-12-31"),
        gettext_noop("inferred: the EDF covers Member States and Norway"),
        gettext_noop(
            "take part in common procurement by three countries of which two Member States (as reported by the press)"
        ),
        gettext_noop("receive additional quantities"),
        gettext_noop("receive funding as associated country"),
        gettext_noop("receive assistance measures"),
    )
