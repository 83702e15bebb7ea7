"""The main job, as one story on the served product: a civil servant finds a course and ends with a certificate that anybody can
verify; the clock reminds them of the next one; their head reads it in the report; another unit's head reads nothing.
"""

import csv
import io
import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from accounts.agencies.models import Agency
from accounts.jobs.models import Job
from accounts.notices.hours import is_working_day
from accounts.notices.models import Notice
from accounts.people.models import User
from asn_lms.lib.days import at_local, local_day
from asn_lms.lib.words import mask_nip
from enrollments.attempts.models import Attempt
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from tests import make
from tests.cast import Cast
from tests.journeys.course import short_course
from tests.journeys.desk import DESKTOP, MARKS, Desk, is_clean
from tests.journeys.learner import Paper, learns
from tests.served import wait_until
from tests.stack import Stack

pytestmark = MARKS
TITLE = "Menyapa Warga di Loket"
ZONE = Agency.Zone.WITA  # not the zone of the site: the clock must ask where the learner serves


@pytest.fixture(scope="module")
def paper(desk: Desk, city: Cast, stack: Stack) -> Paper:
    """The whole way of the learner, which every test here stands on."""
    with stack.rows():
        Agency.objects.filter(pk=city.a.pk).update(zone=ZONE)
        short_course(city.bkpsdm, TITLE)
    desk.give_password(city.learner)
    return learns(desk, city.learner, TITLE)


def test_whatever_was_clicked_twice_happened_once(paper: Paper, city: Cast, stack: Stack) -> None:
    """Joining, finishing, handing in and sending were double clicks."""
    with stack.rows():
        assert Enrollment.objects.filter(learner=city.learner).count() == 1
        assert Attempt.objects.filter(enrollment=paper.place, lesson__kind="quiz").count() == 1
        assert Certificate.objects.filter(enrollment=paper.place).count() == 1
        told = Notice.objects.filter(person=city.learner, kind__startswith="certificate").order_by("kind")
        assert list(told.values_list("kind", flat=True)) == ["certificate.confirm", "certificate.ready"]


def test_anybody_verifies_the_certificate_signed_out(paper: Paper, city: Cast, desk: Desk, stack: Stack) -> None:
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.pdf)).pages)
    printed = "".join(text.split())
    assert f"{stack.url}{paper.check_at}".removeprefix("http://") in printed
    page = desk.device().new_page()
    page.goto(paper.check_at)
    main = page.get_by_role("main")
    expect(main.get_by_role("heading", level=1)).to_have_text("Sertifikat ini sah")
    for said in (paper.number, city.learner.full_name, TITLE, mask_nip(str(city.learner.nip))):
        expect(main).to_contain_text(said)
    expect(main).not_to_contain_text(str(city.learner.nip))
    is_clean(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "sertifikat.pdf", "mimeType": "application/pdf", "buffer": paper.pdf}
    )
    page.get_by_role("button", name="Periksa berkas").click()
    expect(main).to_contain_text("Inilah berkas yang kami terbitkan")
    is_clean(page)
    changed = paper.pdf.replace(b"%%EOF", b"%%EOF ", 1)
    page.locator("input[type=file]").set_input_files(
        {"name": "lain.pdf", "mimeType": "application/pdf", "buffer": changed}
    )
    page.get_by_role("button", name="Periksa berkas").click()
    expect(main).to_contain_text("Ini bukan berkas yang kami terbitkan")
    page.context.close()


def next_working_day() -> date:
    day = local_day(ZONE) + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def run_clock(stack: Stack, at: datetime) -> None:
    words = [sys.executable, "manage.py", "run_clock", "--json", "--at", at.isoformat()]
    answer = json.loads(subprocess.run(words, env=stack.env, capture_output=True, text=True, check=True).stdout)
    assert answer["failed"] == []


def has_a_place_that_ends(learner: User, on: date) -> None:
    cohort = make.cohort(starts_on=local_day(ZONE), ends_on=on, year=on.year)
    make.enrollment(learner=learner, cohort=cohort, enrolled_at=timezone.now())


def test_the_reminder_comes_once_at_eight_of_the_next_working_day(
    paper: Paper, city: Cast, stack: Stack, desk: Desk
) -> None:
    with stack.rows():
        day = next_working_day()
        has_a_place_that_ends(city.learner, day + timedelta(days=3))

    def digests(person: User) -> list[Notice]:
        with stack.rows():
            return list(Notice.objects.filter(person=person, kind="digest"))

    def mails(person: User) -> list[str]:
        sent = {str(notice.message_id) for notice in digests(person)}
        return [mail["Message-ID"] for mail in stack.mails() if any(one in mail["Message-ID"] for one in sent)]

    run_clock(stack, at_local(day, time(6, 59), ZONE))
    assert digests(city.learner) == []
    eight = at_local(day, time(8), ZONE)
    run_clock(stack, eight)
    wait_until(lambda: mails(city.learner), "the reminder")
    run_clock(stack, eight)
    # When the mail of a later run has come, whatever the runs before it set going is done.
    with stack.rows():
        other = make.person(agency=city.a)
        has_a_place_that_ends(other, day + timedelta(days=3))
    run_clock(stack, eight)
    wait_until(lambda: mails(other), "the reminder of somebody else")
    assert len(mails(city.learner)) == len(digests(city.learner)) == 1

    page = desk.sit_down(city.learner)
    page.goto(reverse("inbox"))
    expect(page.get_by_role("heading", name=digests(city.learner)[0].title)).to_have_count(1)
    is_clean(page)
    page.context.close()


