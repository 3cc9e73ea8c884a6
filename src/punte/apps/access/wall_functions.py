"""The functions of the wall follow the running code: they are brought up to date before every migration."""

import re
from typing import Any

from django.apps import AppConfig
from django.db import connections

from punte.apps.access.wall import FUNCTIONS


def follow_code(
    sender: AppConfig | None = None,
    *,
    using: str = "default",
    **kwargs: Any,  # noqa: ANN401
) -> None:
    """
    Replace the functions of the wall by those of the code, where a database has them already.

    Migrations write policies with the rules of the running code, so an older database needs the functions that
    these rules call before the first of its waiting migrations, not after the one that brought a function in.
    """
    del sender, kwargs
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('wall_array(text)') IS NOT NULL")
        (stands,) = cursor.fetchone()
        if stands:
            cursor.execute(re.sub(r"\bCREATE FUNCTION\b", "CREATE OR REPLACE FUNCTION", FUNCTIONS))
