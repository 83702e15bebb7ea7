"""The way of a learner on a phone, step by step, from the catalogue to the paper."""

from dataclasses import dataclass

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.people.models import User
from enrollments.attempts.models import AttemptItem
from enrollments.enrolling.models import Enrollment
from tests.journeys.course import QUESTIONS
from tests.journeys.desk import PATIENCE, Desk, is_clean, sign_in
from tests.served import wait_until
from tests.stack import Stack


@dataclass(frozen=True)
class Paper:
    """What the learner holds in the end."""

    place: Enrollment
    number: str
    pdf: bytes
    check_at: str  # the address of the public check


def learns(desk: Desk, learner: User, title: str) -> Paper:
    """The whole way, with a connection that breaks in the middle of the quiz and a device that is left behind."""
    page = desk.device().new_page()
    joins(page, learner, title)
    with desk.stack.rows():
        place = Enrollment.objects.get(learner=learner, version__title=title)
    reads(page)
    given = is_cut_off(page, place, desk.stack)
    page = resumes_elsewhere(desk, learner, given)
    passes_the_quiz(page, given)
    reflects(page)
    return takes_the_certificate(page, place, title)


def joins(page: Page, learner: User, title: str) -> None:
    page.goto(reverse("catalogue"))
    is_clean(page)
    sign_in(page, learner)
    is_clean(page)
    # As one types on a phone: with a slip.
    page.get_by_role("searchbox").fill(title.replace("ar", "r", 1))
    page.keyboard.press("Enter")
    expect(page.locator("#h-hasil")).to_contain_text("1 kursus untuk")
    is_clean(page)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("main")).to_contain_text("3 JP menuju 20 JP")
    is_clean(page)
    page.get_by_role("button", name="Daftar dan mulai").dblclick()
    page.wait_for_url("**/learn/**")


def reads(page: Page) -> None:
    expect(page.locator(".prose").first).to_contain_text("Layani warga dengan ramah.")
    is_clean(page)
    page.get_by_role("button", name="Tandai selesai").dblclick()
    page.get_by_role("link", name="Berikutnya").click()


def answer(page: Page, number: int) -> str:
    """Gives the right answer to question `number`; the uid of the option."""
    page.locator(".map a").nth(number - 1).click()
    choice = page.locator("[data-question]:visible .choice", has_text="Benar")
    choice.click()
    return str(choice.locator("input").get_attribute("value"))


def arrived(stack: Stack, place: Enrollment) -> set[str]:
    with stack.rows():
        answers = AttemptItem.objects.filter(attempt__enrollment=place).values_list("answer", flat=True)
        return {uid for options in answers for uid in options or []}


def is_cut_off(page: Page, place: Enrollment, stack: Stack) -> set[str]:
    """Two answers arrive; the third is given without a connection, and then the page is closed. Opened again, it arrives."""
    is_clean(page)
    page.get_by_role("button", name="Mulai kuis").click()
    expect(page.locator("[data-step='1']")).to_be_visible()
    is_clean(page)
    given = {answer(page, 1), answer(page, 2)}
    wait_until(lambda: arrived(stack, place) == given, "two answers")
    context, address = page.context, page.url
    context.set_offline(True)
    given.add(answer(page, 3))
    expect(page.locator(".note[data-offline]")).to_be_visible()
    is_clean(page)
    page.close()
    assert len(arrived(stack, place)) == 2
    context.set_offline(False)
    context.new_page().goto(address)
    wait_until(lambda: arrived(stack, place) == given, "the answer given without a connection")
    context.close()
    return given


def resumes_elsewhere(desk: Desk, learner: User, given: set[str]) -> Page:
    """On another device every given answer is there, by one tap from home."""
    page = desk.device().new_page()
    page.goto("/")
    sign_in(page, learner)
    is_clean(page)
    page.locator("#continue").get_by_role("link").last.click()
    expect(page.locator("[data-question]:visible")).to_have_count(1)
    for uid in given:
        expect(page.locator(f"input[value='{uid}']")).to_be_checked()
    return page


def passes_the_quiz(page: Page, given: set[str]) -> None:
    for number in range(len(given) + 1, QUESTIONS + 1):
        answer(page, number)
    page.get_by_role("link", name="Kirim jawaban…").click()
    page.locator("#kirim button[name=hand_in]").dblclick()
    expect(page.locator("#h-umpan")).to_be_visible()
    expect(page.locator(".big").first).to_have_text("100,00")
    is_clean(page)
    page.get_by_role("link", name="Berikutnya").click()


def reflects(page: Page) -> None:
    page.get_by_role("textbox", name="Jawaban Anda").fill("Terlalu pendek.")
    page.get_by_role("button", name="Kirim jawaban").click()
    expect(page.locator("#jawaban-e")).to_be_visible()
    expect(page.get_by_role("textbox", name="Jawaban Anda")).to_have_value("Terlalu pendek.")
    is_clean(page)
    page.get_by_role("textbox", name="Jawaban Anda").fill("Saya menyapa setiap warga lebih dulu, mulai besok.")
    page.get_by_role("button", name="Kirim jawaban").dblclick()


def takes_the_certificate(page: Page, place: Enrollment, title: str) -> Paper:
    page.wait_for_url("**/finished/")
    expect(page.get_by_role("main")).to_contain_text("Begini nama Anda akan tercetak")
    is_clean(page)
    page.get_by_role("button", name="Ya, benar").dblclick()
    page.wait_for_url("**/finished/")
    expect(page.get_by_role("main")).to_contain_text("Sertifikat Anda sudah siap.", timeout=2 * PATIENCE)
    is_clean(page)
    page.get_by_role("link", name="Buka sertifikat").click()
    is_clean(page)
    row = page.locator("#wallet .item", has_text=title)
    with page.expect_download() as coming:
        row.get_by_role("link", name="Unduh PDF").click()
    address = row.get_by_role("link", name=title, exact=True).get_attribute("href")
    assert address is not None
    paper = Paper(place, row.locator(".facts span").first.inner_text(), coming.value.path().read_bytes(), address)
    page.context.close()
    return paper
