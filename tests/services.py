"""The tests have a DATA_DIR and services of their own. Imported by conftest.py before any settings are read.

With DATABASE_URL and REDIS_URL set, those servers are used instead, and everything on that Valkey is the tests'. Test databases are copies
of one migrated template, which is kept for the next run as long as no migration changes. Each process of `-n` has a DATA_DIR and servers of
its own, so none waits for another's transactions; of servers that were given it has databases and Valkey databases of its own.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from typing import Any

import environ
import psycopg2

from asn_lms import embedded

if "asn_lms.settings" in sys.modules:
    raise RuntimeError("Unset DJANGO_SETTINGS_MODULE: the tests choose their own database before settings are read.")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # gw0, gw1 …; empty when the suite runs in one process
NUMBER = int(WORKER.removeprefix("gw") or 0)
_given = {name: os.environ.get(name) for name in ("DATA_DIR", "DATABASE_URL", "REDIS_URL", "SITE_URL")}
TEST_DATA = embedded.default_data_dir() / "test"
DATA_DIR = TEST_DATA / WORKER


def _choose() -> None:
    here = embedded.urls(DATA_DIR)
    os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or here.database
    os.environ["REDIS_URL"] = redis_url(NUMBER, of=os.environ.get("REDIS_URL") or here.redis)
    os.environ["DATA_DIR"] = str(DATA_DIR)
    os.environ["DJANGO_SETTINGS_MODULE"] = "asn_lms.settings"
    os.environ.pop("SITE_URL", None)


def start() -> None:
    """From now on the servers answer, where none were given."""
    if not (_given["DATABASE_URL"] and _given["REDIS_URL"]):
        embedded.ensure(DATA_DIR)


def give_back() -> None:
    """The environment is again what it was: processes started from now on choose for themselves."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    for name, value in _given.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def redis_url(number: int, *, of: str = "") -> str:
    """The URL of one of the sixteen databases of the tests' Valkey."""
    server = (of or os.environ["REDIS_URL"]).partition("?")[0]
    if server.startswith("unix:"):
        return f"{server}?db={number}"
    return "/".join([*server.split("/")[:3], str(number)])


def url_of(database: str) -> str:
    """The URL of another database on the tests' server."""
    head, _, query = os.environ["DATABASE_URL"].partition("?")
    return head.rpartition("/")[0] + f"/{database}" + (f"?{query}" if query else "")


def tell_server(*statements: str) -> list[Any]:
    """Runs statements outside any transaction, in the database that is always there; the rows of the last one."""
    where = environ.Env().db_url_config(url_of("postgres"))
    keys = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {key: where[name] for key, name in keys.items() if where[name]}
    line = psycopg2.connect(**known, **where.get("OPTIONS", {}))
    line.autocommit = True
    try:
        with line.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        line.close()


def drop(*databases: str) -> None:
    """Throws databases away, and ends whoever of ours still speaks to them.

    `WITH (FORCE)` would also end a worker of autovacuum, for which it needs a superuser; the plain statement asks that worker to go and waits.
    """
    for name in databases:
        ours = f"datname = '{name}' AND pg_has_role(usesysid, 'USAGE')"
        tell_server(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}",
            f'DROP DATABASE IF EXISTS "{name}"',
        )


def copy(database: str, *, of: str) -> None:
    """Makes a database anew as a copy of another, to which nobody may speak meanwhile."""
    drop(database)
    tell_server(f'CREATE DATABASE "{database}" TEMPLATE "{of}"')


def template() -> str:
    """The name of a database with every migration applied and nothing else done to it."""
    root = embedded.ROOT
    seen = hashlib.sha256((root / "requirements.txt").read_bytes())
    for file in sorted(root.glob("*/migrations/*.py")):
        seen.update(file.name.encode() + file.read_bytes())
    name = f"template_{seen.hexdigest()[:16]}"
    TEST_DATA.mkdir(parents=True, exist_ok=True)
    with (TEST_DATA / "template.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = [row[0] for row in tell_server("SELECT datname FROM pg_database WHERE datname LIKE 'template\\___%'")]
        if name not in known:
            drop(*known, "new_template")
            tell_server('CREATE DATABASE "new_template"')
            migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(migrate, cwd=root, env=os.environ | {"DATABASE_URL": url_of("new_template")}, check=True)
            tell_server(f'ALTER DATABASE "new_template" RENAME TO "{name}"')
    return name


_choose()
