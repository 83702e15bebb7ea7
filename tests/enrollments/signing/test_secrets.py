"""What a person types to sign is nowhere afterwards: not in tables, broker, log, traceback or error page."""

import logging
import sys
import traceback
from typing import Any

import pytest
import redis
from django.conf import settings as configured
from django.db import connection
from django.views.debug import ExceptionReporter

from asn_lms.lib.secret import Secret
from enrollments.signing.signers import SIGNERS, OneTimeCode, Signatory
from enrollments.signing.trouble import SigningTrouble
from tests.bsre_server import NIK, BsreServer, Fault

pytestmark = pytest.mark.django_db
CANARY = "kenari-passphrase-93f1"
HEAD = Signatory("Kepala BKPSDM", "Pemerintah Kota Medan", owner="7", nik=NIK)
FAULTS: tuple[Fault, ...] = ("", "500 empty", "500 paper", "502 page", "garbage", "no json", "hang up", "unsigned")


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        texts = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            texts += [row for (row,) in cursor.fetchall()]
    return "\n".join(texts)


def everything_in_the_broker() -> bytes:
    client = redis.Redis.from_url(configured.REDIS_URL)
    reads: dict[Any, Any] = {
        b"string": client.get,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
    }
    return repr([(key, reads[client.type(key)](key)) for key in client.scan_iter()]).encode()


def told(error: BaseException) -> str:
    """The error as text with every local name of every frame below this test's own, ours and Django's way."""
    parts = []
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or one in seen:
            continue
        seen.append(one)
        waiting += [one.__cause__, one.__context__]
        frames = one.__traceback__
        if one is error and frames is not None:
            frames = frames.tb_next  # this test's own frame holds the word itself
        parts.append(
            "".join(traceback.TracebackException(type(one), one, frames, capture_locals=True).format(chain=False))
        )
        parts.append(ExceptionReporter(None, type(one), one, frames).get_traceback_html())
        parts.append(repr(one) + str(one) + repr(one.args))
    return "\n".join(parts)


@pytest.mark.parametrize("name", ["bsre_v1", "bsre_v2", "local_person"])
@pytest.mark.parametrize("kind", [Secret, OneTimeCode])
def test_the_passphrase_is_nowhere_after_signing_well_or_badly(
    name: str, kind: type[Secret[str]], bsre: BsreServer, paper: bytes, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    for logger in ("pyhanko", "pyhanko_certvalidator"):
        caplog.set_level(logging.DEBUG, logger)
    errors = []
    for fault in FAULTS:
        bsre.fault = fault
        for tried in (paper, b"no paper"):
            try:
                SIGNERS[name].sign(
                    tried, signatory=HEAD, secret=kind(CANARY), reason="", place="", url="https://contoh/v/1"
                )
            except SigningTrouble:
                errors.append(sys.exc_info()[1])
    if name.startswith("bsre"):
        assert any(CANARY.encode() in body for _path, body in bsre.asked)  # it did go where it belongs
    assert errors
    for error in errors:
        assert error is not None
        assert CANARY not in told(error)
    kept = everything_in_the_database()
    assert CANARY not in kept
    assert CANARY.encode().hex() not in kept
    assert CANARY.encode() not in everything_in_the_broker()
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())


def test_the_search_would_find_it(bsre: BsreServer) -> None:
    """The searches above are worth something: each finds a word that really is there."""
    from tests import make

    make.person(CANARY)
    assert CANARY in everything_in_the_database()

    def careless() -> None:
        bare = CANARY
        raise ValueError(len(bare))

    try:
        careless()
    except ValueError as error:
        assert CANARY in told(error)  # noqa: PT017
