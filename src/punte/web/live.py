"""Where the browser finds live events."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest


def live_address(request: HttpRequest, run_id: UUID) -> str:
    """Return the address of a run's events: on the site itself behind a proxy, else on the port beside it."""
    path = f"/live/runs/{run_id}"
    if not settings.LIVE_PORT:
        return path
    host = urlsplit(f"//{request.get_host()}").hostname or "localhost"
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.LIVE_PORT}{path}"
