"""A session ends in the middle of a form: one signs in again, stands before the same form, and nothing typed is lost."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.people.models import User
from courses.lesson_kinds import kinds
from courses.publishing.actions import submit
from enrollments.attempts.models import Attempt
from enrollments.enrolling.actions import enroll_self_paced
from tests.cast import Cast
from tests.courses.build import ready_draft
from tests.journeys.course import short_course
from tests.journeys.desk import MARKS, Desk, sign_in
from tests.stack import Stack

pytestmark = MARKS
SENTENCE = "Warga datang membawa cerita, bukan berkas."


@pytest.fixture(scope="module", autouse=True)
def _passwords(desk: Desk, city: Cast) -> None:
    desk.give_password(city.officer, city.reviewer, city.learner)


def loses_the_session(page: Page) -> None:
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)


def comes_back(page: Page, person: User, address: str) -> None:
    page.wait_for_url(lambda url: "/accounts/login/" in url)
    sign_in(page, person)
    page.wait_for_url(lambda url: address in url)


def test_a_course_text_survives(desk: Desk, city: Cast, stack: Stack) -> None:
    with stack.rows():
        draft = ready_draft(city.bkpsdm, lessons=1, title="Naskah yang terputus")
        lesson = draft.lessons.get()
        address = reverse("course-lesson", args=[draft.course.code, lesson.uid])
    page = desk.sit_down(city.officer)
    page.goto(address)
    loses_the_session(page)
    page.locator("textarea[name=body]").fill(SENTENCE)
    expect(page.locator("#saved")).to_contain_text("Anda sudah keluar")
    page.get_by_role("button", name="Simpan materi").click()
    comes_back(page, city.officer, address)
    expect(page.locator("textarea[name=body]")).to_have_value(SENTENCE)
    page.get_by_role("button", name="Simpan materi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Naskah yang terputus")
    with stack.rows():
        assert kinds["text"].load(lesson).body == SENTENCE
    page.goto(address)
    expect(page.locator("textarea[name=body]")).to_have_value(SENTENCE)
    page.context.close()


def test_a_reflection_survives(desk: Desk, city: Cast, stack: Stack) -> None:
    with stack.rows():
        version = short_course(city.bkpsdm, "Renungan yang terputus")
        place = enroll_self_paced(city.learner, version.course, by=city.learner)
        lesson = version.lessons.get(kind="reflection")
    address = reverse("lesson", args=[place.pk, lesson.uid])
    page = desk.sit_down(city.learner)
    page.goto(address)
    loses_the_session(page)
    page.get_by_role("textbox", name="Jawaban Anda").fill(SENTENCE)
    page.get_by_role("button", name="Kirim jawaban").click()
    comes_back(page, city.learner, address)
    expect(page.get_by_role("textbox", name="Jawaban Anda")).to_have_value(SENTENCE)
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.locator("main .card")).to_contain_text(SENTENCE)
    with stack.rows():
        assert Attempt.objects.get(enrollment=place, lesson=lesson).state["sent"] == SENTENCE
    page.context.close()


def test_a_person_half_written_survives(desk: Desk, city: Cast, stack: Stack) -> None:
    page = desk.sit_down(city.officer)
    page.goto(reverse("office-person-new"))
    loses_the_session(page)
    page.locator("[name=name]").fill("Sari Terputus")
    page.locator("[name=email]").fill("sari@contoh.go.id")
    page.get_by_role("button", name="Tambahkan pegawai").click()
    comes_back(page, city.officer, reverse("office-person-new"))
    expect(page.locator("[name=name]")).to_have_value("Sari Terputus")
    expect(page.locator("[name=email]")).to_have_value("sari@contoh.go.id")
    page.context.close()


def test_a_change_to_a_person_survives_and_one_given_up_does_not_come_back(
    desk: Desk, city: Cast, stack: Stack
) -> None:
    address = reverse("office-person-edit", args=[city.other_learner.pk])
    page = desk.sit_down(city.officer)
    page.goto(address)
    page.locator("[name=name]").fill("Lina Ditinggalkan")
    page.goto(reverse("office-people"))
    page.goto(address)
    expect(page.locator("[name=name]")).to_have_value(city.other_learner.name)

    loses_the_session(page)
    page.locator("[name=name]").fill("Lina Dituliskan")
    page.get_by_role("button", name="Simpan perubahan").click()
    comes_back(page, city.officer, address)
    expect(page.locator("[name=name]")).to_have_value("Lina Dituliskan")
    page.get_by_role("button", name="Simpan perubahan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lina Dituliskan")
    page.context.close()


@pytest.mark.parametrize("lost", ["the session", "every cookie"])
def test_a_comment_sent_to_an_address_without_a_page_survives(desk: Desk, city: Cast, stack: Stack, lost: str) -> None:
    """Its form stands on the page of the review; there one comes back, and not to the address that takes it."""
    with stack.rows():
        draft = ready_draft(city.bkpsdm, title=f"Ditinjau tanpa {lost}")
        submit(draft, city.reviewer, by=None)
        address = reverse("course-review", args=[draft.course.code])
    page = desk.sit_down(city.reviewer)
    page.goto(address)
    page.get_by_role("textbox", name="Komentar").fill(SENTENCE)
    if lost == "the session":
        loses_the_session(page)
        page.get_by_role("button", name="Kirim komentar").click()
    else:
        page.context.clear_cookies()
        page.get_by_role("button", name="Kirim komentar").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Halaman ini terlalu lama terbuka")
        page.get_by_role("link", name="Buka lagi halamannya").click()
    comes_back(page, city.reviewer, address)
    expect(page.get_by_role("textbox", name="Komentar")).to_have_value(SENTENCE)
    page.get_by_role("button", name="Kirim komentar").click()
    expect(page.get_by_role("textbox", name="Komentar")).to_have_value("")
    with stack.rows():
        assert [said.text for said in draft.comments.all()] == [SENTENCE]
    page.context.close()
