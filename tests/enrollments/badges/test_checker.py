"""The page that checks credentials, as a file on a device without a network: what it says of each, in both languages."""

import copy
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from enrollments.badges.checker import one_file
from tests import make
from tests.enrollments.badges.issued import credential_of, issued, list_of, organiser, replace, take_back
from tests.journeys.desk import MARKS, PATIENCE, PHONE, started_browser
from tests.world import CORPUS

pytestmark = [pytest.mark.django_db, *MARKS]


class Phone:
    """A phone whose network is cut. Its browser has a thread of its own: signing papers and Playwright each want the loop of theirs."""

    def __init__(self, thread: ThreadPoolExecutor, page: Page, folder: Path) -> None:
        self.thread, self.page, self.folder = thread, page, folder

    def says(self, *documents: Any, language: str = "id") -> str:
        """What the page of this moment says of these documents, chosen as files."""
        opened = self.folder / "periksa.html"
        opened.write_text(one_file())
        files = [self.folder / f"{number}.json" for number, _document in enumerate(documents)]
        for file, document in zip(files, documents, strict=True):
            file.write_text(document if isinstance(document, str) else json.dumps(document, ensure_ascii=False))
        return self.thread.submit(self._says, opened.as_uri(), files, language).result()

    def _says(self, address: str, files: list[Path], language: str) -> str:
        self.page.goto(address)
        if language == "en":
            self.page.get_by_role("button", name="English").click()
        shown = self.page.locator(f"[data-checker][lang={language}]")
        shown.locator("input[type=file]").set_input_files(files)
        shown.locator("[data-result] h2").wait_for()
        return shown.locator("[data-result]").inner_text()

    def finds(self, script: str) -> Any:
        return self.thread.submit(self.page.evaluate, script).result()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    """Fails when the page so much as asks for an address, or its script breaks."""
    wrong: list[str] = []

    def opened(browser: Browser) -> Page:
        context = browser.new_context(viewport=PHONE, locale="id-ID", offline=True)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("request", lambda request: wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    browsers = started_browser()
    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: opened(browsers.__enter__())).result()
        yield Phone(thread, page, tmp_path)
        thread.submit(browsers.__exit__, None, None, None).result()
    assert [one for one in wrong if not one.startswith(("file:", "data:"))] == []


def test_a_genuine_one_with_its_list_is_in_force(phone: Phone) -> None:
    row = issued()
    said = phone.says(credential_of(row), list_of(row))
    assert "Kredensial ini asli dan berlaku" in said
    for printed in (row.number, row.name, row.course_title, "12,5 JP", "16 November 2026", row.organiser_name):
        assert printed in said
    assert row.nip not in said


def test_without_its_list_it_says_that_revocation_was_not_checked_and_where_the_list_is(phone: Phone) -> None:
    row = issued()
    said = phone.says(credential_of(row))
    assert "Asli; pencabutan belum diperiksa" in said
    assert credential_of(row)["credentialStatus"]["statusListCredential"] in said


def test_a_revoked_one_and_a_replaced_one_are_told(phone: Phone) -> None:
    row = issued()
    other = issued(row.series.organiser)
    before = credential_of(row), credential_of(other)
    take_back(row)
    replace(other)
    for credential in before:
        assert "Kredensial ini sudah dicabut" in phone.says(credential, list_of(row))


def test_an_older_list_does_not_hide_a_revocation(phone: Phone) -> None:
    row = issued()
    genuine, older = credential_of(row), list_of(row)
    older["validFrom"] = "2026-11-17T00:00:00Z"
    take_back(row)
    assert "Kredensial ini sudah dicabut" in phone.says(genuine, older, list_of(row))


def _with(credential: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    changed = copy.deepcopy(credential)
    change(changed)
    return changed


def test_a_changed_one_is_refused_and_what_it_says_is_not_shown(phone: Phone) -> None:
    genuine = credential_of(issued())
    alias = {"@context": {"orang": "https://schema.org/name"}}
    changes: list[Callable[[dict[str, Any]], object]] = [
        lambda one: one["credentialSubject"]["identifier"][0].update(identityHash="Budi Palsu"),
        lambda one: one.pop("evidence"),
        lambda one: one.update({"asn:extra": "Budi Palsu"}),
        lambda one: one["credentialSubject"].update(alias),
        lambda one: one["proof"].update(alias),
        lambda one: one["@context"].append({"name": "https://schema.org/alternateName"}),
    ]
    for change in changes:
        said = phone.says(_with(genuine, change))
        assert "Berkas ini telah diubah" in said
        assert "Budi Palsu" not in said


def test_the_list_of_another_issuer_counts_for_nothing(phone: Phone) -> None:
    row, other = issued(), issued()
    forged = {**list_of(other), "id": list_of(row)["id"], "issuer": list_of(row)["issuer"]}
    assert "pencabutan belum diperiksa" in phone.says(credential_of(row), forged)


def test_a_signer_that_the_page_does_not_know_is_unknown(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    row = issued()
    monkeypatch.setattr("enrollments.badges.checker.trusted_issuers", list)
    assert "Penerbit tidak dikenal" in phone.says(credential_of(row), list_of(row))


@pytest.mark.parametrize(
    "document",
    ["", "bukan json", "[]", "null", {"type": "OpenBadgeCredential"}, {"type": ["OpenBadgeCredential"], "proof": 1}],
)
def test_what_is_no_credential_is_told_so(phone: Phone, document: Any) -> None:
    said = phone.says(document)
    assert "Ini bukan kredensial" in said or "Berkas ini telah diubah" in said


def test_the_same_meaning_in_another_shape_never_leaves_the_answer_of_the_file_before(phone: Phone) -> None:
    genuine = credential_of(issued())
    said = phone.says(_with(genuine, lambda one: one.update(credentialSubject=[one["credentialSubject"]])))
    assert "Ini bukan kredensial" in said


def test_it_speaks_english(phone: Phone) -> None:
    row = issued()
    said = phone.says(credential_of(row), list_of(row), language="en")
    assert "This credential is genuine and in force" in said
    assert "November 16, 2026" in said


def test_an_example_says_that_it_certifies_nothing(phone: Phone) -> None:
    row = issued(learner=make.person("Rina Contoh", is_demo=True))
    assert "DEMO" in phone.says(credential_of(row), list_of(row))


def test_hostile_names_are_shown_as_text(phone: Phone) -> None:
    by = organiser()
    for name in CORPUS:
        row = issued(by, make.person(name), title=name, held_at=name)
        assert name in phone.says(credential_of(row), list_of(row))
        assert (
            phone.finds("document.querySelectorAll('[data-result] :is(script, img, svg[onload], iframe, hz)').length")
            == 0
        )


def test_it_fits_a_phone(phone: Phone) -> None:
    row = issued(learner=make.person("Nama yang panjang sekali tanpaspasitanpaspasitanpaspasitanpaspasi"))
    phone.says(credential_of(row), list_of(row))
    assert phone.finds("document.documentElement.scrollWidth") <= PHONE["width"]
