"""By keyboard alone: the focus always shows, every step can be reached, and the whole way ends where the mouse's does."""

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from courses.structure.models import CourseVersion
from tests import make
from tests.cast import Cast
from tests.journeys.course import QUESTIONS, short_course
from tests.journeys.desk import DESKTOP, MARKS, PATIENCE, Desk
from tests.stack import Stack

pytestmark = MARKS
TITLE = "Arsip Tanpa Tetikus"
FOCUS = """() => {
  const here = document.activeElement;
  if (here === document.body) return "";
  const box = here.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight;
  // A field and a button show it on themselves, a choice on its label, the link of a card round the whole card.
  const shows = [[here], [here.parentElement], [here, "::after"]].some(([node, part]) => {
    const look = getComputedStyle(node, part);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  });
  return seen && shows ? "" : here.outerHTML.slice(0, 200);
}"""


def has_focus(target: Locator) -> bool:
    return target.count() == 1 and bool(target.evaluate("node => node === document.activeElement"))


def tab_to(target: Locator, *, most: int = 120) -> None:
    """Tab on until the target has the focus; whatever has it on the way shows it."""
    page = target.page
    expect(target).to_have_count(1)
    for _press in range(most):
        if has_focus(target):
            return
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS) == ""
    raise AssertionError(f"never reached: {target}")


def press(target: Locator, key: str = "Enter") -> None:
    tab_to(target)
    target.page.keyboard.press(key)


def signs_in(page: Page, login: str) -> None:
    page.goto("/")
    tab_to(page.get_by_label("NIP atau email"))
    page.keyboard.type(login)
    tab_to(page.get_by_label("Kata sandi"))
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def chooses_the_right_option(page: Page) -> None:
    """Into the group with Tab, to the option with the arrows."""
    options = page.locator("[data-question]:visible input[type=radio]")
    tab_to(options.first)
    page.keyboard.press("Space")
    right = page.locator("[data-question]:visible .choice", has_text="Benar").locator("input")
    for _option in range(2):
        if has_focus(right):
            break
        page.keyboard.press("ArrowDown")
        assert page.evaluate(FOCUS) == ""
    expect(right).to_be_checked()


def test_a_learner_gets_from_signing_in_to_the_paper(desk: Desk, city: Cast, stack: Stack) -> None:
    with stack.rows():
        short_course(city.bkpsdm, TITLE)
    desk.give_password(city.learner)
    page = desk.device(DESKTOP).new_page()
    main = page.get_by_role("main")
    signs_in(page, str(city.learner.nip))

    press(page.get_by_role("navigation", name="Utama").get_by_role("link", name="Katalog"))
    tab_to(page.get_by_role("searchbox"))
    page.keyboard.type(TITLE)
    page.keyboard.press("Enter")
    expect(page.locator("#h-hasil")).to_contain_text("1 kursus untuk")
    press(main.get_by_role("link", name=TITLE))
    press(main.get_by_role("button", name="Daftar dan mulai"))
    press(main.get_by_role("button", name="Tandai selesai"))
    press(main.get_by_role("link", name="Berikutnya"))

    press(main.get_by_role("button", name="Mulai kuis"))
    expect(page.locator("[data-question]:visible")).to_have_count(1)
    for number in range(1, QUESTIONS + 1):
        expect(page.locator("[data-question]:visible .eyebrow")).to_contain_text(f"Soal {number} dari")
        chooses_the_right_option(page)
        if number < QUESTIONS:
            press(page.locator("[data-step='1']"))
    press(main.get_by_role("link", name="Kirim jawaban…"))
    press(page.locator("#kirim button[name=hand_in]"))
    expect(main.locator(".big").first).to_have_text("100,00")
    press(main.get_by_role("link", name="Berikutnya"))

    tab_to(page.get_by_role("textbox", name="Jawaban Anda"))
    page.keyboard.type("Saya menata arsip meja saya setiap Jumat sore.")
    press(main.get_by_role("button", name="Kirim jawaban"))
    press(main.get_by_role("button", name="Ya, benar"))
    expect(main).to_contain_text("Sertifikat Anda sudah siap.", timeout=2 * PATIENCE)
    press(main.get_by_role("link", name="Buka sertifikat"))
    tab_to(main.get_by_role("link", name="Unduh PDF"))
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    assert coming.value.path().read_bytes().startswith(b"%PDF")
    page.context.close()


def test_an_officer_builds_an_outline_and_puts_it_in_order(desk: Desk, city: Cast, stack: Stack) -> None:
    desk.give_password(city.officer)
    page = desk.device(DESKTOP).new_page()
    main = page.get_by_role("main")
    signs_in(page, str(city.officer.nip))
    page.goto(reverse("office-courses"))
    press(main.get_by_role("link", name="Kursus baru"))
    tab_to(main.get_by_label("Judul"))
    page.keyboard.type("Disusun dengan papan ketik")
    press(main.get_by_role("button", name="Buat kursus"))
    tab_to(main.get_by_label("Judul"))
    page.keyboard.type("Modul pertama")
    press(main.get_by_role("button", name="Tambah mata pelatihan ini"))
    for title in ("Satu", "Dua", "Tiga"):
        press(main.get_by_role("link", name="Tambah materi"))
        tab_to(main.get_by_label("Judul"))
        page.keyboard.type(title)
        tab_to(main.locator("input[name=kind]").first)
        page.keyboard.press("Space")
        press(main.get_by_role("button", name="Tambah materi ini"))
        press(main.get_by_role("button", name="Simpan materi"))

    def order() -> list[str]:
        with stack.rows():
            version = CourseVersion.objects.get(title="Disusun dengan papan ketik")
            return list(version.lessons.order_by("position").values_list("title", flat=True))

    assert order() == ["Satu", "Dua", "Tiga"]
    down, up = (main.get_by_role("button", name=name) for name in ("Turunkan Satu", "Naikkan Tiga"))
    for button, wanted in ((down, ["Dua", "Satu", "Tiga"]), (up, ["Dua", "Tiga", "Satu"])):
        tab_to(button)
        with page.expect_response(lambda answer: "/order/" in answer.url):
            page.keyboard.press("Enter")
        assert order() == wanted
        expect(button).to_be_focused()
        assert page.evaluate(FOCUS) == ""
    page.context.close()
