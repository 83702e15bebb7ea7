"""The product on several machines, as docs/scaling.md draws it, all of them this one: two web servers and two workers that know the
databases only through PgBouncer in transaction mode, a clock, and a read replica.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import override_settings

from asn_lms import embedded
from asn_lms.keeper.account import Account
from asn_lms.keeper.places import data_place
from asn_lms.keeper.servers import Server
from asn_lms.serve import answers, port_is_free
from tests import services
from tests.replica import Replica, primary_socket
from tests.served import forget, free_port, wait_until
from tests.stack import HASHERS

DATABASE = f"test_fleet_{services.WORKER}".rstrip("_")
PGBOUNCER = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
# Every setting that differs from PgBouncer's own; docker-compose.yml has the same mode of pooling. Whoever waits for a server that is gone
# would wait for two minutes by default.
_POOL = """
[databases]
primary = host={primary} dbname={database}
replica = host={replica} dbname={database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 5
max_client_conn = 200
query_wait_timeout = 3
"""


class Pool:
    """PgBouncer before both servers."""

    def __init__(self, folder: Path, replica: Replica) -> None:
        self.port = free_port()
        account = Account.for_servers()
        (folder / "run").mkdir(parents=True, exist_ok=True)
        self.place = data_place(folder, account)
        users, settings = self.place / "users", self.place / "pgbouncer.ini"
        users.write_text('"asn_lms" ""\n"asn_lms_web" ""\n')
        settings.write_text(
            _POOL.format(
                primary=primary_socket(), replica=replica.sockets, database=DATABASE, port=self.port, users=users
            )
        )
        self.server = Server(
            name="PgBouncer",
            account=account,
            command=[PGBOUNCER, str(settings)],
            log=self.place / "pgbouncer.log",
            ready=lambda: not port_is_free(self.port),
            stop_signals=(signal.SIGTERM,),
        )
        for path in (users, settings):
            path.chmod(0o644)

    def url(self, database: str, *, user: str) -> str:
        return f"postgres://{user}@127.0.0.1:{self.port}/{database}"


class Fleet:
    """Everything that runs, by name: `web 1`, `web 2`, `worker 1`, `worker 2`, `clock`."""

    def __init__(self, folder: Path, blocker: Any) -> None:
        self.folder, self.blocker = folder, blocker
        self.replica = Replica(folder / "replica")
        self.ports = {name: free_port() for name in ("web 1", "web 2")}
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.held = contextlib.ExitStack()
        self.url = f"http://127.0.0.1:{self.ports['web 1']}"

    def start(self) -> None:
        services.copy(DATABASE, of=services.template())
        # Only its Valkey is used: broker and cache of the fleet alone.
        self.redis = self.held.enter_context(embedded.running(self.folder / "services")).redis
        self.replica.make()
        self.pool = Pool(self.folder / "pool", self.replica)
        self.pool.server.start()
        self.pool.server.wait_ready()
        self._prepare()
        for name in ("web 1", "web 2", "worker 1", "worker 2", "clock"):
            self.launch(name)
        for port in self.ports.values():
            wait_until(partial(answers, port, ""), f"the web server on {port}", seconds=180)

    def _prepare(self) -> None:
        """Past PgBouncer, as docker-compose.yml does it."""
        words, own = [sys.executable, "-m", "asn_lms.serve", "prepare"], {"DATABASE_URL": services.url_of(DATABASE)}
        subprocess.run(words, env=self._environment("prepare") | own, check=True, capture_output=True)

    def _environment(self, name: str) -> dict[str, str]:
        return os.environ | {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.pool.url("primary", user="asn_lms_web" if name.startswith("web") else "asn_lms"),
            "DATABASE_REPLICA_URL": self.pool.url("replica", user="asn_lms_web"),
            "REDIS_URL": self.redis,
            "SITE_URL": self.url,
            "PORT": str(self.ports.get(name, 0)),
            "CONN_MAX_AGE": "0",
            "RATE_LIMITS": "off",
            "DEMO": "0",
            "WEB_WORKERS": "1",
            "WORKER_PROCESSES": "1",
        }

    def launch(self, name: str) -> None:
        words = [sys.executable, "-m", "asn_lms.serve", name.split()[0]]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                words, env=self._environment(name), stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, name: str) -> None:
        """As a machine that is gone: the process and all of its children."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)
        if hasattr(self, "pool"):
            self.pool.server.stop()
        self.replica.end()
        services.drop(DATABASE)
        self.held.close()
        forget(self.folder / "services")
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def rows(self) -> Iterator[None]:
        """Inside, Django's models read and write the rows of the fleet, past PgBouncer; for tests without `django_db`."""
        before = dict(connection.settings_dict)
        connection.close()
        connection.settings_dict["NAME"] = DATABASE
        try:
            with (
                self.blocker.unblock(),
                override_settings(
                    PASSWORD_HASHERS=HASHERS, SECRET_KEY=embedded.secret_key(self.folder), SITE_URL=self.url
                ),
            ):
                yield
        finally:
            connection.close()
            connection.settings_dict.update(before)
