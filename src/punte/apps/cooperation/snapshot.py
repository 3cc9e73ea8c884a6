"""What a check-in desk takes along for when the network fails: a signed list that runs out, of exactly whom it sees."""

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from punte.apps.access.actions import record
from punte.apps.access.permissions import Subject
from punte.apps.cooperation.desk import who_is_here
from punte.apps.cooperation.permissions import NotPartOfItError, may_check_in
from punte.apps.cooperation.turned_away import turned_away
from punte.apps.forum.models import Delegate, Edition
from punte.apps.people.models import Right
from punte.apps.people.queries import end_of_right

SNAPSHOT_FORMAT: Final = "punte.check-in.snapshot/1"
LIFE: Final = dt.timedelta(hours=12)
"""How long a list can be opened: a working day, as long as a session."""
_ORDER_P256: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The list as text, and the site's signature of exactly this text, as a browser checks it."""

    text: str
    signature: str


def take_snapshot(*, by: Subject, edition: Edition) -> Snapshot:
    """
    Return the delegates that a desk sees and lets in now, with who is here, signed; it runs out with the right, at the latest in 12 h.

    Raises
    ------
    NotPartOfItError
        The subject works at no desk of the edition.
    """
    if not may_check_in(by, edition.pk):
        raise NotPartOfItError(
            _("Checking in takes the right for it at this edition. Ask an organiser.")
        )
    now = timezone.now()
    here = who_is_here(edition)
    rows = (
        Delegate.objects.filter(edition=edition)
        .exclude(pk__in=turned_away(edition.pk))
        .select_related("organisation")
    )
    people = []
    for row in rows.order_by("badge_name", "pk"):
        presence = here.get(row.pk)
        since = presence.since if presence is not None else None
        people.append(
            {
                "code": row.code,
                "name": row.badge_name,
                "organisation": row.organisation.name,
                "since": since.isoformat() if since else "",
            }
        )
    content = {
        "format": SNAPSHOT_FORMAT,
        "edition": edition.slug,
        "made_at": now.isoformat(),
        "valid_until": _valid_until(by, edition, now).isoformat(),
        "people": people,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    record("check_in.snapshot", None, edition_id=edition.pk, people=len(people))
    return Snapshot(text=text, signature=sign(text))


def _valid_until(by: Subject, edition: Edition, now: dt.datetime) -> dt.datetime:
    if by.person_id is None:
        return now
    end = end_of_right(by.person_id, (Right.CHECK_IN, Right.ORGANISE), edition.pk, now)
    return now + LIFE if end is None else min(end, now + LIFE)


def sign(text: str) -> str:
    """Return the site's signature of a text: ECDSA on P-256 with SHA-256, both halves in base64 as WebCrypto reads them."""
    der = _own_key(settings.SECRET_KEY).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    first, second = decode_dss_signature(der)
    return base64.b64encode(first.to_bytes(32, "big") + second.to_bytes(32, "big")).decode()


def public_key() -> str:
    """Return the point against which a browser checks signatures, in base64."""
    point = (
        _own_key(settings.SECRET_KEY)
        .public_key()
        .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    )
    return base64.b64encode(point).decode()


def reader_mark(account_id: object) -> str:
    """Return a name for an account that says nothing about it, by which a browser tells whose page it keeps."""
    return hashlib.blake2s(
        f"reader {account_id}".encode(),
        key=hashlib.sha256(settings.SECRET_KEY.encode()).digest(),
        digest_size=12,
    ).hexdigest()


@lru_cache(maxsize=4)
def _own_key(secret: str) -> ec.EllipticCurvePrivateKey:
    """Derive the site's key for these signatures from its secret, so that no further secret is to be kept."""
    drawn = HKDF(hashes.SHA256(), 48, salt=None, info=b"punte check-in snapshot").derive(
        secret.encode()
    )
    return ec.derive_private_key(
        int.from_bytes(drawn, "big") % (_ORDER_P256 - 1) + 1, ec.SECP256R1()
    )
