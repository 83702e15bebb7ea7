"""Learning outside, as one story on the served product: claimed on a phone with a photo, given back, mended, verified, and counted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from asn_lms.lib.days import local_day
from enrollments.claims.models import Claim
from tests.cast import Cast
from tests.enrollments.claims.fixture import photo
from tests.journeys.desk import MARKS, PHONE, Desk, is_clean
from tests.stack import Stack

pytestmark = MARKS
TITLE = "Lokakarya Desain Layanan"


@pytest.fixture(scope="module")
def claim(desk: Desk, city: Cast, stack: Stack) -> Claim:
    """Written on a phone whose connection is lost in the middle, kept, looked at, sent by a double click."""
    page = desk.sit_down(city.learner, PHONE)
    page.goto(reverse("my-jp"))
    page.get_by_role("link", name="Klaim belajar di luar").click()
    is_clean(page)
    page.get_by_role("link", name="Buat klaim").first.click()
    fills(page, city)
    page.get_by_role("button", name="Simpan dan periksa").dblclick()
    page.wait_for_url("**/me/claims/*/")
    expect(page.get_by_role("main")).to_contain_text("Akan memberi 10 JP")
    expect(page.locator("img.proof")).to_have_count(1)
    is_clean(page)
    page.get_by_role("button", name="Kirim untuk diverifikasi").dblclick()
    expect(page.get_by_role("main")).to_contain_text("Sedang diperiksa petugas diklat")
    is_clean(page)
    page.context.close()
    with stack.rows():
        return Claim.objects.get(learner=city.learner)


def fills(page: Page, city: Cast) -> None:
    """The kind first asks for hours, then for nothing; what was typed outlives a page that is closed without a connection."""
    today = local_day(city.learner.zone)
    page.get_by_label("Apa kegiatannya?").fill(TITLE)
    page.get_by_label("Siapa penyelenggaranya?").fill("BPSDM Sumatera Utara")
    page.get_by_label("Jenis", exact=True).select_option("KL08")
    expect(page.get_by_label("Jam pelajaran")).to_be_visible()
    page.get_by_label("Jenis", exact=True).select_option("KL07")
    expect(page.locator("#needs")).to_contain_text("Jalur ini dihitung per hari.")
    page.get_by_label("Hari pertama").fill((today - timedelta(days=8)).isoformat())
    page.get_by_label("Hari terakhir, bila beberapa").fill((today - timedelta(days=7)).isoformat())
    expect(page.locator("#gives")).to_contain_text("Akan memberi 10 JP")
    is_clean(page)
    page.wait_for_timeout(500)  # a person reads what it gives; the browser has kept the form by then
    page.context.set_offline(True)
    address = page.url
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(address)
    expect(page.get_by_label("Apa kegiatannya?")).to_have_value(TITLE)
    expect(page.locator("#needs")).to_contain_text("Jalur ini dihitung per hari.")
    expect(page.locator("#gives")).to_contain_text("Akan memberi 10 JP")
    with_photo = photo(1600, 1200)
    page.get_by_label("Bukti").set_input_files(
        {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": with_photo.read()}
    )


def test_an_officer_gives_it_back_the_learner_mends_it_and_it_counts(
    claim: Claim, desk: Desk, city: Cast, stack: Stack
) -> None:
    office = desk.sit_down(city.officer)
    office.goto(reverse("office"))
    office.get_by_role("link", name="Verifikasi…").click()
    is_clean(office)
    office.get_by_role("link", name=TITLE).click()
    expect(office.locator("img.proof")).to_be_visible()
    is_clean(office)
    office.get_by_role("button", name="Kembalikan untuk diperbaiki").click()
    expect(office.locator(".error")).to_contain_text("alasan")
    office.get_by_label("Alasan").fill("Foto buram; tulis juga nomor sertifikatnya.")
    office.get_by_role("button", name="Kembalikan untuk diperbaiki").dblclick()
    office.wait_for_url(f"**{reverse('office-claims')}")

    page = desk.sit_down(city.learner, PHONE)
    page.goto(reverse("claims"))
    expect(page.get_by_role("main")).to_contain_text("Foto buram; tulis juga nomor sertifikatnya.")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="Ubah").click()
    expect(page.get_by_role("main")).to_contain_text("Foto buram; tulis juga nomor sertifikatnya.")
    page.get_by_text("Nomor dan tanggal sertifikat").click()
    page.get_by_label("Nomor sertifikat").fill("800/771/2026")
    is_clean(page)
    page.get_by_role("button", name="Simpan dan periksa").click()
    page.wait_for_url(f"**{reverse('claim', args=[claim.pk])}")
    page.get_by_role("button", name="Kirim untuk diverifikasi").click()
    expect(page.get_by_role("main")).to_contain_text("Sedang diperiksa petugas diklat")

    office.goto(reverse("office-claims"))
    office.get_by_role("link", name=TITLE).click()
    expect(office.get_by_role("main")).to_contain_text("800/771/2026")
    office.get_by_role("button", name="Verifikasi", exact=True).dblclick()
    office.wait_for_url(f"**{reverse('office-claims')}")
    office.context.close()

    with stack.rows():
        credit = Claim.objects.select_related("credit").get(pk=claim.pk).credit
        assert credit is not None
        assert credit.jp == 10
    page.goto(f"{reverse('my-jp')}?year={credit.year}")
    row = page.locator("[data-lines] .item", has_text=TITLE)
    expect(row).to_contain_text("10 JP")
    expect(row).to_contain_text("2 hari")
    is_clean(page)
    row.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("main")).to_contain_text(f"Dihitung 10 JP pada {credit.year}")
    is_clean(page)
    page.context.close()


def test_what_was_clicked_twice_happened_once(claim: Claim, city: Cast, stack: Stack) -> None:
    with stack.rows():
        assert Claim.objects.filter(learner=city.learner).count() == 1
        kinds = list(claim.events.values_list("kind", flat=True))
        assert kinds == ["sent", "returned", "sent", "verified"]