def completed_in(page: Page) -> str:
    """What the report says of the course, in the column of completions."""
    cell = page.locator("section[aria-labelledby=h-course] tbody tr", has_text=TITLE).locator("[data-label=Selesai]")
    return cell.inner_text() if cell.count() else ""


def test_the_head_sees_it_within_a_minute_and_exports_it(paper: Paper, city: Cast, desk: Desk, stack: Stack) -> None:
    page = desk.sit_down(city.head)
    page.goto(reverse("report"))
    wait_until(lambda: completed_in(page) == "1" or (page.reload() and False), "the completion", seconds=60)
    is_clean(page)
    page.get_by_role("link", name=city.learner.name).first.click()
    expect(page.get_by_role("main")).to_contain_text(TITLE)
    expect(page.get_by_role("link", name=paper.number)).to_be_visible()
    is_clean(page)

    files: dict[str, bytes] = {}
    for form in ("XLSX", "CSV: pegawai saja"):
        page.goto(reverse("report"))
        page.get_by_role("link", name="Ekspor…").click()
        page.locator("#ekspor").get_by_text(form).click()
        page.get_by_role("button", name="Siapkan berkas").dblclick()
        page.wait_for_url("**#export")
        page.goto(reverse("exports"))
        expect(page.get_by_role("link", name="Unduh", exact=True)).to_have_count(len(files) + 1, timeout=60_000)
        is_clean(page)
        with page.expect_download() as coming:
            page.get_by_role("link", name="Unduh", exact=True).first.click()
        files[coming.value.suggested_filename.rpartition(".")[2]] = coming.value.path().read_bytes()
    with stack.rows():
        assert Job.objects.filter(owner=city.head).count() == 2, "a double click asks for one file"
    name, nip = city.learner.full_name, str(city.learner.nip)
    rows = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    assert picked(rows, name) == [f"'{nip}", "Dinas A", "3,0", "17,0", "1"]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).get_sheet_by_name("Pegawai")
    assert picked(sheet.to_python(), name) == [nip, "Dinas A", 3, 17, 1]
    page.context.close()


def picked(rows: list[list[Any]], name: str) -> list[Any]:
    """Number, unit, JP, what is missing and courses completed, in the only row of this name."""
    (row,) = (row for row in rows if row[0] == name)
    return [row[1], row[3], row[5], row[6], row[7]]


def test_the_head_of_another_unit_sees_nothing_of_it(paper: Paper, city: Cast, desk: Desk, stack: Stack) -> None:
    with stack.rows():
        certificate = Certificate.objects.get(enrollment=paper.place)
        theirs = Job.objects.create(task="reports.export", title="Dinas A", owner=city.head)
    page = desk.sit_down(city.other_head, DESKTOP)
    for name in ("report", "report-people", "exports"):
        page.goto(reverse(name))
        for secret in (city.learner.name, "Dinas A", TITLE):
            expect(page.locator("body")).not_to_contain_text(secret)
    page.goto(f"{reverse('report-people')}?q=Rina")
    expect(page.get_by_role("main")).to_contain_text("Tidak ada yang bernama “Rina”")
    is_clean(page)
    for address in (
        f"{reverse('report')}?agency={city.a.pk}",
        f"{reverse('report-people')}?agency={city.a.pk}",
        reverse("report-person", args=[city.learner.pk]),
        reverse("certificate-pdf", args=[certificate.pk]),
        reverse("job", args=[theirs.uid]),
        reverse("job-file", args=[theirs.uid]),
    ):
        assert page.request.get(address).status == 404, address

    page.goto(reverse("report"))
    page.get_by_role("link", name="Ekspor…").click()
    page.locator("#ekspor").get_by_text("CSV: pegawai saja").click()
    page.get_by_role("button", name="Siapkan berkas").click()
    page.goto(reverse("exports"))
    with page.expect_download() as coming:
        page.get_by_role("link", name="Unduh", exact=True).click(timeout=60_000)
    text = coming.value.path().read_text("utf-8-sig")
    assert city.other_learner.name in text
    assert city.learner.name not in text
    page.context.close()
