"""A course comes into being in a real browser: an officer writes it, a reviewer judges it, it stands in the catalogue."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.audit.models import AuditEntry
from accounts.notices.models import Notice
from accounts.people.models import User
from courses.lesson_kinds import kinds
from courses.structure.models import Course, CourseVersion
from courses.taxonomy.models import CompetencyKind, LearningPath, TrainingType
from tests import make
from tests.cast import Cast, cast
from tests.courses.build import ready_draft
from tests.journeys.desk import MARKS, is_clean

pytestmark = [*MARKS, pytest.mark.django_db(transaction=True)]
Desk = Callable[..., Page]


@pytest.fixture
def people() -> Cast:
    # Reference rows: a test that commits leaves the tables empty for the next one.
    CompetencyKind.objects.get_or_create(code="manajerial", defaults={"name": "Manajerial"})
    LearningPath.objects.get_or_create(code="NKL03", defaults={"name": "E-learning", "form": "nonklasikal"})
    TrainingType.objects.get_or_create(code="5", defaults={"name": "Pelatihan manajerial"})
    return cast()


@pytest.fixture
def sit_down(chromium: Browser, live_server: Any) -> Iterator[Desk]:
    """A browser in which this person is signed in; without scripts when asked."""

    def at(person: User, *, scripts: bool = True) -> Page:
        client = Client()
        client.force_login(person)
        context = chromium.new_context(
            viewport={"width": 1280, "height": 900},
            locale="id-ID",
            reduced_motion="reduce",
            base_url=live_server.url,
            java_script_enabled=scripts,
        )
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        context.set_default_timeout(20_000)
        return context.new_page()

    with override_settings(ALLOWED_HOSTS=["*"]):
        yield at


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".move .item-title").all_inner_texts()]


def test_an_officer_writes_a_course_has_it_reviewed_and_publishes_it(people: Cast, sit_down: Desk) -> None:
    officer = sit_down(people.officer)
    officer.goto(reverse("office-courses"))
    is_clean(officer)
    officer.get_by_role("link", name="Kursus baru").click()
    officer.get_by_label("Judul").fill("Komunikasi Efektif")
    officer.get_by_role("button", name="Buat kursus").click()

    officer.get_by_label("Judul").fill("Membuka percakapan")
    officer.get_by_label("JP", exact=True).fill("1,5")
    officer.get_by_role("button", name="Tambah mata pelatihan ini").click()
    for number, title in enumerate(("Kesan pertama", "Menyapa warga")):
        officer.get_by_role("link", name="Tambah materi").click()
        officer.get_by_label("Judul").fill(title)
        officer.get_by_text("Bacaan", exact=True).click()
        officer.get_by_role("button", name="Tambah materi ini").click()
        officer.locator("textarea[name=body]").fill(f"Isi materi {number + 1}.")
        # Saved while one writes: the line says so, and the server has it before any button was pressed.
        expect(officer.locator("#saved")).to_contain_text("Tersimpan")
        lesson = CourseVersion.objects.get().lessons.get(title=title)
        assert kinds["text"].load(lesson).body == f"Isi materi {number + 1}."
        is_clean(officer)
        officer.get_by_role("button", name="Simpan materi").click()
    expect(officer.locator("#contents")).to_contain_text("Semua materi sudah berisi")
    is_clean(officer)

    officer.get_by_role("link", name="Info kursus").click()
    officer.get_by_label("Yang didapat peserta, dalam satu baris").fill("Jawab warga dalam dua menit.")
    officer.get_by_label("Sasaran").fill("Petugas loket")
    officer.get_by_label("JP", exact=True).fill("1,5")
    officer.get_by_text("Manajerial", exact=True).click()
    officer.get_by_role("combobox", name="Jalur").select_option(label="E-learning")
    officer.get_by_role("combobox", name="Jenis pelatihan SIASN").select_option(label="Pelatihan manajerial")
    is_clean(officer)
    officer.get_by_role("button", name="Simpan", exact=True).click()

    officer.get_by_role("link", name="Kirim untuk ditinjau").click()
    officer.get_by_role("combobox", name="Peninjau").select_option(str(people.reviewer.pk))
    is_clean(officer)
    officer.get_by_role("button", name="Kirim ke peninjau").dblclick()
    expect(officer.locator("main")).to_contain_text("Sedang ditinjau Rudi Penelaah")
    assert Notice.objects.filter(person=people.reviewer).count() == 1, "a double click submits once"

    reviewer = sit_down(people.reviewer)
    reviewer.goto(reverse("office-reviews"))
    is_clean(reviewer)
    reviewer.get_by_role("link", name="Komunikasi Efektif").click()
    reviewer.get_by_role("textbox", name="Komentar").fill("Tambahkan contoh.")
    reviewer.get_by_role("button", name="Kirim komentar").click()
    reviewer.get_by_label("Pesan Anda untuk penulis").fill("Satu contoh lagi, lalu kirim.")
    reviewer.get_by_role("button", name="Minta perbaikan").click()

    officer.goto(reverse("course-review", args=[Course.objects.get().code]))
    expect(officer.locator("main")).to_contain_text("Satu contoh lagi, lalu kirim.")
    officer.get_by_role("button", name="Tandai selesai").click()
    officer.get_by_role("combobox", name="Peninjau").select_option(str(people.reviewer.pk))
    officer.get_by_role("button", name="Kirim ke peninjau").click()
    expect(officer.locator("main")).to_contain_text("Sedang ditinjau")

    reviewer.goto(reverse("course-review", args=[Course.objects.get().code]))
    is_clean(reviewer)
    reviewer.get_by_role("button", name="Setujui versi ini").click()
    expect(reviewer.locator("main")).to_contain_text("Disetujui")

    officer.reload()
    is_clean(officer)
    officer.get_by_role("button", name="Terbitkan versi 1").dblclick()
    expect(officer.locator("main")).to_contain_text("Versi 1 sudah ada di katalog")
    assert AuditEntry.objects.filter(action="version.published").count() == 1, "a double click publishes once"
    is_clean(officer)

    learner = sit_down(people.learner)
    learner.goto(reverse("catalogue"))
    learner.get_by_role("searchbox").fill("komunikasi efektf")
    learner.keyboard.press("Enter")
    expect(learner.locator("#h-hasil")).to_contain_text("1 kursus untuk")
    is_clean(learner)


def test_rows_move_by_hand_by_key_and_without_scripts(people: Cast, sit_down: Desk) -> None:
    draft = ready_draft(people.bkpsdm, lessons=3)
    address = reverse("course-outline", args=[draft.course.code])

    def kept() -> list[str]:
        return list(draft.lessons.order_by("position").values_list("title", flat=True))

    page = sit_down(people.officer)
    page.goto(address)
    grips = page.locator(".move-grip")
    first, last = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    assert first is not None
    assert last is not None
    with page.expect_response(lambda answer: "/order/" in answer.url):
        page.mouse.move(first["x"] + 10, first["y"] + 10)
        page.mouse.down()
        page.mouse.move(first["x"] + 10, last["y"] + 40, steps=8)
        page.mouse.up()
    assert kept() == titles(page) == ["Materi 2", "Materi 3", "Materi 1"]
    expect(page.locator("[data-said]")).to_contain_text("Materi 1")

    page.get_by_role("button", name="Turunkan Materi 2").focus()
    with page.expect_response(lambda answer: "/order/" in answer.url):
        page.keyboard.press("Enter")
    assert kept() == titles(page) == ["Materi 3", "Materi 2", "Materi 1"]
    expect(page.get_by_role("button", name="Turunkan Materi 2")).to_be_focused()

    plain = sit_down(people.officer, scripts=False)
    plain.goto(address)
    plain.get_by_role("button", name="Naikkan Materi 1").click()
    assert kept() == titles(plain) == ["Materi 3", "Materi 1", "Materi 2"]


def test_the_catalogue_is_searched_and_narrowed_without_scripts(people: Cast, sit_down: Desk) -> None:
    make.version(title="Arsip Digital", competency=CompetencyKind.objects.get(code="manajerial"))
    make.version(title="Manajemen Waktu")
    page = sit_down(people.learner, scripts=False)
    page.goto(reverse("catalogue"))
    page.get_by_role("searchbox").fill("arsip")
    page.get_by_role("button", name="Cari").click()
    expect(page.locator(".course")).to_have_count(1)
    page.goto(reverse("catalogue"))
    page.get_by_label("Manajerial").check()
    page.get_by_role("button", name="Tampilkan hasil").click()
    expect(page.locator(".course h3")).to_have_text(["Arsip Digital"])
