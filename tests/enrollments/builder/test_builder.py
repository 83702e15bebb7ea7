"""Reports that people put together: the same numbers, only what their role lets them see, kept and shared by name."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from accounts.jobs.actions import claim_job
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.builder.actions import ask_for_file, remove_report, save_report
from enrollments.builder.models import SavedReport
from enrollments.builder.queries import preview, whole
from enrollments.builder.tasks import write_export
from enrollments.builder.wish import COLUMNS, Rows, Wish
from enrollments.reports.queries import agency_report
from tests import make
from tests.cast import Cast, cast

YEAR = timezone.now().year
numbers = st.none() | st.decimals(0, 1000, places=2)
wishes = st.sampled_from(Rows.values).flatmap(
    lambda rows: st.builds(
        Wish,
        st.just(rows),
        st.lists(st.sampled_from([column.key for column in COLUMNS[rows]]), max_size=4).map(tuple),
        st.sampled_from(["all", "below"]),
        st.sampled_from(["", "people", "overdue"]),
        numbers,
        numbers,
        st.sampled_from(["", "overdue"]),
        st.booleans(),
    )
)


@pytest.fixture
def people(db: None) -> Cast:
    made = cast()
    for number in range(3):
        unit = make.agency(f"Seksi {number}", parent=made.a)
        for _one in range(number + 1):
            make.person(agency=unit)
    return made


@given(wishes)
def test_a_wish_goes_through_a_job_and_a_row_unchanged(wish: Wish) -> None:
    assert Wish.of_payload(wish.as_payload()) == wish
    assert SavedReport(**wish.as_kept()).wish == wish


def test_columns_filter_and_order_are_those_that_were_chosen(people: Cast) -> None:
    wish = Wish(Rows.UNITS, ("people",), measure="people", least=Decimal(2), sort="people", is_descending=True)
    found = preview(people.a, YEAR, wish, timezone.now())
    assert [[cell for _column, cell in row] for row in found.rows] == [
        ["Seksi 2", "3"],
        ["Dinas A", "2"],
        ["Seksi 1", "2"],
    ]
    assert found.total == 3


def test_its_numbers_are_those_of_the_report(people: Cast) -> None:
    report = agency_report(people.a, YEAR, timezone.now())
    rows = list(whole(people.a, YEAR, Wish(Rows.UNITS, ("people", "pns")), timezone.now()).rows)
    assert rows == [(row.name, row.staff.people, row.staff.pns) for row in report.units]


@pytest.mark.parametrize("rows", Rows.values)
def test_each_sort_of_rows_becomes_a_file(people: Cast, rows: str) -> None:
    job = claim_job(ask_for_file(people.a, YEAR, Wish(rows), by=people.head, form="xlsx").pk)
    assert job is not None
    file = io.BytesIO()
    assert write_export(job, file).endswith(f"{rows}.xlsx")
    file.seek(0)
    lines = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert len(lines) - 1 == preview(people.a, YEAR, Wish(rows), timezone.now()).total
    if rows == Rows.PEOPLE:
        assert people.learner.nip in [line[1] for line in lines]


def test_what_is_shared_is_seen_by_who_reads_the_unit_and_by_nobody_else(people: Cast) -> None:
    row = save_report(people.a, Wish(Rows.UNITS), "Triwulan", by=people.head, is_shared=True)
    seen = SavedReport.objects.visible_to
    assert list(seen(people.officer)) == list(seen(people.head)) == [row]
    assert not seen(people.other_head).exists()
    assert not seen(people.learner).exists()
    save_report(people.a, Wish(Rows.UNITS), "Triwulan", by=people.head, is_shared=False)
    assert not seen(people.officer).exists()


def test_who_lost_the_role_sees_not_even_their_own(people: Cast) -> None:
    save_report(people.a, Wish(Rows.UNITS), "Triwulan", by=people.head)
    RoleGrant.objects.filter(person=people.head).delete()
    head = type(people.head).objects.get(pk=people.head.pk)
    assert not SavedReport.objects.visible_to(head).exists()
    with pytest.raises(NotYours):
        ask_for_file(people.a, YEAR, Wish(), by=head, form="csv")


def test_a_name_stands_for_one_report_and_only_its_owner_removes_it(people: Cast) -> None:
    first = save_report(people.a, Wish(Rows.UNITS), "Bulan  ini", by=people.head)
    assert save_report(people.a, Wish(Rows.MONTHS), "Bulan ini", by=people.head).pk == first.pk
    assert SavedReport.objects.get().rows == Rows.MONTHS
    with pytest.raises(NotYours):
        remove_report(first, by=people.officer)
    with pytest.raises(Refusal):
        ask_for_file(people.a, YEAR, Wish(), by=people.head, form="exe")


def _open(client: Client, people: Cast, **asked: Any) -> str:
    answer = client.get("/reports/own/", {"agency": people.a.pk, **asked})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_person_chooses_looks_keeps_and_opens_it_again(client: Client, people: Cast) -> None:
    client.force_login(people.head)
    assert "Seksi 2" in _open(client, people)
    assert "Seksi 0" not in _open(client, people, rows="units", columns="people", measure="people", least="2")
    sent = {
        "agency": people.a.pk,
        "rows": "units",
        "columns": "people",
        "measure": "people",
        "least": "2",
        "name": "Besar",
    }
    assert client.post("/reports/own/", sent).status_code == 302
    row = SavedReport.objects.get()
    assert f"/reports/own/?{row.query}".replace("&", "&amp;") in _open(client, people)
    assert client.post("/reports/own/file/", {**sent, "form": "csv"}).status_code == 302
    client.force_login(people.other_head)
    assert client.get("/reports/own/", {"agency": people.a.pk}).status_code == 404
    assert client.post(f"/reports/own/{row.pk}/remove/").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [{"rows": "x"}, {"columns": "nip"}, {"least": "abc"}, {"least": "5", "most": "1", "measure": "pns"}, {"sort": "'"}],
)
def test_nonsense_gets_a_sentence_and_no_table(client: Client, people: Cast, asked: dict[str, str]) -> None:
    client.force_login(people.head)
    shown = _open(client, people, **{"rows": "units", **asked})
    assert ('id="tabel"' in shown) == (asked == {"rows": "x"})
