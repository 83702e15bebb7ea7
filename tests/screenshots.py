"""Pictures of the main screens, phone and desktop, light and dark, into DATA_DIR/screenshots: `python -m tests.screenshots`.

Starts the product with its demo, signs in as each of its people, and photographs what they see. `--readme` takes only the pictures of
README.md, into docs/pictures.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from asn_lms import embedded
from tests.product import accounts, product

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"phone": (360, 760), "desktop": (1280, 860)}
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Screen:
    """An address of the demo, and what to click from there; what is not there any more, as a quiz's first button, is passed over."""

    name: str
    address: str
    clicks: tuple[str, ...] = ()


def lesson(name: str, code: str, uid: str) -> Screen:
    return Screen(name, f"/courses/{code}/", (f'a[href*="/{uid}"]',))


SCREENS = {
    "nobody": [
        Screen("sign-in", "/accounts/login/"),
        Screen("activate", "/accounts/activate/"),
        Screen("privacy", "/privacy/"),
        Screen("guide", "/guide/"),
        Screen("verify", "/verify/"),
        Screen("credential-check", "/badges/check/"),
        Screen("not-found", "/nothing-here/"),
    ],
    "learner": [
        Screen("home", "/"),
        Screen("catalogue", "/catalogue/"),
        Screen("course", "/courses/TKN-SIM/"),
        Screen("course-done", "/courses/MNJ-WKT/"),
        lesson("lesson-text", "MNJ-KPL", "6c457f89"),
        lesson("lesson-video", "MNJ-KPL", "97967d53"),
        lesson("lesson-document", "MNJ-KPL", "33b37c5f"),
        lesson("lesson-reflection", "MNJ-KPL", "eac1e533"),
        lesson("quiz-result", "MNJ-WKT", "38d177f9"),
        Screen("quiz", "/courses/MNJ-KPL/", ('a[href*="/c596ce96"]', "main form [name=begin]")),
        Screen("finished", "/courses/MNJ-WKT/", ('a[href$="/finished/"]',)),
        Screen("certificates", "/certificates/"),
        Screen("certificate-name", "/certificates/", ('main a[href$="/name/"]',)),
        Screen("certificate-share", "/certificates/", ('main a[href$="/share/"]',)),
        Screen("certificate-public", "/certificates/", ('main a[href*="/verify/"]:not([download])',)),
        Screen("inbox", "/inbox/"),
        Screen("jp", "/me/jp/"),
        Screen("claims", "/me/claims/"),
        Screen("claim", "/me/claims/", ("main .item a",)),
        Screen("claim-new", "/me/claims/new/?path=KL08"),
        Screen("claims-import", "/me/claims/import/"),
        Screen("ip-asn", "/ip-asn/"),
        Screen("ip-asn-points", "/ip-asn/points/"),
        Screen("surveys", "/surveys/"),
        Screen("survey", "/surveys/", ("main .item a",)),
        Screen("survey-before-download", "/certificates/", ('main a[href*="/surveys/places/"]',)),
        Screen("my-data", "/me/"),
        Screen("preferences", "/me/preferences/"),
        Screen("second-factor", "/accounts/2fa/"),
    ],
    "officer": [
        Screen("office", "/office/"),
        Screen("courses", "/office/courses/"),
        Screen("course", "/office/courses/MNJ-KPL/"),
        Screen("outline", "/office/courses/", ("text=Pelayanan Ramah Disabilitas",)),
        Screen("lesson-edit", "/office/courses/", ("text=Pelayanan Ramah Disabilitas", "text=Empat ragam disabilitas")),
        Screen("quiz-edit", "/office/courses/", ("text=Pelayanan Ramah Disabilitas", "text=Latihan: bantuan yang tepat")),
        Screen("course-new", "/office/courses/new/"),
        Screen("cohorts", "/office/cohorts/"),
        Screen("cohort", "/office/cohorts/", ("main tbody a",)),
        Screen("place", "/office/cohorts/", ("main tbody a", "main tbody a")),
        Screen("cohort-new", "/office/cohorts/new/"),
        Screen("answers", "/office/answers/"),
        Screen("people", "/office/people/"),
        Screen("person", "/office/people/", ("main tbody a",)),
        Screen("person-new", "/office/people/new/"),
        Screen("certificates", "/office/certificates/"),
        Screen("certificate", "/office/certificates/", ("main tbody a",)),
        Screen("designs", "/office/certificates/designs/"),
        Screen("design", "/office/certificates/designs/", ("main .item a, main tbody a",)),
        Screen("questionnaires", "/office/surveys/"),
        Screen("questionnaire", "/office/surveys/", ("main .item a",)),
        Screen("evaluation", "/office/courses/TKN-BPP/evaluation/"),
        Screen("accreditations", "/office/certificates/accreditations/"),
        Screen("claims", "/office/claims/"),
        Screen("claim", "/office/claims/", ("main tbody a",)),
        Screen("siasn", "/office/siasn/"),
        Screen("siasn-mapping", "/office/siasn/mapping/"),
        Screen("siasn-course", "/office/siasn/courses/MNJ-KPL/"),
        Screen("agencies", "/office/agencies/"),
        Screen("imports", "/office/imports/"),
        Screen("roles", "/office/roles/"),
        Screen("reminders", "/office/reminders/"),
        Screen("audit", "/office/audit/"),
    ],
    "reviewer": [
        Screen("reviews", "/office/reviews/"),
        Screen("review", "/office/courses/MNJ-WKT/review/"),
        Screen("changes", "/office/courses/MNJ-WKT/review/changes/", ("main summary",)),
    ],
    "trainer": [Screen("answers", "/office/answers/"), Screen("answer", "/office/answers/", ("main .item a, main a.btn",))],
    "admin": [
        Screen("jp-rules", "/office/jp/rules/"),
        Screen("jp-rule-new", "/office/jp/rules/new/"),
        Screen("jp-target-new", "/office/jp/targets/new/"),
        Screen("jp-years", "/office/jp/years/"),
        Screen("person-jp", "/office/people/", ("main tbody a", 'a[href$="/jp/"]')),
    ],
    "head": [
        Screen("signing", "/signing/"),
        Screen("signing-sample", "/signing/", ('main a[href*="/signing/"]',)),
        Screen("report", "/reports/"),
        Screen("unit", "/reports/", ("main tbody a",)),
        Screen("people", "/reports/people/"),
        Screen("people-alike", "/reports/people/?q=siregarr"),
        Screen("saved-views", "/reports/people/views/"),
        Screen("team", "/team/"),
        Screen("person", "/reports/people/", ("main tbody a",)),
        Screen("evaluations", "/reports/evaluation/"),
        Screen("evaluation", "/reports/evaluation/", ("main tbody a",)),
        Screen("exports", "/reports/exports/"),
        Screen("report-known", "/reports/known/"),
        Screen("report-then", "/reports/known/", ("main .item a",)),
        Screen("report-mail", "/reports/mail/"),
        Screen("report-own", "/reports/own/", ("main .item a",)),
    ],
}  # fmt: skip

