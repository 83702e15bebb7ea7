"""Promises of the import of files of any length by the command: the same rules as for an upload, in little memory, in many batches."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from accounts.audit.models import AuditEntry
from accounts.people.models import Placement, User
from accounts.people.roster import COLUMNS, LongRoster
from asn_lms.lib import sheets, uploads
from asn_lms.lib.ahead import one_ahead
from asn_lms.lib.days import local_day
from tests import make
from tests.accounts.people.test_roster import run
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
TODAY = local_day("Asia/Jakarta")
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def who(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(LongRoster, "batch", 3)
    return cast()


def number(n: int) -> str:
    return f"19900302202021{1 + n % 2}{n + 100}"


def some(who: Cast, numbers: Iterable[int], **other: str) -> list[dict[str, str]]:
    return [
        {"nip": number(n), "nama": f"Orang {n}", "unit": who.a.code, "status": "PPPK", "jabatan": "Guru", **other}
        for n in numbers
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orang.csv"


def imported(path: Path, rows: Iterable[dict[str, str]], code: int = 0) -> Any:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return run("import_people", path, code=code)


def state() -> list[tuple[Any, ...]]:
    return list(
        Placement.objects.order_by("person__nip", "from_on").values_list(
            "person__nip", "person__post", "agency", "post", "rank", "employment", "from_on", "until_on"
        )
    )


def test_a_csv_may_be_longer_than_an_upload(who: Cast, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 4)
    monkeypatch.setattr(uploads.check_upload, "__kwdefaults__", {"largest": 100})
    assert imported(path, some(who, range(10)))["created"] == 10
    assert "error" in run("import_agencies", path, code=1)


def test_rows_are_read_as_they_are_asked_for() -> None:
    read = []

    class Told(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            read.append(size)
            return super().read1(size if size is not None else -1)

    file = Told(b"nip;nama\n" + b"".join(b"%018d;Orang\n" % n for n in range(20_000)))
    rows = iter(sheets.stream_sheet(file).rows)
    read.clear()
    assert next(rows)["nip"] == "0" * 18
    assert len(read) <= 1
    assert sum(1 for _row in rows) == 19_999
    assert len(read) > 10


def test_one_is_made_ahead_and_no_more() -> None:
    made = []

    def make_them() -> Iterator[int]:
        for n in range(9):
            made.append(n)
            yield n

    for n in one_ahead(make_them()):
        assert len(made) <= n + 2
    assert made == list(range(9))


def test_a_number_or_address_that_came_batches_ago_is_refused_with_its_first_row(who: Cast, path: Path) -> None:
    rows = some(who, range(8))
    rows[1]["email"] = "sama@contoh.go.id"
    rows[6]["email"] = "SAMA@contoh.go.id"
    answer = imported(path, [*rows, *some(who, [0])], code=1)
    assert answer["created"] == 7
    assert [(one["row"], one["column"]) for one in answer["errors"]] == [(8, "email"), (10, "nip")]
    assert "3" in answer["errors"][0]["message"]
    assert "2" in answer["errors"][1]["message"]


def test_each_change_of_a_batch_is_written_as_its_own(who: Cast, path: Path) -> None:
    imported(path, some(who, range(6)))
    Placement.objects.filter(person__nip__in=[number(n) for n in (0, 1, 3, 4)]).update(
        from_on=TODAY - timedelta(days=90)
    )
    Placement.objects.filter(person__nip=number(4)).delete()
    moved, promoted, corrected, renamed, unplaced, same = some(who, range(6))
    moved["unit"] = who.b.code
    promoted["golongan"] = "IX"
    corrected["jabatan"] = "Kepala"
    renamed["nama"] = "Nama Baru"
    unplaced["jabatan"] = "Penata"
    answer = imported(path, [moved, promoted, corrected, renamed, unplaced, same])
    assert (answer["updated"], answer["unchanged"]) == (5, 1)
    places = {
        n: list(
            Placement.objects.filter(person__nip=number(n))
            .order_by("from_on")
            .values_list("agency", "post", "until_on")
        )
        for n in range(6)
    }
    assert places == {
        0: [(who.a.pk, "Guru", YESTERDAY), (who.b.pk, "Guru", None)],
        1: [(who.a.pk, "Guru", YESTERDAY), (who.a.pk, "Guru", None)],
        2: [(who.a.pk, "Kepala", None)],
        3: [(who.a.pk, "Guru", None)],
        4: [(who.a.pk, "Guru", YESTERDAY), (who.a.pk, "Penata", None)],
        5: [(who.a.pk, "Guru", None)],
    }
    assert User.objects.get(nip=number(3)).name == "Nama Baru"


def test_the_audit_says_what_changed_and_tells_the_unit_that_was_left(who: Cast, path: Path) -> None:
    imported(path, some(who, [1], gelar_depan="Dr."))
    imported(path, some(who, [1], gelar_depan="Dr.", unit=who.b.code, jabatan="Kepala", email="baru@contoh.go.id"))
    person = User.objects.get(nip=number(1))
    entries = AuditEntry.objects.about(person).filter(actor=None, request_id="").order_by("id")
    assert list(entries.values_list("action", "agency", "details", "object_label")) == [
        ("person.added", who.a.pk, {"source": "import"}, "Dr. Orang 1"),
        ("person.imported", who.b.pk, {"fields": ["agency", "email", "post"]}, "Dr. Orang 1"),
        ("person.left", who.a.pk, {"after": str(who.b)}, "Dr. Orang 1"),
    ]


def test_who_moves_is_signed_out_and_who_only_gets_another_post_is_not(who: Cast, path: Path) -> None:
    imported(path, some(who, [1, 2]))
    mover, stayer = (User.objects.get(nip=number(n)) for n in (1, 2))
    for person in (mover, stayer):
        UserSession.objects.create(user=person, session_key=f"key{person.pk}", ip="127.0.0.1", user_agent="x")
    imported(path, [*some(who, [1], unit=who.b.code), *some(who, [2], jabatan="Kepala")])
    mover.refresh_from_db()
    stayer.refresh_from_db()
    assert (mover.session_epoch, stayer.session_epoch) == (1, 0)
    assert list(UserSession.objects.values_list("user", flat=True)) == [stayer.pk]


def test_a_new_address_closes_the_old_doors_and_is_no_longer_refused(who: Cast, path: Path) -> None:
    imported(path, some(who, [1], email="lama@contoh.go.id"))
    person = User.objects.get(nip=number(1))
    User.objects.filter(pk=person.pk).update(mail_refused="550")
    for address in ("lama@contoh.go.id", "Baru@contoh.go.id"):
        EmailAddress.objects.create(user=person, email=address)
    imported(path, some(who, [1], jabatan="Kepala"))
    person.refresh_from_db()
    assert (person.mail_refused, EmailAddress.objects.count()) == ("550", 2)
    imported(path, some(who, [1], email="baru@contoh.go.id"))
    person.refresh_from_db()
    assert (person.email, person.mail_refused) == ("baru@contoh.go.id", "")
    assert [one.email.lower() for one in EmailAddress.objects.all()] == ["baru@contoh.go.id"]


def test_tabs_lines_and_backslashes_arrive_as_they_were(who: Cast, path: Path) -> None:
    imported(path, some(who, [1]))
    imported(path, some(who, [1], nama=r"Orang \N \t", email=r"a\b@contoh.go.id"), code=1)
    imported(path, some(who, [1], nama=r"Orang \N \t"))
    assert User.objects.get(nip=number(1)).name == r"Orang \N \t"


def test_a_killed_import_that_is_run_again_ends_as_if_it_had_not_been(
    who: Cast, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(path, some(who, range(10)))
    Placement.objects.update(from_on=TODAY - timedelta(days=90))
    whole, calls = LongRoster.write, []

    def dies_in_the_third_batch(self: LongRoster, rows: list[Any]) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise MemoryError("killed")
        return whole(self, rows)

    with monkeypatch.context() as patched:
        patched.setattr(LongRoster, "write", dies_in_the_third_batch)
        with pytest.raises(MemoryError):
            imported(path, some(who, range(10), jabatan="Kepala"))
    assert User.objects.filter(post="Kepala").count() == 6
    answer = run("import_people", path)
    assert (answer["updated"], answer["unchanged"]) == (4, 6)
    after = [row for row in state() if row[0] in {number(n) for n in range(10)}]
    assert len(after) == 20
    assert {row[1] for row in after} == {"Kepala"}
    assert {row[-1] for row in after} == {YESTERDAY, None}


def test_an_address_that_somebody_else_takes_meanwhile_is_told(
    who: Cast, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(path, some(who, [1]))
    read, calls = LongRoster.read, []

    def too_late(self: LongRoster, rows: list[Any], *, lock: bool = False) -> Any:
        lines = read(self, rows, lock=lock)
        calls.append(1)
        if len(calls) == 1:
            make.person(agency=who.b, email="satu@contoh.go.id")
        return lines

    monkeypatch.setattr(LongRoster, "read", too_late)
    answer = imported(path, some(who, [1], email="satu@contoh.go.id"), code=1)
    assert (answer["updated"], answer["errors"][0]["column"], len(calls)) == (0, "email", 2)
