"""Where the browser finds live events."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings


def live_address(host: str, run_id: UUID, *, what: str = "runs") -> str:
    """
    Return the address of a run's events: on the site itself behind a proxy, else on the port beside it.

    Parameters
    ----------
    host
        Of the request, its port included.
    what
        ``"runs"`` of the solver, or ``"imports"``.
    """
    path = f"/live/{what}/{run_id}"
    if not settings.LIVE_PORT:
        return path
    name = urlsplit(f"//{host}").hostname or "localhost"
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{settings.LIVE_PORT}{path}"
