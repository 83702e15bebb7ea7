"""A learner whose phone loads no script, or whose line loses them: the whole way stays open, with plain links and forms."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.people.models import User
from enrollments.certificates.models import Certificate
from enrollments.enrolling.models import Enrollment
from tests.cast import Cast
from tests.journeys.course import QUESTIONS, short_course
from tests.journeys.desk import MARKS, PATIENCE, Desk, sign_in
from tests.stack import Stack

pytestmark = MARKS
TITLE = "Melayani tanpa Skrip"


@pytest.fixture
def learner(desk: Desk, city: Cast, stack: Stack) -> User:
    with stack.rows():
        short_course(city.bkpsdm, TITLE)
    desk.give_password(city.learner)
    return city.learner


def test_a_learner_without_scripts_comes_from_the_sign_in_page_to_a_certificate(
    desk: Desk, learner: User, stack: Stack
) -> None:
    page = desk.device(java_script_enabled=False).new_page()
    page.goto(reverse("catalogue"))
    sign_in(page, learner)
    _joins(page)
    _reads_and_answers(page)
    _takes_the_certificate(page)
    with stack.rows():
        place = Enrollment.objects.get(learner=learner, version__title=TITLE)
        assert place.status == "completed"
        assert place.score == 100
        assert Certificate.objects.get(enrollment=place).was_confirmed_by_learner
    page.context.close()


def _joins(page: Page) -> None:
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("button", name="Daftar dan mulai").click()
    expect(page.locator(".prose").first).to_contain_text("Layani warga dengan ramah.")


def _reads_and_answers(page: Page) -> None:
    page.get_by_role("button", name="Tandai selesai").click()
    page.get_by_role("link", name="Berikutnya").click()
    page.get_by_role("button", name="Mulai kuis").click()
    right = page.locator("[data-question] .choice", has_text="Benar")
    expect(right).to_have_count(QUESTIONS)
    for choice in right.all():
        choice.click()
    page.get_by_role("link", name="Kirim jawaban…").click()
    page.locator("#kirim button[name=hand_in]").click()
    expect(page.locator(".big").first).to_have_text("100,00")
    page.get_by_role("link", name="Berikutnya").click()
    page.get_by_role("textbox", name="Jawaban Anda").fill("Saya menyapa setiap warga lebih dulu, mulai besok.")
    page.get_by_role("button", name="Kirim jawaban").click()


def _takes_the_certificate(page: Page) -> None:
    page.wait_for_url("**/finished/")
    page.get_by_role("button", name="Ya, benar").click()
    page.wait_for_url("**/finished/")
    # Nothing asks anew by itself, so who waits reloads the page.
    ready = page.get_by_role("link", name="Unduh PDF")
    for _reload in range(PATIENCE // 1000):
        if ready.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    with page.expect_download() as coming:
        ready.click()
    assert coming.value.path().read_bytes().startswith(b"%PDF")
