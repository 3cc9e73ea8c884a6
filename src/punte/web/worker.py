"""The service worker, and what tells it whose page it may keep and for how long."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from punte.apps.access.models import Account
from punte.apps.cooperation.snapshot import reader_mark
from punte.web.subject import BEHALF_KEY

KEEP_HEADER: Final = "X-Punte-Keep"
"""On a page that a reader's own browser may keep: the reader's mark, and until when [ms since 1970]."""
_SOURCE: Final = Path(__file__).resolve().parent / "ui" / "static" / "ui" / "js" / "sw.js"


@login_not_required
@require_GET
def serve_worker(request: HttpRequest) -> HttpResponse:
    """Give the service worker from the root, since it answers for no more than what lies below its own address."""
    del request
    return HttpResponse(
        _SOURCE.read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


@require_GET
def show_no_network(request: HttpRequest) -> HttpResponse:
    """Give what a browser shows instead of a page that it does not keep; the service worker puts the day's address in."""
    return let_keep(request, render(request, "public/no_network.html"))


def app_manifest(*, address: str, scope: str, name: str, short_name: str) -> HttpResponse:
    """Say how a page is put on the home screen as an app of its own."""
    return JsonResponse(
        {
            "id": address,
            "name": name,
            "short_name": short_name,
            "start_url": address,
            "scope": scope,
            "display": "standalone",
            "background_color": "#fbfaf7",
            "theme_color": "#0b5a6f",
            "icons": _icons(),
        },
        content_type="application/manifest+json",
    )


def _icons() -> list[dict[str, str]]:
    """Return the pictures of the home screen: drawn by ``tools/draw_icons.py``, for systems that take no SVG."""
    icons = [{"src": static("ui/img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    icons += [_icon(f"icon-{side_px}", side_px) for side_px in (192, 512)]
    return [*icons, {**_icon("icon-maskable-512", 512), "purpose": "maskable"}]


def _icon(name: str, side_px: int) -> dict[str, str]:
    sizes = f"{side_px}x{side_px}"
    return {"src": static(f"ui/img/{name}.png"), "sizes": sizes, "type": "image/png"}


def let_keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Let the reader's browser keep a page for when the network fails; never one read in another's name."""
    if isinstance(request.user, Account) and not request.session.get(BEHALF_KEY):
        until = timezone.now().timestamp() + min(
            settings.SESSION_COOKIE_AGE, request.session.get_expiry_age()
        )
        response[KEEP_HEADER] = f"{reader_mark(request.user.pk)} {int(until * 1000)}"
    return response


class OwnPagesMiddleware:
    """Let no cache keep what a signed-in person reads: after signing out, going back shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and mark the answer where it was for one person."""
        response = self.get_response(request)
        if isinstance(request.user, Account) and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response
