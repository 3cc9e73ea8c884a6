"""
Post to an address that somebody entered, and let nobody reach through the platform what only it can reach.

The name is looked up once and the connection goes to the very address that was checked, so that a name which
answers otherwise a moment later opens nothing. Nothing is followed: an answer that sends elsewhere is a refusal.
"""

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from punte.kernel.errors import PunteError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST_READ: Final = 2048
"""So much of an answer is read and thrown away [bytes]; more would only cost."""
LONGEST: Final = 500
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
_TRANSLATED: Final = (
    ipaddress.ip_network("64:ff9b::/96"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("2002::/16"),
    ipaddress.ip_network("2001::/32"),
)
"""Addresses of IPv6 behind which an IPv4 one stands that the check would not see."""


REASONS: Final = {
    "form": _("Write an address such as %(example)s, without blanks."),
    "uncallable": _("“%(url)s” is no address that can be called."),
    "scheme": _("The address begins with https:// and names a machine."),
    "secrets": _("Leave names, passwords and what follows a # out of the address: logs keep it."),
    "unknown": _("No machine is called %(host)s."),
    "inside": _(
        "%(host)s is inside a network that is not called. Use a public address, or have the administrator open "
        "the network (PUNTE_WEBHOOK_NETWORKS)."
    ),
    "open": _("Use https://: what is sent must not be read on its way."),
    "silent": _("%(host)s did not answer: %(why)s"),
}
"""Why an address is not called, or a call did not come through, by its code."""


class OutboundError(PunteError):
    """
    An address that is not called, or a call that did not come through; the text says why.

    Parameters
    ----------
    code, values
        Of :data:`REASONS`, for whoever says it later in another language; empty where the text is all there is.
    """

    def __init__(
        self, text: str, *, code: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text)
        self.code, self.values = code, dict(values or {})


def _refusal(code: str, **values: str) -> OutboundError:
    return OutboundError(str(REASONS[code]) % values, code=code, values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a call goes: the scheme is ``https``, or ``http`` inside a network that the administrator named."""

    scheme: str
    host: str
    port: int
    path: str


def read_target(url: str) -> Target:
    """
    Return the parts of an address.

    Raises
    ------
    OutboundError
        It is no address of a web server, names a person and a password, or is longer than :data:`LONGEST`.
    """
    example = "https://hooks.ministry.example/punte"
    if not 0 < len(url) <= LONGEST or not _VISIBLE.fullmatch(url):
        raise _refusal("form", example=example)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refusal("uncallable", url=url) from error
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise _refusal("scheme")
    if not all(parts.hostname.rstrip(".").split(".")):
        raise _refusal("uncallable", url=url)
    if parts.username or parts.password or parts.fragment:
        raise _refusal("secrets")
    return Target(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or (443 if parts.scheme == "https" else 80),
        path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
    )


def choose_address(target: Target, networks: Sequence[Network]) -> str:
    """
    Look the machine up, and return the one address that the call goes to.

    Parameters
    ----------
    networks
        Which the administrator opened, such as the ministry's own; everything else has to be public.

    Raises
    ------
    OutboundError
        The name is unknown, any of its addresses is inside, or it is asked for without TLS outside those networks.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refusal("unknown", host=target.host) from error
    addresses = [_address(str(entry[4][0])) for entry in found]
    opened = [any(one in network for network in networks) for one in addresses]
    if not addresses or not all(
        is_open or _is_public(one) for one, is_open in zip(addresses, opened, strict=True)
    ):
        raise _refusal("inside", host=target.host)
    if target.scheme == "http" and not all(opened):
        raise _refusal("open")
    return str(addresses[0])


def _address(text: str) -> Address:
    found = ipaddress.ip_address(text.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and any(
        address in network for network in _TRANSLATED
    ):
        return False
    return address.is_global and not address.is_multicast


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    networks: Sequence[Network] = (),
    timeout_s: float = 10.0,
) -> int:
    """
    Post to an address and return the status of the answer.

    Parameters
    ----------
    timeout_s
        For the connection, and for each part of the answer [s]; in all it takes twice as long at most, TLS aside.

    Raises
    ------
    OutboundError
        The address is not called, or nothing answered in time.
    """
    target = read_target(url)
    address = choose_address(target, networks)
    connection = _connection(target, address, timeout_s)
    # Each read has its time; one that drips has no more than this in all.
    end = threading.Timer(2 * timeout_s, connection.stop)
    end.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        answer.read(MOST_READ)
        connection.require_whole()
    except (OSError, http.client.HTTPException) as error:
        why = f"{type(error).__name__}: {error}"[:200]
        raise _refusal("silent", host=target.host, why=why) from error
    finally:
        end.cancel()
        connection.close()
    return answer.status


def _connection(target: Target, address: str, timeout_s: float) -> "_Pinned":
    if target.scheme == "http":
        return _Pinned(target.host, target.port, timeout=timeout_s, address=address)
    return _PinnedTls(target.host, target.port, timeout=timeout_s, address=address)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, host: str, port: int, *, timeout: float, address: str) -> None:
        super().__init__(host, port, timeout=timeout)
        self._pinned = address
        self._is_stopped = False
        # The library lets its own go where the answer ends with the connection, and reads on.
        self._held: socket.socket | None = None

    def connect(self) -> None:
        """Open it."""
        self.sock = self._held = socket.create_connection((self._pinned, self.port), self.timeout)

    def require_whole(self) -> None:
        """Refuse an answer that was cut off: what was read of it looks whole."""
        if self._is_stopped:
            raise TimeoutError("the answer took too long")

    def stop(self) -> None:
        """End it from another thread, for whoever waits for an answer."""
        self._is_stopped = True
        if self._held is not None:
            with contextlib.suppress(OSError):
                self._held.shutdown(socket.SHUT_RDWR)


class _PinnedTls(_Pinned):
    """The same under TLS; the certificate is checked against the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Open it, and refuse a certificate that is not the name's."""
        super().connect()
        self.sock = self._held = ssl.create_default_context().wrap_socket(
            self.sock, server_hostname=self.host
        )
