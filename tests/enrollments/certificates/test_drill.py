"""The short form of `make drill-certificates` (promise R2), and that who checks it would see each broken promise."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.notices.models import Notice
from asn_lms.embedded import ROOT
from enrollments.attempts.actions import take_input
from enrollments.certificates.actions import confirm, issue_certificate
from enrollments.certificates.models import Certificate
from tests import make
from tests.drills.checks import Book, broken, surplus
from tests.drills.killer import FLUSH, PARTS, plan
from tests.drills.unguarded import unguard
from tests.served import Served

NOW = datetime(2026, 11, 16, 4, tzinfo=UTC)
KILLED_AT = time.time()


def test_two_hundred_completions_with_every_part_killed_are_two_hundred_certificates(bare: Served) -> None:
    if bare.process is None:
        bare.start(seconds=900)  # a first start, on whatever machine
    assert bare.process is not None
    if bare.process.poll() is None:
        bare.stop()
    words = ["--people", "200", "--kills", "6", "--flushes", "2", "--seed", "3", "--minutes", "20", "--hasty"]
    drill = subprocess.run(
        [sys.executable, "-m", "tests.drills.certificates", *words, "--folder", str(bare.data_dir)],
        cwd=ROOT,
        env=bare.env,
        capture_output=True,
        text=True,
    )
    said = drill.stdout
    assert drill.returncode == 0, said + drill.stderr[-2000:]
    for line in ("completions_acknowledged 200 people", "certificates 200 ", "numbers_used 200 ", "message_ids 200 "):
        assert f"\n{line}" in said
    assert "\nkills 6 kills" in said
    assert "\nflushes 2 flushes" in said
    assert said.endswith("R2 kept\n")


def test_a_plan_kills_every_part_alike_spread_over_the_work_and_by_its_seed_alone() -> None:
    faults = plan(1, 40_000, 60, 20)
    assert faults == plan(1, 40_000, 60, 20) != plan(2, 40_000, 60, 20)
    whats = [fault.what for fault in faults]
    assert [whats.count(part) for part in (*PARTS, FLUSH)] == [12, 12, 12, 12, 12, 20]
    assert all(sum(low <= fault.at < low + 10_000 for fault in faults) > 10 for low in range(0, 40_000, 10_000))
    assert faults[-1].whole
    assert faults[-1].what == "worker"


# --- Who checks sees each broken promise ---


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def book(db: None, media: Path) -> Book:
    """Three people who went the whole way, and what was written down outside."""
    cohort = make.cohort(version=make.version(lessons=1, jp=Decimal("2.25")))
    places = [make.enrollment(cohort=cohort, started_at=NOW) for _ in range(3)]
    for place in places:
        take_input(place, place.version.lessons.get(), {"done": "1"}, by=place.learner)
        row = confirm(Certificate.objects.get(enrollment=place), by=place.learner)
        assert issue_certificate(row.pk, NOW)
    ready = Notice.objects.filter(kind="certificate.ready")
    ready.update(mail_state="sent", sent_at=NOW)
    held = {place.pk: place.learner_id for place in places}
    return Book(
        places=set(held),
        jp=Decimal("2.25"),
        finished=held,
        confirmed=held,
        numbers=dict(Certificate.objects.values_list("enrollment_id", "number")),
        mails=[(f"<{notice.message_id}@contoh>", KILLED_AT - 500) for notice in ready],
        kills=[("worker", KILLED_AT)],
    )


def ask(sql: str, *values: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def found(media: Path, book: Book) -> str:
    return "\n".join(broken(ask, media, book))


@pytest.fixture
def unguarded(book: Book) -> None:
    unguard()


def test_what_was_done_well_is_not_called_broken(media: Path, book: Book) -> None:
    assert found(media, book) == ""
    assert surplus(book) == 0


FIRST = "(SELECT min(id) FROM enrollments_certificate)"
DAMAGE = {
    "acknowledged completions: 1 missing": "UPDATE enrollments_enrollment SET status = 'active' WHERE id = (SELECT min(id) FROM enrollments_enrollment)",
    "numbers of series": f"UPDATE enrollments_certificate SET sequence = 9 WHERE id = {FIRST}",
    "up to 4: 1 missing": "UPDATE enrollments_certificateseries SET last = 4",
    "stands on 2 certificates": "UPDATE enrollments_certificate SET number = 'B.1' WHERE sequence < 3",
    "certificates: 1 missing": f"UPDATE enrollments_certificate SET enrollment_id = (SELECT max(enrollment_id) FROM enrollments_certificate) WHERE id = {FIRST}",
    "is signed, not delivered": f"UPDATE enrollments_certificate SET state = 'signed' WHERE id = {FIRST}",
    "was shown the number": f"UPDATE enrollments_certificate SET number = 'B.77' WHERE id = {FIRST}",
    "was confirmed by the learner": "UPDATE enrollments_certificate SET was_confirmed_by_learner = false",
    "is not the one that was signed": f"UPDATE enrollments_certificate SET sha256 = repeat('0', 64) WHERE id = {FIRST}",
    "is due, not sent": "UPDATE accounts_notice SET mail_state = 'due' WHERE kind = 'certificate.ready'",
    "was never delivered": "UPDATE accounts_notice SET message_id = gen_random_uuid() WHERE kind = 'certificate.ready'",
    "a certificate is ready: 1 missing": "DELETE FROM accounts_notice WHERE id = (SELECT max(id) FROM accounts_notice WHERE kind = 'certificate.ready')",
    "a certificate is ready: 1 too many": "INSERT INTO accounts_notice (person_id, kind, about, title, body, link, data, created_at, mail_state, mail_reason, message_id, tries)"
    " SELECT person_id, kind, about, title, body, link, data, created_at, 'due', '', gen_random_uuid(), 0 FROM accounts_notice WHERE kind = 'certificate.ready' LIMIT 1",
    "on one side": "UPDATE enrollments_ledgerposting SET debit = debit + 1 WHERE account = 'activity'",
    "JP instead of 2.25": "UPDATE enrollments_ledgerposting SET credit = 2.5 WHERE account = 'counted'",
    "of completed instead of 3": "UPDATE enrollments_tallydelta SET value = 2 WHERE measure = 'completed'",
    "of jp instead of 6.75": "UPDATE enrollments_tallydelta SET value = 0 WHERE measure = 'jp'",
}


@pytest.mark.parametrize("sentence", DAMAGE)
def test_a_broken_promise_in_the_rows_is_seen(media: Path, book: Book, unguarded: None, sentence: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DAMAGE[sentence])
        assert cursor.rowcount
    assert sentence in found(media, book)


def test_a_file_that_is_missing_changed_or_too_many_is_seen(media: Path, book: Book) -> None:
    first, second, third = (media / str(row.file) for row in Certificate.objects.order_by("pk"))
    first.unlink()
    second.write_bytes(second.read_bytes() + b"\n")
    third.with_name("sertifikat-0.pdf").write_bytes(b"")
    said = found(media, book)
    for sentence in ("has no file", "is not the one that was signed", "files of certificates: 1 too many"):
        assert sentence in said


def test_a_second_delivery_is_forgiven_only_near_a_kill(media: Path, book: Book) -> None:
    message = book.mails[0][0]
    book.mails.append((message, KILLED_AT - 400))
    assert "without a kill near" in found(media, book)
    assert surplus(book) == 1
    book.mails[:] = [(one, KILLED_AT - 2 if one == message else at) for one, at in book.mails]
    assert found(media, book) == ""
    book.mails.append((f"<{'0' * 8}@contoh>", KILLED_AT))
    assert "mails delivered: 1 too many" in found(media, book)
