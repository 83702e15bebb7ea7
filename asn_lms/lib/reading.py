"""Where reports are read: behind the second wall, and on the read replica when there is one (docs/decisions/the-second-wall.md).

Behind the wall the database itself shows rows of some units, and of those below them, to a role that may only read; whoever forgets a
filter gets too little, never another agency's rows. The wall stands for one transaction, so it holds through PgBouncer in transaction
mode. Here is only how it is entered; which tables it protects, and how, is said by the function `raise_report_wall` in the database.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg2.errors import QueryCanceled

logger = logging.getLogger(__name__)
T = TypeVar("T")
REPLICA = "replica"
# A replica that did not answer is asked again after so many seconds.
REST = 15.0
# From this on it is said that figures are behind; pages say the minute.
WORTH_SAYING = timedelta(seconds=1)
_alias: ContextVar[str | None] = ContextVar("alias", default=None)

# Who reads the whole tree has no foreign rows: that role has no policies, whose conditions PostgreSQL must ask before those of a search.
_RAISE = """
    SELECT set_config('role', r.rolname, true), set_config('asn.units', CASE r.rolname WHEN 'asn_lms_reports' THEN (
        SELECT coalesce(array_agg(a.id), '{}')::text
        FROM unnest(%(units)s::text[]) AS top (path) JOIN accounts_agency a ON a.path ~>=~ top.path AND a.path ~<~ (top.path || '~')) ELSE '' END, true)
    FROM pg_roles r WHERE r.rolname = CASE WHEN EXISTS (
        SELECT FROM accounts_agency WHERE depth = 1 AND NOT path LIKE ANY (%(patterns)s)) THEN 'asn_lms_reports' ELSE 'asn_lms_reports_all' END
    AND pg_has_role(session_user, r.oid, 'SET') AND has_table_privilege(r.oid, 'accounts_user', 'SELECT')
"""
# The end of a wall within a transaction that goes on.
LOWER = "SELECT set_config('role', 'none', true), set_config('asn.units', '', true)"
# Seconds that the replica is behind this place in the primary's journal; nothing when it cannot tell, as on a server that was promoted.
_BEHIND = """
    SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL WHEN pg_last_wal_replay_lsn() >= %s::pg_lsn THEN 0
           ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END
