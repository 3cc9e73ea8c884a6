"""Codes by which registers know an organisation: NCAGE, LEI, VAT. Checked for form and check digits."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NCAGE: Final = re.compile(r"[A-Z0-9]{5}")
LEI: Final = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
VAT_PATTERNS: Final = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"(\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{12}",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"(\d{9}|\d{12}|GD\d{3}|HA\d{3})",
}
"""What follows the country prefix of a VAT number."""


def validate_ncage(value: str) -> None:
    """
    Refuse what cannot be a (N)CAGE code: five capitals or digits.

    Raises
    ------
    ValidationError
        The form is wrong.
    """
    if not NCAGE.fullmatch(value):
        raise ValidationError(
            _("%(value)s is no NCAGE code: it has five characters, capitals A-Z and digits."),
            params={"value": value},
            code="ncage",
        )


def validate_lei(value: str) -> None:
    """
    Refuse what cannot be a Legal Entity Identifier.

    Raises
    ------
    ValidationError
        The form or the check digits are wrong.

    References
    ----------
    ISO 17442 (20 characters) with check digits by ISO/IEC 7064, MOD 97-10: letters count from A = 10, the whole
    number leaves 1 on division by 97.
    """
    if not LEI.fullmatch(value) or int("".join(str(int(c, 36)) for c in value)) % 97 != 1:
        raise ValidationError(
            _("%(value)s is no LEI: it has 20 characters and its last two are check digits."),
            params={"value": value},
            code="lei",
        )


def validate_vat(value: str) -> None:
    """
    Refuse what cannot be a VAT number of a Member State or Northern Ireland; others only need a prefix.

    Raises
    ------
    ValidationError
        The form is wrong, or a Romanian check digit is.
    """
    prefix, rest = value[:2], value[2:]
    pattern = VAT_PATTERNS.get(prefix, r"[A-Z0-9.\-]{4,16}")
    good = bool(re.fullmatch(r"[A-Z]{2}", prefix) and re.fullmatch(pattern, rest))
    if good and prefix == "RO":
        good = _has_romanian_check_digit(rest)
    if not good:
        raise ValidationError(
            _(
                "%(value)s is no VAT number: it begins with the country's two letters, such as RO or EL."
            ),
            params={"value": value},
            code="vat",
        )


def _has_romanian_check_digit(digits: str) -> bool:
    """Return whether the last digit of a Romanian fiscal code fits (control key 753217532)."""
    body = digits[:-1].rjust(9, "0")
    total = sum(int(d) * k for d, k in zip(body, (7, 5, 3, 2, 1, 7, 5, 3, 2), strict=True))
    return total * 10 % 11 % 10 == int(digits[-1])
