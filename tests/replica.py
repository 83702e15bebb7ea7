"""A read replica: a second PostgreSQL that follows the tests' own by streaming replication."""

import shutil
import signal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
import psycopg2

from asn_lms.keeper import runtime_dir
from asn_lms.keeper.account import Account
from asn_lms.keeper.places import data_place
from asn_lms.keeper.servers import Server, postgres, postgres_programs
from tests import services
from tests.served import wait_until


def primary_socket() -> str:
    """The folder of the socket of the tests' server; empty where that is somebody else's, of whom no copy is to be had."""
    return parse_qs(urlsplit(services.url_of("postgres")).query).get("host", [""])[0]


class Replica:
    """Made as an administrator makes one: `pg_basebackup -R`, then a server on the copy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "run").mkdir(parents=True, exist_ok=True)
        self.account = Account.for_servers()
        self.place = data_place(folder, self.account)
        self.sockets = runtime_dir(folder)
        self.server: Server | None = None

    def make(self) -> None:
        self.account.make_dir(self.sockets, 0o700)
        copy = [str(postgres_programs(self.account) / "pg_basebackup"), "-h", primary_socket(), "-U", "postgres"]
        code, said = self.account.run(
            [*copy, "-D", str(self.place / "postgres"), "-R", "--checkpoint=fast", "-X", "stream"]
        )
        assert code == 0, said
        self.start()

    def start(self) -> None:
        self.server = postgres(self.account, self.place / "postgres", self.sockets, log=self.place / "postgres.log")
        self.server.start()
        self.server.wait_ready()

    def kill(self) -> None:
        """As a machine that is gone: nothing is said to anybody."""
        assert self.server is not None
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGQUIT)
        self.server.process.wait(20)

    def end(self) -> None:
        if self.server is not None:
            self.server.stop()
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, *, user: str = "asn_lms_web") -> str:
        return f"postgres://{user}@/{database}?host={self.sockets}"

    def tell(self, sql: str) -> Any:
        """The first value of the answer, as the server's own administrator."""
        where = environ.Env().db_url_config(self.url("postgres", user="postgres"))
        line = psycopg2.connect(dbname=where["NAME"], user=where["USER"], **where["OPTIONS"])
        try:
            line.autocommit = True
            with line.cursor() as cursor:
                cursor.execute(sql)
                found = cursor.fetchone()
                return found[0] if found else None
        finally:
            line.close()

    def catch_up(self) -> None:
        """Returns when everything that is committed by now can be read here."""
        [[place]] = services.tell_server("SELECT pg_current_wal_lsn()::text")
        wait_until(
            lambda: self.tell(f"SELECT coalesce(pg_last_wal_replay_lsn() >= '{place}', false)"), "the replica to follow"
        )
