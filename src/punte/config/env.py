"""Read settings from the environment; a value that makes no sense stops the start, by name."""

import datetime as dt
import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from punte.kernel.errors import PunteError

YES: Final = ("1", "true", "yes", "on")
NO: Final = ("0", "false", "no", "off")


class ConfigurationError(PunteError):
    """A variable of the environment with a value that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Return the variable as it stands, without the blanks around it."""
    return os.environ.get(name, default).strip()


def moment(name: str) -> dt.datetime | None:
    """
    Return a moment with its zone; None where the variable is empty.

    Raises
    ------
    ConfigurationError
        The value is none.
    """
    value = text(name)
    if not value:
        return None
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ConfigurationError(
            f"{name} is {value!r}: write a moment with its zone, such as 2027-05-15T08:00:00+00:00."
        )
    return found


def flag(name: str, *, default: bool) -> bool:
    """
    Return a yes or a no.

    Raises
    ------
    ConfigurationError
        The value is neither.
    """
    value = text(name).lower()
    if not value:
        return default
    if value in YES:
        return True
    if value in NO:
        return False
    raise ConfigurationError(
        f"{name}={value!r} is neither yes nor no. Write one of {', '.join(YES + NO)}."
    )


def whole(name: str, default: int, *, low: int, high: int) -> int:
    """
    Return a whole number from ``low`` to ``high``, both allowed.

    Raises
    ------
    ConfigurationError
        The value is no whole number, or lies outside.
    """
    value = text(name)
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ConfigurationError(
            f"{name}={value!r} is no whole number. Write one from {low} to {high}."
        ) from None
    if not low <= number <= high:
        raise ConfigurationError(f"{name}={number} is outside {low} to {high}. Choose one inside.")
    return number


def choice(name: str, allowed: Sequence[str]) -> str:
    """
    Return one of ``allowed``; the first where nothing is set.

    Raises
    ------
    ConfigurationError
        The value is none of them.
    """
    value = text(name) or allowed[0]
    if value not in allowed:
        raise ConfigurationError(f"{name}={value!r} is unknown. Write one of {', '.join(allowed)}.")
    return value


def shaped(name: str, default: str, pattern: str, *, said: str) -> str:
    """
    Return a text that fits a pattern as a whole; ``said`` names its form in words.

    Raises
    ------
    ConfigurationError
        The value is of another form.
    """
    value = text(name) or default
    if not re.fullmatch(pattern, value):
        raise ConfigurationError(f"{name}={value!r} is of another form. Write {said}.")
    return value


def words(name: str, default: Sequence[str]) -> list[str]:
    """Return a list written with commas."""
    value = text(name)
    return [word.strip() for word in value.split(",") if word.strip()] if value else list(default)


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """
    Return networks written with commas, such as ``10.2.0.0/16``; none where nothing is set.

    Raises
    ------
    ConfigurationError
        One of them is none.
    """
    found = []
    for word in words(name, []):
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as error:
            raise ConfigurationError(
                f"{name}: {word!r} is no network ({error}). Write such as 10.2.0.0/16 or fd00:2::/32."
            ) from None
    return found


def secret(name: str) -> str:
    """
    Return a secret from ``NAME``, or from the file that ``NAME_FILE`` names; empty where neither is set.

    Raises
    ------
    ConfigurationError
        Both are set, the file cannot be read, or it is empty.
    """
    path = text(f"{name}_FILE")
    if not path:
        return text(name)
    if text(name):
        raise ConfigurationError(f"Both {name} and {name}_FILE are set. Keep one of them.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"{name}_FILE={path!r} cannot be read ({error.strerror}). Name a file that this user may read."
        ) from None
    if not value:
        raise ConfigurationError(f"{name}_FILE={path!r} is empty. Write the secret into it.")
    return value


def database(name: str) -> dict[str, object]:
    """
    Return the connection that ``postgresql://user:password@host:port/name?host=/socket`` describes.

    Nothing set gives an empty name, which Django refuses at the first query: commands that need no
    database run without one.

    Raises
    ------
    ConfigurationError
        Another kind of database, or no database name in it.
    """
    url = secret(name)
    if not url:
        return {"ENGINE": "django.db.backends.postgresql", "NAME": ""}
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ConfigurationError(
            f"{name} begins with {parts.scheme!r}. Punte needs PostgreSQL, because its wall is row-level "
            "security: write postgresql://user:password@host:port/name."
        )
    database_name = unquote(parts.path.lstrip("/"))
    if not database_name:
        raise ConfigurationError(f"{name} names no database. Add it after the last slash.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database_name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": query,
    }
