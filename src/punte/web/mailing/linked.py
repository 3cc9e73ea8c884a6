"""The text of a mail for a page: escaped, its addresses made into links."""

import re
from typing import Final

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

ADDRESS: Final = re.compile(r"(https?://[\w\[][^\s<>\"“”„»]*)")
TRAILING: Final = ".,;:!?'\N{RIGHT SINGLE QUOTATION MARK}\N{HORIZONTAL ELLIPSIS}"


def linked(text: str) -> SafeString:
    """Return the text with each http and https address as a link; one of another site is told nothing of this one."""
    pieces = ADDRESS.split(text)
    return format_html_join(
        "", "{}", ((_link(piece) if at % 2 else piece,) for at, piece in enumerate(pieces))
    )


def _link(address: str) -> SafeString:
    rest = ""
    # A full stop, or a bracket that was opened before the address, belongs to the sentence.
    while address[-1] in TRAILING or (
        address[-1] in ")]}" and address.count(address[-1]) > address.count(OPENED[address[-1]])
    ):
        address, rest = address[:-1], address[-1] + rest
    if _is_own(address):
        return format_html('<a href="{}">{}</a>{}', address, address, rest)
    return format_html(
        '<a href="{}" rel="noopener noreferrer nofollow">{}</a>{}', address, address, rest
    )


OPENED: Final = {")": "(", "]": "[", "}": "{"}


def _is_own(address: str) -> bool:
    own = settings.PUNTE_ADDRESS
    return address == own or address.startswith((f"{own}/", f"{own}?", f"{own}#"))
