"""On a phone, from the last lesson to the paper: the survey stands in between, for about a minute."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from enrollments.surveys.models import Invitation, Sheet
from tests import make
from tests.cast import Cast
from tests.courses.build import details, write_text
from tests.enrollments.surveys.rows import national
from tests.journeys.desk import MARKS, PATIENCE, PHONE, Desk, is_clean, sign_in
from tests.stack import Stack

pytestmark = MARKS
TITLE = "Melayani Warga Lansia"
WORDS = "Contohnya dekat dengan tugas saya"


@pytest.fixture(scope="module")
def course(city: Cast, stack: Stack) -> str:
    """A course with one lesson that asks before the download, about a trainer too."""
    with stack.rows():
        national()
        version = make.version(
            organiser=city.bkpsdm,
            title=TITLE,
            lessons=1,
            published=False,
            asks_before_download=True,
            **details(),
        )
        write_text(version.lessons.get())
        make.publish(version)
        cohort = make.cohort(version=version, self_paced=True)
        cohort.trainers.add(city.trainer)
        return str(version.course.code)


def choose(page: Page, step: int) -> None:
    """The same step of every scale, by tapping."""
    for scale in page.locator(".scale").all():
        scale.locator("label").nth(step - 1).click()


def test_a_learner_answers_and_the_download_goes_on(desk: Desk, city: Cast, stack: Stack, course: str) -> None:
    desk.give_password(city.learner)
    page = desk.device().new_page()
    assert page.viewport_size == PHONE
    page.goto(reverse("course", args=[course]))
    sign_in(page, city.learner)
    page.get_by_role("button", name="Daftar dan mulai").click()
    page.get_by_role("button", name="Tandai selesai").click()
    page.wait_for_url("**/finished/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("11 pertanyaan singkat sebelum mengunduh")
    is_clean(page)
    page.get_by_role("button", name="Ya, benar").click()
    expect(main).to_contain_text("Sertifikat Anda sudah siap.", timeout=2 * PATIENCE)
    expect(page.get_by_role("link", name="Unduh PDF")).to_have_count(0)
    page.get_by_role("link", name="Jawab sekarang").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bagaimana pelatihannya?")
    is_clean(page)

    page.get_by_role("textbox").fill(WORDS)
    page.get_by_role("button", name="Kirim dan lanjut").click()
    expect(page.locator("fieldset[aria-invalid=true]")).to_have_count(5)
    expect(page.get_by_role("textbox")).to_have_value(WORDS)
    is_clean(page)
    choose(page, 5)
    page.get_by_role("button", name="Kirim dan lanjut").dblclick()

    expect(page.get_by_role("heading", level=1)).to_contain_text("sebagai pengajar")
    is_clean(page)
    choose(page, 4)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Kirim lalu unduh").click()
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    expect(page.get_by_role("link", name="Unduh PDF")).to_be_visible()
    with stack.rows():
        assert Invitation.objects.filter(person=city.learner, is_answered=True).count() == 2
        assert Sheet.objects.filter(cohort__course__code=course).count() == 2
    page.context.close()
