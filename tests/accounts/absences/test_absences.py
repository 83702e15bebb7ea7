"""Who is away is written down with days, by who is responsible for them, and seen by the person."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from accounts.absences.actions import change_absence, record_absence, remove_absence
from accounts.absences.models import Absence, Kind
from accounts.audit.models import AuditEntry
from asn_lms.lib.refusals import NotYours, Refusal
from tests import make
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 2, 1), date(2026, 8, 31)


@pytest.fixture
def who() -> Cast:
    return cast()


def test_an_officer_writes_it_down_changes_it_and_takes_it_back(who: Cast, client: Client) -> None:
    client.force_login(who.officer)
    page = f"/office/people/{who.learner.pk}/"
    new = {"kind": "tugas_belajar", "from_on": "01-02-2026", "until_on": "31-08-2026", "decree": "SK 800/12"}
    assert client.post(f"{page}absences/new/", new).status_code == 302
    absence = Absence.objects.get()
    assert (absence.person, absence.kind, absence.from_on, absence.recorded_by) == (
        who.learner,
        Kind.STUDY,
        date(2026, 2, 1),
        who.officer,
    )
    assert "SK 800/12" in client.get(page).content.decode()
    client.post(f"/office/absences/{absence.pk}/", {**new, "until_on": "30-06-2026"})
    absence.refresh_from_db()
    assert absence.until_on == date(2026, 6, 30)
    client.post(f"/office/absences/{absence.pk}/remove/")
    assert not Absence.objects.exists()
    assert list(
        AuditEntry.objects.filter(action__startswith="absence").order_by("pk").values_list("action", flat=True)
    ) == [
        "absence.recorded",
        "absence.changed",
        "absence.removed",
    ]


@pytest.mark.parametrize(
    ("days", "beside", "says"),
    [
        ({"from_on": "31-08-2026", "until_on": "01-02-2026"}, "until_on", "sebelum hari pertama"),
        ({"from_on": "01-02-2026", "until_on": "01-02-2036"}, "until_on", "6 tahun"),
        ({"from_on": "15-03-2026", "until_on": "20-03-2026"}, "from_on", "1 Maret 2026"),
        ({"from_on": "31-02-2026", "until_on": "20-03-2026"}, "from_on", "tanggal"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_typed_is_lost(
    who: Cast, client: Client, days: dict[str, str], beside: str, says: str
) -> None:
    record_absence(who.learner, Kind.SICK, from_on=date(2026, 3, 1), until_on=date(2026, 3, 31), by=None)
    client.force_login(who.officer)
    answer = client.post(
        f"/office/people/{who.learner.pk}/absences/new/", {"kind": "besar", "decree": "SK yang diketik", **days}
    )
    text = answer.content.decode()
    assert (answer.status_code, Absence.objects.count()) == (422, 1)
    assert beside in answer.context["form"].errors
    assert says in " ".join(answer.context["form"].errors[beside])
    assert "SK yang diketik" in text


def test_what_was_taken_back_meanwhile_is_not_changed(who: Cast) -> None:
    absence = record_absence(who.learner, Kind.LONG, from_on=FIRST, until_on=LAST, by=who.officer)
    remove_absence(Absence.objects.get(), by=who.officer)
    with pytest.raises(Refusal):
        change_absence(absence, Kind.SICK, from_on=FIRST, until_on=LAST, decree="", by=who.officer)


def test_only_who_is_responsible_for_the_person(who: Cast) -> None:
    stranger = make.person(role="officer")
    absence = record_absence(who.learner, Kind.LONG, from_on=FIRST, until_on=LAST, by=who.officer)
    with pytest.raises(NotYours):
        record_absence(who.learner, Kind.LONG, from_on=date(2020, 1, 1), until_on=date(2020, 2, 1), by=stranger)
    with pytest.raises(NotYours):
        change_absence(absence, Kind.SICK, from_on=FIRST, until_on=LAST, decree="", by=stranger)
    with pytest.raises(NotYours):
        remove_absence(absence, by=stranger)


def test_the_person_sees_it_among_their_data(who: Cast, client: Client) -> None:
    record_absence(who.learner, Kind.BIRTH, from_on=FIRST, until_on=LAST, decree="SK 9", by=who.officer)
    client.force_login(who.learner)
    page = client.get("/me/").content.decode()
    assert "SK 9" in page
    assert "cuti melahirkan" in page.lower()


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_write_down_one_absence() -> None:
    who = cast()

    def write(_number: int) -> str:
        try:
            record_absence(who.learner, Kind.LONG, from_on=FIRST, until_on=LAST, by=who.officer)
        except Refusal:
            return "refused"
        finally:
            connections["default"].close()
        return "written"

    with ThreadPoolExecutor(4) as pool:
        said: list[Any] = sorted(pool.map(write, range(4)))
    assert said == ["refused"] * 3 + ["written"]
    assert Absence.objects.count() == 1
