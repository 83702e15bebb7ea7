"""Queries whose text Django builds once in a process: afterwards only values change.

Building SQL takes Django longer than PostgreSQL takes to answer it (docs/decisions/queries-are-built-once.md). For the few queries of
pages that everybody opens:

    _TAKEN = Prepared(lambda: Enrollment.objects.filter(learner=Slot("person"), due_on__lt=Slot("today")))
    _TAKEN.rows(person=person.pk, today=today)
"""

from collections.abc import Callable
from copy import copy
from datetime import date
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)
R = TypeVar("R")


class Slot(models.Value):
    """The place of a value that is known when the query is asked; it stands where a query takes an expression."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", (self,)


class Prepared(Generic[M, R]):
    """A query that is built when it is first asked, and kept. Whatever differs from one asking to the next is a `Slot`: `build` must
    not look at the clock, at who asks, or at rows. A day or an hour that was built in is refused, since it would stand still.
    """

    def __init__(self, build: Callable[[], "models.QuerySet[M, R]"]) -> None:
        self.build = build
        self.kept: _Text[M, R] | None = None

    def rows(self, **values: Any) -> list[R]:
        """Every row for these values, one for each slot."""
        self.kept = self.kept or _Text(self.build())
        return list(self.kept.asking(values))

    def first(self, **values: Any) -> R | None:
        """The first row: the query says itself how many it wants (`[:1]`)."""
        return next(iter(self.rows(**values)), None)


class _Text(Generic[M, R]):
    """What is kept of a query: Django's compiler after its work, and the SQL that it wrote."""

    def __init__(self, queryset: "models.QuerySet[M, R]") -> None:
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.parts = self.compiler.as_sql()
        self.slots = {part.value for part in self.parts if isinstance(part, Slot)}
        still = [part for part in self.parts if isinstance(part, date)]
        if still:
            raise ValueError(f"{still[0]} was built into a query that is kept: make it a Slot.")

    def asking(self, values: dict[str, Any]) -> "models.QuerySet[M, R]":
        if values.keys() != self.slots:
            raise TypeError(f"The query wants {sorted(self.slots)}, and was given {sorted(values)}.")
        known: Any = self.queryset
        query: Any = _Ready(self, tuple(values[part.value] if isinstance(part, Slot) else part for part in self.parts))
        asked: models.QuerySet[M, R] = type(known)(model=known.model, query=query, using=known._db)
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(asked, name, getattr(known, name))
        return asked


class _Ready:
    """Stands where a queryset has its query: its compiler has done its work."""

    def __init__(self, text: "_Text[Any, Any]", parameters: tuple[Any, ...]) -> None:
        self.text = text
        self.parameters = parameters

    def get_compiler(self, using: str) -> SQLCompiler:
        compiler: SQLCompiler = copy(self.text.compiler)
        compiler.connection = connections[using]  # of this thread
        compiler.as_sql = lambda *_args, **_options: (self.text.sql, self.parameters)  # type: ignore[method-assign]
        return compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self.text.queryset.query, name)
