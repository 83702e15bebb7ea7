"""What a report said on a day: the same bytes a year later, whatever has happened since."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.agencies.models import Agency
from accounts.jobs.actions import cancel_job, claim_job
from accounts.jobs.models import Job
from accounts.notices.models import Notice
from accounts.people.models import User
from accounts.roles.models import RoleGrant
from asn_lms.lib.refusals import NotYours, Refusal
from enrollments.reports.actions import BATCH, ask_for_export, keep_months, keep_report
from enrollments.reports.canonical import Kept, fingerprint_of, read, text_of
from enrollments.reports.figures import (
    Above,
    AgencyReport,
    CourseRow,
    Headcount,
    KindRow,
    MonthRow,
    Places,
    Staff,
    UnitRow,
)
from enrollments.reports.forecast import Forecast
from enrollments.reports.models import Snapshot
from enrollments.reports.pdf import draw_report
from enrollments.reports.tasks import export, write_export
from tests import make
from tests.cast import Cast, cast

NOW = datetime(2026, 11, 24, 3, 42, tzinfo=UTC)
# 30 November was the day before in Medan.
MONTH_OVER = datetime(2026, 11, 30, 17, 5, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def _file(job: Job) -> bytes:
    held = claim_job(job.pk)
    assert held is not None
    file = io.BytesIO()
    write_export(held, file)
    return file.getvalue()


def _a_year_passes(people: Cast) -> None:
    """People come, learn and go, and the unit gets another name."""
    for jp in (5, 20, 30):
        make.credit(make.person(agency=people.a), jp, on=date(2026, 3, 2))
    User.objects.filter(pk=people.learner.pk).update(is_active=False, deactivated_on=date(2027, 1, 1))
    Agency.objects.filter(pk=people.a.pk).update(name="Dinas Baru", short_name="Baru")
    Agency.objects.filter(pk=people.city.pk).update(name="Kota Baru")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "figures"])
def test_a_report_as_known_on_a_day_gives_the_same_bytes_a_year_later(people: Cast, form: str) -> None:
    make.credit(people.learner, 20, on=date(2026, 3, 2))
    known = keep_report(people.a, 2026, NOW)
    before = _file(ask_for_export(people.a, 2026, by=people.head, form=form, known=known))
    _a_year_passes(people)
    again = ask_for_export(people.a, 2026, by=people.head, form=form, known=Snapshot.objects.get(pk=known.pk))
    assert _file(again) == before
    today = _file(ask_for_export(people.a, 2026, by=people.head, form=form))
    assert today != before


def test_the_paper_bears_letterhead_share_with_its_denominator_and_the_fingerprint_on_each_page(people: Cast) -> None:
    for number in range(60):
        make.person(agency=make.agency(f"Seksi Nomor {number}", parent=people.a))
    make.credit(people.learner, 20, on=date(2026, 3, 2))
    known = keep_report(people.a, 2026, NOW)
    with translation.override("id"):
        drawn = draw_report(known.figures, known.fingerprint)
    reader = PdfReader(io.BytesIO(drawn))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) > 1
    assert "KOTA CONTOH DINAS A" in pages[0]
    assert "1 dari 62 PNS" in pages[0]
    assert sha256(known.figures.encode()).hexdigest() == known.fingerprint
    for text in pages:
        assert known.fingerprint in text
        assert "Data per 24 November 2026, 10.42 WIB" in text
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    metadata = root["/Metadata"].get_data()
    assert b"pdfuaid:part>1<" in metadata
    assert b"pdfaid:part>3<" in metadata
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = {font.get_object()["/BaseFont"] for one in resources for font in one["/Font"].values()}
    assert all("Inter" in name for name in fonts)


def test_no_year_without_people_or_months_leaves_the_paper_undrawn(people: Cast) -> None:
    empty = keep_report(make.agency("Seksi Kosong", parent=people.a), 2026, NOW)
    ahead = keep_report(people.a, 2025, datetime(2024, 3, 2, tzinfo=UTC))
    for known in (empty, ahead):
        assert draw_report(known.figures, known.fingerprint).startswith(b"%PDF")


def test_nobody_changes_or_removes_what_was_kept(people: Cast) -> None:
    known = keep_report(people.a, 2026, NOW)
    for change in (lambda: Snapshot.objects.update(figures="{}"), lambda: Snapshot.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    forged = Snapshot(agency=people.a, year=2026, known_at=NOW, known_on=NOW.date(), cause="asked", figures="{}")
    forged.fingerprint = known.fingerprint
    with pytest.raises(IntegrityError, match="fingerprint_is_that_of_the_figures"), transaction.atomic():
        forged.save()


counts = st.integers(0, 10**6)
places = st.builds(Places, counts, counts, counts, counts, counts)
jp = st.decimals(0, 10**6, places=2)
staff = st.builds(Staff, counts, counts, jp, counts, jp, counts, counts)
shares = st.none() | st.decimals(0, 100, places=1)
months = st.builds(
    MonthRow, st.dates(date(2000, 1, 1), date(2100, 1, 1)), counts, counts, jp, counts, counts, counts, shares
)
kinds = st.lists(st.builds(KindRow, st.text(max_size=5), st.text(max_size=9), jp), max_size=2)
reports = st.builds(
    AgencyReport,
    st.builds(Agency, id=st.just(7), code=st.text(max_size=5), name=st.text(max_size=9), zone=st.just("Asia/Makassar")),
    st.integers(2000, 2100),
    st.none() | jp,
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    staff,
    places,
    st.builds(Headcount, *[counts] * 9),
    st.lists(st.builds(UnitRow, counts, st.text(max_size=9), st.booleans(), staff, places), max_size=3),
    units_total=counts,
    courses_total=counts,
    courses=st.lists(st.builds(CourseRow, st.text(max_size=5), st.text(max_size=9), places), max_size=3),
    paths=kinds,
    competencies=kinds,
    months=st.lists(months, max_size=3),
    past=st.lists(shares, max_size=3),
    above=st.none() | st.builds(Above, st.text(max_size=9), counts, counts),
    near=counts,
    forecast=st.none() | st.builds(Forecast, counts, counts, counts),
)


@given(reports)
def test_what_is_written_is_read_back_whole_and_writes_the_same_text(report: AgencyReport) -> None:
    kept = Kept(("Kota", "Dinas"), report)
    text = text_of(kept)
    back = read(text)
    assert text_of(back) == text
    assert replace(back.report, agency=report.agency) == report
    assert (back.report.agency.name, back.report.agency.zone) == (report.agency.name, report.agency.zone)


def test_a_field_that_came_later_is_read_as_its_default(people: Cast) -> None:
    known = keep_report(people.a, 2026, NOW)
    assert read(known.figures.replace('"past":[]', '"pest":[]')).report.past == []


def test_the_owner_is_told_once_when_the_file_is_ready(people: Cast) -> None:
    job = ask_for_export(people.a, 2026, by=people.head, form="pdf")
    export(job.pk)
    export(job.pk)
    told = Notice.objects.get(person=people.head, kind="export.ready")
    assert (told.link, told.mail_state) == (f"/jobs/{job.uid}/", Notice.Mail.NONE)
    job.refresh_from_db()
    with job.file.open("rb") as file:
        assert file.read(5) == b"%PDF-"


def test_work_that_was_stopped_writes_no_file_and_tells_nobody(people: Cast) -> None:
    job = ask_for_export(people.a, 2026, by=people.head, form="pdf")
    cancel_job(job, by=people.head)
    export(job.pk)
    job.refresh_from_db()
    assert not job.file
    assert not Notice.objects.filter(kind="export.ready").exists()


def test_work_that_is_done_again_after_its_worker_died_keeps_one_report(people: Cast) -> None:
    job = ask_for_export(people.a, 2026, by=people.head, form="pdf")
    first = _file(job)
    Job.objects.filter(pk=job.pk).update(lease_until=None)
    assert _file(job) == first
    assert Snapshot.objects.count() == 1


def test_the_end_of_a_month_is_kept_for_headed_units_of_the_year_that_ended(people: Cast) -> None:
    assert keep_months(MONTH_OVER - timedelta(minutes=6)) == 0
    assert keep_months(MONTH_OVER) == 2
    assert keep_months(MONTH_OVER + timedelta(days=3)) == 0
    rows = Snapshot.objects.order_by("agency__name").values_list("agency__name", "year", "month", "known_on")
    month, on = date(2026, 11, 1), date(2026, 12, 1)
    assert list(rows) == [("Dinas A", 2026, month, on), ("Dinas B", 2026, month, on)]
    assert keep_months(datetime(2027, 1, 2, tzinfo=UTC)) == 2
    assert Snapshot.objects.filter(month=date(2026, 12, 1), year=2026).count() == 2


def test_a_month_that_the_clock_slept_through_is_not_made_up(people: Cast) -> None:
    assert keep_months(MONTH_OVER + timedelta(days=7)) == 0


def test_no_run_of_the_clock_keeps_more_than_a_batch_and_the_next_goes_on(people: Cast) -> None:
    for _number in range(BATCH):
        make.person(agency=make.agency(parent=people.city), role=RoleGrant.Role.HEAD)
    assert (keep_months(MONTH_OVER), keep_months(MONTH_OVER), keep_months(MONTH_OVER)) == (BATCH, 2, 0)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_keep_each_month_once() -> None:
    cast()

    def run(_number: int) -> int:
        try:
            return keep_months(MONTH_OVER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert Snapshot.objects.count() == 2


def _signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_the_page_shows_what_was_known_and_offers_the_days(client: Client, people: Cast) -> None:
    known = keep_report(people.a, 2026, NOW)
    keep_report(people.a, 2026, NOW - timedelta(days=30))
    _a_year_passes(people)
    _signed_in(client, people.head)
    today = client.get(f"/reports/?agency={people.a.pk}&year=2026").content.decode()
    days = client.get(f"/reports/known/?agency={people.a.pk}&year=2026").content.decode()
    assert days.index("24 November 2026") < days.index("25 Oktober 2026")
    assert f"known={known.pk}" in days
    then = client.get(f"/reports/?agency={people.a.pk}&year=2026&known={known.pk}").content.decode()
    assert known.fingerprint in then
    assert "0 dari 2 PNS" in then
    assert "0 dari 2 PNS" not in today
    assert people.learner.name not in then


def test_what_another_unit_kept_answers_as_if_it_never_existed(client: Client, people: Cast) -> None:
    theirs = keep_report(people.b, 2026, NOW)
    _signed_in(client, people.head)
    assert client.get(f"/reports/known/?agency={people.b.pk}&year=2026").status_code == 404
    for pk in (theirs.pk, 10**8, "x"):
        assert client.get(f"/reports/?agency={people.a.pk}&year=2026&known={pk}").status_code == 404
    with pytest.raises(NotYours):
        ask_for_export(people.a, 2026, by=people.head, form="pdf", known=theirs)


def test_people_are_not_part_of_what_is_kept(people: Cast) -> None:
    known = keep_report(people.a, 2026, NOW)
    assert people.learner.name not in known.figures
    with pytest.raises(Refusal):
        ask_for_export(people.a, 2026, by=people.head, form="csv", known=known)


def test_the_fingerprint_is_of_the_figures_and_of_nothing_else(people: Cast) -> None:
    first, second = keep_report(people.a, 2026, NOW), keep_report(people.a, 2026, NOW)
    assert first.fingerprint == second.fingerprint == fingerprint_of(first.figures)
    make.credit(people.learner, Decimal("0.01"), on=date(2026, 3, 2))
    assert keep_report(people.a, 2026, NOW).fingerprint != first.fingerprint
