"""The public key by which the site signs the open records of its editions, at an address that stays."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from punte.apps.cooperation.signing import RECORDS, own_key
from punte.formats.record_signature import key_pem


@login_not_required
@require_GET
def give(request: HttpRequest) -> HttpResponse:
    """Give the key as PEM."""
    del request
    key = key_pem(own_key(RECORDS).public_key())
    return HttpResponse(key, content_type="application/x-pem-file")
