"""
Pages of a list by the key of the last row that was shown.

A cursor holds nothing but values that its reader has seen, signed, so that it neither counts nor names what is hidden.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import Field

from punte.api.problems import RefusalError
from punte.api.schemas import Answer, Asked
from punte.kernel.errors import Problem

M = TypeVar("M", bound=Model)
T = TypeVar("T")
S = TypeVar("S", bound=Answer)
DEFAULT: Final = 50
MOST: Final = 100


class Paging(Asked):
    """Which part of a list is asked for."""

    cursor: str = Field(
        "",
        max_length=600,
        description="`next_cursor` of the page before; empty for the first page.",
    )
    limit: int = Field(DEFAULT, ge=1, le=MOST, description="How many rows at most.")


class Page(Answer, Generic[S]):
    """Some rows of a list, and how to go on. How many there are in all is not told."""

    items: list[S] = Field(description="The rows, in the order of the list.")
    next_cursor: str | None = Field(
        description="What to send as `cursor` for the next page; null on the last one.",
        examples=["WyIyMDI1LTExLTA1Il0:4hX0dJ3u"],
    )


def _signer(name: str) -> Signer:
    return Signer(salt=f"punte.api.cursor.{name}")


def _written(value: object) -> object:
    return (
        value.isoformat()
        if isinstance(value, dt.date)
        else str(value)
        if isinstance(value, UUID)
        else value
    )


def _position(name: str, cursor: str) -> list[Any] | None:
    if not cursor:
        return None
    try:
        found = _signer(name).unsign_object(cursor)
    except (BadSignature, ValueError) as error:
        fault = Problem(
            place="query.cursor",
            what=_("is no cursor of this list."),
            remedy=_("Send `next_cursor` of its page before, or none."),
        )
        raise RefusalError("invalid-input", errors=[fault]) from error
    return list(found)


def _after(order: Sequence[str], position: Sequence[object]) -> Q:
    """Return the condition under which a row comes after a position, in an order by columns that are never null."""
    condition, same = Q(pk__in=[]), Q()
    for column, value in zip(order, position, strict=True):
        name, way = (column[1:], "lt") if column.startswith("-") else (column, "gt")
        condition |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return condition


def _key(row: object, order: Sequence[str]) -> list[object]:
    found = []
    for column in order:
        value = row
        for part in column.removeprefix("-").split("__"):
            value = getattr(value, part)
        found.append(_written(value))
    return found


def rows_of(
    rows: QuerySet[M], asked: Paging, *, name: str, order: Sequence[str]
) -> tuple[list[M], str | None]:
    """
    Return one page of a query, and the cursor of the next.

    Parameters
    ----------
    name
        Of the list: a cursor of another one is refused.
    order
        Columns that are never null, the last of them unique; ``-`` before those that fall.

    Raises
    ------
    RefusalError
        The cursor is none of this list.
    """
    position = _position(name, asked.cursor)
    if position is not None:
        rows = rows.filter(_after(order, position))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    shown = found[: asked.limit]
    is_last = len(found) <= asked.limit
    return shown, None if is_last else _signer(name).sign_object(_key(shown[-1], order))


def lines_of(
    lines: Iterable[T], asked: Paging, *, name: str, key: Callable[[T], Sequence[Any]]
) -> tuple[list[T], str | None]:
    """
    Return one page of a list that a query of an application returns whole, and the cursor of the next.

    Parameters
    ----------
    key
        By what the list is sorted: values that JSON keeps, the last of them unique.

    Raises
    ------
    RefusalError
        The cursor is none of this list.
    """
    ordered = sorted(((list(key(line)), line) for line in lines), key=lambda pair: pair[0])
    position = _position(name, asked.cursor)
    if position is not None:
        ordered = [pair for pair in ordered if pair[0] > position]
    shown = ordered[: asked.limit]
    is_last = len(ordered) <= asked.limit
    cursor = None if is_last else _signer(name).sign_object(shown[-1][0])
    return [line for _key, line in shown], cursor
