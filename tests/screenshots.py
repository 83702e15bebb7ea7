"""Pictures of the main screens, phone and desktop, light and dark, into DATA_DIR/screenshots: `python -m tests.screenshots`.

Starts the product with its demo, signs in as each of the three who use it every day, and photographs what they see.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from asn_lms import embedded

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"phone": (360, 760), "desktop": (1280, 860)}
SCREENS = {
    "nobody": ["/accounts/login/", "/accounts/activate/", "/privacy/"],
    "learner": ["/", "/catalogue/", "/courses/MNJ-KPL/", "/certificates/", "/inbox/", "/me/jp/", "/me/preferences/"],
    "officer": [
        "/office/", "/office/courses/", "/office/cohorts/", "/office/people/", "/office/agencies/", "/office/imports/", "/office/reminders/",
    ],
    "head": ["/reports/", "/reports/people/", "/reports/exports/"],
}  # fmt: skip


@contextmanager
def product() -> Iterator[str]:
    """The whole product on a free port, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    site = subprocess.Popen(
        [sys.executable, "-m", "asn_lms.serve"], env={**os.environ, "PORT": port}, stdout=subprocess.PIPE, text=True
    )
    try:
        assert site.stdout is not None
        if not any(line.startswith("ready ") for line in site.stdout):
            raise SystemExit("The product did not start; see above.")
        yield f"http://127.0.0.1:{port}"
    finally:
        site.send_signal(signal.SIGTERM)
        site.wait(timeout=20)


def accounts() -> dict[str, dict[str, str]]:
    said = subprocess.run(
        [sys.executable, "manage.py", "demo", "--accounts", "--json"], check=True, capture_output=True, text=True
    )
    return {one["role"]: one for one in json.loads(said.stdout)["accounts"]}


def photograph(browser: Browser, site: str, role: str, account: dict[str, str] | None) -> None:
    folder = embedded.default_data_dir() / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale="id-ID"
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
            for path in SCREENS[role]:
                page.goto(site + path)
                name = path.strip("/").replace("/", "-") or "home"
                page.screenshot(path=folder / f"{role}-{name}-{size}-{scheme}.png", full_page=True)
            context.close()
    print(f"{role}: {len(SCREENS[role]) * 4} pictures in {folder}")


def main() -> None:
    with product() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        known = accounts()
        for role in SCREENS:
            photograph(browser, site, role, known.get(role))
        browser.close()


if __name__ == "__main__":
    main()
