"""A second factor, clicked through: the app is set up, its codes open the account, a recovery code does once, and it goes again."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import make
from tests.cast import Cast
from tests.journeys.desk import DESKTOP, MARKS, Desk, is_clean, sign_in

pytestmark = MARKS
PERIOD = 30  # seconds that a code stands
A_KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def code_of(secret: str) -> str:
    """What the app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)))


def gives(page: Page, code: str) -> None:
    page.get_by_role("main").get_by_label("Kode").fill(code)
    page.get_by_role("main").get_by_role("button", name="Masuk").click()


def test_an_app_is_set_up_used_and_switched_off(desk: Desk, city: Cast) -> None:
    desk.give_password(city.learner)
    page = desk.device(DESKTOP).new_page()
    main = page.get_by_role("main")
    page.goto(reverse("preferences"))
    sign_in(page, city.learner)
    main.get_by_role("link", name="Faktor kedua").click()
    is_clean(page)

    main.get_by_role("link", name="Siapkan aplikasi").click()
    is_clean(page)
    # What guards the account is changed only by who can say the password now.
    main.get_by_label("Kata sandi").fill(make.PASSWORD)
    main.get_by_role("button", name="Konfirmasi").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Siapkan aplikasi")
    is_clean(page)
    secret = page.locator("#secret").inner_text()
    main.get_by_label("Kode").fill("000000")
    main.get_by_role("button", name="Nyalakan").click()
    expect(main.locator("[data-errors]").first).to_be_visible()
    assert page.locator("#secret").inner_text() == secret, "the app keeps what it scanned"
    is_clean(page)
    main.get_by_label("Kode").fill(code_of(secret))
    main.get_by_role("button", name="Nyalakan").click()
    codes = page.locator("#codes li").all_inner_texts()
    assert len(codes) == 10
    is_clean(page)
    with page.expect_download() as coming:
        main.get_by_role("link", name="Unduh kodenya").click()
    assert all(code in coming.value.path().read_text() for code in codes)

    other = desk.device().new_page()
    other.goto(reverse("preferences"))
    sign_in(other, city.learner)
    expect(other.get_by_role("heading", level=1)).to_have_text("Satu langkah lagi")
    is_clean(other)
    gives(other, "000000")
    expect(other.locator("[data-errors]").first).to_be_visible()
    gives(other, codes[0])
    expect(other.get_by_role("heading", level=1)).to_have_text("Pengaturan")
    other.context.close()
    third = desk.device().new_page()
    third.goto("/")
    sign_in(third, city.learner)
    gives(third, codes[0])
    expect(third.locator("[data-errors]").first).to_be_visible()
    gives(third, code_of(secret))
    third.wait_for_url(desk.stack.url + "/")
    third.context.close()

    page.goto(reverse("mfa_index"))
    expect(main).to_contain_text("Tersisa 9 kode")
    is_clean(page)
    main.get_by_role("link", name="Buat yang baru…").click()
    is_clean(page)
    main.get_by_role("button", name="Buat yang baru").click()
    fresh = page.locator("#codes li").all_inner_texts()
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    main.get_by_role("link", name="Kembali ke pengaturan").click()
    main.get_by_role("link", name="Matikan…").click()
    is_clean(page)
    main.get_by_role("button", name="Matikan").click()
    expect(main.get_by_role("link", name="Siapkan aplikasi")).to_be_visible()
    page.context.close()


def test_a_security_key_is_added_used_and_taken_away(desk: Desk, city: Cast) -> None:
    """Browsers let a key belong to a name, not to a number: hence `localhost`."""
    site = desk.stack.url.replace("127.0.0.1", "localhost")
    desk.give_password(city.other_learner)
    page = desk.device(DESKTOP).new_page()
    main = page.get_by_role("main")
    page.goto(site + reverse("mfa_index"))
    sign_in(page, city.other_learner)
    main.get_by_role("link", name="Tambah kunci").click()
    main.get_by_label("Kata sandi").fill(make.PASSWORD)
    main.get_by_role("button", name="Konfirmasi").click()
    is_clean(page)
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": A_KEY})
    main.get_by_label("Nama kunci").fill("Kunci kantor")
    main.get_by_role("button", name="Tambah kunci ini").click()
    page.wait_for_url(f"**{reverse('mfa_view_recovery_codes')}")
    page.goto(site + reverse("mfa_index"))
    expect(main).to_contain_text("1 kunci terdaftar")

    page.context.clear_cookies()
    page.goto(site + reverse("preferences"))
    sign_in(page, city.other_learner)
    expect(main.get_by_role("heading", level=1)).to_have_text("Satu langkah lagi")
    main.get_by_role("button", name="Gunakan kunci keamanan").click()
    expect(main.get_by_role("heading", level=1)).to_have_text("Pengaturan")

    page.goto(site + reverse("mfa_list_webauthn"))
    is_clean(page)
    main.get_by_role("link", name="Ganti nama").click()
    main.get_by_label("Kata sandi").fill(make.PASSWORD)
    main.get_by_role("button", name="Konfirmasi").click()
    is_clean(page)
    main.get_by_label("Nama kunci").fill("Kunci rumah")
    main.get_by_role("button", name="Simpan").click()
    expect(main).to_contain_text("Kunci rumah")
    main.get_by_role("link", name="Hapus").click()
    is_clean(page)
    main.get_by_role("button", name="Hapus").click()
    expect(main).to_contain_text("Belum ada kunci")
    page.context.close()


def test_a_key_that_does_not_answer_is_said_beside_the_button(desk: Desk, city: Cast) -> None:
    desk.give_password(city.other_learner)
    page = desk.device(DESKTOP).new_page()
    main = page.get_by_role("main")
    page.goto(reverse("mfa_add_webauthn"))  # by its number, with which no browser asks a key
    sign_in(page, city.other_learner)
    main.get_by_label("Kata sandi").fill(make.PASSWORD)
    main.get_by_role("button", name="Konfirmasi").click()
    main.get_by_role("button", name="Tambah kunci ini").click()
    expect(main.locator("[data-no-answer]")).to_be_visible()
    page.context.close()