# README.md: role, screen, size.
README = [
    ("learner", "home", "phone"),
    ("learner", "lesson-video", "phone"),
    ("learner", "quiz", "phone"),
    ("officer", "outline", "desktop"),
    ("head", "report", "desktop"),
]


@contextmanager
def signed_in(browser: Browser, site: str, account: dict[str, str] | None, size: str, scheme: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="id-ID",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if account:
        page.goto(f"{site}/accounts/login/")
        page.fill("[name=login]", account["login"])
        page.fill("[name=password]", account["password"])
        page.click("button.wide")
        page.wait_for_load_state()
        if "/privacy/read/" in page.url:
            page.click("main form button")
            page.wait_for_load_state()
    yield page
    context.close()


def show(page: Page, site: str, screen: Screen) -> None:
    page.goto(site + screen.address)
    for target in screen.clicks:
        link = page.locator(target).locator("visible=true").first
        if link.count():
            link.click()
            page.wait_for_load_state()


def photograph(browser: Browser, site: str, role: str, account: dict[str, str] | None) -> None:
    folder = embedded.default_data_dir() / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    for size in SIZES:
        for scheme in ("light", "dark"):
            with signed_in(browser, site, account, size, scheme) as page:
                for screen in SCREENS[role]:
                    show(page, site, screen)
                    page.screenshot(path=folder / f"{role}-{screen.name}-{size}-{scheme}.png", full_page=True)
                    taken += 1
                    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                        print(f"{role} {screen.name} at {size}: wider than the screen")
    print(f"{role}: {taken} pictures in {folder}")


def photograph_readme(browser: Browser, site: str, known: dict[str, dict[str, str]]) -> None:
    """One screenful each, as small as the web likes it."""
    folder = ROOT / "docs" / "pictures"
    folder.mkdir(exist_ok=True)
    for role, name, size in README:
        with signed_in(browser, site, known.get(role), size, "light") as page:
            show(page, site, next(screen for screen in SCREENS[role] if screen.name == name))
            png = folder / f"{name}.png"
            page.screenshot(path=png)
            Image.open(png).save(png.with_suffix(".webp"), quality=80, method=6)
            png.unlink()
    print(f"{len(README)} pictures in {folder}")


def main() -> None:
    with product() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        known = accounts()
        if "--readme" in sys.argv[1:]:
            photograph_readme(browser, site, known)
        else:
            for role in [role for role in SCREENS if role in sys.argv[1:]] or SCREENS:
                photograph(browser, site, role, known.get(role))
        browser.close()


if __name__ == "__main__":
    main()
