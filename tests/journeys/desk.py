"""A browser before the product as it is served: who sits down, and what everybody checks on every page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from accounts.people.models import User
from tests import make
from tests.stack import Stack

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MARKS = [
    pytest.mark.journey,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}"),
]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 30_000  # milliseconds; a busy machine is no failure


@dataclass(frozen=True)
class Look:
    size: ViewportSize
    scheme: Literal["light", "dark"]


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Chromium. Playwright's own loop runs in this thread; the database is asked between its steps, never inside them."""
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()
            # Under that loop Django gives this thread a connection besides its own, which nobody else would close.
            connections.close_all()


class Desk:
    """Opens browsers, each a device of its own."""

    def __init__(self, stack: Stack, chromium: Browser) -> None:
        self.stack = stack
        self.chromium = chromium

    def device(self, size: ViewportSize = PHONE, **options: Any) -> BrowserContext:
        """Nobody is signed in on it."""
        wishes = {"locale": "id-ID", "reduced_motion": "reduce", **options}
        context = self.chromium.new_context(viewport=size, base_url=self.stack.url, **wishes)
        context.set_default_timeout(PATIENCE)
        return context

    def sit_down(self, person: User, size: ViewportSize = DESKTOP, **options: Any) -> Page:
        """A page of a device on which this person is signed in already."""
        with self.stack.rows():
            client = Client()
            client.force_login(person)
        context = self.device(size, **options)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.stack.url}])
        return context.new_page()

    def give_password(self, *people: User) -> None:
        with self.stack.rows():
            for person in people:
                person.set_password(make.PASSWORD)
                person.save(update_fields=["password"])


def sign_in(page: Page, person: User) -> None:
    """By the form, from wherever one was sent to it."""
    page.get_by_label("NIP atau email").fill(str(person.nip))
    page.get_by_label("Kata sandi").fill(make.PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


# Every size and every scheme once: what depends on the one does not depend on the other.
LOOKS = (Look(PHONE, "light"), Look(DESKTOP, "dark"))


def faults(page: Page) -> list[str]:
    """What axe finds on this page, on a phone in light and on a desk in dark."""
    page.wait_for_load_state()
    before = page.viewport_size
    found = []
    page.evaluate(Axe().axe_script)
    for look in LOOKS:
        page.emulate_media(color_scheme=look.scheme)
        page.set_viewport_size(look.size)
        answer = page.evaluate("rules => axe.run({ runOnly: rules, resultTypes: ['violations'] })", RULES)
        found += [
            f"{page.url} ({look.size['width']}, {look.scheme}): {one['id']} {one['nodes'][0]['html'][:200]}"
            for one in answer["violations"]
        ]
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
    return found


def is_clean(page: Page) -> None:
    """axe finds nothing."""
    found = faults(page)
    assert not found, "\n".join(found)
