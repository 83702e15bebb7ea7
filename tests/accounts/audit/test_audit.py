"""Promises of the audit: append-only, told in words, read by those whose units it is about."""

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.audit.actions import record
from accounts.audit.models import AuditEntry
from accounts.audit.verbs import VERBS
from tests.cast import cast

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditentry SET action = 'x'",
        "DELETE FROM accounts_auditentry",
        "UPDATE accounts_auditentry SET actor_id = NULL",
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry(sql: str) -> None:
    who = cast()
    record("agency.added", who.a, by=who.officer, agency=who.a)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.get().action == "agency.added"


def test_every_verb_that_is_recorded_anywhere_is_told_in_words() -> None:
    recorded: set[str] = set()
    for app in ("accounts", "courses", "enrollments"):
        for file in (ROOT / app).rglob("*.py"):
            recorded |= set(re.findall(r'\b(?:record|entry_for)\(\s*"([a-z_]+\.[a-z_]+)"', file.read_text()))
    assert "person.added" in recorded
    assert recorded - set(VERBS) == set()


@pytest.mark.django_db
def test_officers_read_what_was_done_in_their_units_and_nothing_else(client: Client) -> None:
    who = cast()
    record("agency.edited", who.a, by=who.officer, agency=who.a)
    record("agency.edited", who.b, by=who.officer, agency=who.b)
    from tests import make

    local = make.person("Lia Lokal", agency=who.a, role="officer")
    client.force_login(local)
    page = client.get("/office/audit/").content.decode()
    assert "Dinas A" in page
    assert "Dinas B" not in page
    for person in (who.learner, who.head, who.trainer, who.reviewer):
        client.force_login(person)
        assert client.get("/office/audit/").status_code == 403


@pytest.mark.django_db
def test_the_history_is_found_by_name_day_and_kind(client: Client) -> None:
    who = cast()
    record("agency.edited", who.a, by=who.officer, agency=who.a)
    record("person.edited", who.learner, by=who.admin, fields=["email"])
    client.force_login(who.officer)

    def rows(query: str) -> int:
        return client.get(f"/office/audit/?{query}").content.decode().count('role="rowheader"')

    assert rows("") == 2
    assert rows("q=Rina") == 1
    assert rows("q=Ada+Admin") == 1
    assert rows("group=agency") == 1
    assert rows("day=01-01-2020") == 0
    assert rows(f"object_type=accounts.user&object_id={who.learner.pk}") == 1
    assert rows("day=bukan-tanggal") == 2


@pytest.mark.django_db
def test_an_entry_never_holds_a_full_number() -> None:
    who = cast()
    from accounts.people.actions import change_number
    from asn_lms.lib.days import local_day

    change_number(who.learner, "199003022015031902", from_on=local_day("Asia/Jakarta"), by=who.officer)
    for entry in AuditEntry.objects.all():
        assert not re.search(r"[0-9]{18}", f"{entry.object_label} {entry.details}")