"""


@dataclass
class Before(Generic[T]):
    """What is read before the wall goes up, where the rest is read too: sums of a unit above, whose people nobody behind it may see.

    `read` is told the units of the wall. It must return figures, never rows of people.
    """

    read: Callable[[list[str]], T]
    _read: list[T] = field(default_factory=list)

    def take(self, units: list[str]) -> None:
        self._read[:] = [self.read(units)]

    @property
    def value(self) -> T:
        if not self._read:
            raise RuntimeError("What is read before the wall must be handed to whoever raises it")
        return self._read[0]


@dataclass(frozen=True)
class Told(Generic[T]):
    """What was read, and how old it may be: nothing when the primary answered, or a replica that had everything."""

    value: T
    behind: timedelta = timedelta()

    @property
    def seconds(self) -> int:
        """Whole seconds to be said beside the figures; 0: nothing to say."""
        return round(self.behind.total_seconds()) if self.behind >= WORTH_SAYING else 0


class _TooLateError(Exception):
    """The replica is further behind than anybody should read."""


# As what psycopg2 tells that a server is not there or goes away in the middle; its other errors are about what was asked. QueryCanceled is
# among these, but says that something took too long, and it would elsewhere, too.
_LOST = (DatabaseError, OperationalError, InterfaceError)


@dataclass
class _Patience:
    """When a replica that was away may be asked again, in this process."""

    until: float = field(default=0.0)


_patience = _Patience()


def line() -> BaseDatabaseWrapper:
    """The connection for SQL of one's own: that of the wall one is behind, otherwise the primary's."""
    return connections[here()]


def here() -> str:
    """The alias of that connection, for `using`."""
    return _alias.get() or DEFAULT_DB_ALIAS


def behind_the_wall(units: Iterable[str], read: Callable[[], T], *, before: Before[Any] | None = None) -> T:
    """What `read` answers when the database shows it only rows of these units (tree paths) and of those below; from the primary.

    `read` must be done with the database when it returns: no lazy queryset, no generator. Behind a wall already, that one stands: it came
    from further outside, and `before` was read there. On a server without the roles (`raise_report_wall`) there is one wall, the application's.
    """
    return read() if _alias.get() else _read(DEFAULT_DB_ALIAS, list(units), read, before)


def told_behind_the_wall(units: Iterable[str], read: Callable[[], T], *, before: Before[Any] | None = None) -> Told[T]:
    """The same for who tells people how old it is: from the replica, where there is one that is at most REPLICA_SECONDS behind.

    When it is away, or goes away while it is asked, the primary answers.
    """
    if REPLICA not in settings.DATABASES or _alias.get() or time.monotonic() < _patience.until:
        return Told(behind_the_wall(units, read, before=before))
    paths = list(units)
    try:
        return _from_replica(paths, read, before)
    except _TooLateError:
        pass
    except (DatabaseError, InterfaceError) as failure:
        if type(failure) not in _LOST or isinstance(failure.__cause__, QueryCanceled):
            raise
        logger.warning("The read replica does not answer, so the primary does: %s", str(failure).strip())
        _patience.until = time.monotonic() + REST
        connections[REPLICA].close()
    return Told(behind_the_wall(paths, read, before=before))


def state_of_replica() -> str | None:
    """For who watches the site: `ok`, `late` or `away`; None where there is none."""
    if REPLICA not in settings.DATABASES:
        return None
    try:
        _behind(_place())
    except _TooLateError:
        return "late"
    except (DatabaseError, InterfaceError):
        connections[REPLICA].close()
        return "away"
    return "ok"


def _from_replica(units: list[str], read: Callable[[], T], before: Before[Any] | None) -> Told[T]:
    place = _place()

    def punctual(units: list[str]) -> timedelta:
        # Asked before anything is read, so what is read is at least as new.
        behind = _behind(place)
        if before:
            before.take(units)
        return behind

    behind = Before(punctual)
    return Told(_read(REPLICA, units, read, behind), behind.value)


def _place() -> str:
    """How far the primary's journal goes."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        [place] = cursor.fetchone()
        return str(place)


def _behind(place: str) -> timedelta:
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(_BEHIND, [place])
        [seconds] = cursor.fetchone()
    if seconds is None or seconds > settings.REPLICA_SECONDS:
        raise _TooLateError
    return timedelta(seconds=float(seconds))


def _read(alias: str, units: list[str], read: Callable[[], T], before: Before[Any] | None) -> T:
    connection = connections[alias]
    token = _alias.set(alias)
    try:
        if connection.in_atomic_block:
            return _within(connection, units, read, before)
        with transaction.atomic(using=alias):
            _raise(connection, units, before)
            return read()
    finally:
        _alias.reset(token)


def _within(connection: BaseDatabaseWrapper, units: list[str], read: Callable[[], T], before: Before[Any] | None) -> T:
    """In a transaction that goes on afterwards. One that the database has broken off forgets the role by itself."""
    _raise(connection, units, before)
    try:
        value = read()
    except DatabaseError:
        raise
    except BaseException:
        _tell(connection, LOWER)
        raise
    _tell(connection, LOWER)
    return value


def _raise(connection: BaseDatabaseWrapper, units: list[str], before: Before[Any] | None) -> None:
    if before:
        before.take(units)
    _tell(connection, _RAISE, {"units": units, "patterns": [f"{path}%" for path in units]})


def _tell(connection: BaseDatabaseWrapper, sql: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


class Router:
    """Inside `told_behind_the_wall` models are read where it reads; whatever else there is, and every write, is the primary's."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return here()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
