"""Load the countries and their dated, sourced statuses from the project's data. Runs after every migration."""

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

from django.apps import AppConfig

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
