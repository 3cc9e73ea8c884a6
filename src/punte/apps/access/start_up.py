"""Refuse to start where the wall would not hold: the wrong role, an owned table, a missing secret."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection

from punte.apps.access.schema_age import age_of_connected
from punte.kernel.errors import PunteError


class UnsafeStartError(PunteError):
    """The site would run without its wall."""


def role_faults() -> list[str]:
    """Return why the connected role would pass through row-level security; empty when it does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        name, is_superuser, bypasses = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname = 'public' "
            "AND pg_has_role(current_user, c.relowner, 'MEMBER')"
        )
        (owned,) = cursor.fetchone()
    faults = []
    if is_superuser:
        faults.append(f"The database role {name} is a superuser")
    if bypasses:
        faults.append(f"The database role {name} has BYPASSRLS")
    if owned:
        faults.append(
            f"The database role {name} owns {owned} tables, or is a member of their owner"
        )
    return faults


def code_faults() -> list[str]:
    """Return why codes of mails must not be shown on pages; empty where they are not, or this is a demo."""
    if not settings.PUNTE_SHOW_CODES:
        return []
    faults = []
    if settings.HTTPS:
        faults.append("PUNTE_HTTPS is on, so this is a real site")
    if not (settings.EMAIL_BACKEND.endswith(".MailboxBackend") and settings.PUNTE_MAILBOX):
        faults.append("mails leave this site")
    return [f"PUNTE_SHOW_CODES is for the demo: {fault}" for fault in faults]


def refuse_unsafe_start() -> None:
    """
    Stop the process where the pages would not be behind the wall, or the tables are of another version.

    Raises
    ------
    UnsafeStartError
        With every reason, and what to do.
    """
    if faults := code_faults():
        raise UnsafeStartError(
            f"{'; '.join(faults)}. Whoever signs up would prove an address without owning it, so the site does not start. "
            "Take PUNTE_SHOW_CODES away."
        )
    faults = role_faults()
    if settings.DATABASE_ROLE != "app":
        faults.insert(0, "PUNTE_DATABASE_ROLE is 'owner', which is for migrations only")
    if faults:
        raise UnsafeStartError(
            f"{'; '.join(faults)}. Row-level security does not hold for it, so the site does not start. Let "
            "DATABASE_URL name a role with NOSUPERUSER NOBYPASSRLS that owns nothing (punte doctor shows which)."
        )
    if fault := age_of_connected().fault:
        raise UnsafeStartError(f"{fault}.")


@register(Tags.security)
def check_secret(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401
    """Say clearly that the secret key is missing; Django alone would say it at the first use."""
    del app_configs, kwargs
    if settings._wrapped.SECRET_KEY:  # type: ignore[misc]  # noqa: SLF001  (reading it plainly raises)
        return []
    return [
        Error(
            "PUNTE_SECRET_KEY is not set.",
            hint="Set it, or PUNTE_SECRET_KEY_FILE, to 50 random characters; the demo makes its own.",
            id="punte.E001",
        )
    ]


@register(Tags.security)
def check_codes(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ANN401
    """Report codes that a page would show on a site that is no demo."""
    del app_configs, kwargs
    return [
        Error(f"{fault}.", hint="Take PUNTE_SHOW_CODES away.", id="punte.E003")
        for fault in code_faults()
    ]


@register(Tags.database)
def check_role(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ANN401
) -> list[CheckMessage]:
    """Report a role that would pass through the wall (``manage.py check --database default``)."""
    del app_configs, kwargs
    if not databases or settings.DATABASE_ROLE == "owner":
        return []
    return [
        Error(f"{fault}.", hint="Let DATABASE_URL name a role that owns nothing.", id="punte.E002")
        for fault in role_faults()
    ]
