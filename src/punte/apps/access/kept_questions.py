"""
Questions to the database that are composed once, and planned once per connection.

For a page of few rows, Django's composing of a statement and the database's planning of it, with the policies of every table in it, take
many times longer than the answer. A :class:`Kept` question is a queryset like any other, with a place, :class:`Asked`, where the values
differ. It answers with what the queryset would: the same rows, behind the same wall, in the name of whoever asks.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, Expression, Field, Func, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler

from punte.apps.access.kept_plans import planned

R = TypeVar("R")
KEY: Final = UUIDField()
KEYS: Final = ArrayField(UUIDField())


class Asked(Expression):
    """A place in a question for a value that is named when it is asked."""

    def __init__(self, name: str, output_field: "Field[Any, Any]" = KEY) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ANN401
        """Return the place; :meth:`Kept.ask` puts the value there."""
        del compiler, connection
        return "%s", (self,)


class IsAmong(Func):
    """
    ``value = ANY (array)``.

    Equality of keys is leakproof, the operators of arrays (``@>``, Django's ``contains``) are not: behind the wall only the former may be
    looked at before the policies of each row, which take a hundred times longer.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    arity = 2
    output_field = BooleanField()


class Kept(Generic[R]):
    """
    A question that is kept.

    Parameters
    ----------
    write
        Returns the queryset. It is called once, at the first asking: it may depend on nothing but what it writes, nor name a time zone.
    """

    def __init__(self, write: Callable[[], QuerySet[Any, R]]) -> None:
        self._write = write

    @cached_property
    def _written(self) -> tuple[QuerySet[Any, R], Any, str, tuple[Any, ...]]:
        queryset = self._write()
        compiler: Any = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        statement, parameters = compiler.as_sql()
        converters = compiler.get_converters(
            [one for one, *_ in compiler.select[: compiler.col_count]]
        )
        compiler.get_converters = lambda _expressions: converters
        return queryset, compiler, statement, tuple(parameters)

    def ask(self, **values: object) -> list[R]:
        """
        Return the rows, with these values in the places of the question.

        Raises
        ------
        NoSubjectError
            No subject is active.
        """
        queryset, compiler, statement, parameters = self._written
        queryset.model._default_manager.all()  # noqa: SLF001  (public in Django; it asks in whose name)
        told = [values[one.name] if isinstance(one, Asked) else one for one in parameters]
        asked = planned(statement, len(told)) if settings.KEEP_PLANS else statement
        # What the compiler found out about the columns stays; the connection is this thread's.
        again = copy(compiler)
        again.connection = connection
        again.as_sql = lambda *_args, **_named: (asked, told)
        chosen = queryset.all()
        chosen.query.get_compiler = lambda *_args, **_named: again  # type: ignore[method-assign]
        return list(chosen)

    def first(self, **values: object) -> R | None:
        """Return the first of the rows; ``None`` where there is none. The question itself says how many it reads."""
        return next(iter(self.ask(**values)), None)
